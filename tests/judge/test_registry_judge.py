"""Debian's docker-registry and skopeo beside our registry and its client, both ways."""

import http.client
import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from asking import CONFIG, LAYER, UPLOADS, ZERO, descriptor, image
from judge.debian import debian
from wares import LAYERS, LOGIN, add, names, progress, same, serve, store, tar

from labimg import spec
from labimg.compression import BLOCK
from labimg.digest import BlobID, ManifestID
from labimg.files import DiskFiles
from labimg.reference import Reference
from labimg.registry import Basic, Bearer, Handler, Registry, Request
from labimg.registry.manifest import Manifest, Platform
from labimg.remote import Here, Record, pull, push
from labimg.remote.http import Http

JUDGE = pytest.mark.judge("docker-registry")
SKOPEO = pytest.mark.judge("skopeo")
BIG = tar(("/big", bytes(range(256)) * 40_000), ("/small", b"x"))
assert len(BIG) > BLOCK  # it is sent as several members of gzip


@pytest.fixture
def wire() -> Iterator[Http]:
    with closing(Http(wait=20)) as transport:
        yield transport


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[str]:
    yield from serve(Registry(DiskFiles(tmp_path / "ours")))


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[str]:
    with debian(tmp_path / "theirs") as domain:
        yield domain


# Debian's docker-registry


@JUDGE
def test_we_push_to_docker_registry_and_pull_the_same(theirs: str, wire: Http) -> None:
    here, there, told = store(), store(), list[Record]()
    name, other = Reference.parse(f"{theirs}/team/app:1"), Reference.parse(f"{theirs}/other/app:1")
    made = add(here, name, *LAYERS, BIG)
    [digest] = push(here, name, wire)
    here.tags.set(other, made.id)
    assert push(here, other, wire, report=told.append) == [digest]
    assert {state for _, state in progress(told)} == {"Preparing", "Mounted from"}
    told.clear()
    assert push(here, other, wire, report=told.append) == [digest]
    assert {state for _, state in progress(told)} == {"Preparing", "Layer already exists"}
    assert pull(there, other, wire) == [made.id]
    assert same(made, here, there)
    assert pull(there, name.with_digest(digest), wire) == [made.id]
    add(here, name.with_tag("2"), BIG)
    assert len(push(here, Reference.parse(f"{theirs}/team/app"), wire, every=True)) == 2
    assert len(pull(there, Reference.parse(f"{theirs}/team/app"), wire, every=True)) == 2
    assert {f"{theirs}/team/app:1", f"{theirs}/team/app:2"} < names(there)


@JUDGE
def test_docker_registry_serves_the_folder_we_wrote_and_we_the_folder_it_wrote(
    tmp_path: Path, wire: Http
) -> None:
    here, app = store(), Reference.parse("127.0.0.1:5000/team/app:1")
    made = add(here, app, *LAYERS, BIG)
    push(here, app, Here(Registry(DiskFiles(tmp_path / "ours"))))
    with debian(tmp_path / "ours") as domain:
        assert pull(store(), Reference.parse(f"{domain}/team/app:1"), wire) == [made.id]
        name = Reference.parse(f"{domain}/team/second:2")
        second = add(here, name, BIG, *LAYERS)
        push(here, name, wire)
    back = Here(Registry(DiskFiles(tmp_path / "ours")))
    assert pull(store(), app, back) == [made.id]
    assert pull(store(), Reference.parse("127.0.0.1:5000/team/second:2"), back) == [second.id]


