"""Shell patterns: `*`, `?` and `[...]`, as in file names, `case` and `find -name`."""

import re
from functools import lru_cache
from re import Pattern

SPECIAL = frozenset("*?[")


def protect(text: str) -> str:
    """`text` as a pattern that matches only itself."""
    return re.sub(r"([\\*?\[\]!-])", r"\\\1", text)


@lru_cache(maxsize=512)
def compiled(pattern: str, *, slash: bool = True) -> Pattern[str]:
    """The pattern as a regular expression; with `slash` off no wildcard matches a "/".

    >>> bool(compiled("*.tx[!a-s]").fullmatch("notes.txt"))
    True
    """
    anything = "." if slash else "[^/]"
    out: list[str] = []
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        at += 1
        if sign == "*":
            out.append(anything + "*")
        elif sign == "?":
            out.append(anything)
        elif sign == "\\" and at < len(pattern):
            out.append(re.escape(pattern[at]))
            at += 1
        elif sign == "[" and (found := _brackets(pattern, at)):
            expression, at = found
            out.append(expression)
        else:
            out.append(re.escape(sign))
    return re.compile("".join(out), re.DOTALL)


def _brackets(pattern: str, start: int) -> tuple[str, int] | None:
    """A bracket expression from `start`, just after its "[", and where it ends; None if it has no end."""
    at = start
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    inside: list[str] = []
    first = True
    while at < len(pattern):
        sign = pattern[at]
        if sign == "]" and not first:
            return f"[{'^' if negated else ''}{''.join(inside)}]", at + 1
        if sign == "[" and (name := re.match(r"\[:(\w+):\]", pattern[at:])):
            inside.append(CLASSES.get(name[1], ""))
            at += len(name[0])
        else:
            if sign == "\\" and at + 1 < len(pattern):
                at += 1
                sign = "\\" + pattern[at]
            inside.append("\\" + sign if sign in "[]^&~|" else sign)
            at += 1
        first = False
    return None


CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z",
    "space": r"\s", "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f",
    "print": r" -~", "graph": "!-~", "cntrl": r"\x00-\x1f\x7f",
}  # fmt: skip
