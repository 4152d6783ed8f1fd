"""A registry as one function: a request goes in, a response comes out, and the files hold the rest."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import labimg.registry.discover as discover
import labimg.registry.manage as manage
import labimg.registry.pull as pull
import labimg.registry.push as push
from labimg.files import Files
from labimg.registry.refusal import JSON, Refusal
from labimg.registry.shelf import LIMITS, Limits, Repository, Shelf, counting, named
from labimg.registry.wire import Headers, Request, Response

Endpoint = Callable[[Repository, str, Request], Response]

# What follows "/v2/<name>", and who answers.  HEAD is asked as GET is.
_ROUTES: tuple[tuple[str, re.Pattern[str], Mapping[str, Endpoint]], ...] = (
    (
        "manifests",
        re.compile(r"/v2/(.+)/manifests/([^/]+)"),
        {"GET": pull.manifest, "PUT": push.manifest, "DELETE": manage.manifest},
    ),
    ("uploads", re.compile(r"/v2/(.+)/blobs/uploads(/?)"), {"POST": push.begin}),
    (
        "uploads",
        re.compile(r"/v2/(.+)/blobs/uploads/([^/]+)"),
        {"GET": push.ask, "PATCH": push.append, "PUT": push.finish, "DELETE": manage.upload},
    ),
    ("blobs", re.compile(r"/v2/(.+)/blobs/([^/]+)"), {"GET": pull.blob, "DELETE": manage.blob}),
    ("tags", re.compile(r"/v2/(.+)/tags/(list)"), {"GET": discover.tags}),
    ("referrers", re.compile(r"/v2/(.+)/referrers/([^/]+)"), {"GET": discover.referrers}),
)


class Route(NamedTuple):
    """What a path is about."""

    kind: str  # "manifests", "uploads", "blobs", "tags" or "referrers"
    name: str  # of the repository
    rest: str  # a tag, a digest, an upload's ID
    endpoints: Mapping[str, Endpoint]


def route(path: str) -> Route | None:
    """What `path` is about.  A guard asks this too: two readings of one path would be a way around it."""
    for kind, pattern, endpoints in _ROUTES:
        if match := pattern.fullmatch(path):
            return Route(kind, match[1], match[2], endpoints)
    return None


class Registry:
    """What the distribution specification describes, over a store of files.

    The law: what was pushed and not deleted is what one pulls, to the byte, by tag
    and by digest; and no request touches a file outside the registry's own folder.
    """

    def __init__(
        self,
        files: Files,
        *,
        limits: Limits = LIMITS,
        chance: Callable[[int], bytes] | None = None,
        clock: Callable[[], int] = lambda: 0,
    ) -> None:
        self.shelf = Shelf(files, limits, chance or counting(), clock)

    def handle(self, request: Request) -> Response:
        """The answer to `request`; a refusal too is an answer."""
        try:
            response = self._answer(request)
        except Refusal as refusal:
            response = refusal.response
        headers = Headers({"Docker-Distribution-Api-Version": "registry/2.0", **response.headers})
        return replace(response, headers=headers, body=b"" if request.method == "HEAD" else response.body)

    def _answer(self, request: Request) -> Response:
        path = request.path
        if path in ("/v2", "/v2/"):
            _allowed(request, {"GET"})
            return Response(200, {"Content-Type": JSON, "Content-Length": "2"}, b"{}")
        if path == "/v2/_catalog":
            _allowed(request, {"GET"})
            return discover.catalog(self.shelf, request)
        if found := route(path):
            if not named(found.name):
                raise Refusal("NAME_INVALID", {"name": found.name})
            endpoint = found.endpoints[_allowed(request, set(found.endpoints))]
            return endpoint(self.shelf.repository(found.name), found.rest, request)
        body = b"404 page not found\n"
        return Response(404, {"Content-Type": "text/plain", "Content-Length": str(len(body))}, body)


def _allowed(request: Request, methods: set[str]) -> str:
    """The method to answer, of those there are.

    Raises:
        Refusal: this one is not among them.
    """
    method = "GET" if request.method == "HEAD" else request.method
    if method not in methods:
        allow = sorted(methods | ({"HEAD"} if "GET" in methods else set()))
        raise Refusal("UNSUPPORTED", headers={"Allow": ", ".join(allow)})
    return method
