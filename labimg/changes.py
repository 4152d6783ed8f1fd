"""The changeset between two trees, and the A, C, D that `docker diff` prints of it.

The law that holds the house together: `apply(lower, diff(lower, upper)) == upper`.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from labimg.entry import Entry, parts, whiteout
from labimg.layer import Tree


class Change(NamedTuple):
    """One line of `docker diff`: Added, Changed or Deleted."""

    kind: Literal["A", "C", "D"]
    path: str

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"


def diff(lower: Tree, upper: Tree) -> list[Entry]:
    """The layer that turns `lower` into `upper`, in the order of a tar.

    It holds what is new or other, a whiteout for what is gone (for a directory only
    its own), the directories on the way, and the first name of every hard link.
    """
    layer: dict[str, Entry] = {}

    def add(entry: Entry) -> None:
        path = entry.parent
        while path != "/" and path not in layer:
            layer[path] = upper[path]
            path = upper[path].parent
        layer[entry.path] = entry
        if entry.kind == "link":
            layer[entry.target] = upper[entry.target]

    for entry in upper.values():
        if lower.get(entry.path) != entry:
            add(entry)
    for path in _gone(lower, upper):
        add(whiteout(path))
    return sorted(layer.values(), key=in_tar_order)


def _gone(lower: Tree, upper: Tree) -> Iterator[str]:
    """Topmost paths of `lower` that need a whiteout: not there any more, and their directory is."""
    for path, entry in lower.items():
        if path not in upper:
            parent = upper.get(entry.parent)
            if entry.parent == "/" or (parent is not None and parent.is_dir):
                yield path


def in_tar_order(entry: Entry) -> bytes:
    """The sort key of a layer's tar: a walk by bytes, a whiteout where the hidden name would stand.

    An opaque marker follows its directory at once.
    """
    hole = entry.whiteout
    if hole is None:
        return parts(entry.path)
    return parts(hole.path) + b"\0" if hole.opaque else parts(hole.path)


def listing(lower: Tree, upper: Tree) -> list[Change]:
    """What `docker diff` says of `upper` over `lower`, parents first, siblings by bytes.

    A directory is C only if its mode, owner or content changed; of a deleted directory
    only the top is told; a directory that gave way to a file, or the other way round, is
    one C (moby/pkg/archive/changes.go, v20.10.24).
    """
    kinds: dict[str, Literal["A", "C", "D"]] = {}

    def tell(path: str, kind: Literal["A", "C", "D"]) -> None:
        kinds.setdefault(path, kind)
        parent = path.rpartition("/")[0]
        if parent and parent not in kinds:
            tell(parent, "C")

    for path, entry in upper.items():
        old = lower.get(path)
        if old is None:
            tell(path, "A")
        elif not _same(old, entry):
            tell(path, "C")
    for path, entry in lower.items():
        if path in upper:
            continue
        parent = upper.get(entry.parent)
        if entry.parent == "/" or (parent is not None and parent.is_dir and lower[entry.parent].is_dir):
            tell(path, "D")
    return [Change(kinds[path], path) for path in sorted(kinds, key=parts)]


def _same(old: Entry, new: Entry) -> bool:
    """Does Docker take the two for unchanged?  It does not read their bytes."""
    if old.is_dir != new.is_dir or old.is_file != new.is_file:
        return False
    if (old.mode, old.uid, old.gid, old.device) != (new.mode, new.uid, new.gid, new.device):
        return False
    return old.is_dir or (old.mtime, old.size, old.target if old.kind == "symlink" else "", old.xattrs) == (
        new.mtime,
        new.size,
        new.target if new.kind == "symlink" else "",
        new.xattrs,
    )
