"""A disk that fails: the system's calls, counted, until one of them kills or is refused.

`Faults` stands where a module of `labimg.files` has `os`.  Every call that changes the disk is
a point; so is every piece written to a file, of which a kill leaves one half.  A power cut
leaves nothing of what was not flushed: names reach a disk in their order, bytes in any.
"""

import errno
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

from labimg.files import disk, seals


class Killed(BaseException):
    """The process is no more: nothing it does from now on has an effect."""


CHANGING = {"open", "fdopen", "write", "fsync", "replace", "unlink", "rmdir", "makedirs"}
GROWING = {"open", "write", "makedirs"}  # what a full disk refuses


class Faults:
    """The module `os`, until point `at`; then "kill", "full" (ENOSPC from there on), "broken" (EIO, once),
    "sigkill", or "power": a kill that takes along what was not flushed to the disk.
    """

    def __init__(self, at: int = -1, kind: str = "kill") -> None:
        self.points = 0
        self._at, self._kind, self._dead = at, kind, False
        self._loose: dict[int, tuple[int, int]] = {}  # inode -> a handle, and bytes that are on the disk

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in CHANGING:
            return real

        def call(*args: Any, **how: Any) -> Any:
            if name == "fdopen":
                return _Written(real(*args, **how), self)
            self.point(name)
            if name == "fsync":
                return self._settle(args[0])
            done = real(*args, **how)
            if name == "open" and self._kind == "power":
                told = os.fstat(done)
                if told.st_ino not in self._loose:
                    self._loose[told.st_ino] = os.dup(done), told.st_size
            return done

        return call

    def _settle(self, handle: int) -> None:
        """A file is on the disk."""
        with suppress(KeyError):
            os.close(self._loose.pop(os.fstat(handle).st_ino)[0])

    def _die(self, file: BinaryIO | None, data: bytes) -> None:
        """Of the piece that is being written a half is left, and of what is not on the disk nothing."""
        if file is not None:
            file.write(data[: len(data) // 2])
            file.flush()
        for handle, size in self._loose.values():
            os.ftruncate(handle, size)
        self._dead = True

    def point(self, name: str, file: BinaryIO | None = None, data: bytes = b"") -> None:
        """Come to one more point."""
        self.points += 1
        here = self.points - 1 == self._at
        if self._dead or (here and self._kind in ("kill", "power")):
            if not self._dead:
                self._die(file, data)
            raise Killed
        if here and self._kind == "sigkill":
            os.kill(os.getpid(), signal.SIGKILL)
        if here and self._kind == "broken":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if self._kind == "full" and 0 <= self._at < self.points and name in GROWING:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @contextmanager
    def reign(self) -> Iterator["Faults"]:
        """Let this be what the store calls."""
        before = [(module, vars(module)["os"]) for module in (disk, seals)]
        for module, _ in before:
            vars(module)["os"] = self
        try:
            yield self
        finally:
            for module, real in before:
                vars(module)["os"] = real
            while self._loose:
                os.close(self._loose.popitem()[1][0])


class _Written:
    """A file whose every write is a point."""

    def __init__(self, file: Any, faults: Faults) -> None:
        self._file, self._faults = file, faults

    def write(self, data: bytes) -> int:
        self._faults.point("write", self._file, bytes(data))
        return int(self._file.write(data))

    def __enter__(self) -> "_Written":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
