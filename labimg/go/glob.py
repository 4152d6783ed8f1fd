r"""Go's `path.Match`: patterns in which `*` stops at a slash.

    *       any letters but "/"
    ?       one letter but "/"
    [a-z]   one of these letters
    [^a-z]  one letter that is none of these
    \x      the letter x itself

Source: https://pkg.go.dev/path#Match
"""

import re
from functools import lru_cache

from labimg import errors


def match(pattern: str, name: str) -> bool:
    """Does the whole of `name` fit `pattern`?

    >>> match("*:1", "base:1"), match("*", "team/app")
    (True, False)

    Raises:
        BadPattern: a bracket or a backslash is left open.
    """
    return bool(_compiled(pattern).fullmatch(name))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = []
    at = 0
    while at < len(pattern):
        piece, at = piece_at(pattern, at)
        pieces.append(piece)
    return re.compile("".join(pieces), re.DOTALL)


def piece_at(pattern: str, at: int) -> tuple[str, int]:
    """The regular expression for what stands in `pattern` at `at`, and where the next piece begins.

    Raises:
        BadPattern: a bracket or a backslash is left open.
    """
    letter = pattern[at]
    if letter == "*":
        return "[^/]*", at + 1
    if letter == "?":
        return "[^/]", at + 1
    if letter == "[":
        return _bracket(pattern, at + 1)
    if letter == "\\":
        if at + 1 == len(pattern):
            raise errors.BadPattern()
        return re.escape(pattern[at + 1]), at + 2
    return re.escape(letter), at + 1


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    """The set that begins after a `[`; its last letter may come before its first, and then none fits."""
    negated = pattern[at : at + 1] == "^"
    at += negated
    ranges: list[str] = []
    first = True
    while first or pattern[at : at + 1] != "]":
        low, at = _bound(pattern, at)
        high = low
        if pattern[at : at + 1] == "-":
            high, at = _bound(pattern, at + 1)
        if at >= len(pattern):
            raise errors.BadPattern()
        if low <= high:
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
        first = False
    if not ranges:
        return (r"[\s\S]" if negated else r"(?!)"), at + 1
    return f"[{'^' if negated else ''}{''.join(ranges)}]", at + 1


def _bound(pattern: str, at: int) -> tuple[str, int]:
    """One letter inside brackets."""
    if pattern[at : at + 1] == "\\":
        at += 1
    elif pattern[at : at + 1] in ("-", "]"):
        raise errors.BadPattern()
    if at >= len(pattern):
        raise errors.BadPattern()
    return pattern[at], at + 1
