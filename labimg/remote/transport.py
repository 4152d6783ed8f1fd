"""How a request gets to a registry: here by a call, elsewhere by a socket, or not at all."""

from typing import Protocol
from urllib.parse import urljoin, urlsplit

from labimg import errors
from labimg.registry.wire import Handler, Request, Response


class Transport(Protocol):
    """One method: send a request, give back the response.

    A body that can be iterated twice may be sent twice.
    """

    lanes: int  # how many requests may be under way at once

    def send(self, request: Request) -> Response:
        """The response to `request`, its body still to be read.

        Raises:
            Unreachable: nobody answers.
        """


class Here:
    """A transport to a registry in this very process: no socket, and one thing after the other."""

    lanes = 1

    def __init__(self, registry: Handler) -> None:
        self._registry = registry

    def send(self, request: Request) -> Response:
        """What the registry answers."""
        return self._registry.handle(request)


class Nowhere:
    """The transport of one who has no network."""

    lanes = 1

    def send(self, request: Request) -> Response:
        """Nothing.

        Raises:
            Unreachable: always.
        """
        raise errors.Unreachable(request.url, "no network is within reach here", request.method.capitalize())


def origin(domain: str) -> str:
    """Where the registry of `domain` is: by https, but on this machine by http.

    >>> origin("docker.io"), origin("127.0.0.1:5000"), origin("localhost")
    ('https://registry-1.docker.io', 'http://127.0.0.1:5000', 'http://localhost')
    """
    if domain == "docker.io":
        return "https://registry-1.docker.io"
    return f"{'http' if loopback(domain) else 'https'}://{domain}"


def follow(here: str, there: str) -> str:
    """Where a link or redirect at `here` leads.

    Raises:
        Unreachable: it is no URL at all.
    """
    try:
        url = urljoin(here, there)
        urlsplit(url).port  # noqa: B018 - it is worked out, and may not be a number
    except ValueError:
        raise errors.Unreachable(there, "invalid URL") from None
    return url


def loopback(domain: str) -> bool:
    """Is that this machine?"""
    host = domain.rpartition(":")[0] if domain.rpartition(":")[2].isdigit() else domain
    return host in ("localhost", "[::1]") or (host.startswith("127.") and host.replace(".", "").isdigit())
