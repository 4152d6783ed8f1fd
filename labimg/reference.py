"""A reference names an image: `nginx` is short for `docker.io/library/nginx:latest`.

    reference = [domain "/"] path [":" tag] ["@" digest]
    path      = component {"/" component}

The *familiar* form leaves out what Docker adds again: `docker.io/`, and `library/`.

Source: https://github.com/distribution/reference/blob/v0.6.0/reference.go
"""

import re
from typing import NamedTuple, Self

from labimg import errors

HUB = "docker.io"
LONGEST = 255  # characters of a name

_LABEL = r"(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_PATH = rf"{_COMPONENT}(?:/{_COMPONENT})*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_WHOLE_TAG = re.compile(_TAG)
_ALGORITHM = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*"
_REST = rf"(?P<path>{_PATH})(?::(?P<tag>{_TAG}))?(?:@(?P<digest>{_ALGORITHM}:[0-9A-Fa-f]{{32,}}))?"
_WRITTEN = rf"(?:(?P<domain>{_HOST}(?::[0-9]+)?)/)?{_REST}"
_TYPED = rf"(?:(?P<domain>(?:{_HOST}|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?)/)?{_REST}"  # IPv6 too
_HEX = r"[0-9a-f]{64}"
_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}


class Reference(NamedTuple):
    """A name, complete: what Docker would add is in it."""

    domain: str  # "" where what stands before the first "/" looks like one and is none: a_b.c/d
    path: str  # with "library/"
    tag: str = ""  # "" is none
    digest: str = ""  # "" is none

    @classmethod
    def parse(cls, text: str) -> Self:
        """The reference that the daemon reads in `text`; a missing tag stays missing.

        >>> Reference.parse("nginx")
        Reference(domain='docker.io', path='library/nginx', tag='', digest='')

        Raises:
            InvalidReference: with the daemon's sentence, which names nothing.
        """
        if re.fullmatch(_HEX, text):
            raise errors.LooksLikeID(text)
        domain, rest = _halves(text, capitals=False)
        if _remote(rest) != _remote(rest).lower():
            raise errors.UpperCase()
        reference = cls._read(re.fullmatch(_WRITTEN, f"{domain}/{rest}"))
        if len(reference.name) > LONGEST:
            raise errors.NameTooLong()
        return reference

    @classmethod
    def typed(cls, text: str) -> Self:
        """The reference that the client reads in `text` before it asks the daemon.

        It lets pass what the daemon refuses: `UPPER/x` (a host named UPPER), an IPv6
        address, and a name that is too long only with its domain.

        Raises:
            InvalidReference: with the client's sentence.
        """
        if re.fullmatch(_HEX, text):
            raise errors.LooksLikeID(text).said_by("client")
        domain, rest = _halves(text, capitals=True)
        if _remote(rest) != _remote(rest).lower():
            raise errors.UpperCasePath(_remote(rest))
        try:
            reference = cls._read(re.fullmatch(_TYPED, f"{domain}/{rest}"))
        except errors.InvalidReference as error:
            raise error.said_by("client") from None
        if len(reference.path) > LONGEST:
            raise errors.NameTooLong().said_by("client")
        return reference

    @classmethod
    def _read(cls, match: re.Match[str] | None) -> Self:
        if match is None:
            raise errors.InvalidReference()
        if match["digest"]:
            check_digest(match["digest"])
        return cls(match["domain"] or "", match["path"], match["tag"] or "", match["digest"] or "")

    @property
    def name(self) -> str:
        """`docker.io/library/nginx`: domain and path."""
        return f"{self.domain}/{self.path}" if self.domain else self.path

    @property
    def familiar_name(self) -> str:
        """`nginx`: the name as Docker prints it."""
        if self.domain != HUB:
            return self.name
        first, _, rest = self.path.partition("/")
        return rest if first == "library" and rest and "/" not in rest else self.path

    @property
    def familiar(self) -> str:
        """`nginx:1.27`: the whole reference as Docker prints it."""
        return self.familiar_name + self._ending

    @property
    def tagged(self) -> Self:
        """This reference, with the tag `latest` if it has neither tag nor digest."""
        return self if self.tag or self.digest else self._replace(tag="latest")

    @property
    def stored(self) -> Self:
        """The form the store keeps: by digest if there is one, whatever the tag; else with a tag."""
        return self._replace(tag="") if self.digest else self.tagged

    @property
    def untagged(self) -> Self:
        """This reference without its tag; a digest stays."""
        return self._replace(tag="")

    def with_tag(self, tag: str) -> Self:
        """The `tag` of this repository; a digest is dropped.

        Raises:
            InvalidTagFormat: no tag can be written so.
        """
        if not _WHOLE_TAG.fullmatch(tag):
            raise errors.InvalidTagFormat()
        return type(self)(self.domain, self.path, tag)

    def with_digest(self, digest: str) -> Self:
        """What `digest` names in this repository; a tag is dropped, as Docker never keeps both."""
        check_digest(digest)
        return self._replace(tag="", digest=digest)

    @property
    def _ending(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    def __str__(self) -> str:
        return self.name + self._ending


def tagging(source: str, target: str) -> Reference:
    """What `docker tag SOURCE TARGET` makes, as far as the client can see.

    Raises:
        NotARepository: one of the two is no reference; the source is looked at first.
        DigestAsTag: the target has a digest.
    """
    if not exact_id(source):
        _repository(source)
    reference = _repository(target)
    if reference.digest:
        raise errors.DigestAsTag()
    return reference.tagged


def _repository(text: str) -> Reference:
    try:
        return Reference.typed(text)
    except errors.InvalidReference as cause:
        raise errors.NotARepository(text, cause) from None


def exact_id(text: str) -> str:
    """`sha256:` and 64 digits if `text` is a whole ID, with or without the `sha256:`; else "".

    Such an argument is never looked up as a name.
    """
    digits = text.removeprefix("sha256:")
    return f"sha256:{digits}" if re.fullmatch(_HEX, digits) else ""


def short_id(text: str) -> bool:
    """Can `text` be the beginning of an ID?  One digit is enough."""
    return bool(re.fullmatch(r"(?:sha256:)?[0-9a-f]{1,64}", text))


def _halves(text: str, *, capitals: bool) -> tuple[str, str]:
    """Domain and rest; what stands before the first `/` is a domain only if it looks like one."""
    first, slash, rest = text.partition("/")
    domain = slash and (
        {".", ":"} & set(first) or first == "localhost" or (capitals and first != first.lower())
    )
    if not domain:
        first, rest = HUB, text
    elif first == "index.docker.io":
        first = HUB
    return first, f"library/{rest}" if first == HUB and "/" not in rest else rest


def _remote(rest: str) -> str:
    """What must be in lower case: all before the first colon."""
    return rest.partition(":")[0]


def check_digest(digest: str) -> None:
    """Raise unless `digest` is one that could have been computed.

    Raises:
        InvalidDigest, UnsupportedDigest, DigestLength.
    """
    algorithm, _, digits = digest.partition(":")
    if not re.fullmatch(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[A-Za-z0-9=_-]+", digest):
        raise errors.InvalidDigest()
    if algorithm not in _DIGITS:
        raise errors.UnsupportedDigest()
    if len(digits) != _DIGITS[algorithm]:
        raise errors.DigestLength()
    if not re.fullmatch(r"[0-9a-f]+", digits):
        raise errors.InvalidDigest()
