"""`.dockerignore`: which paths of a folder are no part of the build context.

The last pattern that fits a path, or a folder above it, decides; `!` takes back.

Source: https://github.com/moby/patternmatcher/blob/v0.6.0/patternmatcher.go
"""

import posixpath
import re
from collections.abc import Iterable

from labimg import errors
from labimg.errors import DockerError
from labimg.go.glob import piece_at


class Ignore:
    """The lines of a `.dockerignore`, in order.

    >>> logs = Ignore(["*.log", "!keep.log"])
    >>> logs.excludes("drop.log"), logs.excludes("keep.log"), logs.excludes("a/drop.log")
    (True, False, False)

    Raises:
        BadContext: a pattern has an open bracket, or is a lone exclamation mark.
    """

    __slots__ = ("_rules",)

    def __init__(self, lines: Iterable[str]) -> None:
        try:
            self._rules = [_rule(text) for line in _cleaned(lines) if (text := line)]
        except DockerError as cause:
            raise errors.BadContext(cause) from None

    def excludes(self, path: str) -> bool:
        """Is `path` (relative, with slashes) left out?"""
        path = posixpath.normpath(path)
        if path == ".":
            return False
        out = False
        for taken_back, pattern in self._rules:
            if taken_back == out and pattern.fullmatch(path):
                out = not taken_back
        return out


def _cleaned(lines: Iterable[str]) -> Iterable[str]:
    """The patterns in `lines`, with `./`, `x/..` and outer slashes gone."""
    for number, line in enumerate(lines):
        text = line.removeprefix("\ufeff") if number == 0 else line
        if text.startswith("#") or not (text := text.strip()):
            continue
        mark, pattern = ("!", text[1:].strip()) if text.startswith("!") else ("", text)
        if pattern:
            pattern = posixpath.normpath(pattern).replace("//", "/")
            pattern = pattern[1:] if pattern.startswith("/") and len(pattern) > 1 else pattern
        yield mark + pattern


def _rule(text: str) -> tuple[bool, re.Pattern[str]]:
    """Does the line take back, and what fits it: a path, or one below such a path."""
    taken_back = text.startswith("!")
    pattern = text.removeprefix("!")
    if not pattern:
        raise errors.BadExclusion()
    return taken_back, re.compile(f"(?:{_expression(pattern)})(?:/.*)?", re.DOTALL)


def _expression(pattern: str) -> str:
    """`pattern` as a regular expression, with `**` for any number of folders."""
    pieces = []
    at = 0
    while at < len(pattern):
        if not pattern.startswith("**", at):
            piece, at = piece_at(pattern, at)
        else:
            start, at = at, at + 2
            slash = pattern.startswith("/", at)
            at += slash
            # "**.log" at the beginning fits whatever ends so; elsewhere `**` is whole folders.
            suffix = start == 0 and not slash and not re.search(r"[*?\[\]\\]", pattern[at:])
            piece = ".*" if at == len(pattern) or suffix else "(?:.*/)?"
        pieces.append(piece)
    return "".join(pieces)
