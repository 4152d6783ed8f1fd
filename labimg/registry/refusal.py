"""What a registry says when it says no: a status, a code, a sentence.

The codes are those of the distribution specification, and the few more that
Docker's own registry has; the sentences are the ones its users know.

Spec: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
"""

from collections.abc import Mapping

from labimg.go import gojson
from labimg.registry.wire import Headers, Response

JSON = "application/json; charset=utf-8"

CODES = {
    "BLOB_UNKNOWN": (404, "blob unknown to registry"),
    "BLOB_UPLOAD_INVALID": (400, "blob upload invalid"),
    "BLOB_UPLOAD_UNKNOWN": (404, "blob upload unknown to registry"),
    "DENIED": (403, "requested access to the resource is denied"),
    "DIGEST_INVALID": (400, "provided digest did not match uploaded content"),
    "MANIFEST_BLOB_UNKNOWN": (404, "blob unknown to registry"),
    "MANIFEST_INVALID": (400, "manifest invalid"),
    "MANIFEST_UNKNOWN": (404, "manifest unknown"),
    "NAME_INVALID": (400, "invalid repository name"),
    "NAME_UNKNOWN": (404, "repository name not known to registry"),
    "PAGINATION_NUMBER_INVALID": (400, "invalid number of results requested"),
    "RANGE_INVALID": (416, "invalid content range"),
    "SIZE_INVALID": (400, "provided length did not match content length"),
    "TAG_INVALID": (400, "manifest tag did not match URI"),
    "UNAUTHORIZED": (401, "authentication required"),
    "UNSUPPORTED": (405, "The operation is unsupported."),
}


class Refusal(Exception):
    """A request that a registry does not grant, as the code the client is told.

    Some codes come with more than one status: a body that is too long is
    `SIZE_INVALID` with 413.
    """

    def __init__(
        self,
        code: str,
        detail: object = None,
        *,
        status: int = 0,
        message: str = "",
        headers: Mapping[str, str] = Headers(),
    ) -> None:
        usual, sentence = CODES[code]
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.status = status or usual
        self.message = message or sentence
        self.headers = headers

    @property
    def response(self) -> Response:
        """The answer that tells it: JSON with one error in its list."""
        error = {"code": self.code, "message": self.message}
        if self.detail is not None:
            error |= {"detail": self.detail}  # type: ignore[dict-item]
        return document(self.status, {"errors": [error]}, headers=self.headers)


def too_long(what: str) -> Refusal:
    """No: that is more than the registry takes at once."""
    return Refusal("SIZE_INVALID", status=413, message=f"the {what} is longer than this registry takes")


def document(
    status: int, value: object, *, headers: Mapping[str, str] = Headers(), media: str = JSON
) -> Response:
    """A response whose body is `value` as JSON."""
    body = gojson.encode(value) + b"\n"
    return Response(status, {"Content-Type": media, "Content-Length": str(len(body)), **headers}, body)
