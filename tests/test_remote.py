"""Pull, push and search against a registry in this process."""

import gzip
import io
import json
import sys
import threading
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as some
from wares import APP, LAYERS, LOGIN, ZERO, add, names, progress, refused, same, store, tar

from labimg import spec
from labimg.compression import blocks, deflate, fastest
from labimg.compression.lanes import PIECE, ahead
from labimg.digest import BlobID, DiffID, Digest, ManifestID
from labimg.errors import InvalidTar
from labimg.files import MemoryFiles
from labimg.reference import Reference
from labimg.registry import Registry, Request, Response
from labimg.registry.manifest import Descriptor, Platform
from labimg.remote import (
    Here,
    LayerProgress,
    PullDone,
    Pulled,
    PullingFrom,
    PushDone,
    PushingTo,
    Record,
    pull,
    push,
    search,
)
from labimg.remote.ledger import Ledger
from labimg.remote.platform import choose, parse
from labimg.remote.push import encode
from labimg.remote.transport import Transport


@pytest.fixture
def registry() -> Registry:
    return Registry(MemoryFiles())


@pytest.fixture
def here(registry: Registry) -> Here:
    return Here(registry)


@pytest.fixture
def told() -> list[Record]:
    return []


# the way there and back


def test_a_push_and_a_pull_tell_what_docker_tells(here: Here, told: list[Record]) -> None:
    ours, theirs = store(), store()
    image = add(ours, APP, *LAYERS)
    [digest] = push(ours, APP, here, report=told.append)
    short = [diff.short for diff in image.document.diff_ids[::-1]]
    assert told[0] == PushingTo("127.0.0.1:5057/team/app")
    assert progress(told) == [(id, "Preparing") for id in short] + [(id, "Pushed") for id in short]
    assert told[-1] == PushDone(
        "1", digest, len(here.send(Request("GET", "/v2/team/app/manifests/1")).read())
    )
    assert names(ours) == {"127.0.0.1:5057/team/app:1", f"127.0.0.1:5057/team/app@{digest}"}
    told.clear()
    assert pull(theirs, APP, here, report=told.append) == [image.id]
    blobs = [BlobID.of(b"".join(deflate([data]))).short for data in LAYERS]
    assert told[:1] == [PullingFrom("1", "team/app")]
    assert progress(told) == [
        *((id, "Pulling fs layer") for id in blobs),
        *((id, state) for id in blobs for state in ("Verifying Checksum", "Download complete")),
        *((id, "Pull complete") for id in blobs),
    ]
    assert told[-2:] == [Pulled(digest), PullDone("127.0.0.1:5057/team/app:1", newer=True)]
    assert names(theirs) == names(ours)
    assert same(image, ours, theirs)
    assert not [path for path in theirs.files.paths() if path.startswith("tmp")]


def test_what_is_there_is_not_sent_again(here: Here, told: list[Record]) -> None:
    ours = store()
    add(ours, APP, *LAYERS)
    push(ours, APP, here)
    push(ours, APP, here, report=told.append)
    assert {state for _, state in progress(told)} == {"Preparing", "Layer already exists"}


def test_a_layer_is_mounted_from_the_repository_that_has_it(here: Here, told: list[Record]) -> None:
    ours = store()
    image = add(ours, APP, *LAYERS)
    push(ours, APP, here)
    other = Reference.parse("127.0.0.1:5057/other/app:1")
    ours.tags.set(other, image.id)
    push(ours, other, here, report=told.append)
    mounted = [record for record in told if isinstance(record, LayerProgress) and record.source]
    assert {(record.state, record.source) for record in mounted} == {("Mounted from", "team/app")}
    assert len(mounted) == 3
    theirs = store()
    assert pull(theirs, other, here) == [image.id]
    assert same(image, ours, theirs)


def test_a_layer_told_of_by_a_stranger_is_sent_if_it_is_not_there(here: Here, told: list[Record]) -> None:
    ours = store()
    image = add(ours, APP, LAYERS[0])
    Ledger(ours.files).note(image.document.diff_ids[0], Digest.of(b"gone"), "127.0.0.1:5057/team/none")
    Ledger(ours.files).note(image.document.diff_ids[0], Digest.of(b"gone"), "127.0.0.1:5057/team/app")
    push(ours, APP, here, report=told.append)
    assert progress(told)[-1][1] == "Pushed"


def test_a_second_pull_finds_the_image_up_to_date(here: Here, told: list[Record]) -> None:
    ours = store()
    add(ours, APP, *LAYERS)
    [digest] = push(ours, APP, here)
    pull(ours, APP, here, report=told.append)
    assert told == [
        PullingFrom("1", "team/app"),
        Pulled(digest),
        PullDone("127.0.0.1:5057/team/app:1", newer=False),
    ]


