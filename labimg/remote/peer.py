"""One repository of a registry as its client sees it: the requests of the specification, as methods.

Nothing that comes back is believed: manifests and blobs are read up to their size and
compared with their digest; refusals become Docker's sentences.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from labimg import errors
from labimg.digest import Digest, Hasher, ManifestID
from labimg.errors import DockerError
from labimg.go import gojson
from labimg.reference import Reference
from labimg.registry.manifest import INDEXES, MANIFESTS, Descriptor, Manifest
from labimg.registry.refusal import CODES, Refusal
from labimg.registry.wire import Body, Request, Response, TooLong
from labimg.remote.access import Access, Challenge, Login
from labimg.remote.transport import Transport, follow, origin

MANIFEST_LIMIT = 4 << 20  # bytes
CONFIG_LIMIT = 8 << 20  # bytes
ERROR_LIMIT = 1 << 16  # bytes
PAGES = 10_000  # of a list of tags
TRIES = 5
BUSY = {429, 502, 503, 504}
LOST = ("connection refused", "no such host", "unauthorized", "no basic auth", "protocol scheme", "redirect")

Pause = Callable[[float], None]  # seconds


class Peer:
    """The repository that `reference` is in, spoken to through `transport`."""

    def __init__(
        self,
        reference: Reference,
        transport: Transport,
        *,
        login: Login | None = None,
        pause: Pause = lambda seconds: None,
    ) -> None:
        self.reference = reference
        self.transport = transport
        self.origin = origin(reference.domain)
        self.pause = pause
        self._access = Access(transport, self.origin, login)

    # requests

    def ping(self) -> None:
        """See that a registry is there, and what it asks for.

        Raises:
            Unreachable: nobody answers.
        """
        self._send("GET", f"{self.origin}/v2/", expect=(200, 401, 403, 404)).close()

    def manifest(self, reference: str) -> Manifest:
        """The manifest or index that a tag or digest names.

        Raises:
            ManifestUnknown, PullDenied, RepositoryUnknown: it is not to be had.
            WrongManifest, BadManifest: what came is not it, or makes no sense.
        """
        accept = {"Accept": ", ".join((*MANIFESTS, *INDEXES))}
        response = self._patient("GET", self._url("manifests", reference), headers=accept)
        try:
            raw = response.read(MANIFEST_LIMIT)
        except TooLong:
            response.close()
            raise errors.BadManifest(f"longer than {MANIFEST_LIMIT} bytes") from None
        said = response.headers.get("Docker-Content-Digest") or reference
        if said.startswith("sha256:") and said != ManifestID.of(raw):
            raise errors.WrongManifest(said)
        if ":" in reference and reference != ManifestID.of(raw):
            raise errors.WrongManifest(reference)
        try:
            return Manifest.parse(raw)
        except Refusal as refusal:
            raise errors.BadManifest(f"{refusal.detail}") from None

    def blob(self, digest: Digest, *, start: int = 0) -> Iterator[bytes]:
        """The bytes of a blob from `start` on, as they come, unproved."""
        headers = {"Range": f"bytes={start}-"} if start else {}
        response = self._send("GET", self._url("blobs", digest), headers=headers, expect=(200, 206))
        skip = start if response.status == 200 else 0
        for chunk in response.chunks():
            if skip < len(chunk):
                yield chunk[skip:]
            skip = max(skip - len(chunk), 0)

    def small(self, blob: Descriptor) -> bytes:
        """All bytes of a blob that is no layer, proved.

        Raises:
            WrongBlob: they are not what the digest names.
        """
        data = bytearray()
        for chunk in self._steadily(blob, len(data), limit=CONFIG_LIMIT):
            data += chunk
        if len(data) != blob.size or Digest.of(bytes(data)) != blob.digest:
            raise errors.WrongBlob(blob.digest)
        return bytes(data)

    def download(self, blob: Descriptor) -> Iterator[bytes]:
        """The bytes of a blob, taken up where they broke off, and proved when all have come.

        Raises:
            WrongBlob: after the last, if they are not what the digest names.
        """
        seen = Hasher()
        for chunk in self._steadily(blob, 0, limit=blob.size):
            seen.update(chunk)
            yield chunk
        if seen.size != blob.size or seen.digest(Digest) != blob.digest:
            raise errors.WrongBlob(blob.digest)

    def _steadily(self, blob: Descriptor, start: int, *, limit: int) -> Iterator[bytes]:
        """The bytes of a blob, asked for again from where they ended when the line breaks."""
        done = start
        for turn in range(TRIES):
            try:
                for chunk in self.blob(blob.digest, start=done):
                    done += len(chunk)
                    if done > limit:
                        raise errors.WrongBlob(blob.digest)
                    yield chunk
                if done == blob.size:
                    return
            except (errors.Unreachable, errors.UnexpectedAnswer) as error:
                if turn == TRIES - 1 or hopeless(error):
                    raise
            self.pause(2.0**turn)

    def has(self, digest: Digest) -> Descriptor | None:
        """The blob, if the repository has it."""
        response = self._patient("HEAD", self._url("blobs", digest), expect=(200, 404))
        response.close()
        if response.status == 404:
            return None
        length = response.headers.get("Content-Length", "")
        return Descriptor("", digest, int(length) if length.isdigit() else -1)

    def mount(self, digest: Digest, source: str) -> bool:
        """Let the registry take a blob over from repository `source`; did it?"""
        query = urlencode({"mount": digest, "from": source})
        response = self._send("POST", f"{self._url('blobs', 'uploads')}/?{query}", expect=(201, 202))
        response.close()
        if response.status == 202 and "Location" in response.headers:
            self._send("DELETE", self._place(response), expect=range(600)).close()
        return response.status == 201

    def upload(self, body: Body, digest: Callable[[], Digest]) -> None:
        """Send a blob whose digest is known once all of it is sent."""
        response = self._send("POST", f"{self._url('blobs', 'uploads')}/", expect=(202,))
        response.close()
        kind = {"Content-Type": "application/octet-stream"}
        response = self._send("PATCH", self._place(response), body, headers=kind, expect=(202,))
        response.close()
        place = self._place(response)
        query = ("&" if "?" in place else "?") + urlencode({"digest": digest()})
        self._send("PUT", place + query, expect=(201,)).close()

    def put(self, reference: str, raw: bytes, media: str) -> None:
        """Send a manifest, to be named by a tag or by its digest."""
        url = self._url("manifests", reference)
        self._send("PUT", url, raw, headers={"Content-Type": media}, expect=(200, 201)).close()

    def tags(self) -> Iterator[str]:
        """All tags, page by page."""
        url = self._url("tags", "list")
        for _ in range(PAGES):
            response = self._patient("GET", url)
            yield from map(str, listed(response, "tags"))
            link = response.headers.get("Link", "")
            url = follow(url, link[1:].partition(">")[0]) if link.startswith("<") else ""
            if not url.startswith(self.origin + "/"):
                return

    # what lies below them

    def _url(self, kind: str, what: str) -> str:
        return f"{self.origin}/v2/{self.reference.path}/{kind}/{what}"

    def _place(self, response: Response) -> str:
        """Where an upload goes on."""
        return follow(self.origin, response.headers.get("Location", ""))

    def _patient(
        self, method: str, url: str, *, headers: dict[str, str] | None = None, expect: Iterable[int] = (200,)
    ) -> Response:
        """Like `_send`, for requests that may be made twice: a busy registry is asked again."""
        for turn in range(TRIES - 1):
            try:
                response = self._send(method, url, headers=headers, expect={*expect, *BUSY})
                if response.status not in BUSY:
                    return response
                response.close()
            except errors.Unreachable as error:
                if hopeless(error):
                    raise
            self.pause(2.0**turn)
        return self._send(method, url, headers=headers, expect=expect)

    def _send(
        self,
        method: str,
        url: str,
        body: Body = b"",
        *,
        headers: dict[str, str] | None = None,
        expect: Iterable[int] = (200,),
    ) -> Response:
        """The response, if its status is among those expected; a challenge is answered on the way."""
        for _ in range(2):
            request = Request(method, url, {**(headers or {}), **self._access.header(url)}, body)
            response = self.transport.send(request)
            if response.status != 401 or not self._access.answer(response, request):
                break
            response.close()
        if response.status in expect:
            return response
        raise self._fault(response, request)

    def _fault(self, response: Response, request: Request) -> DockerError:
        """The refusal in a response, in Docker's words."""
        challenge = Challenge.parse(response.headers.get("WWW-Authenticate", ""))
        if challenge.parameters.get("error") == "insufficient_scope" or response.status == 403:
            response.close()
            return errors.PullDenied(self.reference.familiar_name)
        if response.status == 401 and challenge.scheme == "basic" and "Authorization" not in request.headers:
            response.close()
            return errors.Unreachable(request.url, "no basic auth credentials", "Head")
        code, message = _said(response, request)
        if code == "DENIED":
            return errors.PullDenied(self.reference.familiar_name)
        if code == "MANIFEST_UNKNOWN":
            asked = request.url.rpartition("/")[2]
            return errors.ManifestUnknown(
                f"{self.reference.familiar_name}{'@' if ':' in asked else ':'}{asked}"
            )
        if code == "NAME_UNKNOWN":
            return errors.RepositoryUnknown(self.reference.familiar_name, message)
        return errors.RegistrySaid(code.lower().replace("_", " "), message)


