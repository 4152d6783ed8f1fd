"""Flags that many commands share."""

from collections.abc import Iterator

from labimg.cli.flags import BOOL, FILTER, STRING, Flag, Kind, checked

_TEMPLATE = (
    "'json':             Print in JSON format\n"
    "'TEMPLATE':         Print output using the given Go template.\n"
    "Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with "
    "templates"
)

LIST_FORMAT = Flag(
    "format",
    "Format output using a custom template:\n"
    "'table':            Print output in table format with column headers (default)\n"
    f"'table TEMPLATE':   Print output in table format using the given Go template\n{_TEMPLATE}",
)
OBJECT_FORMAT = Flag("format", f"Format output using a custom template:\n{_TEMPLATE}", STRING, "f")
FILTERS = Flag("filter", "Filter output based on conditions provided", FILTER, "f")
NO_TRUNC = Flag("no-trunc", "Don't truncate output", BOOL)
UNTIL = Flag("filter", 'Provide filter values (e.g. "until=<timestamp>")', FILTER)
YES = Flag("force", "Do not prompt for confirmation", BOOL, "f")


def refused(why: str, names: str) -> Iterator[Flag]:
    """Flags that Docker has and we have not, because of `why`; "volume/v" has a letter, "init!" no value."""
    for word in names.split():
        name, _, letter = word.rstrip("!").partition("/")
        kind = BOOL if word.endswith("!") else STRING
        yield Flag(name, "", kind, letter, hidden=True, without=why)


def _trust(_: bool, word: str) -> bool:
    if not BOOL.read(True, word):
        raise ValueError("labimg does not carry content trust: there is nobody who signs")
    return True


def _label(word: str) -> str:
    if not word.partition("=")[0].strip():
        raise ValueError(f"invalid label '{word}': empty name")
    return word


def _variable(word: str) -> str:
    if not word.partition("=")[0]:
        raise ValueError(f"invalid environment variable: {word}")
    return word


TRUST = Flag("disable-content-trust", "Skip image verification", Kind("", False, _trust), default=True)
ONE_PLATFORM = tuple(refused("an image here is for one platform", "platform"))
ENV = checked(_variable)
LABELS = checked(_label)
