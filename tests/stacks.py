"""Random stacks of layers, for laws about what one sees through them."""

from collections.abc import Sequence

from hypothesis import strategies as st

from labimg.entry import Entry, directory, file, opaque, whiteout
from labimg.union import UnionView


class Laid:
    """A floor of a view, made of entries."""

    def __init__(self, *entries: Entry) -> None:
        self.entries: Sequence[Entry] = entries

    def __repr__(self) -> str:
        return f"Laid({', '.join(f'{entry.kind} {entry.path} {entry.size}' for entry in self.entries)})"


NAMES = st.sampled_from(["a", "b", "ab", "c"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: "/" + "/".join(names))


@st.composite
def layers(draw: st.DrawFn) -> Laid:
    """A layer whose files do not stand below each other."""
    entries: dict[str, Entry] = {}
    for path in sorted(draw(st.sets(PATHS, max_size=5))):
        if any(path.startswith(f"{other}/") and not entry.is_dir for other, entry in entries.items()):
            continue
        kind = draw(st.sampled_from(["file", "dir", "whiteout", "opaque"]))
        if kind == "whiteout" and any(other.startswith(f"{path}/") for other in entries):
            continue
        entries[path] = _entry(kind, path, draw(st.integers(0, 9)))
    return Laid(*entries.values())


def _entry(kind: str, path: str, size: int) -> Entry:
    match kind:
        case "dir":
            return directory(path)
        case "whiteout":
            return whiteout(path)
        case "opaque":
            return opaque(path)
    return file(path, b"x" * size)


STACKS = st.lists(layers(), min_size=1, max_size=5).map(UnionView)
