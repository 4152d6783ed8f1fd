"""What a build has to tell, as it goes."""

from typing import Literal, NamedTuple


class ContextSent(NamedTuple):
    """The context is complete."""

    size: int  # bytes of its tar


class Gaps(NamedTuple):
    """Instructions that go on over an empty line; one day they shall be refused."""

    lines: tuple[str, ...]


class Step(NamedTuple):
    """An instruction begins."""

    number: int  # the first is 1
    total: int
    text: str


class Triggers(NamedTuple):
    """The base image has ONBUILD instructions, which run now."""

    total: int


class RunningIn(NamedTuple):
    """A container was made for the step."""

    container: str  # 12 digits


class Output(NamedTuple):
    """What the step's command prints."""

    stream: Literal["stdout", "stderr"]
    text: bytes


class Downloaded(NamedTuple):
    """A file that ADD names by its URL has come, or the first part of it."""

    size: int  # bytes
    endless: bool = False  # nobody knew its length before its end
    whole: bool = True


class Cached(NamedTuple):
    """The step was done before."""


class Missed(NamedTuple):
    """The step has to be done, and why; Docker does not say it."""

    reason: str


class RemovedContainer(NamedTuple):
    """The step's container is gone."""

    container: str  # 12 digits


class Made(NamedTuple):
    """The step is done; FROM scratch makes nothing."""

    image: str  # 12 digits, or ""


class Unused(NamedTuple):
    """Build arguments that no ARG took."""

    names: tuple[str, ...]


class Built(NamedTuple):
    """The build is done."""

    image: str  # 12 digits


class Tagged(NamedTuple):
    """The image has a name."""

    reference: str  # familiar form
