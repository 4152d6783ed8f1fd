"""Seals: what each small file holds, for a disk forgets, and a hand may slip.

A layer and an image are named by their digests, and a changed byte shows.  A list of
names or a container's state has no such name; so its length and checksum are kept, and
with them that it is there at all.  Only a check of the store reads this.

A seal is an empty file, and all that it says is its name:

    <checksum of the path>/<checksum>-<bytes>-<path>

Bytes reach a disk in any order, and a name that was made before another is there before
it.  A seal is therefore broken before its file changes, and set anew when the change is
made: a power cut can take a seal away, but leaves none that says what is not so.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from labimg.late import late

if TYPE_CHECKING:
    import zlib
else:
    zlib = late("zlib")


class Seal(NamedTuple):
    """What tells one content from another."""

    checksum: int
    size: int  # bytes

    @classmethod
    def of(cls, data: bytes) -> "Seal":
        """The seal of `data`."""
        return cls(zlib.crc32(data), len(data))


class Seals:
    """The seals in the folder `place`."""

    def __init__(self, place: str) -> None:
        self._place = place

    def _folder(self, path: str) -> str:
        """Where the seal of `path` lies, beside few others."""
        return f"{self._place}/{zlib.crc32(os.fsencode(path)) & 0xFF:02x}"

    def put(self, path: str, data: bytes) -> None:
        """Say what `path` holds; where that cannot be said, it goes unsealed."""
        folder, seal = self._folder(path), Seal.of(data)
        name = f"{folder}/{seal.checksum:08x}-{seal.size}-{_quoted(path)}"
        with suppress(OSError):  # a full disk, or too long a name
            try:
                _make(name)
            except FileNotFoundError:
                os.makedirs(folder, exist_ok=True)
                _make(name)

    def drop(self, path: str) -> None:
        """Say nothing of `path` any more."""
        folder, end = self._folder(path), f"-{_quoted(path)}"
        for name in _names(folder):
            if name.endswith(end):
                os.unlink(f"{folder}/{name}")

    def of(self, path: str) -> set[Seal]:
        """What is said of `path`: nothing, or one seal, unless several have written at once."""
        return {seal for told, seal in _read(self._folder(path)) if told == path}

    def all(self) -> dict[str, set[Seal]]:
        """The seals of each path."""
        seals: dict[str, set[Seal]] = {}
        for folder in _names(self._place):
            for path, seal in _read(f"{self._place}/{folder}"):
                seals.setdefault(path, set()).add(seal)
        return seals


def _make(name: str) -> None:
    os.close(os.open(name, os.O_WRONLY | os.O_CREAT, 0o600))


def _names(folder: str) -> list[str]:
    with suppress(FileNotFoundError, NotADirectoryError):
        return os.listdir(folder)
    return []


def _read(folder: str) -> Iterator[tuple[str, Seal]]:
    for name in _names(folder):
        with suppress(ValueError):  # whatever that is, it is no seal
            checksum, size, path = name.split("-", 2)
            yield path.replace("%2F", "/").replace("%25", "%"), Seal(int(checksum, 16), int(size))


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("/", "%2F")
