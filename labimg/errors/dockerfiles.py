"""Refusals of a Dockerfile's text, before anything is built."""

from labimg.errors.kinds import DockerError, InvalidParameter


class AtLine(InvalidParameter):
    """An instruction is refused, for the reason given, at a line."""

    line: int  # the first is 1
    cause: DockerError
    sentence = "dockerfile parse error line {line}: {cause}"


class NotParsed(InvalidParameter):
    """The text does not even fall into instructions, for the reason given."""

    name: str  # the file's
    cause: DockerError
    sentence = "failed to parse {name}: {cause}"


class EmptyDockerfile(InvalidParameter):
    """Not a byte."""

    name: str  # the file's
    sentence = "the Dockerfile ({name}) cannot be empty"


class NoInstructions(InvalidParameter):
    """Nothing but comments."""

    sentence = "file with no instructions"


class NoStage(InvalidParameter):
    """An instruction before the first FROM."""

    sentence = "no build stage in current context"


class UnknownInstruction(InvalidParameter):
    """A word that is no instruction's name."""

    name: str  # upper case
    sentence = "unknown instruction: {name}"


class RepeatedDirective(InvalidParameter):
    """`# escape=` (or another) twice."""

    name: str
    sentence = "only one {name} parser directive can be used"


class BadEscape(InvalidParameter):
    """`# escape=` something else than a backslash or a backtick."""

    token: str
    sentence = "invalid escape token '{token}' does not match ` or \\"


class LineTooLong(InvalidParameter):
    """A line of 64 kB or more."""

    sentence = "dockerfile line greater than max allowed size of 65535"


class TwoArguments(InvalidParameter):
    """ENV or LABEL with a name and nothing else."""

    name: str
    sentence = "{name} must have two arguments"


class NoEqualsSign(InvalidParameter):
    """ENV or LABEL, in the form with `=`, with a word that has none."""

    word: str
    sentence = "Syntax error - can't find = in {word!q}. Must be of the form: name=value"


class NotStrings(InvalidParameter):
    """A JSON array with something else in it than strings."""

    sentence = "when using JSON array syntax, arrays must be comprised of strings only"


class OpenHeredoc(InvalidParameter):
    """The file ends before the heredoc does."""

    sentence = "unterminated heredoc"


class HeredocAsDestination(InvalidParameter):
    """COPY or ADD into a heredoc."""

    name: str
    sentence = "{name} cannot accept a heredoc as a destination"


class OneArgument(InvalidParameter):
    """None, or more than one."""

    name: str
    sentence = "{name} requires exactly one argument"


class SomeArgument(InvalidParameter):
    """None at all."""

    name: str
    sentence = "{name} requires at least one argument"


class NoDestination(InvalidParameter):
    """COPY or ADD that does not say whereto."""

    name: str
    sentence = (
        "{name} requires at least two arguments, but only one was provided. "
        "Destination could not be determined"
    )


class BlankName(InvalidParameter):
    """ARG, ENV or LABEL with nothing before the `=`."""

    name: str
    sentence = "{name} names can not be blank"


class FromArguments(InvalidParameter):
    """FROM is `FROM image` or `FROM image AS name`."""

    sentence = "FROM requires either one or three arguments"


class BadStageName(InvalidParameter):
    """A stage's name begins with a letter."""

    name: str
    sentence = "invalid name for build stage: {name!q}, name can't start with a number or contain symbols"


class UnknownFlag(InvalidParameter):
    """A flag the instruction does not have."""

    flag: str  # without the dashes
    sentence = "Unknown flag: {flag}"


class FlagWithoutValue(InvalidParameter):
    """A flag that needs a value and has none."""

    flag: str
    sentence = "Missing a value on flag: {flag}"


class RepeatedFlag(InvalidParameter):
    """A flag that may stand once, twice."""

    flag: str
    sentence = "Duplicate flag specified: {flag}"


class NotBoolean(InvalidParameter):
    """A switch that is neither on nor off."""

    flag: str
    value: str
    sentence = "Expecting boolean value for flag {flag}, not: {value}"


class ChainedOnbuild(InvalidParameter):
    """A trigger that sets a trigger."""

    sentence = "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"


class NotATrigger(InvalidParameter):
    """A trigger that cannot wait."""

    name: str
    sentence = "{name} isn't allowed as an ONBUILD trigger"


class HealthNone(InvalidParameter):
    """HEALTHCHECK NONE means none."""

    sentence = "HEALTHCHECK NONE takes no arguments"


class HealthCommand(InvalidParameter):
    """HEALTHCHECK CMD without a command."""

    sentence = "Missing command after HEALTHCHECK CMD"


class HealthType(InvalidParameter):
    """HEALTHCHECK is CMD or NONE."""

    kind: str  # upper case
    sentence = "Unknown type {kind!q} in HEALTHCHECK (try CMD)"


class ShortInterval(InvalidParameter):
    """A time of HEALTHCHECK below a millisecond."""

    flag: str
    sentence = "Interval {flag!q} cannot be less than 1ms"


class BadRetries(InvalidParameter):
    """A check is tried at least once."""

    retries: int
    sentence = "--retries must be at least 1 (not {retries})"


class EmptyVolume(InvalidParameter):
    """A volume at no path."""

    sentence = "VOLUME specified can not be an empty string"


class NotJSONForm(InvalidParameter):
    """SHELL is told word by word."""

    name: str
    sentence = "{name} requires the arguments to be in JSON form"


class BadWord(InvalidParameter):
    """Variables in an instruction cannot be put in, for the reason given."""

    word: str
    cause: DockerError
    sentence = "failed to process {word!q}: {cause}"
    side = "stream"


class MissingBrace(InvalidParameter):
    """`${` without `}`."""

    sentence = "syntax error: missing '}}'"


class MissingSlash(InvalidParameter):
    """`${name/pattern` without what to put in its place."""

    sentence = "syntax error: missing '/' in ${{}}"


class BadSubstitution(InvalidParameter):
    """`${` and no name after it."""

    sentence = "syntax error: bad substitution"


class UnsupportedModifier(InvalidParameter):
    """A sign after the name that means nothing."""

    modifier: str
    sentence = "unsupported modifier ({modifier}) in substitution"


class OpenQuote(InvalidParameter):
    """A quote that is not closed."""

    kind: str  # "single-quote" or "double-quote"
    sentence = "unexpected end of statement while looking for matching {kind}"


class NotSet(InvalidParameter):
    """`${name?message}` of a name without a value."""

    name: str
    message: str
    sentence = "{name}: {message}"


class BadSubstitutionPattern(InvalidParameter):
    """A pattern in `${name#pattern}` with a backslash before a plain letter."""

    pattern: str
    letter: str
    sentence = "invalid pattern ({pattern}) in substitution: invalid escape '\\{letter}'"
