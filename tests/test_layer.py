"""One layer upon a tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import layers, trees

from labimg.changes import diff
from labimg.entry import Entry, directory, file, opaque, symlink, whiteout
from labimg.errors import InvalidLayer
from labimg.layer import apply, stored_size

LOWER = apply(
    {},
    [
        directory("/etc"),
        file("/etc/hosts", b"x"),
        file("/etc/passwd", b"root"),
        directory("/d"),
        file("/d/f"),
    ],
)


def paths(tree: dict[str, Entry]) -> set[str]:
    return set(tree)


def test_whiteout_hides_what_lies_below() -> None:
    assert "/etc/hosts" not in apply(LOWER, [whiteout("/etc/hosts")])


def test_whiteout_of_a_directory_hides_all_that_is_in_it() -> None:
    assert paths(apply(LOWER, [whiteout("/etc")])) == {"/d", "/d/f"}


@pytest.mark.parametrize("order", [1, -1])
def test_whiteout_never_hides_what_its_own_layer_brings(order: int) -> None:
    changes = [whiteout("/etc/hosts"), file("/etc/hosts", b"new")][::order]
    assert apply(LOWER, changes)["/etc/hosts"].read() == b"new"


def test_opaque_directory_hides_what_is_in_it_and_stays() -> None:
    tree = apply(LOWER, [opaque("/etc"), file("/etc/new")])
    assert paths(tree) == {"/etc", "/etc/new", "/d", "/d/f"}


def test_whiteout_of_nothing_is_harmless() -> None:
    assert apply(LOWER, [whiteout("/nothing/here")]) == LOWER


def test_directory_upon_directory_merges_and_takes_the_upper_mode() -> None:
    tree = apply(LOWER, [directory("/etc", mode=0o700)])
    assert tree["/etc"].mode == 0o700 and "/etc/hosts" in tree


def test_file_upon_directory_hides_all_that_was_in_it() -> None:
    assert paths(apply(LOWER, [file("/etc", b"!")])) == {"/etc", "/d", "/d/f"}


def test_directory_upon_file_takes_its_place() -> None:
    assert apply(LOWER, [directory("/d/f"), file("/d/f/g")])["/d/f"].is_dir


def test_directories_on_the_way_come_by_themselves() -> None:
    assert apply({}, [file("/x/y/z")])["/x/y"] == directory("/x/y")


def test_hard_link_is_the_file_it_leads_to() -> None:
    tree = apply({}, [file("/a", b"data", mode=0o600), Entry("/b", "link", target="/a")])
    assert tree["/b"].read() == b"data" and tree["/b"].mode == 0o600 and tree["/b"].inode == tree["/a"].inode


@pytest.mark.parametrize("bad", [Entry("/b", "link", target="/nothing"), Entry("/etc/.wh.")])
def test_what_cannot_be_is_refused(bad: Entry) -> None:
    with pytest.raises(InvalidLayer):
        apply(LOWER, [bad])


def test_size_counts_each_file_once_and_a_symlink_by_its_text() -> None:
    entries = [
        file("/a", b"1234"),
        Entry("/b", "link", target="/a"),
        symlink("/c", "xyz"),
        directory("/d"),
        whiteout("/e"),
    ]
    assert stored_size(entries) == 4 + 3


@given(trees(), trees())
def test_law_a_diff_applied_gives_the_upper_tree(lower: dict[str, Entry], upper: dict[str, Entry]) -> None:
    assert apply(lower, diff(lower, upper)) == upper


@given(trees())
def test_law_a_tree_does_not_differ_from_itself(tree: dict[str, Entry]) -> None:
    assert diff(tree, tree) == []


@given(trees(), layers(), st.randoms())
def test_law_the_order_of_whiteouts_in_a_tar_does_not_matter(
    lower: dict[str, Entry], layer: object, chance: object
) -> None:
    entries = sorted(layer.entries, key=lambda entry: entry.path)  # type: ignore[attr-defined]
    marked = [entry for entry in entries if entry.whiteout]
    plain = [entry for entry in entries if not entry.whiteout]
    chance.shuffle(marked)  # type: ignore[attr-defined]
    assert apply(lower, [*plain, *marked]) == apply(lower, [*marked, *plain])


@given(trees(), layers())
def test_law_applying_twice_is_applying_once(lower: dict[str, Entry], layer: object) -> None:
    entries = layer.entries  # type: ignore[attr-defined]
    once = apply(lower, entries)
    assert apply(once, entries) == once
