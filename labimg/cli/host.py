"""The host's files as entries, for a build context and for `cp`; nothing is read before it is needed."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labimg.entry import Entry, Kind

_KINDS: tuple[tuple[Callable[[int], bool], Kind], ...] = (
    (stat.S_ISDIR, "dir"), (stat.S_ISREG, "file"), (stat.S_ISLNK, "symlink"), (stat.S_ISFIFO, "fifo"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HostFile:
    """A file of the host, as the source of an entry's bytes."""

    path: Path

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`."""
        with open(self.path, "rb") as file:
            file.seek(offset)
            return file.read(size)


def entry(path: Path, name: str) -> Entry | None:
    """What stands at `path`, under another name, owned by root; nothing if no tar can hold it."""
    found = path.lstat()
    for test, kind in _KINDS:
        if test(found.st_mode):
            return Entry(
                name, kind, stat.S_IMODE(found.st_mode) if os.name == "posix" else 0o755,
                size=found.st_size if kind == "file" else 0, mtime=int(found.st_mtime),
                target=os.readlink(path) if kind == "symlink" else "",
                source=HostFile(path) if kind == "file" else None,
            )  # fmt: skip
    return None


def walk(folder: Path, top: str = "") -> Iterator[Entry]:
    """Everything below `folder`, by names in byte order; `top` stands for the folder itself."""
    for name in sorted(os.listdir(folder), key=os.fsencode):
        found = entry(folder / name, f"{top}/{name}")
        if found:
            yield found
            if found.is_dir:
                yield from walk(folder / name, f"{top}/{name}")
