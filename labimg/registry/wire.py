"""What passes between a registry and its client: a request there, a response back.

No socket is meant by it.  Bodies may be bytes, or pieces that come one after the
other, so that a layer of a gigabyte is never whole in memory.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

Body = bytes | Iterable[bytes]

CHUNK = 1 << 18  # bytes


class Headers(Mapping[str, str]):
    """Header fields; upper and lower case of a name mean the same.

    >>> Headers({"Content-Length": "3"})["content-length"]
    '3'
    """

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        self._fields = {name.lower(): (name, value) for name, value in pairs}

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __hash__(self) -> int:
        return hash(frozenset(self.items()))

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"


class TooLong(Exception):
    """A body goes on past the number of bytes one was ready to take."""


def chunks(body: Body) -> Iterator[bytes]:
    """The pieces of `body`, in order, none empty."""
    if isinstance(body, bytes):
        yield from (body,) if body else ()
    else:
        yield from (piece for piece in body if piece)


def gather(body: Body, limit: int) -> bytes:
    """All of `body`, which must not be longer than `limit` bytes.

    Raises:
        TooLong: it is.
    """
    data = bytearray()
    for piece in chunks(body):
        data += piece
        if len(data) > limit:
            raise TooLong(limit)
    return bytes(data)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks of a registry."""

    method: str
    url: str  # "http://host:5000/v2/app/tags/list?n=3", or from the path on
    headers: Mapping[str, str] = Headers()
    body: Body = b""

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", Headers(self.headers))

    @property
    def path(self) -> str:
        """The path, its percent signs resolved."""
        return unquote(urlsplit(self.url).path)

    @property
    def query(self) -> dict[str, str]:
        """What follows the question mark; of a name given twice, the last."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Response:
    """What a registry answers."""

    status: int
    headers: Mapping[str, str] = Headers()
    body: Body = b""

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", Headers(self.headers))

    @property
    def line(self) -> str:
        """The status in numbers and words: "404 Not Found"."""
        from http.client import responses

        return f"{self.status} {responses.get(self.status, '')}".rstrip()

    def chunks(self) -> Iterator[bytes]:
        """The pieces of the body."""
        return chunks(self.body)

    def read(self, limit: int = 1 << 22) -> bytes:
        """The whole body, of at most `limit` bytes."""
        return gather(self.body, limit)

    def close(self) -> None:
        """Let go of a body that is not read to its end."""
        if callable(close := getattr(self.body, "close", None)):
            close()


class Handler(Protocol):
    """Whatever answers requests: a registry, or one with a guard at its door."""

    def handle(self, request: Request) -> Response:
        """The answer to `request`."""
