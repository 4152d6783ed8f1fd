"""The kernel's overlayfs beside ours: the same operations, the same tree, the same upper directory.

Random stacks of up to six floors.  On each floor the same operations run on a real mount and
on an `Overlay`; each must succeed on both or fail on both with one errno.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from judge.kernel import Mount, Tower, tmpfs

from labimg.digest import DiffID
from labimg.entry import Entry
from labimg.layer import Layer, apply
from labimg.union import UnionView
from labimg.union.overlay import Overlay

pytestmark = pytest.mark.judge("root")

NOW = 1_700_000_000  # seconds since the epoch: what our clock says
NAMES = ["a", "b", "c", "a.b", "ab", "B", " ", "ä", "-n", "x\ny", "\\", "\udcff", "z" * 255]
TARGETS = ["a", "../a", "/b/c", ".", "/", "nowhere", "\udcfe"]
MODES = [0o644, 0o600, 0o755, 0o000, 0o4755, 0o2755, 0o1777, 0o6711]
OWNERS = [(0, 0), (1000, 1000), (33, 4), (2_000_000, 3_000_000)]
DEVICES = [("char", (1, 3)), ("block", (7, 300)), ("fifo", (0, 0))]

number = st.integers(0, 40)
name = st.sampled_from(NAMES[:4]) | st.sampled_from(NAMES)

# An operation: its verb, a number that picks something that is there, a directory and a name for something
# that need not be, and what the verb wants to know beside.
OPERATIONS = st.one_of(
    st.tuples(
        st.just("write"), number, number, name, st.tuples(st.binary(max_size=9), st.sampled_from(MODES))
    ),
    st.tuples(st.just("overwrite"), number, number, name, st.tuples(st.binary(max_size=9))),
    st.tuples(st.just("append"), number, number, name, st.tuples(st.binary(min_size=1, max_size=9))),
    st.tuples(st.just("mkdir"), number, number, name, st.tuples(st.sampled_from(MODES))),
    st.tuples(st.just("mkdir"), number, number, name, st.tuples(st.just(0o755))),
    st.tuples(st.just("symlink"), number, number, name, st.tuples(st.sampled_from(TARGETS))),
    st.tuples(
        st.just("mknod"), number, number, name, st.tuples(st.sampled_from(DEVICES), st.sampled_from(MODES))
    ),
    st.tuples(st.just("link"), number, number, name, st.just(())),
    st.tuples(st.just("chmod"), number, number, name, st.tuples(st.sampled_from(MODES))),
    st.tuples(st.just("chown"), number, number, name, st.tuples(st.sampled_from(OWNERS))),
    st.tuples(st.just("utime"), number, number, name, st.tuples(st.integers(0, NOW - 9))),
    st.tuples(st.just("rename"), number, number, name, st.just(())),
    st.tuples(st.just("replace"), number, number, name, st.just(())),
    st.tuples(st.just("unlink"), number, number, name, st.just(())),
    st.tuples(st.just("rmdir"), number, number, name, st.just(())),
    st.tuples(st.just("rmtree"), number, number, name, st.just(())),
)
Operation = tuple[str, int, int, str, tuple[Any, ...]]
STACKS = st.lists(st.lists(OPERATIONS, min_size=3, max_size=20), min_size=2, max_size=6)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Tower]]:
    """Gives fresh towers on a file system of their own."""
    umask = os.umask(0)
    with tmpfs(tmp_path_factory.mktemp("overlay")) as folder:
        count = iter(range(1 << 30))
        yield lambda: Tower(folder / str(next(count)))
    os.umask(umask)


def call(
    operation: Operation, tree: Mapping[str, Entry]
) -> tuple[str, tuple[Any, ...], dict[str, Any]] | None:
    """The method and arguments that `operation` means in `tree`, or nothing where it has no sense."""
    verb, pick, place, name, more = operation
    there = sorted(tree)
    folders = ["", *(path for path in there if tree[path].is_dir)]
    new = f"{folders[place % len(folders)]}/{name}"
    old = there[pick % len(there)] if there else new
    at = tree.get(old)
    if verb == "write":
        data, mode = more
        taken = new in tree and tree[new].kind in ("char", "block", "fifo")
        return None if taken else ("write", (new, data), {"mode": mode & 0o777})
    if verb in ("overwrite", "append"):
        return ("write", (old, *more), {"append": verb == "append"}) if at and at.is_file else None
    if verb == "mknod":
        (kind, device), mode = more
        return "mknod", (new, kind, mode, device), {}
    if verb == "mkdir":
        return verb, (new, more[0] & 0o1777), {}
    if verb == "symlink":
        return verb, (new, *more), {}
    if verb == "link":
        return verb, (old, new), {}
    if verb in ("rename", "replace"):
        new = new if verb == "rename" or not there else there[place % len(there)]
        filled = at and at.is_dir and any(path.startswith(new + "/") for path in there)
        return None if filled and new != old else ("rename", (old, new), {})  # its failure leaves a mark
    if verb == "chown":
        return verb, (old, *more[0]), {}
    if verb == "chmod" and at and at.kind == "symlink":
        return None
    return verb, (old, *more), {}


def attempt(target: Overlay | Mount, verb: str, args: tuple[Any, ...], more: dict[str, Any]) -> int:
    """Do it; give the errno, 0 if all went well."""
    try:
        getattr(target, verb)(*args, **more)
    except OSError as error:
        assert error.errno
        return error.errno
    return 0


Seen = dict[str, tuple[object, ...]]


def seen(tree: Mapping[str, Entry]) -> Seen:
    """What can be told of each path, hard-link groups left aside; later than our clock counts as now."""
    told: Seen = {}
    for path, entry in tree.items():
        kind = "file" if entry.kind == "link" else entry.kind
        mode = 0 if kind == "symlink" else entry.mode
        data = entry.read() if kind == "file" else b""
        target = entry.target if kind == "symlink" else ""
        told[path] = (kind, mode, entry.uid, entry.gid, data, min(entry.mtime, NOW), target, entry.device)
    return told


def families(pairs: Iterator[tuple[object, str]]) -> set[frozenset[str]]:
    """The sets of names that share one file."""
    groups: dict[object, set[str]] = {}
    for key, path in pairs:
        groups.setdefault(key, set()).add(path)
    return {frozenset(group) for group in groups.values() if len(group) > 1}


def linked(entries: Mapping[str, Entry]) -> set[frozenset[str]]:
    """Hard-link groups of one layer, or of a scanned directory."""
    return families(
        (e.target if e.kind == "link" else path, path) for path, e in entries.items() if not e.is_dir
    )


def linked_through(view: UnionView) -> set[frozenset[str]]:
    """Hard-link groups of a view: names of one file in the layer that provides them."""

    def first(path: str) -> tuple[int, str]:
        floor = view.owner(path)
        at = {entry.path: entry for entry in view.layers[floor].entries}[path]
        return floor, at.target if at.kind == "link" else path

    return families((first(path), path) for path, entry in view.items() if not entry.is_dir)


def resolved(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Hard links told as the file they name."""
    return {
        path: entries[e.target]._replace(path=path) if e.kind == "link" else e for path, e in entries.items()
    }


