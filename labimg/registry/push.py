"""The second workflow: to push, one sends the blobs, and then the manifest that names them.

A blob may come in one POST, in a POST and a PUT, in pieces by PATCH, or not at all
when another repository has it already.

Spec: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#push
"""

import re

from labimg.digest import BlobID, ManifestID
from labimg.registry.manifest import Manifest
from labimg.registry.pull import blob_id
from labimg.registry.refusal import Refusal, too_long
from labimg.registry.shelf import TAG, Repository, named
from labimg.registry.uploads import Upload
from labimg.registry.wire import Request, Response, TooLong, chunks, gather

_RANGE = re.compile(r"(?:bytes[ =])?(\d+)-(\d+)(?:/(?:\d+|\*))?")


def begin(repository: Repository, _: str, request: Request) -> Response:
    """POST /v2/<name>/blobs/uploads/: begin a session, mount a blob, or push one at once."""
    asked = request.query
    if "mount" in asked and "from" in asked and _mounted(repository, blob_id(asked["mount"]), asked["from"]):
        return _kept(repository, blob_id(asked["mount"]))
    whole = blob_id(asked["digest"]) if "digest" in asked else None
    upload = Upload.begin(repository)
    if whole is None:
        return _progress(202, upload)
    try:
        _take(upload, request)
        upload.finish(whole)
    except Refusal:
        upload.cancel()
        raise
    return _kept(repository, whole)


def _mounted(repository: Repository, digest: BlobID, source: str) -> bool:
    if not named(source) or not repository.shelf.repository(source).has(digest):
        return False
    repository.link(digest)
    return True


def ask(repository: Repository, id: str, request: Request) -> Response:
    """GET /v2/<name>/blobs/uploads/<id>: how much has come?"""
    return _progress(204, Upload.find(repository, id))


def append(repository: Repository, id: str, request: Request) -> Response:
    """PATCH /v2/<name>/blobs/uploads/<id>: one more piece, in order."""
    upload = Upload.find(repository, id)
    _take(upload, request)
    return _progress(202, upload)


def finish(repository: Repository, id: str, request: Request) -> Response:
    """PUT /v2/<name>/blobs/uploads/<id>?digest=...: the last piece, if any, and what all should be."""
    upload = Upload.find(repository, id)
    digest = blob_id(request.query.get("digest", ""))
    _take(upload, request)
    upload.finish(digest)
    return _kept(repository, digest)


def _take(upload: Upload, request: Request) -> None:
    """Append a request's body, at the place and of the length its headers say."""
    start, length = upload.size, _number(request.headers.get("Content-Length"))
    if said := request.headers.get("Content-Range"):
        match = _RANGE.fullmatch(said.strip())
        if match is None or int(match[1]) != start:
            raise Refusal("RANGE_INVALID", said, headers=_progress(416, upload).headers)
        length = int(match[2]) + 1 - start
    if length and start + length > upload.repository.shelf.limits.blob:
        raise too_long("blob")
    upload.append(chunks(request.body), start=start, length=length)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _progress(status: int, upload: Upload) -> Response:
    """Where to go on, and which bytes are there: for none "0-0", as Docker's registry says it."""
    headers = {
        "Location": f"/v2/{upload.repository.name}/blobs/uploads/{upload.id}",
        "Range": f"0-{max(upload.size - 1, 0)}",
        "Docker-Upload-UUID": upload.id,
        "Content-Length": "0",
    }
    if status == 204:
        del headers["Content-Length"]
    return Response(status, headers)


def _kept(repository: Repository, digest: BlobID) -> Response:
    headers = {
        "Location": f"/v2/{repository.name}/blobs/{digest}",
        "Docker-Content-Digest": digest,
        "Content-Length": "0",
    }
    return Response(201, headers)


def manifest(repository: Repository, reference: str, request: Request) -> Response:
    """PUT /v2/<name>/manifests/<tag or digest>: keep a manifest whose blobs are all here."""
    try:
        raw = gather(request.body, repository.shelf.limits.manifest)
    except TooLong:
        raise too_long("manifest") from None
    found = Manifest.parse(raw, request.headers.get("Content-Type", "").partition(";")[0].strip())
    if ":" in reference and reference != found.id:
        raise Refusal("DIGEST_INVALID", {"digest": reference, "received": found.id})
    if ":" not in reference and not TAG.fullmatch(reference):
        raise Refusal("TAG_INVALID", reference)
    missing = [digest for digest in found.blobs if not repository.has(digest)]
    missing += [one.digest for one in found.manifests if not repository.holds(one.digest)]
    if missing:
        raise Refusal("MANIFEST_BLOB_UNKNOWN", {"digest": missing[0]})
    return _tagged(repository, reference, found)


def _tagged(repository: Repository, reference: str, found: Manifest) -> Response:
    digest: ManifestID = found.id
    repository.keep(digest, found.raw)
    headers = {
        "Location": f"/v2/{repository.name}/manifests/{digest}",
        "Docker-Content-Digest": digest,
        "Content-Length": "0",
    }
    if found.subject:
        repository.refer(digest, found.subject)
        headers["OCI-Subject"] = found.subject
    if ":" not in reference:
        repository.tag(reference, digest)
    return Response(201, headers)
