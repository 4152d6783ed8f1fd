"""The files of an archive, read where they lie; nothing is unpacked, so nothing can climb out."""

import io
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple, cast

from labimg import errors, tarstream
from labimg.entry import Entry, Stream
from labimg.errors import DockerError

UNPACKED = "/var/lib/docker/tmp/docker-import-{:010d}"  # where Docker would unpack it
LINKS = 255  # symlinks on the way to one file


class _Slice(NamedTuple):
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
        at = posixpath.normpath(f"{self.root}/{name}")
        if not f"{at}/".startswith(f"{self.root}/"):
            raise errors.OutsideArchive(at, self.root)
        path = tarstream.clean(name)
        for _ in range(LINKS):
            entry = self._entries.get(path)
            if entry is None or not (entry.is_file or entry.kind == "symlink"):
                break
            if entry.kind == "file":
                return entry
            at = entry.target if entry.kind == "link" else f"{entry.parent}/{entry.target}"
            path = tarstream.clean(at)
        raise errors.NotInArchive(f"{self.root}/{name}")

    @property
    def folder(self) -> str:
        """The first folder, in which an archive of the oldest layout would have a layer; "" is none."""
        return min((path[1:] for path, entry in self._entries.items() if entry.is_dir), default="")

    def has(self, name: str) -> bool:
        """Is there such a file?"""
        return f"/{name}" in self._entries

    def read(self, name: str) -> bytes:
        """The bytes of a small file."""
        return self.find(name).read()


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Let a refusal tell where in the archive its reason lies."""
    try:
        yield
    except DockerError as bad:
        bad.add_note(where)
        raise


def _index(stream: BinaryIO) -> Iterator[Entry]:
    size = stream.seek(0, 2)
    stream.seek(0)
    source = _Slice(stream)
    for entry in tarstream.read(stream, skipping=True):
        if entry.offset + entry.size > size:
            with placed(f"{entry.size} bytes of {entry.path[1:]} begin at byte {entry.offset} of {size}"):
                raise errors.InvalidTar("unexpected EOF")
        yield entry._replace(source=source)


@contextmanager
def seekable(stream: Stream) -> Iterator[BinaryIO]:
    """`stream` if one can seek in it, else its bytes in a file that goes afterwards."""
    if isinstance(stream, io.IOBase) and stream.seekable():
        yield cast(BinaryIO, stream)
        return
    import tempfile

    with tempfile.TemporaryFile() as spool:
        while chunk := stream.read(1 << 20):
            spool.write(chunk)
        yield spool