def test_a_layer_that_is_here_is_not_fetched_again(here: Here, told: list[Record]) -> None:
    ours, theirs = store(), store()
    two = APP._replace(tag="2")
    add(ours, APP, *LAYERS[:1])
    add(ours, two, *LAYERS)
    push(ours, APP, here)
    push(ours, two, here)
    pull(theirs, APP, here)
    pull(theirs, two, here, report=told.append)
    assert [state for _, state in progress(told)] == [
        "Already exists",
        *["Pulling fs layer"] * 2,
        *["Verifying Checksum", "Download complete"] * 2,
        *["Pull complete"] * 2,
    ]


def test_a_pull_by_digest_gives_a_name_without_a_tag(here: Here) -> None:
    ours, theirs = store(), store()
    image = add(ours, APP, *LAYERS)
    [digest] = push(ours, APP, here)
    by_digest = APP.with_digest(digest)
    told: list[Record] = []
    assert pull(theirs, by_digest._replace(tag="ignored"), here, report=told.append) == [image.id]
    assert told[0] == PullingFrom(digest, "team/app")
    assert told[-1] == PullDone(by_digest.familiar, newer=True)
    assert names(theirs) == {by_digest.familiar}


def test_all_tags_go_and_come_together(here: Here, told: list[Record]) -> None:
    ours, theirs = store(), store()
    for tag, layer in zip(("1", "2", "3"), LAYERS, strict=True):
        add(ours, APP.with_tag(tag), layer)
    digests = push(ours, APP._replace(tag=""), here, every=True)
    assert len(set(digests)) == 3
    images = pull(theirs, APP._replace(tag=""), here, every=True, report=told.append)
    assert len(set(images)) == 3
    assert names(theirs) == names(ours)
    assert [record for record in told if isinstance(record, Pulled)] == [Pulled(digest) for digest in digests]
    assert told[-1] == PullDone("127.0.0.1:5057/team/app", newer=True)


def test_one_layer_twice_is_sent_once_and_stands_twice(here: Here, told: list[Record]) -> None:
    ours, theirs = store(), store()
    image = add(ours, APP, LAYERS[0], LAYERS[1], LAYERS[0])
    push(ours, APP, here, report=told.append)
    assert [state for _, state in progress(told)] == ["Preparing"] * 3 + ["Pushed"] * 2
    pull(theirs, APP, here)
    assert same(image, ours, theirs)


def test_an_image_without_layers_goes_and_comes(here: Here) -> None:
    ours, theirs = store(), store()
    image = add(ours, APP)
    push(ours, APP, here)
    assert pull(theirs, APP, here) == [image.id]


def test_more_than_docker_does_at_once_is_told_to_wait(here: Here, told: list[Record]) -> None:
    ours, theirs = store(), store()
    image = add(ours, APP, *(tar((f"/{number}", b"x")) for number in range(7)))
    push(ours, APP, here, report=told.append)
    assert [state for _, state in progress(told)].count("Waiting") == 2
    told.clear()
    pull(theirs, APP, here, report=told.append)
    assert [state for _, state in progress(told)].count("Waiting") == 4
    assert same(image, ours, theirs)


@given(layers=some.lists(some.binary(max_size=40), max_size=4))
def test_what_is_pushed_is_what_is_pulled(layers: list[bytes]) -> None:
    ours, theirs, here = store(), store(), Here(Registry(MemoryFiles()))
    image = add(ours, APP, *(tar(("/file", data)) for data in layers))
    [digest] = push(ours, APP, here)
    assert pull(theirs, APP, here) == [image.id]
    assert same(image, ours, theirs)
    assert push(theirs, APP, here) == [digest]


def test_the_manifest_is_dockers_to_the_byte() -> None:
    zero = Digest("sha256:" + "0" * 64)
    raw = encode(Descriptor(spec.CONFIG, zero, 7), [Descriptor(spec.LAYER_GZIP, zero, 9)])
    assert raw.decode() == (
        "{\n"
        '   "schemaVersion": 2,\n'
        '   "mediaType": "application/vnd.docker.distribution.manifest.v2+json",\n'
        '   "config": {\n'
        '      "mediaType": "application/vnd.docker.container.image.v1+json",\n'
        '      "size": 7,\n'
        f'      "digest": "{zero}"\n'
        "   },\n"
        '   "layers": [\n'
        "      {\n"
        '         "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",\n'
        '         "size": 9,\n'
        f'         "digest": "{zero}"\n'
        "      }\n"
        "   ]\n"
        "}"
    )


