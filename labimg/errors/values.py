"""Refusals of values: moments, durations, numbers, signals, templates, patterns, JSON."""

from labimg.errors.kinds import DockerError, InvalidParameter


class BadPattern(InvalidParameter):
    """A pattern with an open bracket or a trailing backslash."""

    sentence = "syntax error in pattern"


class BadTime(InvalidParameter):
    """Neither a moment nor a duration."""

    value: str
    sentence = "failed to parse value as time or duration: {value!q}"


class ManyTimes(InvalidParameter):
    """Two limits of time where one can hold."""

    sentence = "more than one until filter specified"


class UntilWithVolumes(InvalidParameter):
    """A volume has no age."""

    sentence = 'ERROR: The "until" filter is not supported with "--volumes"'
    side = "client"


class InvalidJSON(InvalidParameter):
    """A document that Go's decoder does not read."""

    why: str
    sentence = "{why}"


class WrongJSON(InvalidParameter):
    """A document of another shape than Go's decoder has a place for."""

    found: str  # "object", "array", "string", "number", "bool"
    wanted: str  # the name of a Go type
    sentence = "json: cannot unmarshal {found} into Go value of type {wanted}"


class TimeOutOfRange(InvalidParameter):
    """A moment no calendar has."""

    value: str
    what: str  # "month", "day", "hour", "minute" or "second"
    sentence = "parsing time {value!q}: {what} out of range"


class InvalidDuration(InvalidParameter):
    """A duration without a number in it."""

    value: str
    sentence = "time: invalid duration {value!q}"


class NoUnit(InvalidParameter):
    """A duration that is a bare number."""

    value: str
    sentence = "time: missing unit in duration {value!q}"


class UnknownUnit(InvalidParameter):
    """A duration in a unit Go does not know."""

    unit: str
    value: str
    sentence = "time: unknown unit {unit!q} in duration {value!q}"


class NotANumber(InvalidParameter):
    """Something else than a whole number."""

    value: str
    reader: str = "ParseInt"  # a function of Go's
    why: str = "invalid syntax"
    sentence = "strconv.{reader}: parsing {value!q}: {why}"


class BadExclusion(InvalidParameter):
    """An exclamation mark with no pattern after it."""

    sentence = 'illegal exclusion pattern: "!"'


class NoSuchSignal(InvalidParameter):
    """A number that is no signal's."""

    number: int
    sentence = "The linux daemon does not support signal {number}"


class TwoTimeouts(InvalidParameter):
    """`stop --time` is `stop --timeout`."""

    sentence = "conflicting options: cannot specify both --timeout and --time"
    side = "client"


class UntriedTemplate(InvalidParameter):
    """A `--format` of `ps` that fails at the first try."""

    doing: str  # "parse" or "execute"
    why: str
    sentence = "failed to {doing} template: {why}"
    side = "client"


class NoMoment(InvalidParameter):
    """A flag that should tell a moment does not."""

    flag: str
    cause: DockerError
    sentence = 'invalid value for "{flag}": {cause}'
    side = "client"
