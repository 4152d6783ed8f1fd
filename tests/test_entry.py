"""Entries: one file of a layer, and the letters that hide what lies below."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.entry import (
    CHUNK,
    Bytes,
    Entry,
    Hole,
    directory,
    file,
    opaque,
    parts,
    symlink,
    whiteout,
)

names = st.text("ab.-é ", min_size=1, max_size=4).filter(lambda name: name not in (".", ".."))
paths = st.lists(names, min_size=1, max_size=3).map(lambda found: "/" + "/".join(found))


@given(paths)
def test_a_whiteout_hides_the_path_it_was_made_for(path: str) -> None:
    marker = whiteout(path)
    assert marker.whiteout == Hole(path, opaque=False) and marker.parent == Entry(path).parent


@given(paths)
def test_an_opaque_marker_stands_in_the_directory_it_empties(path: str) -> None:
    marker = opaque(path)
    assert marker.whiteout == Hole(path, opaque=True) and marker.parent == path


@pytest.mark.parametrize(
    ("path", "hole"),
    [
        ("/.wh.a", Hole("/a", False)),
        ("/d/.wh..wh..opq", Hole("/d", True)),
        ("/.wh..wh..opq", Hole("/", True)),
        ("/.wh..wh.a", Hole("/.wh.a", False)),
        ("/d/.wh.", Hole("/d/", False)),
        ("/a.wh.b", None),
        ("/.wh.d/a", None),
        ("/.WH.a", None),
    ],
)
def test_only_the_last_part_of_a_path_makes_a_whiteout(path: str, hole: Hole | None) -> None:
    assert Entry(path).whiteout == hole


def test_the_root_is_made_opaque_like_any_directory() -> None:
    assert opaque("/") == opaque("") and opaque("/").whiteout == Hole("/", opaque=True)


@pytest.mark.parametrize(("path", "parent", "name"), [("/a", "/", "a"), ("/a/b", "/a", "b"), ("/", "/", "")])
def test_a_path_is_a_parent_and_a_name(path: str, parent: str, name: str) -> None:
    assert (Entry(path).parent, Entry(path).name) == (parent, name)


def test_kinds_are_what_they_were_made() -> None:
    assert directory("/d").is_dir and not directory("/d").is_file
    assert file("/f", b"x").is_file and symlink("/s", "f").kind == "symlink"
    assert Entry("/l", "link", target="/f").is_file


def test_bytes_are_read_from_where_they_lie_in_pieces_that_fit_memory() -> None:
    data = b"ab" * CHUNK + b"c"
    entry = Entry("/f", size=len(data) - 2, offset=2, source=Bytes(data))
    assert entry.read() == data[2:]
    assert [len(chunk) for chunk in entry.chunks()] == [CHUNK, CHUNK - 1]
    assert file("/empty").read() == b""


def test_names_of_one_file_have_one_inode() -> None:
    first = file("/a", b"x")
    assert first._replace(path="/b", kind="link", target="/a").inode == first.inode
    assert first._replace(path="/b").inode != first.inode


def test_a_walk_takes_a_directory_before_its_content_and_names_by_bytes() -> None:
    assert sorted(["/a-b", "/a/x", "/a"], key=parts) == ["/a", "/a/x", "/a-b"]
    assert parts("/\udcff") > parts("/é")
