"""`system check`: one byte changed anywhere in a store is named; what a kill left is freed."""

import io
import os
import random
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from worlds import ROOT, build, tar, world

from labimg import cli, images, layers
from labimg.check import Problem, check, repair
from labimg.clock import LabClock
from labimg.container import Run
from labimg.engine import Engine
from labimg.files import DiskFiles, MemoryFiles
from labimg.logins import Logins
from labimg.reference import Reference
from labimg.registry import Registry
from labimg.remote import Here, push

NOBODY = 65534  # a user who owns nothing


def filled(root: Path) -> Engine:
    """A store with one thing of every kind."""
    engine = Engine.disk(root, clock=LabClock(), chance=random.Random(7).randbytes)
    engine.import_(tar(*ROOT), "base:1")
    build(engine, "FROM base:1\nCOPY one /\nVOLUME /v\n", "team/app:1", {"one": "1\n"})
    found = engine.create("team/app:1", Run(command=("sh",), name="box"))
    engine.store.containers.write(found, [ROOT[2]])
    engine.store.containers.log(found, "stdout", b"said\n", engine.now())
    return engine


def test_a_store_in_use_is_sound(tmp_path: Path) -> None:
    assert check(filled(tmp_path).store) == []
    assert check(world().store) == []


def test_one_byte_changed_anywhere_is_named(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    chance = random.Random(1)
    for path in engine.files.paths():
        place = tmp_path / path
        data = place.read_bytes()
        spots = {0, len(data) - 1, *(chance.randrange(len(data)) for _ in range(6))} if data else set()
        for at in spots:
            for bit in (0x01, 0x20, 0x80):
                place.write_bytes(data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])
                found = [problem.path for problem in check(engine.store) if not problem.orphan]
                assert path in found, (path, at, bit, found)
        place.write_bytes(data)
    assert check(engine.store) == []


def crowded(root: Path) -> Engine:
    """A store with a file of every kind that there is."""
    engine = filled(root)
    engine.tag("team/app:1", "reg.lab/app:1")
    registry = Registry(MemoryFiles())
    push(engine.store, Reference.parse("reg.lab/app:1"), Here(registry))
    Logins(engine.files).set("reg.lab", "YWRhOnJ5ZQ==")
    engine.store.images.summarize({engine.find("base:1"): engine.store.summary(engine.find("base:1"))})
    return engine


KINDS = """
    config.json containers/*/*-json.log containers/*/config.v2.json overlay2/*/layer.tar overlay2/*/toc.json
    image/overlay2/distribution/diffid-by-digest/sha256/*
    image/overlay2/distribution/v2metadata-by-diffid/sha256/*
    image/overlay2/imagedb/content/sha256/* image/overlay2/imagedb/metadata/sha256/*/lastUpdated
    image/overlay2/imagedb/metadata/sha256/*/parent image/overlay2/imagedb/summaries
    image/overlay2/layerdb/mounts/*/init-id image/overlay2/layerdb/mounts/*/mount-id
    image/overlay2/layerdb/mounts/*/parent image/overlay2/layerdb/sha256/*/cache-id
    image/overlay2/layerdb/sha256/*/diff image/overlay2/layerdb/sha256/*/parent
    image/overlay2/layerdb/sha256/*/size image/overlay2/repositories.json volumes/*/_data.tar
"""
NEEDLESS = {images.SUMMARIES}  # made anew from the images


def test_each_file_taken_away_is_missed(tmp_path: Path) -> None:
    engine = crowded(tmp_path)
    assert check(engine.store) == []
    paths = list(engine.files.paths())
    assert {kind for path in paths for kind in KINDS.split() if fnmatch(path, kind)} == set(KINDS.split())
    for path in paths:
        place = tmp_path / path
        data = place.read_bytes()
        place.unlink()
        told = [problem.path for problem in check(engine.store) if not problem.orphan]
        assert (path in told) != (path in NEEDLESS), (path, told)
        place.write_bytes(data)
    assert check(engine.store) == []


