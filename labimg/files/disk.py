"""Files in a folder of the disk."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from itertools import count
from typing import BinaryIO

from labimg.files.seals import Seal, Seals

_OWN = ("tmp", "lock", "seals")  # what a folder of the disk needs for itself
POLL = 0.01  # seconds between two looks whether the lock is free
_TURNS = 100  # tries to place a file in a folder that others sweep away


class DiskFiles:
    """Files in a folder of the disk.

    A file is written under a name in `tmp`, flushed to the disk and renamed into
    place, so that no kill leaves half of one.  What `write` has written is sealed.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = root
        self._start = f"{root}/"
        self._tmp = f"{root}/tmp"
        self._seals = Seals(f"{root}/seals")
        self._numbers = count()

    def _at(self, path: str) -> str:
        """Where a path lies; one that climbs out of the folder leads nowhere."""
        if path.startswith("/") or ".." in path.split("/") or "\0" in path:
            raise FileNotFoundError(path)
        return self._start + path

    def read(self, path: str) -> bytes:
        """All bytes of a file."""
        with open(self._at(path), "rb", buffering=0) as file:
            return file.read()

    def open(self, path: str) -> BinaryIO:
        """A file to read and seek in."""
        return open(self._at(path), "rb")

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return os.stat(self._at(path)).st_size

    def exists(self, path: str) -> bool:
        """Is there such a file?"""
        try:
            return os.path.isfile(self._at(path))
        except FileNotFoundError:
            return False

    def children(self, folder: str) -> list[str]:
        """The names in a folder, sorted."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return sorted(name for name in os.listdir(self._at(folder)) if folder or name not in _OWN)
        return []

    def paths(self, prefix: str = "") -> Iterator[str]:
        """The paths of all files in folder `prefix`, sorted."""
        return iter(sorted(path for path in self._walk(prefix) if path.partition("/")[0] not in _OWN))

    def _walk(self, prefix: str) -> Iterator[str]:
        for folder, _, names in os.walk(self._at(prefix)):
            inside = folder[len(self._start) :].strip("/")
            yield from (f"{inside}/{name}" if inside else name for name in names)

    def write(self, path: str, data: bytes) -> None:
        """Make a file hold `data`."""
        with self.create(path) as file:
            file.write(data)
        self._seals.put(path, data)

    @contextmanager
    def create(self, path: str) -> Iterator[BinaryIO]:
        """A file to write piece by piece."""
        place = self._at(path)
        name, handle = self._fresh()
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            self._seals.drop(path)
            self._publish(name, place)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise

    def _fresh(self) -> tuple[str, int]:
        """A new file in `tmp`, and the handle to write it."""
        for number in self._numbers:
            name = f"{self._tmp}/{number:06d}"
            try:
                return name, os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
            except FileNotFoundError:
                os.makedirs(self._tmp, exist_ok=True)
            except FileExistsError:
                continue
        raise AssertionError("numbers do not end")

    def rename(self, old: str, new: str) -> None:
        """Give a file another path."""
        for path in (old, new):
            self._seals.drop(path)
        self._publish(self._at(old), self._at(new))
        self._sweep(self._at(old))

    def _publish(self, made: str, place: str) -> None:
        for _ in range(_TURNS):
            try:
                os.replace(made, place)
                return
            except FileNotFoundError:
                if not os.path.exists(made):
                    raise
                os.makedirs(os.path.dirname(place), exist_ok=True)
        raise FileNotFoundError(place)

    def delete(self, path: str) -> None:
        """Remove a file, and the folders it leaves empty."""
        with suppress(FileNotFoundError, NotADirectoryError):
            place = self._at(path)
            self._seals.drop(path)
            os.unlink(place)
            self._sweep(place)

    def _sweep(self, gone: str) -> None:
        with suppress(OSError):  # the first folder that is not empty ends it
            while len(folder := os.path.dirname(gone)) >= len(self._start):
                os.rmdir(folder)
                gone = folder

    def lock(self) -> AbstractContextManager[object]:
        """Wait until no other process writes."""
        return self._turns

    @cached_property
    def _turns(self) -> AbstractContextManager[object]:
        from filelock import FileLock

        os.makedirs(self.root, exist_ok=True)
        return FileLock(self._start + "lock", poll_interval=POLL)

    def damaged(self) -> Iterator[str]:
        """The paths of files that are not what was written: their seals say so."""
        for path, seals in self._seals.all().items():
            with suppress(FileNotFoundError):
                found = Seal.of(self.read(path))
                if found not in seals and (now := self._seals.of(path)) and found not in now:
                    yield path

    def missing(self) -> Iterator[str]:
        """The paths of files that were written, and were taken away by somebody else."""
        return (path for path in self._seals.all() if not self.exists(path) and self._seals.of(path))

    def leftovers(self) -> list[str]:
        """What a writer that was killed left in `tmp`."""
        return sorted(self._walk("tmp"))

    def tidy(self) -> None:
        """Delete what killed writers left, empty folders too."""
        for path in self.leftovers():
            self.delete(path)
        for folder, _, _ in os.walk(self.root, topdown=False):
            self._sweep(f"{folder}/")


_BINARY = getattr(os, "O_BINARY", 0)  # Windows would else change line ends
