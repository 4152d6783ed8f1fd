"""Images out into a tar and back: IDs are kept to the byte, in both layouts and every compression."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import build, tar, world

from labimg import archive, spec, tarstream
from labimg.archive import Layout, Loaded, LoadedID, Renamed
from labimg.archive.load import LARGE
from labimg.archive.members import UNPACKED
from labimg.digest import BlobID, DiffID
from labimg.engine import Engine
from labimg.entry import file
from labimg.errors import DockerError

FILES = {"one": "1\n", "two": "2\n"}


def app() -> Engine:
    engine = world()
    build(engine, "FROM base:1\nCOPY one /\nLABEL a=b\nCOPY two /\nCOPY one /\n", "app:1", FILES)
    return engine


def saved(engine: Engine, *names: str, layout: Layout = "oci", compress: bool = False) -> bytes:
    out = io.BytesIO()
    engine.save(names, out, layout=layout, compress=compress)
    return out.getvalue()


def members(archive: bytes) -> dict[str, bytes]:
    found = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        for member in opened:
            if data := opened.extractfile(member):
                found[member.name] = data.read()
    return found


@pytest.mark.parametrize("layout", ["oci", "docker"])
@pytest.mark.parametrize("compress", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_what_is_saved_is_loaded_with_the_same_id(layout: Layout, compress: object) -> None:
    engine = app()
    other = Engine.memory("other")
    records = other.load(io.BytesIO(compress(saved(engine, "app:1", layout=layout))))  # type: ignore[operator]
    assert records == [Loaded("app:1")]
    assert other.find("app:1") == engine.find("app:1")
    assert dict(other.view("app:1")).keys() == dict(engine.view("app:1")).keys()
    assert saved(other, "app:1", layout=layout) == saved(engine, "app:1", layout=layout)


@settings(max_examples=15)
@given(
    texts=st.lists(st.text("ab\n", max_size=200), min_size=1, max_size=4),
    lanes=st.integers(2, 4),
)
def test_gzipped_layers_are_the_same_image(texts: list[str], lanes: int) -> None:
    """And the archive is the same whether layers are squeezed one by one or side by side."""
    engine, alone, together = world(), io.BytesIO(), io.BytesIO()
    files = {f"f{at}": text for at, text in enumerate(texts)}
    build(engine, "FROM base:1\n" + "".join(f"COPY {name} /\n" for name in files), "app:1", files)
    archive.save(engine.store, ["app:1", "base:1"], alone, compress=True)
    archive.save(engine.store, ["app:1", "base:1"], together, compress=True, lanes=lanes)
    assert alone.getvalue() == together.getvalue()
    other = Engine.memory("other")
    other.load(io.BytesIO(alone.getvalue()))
    assert saved(other, "app:1", "base:1") == saved(engine, "app:1", "base:1")


def test_a_compressed_archive_says_so_and_each_blob_is_what_it_is_called() -> None:
    engine = app()
    found = members(saved(engine, "app:1", compress=True))
    (item,) = json.loads(found["manifest.json"])
    (described,) = json.loads(found["index.json"])["manifests"]
    manifest = json.loads(found[f"blobs/sha256/{described['digest'][7:]}"])
    assert {layer["mediaType"] for layer in manifest["layers"]} == {spec.OCI_LAYER_GZIP}
    assert [f"blobs/sha256/{layer['digest'][7:]}" for layer in manifest["layers"]] == item["Layers"]
    for layer, diff_id in zip(manifest["layers"], engine.image("app:1").document.diff_ids, strict=True):
        blob = found[f"blobs/sha256/{layer['digest'][7:]}"]
        assert (BlobID.of(blob), len(blob)) == (layer["digest"], layer["size"])
        assert DiffID.of(gzip.decompress(blob)) == diff_id
        assert item["LayerSources"][diff_id] == layer


def test_the_layout_of_old_is_never_compressed() -> None:
    out = io.BytesIO()
    with pytest.raises(DockerError, match="cannot specify both --compress and --format docker"):
        app().save(["app:1"], out, layout="docker", compress=True)
    assert not out.getvalue()


@pytest.mark.parametrize("damage", ["", "byte", "header", "end"])
def test_a_large_layer_is_loaded_in_two_lanes_as_in_one(damage: str) -> None:
    """With the same refusal, if it is not what its image says."""
    engine = Engine.memory()
    layer = tarstream.packed([file("/first", bytes(LARGE)), file("/second", b"2")])
    engine.import_(io.BytesIO(layer), "large:1")
    archived = bytearray(saved(engine, "large:1"))
    at = archived.index(b"second\0")
    if damage == "end":
        archived = archived[: at + 600]
    elif damage:
        archived[at - 1000 if damage == "byte" else at + 148] ^= 1

    def told(lanes: int) -> tuple[object, ...]:
        other = Engine.memory("other")
        try:
            records = archive.load(other.store, io.BytesIO(archived), lanes=lanes)
        except DockerError as refused:
            return str(refused), refused.__notes__, [*other.files.paths()]
        return records, saved(other, "large:1"), [*other.files.paths()]

    assert told(1) == told(2)
    assert isinstance(told(1)[0], str) == bool(damage)


def test_loaded_images_have_lost_their_parents() -> None:
    other = Engine.memory("other")
    other.load(io.BytesIO(saved(app(), "app:1")))
    assert [row.id for row in other.history("app:1")[1:]] == ["<missing>"] * 4


def test_shared_layers_are_in_the_archive_once() -> None:
    engine = app()
    both = members(saved(engine, "app:1", "base:1"))
    alone = members(saved(engine, "app:1"))
    assert (
        len([name for name in both if name.startswith("blobs/")])
        == len([name for name in alone if name.startswith("blobs/")]) + 2
    )  # the config and the manifest of base:1


def test_a_repository_without_a_tag_means_all_its_tags() -> None:
    engine = app()
    engine.tag("base:1", "app:2")
    (first, second) = json.loads(members(saved(engine, "app"))["manifest.json"])
    assert first["RepoTags"] + second["RepoTags"] == ["app:1", "app:2"]


def test_by_id_an_image_is_saved_without_a_name() -> None:
    engine = app()
    archive = saved(engine, engine.find("app:1").short)
    assert json.loads(members(archive)["manifest.json"])[0]["RepoTags"] is None
    assert "repositories" not in members(archive)
    assert Engine.memory("other").load(io.BytesIO(archive)) == [LoadedID(engine.find("app:1"))]


def test_a_name_that_led_elsewhere_is_told() -> None:
    engine = app()
    archive = saved(engine, "app:1")
    old = build(engine, "FROM base:1\nLABEL new=yes\n", "app:1")
    assert engine.load(io.BytesIO(archive)) == [Renamed("app:1", old), Loaded("app:1")]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nosuch", "No such image: nosuch"),
        ("nosuch:1", "reference does not exist"),
        ("NOSUCH", "invalid reference format: repository name must be lowercase"),
    ],
)
def test_one_bad_name_and_nothing_is_written(name: str, sentence: str) -> None:
    out = io.BytesIO()
    with pytest.raises(DockerError) as refused:
        app().save(["app:1", name], out)
    assert str(refused.value) == sentence and out.getvalue() == b""


Change = Callable[[dict[str, bytes]], None]


def altered(change: Change, layout: Layout = "docker") -> bytes:
    """The archive of `app:1` with its members changed by `change`."""
    found = members(saved(app(), "app:1", layout=layout))
    change(found)
    return tar(*(file("/" + name, data) for name, data in found.items())).getvalue()


def manifest(**keys: object) -> Change:
    def change(found: dict[str, bytes]) -> None:
        (item,) = json.loads(found["manifest.json"])
        found["manifest.json"] = json.dumps([item | keys]).encode()

    return change


def put(document: bytes) -> Change:
    return lambda found: found.update({"manifest.json": document})


def config(document: bytes) -> Change:
    def change(found: dict[str, bytes]) -> None:
        found[json.loads(found["manifest.json"])[0]["Config"]] = document

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (put(b"[{nope"), "invalid character 'n' looking for beginning of object key string"),
        (put(b"{}"), "json: cannot unmarshal object into Go value of type []tarexport.manifestItem"),
        (put(b"null"), "invalid manifest, manifest cannot be null (but can be [])"),
        (manifest(Layers=["x"]), "invalid manifest, layers length mismatch: expected 1, got 4"),
        (manifest(Config="nope.json"), f"open {UNPACKED.format(0)}/nope.json: no such file or directory"),
        (manifest(RepoTags=["nametag"]), 'invalid tag "nametag"'),
        (manifest(RepoTags=["BAD:1"]), "invalid reference format: repository name must be lowercase"),
        (config(b"x"), "invalid character 'x' looking for beginning of value"),
        (config(b"{}"), "invalid image JSON, no RootFS key"),
    ],
)  # fmt: skip
def test_archives_that_lie_are_refused_in_dockers_words(change: Change, sentence: str) -> None:
    engine = Engine.memory("other")
    with pytest.raises(DockerError) as refused:
        engine.load(io.BytesIO(altered(change)))
    assert str(refused.value) == sentence
    assert engine.store.tags.all() == {}


def test_a_layer_that_is_not_what_the_config_says_is_refused() -> None:
    def swap(found: dict[str, bytes]) -> None:
        (item,) = json.loads(found["manifest.json"])
        item["Layers"][:2] = item["Layers"][1::-1]
        found["manifest.json"] = json.dumps([item]).encode()

    engine = Engine.memory("other")
    with pytest.raises(DockerError, match=r'invalid diffID for layer 0: expected "sha256:.*", got "sha256:'):
        engine.load(io.BytesIO(altered(swap)))
    assert list(engine.store.layers.all()) == [] and list(engine.files.paths()) == []


def test_an_oci_layout_alone_is_loaded() -> None:
    def strip(found: dict[str, bytes]) -> None:
        del found["manifest.json"], found["repositories"]

    engine = Engine.memory("other")
    assert engine.load(io.BytesIO(altered(strip, "oci"))) == [Loaded("app:1")]
    assert engine.find("app:1") == app().find("app:1")


@pytest.mark.parametrize("junk", [b"", b"garbage", b"\x1f\x8b\x08broken", b"\0" * 10240])
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(DockerError):
        Engine.memory("other").load(io.BytesIO(junk))


def test_export_then_import_keeps_the_tree_and_loses_the_rest() -> None:
    engine = app()
    from labimg.container import Run

    container = engine.create("app:1", Run(command=("/bin/true",)))
    out = io.BytesIO()
    engine.export(container.id, out)
    out.seek(0)
    engine.import_(out, "flat:1", message="flattened")
    assert [row.comment for row in engine.history("flat:1")] == ["flattened"]
    assert len(engine.image("flat:1").chain_ids) == 1
    assert set(engine.view("app:1")) <= set(engine.view("flat:1"))
    assert engine.image("flat:1").config.labels is None
