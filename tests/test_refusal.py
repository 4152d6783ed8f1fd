"""What a registry refuses: each status and code, and that no request at all breaks it."""

import json
from pathlib import Path

import pytest
from asking import LAYER, UPLOADS, ZERO, ask, image, push_image
from hypothesis import given
from hypothesis import strategies as some

from labimg import spec
from labimg.digest import BlobID
from labimg.files import DiskFiles, Files, MemoryFiles
from labimg.registry import Basic, Bearer, Limits, Registry


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


# Every refusal: method, path, headers, body -> status, code.  "{layer}" and "{manifest}" are what is there.
REFUSALS: list[tuple[str, str, dict[str, str], bytes, int, str]] = [
    ("POST", "/v2/", {}, b"", 405, "UNSUPPORTED"),
    ("PATCH", "/v2/team/app/manifests/1", {}, b"", 405, "UNSUPPORTED"),
    ("DELETE", "/v2/team/app/tags/list", {}, b"", 405, "UNSUPPORTED"),
    ("GET", "/v2/Team/app/manifests/1", {}, b"", 400, "NAME_INVALID"),
    ("GET", "/v2/team/../app/manifests/1", {}, b"", 400, "NAME_INVALID"),
    ("GET", "/v2/%2e%2e/%2e%2e/etc/manifests/1", {}, b"", 400, "NAME_INVALID"),
    ("GET", "/v2/team/_uploads/manifests/1", {}, b"", 400, "NAME_INVALID"),
    ("GET", f"/v2/{'a' * 256}/manifests/1", {}, b"", 400, "NAME_INVALID"),
    ("POST", "/v2/a//b/blobs/uploads/", {}, b"", 400, "NAME_INVALID"),
    ("GET", "/v2/team/app/manifests/2", {}, b"", 404, "MANIFEST_UNKNOWN"),
    ("GET", "/v2/team/app/manifests/.bad", {}, b"", 404, "MANIFEST_UNKNOWN"),
    ("GET", f"/v2/team/app/manifests/{ZERO}", {}, b"", 404, "MANIFEST_UNKNOWN"),
    ("GET", "/v2/team/app/manifests/sha256:abc", {}, b"", 404, "MANIFEST_UNKNOWN"),
    ("GET", "/v2/team/none/manifests/1", {}, b"", 404, "MANIFEST_UNKNOWN"),
    ("GET", "/v2/team/app/manifests/1", {"Accept": spec.MANIFEST}, b"", 404, "MANIFEST_UNKNOWN"),
    ("GET", f"/v2/team/app/blobs/{ZERO}", {}, b"", 404, "BLOB_UNKNOWN"),
    ("GET", "/v2/team/none/blobs/{layer}", {}, b"", 404, "BLOB_UNKNOWN"),
    ("GET", "/v2/team/app/blobs/md5:00", {}, b"", 400, "DIGEST_INVALID"),
    ("GET", "/v2/team/app/blobs/{layer}", {"Range": "bytes=16-"}, b"", 416, "RANGE_INVALID"),
    ("GET", "/v2/team/app/blobs/{layer}", {"Range": "bytes=9-3"}, b"", 416, "RANGE_INVALID"),
    ("GET", "/v2/team/app/blobs/uploads/1234", {}, b"", 404, "BLOB_UPLOAD_UNKNOWN"),
    ("PUT", "/v2/team/app/blobs/uploads/..%2f..?digest={layer}", {}, b"", 404, ""),
    ("PATCH", f"{UPLOADS}00000000-0000-4000-a000-000000000099", {}, b"x", 404, "BLOB_UPLOAD_UNKNOWN"),
    ("DELETE", f"{UPLOADS}00000000-0000-4000-a000-000000000099", {}, b"", 404, "BLOB_UPLOAD_UNKNOWN"),
    ("POST", f"{UPLOADS}?digest=sha512:00", {}, b"x", 400, "DIGEST_INVALID"),
    ("POST", f"{UPLOADS}?digest={ZERO}", {}, b"x", 400, "DIGEST_INVALID"),
    ("POST", f"{UPLOADS}?digest={ZERO}", {"Content-Length": "7"}, b"x", 400, "SIZE_INVALID"),
    ("POST", f"{UPLOADS}?digest={ZERO}", {}, bytes(1 + (1 << 20)), 413, "SIZE_INVALID"),
    ("POST", f"{UPLOADS}?digest={ZERO}", {"Content-Length": "99999999"}, b"", 413, "SIZE_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, bytes(1 + (1 << 16)), 413, "SIZE_INVALID"),
    ("PUT", "/v2/team/app/manifests/.bad", {}, image(LAYER), 400, "TAG_INVALID"),
    ("PUT", f"/v2/team/app/manifests/{'a' * 129}", {}, image(LAYER), 400, "TAG_INVALID"),
    ("PUT", f"/v2/team/app/manifests/{ZERO}", {}, image(LAYER), 400, "DIGEST_INVALID"),
    (
        "PUT",
        "/v2/team/app/manifests/2",
        {"Content-Type": spec.MANIFEST},
        image(LAYER),
        400,
        "MANIFEST_INVALID",
    ),
    ("PUT", "/v2/team/app/manifests/2", {}, image(b"absent"), 404, "MANIFEST_BLOB_UNKNOWN"),
    ("PUT", "/v2/team/none/manifests/2", {}, image(LAYER), 404, "MANIFEST_BLOB_UNKNOWN"),
    ("PUT", "/v2/team/app/manifests/2", {}, b"", 400, "MANIFEST_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, b"[]", 400, "MANIFEST_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, b'{"schemaVersion":1}', 400, "MANIFEST_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, b'{"schemaVersion":2,"mediaType":7}', 400, "MANIFEST_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, b'{"schemaVersion":2,"manifests":1}', 400, "MANIFEST_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, b'{"schemaVersion":2,"config":[]}', 400, "MANIFEST_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, image(LAYER, layers=[{}]), 400, "MANIFEST_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, image(LAYER, layers=["x"]), 400, "MANIFEST_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, image(annotations=[1]), 400, "MANIFEST_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, b'{"a":' * 30_000, 413, "SIZE_INVALID"),
    ("PUT", "/v2/team/app/manifests/2", {}, b"[" * 60_000, 400, "MANIFEST_INVALID"),
    ("DELETE", "/v2/team/app/manifests/2", {}, b"", 404, "MANIFEST_UNKNOWN"),
    ("DELETE", f"/v2/team/app/manifests/{ZERO}", {}, b"", 404, "MANIFEST_UNKNOWN"),
    ("DELETE", f"/v2/team/app/blobs/{ZERO}", {}, b"", 404, "BLOB_UNKNOWN"),
    ("GET", "/v2/team/none/tags/list", {}, b"", 404, "NAME_UNKNOWN"),
    ("GET", "/v2/team/app/tags/list?n=-1", {}, b"", 400, "PAGINATION_NUMBER_INVALID"),
    ("GET", "/v2/team/app/tags/list?n=x", {}, b"", 400, "PAGINATION_NUMBER_INVALID"),
    ("GET", "/v2/team/app/referrers/sha256:abc", {}, b"", 400, "DIGEST_INVALID"),
    ("GET", "/v1/search", {}, b"", 404, ""),
    ("GET", "/etc/passwd", {}, b"", 404, ""),
]


@pytest.mark.parametrize(("method", "path", "headers", "body", "status", "code"), REFUSALS)
def test_what_cannot_be_is_refused_with_its_status_and_code(
    filled: Registry, method: str, path: str, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    before = sorted(filled.shelf.files.paths())
    response = ask(filled, method, path.replace("{layer}", BlobID.of(LAYER)), body, headers=headers)
    assert response.status == status
    assert response.headers["Docker-Distribution-Api-Version"] == "registry/2.0"
    data = response.read()
    assert int(response.headers["Content-Length"]) == len(data)
    if code:
        assert [error["code"] for error in json.loads(data)["errors"]] == [code]
    assert sorted(filled.shelf.files.paths()) == before


PIECES = some.sampled_from(
    ["v2", "..", ".", "", "a", "A", "%2e%2e", "%2f", "%00", "manifests", "blobs", "uploads", "tags", "list",
     "_catalog", "referrers", "_uploads", ZERO, "1", "é", "token"]
)  # fmt: skip


@given(
    method=some.sampled_from(["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "BREW"]),
    pieces=some.lists(PIECES, max_size=7),
    query=some.text(max_size=20),
    headers=some.dictionaries(
        some.sampled_from(["Range", "Content-Range", "Content-Length", "Accept", "Authorization"]),
        some.text(max_size=12),
    ),
    body=some.binary(max_size=60),
)
def test_no_request_breaks_the_registry_or_leaves_its_folder(
    method: str, pieces: list[str], query: str, headers: dict[str, str], body: bytes
) -> None:
    files = MemoryFiles()
    guarded = Bearer(Basic(Registry(files), {"u": "p"}), {"u": "p"}, key=b"k", clock=lambda: 0)
    for registry in (Registry(files), guarded):
        response = ask(registry, method, "/".join(["", *pieces]) + f"?{query}", body, headers=headers)
        assert 200 <= response.status < 500
    assert all(path.startswith("docker/registry/v2/") and ".." not in path for path in files.paths())
