"""The third workflow: to find out what is there, one lists tags, referrers and repositories.

Spec: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#content-discovery
"""

from collections.abc import Sequence
from contextlib import suppress
from itertools import dropwhile
from urllib.parse import urlencode

from labimg import spec
from labimg.digest import Digest
from labimg.registry.manifest import Manifest
from labimg.registry.pull import blob_id, look_up
from labimg.registry.refusal import Refusal, document
from labimg.registry.shelf import Repository, Shelf
from labimg.registry.wire import Request, Response

PAGE = 100  # repositories, if the client does not say how many


def tags(repository: Repository, _: str, request: Request) -> Response:
    """GET /v2/<name>/tags/list: the tags, sorted by bytes, or a page of them."""
    if not repository.exists:
        raise Refusal("NAME_UNKNOWN", {"name": repository.name})
    page, headers = _page(repository.tags(), request)
    return document(200, {"name": repository.name, "tags": page}, headers=headers)


def catalog(shelf: Shelf, request: Request) -> Response:
    """GET /v2/_catalog: the repositories, or a page of them."""
    page, headers = _page(sorted(shelf.names()), request, most=PAGE)
    return document(200, {"repositories": page}, headers=headers)


def _page(
    names: Sequence[str], request: Request, *, most: int | None = None
) -> tuple[list[str], dict[str, str]]:
    """The `n` names after `last`, and the link to the next page, if there is one."""
    asked = request.query
    if text := asked.get("n", ""):
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Refusal("PAGINATION_NUMBER_INVALID", {"n": text})
        most = int(text)
    last = asked.get("last", "")
    left = list(dropwhile(lambda name: name <= last, names)) if last else list(names)
    if most is None or most >= len(left) or most == 0:
        return left if most != 0 else [], {}
    page = left[:most]
    following = urlencode({"last": page[-1], "n": most})
    return page, {"Link": f'<{request.path}?{following}>; rel="next"'}


def referrers(repository: Repository, reference: str, request: Request) -> Response:
    """GET /v2/<name>/referrers/<digest>: an index of the manifests whose subject that is.

    Never a 404: of nothing known the list is empty.  What an older client noted
    under the tag "sha256-<digest>" is listed too.
    """
    subject = blob_id(reference)
    read = repository.shelf.read
    listed = [Manifest.parse(read(digest)).descriptor for digest in repository.referrers(subject)]
    known = {entry["digest"] for entry in listed}
    listed += [entry for entry in _noted(repository, subject) if entry["digest"] not in known]
    headers = {}
    if wanted := request.query.get("artifactType", ""):
        listed = [entry for entry in listed if entry.get("artifactType") == wanted]
        headers["OCI-Filters-Applied"] = "artifactType"
    index = {"schemaVersion": 2, "mediaType": spec.OCI_INDEX, "manifests": listed}
    return document(200, index, headers=headers, media=spec.OCI_INDEX)


def _noted(repository: Repository, subject: Digest) -> list[dict[str, object]]:
    with suppress(Refusal):
        index = look_up(repository, subject.replace(":", "-"))
        read = repository.shelf.read
        held = [one.digest for one in index.manifests if repository.holds(one.digest)]
        return [Manifest.parse(read(digest)).descriptor for digest in held]
    return []
