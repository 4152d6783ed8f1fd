"""A file at a URL, fetched as Docker's daemon does it for ADD and for `import`.

It is called what the end of the URL's path says, else what the server calls it; it is as old
as the server says; and what was compressed for the way alone is what it was before.

Source: moby/builder/dockerfile/copy.go and builder/remotecontext/remote.go at v20.10.24.
"""

import io
import posixpath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from labimg import errors
from labimg.compression import inflate
from labimg.registry.wire import Request, Response, TooLong
from labimg.remote.access import Login
from labimg.remote.transport import Transport

LIMIT = 1 << 30  # bytes of a file
SAID = 1 << 16  # bytes of a refusal


def far(word: str) -> bool:
    """Is it a URL?"""
    return word.startswith(("http://", "https://"))


class Fetched(NamedTuple):
    """A file that was fetched."""

    name: str  # "" if neither URL nor server tell one
    data: bytes
    mtime: int  # seconds since the epoch; 0 if the server does not say
    endless: bool  # nobody knew its length before its end


def fetch(url: str, transport: Transport) -> Fetched:
    """The file at `url`.

    Raises:
        Unreachable: it is no URL, or nobody answers.
        NotFetched: the server refuses.
        BrokenOff: it came in part.
        TooMuch: it is too long.
    """
    plain, headers = _asked(url)
    response = transport.send(Request("GET", plain, headers))
    if response.status >= 400:
        raise errors.NotFetched(url, response.line, _said(response))
    try:
        data = response.read(LIMIT)
    except TooLong:
        response.close()
        raise errors.TooMuch(plain, LIMIT) from None
    except errors.Unreachable as cause:
        raise errors.BrokenOff from cause
    told = response.headers
    packed = told.get("Content-Encoding", "").lower() == "gzip"
    name, mtime = _name(plain, told.get("Content-Disposition", "")), _seconds(told.get("Last-Modified", ""))
    endless = not data or not (packed or {"content-length", "transfer-encoding"} & set(map(str.lower, told)))
    return Fetched(name, _unpacked(data) if packed else data, mtime, endless)


def _asked(url: str) -> tuple[str, dict[str, str]]:
    """The URL without the user that stands in it, and the headers that say who that is.

    Raises:
        Unreachable: it is no URL.
    """
    headers = {"Accept-Encoding": "gzip"}
    try:
        parts = urlsplit(url)
    except ValueError:
        raise errors.Unreachable(url, "missing ']' in host", "parse") from None
    user, _, host = parts.netloc.rpartition("@")
    if user:
        name, _, password = user.partition(":")
        headers["Authorization"] = Login(unquote(name), unquote(password)).basic
    plain = urlunsplit(parts._replace(netloc=host))
    if not host:
        raise errors.Unreachable(url, "http: no Host in request URL")
    try:
        parts.port  # noqa: B018 - it is worked out, and may not be a number
    except ValueError:
        port = host.rpartition(":")[2]
        raise errors.Unreachable(plain, f'invalid port ":{port}" after host', "parse") from None
    return plain, headers


def _said(response: Response) -> str:
    """The text of a refusal."""
    try:
        return response.read(SAID).decode(errors="replace").strip()
    except TooLong:
        response.close()
        return ""


def _unpacked(data: bytes) -> bytes:
    """What was gzipped for the way."""
    try:
        return inflate(io.BytesIO(data)).read()
    except errors.InvalidTar as damage:
        raise errors.BrokenOff from damage


def _name(url: str, disposition: str) -> str:
    """The name of the file at `url`; no name leads out of the folder it is in."""
    path = unquote(urlsplit(url).path, errors="surrogateescape")
    if not path or path.endswith("/"):
        from email.message import Message

        message = Message()
        message["Content-Disposition"] = disposition
        path = message.get_filename("")
    name = posixpath.basename(path)
    return "" if name in (".", "..") or "\0" in name else name


def _seconds(date: str) -> int:
    """A date of HTTP in seconds since the epoch; 0 if it is none, or earlier."""
    from calendar import timegm
    from email.utils import parsedate

    try:
        return max(0, timegm(parsedate(date) or (1970, 1, 1, 0, 0, 0)))
    except ValueError:
        return 0