def test_repair_takes_what_is_gone_as_gone(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    lost = "image/overlay2/imagedb/metadata/sha256/" + engine.find("team/app:1").hex + "/lastUpdated"
    (tmp_path / lost).unlink()
    assert [str(problem) for problem in repair(engine.store)] == [f"{lost}: it is not there any more"]
    assert check(engine.store) == []


def test_what_the_store_takes_away_itself_is_not_missed(tmp_path: Path) -> None:
    engine = crowded(tmp_path)
    engine.files.rename("config.json", "kept.json")
    engine.rm("box", volumes=True)
    for name in ("team/app:1", "reg.lab/app:1", "base:1"):
        engine.rmi(name)
    assert check(engine.store) == [] and not engine.files.children("containers")


def test_in_memory_too_what_does_not_fit_is_named() -> None:
    engine = world()
    (chain,) = engine.store.layers.all()
    layer = engine.store.layers.find(chain)
    raw = engine.files.read(layer.tar_path)
    engine.files.write(layer.tar_path, raw.replace(b"/root", b"/boot"))
    assert [problem.path for problem in check(engine.store)] == [layer.tar_path]
    engine.files.write(layer.tar_path, raw)
    engine.files.write(f"{layers.SHELF}/{chain.hex}/size", b"1")
    assert str(check(engine.store)[0]).endswith("/size: says 1 bytes, and the tar has 30")


def test_repair_frees_orphans_and_nothing_else(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    before = {path: engine.files.read(path) for path in engine.files.paths()}
    lonely = engine.store.layers.put(tar(*ROOT[:1]), None)
    engine.files.write("overlay2/" + "0" * 64 + "/layer.tar", b"half")
    (tmp_path / "tmp" / "000099").write_bytes(b"half")
    (tmp_path / "containers" / "empty").mkdir()
    told = {problem.path: problem for problem in repair(engine.store)}
    assert all(problem.orphan for problem in told.values())
    assert f"{layers.SHELF}/{lonely.chain_id.hex}" in told and "tmp/000099" in told
    assert {path: engine.files.read(path) for path in engine.files.paths()} == before
    assert check(engine.store) == [] and not (tmp_path / "containers" / "empty").exists()


def test_beside_damage_nothing_is_taken_for_an_orphan(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    image = tmp_path / "image/overlay2/imagedb/content/sha256" / engine.find("team/app:1").hex
    image.write_bytes(b"{}")
    before = list(engine.files.paths())
    assert any(not problem.orphan for problem in repair(engine.store))
    assert list(engine.files.paths()) == before


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b'{"Repositories":[]}', b'{"Repositories":{"a":{"UP:1":"sha256:0"}}}', b"[" * 100_000,
     b'{"Repositories":{"a":{"a:\\u001b[31m":"sha256:' + b"0" * 64 + b'"}}}'],
)  # fmt: skip
def test_a_list_of_names_that_is_none_is_named(tmp_path: Path, text: bytes) -> None:
    engine = filled(tmp_path)
    (tmp_path / "image/overlay2/repositories.json").write_bytes(text)
    assert [problem.path for problem in check(engine.store)] == ["image/overlay2/repositories.json"]
    err = io.BytesIO()
    assert cli.run(engine, ["images"], stdout=io.BytesIO(), stderr=err) == 1
    assert b"the store is damaged: image/overlay2/repositories.json: " in err.getvalue()


def test_the_command_says_what_is_wrong_and_mends_what_it_may(tmp_path: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        out = io.BytesIO()
        return cli.run(engine, ["system", "check", *words], stdout=out, stderr=out), out.getvalue().decode()

    engine = filled(tmp_path)
    assert run() == (0, "The store is sound.\n")
    (tmp_path / "tmp/000099").write_bytes(b"half")
    assert run() == (1, "tmp/000099: left by a command that did not end (--repair frees it)\n")
    assert run("--repair") == (0, "tmp/000099: left by a command that did not end (freed)\n")
    assert run() == (0, "The store is sound.\n")
    assert isinstance(engine.files, DiskFiles) and str(Problem("a", "b")) == "a: b"


def test_a_summary_that_says_what_an_image_is_not_is_named() -> None:
    engine = world()
    image_id = engine.find("base:1")
    true = engine.store.summary(image_id)
    engine.store.images.summarize({image_id: true})
    assert check(engine.store) == []
    kept = engine.files.read(images.SUMMARIES)
    for at in range(len(kept)):
        engine.files.write(images.SUMMARIES, kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :])
        assert [problem.path for problem in check(engine.store)] == [images.SUMMARIES]
    engine.store.images.summarize({image_id: true._replace(size=true.size + 1)})
    assert [problem.path for problem in check(engine.store)] == [images.SUMMARIES]


@pytest.fixture
def shut() -> Iterator[Engine]:
    """A store that may be read and not written, and somebody who is not root looking at it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "store")
        engine = filled(place)
        (place / "tmp").mkdir(exist_ok=True)
        (place / "tmp" / "000099").write_bytes(b"half")
        engine.system_check()  # so that all it needs of Python is there
        every = [Path(folder), place, *place.rglob("*")]
        for path in every:
            path.chmod(0o555 if path.is_dir() else 0o444)
        user = os.geteuid()
        if user == 0:
            os.seteuid(NOBODY)
        try:
            yield engine
        finally:
            if user == 0:
                os.seteuid(0)
            for path in every:
                if path.is_dir():
                    path.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no such rights")
def test_who_may_not_write_looks_and_cannot_repair(shut: Engine) -> None:
    def run(*words: str) -> tuple[int, str]:
        out = io.BytesIO()
        return cli.run(shut, ["system", "check", *words], stdout=out, stderr=out), out.getvalue().decode()

    assert run() == (1, "tmp/000099: left by a command that did not end (--repair frees it)\n")
    code, said = run("--repair")
    assert code == 1
    assert said.startswith("nothing can be repaired, the store may only be read: ")
    assert said.endswith("/lock: permission denied\n")
    assert run()[0] == 1