def _said(response: Response, request: Request) -> tuple[str, str]:
    """Code and sentence of a refusal.

    Raises:
        UnexpectedAnswer, UnreadableAnswer: it has none.
    """
    status = response.status
    if status >= 500 or status < 400:
        response.close()
        raise errors.UnexpectedAnswer(response.line)
    if request.method == "HEAD":
        code = {401: "UNAUTHORIZED", 404: "MANIFEST_UNKNOWN"}.get(status, "UNSUPPORTED")
        return code, CODES[code][1]
    try:
        body = response.read(ERROR_LIMIT)
    except TooLong:
        response.close()
        body = b""
    text = body.decode(errors="replace")
    try:
        value = gojson.decode(body)
        error = value["errors"][0]
        return str(error["code"]), str(
            error.get("message") or CODES.get(str(error["code"]), (0, "unknown"))[1]
        )
    except DockerError as wrong:
        raise errors.UnreadableAnswer(status, str(wrong), text) from None
    except (LookupError, TypeError, AttributeError):
        raise errors.UnreadableAnswer(status, "no error details found in HTTP response body", text) from None


def listed(response: Response, key: str) -> list[Any]:
    """The list under `key` in a response's JSON object; null is none.

    Raises:
        UnreadableAnswer: there is no such object, or no list in it.
    """
    try:
        value = gojson.decode(response.read(MANIFEST_LIMIT))
    except (DockerError, TooLong) as wrong:
        response.close()
        raise errors.UnreadableAnswer(response.status, str(wrong) or "too long", "") from None
    found = (value.get(key) or []) if isinstance(value, dict) else None
    if not isinstance(found, list):
        raise errors.UnreadableAnswer(response.status, f"no list of {key}", "")
    return found


def hopeless(error: DockerError) -> bool:
    """Would it be no use to try again?"""
    return any(words in str(error) for words in LOST)
