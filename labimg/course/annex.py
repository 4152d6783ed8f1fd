"""An annex: one folder of a store, served as a store of its own.

A level may have a second machine and a registry.  All of them live in the one mapping
of the lab, so that undo, and a snapshot, take them along.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO

from labimg.files import Files


class Annex:
    """The files below `folder`, under paths of their own."""

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._folder = folder + "/"

    def read(self, path: str) -> bytes:
        """All bytes of a file."""
        return self._files.read(self._folder + path)

    def open(self, path: str) -> BinaryIO:
        """A file to read and seek in."""
        return self._files.open(self._folder + path)

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return self._files.size(self._folder + path)

    def exists(self, path: str) -> bool:
        """Is there such a file?"""
        return self._files.exists(self._folder + path)

    def children(self, folder: str) -> list[str]:
        """The names in a folder, sorted."""
        return self._files.children((self._folder + folder).rstrip("/"))

    def paths(self, prefix: str = "") -> Iterator[str]:
        """The paths of all files in folder `prefix`, sorted."""
        start = len(self._folder)
        return (path[start:] for path in self._files.paths((self._folder + prefix).rstrip("/")))

    def write(self, path: str, data: bytes) -> None:
        """Make a file hold `data`."""
        self._files.write(self._folder + path, data)

    def create(self, path: str) -> AbstractContextManager[BinaryIO]:
        """A file to write piece by piece."""
        return self._files.create(self._folder + path)

    def rename(self, old: str, new: str) -> None:
        """Give a file another path."""
        self._files.rename(self._folder + old, self._folder + new)

    def delete(self, path: str) -> None:
        """Remove a file."""
        self._files.delete(self._folder + path)

    def lock(self) -> AbstractContextManager[object]:
        """Writers take turns."""
        return self._files.lock()
