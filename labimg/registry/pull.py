"""The first workflow of the specification: to pull, one asks for manifests and for blobs.

Spec: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pull
"""

import re
from collections.abc import Iterator
from contextlib import closing, suppress

from labimg.digest import BlobID, Digest, ManifestID
from labimg.registry.manifest import INDEXES, MANIFESTS, Manifest
from labimg.registry.refusal import Refusal
from labimg.registry.shelf import TAG, Repository, Shelf
from labimg.registry.wire import CHUNK, Request, Response

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def manifest(repository: Repository, reference: str, request: Request) -> Response:
    """GET or HEAD /v2/<name>/manifests/<tag or digest>: the manifest's own bytes."""
    found = look_up(repository, reference)
    asked = _accepted(request)
    if asked and found.media not in asked:
        found = _instead(repository, found, asked)
    headers = {
        "Content-Type": found.media,
        "Content-Length": str(len(found.raw)),
        "Docker-Content-Digest": found.id,
        "Etag": f'"{found.id}"',
    }
    if _unchanged(request, found.id):
        return _not_again(found.id)
    return Response(200, headers, found.raw)


def look_up(repository: Repository, reference: str) -> Manifest:
    """The manifest that a tag or digest names.

    Raises:
        Refusal: there is none.
    """
    if ":" in reference:
        digest: ManifestID | None = None
        with suppress(ValueError):
            digest = ManifestID.parse(reference)
        detail: object = f"unknown manifest name={repository.name} revision={reference}"
    else:
        digest = repository.tagged(reference) if TAG.fullmatch(reference) else None
        detail = {"Tag": reference}
    if digest is None or not repository.holds(digest):
        raise Refusal("MANIFEST_UNKNOWN", detail)
    return Manifest.parse(repository.shelf.read(digest))


def _accepted(request: Request) -> set[str]:
    """The media types a client takes; none said means all."""
    said = request.headers.get("Accept", "")
    types = {part.partition(";")[0].strip() for part in said.split(",")} - {""}
    return set() if types & {"*/*", "application/*"} else types


def _instead(repository: Repository, index: Manifest, asked: set[str]) -> Manifest:
    """For a client too old for an index: its image for linux/amd64, as Docker's registry gives it."""
    for one in index.manifests:
        if one.platform[:2] == ("linux", "amd64") and repository.holds(one.digest):
            image = Manifest.parse(repository.shelf.read(one.digest))
            if image.media in asked:
                return image
    if not asked & {*MANIFESTS, *INDEXES}:  # it named only types that are no manifests
        return index
    raise Refusal("MANIFEST_UNKNOWN", f"{index.media} found, but the Accept header does not name it")


def blob(repository: Repository, reference: str, request: Request) -> Response:
    """GET or HEAD /v2/<name>/blobs/<digest>: the bytes, or the range of them that is asked for."""
    digest = blob_id(reference)
    if not repository.has(digest):
        raise Refusal("BLOB_UNKNOWN", digest)
    size = repository.shelf.size(digest)
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(size),
        "Docker-Content-Digest": digest,
        "Accept-Ranges": "bytes",
        "Cache-Control": "max-age=31536000",
        "Etag": f'"{digest}"',
    }
    if _unchanged(request, digest):
        return _not_again(digest)
    part = _part(request, size)
    if part is None:
        return Response(200, headers, Bytes(repository.shelf, digest, range(size)))
    headers |= {
        "Content-Length": str(len(part)),
        "Content-Range": f"bytes {part.start}-{part.stop - 1}/{size}",
    }
    return Response(206, headers, Bytes(repository.shelf, digest, part))


def blob_id(text: str) -> BlobID:
    """The digest in a URL.

    Raises:
        Refusal: it is none, or of a kind this registry does not keep.
    """
    try:
        return BlobID.parse(text)
    except ValueError:
        raise Refusal("DIGEST_INVALID", text) from None


def _unchanged(request: Request, digest: Digest) -> bool:
    known = request.headers.get("If-None-Match", "")
    return f'"{digest}"' in known.replace("W/", "").replace(", ", ",").split(",")


def _not_again(digest: Digest) -> Response:
    return Response(304, {"Docker-Content-Digest": digest, "Etag": f'"{digest}"'})


def _part(request: Request, size: int) -> range | None:
    """The bytes a Range header asks for; None means all.  Of several ranges at once we take no notice."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if request.method == "HEAD" or match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    else:
        part = range(max(size - int(last), 0), size)
    if not part:
        raise Refusal("RANGE_INVALID", headers={"Content-Range": f"bytes */{size}"})
    return part


class Bytes:
    """A part of a blob, read piece by piece while it is sent."""

    def __init__(self, shelf: Shelf, digest: Digest, part: range) -> None:
        self._shelf, self._digest, self._part = shelf, digest, part

    def __iter__(self) -> Iterator[bytes]:
        with closing(self._shelf.open(self._digest)) as file:
            file.seek(self._part.start)
            left = len(self._part)
            while left and (chunk := file.read(min(CHUNK, left))):
                left -= len(chunk)
                yield chunk
