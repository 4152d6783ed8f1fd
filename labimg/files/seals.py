"""Seals: what each small file should hold, for a disk forgets.

A layer and an image are named by their digests, and a changed byte shows.  A list of
names or a container's state has no such name; so whoever writes one notes its length and
checksum here, a line each, before it appears.  Only a check of the store reads this.

    <checksum> <bytes> <path> <checksum of the line>
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from labimg.late import late

if TYPE_CHECKING:
    import zlib
else:
    zlib = late("zlib")

LIMIT = 1 << 22  # bytes; a longer list is worth to be written anew


class Seal(NamedTuple):
    """What tells one content from another."""

    checksum: int
    size: int  # bytes

    @classmethod
    def of(cls, data: bytes) -> "Seal":
        """The seal of `data`."""
        return cls(zlib.crc32(data), len(data))


def line(path: str, seal: Seal) -> bytes:
    """The line that says it; it begins on a line of its own whatever stood before."""
    text = f"{seal.checksum:08x} {seal.size} {path}".encode()
    return b"\n%b %08x" % (text, zlib.crc32(text))


def parse(text: bytes) -> tuple[dict[str, set[Seal]], bool]:
    """The seals each path ever had, and whether every line is sound."""
    seals: dict[str, set[Seal]] = {}
    sound = True
    for written in filter(None, text.split(b"\n")):
        told, _, checksum = written.rpartition(b" ")
        if checksum != b"%08x" % zlib.crc32(told):
            sound = False
            continue
        first, size, path = told.decode().split(" ", 2)
        seals.setdefault(path, set()).add(Seal(int(first, 16), int(size)))
    return seals, sound


class Seals:
    """The list on disk, at `place`."""

    def __init__(self, place: str) -> None:
        self._place = place

    def note(self, path: str, data: bytes) -> None:
        """Say what `path` will hold."""
        handle = os.open(self._place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, line(path, Seal.of(data)))
        finally:
            os.close(handle)

    def read(self) -> tuple[dict[str, set[Seal]], bool]:
        """The seals each path ever had, and whether every line is sound."""
        try:
            with open(self._place, "rb") as file:
                return parse(file.read())
        except FileNotFoundError:
            return {}, True

    @staticmethod
    def listed(seals: Mapping[str, Seal]) -> bytes:
        """The whole list anew, a line for each path."""
        return b"".join(line(path, seal) for path, seal in seals.items())
