"""The place a command works at: the engine to ask, and the streams to read and print."""

import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from labimg.errors import DockerError

if TYPE_CHECKING:
    from labimg.engine import Engine

Stream = BinaryIO | TextIO


class _Text(io.RawIOBase):
    """A stream of text, as one of bytes."""

    def __init__(self, text: TextIO) -> None:
        self._text = text

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raw = bytes(data)  # type: ignore[call-overload]
        self._text.write(raw.decode("utf-8", "replace"))
        return len(raw)

    def isatty(self) -> bool:
        return self._text.isatty()


def as_bytes(stream: Stream) -> BinaryIO:
    """`stream` as one that takes bytes, whatever it was."""
    if isinstance(stream, io.TextIOBase):
        stream.flush()
        return getattr(stream, "buffer", None) or _Text(stream)  # type: ignore[return-value]
    return stream  # type: ignore[return-value]


class Console:
    """An engine, three streams of bytes, and the variables of the environment."""

    def __init__(
        self, engine: "Engine", stdin: BinaryIO, stdout: BinaryIO, stderr: BinaryIO, *,
        env: Mapping[str, str], root: str | os.PathLike[str],
    ) -> None:  # fmt: skip
        self.engine = engine
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.env = env
        self.root = root  # where the engine keeps its store, if on a disk
        self.name = ""  # the command's name as it was typed
        self.debug = False  # show where an error comes from

    def say(self, *lines: str, end: str = "\n") -> None:
        """Print lines."""
        self.stdout.write(("\n".join(lines) + end).encode("utf-8", "surrogateescape"))

    def warn(self, *lines: str, end: str = "\n") -> None:
        """Print lines on stderr."""
        self.stdout.flush()
        self.stderr.write(("\n".join(lines) + end).encode("utf-8", "surrogateescape"))
        self.stderr.flush()

    def output(self, stream: str, data: bytes) -> None:
        """Pass on what a command prints."""
        out = self.stderr if stream == "stderr" else self.stdout
        out.write(data)
        out.flush()

    @contextmanager
    def listening(self, tell: Callable[[Any], object]) -> Iterator[None]:
        """Let the engine report to `tell`."""
        before = self.engine.report

        def both(event: Any) -> None:
            before(event)
            tell(event)

        self.engine.report = both
        try:
            yield
        finally:
            self.engine.report = before

    def complain(self, errors: Iterable[DockerError]) -> None:
        """Print refusals on stderr, one a line."""
        for error in errors:
            self.warn(told(error))

    def confirmed(self, warning: str, *, gap: str = "\n") -> bool:
        """Ask; only `y` is yes."""
        self.say(f"{warning}{gap}Are you sure you want to continue? [y/N] ", end="")
        self.stdout.flush()
        return self.stdin.readline().strip().lower() == b"y"

    @property
    def now(self) -> int:
        """This moment, in ns since the epoch."""
        return self.engine.clock()


def told(error: DockerError) -> str:
    """A refusal as the docker client prints it, and below it the place of the damage where one is known.

    What the daemon says is announced as such.
    """
    sentence = f"Error response from daemon: {error}" if error.side == "daemon" else str(error)
    place = ", ".join(reversed(getattr(error, "__notes__", ())))
    return f"{sentence}\n({place})" if place else sentence
