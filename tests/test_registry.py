"""The four workflows of the specification, and the law that what is pushed is what is pulled."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import CONFIG, LAYER, ZERO, ask, descriptor, errors, image, push_blob, push_image
from hypothesis import given
from hypothesis import strategies as some

from labimg import spec
from labimg.digest import BlobID, ManifestID
from labimg.files import DiskFiles, Files, MemoryFiles
from labimg.registry import Limits, Registry, Response


@pytest.fixture(params=["memory", "disk"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return MemoryFiles() if request.param == "memory" else DiskFiles(tmp_path)


@pytest.fixture
def registry(files: Files) -> Registry:
    return Registry(files, limits=Limits(blob=1 << 20, manifest=1 << 16))


@pytest.fixture
def filled(registry: Registry) -> Registry:
    push_image(registry, "team/app", "1", LAYER)
    return registry


def test_the_root_says_that_the_api_is_here(registry: Registry) -> None:
    response = ask(registry, "GET", "/v2/")
    assert (response.status, response.read()) == (200, b"{}")
    head = ask(registry, "HEAD", "/v2/")
    assert (head.status, head.read(), head.headers["content-length"]) == (200, b"", "2")


# pull


@pytest.mark.parametrize("reference", ["1", "digest"])
def test_a_manifest_comes_by_tag_and_by_digest(registry: Registry, reference: str) -> None:
    raw = push_image(registry, "team/app", "1", LAYER)
    digest = ManifestID.of(raw)
    url = f"/v2/team/app/manifests/{digest if reference == 'digest' else '1'}"
    got, head = ask(registry, "GET", url), ask(registry, "HEAD", url)
    assert (got.status, got.read()) == (200, raw)
    assert (head.status, head.read()) == (200, b"")
    for response in (got, head):
        assert response.headers["Docker-Content-Digest"] == digest
        assert response.headers["Content-Type"] == spec.OCI_MANIFEST
        assert response.headers["Content-Length"] == str(len(raw))
    known = ask(registry, "GET", url, headers={"If-None-Match": f'"{digest}"'})
    assert (known.status, known.read()) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "status", "part", "place"),
    [
        ("bytes=0-3", 206, LAYER[:4], "bytes 0-3/16"),
        ("bytes=4-", 206, LAYER[4:], "bytes 4-15/16"),
        ("bytes=-3", 206, LAYER[-3:], "bytes 13-15/16"),
        ("bytes=-99", 206, LAYER, "bytes 0-15/16"),
        ("bytes=10-99", 206, LAYER[10:], "bytes 10-15/16"),
        ("bytes=0-1,4-5", 200, LAYER, None),
        ("bytes=-", 200, LAYER, None),
        ("letters=1-2", 200, LAYER, None),
    ],
)
def test_a_blob_comes_whole_or_in_part(
    filled: Registry, asked: str, status: int, part: bytes, place: str | None
) -> None:
    url = f"/v2/team/app/blobs/{BlobID.of(LAYER)}"
    response = ask(filled, "GET", url, headers={"Range": asked})
    assert (response.status, response.read(), response.headers.get("Content-Range")) == (status, part, place)
    assert response.headers["Content-Length"] == str(len(part))
    head = ask(filled, "HEAD", url, headers={"Range": asked})
    assert (head.status, head.headers["Content-Length"], head.read()) == (200, "16", b"")


def test_an_old_client_gets_the_image_for_amd64_out_of_a_list(registry: Registry) -> None:
    raw = push_image(registry, "a", "1", LAYER, media=spec.MANIFEST)
    platforms = [{"os": "linux", "architecture": "amd64"}]
    listed = [descriptor(raw, spec.MANIFEST, platform=platform) for platform in platforms]
    index = json.dumps({"schemaVersion": 2, "mediaType": spec.MANIFEST_LIST, "manifests": listed}).encode()
    assert ask(registry, "PUT", "/v2/a/manifests/all", index).status == 201
    assert ask(registry, "GET", "/v2/a/manifests/all").read() == index
    old = ask(registry, "GET", "/v2/a/manifests/all", headers={"Accept": f"{spec.MANIFEST};q=0.5, text/html"})
    assert (old.read(), old.headers["Content-Type"]) == (raw, spec.MANIFEST)
    foreign = ask(registry, "GET", "/v2/a/manifests/all", headers={"Accept": spec.OCI_MANIFEST})
    assert errors(foreign) == ["MANIFEST_UNKNOWN"]


# push


def begin(registry: Registry, name: str = "team/app") -> str:
    response = ask(registry, "POST", f"/v2/{name}/blobs/uploads/")
    assert (response.status, response.headers["Range"]) == (202, "0-0")
    assert response.headers["Docker-Upload-UUID"] in response.headers["Location"]
    return response.headers["Location"]


def test_a_blob_may_come_in_a_post_and_a_put(registry: Registry) -> None:
    response = ask(registry, "PUT", f"{begin(registry)}?digest={BlobID.of(LAYER)}", LAYER)
    assert (response.status, response.headers["Docker-Content-Digest"]) == (201, BlobID.of(LAYER))
    assert ask(registry, "GET", response.headers["Location"]).read() == LAYER
    assert not [path for path in registry.shelf.files.paths() if "_uploads" in path]


def test_a_blob_may_come_in_pieces(registry: Registry) -> None:
    place = begin(registry)
    for start, piece in ((0, b"not "), (4, b"really"), (10, b" a ")):
        headers = {"Content-Range": f"{start}-{start + len(piece) - 1}", "Content-Length": str(len(piece))}
        response = ask(registry, "PATCH", place, piece, headers=headers)
        assert (response.status, response.headers["Range"]) == (202, f"0-{start + len(piece) - 1}")
        place = response.headers["Location"]
    asked = ask(registry, "GET", place)
    assert (asked.status, asked.headers["Range"]) == (204, "0-12")
    response = ask(
        registry, "PUT", f"{place}?digest={BlobID.of(LAYER)}", b"tar", headers={"Content-Range": "13-15"}
    )
    assert response.status == 201
    assert ask(registry, "GET", response.headers["Location"]).read() == LAYER


@pytest.mark.parametrize("said", ["1-3", "3-4", "five", "0-", "-3"])
def test_a_piece_out_of_place_is_refused_and_the_session_goes_on(registry: Registry, said: str) -> None:
    place = begin(registry)
    assert ask(registry, "PATCH", place, b"no", headers={"Content-Range": "0-1"}).status == 202
    wrong = ask(registry, "PATCH", place, b"xy", headers={"Content-Range": said})
    assert (wrong.status, wrong.headers["Range"], wrong.headers["Location"]) == (416, "0-1", place)
    assert ask(registry, "PATCH", place, LAYER[2:]).status == 202
    assert ask(registry, "PUT", f"{place}?digest={BlobID.of(LAYER)}").status == 201


def test_a_body_that_breaks_off_leaves_nothing(registry: Registry) -> None:
    place = begin(registry)

    def broken() -> Iterator[bytes]:
        yield b"not "
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        ask(registry, "PATCH", place, broken())
    assert ask(registry, "GET", place).headers["Range"] == "0-0"


def test_a_wrong_digest_ends_the_session(registry: Registry) -> None:
    place = begin(registry)
    assert errors(ask(registry, "PUT", f"{place}?digest={ZERO}", LAYER)) == ["DIGEST_INVALID"]
    assert errors(ask(registry, "GET", place)) == ["BLOB_UPLOAD_UNKNOWN"]
    assert not list(registry.shelf.files.paths())


def test_a_session_can_be_ended(registry: Registry) -> None:
    place = begin(registry)
    assert ask(registry, "PATCH", place, b"x").status == 202
    assert ask(registry, "DELETE", place).status == 204
    assert ask(registry, "DELETE", place).status == 404
    assert not list(registry.shelf.files.paths())


def test_the_empty_blob_can_be_pushed(registry: Registry) -> None:
    digest = push_blob(registry, "a", b"")
    response = ask(registry, "GET", f"/v2/a/blobs/{digest}")
    assert (response.status, response.read()) == (200, b"")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("mount={layer}&from=team/app", 201),
        ("mount={layer}&from=team/none", 202),
        ("mount={layer}&from=../team/app", 202),
        (f"mount={ZERO}&from=team/app", 202),
        ("mount={layer}", 202),
        ("mount=sha256:abc&from=team/app", 400),
    ],
)
def test_a_blob_is_mounted_from_another_repository_or_a_session_begins(
    filled: Registry, query: str, status: int
) -> None:
    query = query.replace("{layer}", BlobID.of(LAYER))
    response = ask(filled, "POST", f"/v2/other/blobs/uploads/?{query}")
    assert response.status == status
    there = ask(filled, "HEAD", f"/v2/other/blobs/{BlobID.of(LAYER)}").status
    assert there == (200 if status == 201 else 404)


def test_a_manifest_with_a_subject_says_so(registry: Registry) -> None:
    raw = push_image(registry, "a", "1", LAYER)
    subject = descriptor(raw, spec.OCI_MANIFEST)
    response = ask(registry, "PUT", "/v2/a/manifests/sig", image(LAYER, subject=subject))
    assert (response.status, response.headers["OCI-Subject"]) == (201, ManifestID.of(raw))
    assert "OCI-Subject" not in ask(registry, "PUT", "/v2/a/manifests/2", raw).headers


def test_a_manifest_without_media_type_is_what_its_shape_says(registry: Registry) -> None:
    push_image(registry, "a", "1", LAYER)
    bare = json.loads(image(LAYER))
    del bare["mediaType"]
    raw = json.dumps(bare).encode()
    assert ask(registry, "PUT", "/v2/a/manifests/2", raw).status == 201
    assert ask(registry, "GET", "/v2/a/manifests/2").headers["Content-Type"] == spec.OCI_MANIFEST
    assert (
        ask(registry, "PUT", "/v2/a/manifests/3", raw, headers={"Content-Type": spec.MANIFEST}).status == 400
    )


def test_a_layer_that_is_fetched_elsewhere_need_not_be_here(registry: Registry) -> None:
    push_blob(registry, "a", CONFIG)
    raw = image(layers=[descriptor(b"elsewhere", urls=["https://example.org/layer"])])
    assert ask(registry, "PUT", "/v2/a/manifests/1", raw).status == 201


# discover


@pytest.mark.parametrize(
    ("query", "tags", "following"),
    [
        ("", ["1", "A", "a", "b"], None),
        ("?n=2", ["1", "A"], "/v2/a/tags/list?last=A&n=2"),
        ("?n=2&last=A", ["a", "b"], None),
        ("?n=1&last=A", ["a"], "/v2/a/tags/list?last=a&n=1"),
        ("?last=a", ["b"], None),
        ("?last=B", ["a", "b"], None),
        ("?n=4", ["1", "A", "a", "b"], None),
        ("?n=0", [], None),
        ("?n=9&last=b", [], None),
    ],
)
def test_tags_are_listed_by_pages(files: Files, query: str, tags: list[str], following: str | None) -> None:
    registry = Registry(files)
    for tag in ("b", "a", "A", "1"):
        push_image(registry, "a", tag, LAYER)
    response = ask(registry, "GET", f"/v2/a/tags/list{query}")
    assert json.loads(response.read()) == {"name": "a", "tags": tags}
    assert response.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)


def test_the_catalog_names_every_repository(registry: Registry) -> None:
    names = ["a", "a/b", "a/b/c", "b-1"]
    for name in reversed(names):
        push_image(registry, name, "1", LAYER)
    push_blob(registry, "blobs/only", LAYER)
    assert json.loads(ask(registry, "GET", "/v2/_catalog").read()) == {"repositories": names}
    page = ask(registry, "GET", "/v2/_catalog?n=2&last=a")
    assert json.loads(page.read()) == {"repositories": ["a/b", "a/b/c"]}
    assert page.headers["Link"] == '</v2/_catalog?last=a%2Fb%2Fc&n=2>; rel="next"'


def listed(response: Response) -> list[tuple[str, str | None]]:
    index = json.loads(response.read())
    assert (index["schemaVersion"], index["mediaType"]) == (2, spec.OCI_INDEX)
    return [(entry["digest"], entry.get("artifactType")) for entry in index["manifests"]]


def test_referrers_are_found_by_their_subject_and_type(registry: Registry) -> None:
    raw = push_image(registry, "a", "1", LAYER)
    url = f"/v2/a/referrers/{ManifestID.of(raw)}"
    assert listed(ask(registry, "GET", url)) == []
    subject = descriptor(raw, spec.OCI_MANIFEST)
    signed = image(subject=subject, artifactType="text/signature", annotations={"by": "me"})
    plain = image(LAYER, subject=subject)
    for one in (signed, plain):
        assert ask(registry, "PUT", f"/v2/a/manifests/{ManifestID.of(one)}", one).status == 201
    everything = {(ManifestID.of(signed), "text/signature"), (ManifestID.of(plain), spec.OCI_CONFIG)}
    response = ask(registry, "GET", url)
    assert response.headers["Content-Type"] == spec.OCI_INDEX
    assert "OCI-Filters-Applied" not in response.headers
    assert set(listed(response)) == everything
    filtered = ask(registry, "GET", f"{url}?artifactType=text/signature")
    assert filtered.headers["OCI-Filters-Applied"] == "artifactType"
    assert listed(filtered) == [(ManifestID.of(signed), "text/signature")]
    assert ask(registry, "DELETE", f"/v2/a/manifests/{ManifestID.of(signed)}").status == 202
    assert listed(ask(registry, "GET", url)) == [(ManifestID.of(plain), spec.OCI_CONFIG)]


def test_what_an_older_client_noted_under_a_tag_is_a_referrer_too(registry: Registry) -> None:
    raw = push_image(registry, "a", "1", LAYER)
    note = json.dumps({"schemaVersion": 2, "manifests": [descriptor(raw, spec.OCI_MANIFEST)]}).encode()
    assert ask(registry, "PUT", f"/v2/a/manifests/sha256-{'0' * 64}", note).status == 201
    assert listed(ask(registry, "GET", f"/v2/a/referrers/{ZERO}")) == [(ManifestID.of(raw), spec.OCI_CONFIG)]


# manage


def test_a_tag_goes_alone_and_a_manifest_takes_its_tags_along(registry: Registry) -> None:
    raw = push_image(registry, "a", "1", LAYER)
    for tag in ("2", "3"):
        assert ask(registry, "PUT", f"/v2/a/manifests/{tag}", raw).status == 201
    assert ask(registry, "DELETE", "/v2/a/manifests/1").status == 202
    assert ask(registry, "GET", "/v2/a/manifests/1").status == 404
    assert ask(registry, "GET", "/v2/a/manifests/2").status == 200
    assert ask(registry, "DELETE", f"/v2/a/manifests/{ManifestID.of(raw)}").status == 202
    assert json.loads(ask(registry, "GET", "/v2/a/tags/list").read())["tags"] == []


def test_a_blob_goes_from_one_repository_and_stays_in_the_other(filled: Registry) -> None:
    push_image(filled, "other", "1", LAYER)
    blob = BlobID.of(LAYER)
    assert ask(filled, "DELETE", f"/v2/team/app/blobs/{blob}").status == 202
    assert ask(filled, "GET", f"/v2/team/app/blobs/{blob}").status == 404
    assert ask(filled, "GET", f"/v2/other/blobs/{blob}").read() == LAYER


def test_a_sweep_takes_what_no_link_names_and_nothing_else(filled: Registry) -> None:
    orphan = push_blob(filled, "other", b"orphan")
    assert ask(filled, "DELETE", f"/v2/other/blobs/{orphan}").status == 202
    assert filled.shelf.sweep() == [orphan]
    assert filled.shelf.sweep() == []
    assert ask(filled, "GET", f"/v2/team/app/blobs/{BlobID.of(LAYER)}").read() == LAYER


# laws


@given(
    layers=some.lists(some.binary(max_size=300), max_size=4),
    cuts=some.lists(some.integers(1, 200), max_size=5),
)
def test_what_is_pushed_is_what_is_pulled(layers: list[bytes], cuts: list[int]) -> None:
    registry = Registry(MemoryFiles())
    for layer in layers:
        place, start = begin(registry, "a/b"), 0
        for cut in cuts:
            piece = layer[start : start + cut]
            ask(registry, "PATCH", place, iter((piece[:7], piece[7:])))
            start += cut
        assert ask(registry, "PUT", f"{place}?digest={BlobID.of(layer)}", layer[start:]).status == 201
    push_blob(registry, "a/b", CONFIG)
    raw = image(*layers)
    assert ask(registry, "PUT", "/v2/a/b/manifests/t", raw).status == 201
    pulled = ask(registry, "GET", "/v2/a/b/manifests/t").read()
    assert pulled == raw
    for layer, named in zip(layers, json.loads(pulled)["layers"], strict=True):
        assert ask(registry, "GET", f"/v2/a/b/blobs/{named['digest']}").read() == layer
