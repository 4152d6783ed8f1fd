"""Writing into a union: the same cases, and the same layers, as overlayfs under Docker gives."""

import errno
from collections.abc import Callable, Mapping

import pytest

from labimg.changes import listing
from labimg.entry import Entry, directory, file, opaque, symlink, whiteout
from labimg.layer import apply
from labimg.union.branch import Branch, Stack
from labimg.union.overlay import Overlay

LOWER = apply(
    {},
    [
        directory("/d"), file("/d/f1", b"1\n"), file("/d/f2", b"2\n"), symlink("/d/link", "f1"),
        Entry("/d/hard", "link", target="/d/f1"), directory("/d/sub"), file("/d/sub/f3", b"3\n"),
        directory("/d/sub/deep"), file("/d/sub/deep/f4", b"4\n"), directory("/e"), file("/e/f5", b"5\n"),
        directory("/x"), file("/x/file", b"x\n"),
    ],
)  # fmt: skip


def overlay() -> Overlay:
    return Overlay(LOWER, lambda: 1_700_000_000_000_000_000)


def again(tree: Overlay, path: str, *, inside: str = "") -> None:
    tree.rmtree(path)
    tree.mkdir(path)
    if inside:
        tree.write(f"{path}/{inside}", b"n\n")


def replaced(tree: Overlay) -> None:
    tree.rmtree("/d")
    tree.write("/d", b"file\n")


def made_and_unmade(tree: Overlay) -> None:
    tree.mkdir("/n")
    tree.rmdir("/n")


Act = Callable[[Overlay], object]

CASES: list[tuple[str, Act, str, str]] = [
    ("touch", lambda t: t.utime("/d/f1", 5), "C /d|C /d/f1", "/d /d/f1"),
    ("chmod", lambda t: t.chmod("/d/f1", 0o600), "C /d|C /d/f1", "/d /d/f1"),
    ("chmod to the same", lambda t: t.chmod("/d/f1", 0o644), "", "/d /d/f1"),
    ("rm", lambda t: t.unlink("/d/f1"), "C /d|D /d/f1", "/d /d/.wh.f1"),
    ("rm -r", lambda t: t.rmtree("/d/sub"), "C /d|D /d/sub", "/d /d/.wh.sub"),
    (
        "rm -r, mkdir", lambda t: again(t, "/d/sub"),
        "C /d|C /d/sub|D /d/sub/deep|D /d/sub/f3", "/d /d/sub /d/sub/.wh..wh..opq",
    ),
    (
        "rm -r, mkdir, write", lambda t: again(t, "/d/sub", inside="new"),
        "C /d|C /d/sub|D /d/sub/deep|D /d/sub/f3|A /d/sub/new", "/d /d/sub /d/sub/.wh..wh..opq /d/sub/new",
    ),
    ("a file for a directory", replaced, "C /d", "/d"),
    ("mv", lambda t: t.rename("/d/f1", "/d/g1"), "C /d|D /d/f1|A /d/g1", "/d /d/.wh.f1 /d/g1"),
    ("made and unmade", made_and_unmade, "", ""),
    ("ln", lambda t: t.link("/d/f2", "/d/f2hard"), "C /d|A /d/f2hard", "/d /d/f2 /d/f2hard"),
    ("a new fifo", lambda t: t.mknod("/d/p", "fifo"), "C /d|A /d/p", "/d /d/p"),
    ("touch a directory", lambda t: t.utime("/e", 7), "", "/e"),
    ("chmod a directory", lambda t: t.chmod("/e", 0o700), "C /e", "/e"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "act", "said", "layer"), CASES, ids=[case[0] for case in CASES])
def test_diff_and_layer_of_one_change(name: str, act: Act, said: str, layer: str) -> None:
    tree = overlay()
    act(tree)
    assert "|".join(map(str, listing(LOWER, dict(tree)))) == said
    assert " ".join(entry.path for entry in tree.changes()) == layer


def test_a_copied_up_file_is_whole_and_keeps_its_owner_and_mode() -> None:
    tree = overlay()
    tree.write("/d/f1", b"more\n", append=True)
    (_, copied) = tree.changes()
    assert copied.read() == b"1\nmore\n" and copied.mode == 0o644


def test_copying_up_one_name_of_a_file_parts_it_from_the_other() -> None:
    tree = overlay()
    tree.write("/d/f1", b"new\n")
    assert tree.read("/d/hard") == b"1\n"


def test_names_given_here_stay_one_file() -> None:
    tree = overlay()
    tree.link("/d/f2", "/again")
    tree.write("/again", b"both\n")
    assert tree.read("/d/f2") == b"both\n"
    kinds = {entry.path: entry.kind for entry in tree.changes()}
    assert kinds == {"/again": "file", "/d": "dir", "/d/f2": "link"}


def test_a_lower_directory_cannot_be_renamed() -> None:
    with pytest.raises(OSError) as refused:
        overlay().rename("/e", "/d/e2")
    assert refused.value.errno == errno.EXDEV


def test_a_new_directory_can() -> None:
    tree = overlay()
    tree.mkdir("/n")
    tree.write("/n/f", b"")
    tree.rename("/n", "/m")
    assert [entry.path for entry in tree.changes()] == ["/m", "/m/.wh..wh..opq", "/m/f"]


def test_a_new_directory_takes_the_place_of_an_empty_one_only() -> None:
    tree = overlay()
    for path in ("/n", "/empty", "/full", "/full/x"):
        tree.mkdir(path)
    for target, code in {"/full": errno.ENOTEMPTY, "/d/f1": errno.ENOTDIR}.items():
        with pytest.raises(OSError) as refused:
            tree.rename("/n", target)
        assert refused.value.errno == code
    tree.rename("/n", "/n")
    tree.rename("/n", "/empty")
    assert "/n" not in tree and tree["/empty"].is_dir


