"""The shelves: their paths and bytes are those Docker keeps, on the disk and in memory alike.

Facts: `image/overlay2`, `containers` and `config.json` of a real Docker Engine 20.10.24 and its client.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from strategies import layers
from worlds import ROOT, build, tar

from labimg import tarstream
from labimg.clock import LabClock
from labimg.container import Run
from labimg.containers import Container, State
from labimg.digest import ChainID, DiffID, ImageID, chain_id
from labimg.engine import Engine
from labimg.entry import Entry, directory, file, symlink, whiteout
from labimg.errors import (
    DamagedStore,
    DockerError,
    InvalidLayer,
    NoSuchImage,
    NoSuchLayer,
    RepeatedPath,
    TooDeep,
    WrongLayer,
)
from labimg.files import DiskFiles, Files, MemoryFiles
from labimg.image import Image
from labimg.layer import Layer
from labimg.layers import DEPTH, Layers, read_contents, survey, write_contents
from labimg.logins import Logins
from labimg.reference import Reference
from labimg.spec import ImageDocument, RunConfig
from labimg.tags import Tags

DB = "image/overlay2"


@pytest.fixture(params=["memory", "disk"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine that knows no chance, on either ground."""
    files: Files = MemoryFiles() if request.param == "memory" else DiskFiles(tmp_path)
    yield Engine(files, clock=LabClock(), chance=Random("shelves").randbytes)


def layer_tar(*entries: Entry) -> io.BytesIO:
    """A tar of `entries` as they stand, whiteouts too."""
    out = io.BytesIO()
    tarstream.write(entries, out)
    return io.BytesIO(out.getvalue())


def texts(engine: Engine, folder: str) -> dict[str, str]:
    """What the small files in a folder say."""
    return {path[len(folder) + 1 :]: engine.files.read(path).decode() for path in engine.files.paths(folder)}


# Names.


def test_the_names_are_one_file_to_the_byte(engine: Engine) -> None:
    one, two = ImageID.of(b"1"), ImageID.of(b"2")
    digest = f"127.0.0.1:5057/team/app@sha256:{'a' * 64}"
    for name in ("s:1", "127.0.0.1:5057/team/app:1", "docker.io/library/app:1", "app", "docker.io/a/b:c"):
        engine.store.tags.set(Reference.parse(name).tagged, one)
    engine.store.tags.set(Reference.parse(digest), two)
    assert engine.files.read(f"{DB}/repositories.json").decode() == (
        f'{{"Repositories":{{"127.0.0.1:5057/team/app":{{"127.0.0.1:5057/team/app:1":"{one}","{digest}":"{two}"}},'
        f'"a/b":{{"a/b:c":"{one}"}},"app":{{"app:1":"{one}","app:latest":"{one}"}},"s":{{"s:1":"{one}"}}}}}}'
    )


def test_names_move_and_go_and_are_read_again_by_another(engine: Engine) -> None:
    tags, one, two = engine.store.tags, ImageID.of(b"1"), ImageID.of(b"2")
    a, b = Reference.parse("a:1"), Reference.parse("b:1")
    tags.update({a: one, b: one})
    tags.set(a, two)
    assert tags.of(one) == [b] and tags.get(a) == two
    tags.delete(b)
    tags.delete(b)
    assert Tags(engine.files).all() == {a: two}
    tags.delete(a)
    assert engine.files.read(f"{DB}/repositories.json") == b'{"Repositories":{}}'


def test_names_come_in_the_order_of_their_full_form(engine: Engine) -> None:
    engine.store.tags.update(
        {Reference.parse(name): ImageID.of(b"") for name in ("z:1", "a.b/c:1", "a:2", "a:1")}
    )
    assert [name.familiar for name in engine.store.tags.all()] == ["a.b/c:1", "a:1", "a:2", "z:1"]


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"Repositories":{"a":{"A:1":"x"}}}', b'{"Repositories":[1]}']
)
def test_names_that_cannot_be_read_are_told(engine: Engine, raw: bytes) -> None:
    engine.files.write(f"{DB}/repositories.json", raw)
    with pytest.raises(DamagedStore, match=r"the store is damaged: image/overlay2/repositories\.json: "):
        engine.find("a")


# Images.


def test_an_image_is_its_bytes_and_beside_them_its_parent_and_when_it_was_named(engine: Engine) -> None:
    engine.import_(tar(*ROOT), "base:1")
    build(engine, "FROM base:1\nLABEL a=b\n", "app:1")
    base, app = engine.image("base:1"), engine.image("app:1")
    assert texts(engine, f"{DB}/imagedb") == {
        f"content/sha256/{base.id.hex}": base.raw.decode(),
        f"content/sha256/{app.id.hex}": app.raw.decode(),
        f"metadata/sha256/{app.id.hex}/parent": base.id,
        f"metadata/sha256/{app.id.hex}/lastUpdated": "2026-01-01T00:00:01Z",
        f"metadata/sha256/{base.id.hex}/lastUpdated": "2026-01-01T00:00:00Z",
    }


