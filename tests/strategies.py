"""Trees, layers and stacks of them, for the laws."""

from collections.abc import Callable

from hypothesis import strategies as st

from labimg.digest import DiffID
from labimg.entry import Entry, directory, file, opaque, symlink, whiteout
from labimg.layer import Layer

NAMES = st.sampled_from(["a", "b", "a-b", "a.b", "A", "é", "x y", "ab"])
MODES = st.sampled_from([0o644, 0o600, 0o755, 0o4755, 0o1777])
TIMES = st.integers(0, 2_000_000_000)
IDS = st.sampled_from([0, 33, 1000])


@st.composite
def trees(draw: Callable[..., object], depth: int = 3) -> dict[str, Entry]:
    """A tree in which every path has its directories; hard links lead to an earlier file."""
    tree: dict[str, Entry] = {}

    def grow(folder: str, left: int) -> None:
        for name in draw(st.sets(NAMES, max_size=3)):  # type: ignore[attr-defined]
            path = f"{folder}/{name}"
            tree[path] = draw(entries_at(path, files=[p for p, e in tree.items() if e.kind == "file"]))  # type: ignore[assignment]
            if tree[path].is_dir and left:
                grow(path, left - 1)

    grow("", depth - 1)
    return tree


def entries_at(path: str, files: list[str]) -> st.SearchStrategy[Entry]:
    """Something that could stand at `path`."""
    return st.one_of(
        st.builds(lambda mode, mtime: directory(path, mode=mode, mtime=mtime), MODES, TIMES),
        st.builds(
            lambda data, mode, uid, mtime: file(path, data, mode=mode, uid=uid, mtime=mtime),
            st.binary(max_size=20), MODES, IDS, TIMES,
        ),
        st.builds(lambda target: symlink(path, target), st.sampled_from(["a", "/a/b", "../b", "nowhere"])),
        st.sampled_from([Entry(path, "char", device=(1, 3)), Entry(path, "fifo")]),
    )  # fmt: skip


@st.composite
def layers(draw: Callable[..., object]) -> Layer:
    """A layer with whiteouts and opaque markers, in any order."""
    tree = draw(trees())
    found = list(tree.values())  # type: ignore[attr-defined]
    paths = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: "/" + "/".join(names))
    for path in draw(st.sets(paths, max_size=3)):  # type: ignore[attr-defined]
        if path not in tree:  # type: ignore[operator]
            found.append(whiteout(path))
    found += [opaque(entry.path) for entry in list(found) if entry.is_dir and draw(st.booleans())]
    order = draw(st.permutations(found))
    return Layer(tuple(order), DiffID.of(b""), 0)  # type: ignore[arg-type]


stacks = st.lists(layers(), max_size=4)
