"""A registry on a socket: the requests of WSGI as ours, our responses as WSGI's."""

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import quote

import waitress
from waitress.channel import HTTPChannel

from labimg.files import Files
from labimg.registry import Basic, Handler, Registry, Request, Response
from labimg.registry.wire import CHUNK

StartResponse = Callable[[str, list[tuple[str, str]]], object]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
LOOPBACK = "127.0.0.1"
HANDSHAKE = b"\x16\x03"  # how TLS begins


def registry(files: Files, passwords: Mapping[str, str] | None = None) -> Handler:
    """A registry upon `files` for others to reach; with `passwords`, only for those who know one."""
    found = Registry(files, chance=os.urandom, clock=time.time_ns)
    return Basic(found, passwords) if passwords else found


def application(handler: Handler) -> Application:
    """`handler` as a WSGI application."""

    def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        response = handler.handle(_request(environ))
        phrase = HTTPStatus(response.status).phrase
        start_response(f"{response.status} {phrase}", list(response.headers.items()))
        return _body(response)

    return answer


def _request(environ: dict[str, Any]) -> Request:
    path = quote(environ["PATH_INFO"].encode("latin-1"))
    query = environ.get("QUERY_STRING", "")
    headers = {
        name[5:].replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").title()] = environ[name]
    url = f"{environ['wsgi.url_scheme']}://{headers.get('Host', LOOPBACK)}{path}{'?' if query else ''}{query}"
    return Request(environ["REQUEST_METHOD"], url, headers, _pieces(environ["wsgi.input"]))


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _body(response: Response) -> Iterable[bytes]:
    return [response.body] if isinstance(response.body, bytes) else response.body


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that hangs up at once on a client that tries TLS first, as Docker and skopeo do.

    They then try again without; but such a greeting is no request, and never ends one.
    """

    def received(self, data: bytes) -> bool:
        """Take in what came."""
        if data.startswith(HANDSHAKE) and self.request is None and not self.requests:
            self.handle_close()
            return False
        return bool(super().received(data))


class Server:
    """A registry on a socket, listening: only this machine reaches it unless another `host` is said.

    A request may have `most` bytes; port 0 is any that is free.
    """

    def __init__(
        self, handler: Handler, *, host: str = LOOPBACK, port: int = 5000, most: int = 10 << 30
    ) -> None:
        try:
            self._socket = socket.create_server((host, port), family=_family(host))
        except OSError as failure:
            why = str(failure.strerror).partition(" (while")[0]
            raise OSError(failure.errno, why, f"listen tcp {host}:{port}") from None
        self._server = waitress.create_server(
            application(handler),
            sockets=[self._socket],
            threads=8,
            ident="labimg",
            max_request_body_size=most,
            clear_untrusted_proxy_headers=True,
        )
        self._server.channel_class = Channel
        self.domain = f"{host}:{self._server.effective_port}"

    def run(self) -> None:
        """Serve until interrupted, or stopped from another thread."""
        self._server.run()
        self._server.task_dispatcher.shutdown()

    def stop(self) -> None:
        """Let `run` come back."""
        self._server.trigger.pull_trigger(self._end)

    def _end(self) -> None:
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()
