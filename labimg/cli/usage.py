"""Help and usage in the docker client's layout, made from what a command declares.

Descriptions are wrapped to 79 columns beside the flags' names, as pflag wraps them.
"""

from collections.abc import Iterable, Mapping

from labimg.cli.flags import STRING, Flag
from labimg.errors.quote import quote

WIDTH = 79
_SLOP = 5  # columns a line may be longer, if that saves a short last line


def options(flags: Iterable[Flag]) -> str:
    """The block of flags, one or more lines each."""
    shown = [(_name(flag), flag) for flag in sorted(flags, key=lambda flag: flag.name) if not flag.hidden]
    column = max((len(name) for name, _ in shown), default=0) + 3
    return "".join(f"{name:<{column}}{_wrapped(_described(flag), indent=column)}\n" for name, flag in shown)


def _name(flag: Flag) -> str:
    short = f"  -{flag.short}, " if flag.short else "      "
    return f"{short}--{flag.name} {flag.kind.noun}".rstrip()


def _described(flag: Flag) -> str:
    if flag.value == flag.kind.zero or flag.default is None:
        return flag.help
    value = quote(flag.value) if flag.kind.noun == STRING.noun else str(flag.value)
    return f"{flag.help} (default {value if flag.kind.noun else value.lower()})"


def _wrapped(text: str, *, indent: int) -> str:
    """`text` in lines, all but the first one indented."""
    lines = []
    while text:
        line, text = _line(text, room=WIDTH - indent - _SLOP)
        lines.append(line)
    return "\n".join(lines).replace("\n", "\n" + " " * indent)


def _line(text: str, *, room: int) -> tuple[str, str]:
    """The first line of `text`, and what is left of it."""
    if len(text) < room + _SLOP:
        return text, ""
    blank = max(text.rfind(char, 0, room) for char in " \t\n")
    if blank <= 0:
        return text, ""
    newline = text.rfind("\n", 0, room)
    end = newline if newline > 0 else blank
    return text[:end], text[end + 1 :]


def commands(title: str, summaries: Mapping[str, str]) -> str:
    """A titled block of commands, one line each."""
    column = max(11, *(len(name) for name in summaries)) if summaries else 11
    return f"{title}:\n" + "".join(f"  {name:<{column}} {text}\n" for name, text in summaries.items())