Said = tuple[int, Any, dict[str, str]]
ASKED: list[tuple[str, str, Mapping[str, str], bytes]] = [
    ("GET", "/v2/", {}, b""),
    ("POST", f"{UPLOADS}?digest={BlobID.of(b'alone')}", {}, b""),
    ("GET", "/v2/team/app/tags/list?n=9", {}, b""),
    ("GET", f"/v2/team/app/blobs/{BlobID.of(LAYER)}", {}, b""),
    ("HEAD", f"/v2/team/app/blobs/{BlobID.of(LAYER)}", {}, b""),
    ("GET", f"/v2/team/app/blobs/{BlobID.of(LAYER)}", {"Range": "bytes=3-8"}, b""),
    ("GET", f"/v2/team/app/blobs/{BlobID.of(LAYER)}", {"Range": "bytes=99-"}, b""),
    ("GET", f"/v2/team/app/blobs/{BlobID.of(LAYER)}", {"If-None-Match": f'"{BlobID.of(LAYER)}"'}, b""),
    ("GET", f"/v2/team/app/blobs/{ZERO}", {}, b""),
    ("HEAD", f"/v2/team/app/blobs/{ZERO}", {}, b""),
    ("GET", "/v2/team/app/manifests/1", {"Accept": spec.MANIFEST}, b""),
    ("HEAD", "/v2/team/app/manifests/1", {"Accept": spec.MANIFEST}, b""),
    ("GET", "/v2/team/app/manifests/nope", {}, b""),
    ("GET", f"/v2/team/app/manifests/{ZERO}", {}, b""),
    ("GET", "/v2/nope/tags/list", {}, b""),
    ("GET", f"{UPLOADS}00000000-0000-4000-a000-000000000099", {}, b""),
    ("PUT", "/v2/team/app/manifests/2", {"Content-Type": spec.MANIFEST}, b"{"),
    (
        "PUT",
        f"/v2/team/app/manifests/{ZERO}",
        {"Content-Type": spec.MANIFEST},
        image(LAYER, media=spec.MANIFEST),
    ),
    ("PUT", "/v2/team/app/manifests/2", {"Content-Type": spec.MANIFEST}, image(LAYER, media=spec.MANIFEST)),
    ("GET", "/v2/team/app/tags/list", {}, b""),
    ("GET", "/v2/_catalog", {}, b""),
    ("GET", "/v2/_catalog?n=1", {}, b""),
    ("DELETE", f"/v2/team/app/blobs/{ZERO}", {}, b""),
    ("DELETE", f"/v2/team/app/manifests/{ManifestID.of(image(LAYER, media=spec.MANIFEST))}", {}, b""),
    ("GET", "/v2/team/app/manifests/1", {"Accept": spec.MANIFEST}, b""),
    ("DELETE", f"/v2/team/app/blobs/{BlobID.of(LAYER)}", {}, b""),
    ("GET", f"/v2/team/app/blobs/{BlobID.of(LAYER)}", {}, b""),
    ("GET", "/v2/team/app/nonsense", {}, b""),
]
EXCUSED = {
    1: "it knows no upload in a single POST",
    6: "it sends no body with a range that cannot be",
    15: "the specification now has a code of its own for an unknown upload",
}
OCTETS = {"Content-Type": "application/octet-stream"}
COMPARED = (
    "Content-Type", "Content-Length", "Content-Range", "Docker-Content-Digest",
    "Docker-Distribution-Api-Version",
    "Etag", "Link", "Location",
)  # fmt: skip


