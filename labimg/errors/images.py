"""Refusals about images that stand in the store: finding, listing, removing them."""

from labimg.errors.kinds import (
    Conflict,
    DockerError,
    Forbidden,
    InvalidParameter,
    NotFound,
    SystemFailure,
    Unavailable,
)


class NoSuchImage(NotFound):
    """No image has this name or ID."""

    name: str  # familiar, with its tag
    sentence = "No such image: {name}"


class NoSuchReference(NotFound):
    """The repository is there, the tag is not."""

    sentence = "reference does not exist"


class NotInspected(NotFound):
    """An image that should be inspected is not found, for the reason given."""

    name: str  # as typed
    cause: DockerError
    sentence = "no such image: {name}: {cause}"


class NoSuchObject(NotFound):
    """Neither a container nor an image has this name."""

    name: str
    sentence = "Error: No such object: {name}"
    side = "client"


class NoSuchVolume(NotFound):
    """Volumes are shown with their containers, not by themselves."""

    name: str
    sentence = "get {name}: no such volume"


class NoSuchPlugin(NotFound):
    """There are no plugins here."""

    name: str
    sentence = "plugin {name!q} not found"


class NoSwarm(Unavailable):
    """Nodes, services and what else only a swarm has."""

    name: str = ""
    sentence = (
        'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" '
        "to connect this node to swarm and try again."
    )


class NoName(InvalidParameter):
    """An empty text where a name should stand."""

    sentence = "invalid container name or ID: value is empty"
    side = "client"


class UnknownType(InvalidParameter):
    """`inspect --type` of a thing there is not."""

    kind: str
    sentence = (
        'unknown type: {kind!q}: must be one of "config", "container", "image", "network", "node", '
        '"plugin", "secret", "service", "task", "volume"'
    )
    side = "client"


class BadTemplate(InvalidParameter):
    """A `--format` that cannot be read or filled."""

    why: str
    sentence = "template parsing error: {why}"
    side = "client"


class Unfilled(InvalidParameter):
    """A `--format` of `version` or `info` that asks for what there is not."""

    why: str
    sentence = "template: {why}"
    side = "client"


class ImageConflict(Conflict):
    """An image cannot be removed; `-f` helps if the conflict is soft."""

    hard = False
    of_container = False


class NamedByContainer(ImageConflict):
    """The last name of an image that some container was made from."""

    reference: str  # as typed
    container: str  # 12 digits
    image: str  # 12 digits
    sentence = (
        "conflict: unable to remove repository reference {reference!q} (must force) - "
        "container {container} is using its referenced image {image}"
    )
    of_container = True


class HasChildren(ImageConflict):
    """Another image was built upon this one."""

    image: str  # 12 digits
    sentence = "conflict: unable to delete {image} (cannot be forced) - image has dependent child images"
    hard = True


class UsedByRunning(ImageConflict):
    """A container made from the image runs, or is paused."""

    image: str  # 12 digits
    container: str  # 12 digits
    sentence = (
        "conflict: unable to delete {image} (cannot be forced) - "
        "image is being used by running container {container}"
    )
    hard = True
    of_container = True


class ManyNames(ImageConflict):
    """The image has more names than one, and was called by its ID."""

    image: str  # 12 digits
    sentence = (
        "conflict: unable to delete {image} (must be forced) - image is referenced in multiple repositories"
    )


class UsedByStopped(ImageConflict):
    """A container made from the image is there, though it does not run."""

    image: str  # 12 digits
    container: str  # 12 digits
    sentence = (
        "conflict: unable to delete {image} (must be forced) - "
        "image is being used by stopped container {container}"
    )
    of_container = True


class InvalidFilter(InvalidParameter):
    """A filter nobody knows."""

    name: str
    sentence = "Invalid filter '{name}'"


class InvalidFilterValue(InvalidParameter):
    """A known filter with a value it cannot have."""

    name: str
    value: str
    sentence = "Invalid filter '{name}=[{value}]'"


class TooMuchHistory(SystemFailure):
    """History tells of more layers than the image has."""

    sentence = "too many non-empty layers in History section"


class DamagedStore(SystemFailure):
    """A record of the store's own that cannot be read."""

    path: str  # in the store
    why: str
    sentence = "the store is damaged: {path}: {why} (see `labimg system check`)"


class NotRepaired(Forbidden):
    """Whoever would free something in the store may not write to it."""

    path: str
    why: str
    sentence = "nothing can be repaired, the store may only be read: {path}: {why}"
    side = "client"


class TooDeep(SystemFailure):
    """An image may have 125 layers."""

    sentence = "max depth exceeded"


class NothingThere(NotFound):
    """No layer of the image ever had the path (`labimg view`, which Docker has not)."""

    path: str
    sentence = "no layer ever had {path}"
    side = "client"


class NoImageName(NotFound):
    """An image of no name was to be inspected."""

    sentence = "Error: No such image: "
    side = "client"


class BlankImage(InvalidParameter):
    """A name of blanks was to be removed."""

    sentence = "image name cannot be blank"
