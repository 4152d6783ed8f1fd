"""Refusals about what a container asks of its host: ports, networks, limits, health, restarts."""

from labimg.errors.kinds import Conflict, DockerError, InvalidParameter, NotFound, SystemFailure


class NoSuchNetwork(NotFound):
    """A container is started that was made for a network nobody has."""

    name: str
    sentence = "network {name} not found"


class PortTaken(SystemFailure):
    """Two running containers publish on the same port."""

    container: str  # its name
    endpoint: str  # 64 digits
    place: str  # address and port
    sentence = (
        "driver failed programming external connectivity on endpoint {container} ({endpoint}): "
        "Bind for {place} failed: port is already allocated"
    )


class BadPublished(InvalidParameter):
    """A part of `--publish` that is none."""

    part: str  # "containerPort", "hostPort", "IP address" or "proto"
    text: str
    sentence = "invalid {part}: {text}"
    side = "client"


class NoPort(InvalidParameter):
    """`--publish` without the container's port."""

    text: str
    sentence = "no port specified: {text}<empty>"
    side = "client"


class UnequalRanges(InvalidParameter):
    """As many ports of the container as of the host."""

    container: str
    host: str
    sentence = "invalid ranges specified for container and host Ports: {container} and {host}"
    side = "client"


class BadExposed(InvalidParameter):
    """`--expose` with something that is no port."""

    text: str
    why: str
    sentence = "invalid range format for --expose: {text}, error: {why}"
    side = "client"


class ExposedPair(InvalidParameter):
    """`--expose` with a port of the host."""

    text: str
    sentence = "invalid port format for --expose: {text}"
    side = "client"


class BadPublishOption(InvalidParameter):
    """`--publish` by names, one of which has no value."""

    text: str
    sentence = "invalid publish opts format (should be name=value but got '{text}')"
    side = "client"


class BadPortFilter(InvalidParameter):
    """A filter `publish` or `expose` with something that is no port."""

    name: str
    text: str
    why: str
    sentence = "error while looking up for {name} {text}: {why}"


class NoNetworkName(InvalidParameter):
    """`--network` with nothing."""

    sentence = "no name set for network"
    side = "client"


class RestartFormat(InvalidParameter):
    """A restart policy that cannot be read."""

    why: str
    sentence = "invalid restart policy format: {why}"
    side = "client"


class UnknownRestart(InvalidParameter):
    """A restart policy nobody knows."""

    policy: str
    sentence = "invalid restart policy '{policy}'"


class NegativeRetries(InvalidParameter):
    """A number of restarts below zero."""

    sentence = "maximum retry count cannot be negative"


class UnusedRetries(InvalidParameter):
    """Only `on-failure` counts its restarts."""

    policy: str
    sentence = "maximum retry count cannot be used with restart policy '{policy}'"


class RestartAndRemove(Conflict):
    """What goes when it ends cannot begin again."""

    sentence = "conflicting options: cannot specify both --restart and --rm"
    side = "client"


class AttachAndDetach(Conflict):
    """Either stay with it or leave it."""

    sentence = "conflicting options: cannot specify both --attach and --detach"
    side = "client"


class TooLittleMemory(InvalidParameter):
    """Less than a container can live on."""

    what: str  # "limit" or "reservation"
    sentence = "Minimum memory {what} allowed is 6MB"


class MemoryDisorder(InvalidParameter):
    """Limits of memory that contradict each other."""

    why: str
    sentence = "{why}, see usage"


class UnknownCapability(InvalidParameter):
    """A capability the kernel has not."""

    kind: str  # "CapAdd" or "CapDrop"
    name: str
    sentence = "invalid {kind}: unknown capability: {name!q}"


class OomScoreRange(InvalidParameter):
    """A score out of range."""

    score: int
    sentence = "Invalid value {score}, range for oom score adj is [-1000, 1000]"


class HealthTooShort(InvalidParameter):
    """A length of a health check that is shorter than a clock can tell."""

    key: str  # as in the document
    sentence = "{key} in Healthcheck cannot be less than 1ms"


class NegativeHealth(InvalidParameter):
    """A length or number of a health check below zero."""

    flag: str
    sentence = "--{flag} cannot be negative"
    side = "client"


class HealthOrNone(Conflict):
    """A health check, and none."""

    sentence = "--no-healthcheck conflicts with --health-* options"
    side = "client"


class RelativeFolder(InvalidParameter):
    """`--workdir` from nowhere in particular."""

    path: str
    sentence = "the working directory '{path}' is invalid, it needs to be an absolute path"


class BadEnvFile(InvalidParameter):
    """A line in a file of variables that is none."""

    path: str
    why: str
    sentence = "invalid env file ({path}): {why}"
    side = "client"


class IDFileThere(Conflict):
    """`--cidfile` writes no file twice."""

    path: str
    sentence = "container ID file found, make sure the other container isn't running or delete {path}"
    side = "client"


class IDFileFailed(SystemFailure):
    """`--cidfile` cannot be written."""

    path: str
    why: str
    sentence = "failed to create the container ID file: open {path}: {why}"
    side = "client"


class WrongPlatform(NotFound):
    """The image is there, but not for the platform that was asked for."""

    name: str
    wanted: str
    found: str
    sentence = (
        "image with reference {name} was found but does not match the specified platform: "
        "wanted {wanted}, actual: {found}"
    )


class BadHealthFilter(InvalidParameter):
    """A filter `health` with a word that is no health."""

    text: str
    sentence = "Unrecognised filter value for health: {text}"


class UnreadPlatform(InvalidParameter):
    """`--platform` with something that is none."""

    cause: DockerError
    sentence = "error parsing specified platform: {cause}"
    side = "client"
