"""Refusals on the way to a registry and back: push, pull, search, login."""

from labimg.errors.kinds import Conflict, InvalidParameter, NotFound, SystemFailure, Unauthorized, Unavailable


class NoSuchTag(NotFound):
    """The tag to push is not here."""

    reference: str
    sentence = "tag does not exist: {reference}"
    side = "stream"


class NoLocalImage(NotFound):
    """The repository to push is not here at all."""

    repository: str
    sentence = "An image does not exist locally with the tag: {repository}"
    side = "stream"


class TagWithAll(InvalidParameter):
    """Both one tag and all of them."""

    sentence = "tag can't be used with --all-tags/-a"
    side = "client"


class DigestPushed(InvalidParameter):
    """A digest follows from what is pushed; one cannot push to it."""

    sentence = "cannot push a digest reference"
    side = "client"


class ManifestUnknown(NotFound):
    """The registry has no such manifest."""

    reference: str
    sentence = "manifest for {reference} not found: manifest unknown: manifest unknown"


class PullDenied(NotFound):
    """The registry does not say whether the repository is not there or not yours."""

    repository: str
    sentence = (
        "pull access denied for {repository}, repository does not exist or may require 'docker login': "
        "denied: requested access to the resource is denied"
    )


class PushDenied(Unauthorized):
    """The registry does not take it from you."""

    sentence = "denied: requested access to the resource is denied"
    side = "stream"


class NotLoggedIn(Unauthorized):
    """The registry wants a name and a password, and has been given none."""

    sentence = "no basic auth credentials"
    side = "stream"


class LoginRefused(Unauthorized):
    """The registry does not know the name and the password."""

    url: str
    sentence = 'Get "{url}": unauthorized: incorrect username or password'


class NoTerminal(InvalidParameter):
    """A password can be asked for only on a terminal."""

    sentence = "Error: Cannot perform an interactive login from a non TTY device"
    side = "client"


class Unreachable(Unavailable):
    """Nobody answered."""

    url: str
    why: str
    method: str = "Get"
    sentence = '{method} "{url}": {why}'


class NotFetched(SystemFailure):
    """Who was asked for a file refused."""

    url: str
    status: str  # "404 Not Found"
    said: str
    sentence = "failed to GET {url} with status {status}: {said}"


class BrokenOff(SystemFailure):
    """A file was on its way, and did not come whole."""

    sentence = "unexpected EOF"


class TooMuch(BrokenOff):
    """A file is longer than anybody here wants to have."""

    url: str
    limit: int  # bytes
    sentence = "{url} has more than {limit} bytes, the most that is fetched"


class UnexpectedStatus(SystemFailure):
    """The search ended in something else than results."""

    status: int
    sentence = "Unexpected status code {status}"


class WrongBlob(Conflict):
    """What came is not what the digest names."""

    digest: str
    sentence = "filesystem layer verification failed for digest {digest}"


class WrongManifest(Conflict):
    """The manifest is not the one that was asked for."""

    digest: str
    sentence = "manifest verification failed for digest {digest}"


# What a registry itself said, and what was amiss with what it sent.


class RegistrySaid(SystemFailure):
    """The registry's own refusal."""

    code: str  # "name unknown"
    message: str
    sentence = "{code}: {message}"


class RepositoryUnknown(NotFound):
    """The registry has nothing of that name."""

    repository: str
    message: str = "repository name not known to registry"
    sentence = "repository {repository} not found: name unknown: {message}"


class UnreadableAnswer(SystemFailure):
    """The registry refused, and not in the words of the specification."""

    status: int
    why: str
    body: str
    sentence = "error parsing HTTP {status} response body: {why}: {body!q}"


class UnexpectedAnswer(SystemFailure):
    """The registry itself has failed."""

    status: str  # "502 Bad Gateway"
    sentence = "received unexpected HTTP status: {status}"


class NoMatchingManifest(NotFound):
    """An index has no image for the platform."""

    platform: str  # "linux/arm64/v8"
    sentence = "no matching manifest for {platform} in the manifest list entries"


class BadPlatform(InvalidParameter):
    """What `--platform` says is none."""

    text: str
    why: str = "cannot parse platform specifier"
    sentence = "{text!q}: {why}: invalid argument"


class ForeignArtifact(InvalidParameter):
    """What is there is no image."""

    media: str
    sentence = "Encountered remote {media!q}(unknown) when fetching"


class BadManifest(InvalidParameter):
    """The manifest makes no sense."""

    why: str
    sentence = "manifest invalid: {why}"


class WrongConfig(Conflict):
    """The config that came is not what the digest names."""

    digest: str
    sentence = "image config verification failed for digest {digest}"


class LayersDiffer(Conflict):
    """The manifest has more or fewer layers than the config, or others."""

    sentence = "layers from manifest don't match image configuration"


class WrongSystem(InvalidParameter):
    """An image for another operating system came."""

    system: str
    sentence = "image operating system {system!q} cannot be used on this platform"


class NothingToPush(NotFound):
    """The repository has images here, but no tag."""

    repository: str
    sentence = "no tags to push for {repository}"
    side = "stream"


class LimitOutside(InvalidParameter):
    """A search for none, or for too many."""

    limit: int
    sentence = "limit {limit} is outside the range of [1, 100]"


class NoUsername(InvalidParameter):
    """A password from stdin, but nobody's."""

    sentence = "the --password-stdin option requires --username to be set"
    side = "client"


class TwoPasswords(InvalidParameter):
    """A password typed and one from stdin."""

    sentence = "conflicting options: cannot specify both --password and --password-stdin"
    side = "client"