def asked(domain: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
    """Status, what matters of the headers, and the body; of a refusal only status and codes."""
    with closing(http.client.HTTPConnection(domain)) as line:
        line.request(method, path, body or None, dict(headers))
        response = line.getresponse()
        try:
            data: Any = response.read()
        except http.client.IncompleteRead as cut:  # it promises a body with 416, and sends none
            data = cut.partial
    if response.status >= 400:
        return (
            response.status,
            [error["code"] for error in json.loads(data)["errors"]] if b"errors" in data else data,
            {},
        )
    if b'"tags"' in data:  # which it lists in no order
        data = sorted(json.loads(data)["tags"])
    found = {name: response.headers[name] for name in COMPARED if response.headers[name]}
    return response.status, data, found


@JUDGE
def test_our_answers_are_docker_registrys_answers(theirs: str, ours: str) -> None:
    for domain in (theirs, ours):
        for data in (LAYER, CONFIG):
            assert asked(domain, "PUT", f"{begun(domain)}digest={BlobID.of(data)}", OCTETS, data)[0] == 201
        made = image(LAYER, media=spec.MANIFEST)
        assert (
            asked(domain, "PUT", "/v2/team/app/manifests/1", {"Content-Type": spec.MANIFEST}, made)[0] == 201
        )
    for number, one in enumerate(ASKED):
        they, we = asked(theirs, *one), asked(ours, *one)
        assert (they != we) == (number in EXCUSED), (one, they, we)


def begun(domain: str) -> str:
    """Where a new upload goes on."""
    _, _, headers = asked(domain, "POST", UPLOADS, {}, b"")
    place = headers["Location"]
    return place + ("&" if "?" in place else "?")


# skopeo


def skopeo(*args: str) -> bytes:
    """What skopeo prints that must succeed."""
    done = subprocess.run(["skopeo", "--insecure-policy", *args], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@SKOPEO
@pytest.mark.parametrize("kind", ["dir", "oci"])
def test_skopeo_takes_what_we_serve_and_we_what_it_brings(
    ours: str, wire: Http, tmp_path: Path, kind: str
) -> None:
    here, there = store(), store()
    first, second = Reference.parse(f"{ours}/team/app:1"), Reference.parse(f"{ours}/team/copy:1")
    made = add(here, first, *LAYERS, BIG)
    [digest] = push(here, first, wire)
    shelf = f"{kind}:{tmp_path}/copy"
    skopeo("copy", "--src-tls-verify=false", f"docker://{first}", shelf)
    skopeo("copy", "--dest-tls-verify=false", shelf, f"docker://{second}")
    [copied] = pull(there, second, wire)
    assert (copied == made.id) == (kind == "dir")  # for OCI it writes the config anew
    assert there.images.find(copied).document.diff_ids == made.document.diff_ids
    raw = skopeo("inspect", "--tls-verify=false", "--raw", f"docker://{second}")
    assert Manifest.parse(raw).media == (spec.MANIFEST if kind == "dir" else spec.OCI_MANIFEST)
    assert (ManifestID.of(raw) == digest) == (kind == "dir")
    assert json.loads(skopeo("list-tags", "--tls-verify=false", f"docker://{ours}/team/copy"))["Tags"] == [
        "1"
    ]
    skopeo("delete", "--tls-verify=false", f"docker://{second}")
    assert json.loads(skopeo("list-tags", "--tls-verify=false", f"docker://{ours}/team/copy"))["Tags"] == []


@SKOPEO
def test_skopeo_copies_an_index_with_all_that_is_in_it(ours: str, wire: Http) -> None:
    here, there, listed = store(), store(), []
    first, second = f"{ours}/team/app", f"{ours}/team/copy"
    for machine, layer in (("amd64", LAYERS[0]), ("arm64", LAYERS[1])):
        made = add(here, Reference.parse(f"{first}:{machine}"), layer)
        [digest] = push(here, Reference.parse(f"{first}:{machine}"), wire)
        raw = wire.send(Request("GET", f"http://{ours}/v2/team/app/manifests/{digest}")).read()
        listed.append(
            {**descriptor(raw, spec.MANIFEST), "platform": {"os": "linux", "architecture": machine}}
        )
    index = json.dumps({"schemaVersion": 2, "mediaType": spec.MANIFEST_LIST, "manifests": listed}).encode()
    assert wire.send(Request("PUT", f"http://{ours}/v2/team/app/manifests/all", {}, index)).status == 201
    no_tls = ("--src-tls-verify=false", "--dest-tls-verify=false")
    skopeo("copy", "--all", *no_tls, f"docker://{first}:all", f"docker://{second}:all")
    assert skopeo("inspect", "--tls-verify=false", "--raw", f"docker://{second}:all") == index
    assert pull(there, Reference.parse(f"{second}:all"), wire, platform=Platform("linux", "arm64")) == [
        made.id
    ]


@SKOPEO
@pytest.mark.parametrize("kind", ["basic", "bearer"])
def test_skopeo_shows_its_pass_at_our_door(tmp_path: Path, wire: Http, kind: str) -> None:
    registry, accounts = Registry(DiskFiles(tmp_path / "ours")), {LOGIN.user: LOGIN.password}
    guard: Handler = Basic(registry, accounts)
    if kind == "bearer":
        guard = Bearer(registry, accounts, key=b"key", clock=time.time_ns)
    here, there = store(), store()
    for domain in serve(guard):
        name, copy = Reference.parse(f"{domain}/team/app:1"), Reference.parse(f"{domain}/team/copy:1")
        made = add(here, name, *LAYERS)
        push(here, name, wire, login=LOGIN)
        creds = f"{LOGIN.user}:{LOGIN.password}"
        no_tls = ("--src-tls-verify=false", "--dest-tls-verify=false")
        skopeo(
            "copy",
            *no_tls,
            "--src-creds",
            creds,
            "--dest-creds",
            creds,
            f"docker://{name}",
            f"docker://{copy}",
        )
        assert pull(there, copy, wire, login=LOGIN) == [made.id]
        wrong = ["skopeo", "inspect", "--tls-verify=false", "--creds", "ada:wrong", f"docker://{name}"]
        assert subprocess.run(wrong, capture_output=True, timeout=60).returncode != 0
