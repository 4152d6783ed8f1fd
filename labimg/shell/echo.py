"""`echo` and `printf`: the text they make of their arguments."""

import re
from collections.abc import Sequence
from typing import Final

_ESCAPE: Final = re.compile(r"\\(0[0-7]{0,3}|[1-7][0-7]{0,2}|x[0-9a-fA-F]{1,2}|.)", re.DOTALL)
_LETTERS: Final = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
}
_CONVERSION: Final = re.compile(
    r"%([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z%])|%|\\c|\\[0-7]{1,3}|\\x[0-9a-fA-F]{1,2}|\\.|[^%\\]+|\\$",
    re.DOTALL,
)


class Cut(Exception):
    r"""`\c`: nothing more is printed."""


def echo(words: Sequence[str], kind: str) -> str:
    """What `echo` prints: dash's reads escapes always, the others' when told `-e`."""
    words = list(words)
    newline, escapes = "\n", kind == "dash"
    options = "n" if kind == "dash" else "neE"
    while words and len(words[0]) > 1 and words[0][0] == "-" and set(words[0][1:]) <= set(options):
        for letter in words.pop(0)[1:]:
            newline = "" if letter == "n" else newline
            escapes = (letter == "e") if letter in "eE" else escapes
        if kind == "dash":
            break
    text = " ".join(words)
    if escapes:
        text, complete = unescaped(text)
        newline = newline if complete else ""
    return text + newline


def unescaped(text: str, *, zero: bool = True) -> tuple[str, bool]:
    r"""`text` with its escapes read, and whether it goes on (there was no `\c`).

    With `zero` an octal number begins with 0, as in `echo`.
    """
    stop = re.search(r"(?:^|[^\\])(?:\\\\)*\\c", text)
    if stop:
        text = text[: stop.end() - 2]

    def letter(found: re.Match[str]) -> str:
        code = found[1]
        if code[0] == "x" and len(code) > 1:
            return _byte(int(code[1:], 16))
        if code[0].isdigit() and (code[0] == "0" or not zero):
            return _byte(int(code, 8) & 255)
        return _LETTERS.get(code, found[0])

    return _ESCAPE.sub(letter, text), stop is None


def _byte(code: int) -> str:
    return chr(code) if code < 128 else bytes([code]).decode(errors="surrogateescape")


def printf(pattern: str, arguments: Sequence[str]) -> tuple[str, list[str]]:
    """What `printf` prints, and what it has to complain of.

    The format is used again as long as there are arguments.
    """
    wrong: list[str] = []
    left = list(arguments)
    out: list[str] = []
    try:
        while True:
            before = len(left)
            out += _once(pattern, left, wrong)
            if not left or len(left) == before:
                break
    except Cut as cut:
        out.append(str(cut))
    return "".join(out), wrong


def _once(pattern: str, left: list[str], wrong: list[str]) -> list[str]:
    out: list[str] = []
    for found in _CONVERSION.finditer(pattern):
        text = found[0]
        if text == "\\c":
            raise Cut("".join(out))
        if text[0] == "\\":
            out.append(unescaped(text, zero=False)[0])
        elif text[0] != "%" or not found[4]:
            out.append(text)
        elif found[4] == "%":
            out.append("%")
        else:
            try:
                out.append(_convert(found, left, wrong))
            except Cut as cut:
                raise Cut("".join(out) + str(cut)) from None
    return out


def _convert(found: re.Match[str], left: list[str], wrong: list[str]) -> str:
    flags, kind = found[1], found[4]
    width = _number(left.pop(0) if left else "", wrong) if found[2] == "*" else int(found[2] or 0)
    precise = "." in found[0]
    precision = _number(left.pop(0) if left else "", wrong) if found[3] == "*" else int(found[3] or 0)
    if width < 0:
        flags, width = flags + "-", -width
    value = left.pop(0) if left else ""
    dotted = f".{precision}" if precise else ""
    if kind in "sbc":
        complete = True
        if kind == "b":
            value, complete = unescaped(value)
        text = value[:1] if kind == "c" else value[:precision] if precise else value
        text = text.ljust(width) if "-" in flags else text.rjust(width)
        if not complete:
            raise Cut(text)
        return text
    if kind in "diouxX":
        number = _number(value, wrong)
        if kind in "ouxX" and number < 0:
            number += 1 << 64
        return f"%{flags}{width or ''}{dotted}{'d' if kind in 'iu' else kind}" % number
    if kind in "eEfFgGaA":
        try:
            return f"%{flags}{width or ''}{dotted}{kind}" % float(value or 0)
        except ValueError:
            wrong.append(f"{value}: expected numeric value")
            return f"%{flags}{width or ''}{dotted}{kind}" % 0.0
    wrong.append(f"%{kind}: invalid directive")
    return ""


def _number(text: str, wrong: list[str]) -> int:
    text = text.strip()
    if text[:1] in ("'", '"'):
        return ord(text[1]) if len(text) > 1 else 0
    found = re.match(r"[+-]?(0[xX][0-9a-fA-F]+|\d+)", text)
    if text and (not found or found[0] != text):
        wrong.append(f"{text}: expected numeric value")
    if not found:
        return 0
    digits = found[1]
    base = 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" and digits.isdigit() else 10
    try:
        number = int(digits, base)
    except ValueError:
        number = 0
    return -number if found[0][0] == "-" else number
