"""Files in memory, to be photographed and set back."""

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import BinaryIO, NewType

Snapshot = NewType("Snapshot", dict[str, bytes])


class MemoryFiles:
    """Files in a dict.  A snapshot copies no bytes."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def snapshot(self) -> Snapshot:
        """The world as it is now, to come back to."""
        return Snapshot(self._files.copy())

    def restore(self, snapshot: Snapshot) -> None:
        """Set the world back to `snapshot`."""
        self._files = dict(snapshot)

    def read(self, path: str) -> bytes:
        """All bytes of a file."""
        try:
            return self._files[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    def open(self, path: str) -> BinaryIO:
        """A file to read and seek in."""
        return io.BytesIO(self.read(path))

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return len(self.read(path))

    def exists(self, path: str) -> bool:
        """Is there such a file?"""
        return path in self._files

    def children(self, folder: str) -> list[str]:
        """The names in a folder, sorted."""
        start = len(folder) + 1 if folder else 0
        return sorted({path[start:].partition("/")[0] for path in self._within(folder)})

    def paths(self, prefix: str = "") -> Iterator[str]:
        """The paths of all files in folder `prefix`, sorted."""
        return iter(sorted(self._within(prefix)))

    def _within(self, folder: str) -> Iterator[str]:
        inside = folder + "/" if folder else ""
        return (path for path in self._files if path.startswith(inside))

    def write(self, path: str, data: bytes) -> None:
        """Make a file hold `data`."""
        self._files[path] = data

    @contextmanager
    def create(self, path: str) -> Iterator[BinaryIO]:
        """A file to write piece by piece."""
        with io.BytesIO() as pieces:
            yield pieces
            self.write(path, pieces.getvalue())

    def rename(self, old: str, new: str) -> None:
        """Give a file another path."""
        self._files[new] = self.read(old)
        del self._files[old]

    def delete(self, path: str) -> None:
        """Remove a file."""
        self._files.pop(path, None)

    def lock(self) -> AbstractContextManager[object]:
        """One process, one writer: nothing to wait for."""
        return nullcontext()