@given(some.lists(some.binary(max_size=200_000), max_size=3))
def test_gzip_is_the_same_however_it_is_cut(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    once = b"".join(deflate([whole]))
    assert gzip.decompress(once) == whole
    assert b"".join(deflate(whole[at : at + 1000] for at in range(0, len(whole), 1000))) == once


def test_the_fast_way_gives_other_bytes_that_mean_the_same() -> None:
    squeeze = fastest()
    assert gzip.decompress(b"".join(squeeze([LAYERS[0], LAYERS[1]]))) == LAYERS[0] + LAYERS[1]
    ours, theirs, here = store(), store(), Here(Registry(MemoryFiles()))
    image = add(ours, APP, *LAYERS)
    push(ours, APP, here, squeeze=squeeze)
    assert pull(theirs, APP, here) == [image.id]


class Wide(Here):
    """A registry of this process that is spoken to in several lanes."""

    lanes = 3


def test_a_layer_of_many_blocks_is_the_same_blob_in_any_lanes(told: list[Record]) -> None:
    digests, homes = set(), [sys.modules[each.__module__] for each in (blocks, push)]
    with patch.object(homes[0], "BLOCK", 700), patch.object(homes[1], "BLOCK", 700):
        for way in (Here, Wide):
            ours, theirs, registry = store(), store(), Registry(MemoryFiles())
            image = add(ours, APP, *LAYERS)
            digests |= {*push(ours, APP, way(registry), report=told.append)}
            assert pull(theirs, APP, way(registry)) == [image.id]
            assert same(image, ours, theirs)
    assert len(digests) == 1
    done = {record.done for record in told if isinstance(record, LayerProgress)}
    assert done == {0, *range(700, len(LAYERS[1]), 700)}


# refusals


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("127.0.0.1:5057/team/app:nope", "127.0.0.1:5057/team/app:nope"),
        ("127.0.0.1:5057/nope:1", "127.0.0.1:5057/nope:1"),
        ("127.0.0.1:5057/team/app", "127.0.0.1:5057/team/app:latest"),
        (f"127.0.0.1:5057/team/app@{ZERO}", f"127.0.0.1:5057/team/app@{ZERO}"),
    ],
)
def test_a_pull_of_what_is_not_there(here: Here, told: list[Record], name: str, sentence: str) -> None:
    ours = store()
    add(ours, APP, *LAYERS)
    push(ours, APP, here)
    assert refused(lambda: pull(store(), Reference.parse(name), here, report=told.append)) == (
        f"manifest for {sentence} not found: manifest unknown: manifest unknown",
        "daemon",
    )
    assert not told


@pytest.mark.parametrize(
    ("name", "every", "sentence", "side"),
    [
        ("127.0.0.1:5057/team/app:nope", False, "tag does not exist: 127.0.0.1:5057/team/app:nope", "stream"),
        (
            "127.0.0.1:5057/nope",
            False,
            "An image does not exist locally with the tag: 127.0.0.1:5057/nope",
            "stream",
        ),
        ("127.0.0.1:5057/only", True, "no tags to push for 127.0.0.1:5057/only", "stream"),
        (f"127.0.0.1:5057/team/app@{ZERO}", False, "cannot push a digest reference", "client"),
    ],
)
def test_a_push_of_what_is_not_here(here: Here, name: str, every: bool, sentence: str, side: str) -> None:
    ours = store()
    image = add(ours, APP, *LAYERS)
    ours.tags.set(Reference.parse(f"127.0.0.1:5057/only@{ZERO}"), image.id)
    assert refused(lambda: push(ours, Reference.parse(name), here, every=every)) == (sentence, side)


# platforms


ARMS = [
    ("linux", "arm", "v5"),
    ("linux", "arm", "v7"),
    ("linux", "arm64", "v8"),
    ("linux", "amd64", ""),
    ("windows", "amd64", ""),
]


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ("linux/amd64", 3), ("amd64", 3), ("x86_64", 3), ("linux", 3), ("linux/arm64", 2), ("arm64/v8", None),
        ("linux/arm64/v8", 2), ("aarch64", 2), ("linux/arm/v6", 0), ("linux/arm", 1), ("armhf", 1),
        ("linux/arm/v8", 1), ("windows/amd64", 4), ("linux/s390x", None), ("linux/arm64/v9", None),
    ],
)  # fmt: skip
def test_an_index_leads_to_the_image_for_the_machine(asked: str, got: int | None) -> None:
    listed = [Descriptor("", Digest.of(str(arm).encode()), 1, Platform(*arm)) for arm in ARMS]
    if got is None:
        assert refused(lambda: choose(listed, parse(asked)))[0].startswith("no matching manifest for ")
    else:
        assert choose(listed, parse(asked)) is listed[got]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a/b/c/d", "cannot parse platform specifier"),
        ("", "cannot parse platform specifier"),
        ("nonsense", "unknown operating system or architecture"),
    ],
)
def test_a_platform_that_is_none_is_refused(text: str, why: str) -> None:
    assert refused(lambda: parse(text)) == (f'"{text}": {why}: invalid argument', "daemon")


