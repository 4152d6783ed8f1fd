"""Volumes: what a container writes below a `VOLUME` lasts, and belongs to no layer.

Facts: https://docs.docker.com/engine/storage/volumes/, and a Docker Engine 20.10.24.
"""

import errno
import io
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import build

from labimg.check import check, repair
from labimg.container import Run
from labimg.engine import Engine
from labimg.entry import file
from labimg.errors import VolumeOverFile
from labimg.union.joined import Joined

LINES = "FROM busybox\nRUN mkdir /data && echo seed >/data/seed && chmod 750 /data\nVOLUME /data /new/deep\n"


def engine_with(lines: str = LINES) -> Engine:
    engine = Engine.memory("volumes")
    engine.pull("busybox")
    build(engine, lines, "app", {})
    return engine


@pytest.fixture
def engine() -> Engine:
    return engine_with()


def running(engine: Engine, name: str = "c1", image: str = "app") -> None:
    engine.create(image, Run(command=("sleep", "1000"), name=name))
    engine.start(name, out=lambda stream, text: None)


def told(engine: Engine, script: str, name: str = "c1") -> str:
    """What a command in a container prints, on both streams."""
    printed = bytearray()
    engine.exec(name, ["sh", "-c", script], out=lambda stream, text: printed.extend(text))
    return printed.decode()


def inside(engine: Engine, path: str = "/data", name: str = "c1") -> dict[str, bytes]:
    """The files below `path` of a container."""
    return {entry.path: entry.read() for entry in engine.copy_out(name, path) if entry.is_file}


def written(engine: Engine, name: str = "c1") -> list[str]:
    return [entry.path for entry in engine.store.containers.upper(engine.store.container(name))]


