"""COPY and ADD put what they found into the image's tree.

Owner root unless told otherwise, mode and time kept; directories that have to be made
are the builder's (0755, now), those that are there are merged.  A source directory
gives its content, not itself.

Source: moby/builder/dockerfile/copy.go and pkg/archive/archive.go at v20.10.24.
"""

import io
from collections.abc import Iterable
from typing import NamedTuple

from labimg import errors, tarstream
from labimg.build.sources import Found, Origin
from labimg.compression import inflate
from labimg.entry import Bytes, Entry
from labimg.ignore import Ignore
from labimg.union.overlay import Overlay


class Manner(NamedTuple):
    """How to place: the owner (None keeps it), permission bits if set, what to leave out."""

    owner: tuple[int, int] | None = (0, 0)
    mode: int | None = None
    exclude: tuple[str, ...] = ()
    parents: bool = False
    unpack: bool = False  # a tar
    unpack_fetched: bool = False  # a tar from a URL

    def unpacks(self, one: Found) -> bool:
        """Is it put there unpacked, if it is a tar?"""
        return self.unpack_fetched if one.fetched else self.unpack


def place(tree: Overlay, origin: Origin, found: Iterable[Found], dest: str, manner: Manner) -> None:
    """Put all that was `found` at `dest`, an absolute path that ends in "/" if it must be a directory."""
    ignore = Ignore(manner.exclude)
    for one in found:
        if ignore.excludes(one.path.rpartition("/")[2]):
            continue
        at = anchor(tree, dest)
        if manner.parents:
            at = anchor(
                tree, f"{at}/{one.path.rpartition('/')[0]}" if not one.entry.is_dir else f"{at}{one.path}"
            )
        if one.entry.is_dir:
            start = len(one.entry.path.rstrip("/")) + 1
            inside = [
                entry for entry in origin.below(one.entry.path) if not ignore.excludes(entry.path[start:])
            ]
            _tree(tree, one.entry.path, inside, at, manner)
        elif (packed := unpacked(one.entry) if manner.unpacks(one) else None) is not None:
            _tree(tree, "/", packed, at, Manner(owner=None))
        else:
            into = dest.endswith("/") or manner.parents or (at in tree and tree[at].is_dir) or at == "/"
            name = one.path.rpartition("/")[2]
            _file(tree, one.entry, f"{at.rstrip('/')}/{name}" if into else at, manner)


def anchor(tree: Overlay, path: str) -> str:
    """`path` with the symlinks on its way followed, as far as it is there."""
    at = ""
    for part in path.split("/"):
        if part in ("", "."):
            continue
        here = f"{at}/{part}"
        at = tree.resolve(here) if not at or at in tree else here
        at = "" if at == "/" else at
    return at or "/"


def make_folders(tree: Overlay, path: str, owner: tuple[int, int] = (0, 0)) -> None:
    """Make the directory `path` and those above it, where they are missing.

    Raises:
        NotADirectory: a file stands in the way.
    """
    if path in ("", "/"):
        return
    if path in tree:
        if not tree[path].is_dir:
            raise errors.NotADirectory(path)
        return
    make_folders(tree, path.rpartition("/")[0], owner)
    tree.mkdir(path)
    if owner != (0, 0):
        tree.chown(path, *owner)


def _placed(entry: Entry, path: str, manner: Manner) -> Entry:
    uid, gid = manner.owner or (entry.uid, entry.gid)
    mode = entry.mode if manner.mode is None or entry.kind == "symlink" else manner.mode
    if entry.kind == "link":
        entry = entry._replace(kind="file", target="")
    return entry._replace(path=path, uid=uid, gid=gid, mode=mode)


def _file(tree: Overlay, entry: Entry, path: str, manner: Manner) -> None:
    make_folders(tree, path.rpartition("/")[0], manner.owner or (0, 0))
    tree.put(_placed(entry, path, manner))


def _tree(tree: Overlay, root: str, inside: Iterable[Entry], at: str, manner: Manner) -> None:
    """Put all that is in directory `root` into directory `at`; times of directories come last.

    The names of one file stay names of one file.
    """
    make_folders(tree, at, manner.owner or (0, 0))
    start = 0 if root == "/" else len(root)
    base = "" if at == "/" else at
    folders = []
    names: dict[str, str] = {}
    for entry in inside:
        path = base + entry.path[start:]
        if entry.is_dir:
            folders.append((path, entry.mtime))
        else:
            make_folders(tree, path.rpartition("/")[0])
        own = entry.target if entry.kind == "link" else entry.path
        first = names.setdefault(own, base + own if _bare(entry) else path)
        if first == path:
            tree.put(_placed(entry, path, manner))
        else:
            tree.put(entry._replace(path=path, kind="link", target=first))
    for path, mtime in reversed(folders):
        tree.utime(path, mtime)


def _bare(entry: Entry) -> bool:
    """Is it a hard link as a tar has it, without the bytes of the file?"""
    return entry.kind == "link" and entry.source is None


def unpacked(entry: Entry) -> list[Entry] | None:
    """The entries of the tar that a file is, compressed or not; None if it is none."""
    try:
        data = inflate(io.BytesIO(entry.read())).read()
        source = Bytes(data)
        return [
            found if found.kind == "link" else found._replace(source=source)
            for found in tarstream.read(io.BytesIO(data))
            if found.path != "/"
        ] or None
    except errors.InvalidTar:
        return None


def owner_of(tree: Overlay, text: str) -> tuple[int, int]:
    """The uid and gid that `--chown` means in this tree; a user without a group means the group of that name.

    Raises:
        UnknownOwner, UnknownGroup.
    """
    user, colon, group = text.partition(":")
    group = group if colon else user
    uid = int(user) if user.isdecimal() else _number(tree, "/etc/passwd", user)
    if uid is None:
        raise errors.UnknownOwner(user)
    gid = int(group) if group.isdecimal() else _number(tree, "/etc/group", group)
    if gid is None:
        raise errors.UnknownGroup(group)
    return uid, gid


def _number(tree: Overlay, path: str, name: str) -> int | None:
    """The number beside `name` in a file like /etc/passwd."""
    text = tree.read(path).decode(errors="replace") if path in tree else ""
    rows = [line.split(":") for line in text.splitlines()]
    return next((int(row[2]) for row in rows if row[0] == name and len(row) > 2 and row[2].isdecimal()), None)
