"""Registries that lie, break off, or are busy: nothing here changes but what is proved."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from wares import APP, LAYERS, add, progress, refused, same, store, tar

from labimg.compression import deflate
from labimg.digest import ManifestID
from labimg.errors import DockerError, Unreachable
from labimg.files import MemoryFiles
from labimg.registry import Bearer, Handler, Registry, Request, Response
from labimg.remote import (
    Here,
    Record,
    pull,
    push,
)


@pytest.fixture
def registry() -> Registry:
    return Registry(MemoryFiles())


@pytest.fixture
def here(registry: Registry) -> Here:
    return Here(registry)


@pytest.fixture
def told() -> list[Record]:
    return []


# hostile and broken registries


class Odd:
    """A registry whose answers are bent on their way."""

    lanes = 1

    def __init__(self, inner: Handler, bend: Callable[[Request, Response], Response]) -> None:
        self._inner, self._bend = inner, bend
        self.asked: list[str] = []

    def send(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.url.removeprefix('http://127.0.0.1:5057')}")
        return self._bend(request, self._inner.handle(request))


def blobs(change: Callable[[bytes], Any]) -> Callable[[Request, Response], Response]:
    """Bend the bytes of every layer."""

    def bend(request: Request, response: Response) -> Response:
        if request.method != "GET" or "/blobs/" not in request.url or response.status >= 300:
            return response
        data = response.read()
        if data.startswith(b"{"):
            return replace(response, body=data)
        return replace(response, body=change(data))

    return bend


def manifests(change: Callable[[bytes], bytes]) -> Callable[[Request, Response], Response]:
    """Bend every manifest, and what is said of it."""

    def bend(request: Request, response: Response) -> Response:
        if request.method != "GET" or "/manifests/" not in request.url:
            return response
        data = change(response.read())
        return Response(200, {**response.headers, "Docker-Content-Digest": ManifestID.of(data)}, data)

    return bend


def endless(data: bytes) -> Iterator[bytes]:
    while True:
        yield data


def edited(**more: Any) -> Callable[[bytes], bytes]:
    return lambda raw: json.dumps({**json.loads(raw), **more}).encode()


LIES = {
    "flipped": blobs(lambda data: data[:-1] + bytes([data[-1] ^ 1])),
    "endless": blobs(endless),
    "short": blobs(lambda data: data[:-1]),
    "empty": blobs(lambda data: b""),
    "other layer": blobs(lambda data: b"".join(deflate([b"other"]))),
    "no manifest": manifests(lambda raw: b"[" * 9_000),
    "long manifest": manifests(lambda raw: b" " * (5 << 20)),
    "layers left out": manifests(edited(layers=[])),
    "a chart": manifests(
        lambda raw: edited(config={**json.loads(raw)["config"], "mediaType": "application/vnd.x+json"})(raw)
    ),
    "wrong size": manifests(lambda raw: edited(config={**json.loads(raw)["config"], "size": 1})(raw)),
    "negative size": manifests(lambda raw: edited(config={**json.loads(raw)["config"], "size": -1})(raw)),
    "server error": lambda request, response: Response(500) if "/blobs/" in request.url else response,
    "teapot": lambda request, response: (
        Response(418, body=b"<html>") if "/blobs/" in request.url else response
    ),
}


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("lie", LIES)
def test_a_registry_that_lies_changes_nothing_here(registry: Registry, lie: str, lanes: int) -> None:
    ours, theirs = store(), store()
    add(ours, APP, *LAYERS)
    push(ours, APP, Here(registry))
    odd = Odd(registry, LIES[lie])
    odd.lanes = lanes
    with pytest.raises(DockerError):
        pull(theirs, APP, odd)
    assert not theirs.tags.all()
    assert not list(theirs.images.all())
    assert not [path for path in theirs.files.paths() if path.startswith("tmp")]


def test_a_manifest_that_is_not_what_its_digest_says_is_refused(registry: Registry) -> None:
    ours = store()
    add(ours, APP, *LAYERS)
    [digest] = push(ours, APP, Here(registry))
    odd = Odd(registry, manifests(edited(layers=[])))
    assert refused(lambda: pull(store(), APP.with_digest(digest), odd))[0].startswith(
        "manifest verification failed"
    )


def test_a_download_is_taken_up_where_it_broke_off(registry: Registry) -> None:
    ours, theirs, pauses = store(), store(), list[float]()
    image = add(ours, APP, tar(("/big", bytes(range(256)) * 4000)))
    push(ours, APP, Here(registry))

    def bend(request: Request, response: Response) -> Response:
        if (
            request.method != "GET"
            or "/blobs/" not in request.url
            or request.headers.get("Range") == "bytes=1200-"
        ):
            return response

        def broken() -> Iterator[bytes]:
            data = response.read()
            yield data[:600]
            raise Unreachable(request.url, "unexpected EOF")

        return replace(response, body=broken()) if int(response.headers["Content-Length"]) > 600 else response

    odd = Odd(registry, bend)
    assert pull(theirs, APP, odd, pause=pauses.append) == [image.id]
    assert same(image, ours, theirs)
    assert pauses == [1, 2]


def test_a_registry_that_knows_no_ranges_is_read_from_the_start(registry: Registry) -> None:
    ours, theirs = store(), store()
    image = add(ours, APP, *LAYERS)
    push(ours, APP, Here(registry))
    broke: set[str] = set()

    class Deaf:
        def handle(self, request: Request) -> Response:
            plain = {name: value for name, value in request.headers.items() if name != "Range"}
            return registry.handle(replace(request, headers=plain))

    def half(request: Request, response: Response) -> Response:
        if request.method != "GET" or "/blobs/" not in request.url or request.url in broke:
            return response
        broke.add(request.url)
        return replace(response, body=response.read()[:50])

    assert pull(theirs, APP, Odd(Deaf(), half)) == [image.id]
    assert same(image, ours, theirs)
    assert len(broke) == 4


def test_a_busy_registry_is_asked_again(registry: Registry) -> None:
    ours, theirs, pauses = store(), store(), list[float]()
    image = add(ours, APP, LAYERS[0])
    push(ours, APP, Here(registry))
    busy = iter([429, 503])

    def bend(request: Request, response: Response) -> Response:
        return (
            Response(next(busy, response.status), response.headers, response.body)
            if "/manifests/" in request.url
            else response
        )

    assert pull(theirs, APP, Odd(registry, bend), pause=pauses.append) == [image.id]
    assert pauses == [1, 2]


def test_an_upload_that_breaks_off_is_sent_again(registry: Registry) -> None:
    ours, theirs = store(), store()
    image = add(ours, APP, LAYERS[0])
    breaks = iter([True])

    class Shaky(Here):
        def send(self, request: Request) -> Response:
            if request.method == "PATCH" and next(breaks, False):
                raise Unreachable(request.url, "connection reset by peer", "Patch")
            return super().send(request)

    told: list[Record] = []
    push(ours, APP, Shaky(registry), report=told.append)
    assert [state for _, state in progress(told)] == ["Preparing", "Retrying", "Pushed"]
    assert pull(theirs, APP, Here(registry)) == [image.id]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"7", b'{"tags":7}', b'{"tags":["../up"]}', b'{"tags":[["1"]]}', b"[" * 9_000],
)
def test_a_list_of_tags_that_is_none_is_refused(registry: Registry, body: bytes) -> None:
    odd = Odd(registry, lambda request, response: Response(200, {}, body))
    with pytest.raises(DockerError):
        pull(store(), APP._replace(tag=""), odd, every=True)


def test_a_list_of_tags_without_end_is_not_followed_elsewhere(registry: Registry) -> None:
    link = {"Link": '<http://elsewhere.invalid/v2/>; rel="next"'}
    odd = Odd(registry, lambda request, response: Response(200, link, b'{"tags":null}'))
    assert pull(store(), APP._replace(tag=""), odd, every=True) == []
    assert len(odd.asked) == 2


@pytest.mark.parametrize("place", ["http://[bad", "http://127.0.0.1:port/", "//["])
def test_a_place_that_is_no_url_is_refused(registry: Registry, place: str) -> None:
    ours = store()
    add(ours, APP, LAYERS[0])

    def bend(request: Request, response: Response) -> Response:
        bad = {**response.headers, "Location": place}
        return replace(response, headers=bad) if request.method == "POST" else response

    assert "invalid URL" in refused(lambda: push(ours, APP, Odd(registry, bend)))[0]


def test_a_token_in_an_answer_may_not_bring_headers_of_its_own(registry: Registry) -> None:
    def bend(request: Request, response: Response) -> Response:
        if "/token" in request.url:
            return Response(200, {}, b'{"token":"x\\r\\nX-Evil: 1"}')
        return response

    odd = Odd(Bearer(registry, {}, key=b"k", clock=lambda: 0), bend)
    assert "did not include a token" in refused(lambda: pull(store(), APP, odd))[0]