def test_a_link_that_is_put_takes_the_place_of_what_stood_there() -> None:
    tree = overlay()
    tree.put(Entry("/d/f2", "link", target="/d/f1"))
    assert tree.read("/d/f2") == tree.read("/d/f1")
    tree.put(Entry("/l", "link", target="/d/f1"))
    assert tree["/l"].inode == tree["/d/f1"].inode


def test_all_whiteouts_but_the_first_carry_its_name() -> None:
    tree = overlay()
    tree.unlink("/d/f2")
    tree.unlink("/d/f1")
    assert [(entry.path, entry.target) for entry in tree.changes()[1:]] == [
        ("/d/.wh.f1", ""),
        ("/d/.wh.f2", "/d/f1"),
    ]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda t: t.unlink("/nothing"), errno.ENOENT),
        (lambda t: t.unlink("/d"), errno.EISDIR),
        (lambda t: t.rmdir("/d"), errno.ENOTEMPTY),
        (lambda t: t.rmdir("/d/f1"), errno.ENOTDIR),
        (lambda t: t.mkdir("/d"), errno.EEXIST),
        (lambda t: t.write("/d", b""), errno.EISDIR),
        (lambda t: t.write("/no/f", b""), errno.ENOENT),
        (lambda t: t.write("/d/f1/x", b""), errno.ENOTDIR),
        (lambda t: t.link("/d", "/l"), errno.EPERM),
        (lambda t: t.rename("/d", "/d/sub/x"), errno.EINVAL),
        (lambda t: t.read("/d"), errno.EISDIR),
        (lambda t: t.link("/d/f1", "/d/f2"), errno.EEXIST),
        (lambda t: t.rename("/d/f1", "/d"), errno.ENOTEMPTY),
        (lambda t: t.rename("/d", "/x/file"), errno.ENOTDIR),
        (lambda t: t.resolve("/d/no/f"), errno.ENOENT),
        (lambda t: t.resolve("/d/f1/f"), errno.ENOTDIR),
    ],
)
def test_what_the_kernel_refuses_is_refused(act: Act, code: int) -> None:
    tree = overlay()
    with pytest.raises(OSError) as refused:
        act(tree)
    assert refused.value.errno == code and tree.changes() == []


def test_symlinks_are_followed_on_the_way_and_loops_are_told() -> None:
    tree = overlay()
    tree.symlink("/l", "d/sub")
    tree.symlink("/loop", "loop")
    assert tree.resolve("/l/../f1") == "/d/f1" and tree.resolve("l", "/", follow=False) == "/l"
    with pytest.raises(OSError) as refused:
        tree.resolve("/loop")
    assert refused.value.errno == errno.ELOOP


@pytest.mark.parametrize(("name", "act", "said", "layer"), CASES, ids=[case[0] for case in CASES])
def test_an_upper_layer_put_back_is_the_same_overlay(name: str, act: Act, said: str, layer: str) -> None:
    tree = overlay()
    act(tree)
    again = Overlay(LOWER, lambda: 0, tree.changes())
    assert set(again) == set(tree) and again.changes() == tree.changes()


def seen(tree: Mapping[str, Entry]) -> dict[str, tuple[int, bool]]:
    return {path: (entry.mode, entry.is_dir) for path, entry in tree.items()}


def test_every_change_applied_to_the_lower_tree_gives_what_one_sees() -> None:
    for _, act, _, _ in CASES:
        tree = overlay()
        act(tree)
        seen = {path: (entry.mode, entry.is_dir) for path, entry in tree.items()}
        assert {
            path: (entry.mode, entry.is_dir) for path, entry in apply(LOWER, tree.changes()).items()
        } == seen


BASE = (directory("/etc"), file("/etc/a", b"base"), file("/etc/b", b"base"))
HIDING = (directory("/etc"), whiteout("/etc/a"))


def test_a_whiteout_on_a_read_only_branch_is_not_honoured() -> None:
    assert "/etc/a" in Stack([Branch(BASE), Branch(HIDING, "ro")]).tree


def test_on_a_whiteout_able_branch_it_is() -> None:
    assert "/etc/a" not in Stack([Branch(BASE), Branch(HIDING, "ro+wh")]).tree


def test_writes_go_to_the_topmost_writable_branch_with_copy_up() -> None:
    union = Stack([Branch(BASE), Branch((), "rw"), Branch((), "rw")])
    union.write("/etc/a", b"mine")
    assert union.tree["/etc/a"].read() == b"mine"
    assert [entry.path for entry in union.branches[2].entries] == ["/etc", "/etc/a"]
    assert union.branches[1].entries == () and union.branches[0].entries == BASE


def test_deleting_a_lower_file_leaves_a_whiteout_there() -> None:
    union = Stack([Branch(BASE), Branch((), "rw")])
    union.remove("/etc/a")
    assert "/etc/a" not in union.tree and whiteout("/etc/a") in union.branches[1].entries


@pytest.mark.parametrize("branches", [[Branch(BASE)], [Branch((), "rw"), Branch(BASE)]])
def test_without_a_writable_branch_on_top_nothing_can_be_written(branches: list[Branch]) -> None:
    with pytest.raises(OSError) as refused:
        Stack(branches).write("/etc/a", b"")
    assert refused.value.errno == errno.EROFS


def test_an_opaque_marker_keeps_the_mode_of_its_directory() -> None:
    assert opaque("/d", mode=0o1777).mode == 0o777