def marked(entries: Mapping[str, Entry]) -> tuple[set[str], Seen, set[frozenset[str]]]:
    """A layer as whiteouts, as files, and as hard-link groups."""
    holes = {path for path, entry in entries.items() if entry.whiteout}
    files = {path: entry for path, entry in entries.items() if path not in holes}
    return holes, seen(resolved(files)), linked(files)


@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
@given(STACKS)
def test_the_kernel_and_we_build_the_same_tower(
    ground: Callable[[], Tower], stack: list[list[Operation]]
) -> None:
    tower = ground()
    view = UnionView([])
    lower: dict[str, Entry] = {}
    try:
        for floor in stack:
            ours = Overlay(view, lambda: NOW * 10**9)
            with tower.floor() as theirs:
                for operation in floor:
                    if step := call(operation, ours):
                        note(f"{len(view.layers)}: {step}")
                        assert attempt(ours, *step) == attempt(theirs, *step), step
                merged = {entry.path: entry for entry in theirs.scan()}
            upper, changes = tower.changes(), {entry.path: entry for entry in ours.changes()}
            view = UnionView([*view.layers, Layer(tuple(changes.values()), DiffID.of(b""), 0)])
            lower = apply(lower, upper.values())
            assert marked(changes) == marked(upper)
            assert seen(ours) == seen(view) == seen(resolved(merged))
            assert seen(lower) == seen(view)
            assert linked_through(view) == linked(merged)
    finally:
        tower.remove()
