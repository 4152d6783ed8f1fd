"""The union view: what one sees through a stack of layers, and where each file of it comes from.

Nothing is unpacked: the view is a merge of tables of contents, and a file is read
from the tar of the layer that provides it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal, NamedTuple, Protocol

from labimg.entry import Entry, parts
from labimg.layer import Growing

What = Literal["born", "replaced", "copied up", "hidden", "restored"]


class Floor(Protocol):
    """All that a view asks of a layer."""

    @property
    def entries(self) -> Sequence[Entry]:
        """Its table of contents."""


class Event(NamedTuple):
    """One thing that happened to a path."""

    layer: int  # index, 0 at the bottom
    what: What
    entry: Entry | None  # what stands there from now on; None once hidden
    by: str  # the path whose entry did it: its own, or the marker's that hides it
    size: int  # bytes this layer stores for it


class Share(NamedTuple):
    """The bytes one layer stores, by what has become of them; their sum is what is stored."""

    visible: int
    shadowed: int
    markers: int
    whiteouts: int  # how many markers there are: on disk a marker has no bytes

    @property
    def stored(self) -> int:
        """All bytes of the layer's files."""
        return self.visible + self.shadowed + self.markers


class UnionView(Mapping[str, Entry]):
    """The merged tree of `layers`, bottom first, as a mapping from path to entry."""

    def __init__(self, layers: Sequence[Floor]) -> None:
        self.layers = tuple(layers)

    def upto(self, count: int) -> "UnionView":
        """The view through the lowest `count` layers only."""
        return UnionView(self.layers[:count])

    @cached_property
    def _fold(self) -> tuple[Growing, list[list[tuple[str, str]]]]:
        """The merged tree, and what each layer made vanish."""
        tree = Growing()
        return tree, [tree.lay(layer.entries) for layer in self.layers]

    @property
    def tree(self) -> Mapping[str, Entry]:
        """The merged tree as a plain mapping."""
        return self._fold[0]

    def __getitem__(self, path: str) -> Entry:
        return self._fold[0][path]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._fold[0], key=parts))

    def __len__(self) -> int:
        return len(self._fold[0])

    def __contains__(self, path: object) -> bool:
        return path in self._fold[0]

    def read(self, path: str) -> bytes:
        """The bytes of the file one sees at `path`."""
        return self[path].read()

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for path in self:
            parent, _, name = path.rpartition("/")
            names.setdefault(parent or "/", []).append(name)
        return names

    def children(self, path: str) -> list[str]:
        """The names in directory `path`, sorted by bytes."""
        return list(self._names.get(path, ()))

    @cached_property
    def _events(self) -> dict[str, list[Event]]:
        """Everything that ever happened, by path."""
        events: dict[str, list[Event]] = {}
        for index, (layer, gone) in enumerate(zip(self.layers, self._fold[1], strict=True)):
            for path, by in gone:
                events[path].append(Event(index, "hidden", None, by, 0))
            for entry in layer.entries:
                if entry.path != "/" and not entry.whiteout:
                    _tell_parents(events, entry, index)
                    _tell(events.setdefault(entry.path, []), entry, index)
        return events

    def history(self) -> Iterator[tuple[str, list[Event]]]:
        """Each path that was ever seen, in walk order, with its events."""
        return iter(sorted(self._events.items(), key=lambda item: parts(item[0])))

    def trace(self, path: str) -> list[Event]:
        """The biography of `path`: born, replaced, copied up, hidden, restored.

        A file that is still stored in a layer but hidden by a later one has its bytes told in `size`.

        Raises:
            KeyError: no layer ever had it.
        """
        return list(self._events[path])

    def owner(self, path: str) -> int:
        """The index of the layer that provides what one sees at `path`."""
        if path not in self:
            raise KeyError(path)
        return self._events[path][-1].layer

    @cached_property
    def ledger(self) -> list[Share]:
        """What has become of the bytes of each layer, bottom first."""
        visible = [0] * len(self.layers)
        for path, events in self._events.items():
            if path in self:
                visible[events[-1].layer] += events[-1].size
        return [_share(layer, seen) for layer, seen in zip(self.layers, visible, strict=True)]


def _tell(events: list[Event], entry: Entry, index: int) -> None:
    """Add to a path's `events` that layer `index` holds `entry` there."""
    last = events[-1] if events else None
    if last is None:
        what: What = "born"
    elif last.entry is None:
        what = "restored" if last.layer < index or len(events) > 1 else "born"
    else:
        what = "copied up" if _same_content(last.entry, entry) else "replaced"
    if last and last.layer == index and last.what == "hidden":
        events.pop()
        what = "replaced"
    events.append(Event(index, what, entry, entry.path, bytes_of(entry)))


def _tell_parents(events: dict[str, list[Event]], entry: Entry, index: int) -> None:
    """A tar need not name the directories on the way; they stand there all the same."""
    parent = entry.parent
    while parent != "/" and not (events.get(parent) and (seen := events[parent][-1].entry) and seen.is_dir):
        implied = Entry(parent, "dir", 0o755)
        _tell(events.setdefault(parent, []), implied, index)
        parent = implied.parent


def _same_content(old: Entry, new: Entry) -> bool:
    """Did only the metadata change, so that the layer holds a whole copy for it?"""
    if old.is_file and new.is_file:
        return old.size == new.size and all(a == b for a, b in zip(old.chunks(), new.chunks(), strict=True))
    return old.kind == new.kind and old.target == new.target and old.device == new.device


def bytes_of(entry: Entry) -> int:
    """Bytes `entry` costs its layer, as Docker counts: a file's, or a symlink's text; a hard link is free."""
    if entry.kind == "file":
        return entry.size
    return len(entry.target.encode(errors="surrogateescape")) if entry.kind == "symlink" else 0


def _share(layer: Floor, visible: int) -> Share:
    markers = [entry for entry in layer.entries if entry.whiteout]
    marked = sum(map(bytes_of, markers))
    return Share(visible, sum(map(bytes_of, layer.entries)) - visible - marked, marked, len(markers))
