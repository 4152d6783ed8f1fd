"""How one proves to a registry who one is: the challenge it sends, and the answer to it.

Spec: https://distribution.github.io/distribution/spec/auth/token/
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from labimg import errors
from labimg.errors import DockerError
from labimg.go import gojson
from labimg.registry.wire import Request, Response, TooLong
from labimg.remote.transport import Transport, follow, loopback

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))')
LONGEST = 1 << 20  # bytes of an answer with a token


class Login(NamedTuple):
    """A user's name and password."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login(user={self.user!r})"

    @property
    def basic(self) -> str:
        """As the header that tells it."""
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()


class Challenge(NamedTuple):
    """What a registry asks for in its `WWW-Authenticate` header."""

    scheme: str  # "basic" or "bearer"
    parameters: Mapping[str, str]

    @classmethod
    def parse(cls, header: str) -> "Challenge":
        """The challenge in a header.

        >>> Challenge.parse('Bearer realm="https://x/token",scope="repository:a:pull"').parameters["scope"]
        'repository:a:pull'
        """
        scheme, _, rest = header.strip().partition(" ")
        found = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
        return cls(scheme.lower(), found)


class Access:
    """The right to talk to one registry: what it asked for, and the tokens it gave."""

    def __init__(self, transport: Transport, origin: str, login: Login | None = None) -> None:
        self.login = login
        self._transport, self._origin = transport, origin
        self._header = ""
        self._lock = Lock()

    def header(self, url: str) -> dict[str, str]:
        """What to send along to `url`; to another host than the registry, nothing."""
        here, there = urlsplit(self._origin), urlsplit(url)
        same = (here.scheme, here.netloc) == (there.scheme, there.netloc)
        return {"Authorization": self._header} if self._header and same else {}

    def answer(self, response: Response, request: Request) -> bool:
        """Take up the challenge in a 401 `response`; is it worth asking again?

        Raises:
            Unreachable: the one who gives tokens does not answer, or not to that user.
        """
        challenge = Challenge.parse(response.headers.get("WWW-Authenticate", ""))
        with self._lock:
            if challenge.scheme == "basic" and self.login:
                before, self._header = self._header, self.login.basic
                return self._header != before
            if challenge.scheme == "bearer":
                sent = request.headers.get("Authorization", "")
                if self._header in ("", sent):  # nobody else has just fetched a new one
                    self._header = f"Bearer {self._token(challenge, request)}"
                return self._header != sent
        return False

    def _token(self, challenge: Challenge, request: Request) -> str:
        url = follow(self._origin, challenge.parameters.get("realm", ""))
        parts = urlsplit(url)
        verb = request.method.capitalize()
        plain = parts.scheme == "http" and loopback(parts.netloc)
        if parts.scheme != "https" and not plain and parts.netloc != urlsplit(self._origin).netloc:
            raise errors.Unreachable(request.url, f'unsupported protocol scheme "{parts.scheme}"', verb)
        asked = [(key, challenge.parameters[key]) for key in ("service",) if key in challenge.parameters]
        asked += [("scope", scope) for scope in challenge.parameters.get("scope", "").split()]
        if self.login:
            asked.insert(0, ("account", self.login.user))
        headers = {"Authorization": self.login.basic} if self.login else {}
        joined = f"{url}{'&' if parts.query else '?'}{urlencode(asked)}"
        response = self._transport.send(Request("GET", joined, headers))
        if response.status == 401:
            response.close()
            raise errors.Unreachable(request.url, "unauthorized: incorrect username or password", verb)
        token = _token_in(response)
        if not token:
            raise errors.Unreachable(
                request.url, "authorization server did not include a token in the response", verb
            )
        return token


def _token_in(response: Response) -> str:
    """The token in an answer, if it is one and holds one that may stand in a header."""
    try:
        value = gojson.decode(response.read(LONGEST))
    except (DockerError, TooLong, UnicodeDecodeError):
        response.close()
        return ""
    token = (value.get("token") or value.get("access_token")) if isinstance(value, dict) else None
    return token if isinstance(token, str) and token.isascii() and token.isprintable() else ""