def test_an_image_goes_with_all_that_is_known_about_it(engine: Engine) -> None:
    images, image = engine.store.images, Image.of(ImageDocument(()))
    images.put(image, ImageID.of(b"parent"))
    images.touch(image.id, "2026-01-01T00:00:00Z")
    assert images.parent(image.id) == ImageID.of(b"parent") and list(images.all()) == [image.id]
    images.orphan(image.id)
    assert images.parent(image.id) is None and images.touched(image.id) == "2026-01-01T00:00:00Z"
    images.delete(image.id)
    assert list(engine.files.paths()) == [] and images.touched(image.id) == ""
    with pytest.raises(NoSuchImage):
        images.find(image.id)


# Layers.


def test_a_layer_is_four_records_and_its_tar(engine: Engine) -> None:
    engine.import_(tar(*ROOT), "base:1")
    build(engine, "FROM base:1\nCOPY a /a\n", "app:1", {"a": "12"})
    base, app = engine.store.layers.stack(engine.image("app:1").top)
    assert texts(engine, f"{DB}/layerdb") == {
        f"sha256/{base.chain_id.hex}/cache-id": base.cache_id,
        f"sha256/{base.chain_id.hex}/diff": base.diff_id,
        f"sha256/{base.chain_id.hex}/size": "30",
        f"sha256/{app.chain_id.hex}/cache-id": app.cache_id,
        f"sha256/{app.chain_id.hex}/diff": app.diff_id,
        f"sha256/{app.chain_id.hex}/parent": base.chain_id,
        f"sha256/{app.chain_id.hex}/size": "2",
    }
    assert str(base.chain_id) == str(base.diff_id) and app.chain_id == chain_id([base.diff_id, app.diff_id])
    with app.open() as stream:
        assert DiffID.of(stream.read()) == app.diff_id
    folders = sorted(engine.files.children("overlay2"))
    assert folders == sorted([base.cache_id, app.cache_id])
    assert engine.files.children(f"overlay2/{app.cache_id}") == ["layer.tar", "toc.json"]


ODD = [
    directory("/d", mode=0o1777, uid=1, gid=2, mtime=3),
    file("/d/f", b"data", mode=0o4755, mtime=1_700_000_000),
    symlink("/d/s", "../x"),
    Entry("/dev", "char", 0o600, device=(1, 3)),
    file("/cap", b"x")._replace(xattrs=(("security.capability", "\x01\udcff"),)),
    file("/\udcff", b"no UTF-8"),
    whiteout("/gone"),
]


def test_a_table_of_contents_says_all_that_the_tar_does(engine: Engine) -> None:
    layer = engine.store.layers.put(layer_tar(*ODD), None)
    with layer.open() as stream:
        _, entries = survey(stream)
    read = Layers(engine.files, lambda: "").find(layer.chain_id)
    assert read == layer and [entry._replace(source=None) for entry in read.entries] == entries
    assert {entry.path: entry.read() for entry in read.entries if entry.path in ("/d/f", "/\udcff")} == {
        "/d/f": b"data", "/\udcff": b"no UTF-8",
    }  # fmt: skip


def test_a_layer_that_is_there_already_is_kept_once(engine: Engine) -> None:
    first = engine.store.layers.put(layer_tar(file("/a")), None)
    before = list(engine.files.paths())
    assert engine.store.layers.put(layer_tar(file("/a")), None) == first
    assert list(engine.files.paths()) == before


def test_what_is_no_layer_leaves_nothing(engine: Engine) -> None:
    layers = engine.store.layers
    cases: list[tuple[bytes, type[DockerError]]] = [
        (b"x" * 512, DockerError),
        (layer_tar(file("/a"), file("/a")).getvalue(), RepeatedPath),
        (layer_tar(Entry("/b", "link", target="/a")).getvalue(), InvalidLayer),
        (layer_tar(file("/" + "n" * 256)).getvalue(), InvalidLayer),
        (layer_tar(file("/d/.wh.")).getvalue(), InvalidLayer),
    ]
    for raw, kind in cases:
        with pytest.raises(kind):
            layers.put(io.BytesIO(raw), None)
    with pytest.raises(WrongLayer):
        layers.put(layer_tar(file("/a")), None, expected=DiffID.of(b"other"))
    assert list(engine.files.paths()) == []


def test_a_layer_goes_with_its_bytes(engine: Engine) -> None:
    layer = engine.store.layers.put(layer_tar(file("/a", b"123")), None)
    assert engine.store.layers.delete(layer.chain_id) == 3
    assert list(engine.files.paths()) == [] and list(engine.store.layers.all()) == []
    with pytest.raises(NoSuchLayer):
        engine.store.layers.delete(layer.chain_id)


def test_an_image_has_no_more_layers_than_docker_allows() -> None:
    layers = Engine.memory().store.layers
    top: ChainID | None = None
    for _ in range(DEPTH):
        top = layers.put(layer_tar(file("/a")), top).chain_id
    assert layers.depth(top) == DEPTH if top else False
    with pytest.raises(TooDeep, match=r"^max depth exceeded$"):
        layers.put(layer_tar(file("/a")), top)


# Containers.