@pytest.mark.parametrize("media", [spec.OCI_INDEX, spec.MANIFEST_LIST])
def test_a_pull_through_an_index_names_the_index(registry: Registry, media: str) -> None:
    ours, theirs, here = store(), store(), Here(registry)
    images, listed = {}, []
    for machine, layer in (("amd64", LAYERS[0]), ("s390x", LAYERS[1])):
        name = APP.with_tag(machine)
        images[machine] = add(ours, name, layer)
        [digest] = push(ours, name, here)
        raw = registry.handle(Request("GET", f"/v2/team/app/manifests/{digest}")).read()
        platform = {"os": "linux", "architecture": machine}
        listed.append({"mediaType": spec.MANIFEST, "size": len(raw), "digest": digest, "platform": platform})
    index = json.dumps({"schemaVersion": 2, "mediaType": media, "manifests": listed}).encode()
    assert registry.handle(Request("PUT", "/v2/team/app/manifests/1", {}, index)).status == 201
    assert pull(theirs, APP, here) == [images["amd64"].id]
    assert pull(theirs, APP, here, platform=parse("s390x")) == [images["s390x"].id]
    assert theirs.tags.get(APP.with_digest(ManifestID.of(index))) == images["s390x"].id
    told: list[Record] = []
    assert refused(lambda: pull(theirs, APP, here, platform=parse("riscv64"), report=told.append)) == (
        "no matching manifest for linux/riscv64 in the manifest list entries",
        "stream",
    )


# search


def test_a_search_asks_the_index_and_sorts_by_stars() -> None:
    class Index:
        lanes = 1
        asked = ""

        def send(self, request: Request) -> Response:
            self.asked = request.url
            rows = [
                {"name": "me/web", "description": None, "star_count": 2, "is_official": False},
                {"name": "web", "description": "A server", "star_count": 9, "is_official": True},
                "nonsense",
            ]
            return Response(200, {}, json.dumps({"results": rows}).encode())

    index: Any = Index()
    found = search("library/web", index, limit=5)
    assert index.asked == "https://index.docker.io/v1/search?q=web&n=5"
    assert [(one.name, one.stars, one.official) for one in found] == [("web", 9, True), ("me/web", 2, False)]
    assert [one.name for one in search("web", index, filters={"stars": ["3"]})] == ["web"]
    assert [one.name for one in search("web", index, filters={"is-official": ["false"]})] == ["me/web"]
    search("127.0.0.1:5057/x", index)
    assert index.asked == "http://127.0.0.1:5057/v1/search?q=x&n=25"
    assert refused(lambda: search("x", index, limit=101))[0] == "limit 101 is outside the range of [1, 100]"


def test_a_registry_without_a_search_says_its_status(here: Here) -> None:
    transport: Transport = here
    assert refused(lambda: search("127.0.0.1:5057/x", transport))[0] == "Unexpected status code 404"


# the ledger


def test_the_ledger_keeps_the_latest_fifty_places() -> None:
    ledger = Ledger(MemoryFiles())
    layer = DiffID.of(b"layer")
    for number in range(60):
        ledger.note(layer, Digest.of(str(number % 55).encode()), "127.0.0.1:5057/app")
    places = ledger.places(layer)
    assert len(places) == 50
    assert places[0].blob == Digest.of(b"4")
    assert ledger.layer(Digest.of(b"4")) == layer
    assert ledger.trusted(places[0])
    assert not Ledger(MemoryFiles(), LOGIN).trusted(places[0])


@given(some.binary(max_size=3 * PIECE >> 8), some.integers(1, 5))
def test_what_is_read_ahead_is_the_same(data: bytes, size: int) -> None:
    whole = data * 256
    with ahead(io.BytesIO(whole), 2) as stream:
        assert b"".join(iter(lambda: stream.read(size << 18), b"")) == whole
        assert stream.read(1) == b""


def test_who_reads_ahead_hears_of_damage_and_may_stop_at_any_time() -> None:
    class Broken:
        def read(self, size: int = -1, /) -> bytes:
            raise InvalidTar("unexpected EOF")

    with pytest.raises(InvalidTar, match="unexpected EOF"), ahead(Broken(), 2) as stream:
        stream.read(1)
    running = threading.active_count()
    with ahead(io.BytesIO(bytes(20 * PIECE)), 2) as stream:
        assert len(stream.read(PIECE)) == PIECE
    assert threading.active_count() == running
