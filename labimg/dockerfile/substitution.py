"""Parts of a value cut off or replaced by a shell pattern: `*` for any letters, `?` for one."""

import re

from labimg import errors


def without_beginning(value: str, pattern: str) -> str:
    """`value` without the shortest beginning that fits: the longest, if `pattern` has a `#` more."""
    longest, pattern = pattern.startswith("#"), pattern.removeprefix("#")
    match = _compiled(pattern, greedy=longest).match(value)
    return value[match.end() :] if match else value


def without_end(value: str, pattern: str) -> str:
    """`value` without the shortest end that fits; the longest, if `pattern` has a `%` more.

    The shortest end is found as the last place from which all the rest fits.
    """
    longest, pattern = pattern.startswith("%"), pattern.removeprefix("%")
    fits = _compiled(pattern, greedy=True)
    places = range(len(value) + 1)
    for start in places if longest else reversed(places):
        if fits.fullmatch(value, start):
            return value[:start]
    return value


def replaced(value: str, pattern: str, replacement: str, *, every: bool) -> str:
    """`value` with the first longest part that fits, or `every` such part, replaced."""
    return _compiled(pattern, greedy=True).sub(lambda _: replacement, value, count=0 if every else 1)


def _compiled(pattern: str, *, greedy: bool) -> re.Pattern[str]:
    pieces = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "*":
            pieces.append(".*" if greedy else ".*?")
        elif letter == "?":
            pieces.append(".")
        elif letter != "\\":
            pieces.append(re.escape(letter))
        elif (escaped := next(letters, "\ufffd")) in "}/*?\\":
            pieces.append(re.escape(escaped))
        else:
            raise errors.BadSubstitutionPattern(pattern, escaped)
    return re.compile("".join(pieces))
