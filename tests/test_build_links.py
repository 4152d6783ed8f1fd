"""COPY and ADD keep the names of one file names of one file."""

import io
from pathlib import Path

from worlds import tar

from labimg import tarstream
from labimg.build import BuildOptions, Context
from labimg.build.context import tar_size
from labimg.cli.host import walk
from labimg.container import Run
from labimg.engine import Engine
from labimg.entry import Entry, directory, file


def test_hard_links_are_unpacked_and_copied_as_one_file() -> None:
    engine = Engine.memory("links")
    first = file("/d/b", b"abc")
    twins = [Entry(path, "link", 0o644, target="/d/b") for path in ("/d/a", "/d/c")]
    packed = tar(directory("/d"), first, *twins).getvalue()
    text = (
        "FROM scratch AS one\nADD d.tar /t/\n"
        "FROM scratch\nCOPY --from=one /t/d /e/\nCOPY --from=one /t/d/c /f\n"
    )
    context = Context.from_texts({"Dockerfile": text, "d.tar": packed})
    engine.build(context, options=BuildOptions(tags=["out"]))
    below, above = engine.view("out").layers
    assert [(one.path, one.kind, one.target) for one in below.entries if not one.is_dir] == [
        ("/e/a", "file", ""), ("/e/b", "link", "/e/a"), ("/e/c", "link", "/e/a"),
    ]  # fmt: skip
    assert [(one.path, one.kind) for one in above.entries] == [("/f", "file")]
    assert [engine.view("out").read(path) for path in ("/e/a", "/e/c", "/f")] == [b"abc"] * 3


def test_a_hard_link_in_a_tar_may_lead_to_a_file_that_is_there_already() -> None:
    engine = Engine.memory("links")
    packed = io.BytesIO()
    tarstream.write([Entry("/two", "link", 0o644, target="/one")], packed)
    files: dict[str, str | bytes] = {
        "Dockerfile": "FROM scratch\nCOPY one /\nADD d.tar /\n",
        "one": "1",
        "d.tar": packed.getvalue(),
    }
    engine.build(Context.from_texts(files), options=BuildOptions(tags=["out"]))
    assert engine.view("out").read("/two") == b"1"


def test_a_file_of_the_host_that_has_several_names_stays_one_file(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_bytes(b"abc")
    for name in ("d/b", "top"):
        (tmp_path / name).hardlink_to(tmp_path / "d/a")
    found = {entry.path: entry for entry in walk(tmp_path)}
    told = {path: (entry.kind, entry.target) for path, entry in found.items()}
    assert told == {
        "/d": ("dir", ""),
        "/d/a": ("file", ""),
        "/d/b": ("link", "/d/a"),
        "/top": ("link", "/d/a"),
    }
    assert tar_size(found) == 512 * (4 + 1 + 2)
    (tmp_path / ".dockerignore").write_bytes(b"d/a")
    kept = Context.of({entry.path: entry for entry in walk(tmp_path)}).tree
    assert kept["/d/b"].kind == "file" and kept["/d/b"].read() == b"abc"
    assert (kept["/top"].kind, kept["/top"].target) == ("link", "/d/b")


def test_names_of_one_file_are_put_into_a_container_as_such() -> None:
    engine = Engine.memory("links")
    made = engine.create(engine.pull("busybox") or "", Run(name="c1"))
    engine.copy_in("c1", "/tmp", [file("/a", b"abc"), Entry("/b", "link", target="/a")])
    told = {entry.path: (entry.kind, entry.target) for entry in engine.view(made.id).layers[-1].entries}
    assert told["/tmp/b"] == ("link", "/tmp/a") and engine.view(made.id).read("/tmp/b") == b"abc"
