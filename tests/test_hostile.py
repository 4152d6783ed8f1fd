"""Hostile archives: refused with the file and the place, or taken as the harmless bytes they are.

Nothing is unpacked, so nothing can climb out; what is left to defend is the store itself, the
memory, the clock, and whoever reads a name on a terminal or in a page.
"""

import bz2
import gzip
import io
import json
import random
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from test_archive import app, members, saved
from worlds import ROOT, build, tar, world

from labimg import cli, tarstream
from labimg.archive import Layout
from labimg.check import check
from labimg.clock import LabClock
from labimg.compression import UNBOUNDED
from labimg.container import Run
from labimg.engine import Engine
from labimg.entry import Entry, directory, file, opaque, symlink, whiteout
from labimg.errors import DockerError

MIB = 1 << 20


def member(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, **more: object) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.size = kind, len(data)
    for key, value in more.items():
        setattr(found, key, value)
    return found


def packed(*found: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, data in found:
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def one(name: str, data: bytes = b"x", kind: bytes = tarfile.REGTYPE, **more: object) -> bytes:
    return packed((member(name, data if kind == tarfile.REGTYPE else b"", kind, **more), data))


def header(**fields: object) -> bytes:
    """A header block with some fields as no honest writer would fill them."""
    block = bytearray(tarstream.header(file("/f", b"")))
    places = {"size": 124, "mode": 100, "uid": 108, "mtime": 136, "flag": 156, "name": 0}
    for name, value in fields.items():
        assert isinstance(value, bytes)
        block[places[name] : places[name] + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


HARMLESS = {
    "parent folders": (one("../../evil"), "/evil"),
    "an absolute name": (one("/etc/evil"), "/etc/evil"),
    "through a symlink": (
        packed((member("up", kind=tarfile.SYMTYPE, linkname="../.."), b""), (member("up/evil", b"x"), b"x")),
        "/up/evil",
    ),
    "a device": (one("dev/sda", kind=tarfile.BLKTYPE, devmajor=8, devminor=0), "/dev/sda"),
    "a symlink to itself": (one("loop", kind=tarfile.SYMTYPE, linkname="loop"), "/loop"),
    "whiteout of the folder itself": (one(".wh.."), None),
    "whiteout of the folder above": (one("a/.wh..."), None),
    "opaque root": (one(".wh..wh..opq"), None),
    "a name that is no UTF-8": (one("caf\udce9"), "/caf\udce9"),
}  # fmt: skip


@pytest.mark.parametrize("case", HARMLESS)
def test_what_would_climb_out_stays_inside(case: str, tmp_path: Path) -> None:
    data, path = HARMLESS[case]
    engine = Engine.disk(tmp_path / "deep" / "store", clock=LabClock(), chance=random.Random(1).randbytes)
    engine.import_(io.BytesIO(data), "evil:1")
    view = engine.view("evil:1")
    assert path is None or path in view
    assert [found.name for found in tmp_path.iterdir()] == ["deep"]
    assert [found.name for found in (tmp_path / "deep").iterdir()] == ["store"]
    assert check(engine.store) == []
    out = io.BytesIO()
    engine.export(engine.create("evil:1", Run(command=("x",))).id, out)


REFUSED = {
    "a bare whiteout": (one("etc/.wh."), "a whiteout of nothing"),
    "a hard link out": (one("l", kind=tarfile.LNKTYPE, linkname="../../etc"), "no such file or directory"),
    "a hard link to itself": (one("l", kind=tarfile.LNKTYPE, linkname="l"), "no such file or directory"),
    "one name twice": (packed((member("a"), b""), (member("./a"), b"")), "duplicates"),
    "a huge PAX header": (one("a", pax_headers={"comment": "x" * (2 * MIB)}), "header field too long"),
    "a long name": (one("n" * 300), "file name too long"),
    "a deep path": (one("d/" * 10_000 + "f"), "file name too long"),
    "a size beyond the end": (header(size=b"%011o\0" % 5000) + b"x" * 512, "unexpected EOF"),
    "a size that no disk holds": (header(size=b"\x80" + b"\xff" * 11), "invalid tar header"),
    "a size below zero": (header(size=b"\xff" * 12), "no layer holds"),
    "a size in PAX that is none": (one("a", pax_headers={"size": "1_0"}), "invalid tar header"),
    "a size in PAX beyond all": (one("a", pax_headers={"size": "9" * 30}), "invalid tar header"),
    "octal that is none": (header(size=b"0o12\0"), "invalid tar header"),
    "a time beyond all": (one("a", pax_headers={"mtime": "9" * 40}), "invalid tar header"),
    "a sparse file": (one("a", pax_headers={"GNU.sparse.major": "1"}), "no layer holds"),
    "an old sparse file": (header(flag=b"S"), "no layer holds"),
    "a PAX record that counts wrongly": (
        header(flag=b"x", size=b"%011o\0" % 20) + b"99 path=a\n".ljust(512, b"\0") + header(),
        "invalid tar header",
    ),
    "half a header": (tar(*ROOT).getvalue()[:700], "unexpected EOF"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_layer_holds_is_refused_and_nothing_changes(case: str) -> None:
    data, sentence = REFUSED[case]
    engine = world()
    before = engine.files.snapshot()  # type: ignore[attr-defined]
    with pytest.raises(DockerError) as refused:
        engine.import_(io.BytesIO(data), "evil:1")
    assert sentence in str(refused.value), str(refused.value)
    assert engine.files.snapshot() == before  # type: ignore[attr-defined]


def test_a_refusal_names_the_file_and_the_place() -> None:
    found = members(saved(app(), "app:1", layout="docker"))
    path = next(name for name in found if name.endswith("layer.tar"))
    size = len(found[path])
    broken = found[path][: size - 512] + b"junk" * 128  # in place of the second zero block
    engine = Engine.memory("other")
    archive = packed(*((member(name, data), data) for name, data in (found | {path: broken}).items()))
    with pytest.raises(DockerError) as refused:
        engine.load(io.BytesIO(archive))
    place, where = refused.value.__notes__
    assert place == f"at byte {size - 1024} of the tar" and where.startswith(f"in {path}, layer ")
    assert list(engine.files.paths()) == []


def test_at_every_block_an_archive_may_be_cut_or_flipped() -> None:
    engine = app()
    layouts: tuple[Layout, ...] = ("docker", "oci")
    for layout in layouts:
        archive = saved(engine, "app:1", layout=layout)
        for at in range(0, len(archive), 512):
            _survives(archive[:at])
            for spot in (at, at + 148, at + 156, at + 300):
                if spot < len(archive):
                    _survives(archive[:spot] + bytes([archive[spot] ^ 1]) + archive[spot + 1 :])


def _survives(archive: bytes) -> None:
    """Loading either is refused in one sentence, or brings a sound store."""
    engine = Engine.memory("other")
    try:
        engine.load(io.BytesIO(archive))
    except DockerError as refused:
        assert str(refused)
    assert [problem for problem in check(engine.store) if not problem.orphan] == []
    for row in engine.images():
        dict(engine.view(row.id))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_bomb_is_refused_unless_it_is_asked_for(
    pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    from labimg import compression

    small = compression.Bounds(free=MIB, ratio=200)
    engine = world()
    engine.store.bounds = small
    bomb = pack(tar(*ROOT, file("/zeros", bytes(8 * MIB))).getvalue())
    with pytest.raises(DockerError, match=r"swell to more than .*LABIMG_UNBOUNDED=1"):
        engine.import_(io.BytesIO(bomb), "bomb:1")
    engine.store.bounds = UNBOUNDED
    assert engine.import_(io.BytesIO(bomb), "bomb:1")


def test_a_bomb_inside_a_bomb_is_refused() -> None:
    from labimg import compression

    archive = saved(app(), "app:1", layout="docker")
    engine = Engine.memory("other")
    engine.store.bounds = compression.Bounds(free=MIB, ratio=200)
    with pytest.raises(DockerError, match="swell"):
        engine.load(io.BytesIO(gzip.compress(archive + bytes(4 * MIB))))


JUNK: list[object] = [
    None, 0, -1, 1e300, True, "", "x", "../../etc/passwd", "\x1b[31m", [], [[]], [1], {}, {"a": 1},
    "a" * 10_000,
]  # fmt: skip


def lying(documents: dict[str, bytes]) -> bytes:
    """An archive with one document after the other replaced."""
    found = members(saved(app(), "app:1")) | documents
    return packed(*((member(name, data), data) for name, data in found.items()))


@pytest.mark.parametrize("key", ["Config", "RepoTags", "Layers", "Parent"])
def test_a_manifest_may_hold_anything(key: str) -> None:
    (item,) = json.loads(members(saved(app(), "app:1"))["manifest.json"])
    for junk in JUNK:
        _survives(lying({"manifest.json": json.dumps([item | {key: junk}]).encode()}))
        _survives(lying({"manifest.json": json.dumps([item | {key: [junk]}]).encode()}))


def _inside(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The way to every place in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deep for key, inner in items for deep in _inside(inner, (*path, key)))]


def _changed(value: object, path: tuple[object, ...], junk: object) -> object:
    if not path:
        return junk
    key, *rest = path
    if isinstance(value, dict):
        return {**value, key: _changed(value[key], tuple(rest), junk)}
    assert isinstance(value, list) and isinstance(key, int)
    return [*value[:key], _changed(value[key], tuple(rest), junk), *value[key + 1 :]]


def test_a_config_may_hold_anything() -> None:
    whole = app()
    build(
        whole,
        'FROM app:1\nENV a=b\nLABEL a=b\nEXPOSE 80\nVOLUME /v\nHEALTHCHECK CMD x\nSHELL ["x"]',
        "full:1",
    )
    archive = members(saved(whole, "full:1", layout="docker"))
    (item,) = json.loads(archive["manifest.json"])
    config = json.loads(archive[item["Config"]])
    chance = random.Random(3)
    for path in _inside(config):
        if path and path[0] in ("rootfs", "config", "history", "created", "container_config"):
            for junk in chance.sample(JUNK, 4):
                lie = json.dumps(_changed(config, path, junk)).encode()
                found = archive | {item["Config"]: lie}
                _lives(packed(*((member(name, data), data) for name, data in found.items())), path, junk)


def _lives(archive: bytes, path: object, junk: object) -> None:
    """Whatever is loaded can be listed, told of, run and built upon, or is refused in one sentence."""
    engine = Engine.memory("other")
    try:
        engine.load(io.BytesIO(archive))
    except DockerError:
        return
    for words in (
        ["images"], ["image", "inspect", "full:1"], ["history", "full:1"], ["create", "full:1"], ["ps", "-a"],
        ["system", "df"],
    ):  # fmt: skip
        err = io.BytesIO()
        cli.run(engine, words, stdout=io.BytesIO(), stderr=err)
        assert b"LABIMG_DEBUG" not in err.getvalue(), (path, junk, words, err.getvalue())


def test_a_layout_that_lies_about_its_blobs_is_refused() -> None:
    found = members(saved(app(), "app:1"))
    del found["manifest.json"]
    index = json.loads(found["index.json"])
    for path in _inside(index):
        for junk in JUNK:
            lie = found | {"index.json": json.dumps(_changed(index, path, junk)).encode()}
            _survives(packed(*((member(name, data), data) for name, data in lie.items())))
    blob = "blobs/sha256/" + index["manifests"][0]["digest"][7:]
    lie = found | {blob: found[blob].replace(b"schema", b"scheme")}
    with pytest.raises(DockerError, match=f"invalid image layout: {blob}: is sha256:"):
        Engine.memory("other").load(io.BytesIO(packed(*((member(n, d), d) for n, d in lie.items()))))


@pytest.mark.parametrize("name", ["manifest.json", "config"])
@pytest.mark.parametrize("deep", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_json_may_be_nested_as_deep_as_it_likes(name: str, deep: bytes) -> None:
    found = members(saved(app(), "app:1"))
    place = json.loads(found["manifest.json"])[0]["Config"] if name == "config" else name
    engine = Engine.memory("other")
    with pytest.raises(DockerError):
        engine.load(io.BytesIO(lying({place: deep})))
    assert list(engine.files.paths()) == []


NAMES = ["/\x1b]0;owned\x07", "/a\nb", "/\u202egpj.exe", "/<script>alert(1)<", "/\udcff\udcfe", "/a\x9b31m"]


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_are_kept_in_the_tar_and_harmless_on_the_screen(name: str) -> None:
    engine = Engine.memory()
    engine.import_(tar(file(name, b"x")), "odd:1")
    assert name in engine.view("odd:1")
    out = io.BytesIO()
    engine.save(["odd:1"], out)
    other = Engine.memory("other")
    other.load(io.BytesIO(out.getvalue()))
    assert name in other.view("odd:1")
    shown = io.BytesIO()
    cli.run(engine, ["view", "odd:1"], stdout=shown, stderr=shown)
    text = shown.getvalue().decode()
    assert not any(sign in text for sign in "\x1b\x07\x9b\u202e") and "a\nb" not in text


def test_a_stack_of_deep_folders_is_walked_without_end() -> None:
    """As deep as Linux allows: 2,000 folders, one in the other."""
    engine = Engine.memory()
    deep = "/d" * 2000
    engine.import_(tar(file(deep + "/f", b"x"), directory(deep)), "deep:1")
    engine.import_(io.BytesIO(packed((member("/d" * 2000 + "/g", b"x"), b"x"))), "bare:1")
    assert engine.view("bare:1").trace(deep + "/g")[0].what == "born"
    assert deep + "/f" in engine.view("deep:1")
    container = engine.create("deep:1", Run(command=("x",)))
    out = io.BytesIO()
    engine.export(container.id, out)
    build(engine, "FROM deep:1\nCOPY one /d/d/\n", "more:1", {"one": "1"})
    assert engine.diff(container.id) is not None


@pytest.mark.slow
def test_a_million_entries_are_taken_in_linear_time() -> None:
    def seconds(count: int) -> float:
        engine = Engine.memory()
        data = tar(*(Entry(f"/d{n % 1000}/{n}") for n in range(count)))
        start = time.process_time()
        engine.import_(data, "many:1")
        assert len(engine.view("many:1").tree) > count
        return time.process_time() - start

    small, large = seconds(100_000), seconds(1_000_000)
    print(f"100,000 entries {small:.1f} s, 1,000,000 entries {large:.1f} s")
    assert large < 15 * small


def test_whiteouts_of_everything_are_not_quadratic() -> None:
    engine = Engine.memory()
    engine.import_(tar(*(file(f"/d/{n}") for n in range(5000))), "many:1")
    start = time.process_time()
    layers = [
        tuple(ROOT),
        tuple(whiteout(f"/d/{n}") for n in range(5000)),
        (opaque("/d"), symlink("/x", "x")),
    ]
    from labimg.layer import apply

    tree = dict(engine.view("many:1").tree)
    for layer in layers:
        tree = apply(tree, layer)
    assert time.process_time() - start < 2