def bare(mount_id: str = "") -> Container:
    """A container that nobody made."""
    when = "2026-01-01T00:00:00Z"
    return Container("1" * 64, "c", when, ImageID.of(b""), "x", (), RunConfig(), mount_id=mount_id)


def test_a_container_is_its_document_and_its_mount(engine: Engine) -> None:
    engine.import_(tar(*ROOT), "base:1")
    made = engine.create("base:1", Run(command=("/bin/true", "x"), name="c1"))
    mount = f"{DB}/layerdb/mounts/{made.id}"
    assert texts(engine, mount) == {
        "mount-id": made.mount_id,
        "init-id": f"{made.mount_id}-init",
        "parent": engine.image("base:1").top,
    }
    document = json.loads(engine.files.read(f"containers/{made.id}/config.v2.json"))
    assert list(document) == [
        "ID", "Created", "Path", "Args", "State", "Config", "Image", "Name", "Driver", "HostConfig",
        "MountID", "MountPoints", "NetworkSettings",
    ]  # fmt: skip
    assert (document["Name"], document["Path"], document["Args"]) == ("/c1", "/bin/true", ["x"])
    assert document["State"] == {
        "Status": "created", "ExitCode": 0, "Error": "",
        "StartedAt": "0001-01-01T00:00:00Z", "FinishedAt": "0001-01-01T00:00:00Z", "Health": "",
    }  # fmt: skip
    assert engine.store.containers.find(made.id) == made


def test_a_container_of_an_image_without_layers_stands_on_nothing(engine: Engine) -> None:
    image = engine.store.images.put(Image.of(ImageDocument(())))
    made = engine.create(image, Run(command=("x",)))
    assert engine.store.containers.top(made) is None
    assert engine.files.children(f"{DB}/layerdb/mounts/{made.id}") == ["init-id", "mount-id"]


def test_what_a_container_writes_lies_beside_the_layers_and_goes_with_it(engine: Engine) -> None:
    containers = engine.store.containers
    made = Container(
        "1" * 64, "c", "2026-01-01T00:00:00Z", ImageID.of(b""), "x", (), RunConfig(), mount_id="m"
    )
    containers.put(made)
    assert containers.upper(made) == () and containers.logged(made) == []
    containers.write(made, [file("/a", b"new"), whiteout("/b")])
    assert engine.files.children("overlay2/m") == ["layer.tar"]
    assert [(entry.path, entry.read()) for entry in containers.upper(made)] == [
        ("/a", b"new"),
        ("/.wh.b", b""),
    ]
    containers.put(made.but(status="exited", exit_code=3))
    assert containers.find(made.id).state == State("exited", 3)
    containers.delete(made)
    assert list(engine.files.paths()) == [] and list(containers.all()) == []


def test_a_log_is_a_line_of_json_for_each_line(engine: Engine) -> None:
    made = bare()
    engine.store.containers.log(made, "stdout", b"a <b>\nc", "2026-01-01T00:00:00Z")
    engine.store.containers.log(made, "stderr", b"\xff\n", "2026-01-01T00:00:01Z")
    assert engine.files.read(f"containers/{made.id}/{made.id}-json.log").decode() == (
        '{"log":"a \\u003cb\\u003e\\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}\n'
        '{"log":"c","stream":"stdout","time":"2026-01-01T00:00:00Z"}\n'
        '{"log":"\ufffd\\n","stream":"stderr","time":"2026-01-01T00:00:01Z"}\n'
    )
    assert [line["log"] for line in engine.store.containers.logged(made)] == ["a <b>\n", "c", "\ufffd\n"]


# Logins.


def test_logins_are_the_clients_file_to_the_byte(engine: Engine) -> None:
    logins = Logins(engine.files)
    assert logins.get("reg.example.com") is None and list(logins) == [] and not logins.delete("x")
    logins.set("reg.example.com", "bWU6YTpi")
    logins.set("localhost:5000", "bWU6")
    assert engine.files.read("config.json").decode() == (
        '{\n\t"auths": {\n\t\t"localhost:5000": {\n\t\t\t"auth": "bWU6"\n\t\t},\n'
        '\t\t"reg.example.com": {\n\t\t\t"auth": "bWU6YTpi"\n\t\t}\n\t}\n}'
    )
    assert logins.get("reg.example.com") == ("me", "a:b") and logins.get("localhost:5000") == ("me", "")
    assert list(logins) == ["localhost:5000", "reg.example.com"]
    assert logins.delete("reg.example.com") and list(Logins(engine.files)) == ["localhost:5000"]


def test_the_names_are_nobody_elses_to_read(tmp_path: Path) -> None:
    engine = Engine.disk(tmp_path)
    engine.import_(tar(*ROOT), "base:1")
    assert (tmp_path / DB / "repositories.json").stat().st_mode & 0o777 == 0o600


@given(layers())
def test_law_a_table_of_contents_reads_back_as_it_was(found: Layer) -> None:
    files, entries = MemoryFiles(), list(found.entries)
    write_contents(files, "here", entries)
    read = read_contents(files, "here")
    assert [each._replace(source=None) for each in read] == [each._replace(source=None) for each in entries]
