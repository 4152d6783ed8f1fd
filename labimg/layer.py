"""A layer is a changeset: files to add, and whiteouts for files to hide.

Spec: https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from labimg import errors
from labimg.digest import DiffID
from labimg.entry import MARK, Entry, directory

Tree = Mapping[str, Entry]  # absolute path ("/etc/hosts") -> what stands there; "/" itself is not in it


class Layer(NamedTuple):
    """One floor: its table of contents in the order of its tar, and the name of that tar's bytes."""

    entries: tuple[Entry, ...]
    diff_id: DiffID
    size: int  # bytes of its files, as Docker counts them
    tar_size: int = 0  # bytes of its tar


def apply(lower: Tree, changes: Iterable[Entry]) -> dict[str, Entry]:
    """Lay one layer's `changes` upon `lower`; give back the tree one then sees.

    A whiteout reaches into `lower` only, never into its own layer, and the tar
    may hold the two in any order (layer.md#whiteouts).  Hence two passes.

    Raises:
        InvalidLayer: a bare ".wh.", or a hard link to nothing.
    """
    tree = Growing(lower)
    tree.lay(tuple(changes))
    return dict(tree)


class Growing(dict[str, Entry]):
    """A tree that grows floor by floor.

    It knows what each directory holds, but only from the first erasure on: most
    layers erase nothing, and a walk over all paths for each whiteout would be quadratic.
    """

    _inside: defaultdict[str, set[str]] | None = None

    def lay(self, changes: Sequence[Entry]) -> list[tuple[str, str]]:
        """Lay `changes` upon this tree; give each path that vanished from below, with what hid it."""
        gone: list[tuple[str, str]] = []
        marked = [(entry, hole) for entry in changes if MARK in entry.path and (hole := entry.whiteout)]
        for entry, hole in marked:
            if hole.path.endswith("/") and not hole.opaque:
                raise errors.InvalidLayer(entry.path, "a whiteout of nothing")
            self._erase(hole.path, entry.path, gone, itself=not hole.opaque)
        markers = {entry.path for entry, _ in marked}
        ground = ""  # a directory that stands: what comes next in a tar is mostly in the same one
        for entry in changes:
            path = entry.path
            if path in markers:
                continue
            if path in self or entry.kind == "link" or path == "/":
                self._place(entry, gone)
                ground = ""
            else:
                parent = path[: path.rfind("/")]
                if parent != ground:
                    self._ground(parent)
                    ground = parent
                self[path] = entry
                if self._inside is not None:
                    self._inside[parent or "/"].add(path)
        return gone

    def _place(self, entry: Entry, gone: list[tuple[str, str]]) -> None:
        """Put an entry where something stands, or a hard link."""
        path = entry.path
        if path == "/":
            return
        if entry.kind == "link":
            entry = _linked(entry, self.get(entry.target))
        old = self.get(path)
        if old is None:
            self._ground(entry.parent.rstrip("/"))
        elif old.kind == "dir" and entry.kind != "dir":
            self._erase(path, path, gone, itself=False)
        self._put(entry)

    def _ground(self, parent: str) -> None:
        """Let a directory stand at `parent`, and at what is above it; a tar need not name them."""
        missing = []
        while parent and ((below := self.get(parent)) is None or below.kind != "dir"):
            missing.append(parent)
            parent = parent.rpartition("/")[0]
        for path in reversed(missing):
            self._put(directory(path))

    def _put(self, entry: Entry) -> None:
        self[entry.path] = entry
        if self._inside is not None:
            self._inside[entry.parent].add(entry.path)

    def _erase(self, path: str, by: str, gone: list[tuple[str, str]], *, itself: bool) -> None:
        if self._inside is None:
            self._inside = defaultdict(set)
            for known in self:
                self._inside[known[: known.rfind("/")] or "/"].add(known)
        open_ends = [path]
        while open_ends:
            inside = self._inside.pop(open_ends.pop(), ())
            for child in inside:
                if self.pop(child, None) is not None:
                    gone.append((child, by))
                    open_ends.append(child)
        if itself and self.pop(path, None) is not None:
            gone.append((path, by))


def _linked(link: Entry, first: Entry | None) -> Entry:
    """The hard `link` with all that its first name has: they are one file."""
    if first is None or first.is_dir:
        raise errors.InvalidLayer(link.path, f"link {link.target} {link.path}: no such file or directory")
    if not first.is_file:
        return first._replace(path=link.path)
    return first._replace(path=link.path, kind="link", target=first.target or first.path)


def stored_size(entries: Iterable[Entry]) -> int:
    """Bytes of a layer's files as Docker counts them: each file once, a symlink by its text.

    Directories count nothing, nor do whiteouts, which become devices on disk.
    """
    total = 0
    for entry in entries:
        if entry.kind == "file":
            total += entry.size if not entry.whiteout else 0
        elif entry.kind == "symlink":
            total += len(entry.target.encode(errors="surrogateescape"))
    return total
