"""A guard at a registry's door: basic authentication, or tokens that say what their bearer may do.

A guard is a handler around a handler, so either may be left out.  Passwords and
signatures are compared in a time that does not tell how much of them was right.

Spec: https://distribution.github.io/distribution/spec/auth/token/
"""

import hmac
import json
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from labimg.digest import Digest
from labimg.registry.refusal import Refusal, document
from labimg.registry.service import route
from labimg.registry.wire import Handler, Request, Response

_ACTIONS = {"GET": ("pull",), "HEAD": ("pull",), "DELETE": ("delete",)}
VALID = 300  # seconds that a token is good for

May = Callable[[str, str, str], bool]  # user ("" is anybody), repository, action -> may they?


def open_to_read(user: str, repository: str, action: str) -> bool:
    """Anybody may pull; who has an account may do all."""
    return bool(user) or action == "pull"


class Accounts(NamedTuple):
    """Who may come in: users and their passwords."""

    passwords: Mapping[str, str]

    def knows(self, user: str, password: str) -> bool:
        """Is that the password?  The answer takes as long for a user there is not."""
        expected = self.passwords.get(user, "")
        right = hmac.compare_digest(Digest.of(password.encode()), Digest.of(expected.encode()))
        return right and user in self.passwords

    def who(self, request: Request) -> str:
        """The user a request's basic credentials prove; "" if it has none.

        Raises:
            Refusal: it has wrong ones.
        """
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return ""
        try:
            user, _, password = b64decode(encoded, validate=True).decode().partition(":")
        except (NotBase64, UnicodeDecodeError):
            user = password = ""
        if not self.knows(user, password):
            raise Refusal("UNAUTHORIZED")
        return user


class Basic:
    """Lets in who shows a user's name and password with each request."""

    def __init__(self, inner: Handler, passwords: Mapping[str, str], *, realm: str = "labimg") -> None:
        self._inner, self._accounts, self._realm = inner, Accounts(passwords), realm

    def handle(self, request: Request) -> Response:
        """What the registry answers, or 401."""
        try:
            user = self._accounts.who(request)
        except Refusal:
            user = ""
        if not user:
            challenge = {"WWW-Authenticate": f'Basic realm="{self._realm}"'}
            return Refusal("UNAUTHORIZED", headers=challenge).response
        return self._inner.handle(request)


class Bearer:
    """Lets in who bears a token, and gives tokens at /token to those whom `may` allows something."""

    def __init__(
        self,
        inner: Handler,
        passwords: Mapping[str, str],
        *,
        key: bytes,
        clock: Callable[[], int],  # -> ns since the epoch
        realm: str = "/token",
        service: str = "labimg",
        may: May = open_to_read,
    ) -> None:
        self._inner, self._accounts = inner, Accounts(passwords)
        self._key, self._clock, self._may = key, clock, may
        self._realm, self._service = realm, service

    def handle(self, request: Request) -> Response:
        """A token, what the registry answers, or 401 with the scope one would need."""
        if request.path == "/token":
            return self._token(request)
        needed = _needed(request)
        granted = self._granted(request)
        if granted is None or not needed <= granted:
            return self._challenge(request, needed, lacking=granted is not None)
        return self._inner.handle(request)

    def _challenge(self, request: Request, needed: set[str], *, lacking: bool) -> Response:
        parts = urlsplit(request.url)
        realm = self._realm
        if realm.startswith("/"):
            realm = f"{parts.scheme or 'http'}://{parts.netloc or request.headers.get('Host', '')}{realm}"
        challenge = f'Bearer realm="{realm}",service="{self._service}"'
        if scopes := " ".join(_joined(needed)):
            challenge += f',scope="{scopes}"'
        if lacking:
            challenge += ',error="insufficient_scope"'
        return Refusal("UNAUTHORIZED", headers={"WWW-Authenticate": challenge}).response

    def _token(self, request: Request) -> Response:
        try:
            user = self._accounts.who(request)
        except Refusal as refusal:
            return refusal.response
        asked = parse_qs(urlsplit(request.url).query).get("scope", [])
        wanted = {right for scope in " ".join(asked).split() for right in _rights(scope)}
        granted = sorted(right for right in wanted if self._may(user, *right.split(" ")))
        until = self._clock() // 1_000_000_000 + VALID
        claim = urlsafe_b64encode(json.dumps([user, until, granted]).encode()).decode()
        token = f"{claim}.{self._sign(claim)}"
        return document(200, {"token": token, "access_token": token, "expires_in": VALID})

    def _sign(self, claim: str) -> str:
        return hmac.new(self._key, claim.encode(), "sha256").hexdigest()

    def _granted(self, request: Request) -> set[str] | None:
        """What a request's token allows; None if there is no token that is good."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        claim, _, signature = token.partition(".")
        good = hmac.compare_digest(signature.encode(), self._sign(claim).encode())
        if scheme.lower() != "bearer" or not good:
            return None
        _, until, granted = json.loads(urlsafe_b64decode(claim))
        return set(granted) if self._clock() // 1_000_000_000 <= until else None


def _needed(request: Request) -> set[str]:
    """The rights a request takes, each as "repository action"; to mount a blob is to pull it as well."""
    if request.path == "/v2/_catalog":
        return {"* catalog"}
    found = route(request.path)
    if found is None:
        return set()
    needed = {f"{found.name} {action}" for action in _ACTIONS.get(request.method, ("pull", "push"))}
    if source := request.query.get("from"):
        needed.add(f"{source} pull")
    return needed


def _rights(scope: str) -> list[str]:
    """The rights in a scope such as "repository:app:pull,push"."""
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    if kind == "registry":
        return ["* catalog"] if rest == "catalog:*" else []
    return [f"{name} {action}" for action in actions.split(",")] if kind == "repository" and name else []


def _joined(rights: Iterable[str]) -> list[str]:
    """Those rights as scopes, one for each repository."""
    actions: dict[str, list[str]] = {}
    for right in sorted(rights):
        name, action = right.split(" ")
        actions.setdefault(name, []).append(action)
    return [
        "registry:catalog:*" if name == "*" else f"repository:{name}:{','.join(which)}"
        for name, which in actions.items()
    ]
