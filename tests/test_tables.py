"""Columns and formats, judged by what the docker client prints for `docker context ls --format …`."""

from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.cli.gotemplate import TemplateError
from labimg.cli.rows import cut
from labimg.cli.tables import Fields, Listing, aligned

SOCKET = "unix:///var/run/docker.sock"
ABOUT = "Current DOCKER_HOST based configuration"
CONTEXTS = Listing(
    "*formatter.clientContextContext",
    {"Name": "NAME", "Description": "DESCRIPTION", "DockerEndpoint": "DOCKER ENDPOINT", "Error": "ERROR"},
    "{{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}",
)
FIELDS: Fields[str] = {
    "Current": lambda name: True,
    "Name": lambda name: name,
    "Description": lambda name: ABOUT,
    "DockerEndpoint": lambda name: SOCKET,
    "Error": lambda name: "",
}

WHOLE = f"""\
NAME        DESCRIPTION                               DOCKER ENDPOINT               ERROR
default *   {ABOUT}   {SOCKET}{"   "}
"""
JSON = f'{{"Current":true,"Description":"{ABOUT}","DockerEndpoint":"{SOCKET}","Error":"","Name":"default"}}\n'
FORMATS = [
    ("", WHOLE),
    ("table", WHOLE),
    ("table {{.Name}}", "NAME\ndefault\n"),
    ("table {{.Name}}\\t{{.Current}}", "NAME      <no value>\ndefault   true\n"),
    ("table{{.Name}}", "NAME\ndefault\n"),
    ("tablefoo {{.Name}}", "foo NAME\nfoo default\n"),
    ("json", JSON),
    ("{{json .}}", JSON),
    ("json x", "json x\n"),
    ("{{.Name}}\\n", "default\n\n"),
    ("table {{json .Name}}\\t{{upper .Name}}", 'NAME        NAME\n"default"   DEFAULT\n'),
    (
        "table {{.Name}}\\tx\\n{{.Current}}\\t",
        "NAME         x\n<no value>   \ndefault      x\ntrue         \n",
    ),
    ("raw", "raw\n"),
    ("table {{if .Current}}yes{{else}}no{{end}}", "no\nyes\n"),
    ("  {{.Name}}  ", "default\n"),
    (
        'table {{truncate .Name 3}}\\t{{pad .Name 1 2}}|{{join (split .Name "a") ","}}',
        "NAME       NAME  |NAME\ndef        default  |def,ult\n",
    ),
    ("{{.Name}}\\t{{.Current}}", "default\ttrue\n"),
]


@pytest.mark.parametrize(("wanted", "printed"), FORMATS)
def test_a_format_prints_what_the_docker_client_prints(wanted: str, printed: str) -> None:
    assert CONTEXTS.render(CONTEXTS.template(wanted), ["default"], FIELDS) == printed


FAULTS = [
    (
        "table {{.Name}} x {{.Nope}}",
        'template: :1:14: executing "" at <.Nope>: can\'t evaluate field Nope in type '
        "*formatter.clientContextContext",
    ),
    ("{{.Name", "template: :1: unclosed action"),
    (
        "{{.Name.Foo}}",
        'template: :1:7: executing "" at <.Name.Foo>: can\'t evaluate field Foo in type string',
    ),
    ("{{.Name 1}}", 'template: :1:2: executing "" at <.Name>: wrong number of args for Name: want 0 got 1'),
]


@pytest.mark.parametrize(("wanted", "fault"), FAULTS)
def test_a_format_that_asks_for_too_much_is_refused(wanted: str, fault: str) -> None:
    with pytest.raises(TemplateError) as error:
        CONTEXTS.render(CONTEXTS.template(wanted), ["default"], FIELDS)
    assert str(error.value) == fault


def test_an_empty_list_is_a_heading_and_without_a_table_nothing() -> None:
    assert (
        CONTEXTS.render(CONTEXTS.template(""), [], FIELDS)
        == "NAME      DESCRIPTION   DOCKER ENDPOINT   ERROR\n"
    )
    assert CONTEXTS.render("{{.Name}}", [], FIELDS) == ""


def test_a_column_ends_with_the_lines_that_have_it() -> None:
    text = "a\tlong long long\tx\nb\n\tc\tz\n"
    assert aligned(text) == "a         long long long   x\nb\n          c         z\n"


cells = st.text(st.characters(exclude_characters="\t\n", codec="utf-8"), max_size=15)


def tables(width: int) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1)


@given(st.integers(1, 4).flatmap(tables))
def test_every_column_begins_in_one_place_three_behind_the_widest_cell(rows: list[list[str]]) -> None:
    lines = aligned("\n".join("\t".join(row) for row in rows)).split("\n")
    places = [0]
    for column in range(len(rows[0]) - 1):
        places.append(places[-1] + max(10, *(len(row[column]) + 3 for row in rows)))
    for line, row in zip(lines, rows, strict=True):
        for place, cell in zip(places, row, strict=True):
            assert line[place : place + len(cell)] == cell
        assert len(line) == places[-1] + len(row[-1])


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("one too long", 11, "one too lo…"),
        ("日本語テキスト", 9, "日本語テ…"),
        ("日本語テキスト", 8, "日本語…"),
        ("", 1, ""),
    ],
)
def test_what_is_too_long_is_cut_and_says_so(text: str, columns: int, shown: str) -> None:
    assert cut(text, columns) == shown


TOLD = ("Name", "Description", "Error")
CELLS = st.sampled_from(
    ["{{.Name}}", "{{.Description}}", "{{.Error}}", "{{if .Error }}{{.Error}}{{else}}N/A{{end}}"]
)


@given(
    st.lists(CELLS, min_size=1, max_size=4),
    st.lists(st.fixed_dictionaries(dict.fromkeys(TOLD, st.text(max_size=15))), max_size=3),
    st.sampled_from(["", "table "]),
)
def test_a_template_of_fields_alone_shows_what_the_machine_would(
    columns: list[str], rows: list[dict[str, str]], table: str
) -> None:
    template = table + "\t".join(columns)
    fields: Fields[dict[str, str]] = {name: itemgetter(name) for name in TOLD}
    through_the_machine = template + "{{/* this is no field */}}"
    assert CONTEXTS.render(template, rows, fields) == CONTEXTS.render(through_the_machine, rows, fields)
