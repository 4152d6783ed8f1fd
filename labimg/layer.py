"""A layer is a changeset: files to add, and whiteouts for files to hide.

Spec: https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from labimg import errors
from labimg.digest import DiffID
from labimg.entry import MARK, Entry, Hole, directory

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
    """A tree that grows floor by floor, and knows what lies in each of its directories.

    Else every whiteout of a directory would be a walk over all paths.
    """

    def __init__(self, lower: Tree = MappingProxyType({})) -> None:
        super().__init__(lower)
        self._inside: defaultdict[str, list[str]] = defaultdict(list)  # what is gone may still be named
        for path in self:
            self._inside[path[: path.rfind("/")]].append(path)

    def lay(self, changes: Sequence[Entry]) -> list[tuple[str, str]]:
        """Lay `changes` upon this tree; give each path that vanished from below, with what hid it."""
        gone: list[tuple[str, str]] = []
        passed = {"/"}  # what is no file of the tree
        for entry in changes:
            if MARK in entry.path and (hole := entry.whiteout):
                self._hide(hole, entry.path, gone)
                passed.add(entry.path)
        ground: str | None = None  # a directory that stands: what comes next is mostly in the same one
        for entry in changes:
            path = entry.path
            if path in passed:
                continue
            if entry.kind == "link":
                entry = _linked(entry, self.get(entry.target))
            old = self.get(path)
            if old is None:
                parent = path[: path.rfind("/")]
                if parent != ground:
                    self._ground(parent)
                    ground, inside = parent, self._inside[parent]
                inside.append(path)
            elif old.kind == "dir" and entry.kind != "dir":
                self._clear(path, path, gone)
                ground = None
            self[path] = entry
        return gone

    def _ground(self, parent: str) -> None:
        """Let a directory stand at `parent`, and at what is above it; a tar need not name them."""
        missing = []
        while parent and ((below := self.get(parent)) is None or below.kind != "dir"):
            missing.append(parent)
            parent = parent[: parent.rfind("/")]
        for path in reversed(missing):
            self[path] = directory(path)
            self._inside[path[: path.rfind("/")]].append(path)

    def _hide(self, hole: Hole, by: str, gone: list[tuple[str, str]]) -> None:
        """Take away what a whiteout hides."""
        if hole.path.endswith("/") and not hole.opaque:
            raise errors.InvalidLayer(by, "a whiteout of nothing")
        self._clear(hole.path.rstrip("/"), by, gone)
        if not hole.opaque and self.pop(hole.path, None) is not None:
            gone.append((hole.path, by))

    def _clear(self, folder: str, by: str, gone: list[tuple[str, str]]) -> None:
        """Take away all that lies below `folder`."""
        folders = [folder]
        while folders:
            for path in self._inside.pop(folders.pop(), ()):
                if self.pop(path, None) is not None:
                    gone.append((path, by))
                    folders.append(path)


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