acts = st.lists(
    st.tuples(
        st.sampled_from(["exec", "rm", "cp", "restart"]), st.sampled_from("abc"), st.binary(max_size=9)
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(acts)
def test_what_is_done_in_a_volume_lasts_and_reaches_no_layer(acts: list[tuple[str, str, bytes]]) -> None:
    engine = engine_with("FROM busybox\nRUN mkdir /data && echo -n seed >/data/a\nVOLUME /data\n")
    running(engine)
    expected = {"/data/a": b"seed"}
    for verb, name, data in acts:
        if verb == "exec":
            told(engine, f"echo {data.hex()} > /data/{name}")
            expected[f"/data/{name}"] = data.hex().encode() + b"\n"
        elif verb == "cp":
            engine.copy_in("c1", "/data", [file(f"/{name}", data)])
            expected[f"/data/{name}"] = data
        elif verb == "rm":
            told(engine, f"rm -f /data/{name}")
            expected.pop(f"/data/{name}", None)
        else:
            engine.kill("c1")
            engine.start("c1", out=lambda stream, text: None)
    assert inside(engine) == expected
    assert engine.diff("c1") == [] and written(engine) == []
    assert check(engine.store) == []


def test_a_volume_begins_with_what_the_image_has_there(engine: Engine) -> None:
    engine.create("app", Run(command=("true",), name="c1"))
    assert inside(engine) == {"/data/seed": b"seed\n"}
    assert engine.stat("c1", "/data").mode == 0o750
    assert engine.diff("c1") == []


def test_each_container_has_its_own(engine: Engine) -> None:
    running(engine)
    running(engine, "c2")
    told(engine, "echo mine > /data/mine")
    assert inside(engine, name="c2") == {"/data/seed": b"seed\n"}


def test_only_the_place_it_is_mounted_on_is_in_the_layer(engine: Engine) -> None:
    running(engine)
    told(engine, "echo 1 > /new/deep/1; rm /data/seed; echo 2 > /data/2; echo 3 > /3")
    assert [(change.kind, change.path) for change in engine.diff("c1")] == [
        ("A", "/3"), ("A", "/new"), ("A", "/new/deep"),
    ]  # fmt: skip
    engine.commit("c1", "made")
    view = engine.view("made")
    assert "/data/seed" in view.tree and "/data/2" not in view.tree and "/new/deep/1" not in view.tree


def test_export_has_what_lies_below_the_mount(engine: Engine) -> None:
    running(engine)
    told(engine, "rm /data/seed; echo 2 > /data/2")
    out = io.BytesIO()
    engine.export("c1", out)
    with tarfile.open(fileobj=io.BytesIO(out.getvalue())) as tar:
        names = tar.getnames()
    assert "data/seed" in names and "data/2" not in names and "new/deep" in names


def test_a_build_step_writes_to_no_volume_and_leaves_none(engine: Engine) -> None:
    build(engine, "FROM app\nRUN echo 1 > /data/1; rm /data/seed; echo 2 > /2\n", "more", {})
    assert {path for path in engine.view("more").tree if path.startswith(("/data", "/2"))} == {
        "/data", "/data/seed", "/2",
    }  # fmt: skip
    assert engine.store.volumes.all() == []


@pytest.mark.parametrize(("volumes", "left"), [(False, 2), (True, 0)])
def test_rm_takes_a_volume_away_only_if_it_is_told_to(engine: Engine, volumes: bool, left: int) -> None:
    running(engine)
    engine.rm("c1", force=True, volumes=volumes)
    assert sorted((row.links, row.size) for row in engine.df().volumes) == [(0, 0), (0, 5)][:left]


def test_a_prune_spares_the_volumes_of_what_stays(engine: Engine) -> None:
    running(engine)
    engine.create("app", Run(command=("true",), name="c2"))
    assert engine.container_prune().volumes == ()
    idle = set(engine.store.volumes.all()) - set(engine.store.container("c1").mounts.values())
    pruned = engine.container_prune(volumes=True)
    assert set(pruned.volumes) == idle and pruned.reclaimed == len("seed\n")
    assert inside(engine) == {"/data/seed": b"seed\n"}


def test_where_a_volume_is_mounted_stays_a_place(engine: Engine) -> None:
    running(engine)
    busy = "Device or resource busy"
    assert told(engine, "rmdir /data; mv /new/deep /x; rm -r /new").count(busy) == 3
    assert "Invalid cross-device link" in told(engine, "ln /data/seed /seed")
    assert told(engine, "mv /data/seed /seed; ls /data; cat /seed") == "seed\n"
    assert [change.path for change in engine.diff("c1")] == ["/new", "/new/deep", "/seed"]


def test_no_mount_is_crossed_or_taken_away() -> None:
    tree = Joined({}, lambda: 0)
    for path in ("/a", "/a/m", "/b"):
        tree.mkdir(path)
    tree.write("/a/m/f", b"1")
    tree.mounts = ("/a/m",)
    refused: list[tuple[Callable[[], None], int]] = [
        (lambda: tree.link("/a/m/f", "/b/f"), errno.EXDEV),
        (lambda: tree.rename("/a/m/f", "/b/f"), errno.EXDEV),
        (lambda: tree.rename("/a", "/c"), errno.EBUSY),
        (lambda: tree.rename("/b", "/a/m"), errno.EBUSY),
        (lambda: tree.rmtree("/a"), errno.EBUSY),
        (lambda: tree.rmdir("/a/m"), errno.EBUSY),
    ]
    for act, code in refused:
        with pytest.raises(OSError) as raised:
            act()
        assert raised.value.errno == code
    tree.rename("/a/m/f", "/a/m/g")
    assert tree.read("/a/m/g") == b"1"


def test_a_link_leads_to_the_place_and_one_volume_lies_in_another() -> None:
    engine = engine_with("FROM busybox\nRUN mkdir /real && ln -s real /way\nVOLUME /way/v /way/v/in\n")
    running(engine)
    told(engine, "echo 1 > /real/v/1; echo 2 > /way/v/in/2")
    outer, inner = (engine.store.volumes.entries(name) for _, name in sorted(mounts(engine).items()))
    assert [entry.path for entry in outer if entry.is_file] == ["/_data/1"]
    assert [entry.path for entry in inner if entry.is_file] == ["/_data/2"]
    engine.kill("c1")
    engine.start("c1", out=lambda stream, text: None)
    assert told(engine, "cat /real/v/1 /real/v/in/2") == "1\n2\n"
    assert [change.path for change in engine.diff("c1")] == ["/real", "/real/v"]


def mounts(engine: Engine) -> dict[str, str]:
    return dict(engine.store.container("c1").mounts)


def test_no_volume_is_mounted_over_a_file() -> None:
    engine = engine_with("FROM busybox\n")
    engine.create("app", Run(command=("true",), name="c1"))
    engine.commit("c1", "bad", changes=["VOLUME /etc/passwd"])
    with pytest.raises(VolumeOverFile, match="cannot mount volume over existing file, file exists /"):
        engine.create("bad", Run(command=("true",)))
    assert engine.store.volumes.all() == []


def test_inspect_and_the_filter_of_ps_know_the_mounts(engine: Engine) -> None:
    running(engine)
    shown = engine.inspect_container("c1")["Mounts"]
    assert [mount["Destination"] for mount in shown] == ["/data", "/new/deep"]
    assert [mount["Name"] for mount in shown] == list(mounts(engine).values())
    for value, found in (("/data", 1), (shown[0]["Name"], 1), ("/data/", 0), ("nosuch", 0)):
        assert len(engine.ps(filters={"volume": [value]})) == found


def test_a_mount_without_its_volume_is_damage_and_a_half_made_volume_an_orphan(engine: Engine) -> None:
    running(engine)
    engine.files.write("volumes/half/x", b"")
    assert [(problem.path, problem.orphan) for problem in repair(engine.store)] == [("volumes/half", True)]
    engine.store.volumes.delete(mounts(engine)["/data"])
    [problem] = check(engine.store)
    assert "is not there" in problem.why and not problem.orphan
