"""The host's files as entries, for a build context and for `cp`; nothing is read before it is needed."""

import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

from labimg.entry import Entry, Kind

_KINDS: dict[int, Kind] = {
    stat.S_IFDIR: "dir", stat.S_IFREG: "file", stat.S_IFLNK: "symlink", stat.S_IFIFO: "fifo",
}  # fmt: skip


class HostFile(NamedTuple):
    """A file of the host, as the source of an entry's bytes."""

    path: str

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`."""
        with open(self.path, "rb", buffering=0) as file:
            file.seek(offset)
            return file.read(size)


def entry(path: str | os.PathLike[str], name: str) -> Entry | None:
    """What stands at `path`, under another name, owned by root; nothing if no tar can hold it."""
    return _entry(path, name, os.lstat(path))


def _entry(path: str | os.PathLike[str], name: str, found: os.stat_result) -> Entry | None:
    kind = _KINDS.get(stat.S_IFMT(found.st_mode))
    if kind is None:
        return None
    return Entry(
        name, kind, stat.S_IMODE(found.st_mode) if os.name == "posix" else 0o755,
        size=found.st_size if kind == "file" else 0, mtime=int(found.st_mtime),
        target=os.readlink(path) if kind == "symlink" else "",
        source=HostFile(os.fspath(path)) if kind == "file" else None,
    )  # fmt: skip


def walk(folder: str | os.PathLike[str], top: str = "") -> Iterator[Entry]:
    """Everything below `folder`, by names in byte order; `top` stands for the folder itself.

    Every further name of a file is a hard link to the first, and knows the bytes itself too.
    """
    ahead = _inside(os.fspath(folder), top)
    names: dict[tuple[int, int], str] = {}
    while ahead:
        path, name = ahead.pop()
        told = os.lstat(path)
        if found := _entry(path, name, told):
            several = found.kind == "file" and told.st_nlink > 1
            first = names.setdefault((told.st_dev, told.st_ino), name) if several else name
            yield found if first == name else found._replace(kind="link", target=first)
            if found.is_dir:
                ahead += _inside(path, name)


def _inside(folder: str, top: str) -> list[tuple[str, str]]:
    """The paths of what is in `folder`, here and in the tree, the last first."""
    names = sorted(os.listdir(folder), key=os.fsencode, reverse=True)
    return [(f"{folder}/{name}", f"{top}/{name}") for name in names]
