"""Docker itself pushes to our registry and pulls from it, beside our own push and pull."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from asking import ZERO
from judge.daemon import PROGRAMS, Daemon
from wares import LAYERS, add, serve, store, tar

from labimg.cli.transfer import transferred
from labimg.digest import BlobID, DiffID
from labimg.errors import DockerError
from labimg.files import DiskFiles
from labimg.reference import Reference
from labimg.registry import Registry, Request
from labimg.registry.manifest import Manifest
from labimg.remote import Record, pull, push
from labimg.remote.http import Http
from labimg.remote.ledger import Ledger
from labimg.remote.push import encode

DOCKER = pytest.mark.judge(*PROGRAMS)
BIG = tar(("/big", bytes(range(256)) * 20_000), ("/small", b"x"))


@pytest.fixture
def wire() -> Iterator[Http]:
    with closing(Http(wait=20)) as transport:
        yield transport


@pytest.fixture
def docker(dockerd: Daemon) -> Iterator[Daemon]:
    """Docker, swept clean afterwards of all that has the name of a local registry."""
    yield dockerd
    names = dockerd.ask("images", "--format", "{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}").decode()
    for name in names.split():
        if name.startswith("127.0.0.1:") and "<none>" not in name:
            dockerd("rmi", "-f", name)


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[str]:
    yield from serve(Registry(DiskFiles(tmp_path / "ours")))


@DOCKER
def test_docker_pushes_to_us_and_we_write_its_manifest_to_the_byte(
    docker: Daemon, ours: str, wire: Http
) -> None:
    name, there = f"{ours}/team/app:1", store()
    docker.ask(
        "build", "-q", "-t", name, "-", stdin=b"FROM base\nRUN echo one > /a\nRUN rm /a && echo two > /b\n"
    )
    said = docker.ask("push", name).decode().splitlines()
    raw = wire.send(Request("GET", f"http://{ours}/v2/team/app/manifests/1")).read()
    pushed = Manifest.parse(raw)
    assert pushed.config is not None
    assert encode(pushed.config, pushed.layers) == raw
    assert said[-1] == f"1: digest: {pushed.id} size: {len(raw)}"
    assert pull(there, Reference.parse(name), wire) == [docker.id(name)]
    assert push(there, Reference.parse(name), wire) == [pushed.id]


@DOCKER
def test_docker_pulls_from_us_what_we_pushed_and_says_what_we_say(
    docker: Daemon, ours: str, wire: Http
) -> None:
    here, name, told = store(), Reference.parse(f"{ours}/team/app:1"), list[Record]()
    made = add(here, name, *LAYERS, BIG)
    [digest] = push(here, name, wire)
    said = docker.ask("pull", str(name)).decode().splitlines()
    assert docker.id(str(name)) == made.id
    assert docker.inspect(str(name))["RepoDigests"] == [f"{name.name}@{digest}"]
    pull(store(), name, wire, report=told.append)
    lines = [transferred(record).rstrip("\n") for record in told]
    ours_said = [*(line for line in lines if line), str(name)]
    passing = (": Waiting", ": Verifying Checksum", ": Download complete")  # Docker may skip over these
    assert {line for line in said if not line.endswith(passing)} == {
        line for line in ours_said if not line.endswith(passing)
    }
    assert {line for line in said if not line.endswith(": Waiting")} <= set(ours_said)
    assert said[0] == ours_said[0]
    assert said[-3:] == ours_said[-3:]


@DOCKER
def test_docker_tells_of_mounts_and_notes_them_as_we_do(docker: Daemon, ours: str, wire: Http) -> None:
    first, second = f"{ours}/team/app:1", f"{ours}/other/app:1"
    docker.ask("build", "-q", "-t", first, "-", stdin=b"FROM base\nRUN echo one > /a\n")
    docker.ask("push", first)
    docker.ask("tag", first, second)
    here, told = store(), list[Record]()
    pull(here, Reference.parse(first), wire)
    here.tags.set(Reference.parse(second), here.find(first))
    push(here, Reference.parse(second), wire, report=told.append)
    lines = [transferred(record).rstrip("\n") for record in told]
    third = f"{ours}/third/app:1"
    docker.ask("tag", first, third)
    said = docker.ask("push", third).decode().replace("third/app", "other/app").splitlines()
    assert sorted(said) == sorted(lines)
    assert any(line.endswith(": Mounted from team/app") for line in lines)
    assert "Layer already exists" in docker.ask("push", second).decode()
    [layer] = [DiffID(one) for one in docker.inspect(first)["RootFS"]["Layers"]][1:]
    noted = json.loads(
        (
            docker.folder / f"data/image/overlay2/distribution/v2metadata-by-diffid/sha256/{layer.hex}"
        ).read_text()
    )
    path = f"image/overlay2/distribution/v2metadata-by-diffid/sha256/{layer.hex}"
    mine = json.loads(here.files.read(path))
    assert [row for row in noted if "/third/" not in row["SourceRepository"]] == mine
    assert Ledger(here.files).layer(BlobID(noted[0]["Digest"])) == layer


REFUSED: list[Callable[[str], list[str]]] = [
    lambda domain: ["pull", f"{domain}/team/app:nope"],
    lambda domain: ["pull", f"{domain}/nope"],
    lambda domain: ["pull", f"{domain}/team/app@{ZERO}"],
    lambda domain: ["pull", "127.0.0.1:1/x"],
    lambda domain: ["push", f"{domain}/team/app:nope"],
    lambda domain: ["push", f"{domain}/nope"],
    lambda domain: ["push", "127.0.0.1:1/x:1"],
]


@DOCKER
@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_docker_is_refused_by_us_in_the_words_we_have(
    docker: Daemon, ours: str, wire: Http, case: int
) -> None:
    here, name = store(), Reference.parse(f"{ours}/team/app:1")
    add(here, name, LAYERS[0])
    push(here, name, wire)
    docker.ask("pull", str(name))
    away = Reference.parse("127.0.0.1:1/x:1")
    here.tags.set(away, here.find(str(name)))
    docker.ask("tag", str(name), str(away))
    verb, asked_for = REFUSED[case](ours)
    reference = Reference.parse(asked_for)
    with pytest.raises(DockerError) as caught:
        pull(here, reference, wire) if verb == "pull" else push(here, reference, wire)
    prefix = "Error response from daemon: " if caught.value.side == "daemon" else ""
    assert docker(verb, asked_for).err.decode() == f"{prefix}{caught.value}\n"
