"""The lab's own docker.io: the seeds as a registry, with a search, and a shelf for what users push.

A repository of the seeds is made when it is first asked for, once for the process.  Anybody
may pull; to push one must be logged in, and then to one's own names: `ada/...`.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from threading import Lock
from typing import Any

from labimg import spec, tarstream
from labimg.compression import deflate
from labimg.digest import BlobID, DiffID, ManifestID
from labimg.files import Files, MemoryFiles
from labimg.go import gojson
from labimg.registry import Registry, Request, Response
from labimg.registry.manifest import Descriptor
from labimg.registry.refusal import Refusal, document
from labimg.registry.service import route
from labimg.registry.shelf import Repository
from labimg.remote.push import encode
from labimg.seeds import SeedImage, SeedRepository, catalogue

_CHALLENGE = {"WWW-Authenticate": 'Basic realm="docker.io",error="insufficient_scope"'}


def hub(files: Files | None = None) -> "Hub":
    """A Hub that keeps what is pushed to it in `files`; the seeds are shared by all of one process."""
    return Hub(files or MemoryFiles(), _seeds())


@cache
def _seeds() -> "Garden":
    return Garden(catalogue())


class Garden:
    """The seeds, each grown into a repository when it is asked for."""

    def __init__(self, seeds: Mapping[str, SeedRepository]) -> None:
        self.seeds = {name if "/" in name else f"library/{name}": seed for name, seed in seeds.items()}
        self.registry = Registry(MemoryFiles())
        self._grown: dict[tuple[str, Callable[[], SeedImage]], ManifestID] = {}
        self._growing = Lock()

    def grow(self, name: str, kind: str, asked: str) -> None:
        """Make what a request for a part of a repository needs, if it is not made yet."""
        tags, here = self.seeds[name].tags, self.registry.shelf.repository(name)
        with self._growing:
            if kind == "manifests" and ":" not in asked:
                wanted = [asked] if asked in tags else []
            elif kind == "tags" or not _holds(here, asked):
                wanted = list(tags)
            else:
                return
            for tag in wanted:
                plant = (name, tags[tag])
                if plant not in self._grown:
                    self._grown[plant] = _pushed(here, tags[tag]())
                if here.tagged(tag) is None:
                    here.tag(tag, self._grown[plant])


def _holds(repository: Repository, digest: str) -> bool:
    with suppress(ValueError):
        named = BlobID.parse(digest)
        return repository.has(named) or repository.holds(named)
    return True


def _pushed(repository: Repository, image: SeedImage) -> ManifestID:
    """Keep an image as a push would have it; give its manifest."""
    tars = [tarstream.packed(layer) for layer in image.layers]
    rootfs = {"type": "layers", "diff_ids": [DiffID.of(tar) for tar in tars]}
    config = _kept(repository, gojson.encode({**image.config, "rootfs": rootfs}), spec.CONFIG)
    layers = [_kept(repository, b"".join(deflate([tar])), spec.LAYER_GZIP) for tar in tars]
    raw = encode(config, layers)
    repository.keep(ManifestID.of(raw), raw)
    return ManifestID.of(raw)


def _kept(repository: Repository, data: bytes, media: str) -> Descriptor:
    blob = BlobID.of(data)
    repository.shelf.put(blob, data)
    repository.link(blob)
    return Descriptor(media, blob, len(data))


class Hub:
    """docker.io as a handler of requests."""

    def __init__(self, files: Files, garden: Garden) -> None:
        self._garden = garden
        self._users = Registry(files)

    def handle(self, request: Request) -> Response:
        """The answer to `request`."""
        if request.path == "/v1/search":
            return self._search(request.query)
        found = route(request.path)
        if found is None:
            return self._users.handle(request)
        name = found.name
        if name in self._garden.seeds and request.method in ("GET", "HEAD"):
            self._garden.grow(name, found.kind, found.rest)
            return self._garden.registry.handle(request)
        if not self._may(name, request):
            if "Authorization" in request.headers:
                return Refusal("DENIED").response
            return Refusal("DENIED", status=401, headers=_CHALLENGE).response
        self._graft(name, request)
        return self._users.handle(request)

    def _may(self, name: str, request: Request) -> bool:
        """Does the repository exist, to pull from it, or is it the user's own?"""
        if request.method in ("GET", "HEAD") and self._users.shelf.repository(name).exists:
            return True
        user = _user(request)
        return bool(user) and name.startswith(f"{user}/")

    def _graft(self, name: str, request: Request) -> None:
        """Let a blob of the seeds be mounted as if users' repositories lay beside them."""
        source, digest = request.query.get("from", ""), request.query.get("mount", "")
        if request.method == "POST" and source in self._garden.seeds:
            with suppress(ValueError):
                blob = BlobID.parse(digest)
                if self._garden.registry.shelf.repository(source).has(blob):
                    users = self._users.shelf
                    users.put(blob, self._garden.registry.shelf.read(blob))
                    users.repository(source).link(blob)

    def _search(self, asked: Mapping[str, str]) -> Response:
        """The repositories in whose name or description all words are, those of users too."""
        words = asked.get("q", "").lower().split()
        seeds = ((name.removeprefix("library/"), seed) for name, seed in self._garden.seeds.items())
        rows = [_row(name, seed.description, seed.stars, official=seed.official) for name, seed in seeds]
        rows += [_row(name) for name in sorted(self._users.shelf.names())]
        rows = [
            row
            for row in rows
            if all(word in f"{row['name']} {row['description']}".lower() for word in words)
        ]
        rows.sort(key=lambda row: (row["name"] not in words, -int(row["star_count"])))
        most = int(asked["n"]) if asked.get("n", "").isdecimal() else 25
        return document(200, {"num_results": len(rows), "query": asked.get("q", ""), "results": rows[:most]})


def _row(name: str, description: str = "", stars: int = 0, *, official: bool = False) -> dict[str, Any]:
    """What a search tells of one repository; of a user's, which nobody has starred, the name."""
    return {"name": name, "description": description, "star_count": stars, "is_official": official}


def _user(request: Request) -> str:
    """The user a request names; the lab's Hub takes any password."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        with suppress(ValueError):
            return b64decode(encoded, validate=True).decode().partition(":")[0]
    return ""
