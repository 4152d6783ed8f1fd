"""The files of an archive, read where they lie; nothing is unpacked, so nothing can climb out."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from labimg import tarstream
from labimg.entry import Entry, Stream
from labimg.errors import InvalidTar, NotInArchive, OutsideArchive

UNPACKED = "/var/lib/docker/tmp/docker-import-{:010d}"  # where Docker would unpack it
LINKS = 255  # symlinks on the way to one file


@dataclass(frozen=True)
class _Slice:
    """The archive as the source of its files."""

    stream: BinaryIO

    def read(self, offset: int, size: int) -> bytes:
        self.stream.seek(offset)
        return self.stream.read(size)


class Part:
    """One file of the archive as a stream."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._at = 0

    def read(self, size: int = -1, /) -> bytes:
        """The next `size` bytes."""
        left = self._entry.size - self._at
        size = left if size < 0 else min(size, left)
        assert self._entry.source is not None
        chunk = self._entry.source.read(self._entry.offset + self._at, size) if size else b""
        self._at += len(chunk)
        return chunk


class Archive:
    """The files of a tar, by name."""

    def __init__(self, stream: BinaryIO) -> None:
        self.root = UNPACKED.format(0)
        self._entries = {entry.path: entry for entry in _index(stream)}

    def find(self, name: str) -> Entry:
        """The file called `name`, symlinks followed.

        Raises:
            NotInArchive, OutsideArchive.
        """
        path = tarstream.clean(name)
        for _ in range(LINKS):
            entry = self._entries.get(path)
            if ".." in name.split("/") and entry is None:
                raise OutsideArchive(f"/{name.replace('../', '')}", self.root)
            if entry is None or not (entry.is_file or entry.kind == "symlink"):
                break
            if entry.kind == "file":
                return entry
            at = entry.target if entry.kind == "link" else f"{entry.parent}/{entry.target}"
            path = tarstream.clean(at)
        raise NotInArchive(f"{self.root}/{name}")

    def has(self, name: str) -> bool:
        """Is there such a file?"""
        return f"/{name}" in self._entries

    def read(self, name: str) -> bytes:
        """The bytes of a small file."""
        return self.find(name).read()


def _index(stream: BinaryIO) -> Iterator[Entry]:
    size = stream.seek(0, 2)
    stream.seek(0)
    source = _Slice(stream)
    for entry in tarstream.read(stream, skipping=True):
        if entry.offset + entry.size > size:
            raise InvalidTar("unexpected EOF")
        yield entry._replace(source=source)


def seekable(stream: Stream, spool: BinaryIO) -> BinaryIO:
    """`stream` if one can seek in it, else its bytes in `spool`."""
    if isinstance(stream, io.IOBase) and stream.seekable():
        return cast(BinaryIO, stream)
    while chunk := stream.read(1 << 20):
        spool.write(chunk)
    return spool
