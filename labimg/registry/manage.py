"""The fourth workflow: to manage what is there, one deletes tags, manifests, blobs and uploads.

Spec: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#content-management
"""

from labimg.registry.pull import blob_id, look_up
from labimg.registry.refusal import Refusal
from labimg.registry.shelf import Repository
from labimg.registry.uploads import Upload
from labimg.registry.wire import Request, Response

GONE = Response(202, {"Content-Length": "0"})


def manifest(repository: Repository, reference: str, request: Request) -> Response:
    """DELETE /v2/<name>/manifests/<tag or digest>: a tag alone, or a manifest and all its tags."""
    found = look_up(repository, reference)
    if ":" in reference:
        repository.forget(found.id, subject=found.subject)
    else:
        repository.untag(reference)
    return GONE


def blob(repository: Repository, reference: str, request: Request) -> Response:
    """DELETE /v2/<name>/blobs/<digest>: this repository gives it no longer; others may."""
    digest = blob_id(reference)
    if not repository.has(digest):
        raise Refusal("BLOB_UNKNOWN", digest)
    repository.unlink(digest)
    return GONE


def upload(repository: Repository, id: str, request: Request) -> Response:
    """DELETE /v2/<name>/blobs/uploads/<id>: end a session."""
    Upload.find(repository, id).cancel()
    return Response(204)
