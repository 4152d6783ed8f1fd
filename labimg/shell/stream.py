"""An open file: bytes to read, a place to write."""

from collections.abc import Callable
from dataclasses import dataclass

from labimg.shell.wrong import Running

ENDLESS = 1 << 26  # bytes one may ask of a device that never ends


@dataclass(slots=True)
class Stream:
    """What a file descriptor stands for; several may share one, and its place."""

    data: bytes = b""
    sink: Callable[[bytes], object] | None = None
    at: int = 0
    terminal: bool = False  # reading past `data` would wait for somebody to type
    open: bool = False  # the same, and there is no terminal
    filler: bytes = b""  # what a device without end gives
    pipe: bool = False

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, all there are if negative.

        Raises:
            Running: there may come more, or the device never ends.
        """
        if self.filler:
            if size < 0 or size > ENDLESS:
                raise Running
            return (self.filler * (size // len(self.filler) + 1))[:size]
        if (self.terminal or self.open) and self.at >= len(self.data):
            raise Running
        end = len(self.data) if size < 0 else self.at + size
        piece = self.data[self.at : end]
        self.at += len(piece)
        return piece

    def line(self) -> bytes:
        """One line with its newline; empty at the end."""
        end = self.data.find(b"\n", self.at) + 1
        return self.read((end or len(self.data)) - self.at if not self.filler else 1)

    def write(self, data: bytes) -> None:
        """Write `data`.

        Raises:
            OSError: it was opened for reading only.
        """
        if self.sink is None:
            raise OSError(9, "Bad file descriptor")
        self.sink(data)


class Pipe:
    """The bytes one command leaves for the next."""

    def __init__(self) -> None:
        self.data = bytearray()

    @property
    def inlet(self) -> Stream:
        """Where to write."""
        return Stream(sink=self.data.extend, pipe=True)

    @property
    def outlet(self) -> Stream:
        """Where to read what was written so far."""
        return Stream(bytes(self.data))
