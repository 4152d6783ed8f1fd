"""A transport by HTTP: sockets, redirects, and the sentences Docker has for a peer that does not answer."""

import errno
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from labimg import errors
from labimg.registry.wire import CHUNK, Headers, Request, Response
from labimg.remote.transport import follow, loopback

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

REDIRECTS = {301, 302, 303, 307, 308}
HOPS = 10
SECRET = {"authorization", "cookie"}  # headers that another host is not told


class Http:
    """A transport to any registry on the network.

    Only http and https are spoken, whatever a registry redirects to; never from https
    down to http; and another host is not told what the first was told in confidence.
    """

    def __init__(self, *, lanes: int = 3, wait: float = 60, agent: str = "labimg") -> None:
        import urllib3

        self.lanes = lanes
        self._agent = agent
        timeout = urllib3.Timeout(connect=min(wait, 15), read=wait)  # seconds
        self._pool = urllib3.PoolManager(maxsize=lanes + 1, retries=False, timeout=timeout)

    def send(self, request: Request) -> Response:
        """The response to `request`; a GET or HEAD follows redirects.

        Raises:
            Unreachable: nobody answers, or it leads nowhere.
        """
        url, headers = request.url, {"User-Agent": self._agent, **request.headers}
        for _ in range(HOPS):
            response = self._once(request, url, headers)
            target = response.headers.get("Location")
            if response.status not in REDIRECTS or request.method not in ("GET", "HEAD") or not target:
                return response
            response.close()
            following = follow(url, target)
            _check(url, following, request.method)
            if urlsplit(following).netloc != urlsplit(url).netloc:
                headers = {name: value for name, value in headers.items() if name.lower() not in SECRET}
            url = following
        raise errors.Unreachable(str(target), f"stopped after {HOPS} redirects", request.method.capitalize())

    def _once(self, request: Request, url: str, headers: dict[str, str]) -> Response:
        import urllib3

        body = request.body if isinstance(request.body, bytes) else iter(request.body)
        parts = urlsplit(url)
        target = (parts.path or "/") + f"?{parts.query}" * bool(parts.query)  # as it is written, dots and all
        try:
            response = self._pool.connection_from_url(url).urlopen(
                request.method,
                target,
                body=body or None,
                headers=headers,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise errors.Unreachable(url, why(error, url), request.method.capitalize()) from error
        fields = Headers(list(response.headers.items()))
        return Response(response.status, fields, Pieces(response, request.method, url))

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()


class Pieces:
    """A response's body as it comes in; the connection goes back to the pool at its end."""

    def __init__(self, response: "BaseHTTPResponse", method: str, url: str) -> None:
        self._response, self._method, self._url = response, method, url

    def __iter__(self) -> Iterator[bytes]:
        import urllib3

        try:
            yield from self._response.stream(CHUNK)
        except urllib3.exceptions.HTTPError as error:
            self._response.close()
            raise errors.Unreachable(self._url, why(error, self._url), self._method.capitalize()) from error
        finally:
            self._response.release_conn()

    def close(self) -> None:
        """Let go of what has not come yet."""
        self._response.close()
        self._response.release_conn()


def _check(here: str, there: str, method: str) -> None:
    """Raise unless one may be led from `here` to `there`."""
    old, new = urlsplit(here), urlsplit(there)
    if new.scheme not in ("http", "https"):
        raise errors.Unreachable(there, f'unsupported protocol scheme "{new.scheme}"', method.capitalize())
    if old.scheme == "https" and new.scheme == "http" and not loopback(new.netloc):
        raise errors.Unreachable(there, "redirect from https to http refused", method.capitalize())


def why(error: Exception, url: str) -> str:
    """What Go would say of `error`, met on the way to `url`."""
    from urllib3 import exceptions as known

    parts = urlsplit(url)
    host = parts.hostname or ""
    if isinstance(error, known.NameResolutionError):
        return f"dial tcp: lookup {host}: no such host"
    address = f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
    address = address.replace("localhost", "127.0.0.1")
    cause = _system(error)
    if isinstance(error, known.NewConnectionError):
        return f"dial tcp {address}: connect: {_strerror(cause) or 'connection failed'}"
    if isinstance(error, known.ConnectTimeoutError):
        return f"dial tcp {address}: i/o timeout"
    if isinstance(error, known.ReadTimeoutError):
        return "net/http: timeout awaiting response headers"
    if isinstance(error, known.SSLError):
        if "UNEXPECTED_EOF" in str(error):
            return "EOF"
        wrong = "WRONG_VERSION_NUMBER" in str(error) or "HTTP_REQUEST" in str(error)
        if wrong:
            return "http: server gave HTTP response to HTTPS client"
        return f"tls: failed to verify certificate: {error}"
    if any(isinstance(part, known.IncompleteRead) for part in (error, *error.args)):
        return "unexpected EOF"
    return _strerror(cause) or "EOF"


def _system(error: BaseException | None) -> OSError | None:
    """The system's own error behind one of the library's."""
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            return error
        inner = next((arg for arg in error.args if isinstance(arg, OSError) and arg.errno), None)
        if inner:
            return inner
        error = error.__cause__ or error.__context__
    return None


def _strerror(error: OSError | None) -> str:
    if error is None or error.errno is None:
        return ""
    if error.errno == errno.ECONNRESET:
        return "connection reset by peer"
    return (error.strerror or "").lower()
