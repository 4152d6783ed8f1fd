"""Templates, judged by the docker client: `docker context inspect -f TEMPLATE`, as recorded."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labimg.cli.gotemplate import Map, Row, Struct, Template, TemplateError

GOLDEN = json.loads((Path(__file__).parent / "golden" / "templates.json").read_text())

ENDPOINT = Struct("context.EndpointMetaBase", {"Host": "unix:///var/run/docker.sock", "SkipTLSVerify": False})
STORAGE = Struct("context.storage", {"MetadataPath": "<IN MEMORY>", "TLSPath": "<IN MEMORY>"})


def context() -> Struct:
    """What the client's template speaks of when no daemon is there."""
    described = Struct("command.DockerContext", {"Description": "", "AdditionalFields": Map()})
    metadata = {"Name": "default", "Metadata": described, "Endpoints": Map({"docker": ENDPOINT})}
    inner = Struct("store.Metadata", metadata)
    shown = {"Name": "default", "Metadata": {}, "Endpoints": {"docker": dict(ENDPOINT)}, "TLSMaterial": {}}
    fields = {".Metadata": inner, "TLSMaterial": Map(), "Storage": STORAGE}
    return Struct("context.contextWithTLSListing", fields, json=shown | {"Storage": dict(STORAGE)})


@pytest.mark.parametrize(("source", "said"), GOLDEN, ids=[source for source, _ in GOLDEN])
def test_a_template_says_what_the_docker_client_says(source: str, said: str) -> None:
    try:
        ours = Template(source).render(context())
    except TemplateError as error:
        ours = str(error)
    assert ours == said


@pytest.mark.judge("docker")
@pytest.mark.parametrize(("source", "said"), GOLDEN[::8], ids=[source for source, _ in GOLDEN[::8]])
def test_the_docker_client_says_so_too(source: str, said: str) -> None:
    client = subprocess.run(["docker", "context", "inspect", "-f", source], capture_output=True, text=True)
    ours = client.stderr.removeprefix("template parsing error: ") if client.returncode else client.stdout
    assert ours.removesuffix("\n") == said


@given(st.text())
def test_a_text_without_actions_is_printed_as_it_is(text: str) -> None:
    assume("{{" not in text)
    assert Template(text).render(None) == text


WORDS = (
    "{{ }} {{- -}} if else end range with break continue nil . .Name .Metadata.Nope $ $x := = , | ( ) 1 -2.5 "
    "0x1F 'a' \"s\" `r` true len index slice printf print and or not eq lt json split join upper truncate "
    "pad /* */ # : \" ' %d %-5v|%x"
).split()


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join), st.booleans())
@settings(max_examples=300)
def test_whatever_is_written_is_rendered_or_refused_in_words(source: str, wrapped: bool) -> None:
    with suppress(TemplateError):
        assert isinstance(Template(f"{{{{{source}}}}}" if wrapped else source).render(context()), str)


def test_a_template_is_strict_only_where_it_is_asked_to_be() -> None:
    assert Template("{{.Nope}}").render({}) == "<no value>"
    with pytest.raises(TemplateError, match='map has no entry for key "Nope"'):
        Template("{{.Nope}}").render({}, strict=True)


def test_a_row_is_asked_only_for_what_the_template_names() -> None:
    def costly() -> str:
        raise AssertionError

    row = Row("*formatter.rowContext", {"Name": lambda: "x", "Size": costly})
    assert Template("{{.Name}}{{with .Name}}!{{end}}").render(row) == "x!"
