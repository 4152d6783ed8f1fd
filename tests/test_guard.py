"""The guards at a registry's door."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from asking import LAYER, UPLOADS, ask, push_image

from labimg.digest import BlobID
from labimg.files import DiskFiles, Files, MemoryFiles
from labimg.registry import Basic, Bearer, Handler, Limits, Registry


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


# at the door


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (basic("ada", "secret"), 200),
        (basic("ada", "wrong"), 401),
        (basic("bob", "secret"), 401),
        (basic("", ""), 401),
        (basic("bob", "\0"), 401),
        ({"Authorization": "Basic !"}, 401),
        ({"Authorization": "Bearer x"}, 401),
    ],
)
def test_basic_lets_in_who_knows_the_password(
    registry: Registry, headers: dict[str, str], status: int
) -> None:
    response = ask(Basic(registry, {"ada": "secret"}), "GET", "/v2/", headers=headers)
    assert response.status == status
    if status == 401:
        assert response.headers["WWW-Authenticate"] == 'Basic realm="labimg"'


def token(guard: Handler, scope: str, headers: dict[str, str]) -> dict[str, str]:
    response = ask(guard, "GET", f"/token?service=labimg&scope={scope}", headers=headers)
    return {"Authorization": f"Bearer {json.loads(response.read())['token']}"}


def test_a_token_allows_what_its_scope_says_and_no_more(filled: Registry) -> None:
    guard = Bearer(filled, {"ada": "secret"}, key=b"key", clock=lambda: 0)
    refused = ask(guard, "GET", "http://lab:5000/v2/team/app/manifests/1")
    assert refused.headers["WWW-Authenticate"] == (
        'Bearer realm="http://lab:5000/token",service="labimg",scope="repository:team/app:pull"'
    )
    reader = token(guard, "repository:team/app:pull,push,delete", {})
    writer = token(guard, "repository:team/app:pull,push", basic("ada", "secret"))
    other = token(guard, "repository:other:pull,push", basic("ada", "secret"))
    mount = f"/v2/other/blobs/uploads/?mount={BlobID.of(LAYER)}&from=team/app"
    for headers, method, url, status in (
        (reader, "GET", "/v2/", 200),
        (reader, "GET", "/v2/team/app/manifests/1", 200),
        (reader, "POST", UPLOADS, 401),
        (reader, "DELETE", "/v2/team/app/manifests/1", 401),
        (reader, "GET", "/v2/_catalog", 401),
        (writer, "POST", UPLOADS, 202),
        (writer, "GET", "/v2/other/tags/list", 401),
        (other, "POST", mount, 401),
        ({"Authorization": "Bearer e30.00"}, "GET", "/v2/", 401),
    ):
        assert ask(guard, method, url, headers=headers).status == status
    assert ask(guard, "GET", "/token", headers=basic("ada", "wrong")).status == 401


@pytest.mark.parametrize("tag", ["tags", "blobs", "manifests", "referrers", "list", "uploads"])
def test_a_tag_that_reads_like_a_path_leads_around_no_guard(registry: Registry, tag: str) -> None:
    push_image(registry, "secret", tag, LAYER)
    guard = Bearer(registry, {}, key=b"key", clock=lambda: 0)
    for other in ("secret/manifests", "secret/blobs", "other"):
        headers = token(guard, f"repository:{other}:pull", {})
        assert ask(guard, "GET", f"/v2/secret/manifests/{tag}", headers=headers).status == 401
    headers = token(guard, "repository:secret:pull", {})
    assert ask(guard, "GET", f"/v2/secret/manifests/{tag}", headers=headers).status == 200


def test_a_token_grows_old_and_cannot_be_forged(filled: Registry) -> None:
    now = [0]
    guard = Bearer(filled, {}, key=b"key", clock=lambda: now[0])
    forger = Bearer(filled, {}, key=b"other key", clock=lambda: now[0])
    scope, url = "repository:team/app:pull", "/v2/team/app/manifests/1"
    assert ask(guard, "GET", url, headers=token(guard, scope, {})).status == 200
    assert ask(guard, "GET", url, headers=token(forger, scope, {})).status == 401
    old = token(guard, scope, {})
    now[0] = 301 * 10**9
    assert ask(guard, "GET", url, headers=old).status == 401
