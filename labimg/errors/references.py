"""Refusals of names: what is no reference, and what may not be a tag."""

from labimg.errors.kinds import DockerError, InvalidParameter, NotFound


class InvalidReference(InvalidParameter):
    """The text does not fit the grammar of references."""

    sentence = "invalid reference format"


class UpperCase(InvalidReference):
    """A repository has a capital letter in it; the daemon does not say which."""

    sentence = "invalid reference format: repository name must be lowercase"


class UpperCasePath(InvalidReference):
    """The same in the client's words, which names the `path`."""

    path: str
    sentence = "invalid reference format: repository name ({path}) must be lowercase"
    side = "client"


class LooksLikeID(InvalidReference):
    """A bare name of 64 hex digits would be taken for an ID."""

    name: str
    sentence = "invalid repository name ({name}), cannot specify 64-byte hexadecimal strings"


class NameTooLong(InvalidReference):
    """The name, with its domain, passes 255 characters."""

    sentence = "repository name must not be more than 255 characters"


class DigestLength(InvalidReference):
    """A digest has not as many digits as its algorithm makes."""

    sentence = "invalid checksum digest length"


class UnsupportedDigest(InvalidReference):
    """A digest is of an algorithm nobody knows."""

    sentence = "unsupported digest algorithm"


class InvalidDigest(InvalidReference):
    """A digest is not `algorithm:hex`."""

    sentence = "invalid checksum digest format"


class NotARepository(InvalidParameter):
    """`docker tag` was given something that is no reference."""

    text: str
    cause: DockerError
    sentence = "Error parsing reference: {text!q} is not a valid repository/tag: {cause}"
    side = "client"


class DigestAsTag(InvalidParameter):
    """A digest follows from what an image is; nobody can give one."""

    sentence = "refusing to create a tag with a digest reference"
    side = "client"


class DigestImported(InvalidParameter):
    """`docker import` to a digest."""

    sentence = "cannot import digest reference"


class InvalidTagFormat(InvalidParameter):
    """The text does not fit the grammar of tags."""

    sentence = "invalid tag format"


class AmbiguousTag(InvalidParameter):
    """A repository named `sha256` could not be told from a digest."""

    sentence = "refusing to create an ambiguous tag using digest algorithm as name"


class InvalidTag(InvalidParameter):
    """A tag in an archive has no tag in it."""

    tag: str
    sentence = "invalid tag {tag!q}"
    side = "stream"


class AmbiguousDigest(InvalidParameter):
    """A prefix is that of several images."""

    sentence = "ambiguous digest string"


class PageNotFound(NotFound):
    """An empty name leads to no page of the daemon's API."""

    sentence = "page not found"
