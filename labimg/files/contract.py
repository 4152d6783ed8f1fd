"""The contract: what the store asks of its ground."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol


class Files(Protocol):
    """Paths are relative and part their folders by "/".  A missing file is a FileNotFoundError."""

    def read(self, path: str) -> bytes:
        """All bytes of a file."""

    def open(self, path: str) -> BinaryIO:
        """A file to read and seek in; it stays what it was when opened."""

    def size(self, path: str) -> int:
        """Bytes of a file."""

    def exists(self, path: str) -> bool:
        """Is there such a file?"""

    def children(self, folder: str) -> list[str]:
        """The names in a folder, sorted; none if there is no such folder."""

    def paths(self, prefix: str = "") -> Iterator[str]:
        """The paths of all files in folder `prefix`, sorted."""

    def write(self, path: str, data: bytes) -> None:
        """Make a file hold `data`; a reader sees the old bytes or the new ones."""

    def create(self, path: str) -> AbstractContextManager[BinaryIO]:
        """A file to write piece by piece; it is there once the block ends well, and never in part."""

    def rename(self, old: str, new: str) -> None:
        """Give a file another path."""

    def delete(self, path: str) -> None:
        """Remove a file, and folders left empty; what is not there stays so."""

    def lock(self) -> AbstractContextManager[object]:
        """Writers take turns inside such a block; it may be entered again from within."""
