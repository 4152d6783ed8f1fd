"""Regular expressions as grep and sed read them, basic or extended, made Python's."""

import re
from functools import lru_cache
from re import Pattern

from labimg.shell.pattern import CLASSES


class BadPattern(Exception):
    """A regular expression that is none."""


@lru_cache(maxsize=256)
def compiled(text: str, *, extended: bool = False, ignore_case: bool = False) -> Pattern[str]:
    r"""The expression `text`.

    Raises:
        BadPattern: it is none.

    >>> compiled(r"a\(b*\)c").search("xabbc")[1]
    'bb'
    """
    try:
        return re.compile(translated(text, extended=extended), re.IGNORECASE if ignore_case else 0)
    except re.error as error:
        reason = (
            "Unmatched [, [^, [:, [., or [=" if "unterminated character set" in str(error) else str(error)
        )
        reason = "Unmatched ( or \\(" if "missing )" in reason else reason
        raise BadPattern(reason) from None


def translated(text: str, *, extended: bool) -> str:
    r"""`text` in Python's writing: in a basic expression `\(`, `\{`, `\+` are the special ones."""
    out: list[str] = []
    at = 0
    while at < len(text):
        sign = text[at]
        at += 1
        if sign == "[":
            inside, at = _brackets(text, at)
            out.append(inside)
        elif sign == "\\" and at < len(text):
            out.append(_escaped(text[at], extended=extended))
            at += 1
        elif sign in "(){}+?|" and not extended:
            out.append("\\" + sign)
        elif sign == "*" and (not out or (out[-1] in ("(", "|", "^") and not extended)):
            out.append("\\*")
        elif sign == "^" and not extended and out and out[-1] not in ("(", "|"):
            out.append("\\^")
        elif sign == "$" and not extended and text[at : at + 2] not in ("", "\\)", "\\|"):
            out.append("\\$")
        else:
            out.append(sign)
    return "".join(out)


def _escaped(letter: str, *, extended: bool) -> str:
    if letter in "(){}+?|":
        return "\\" + letter if extended else letter
    if letter in "<>":
        return r"\b(?=\w)" if letter == "<" else r"\b(?<=\w)"
    if letter in "wWsSbB123456789":
        return "\\" + letter
    if letter in "nt":
        return "\\" + letter
    if letter in "`'":
        return r"\A" if letter == "`" else r"\Z"
    return re.escape(letter)


def _brackets(text: str, at: int) -> tuple[str, int]:
    start = at
    if text[at : at + 1] == "^":
        at += 1
    if text[at : at + 1] == "]":
        at += 1
    while at < len(text) and text[at] != "]":
        if text[at : at + 2] in ("[:", "[.", "[="):
            end = text.find(text[at + 1] + "]", at + 2)
            at = end + 2 if end > 0 else len(text)
        else:
            at += 1
    if at >= len(text):
        raise BadPattern("Unmatched [, [^, [:, [., or [=")
    inside = text[start:at]
    negated = inside.startswith("^")
    inside = inside.removeprefix("^")
    pieces = []
    for piece in re.split(r"(\[:\w+:\])", inside):
        name = re.fullmatch(r"\[:(\w+):\]", piece)
        pieces.append(CLASSES.get(name[1], "") if name else re.sub(r"([\\\[\]^&~|])", r"\\\1", piece))
    body = "".join(pieces)
    body = re.sub(r"\\\\([nt])", r"\\\1", body)
    return f"[{'^' if negated else ''}{body}]", at + 1
