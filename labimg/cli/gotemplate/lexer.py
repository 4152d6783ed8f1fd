"""The words of a template: text outside `{{ }}`, and the tokens inside.

Rules: https://pkg.go.dev/text/template@go1.24.3 (trim markers, comments, constants).
A mistake in the words is a token too, of kind "error": it is an error only for the
parser that comes to it, so that the first thing wrong is the one complained of.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from labimg.errors.quote import quote

KEYWORDS = frozenset("if else end range with break continue nil define template block".split())

_LEFT, _RIGHT = "{{", "}}"
_SPACES = " \t\r\n"
_TRIM_AFTER = re.compile(r"\{\{-(?=[ \t\r\n])")
_CLOSE = re.compile(r"(?:[ \t\r\n]+-)?\}\}")
_COMMENT = re.compile(r"/\*(.*?)\*/(?=(?:[ \t\r\n]+-)?\}\})", re.DOTALL)
_WORD = re.compile(r"\w+")
_SIMPLE = {"|": "pipe", "=": "assign", "(": "left paren", ")": "right paren"}
_NUMBER = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)"
)
_QUOTED = {
    '"': (re.compile(r'"(?:\\[^\n]|[^"\\\n])*"'), "string", "unterminated quoted string"),
    "'": (re.compile(r"'(?:\\[^\n]|[^'\\\n])*'"), "rune", "unterminated character constant"),
    "`": (re.compile(r"`[^`]*`"), "string", "unterminated raw quoted string"),
}


class Token(NamedTuple):
    """One word: its kind, its text, and where it stands (offset and line)."""

    kind: str
    text: str
    at: int
    line: int

    def __str__(self) -> str:
        if self.kind == "eof":
            return "EOF"
        if self.kind in KEYWORDS or self.kind == "dot":
            return f"<{self.text}>"
        return quote(self.text[:10]) + "..." if len(self.text) > 10 else quote(self.text)


def tokens(source: str) -> Iterator[Token]:
    """Every token of `source`, closed by "eof" or "error"."""
    at = 0
    trim = False  # the action before ended in -}}
    while True:
        left = source.find(_LEFT, at)
        text = source[at:] if left < 0 else source[at:left]
        start = at + (len(text) - len(text.lstrip(_SPACES)) if trim else 0)
        if left >= 0 and _TRIM_AFTER.match(source, left):
            text = text.rstrip(_SPACES)
        if trim:
            text = text.lstrip(_SPACES)
        if text:
            yield Token("text", text, start, _line(source, start))
        if left < 0:
            yield Token("eof", "", len(source), _line(source, len(source)))
            return
        at = left + (4 if _TRIM_AFTER.match(source, left) else 2)
        if comment := _COMMENT.match(source, at):
            at = comment.end()
        elif source.startswith("/*", at):
            closed = "*/" in source[at:]
            fault = "comment ends before closing delimiter" if closed else "unclosed comment"
            yield Token("error", fault, at, _line(source, left))
            return
        else:
            yield Token("left", _LEFT, left, _line(source, left))
            for token in _inside(source, at):
                yield token
                if token.kind == "error":
                    return
                at = token.at
            yield Token("right", _RIGHT, at, _line(source, at))
        close = _CLOSE.match(source, at)
        assert close
        at, trim = close.end(), "-" in close.group()


def _line(source: str, at: int) -> int:
    return 1 + source.count("\n", 0, at)


def _inside(source: str, at: int) -> Iterator[Token]:
    """The tokens of one action; the last one ("" or "error") stands where it ends."""
    depth = 0

    def token(kind: str, text: str) -> Token:
        return Token(kind, text, at, _line(source, at))

    while not _CLOSE.match(source, at):
        found = _one(source, at)
        depth += {"left paren": 1, "right paren": -1}.get(found[0], 0)
        if depth < 0:
            found = ("error", "unexpected right paren")
        yield token(*found)
        if found[0] == "error":
            return
        at += len(found[1])
    yield token("space", "") if not depth else token("error", "unclosed left paren")


def _one(source: str, at: int) -> tuple[str, str]:
    """Kind and text of the token that begins at `at`."""
    char = source[at : at + 1]
    if not char:
        return "error", "unclosed action"
    if char in _SPACES:
        end = at + 1
        while source[end : end + 1] and source[end] in _SPACES and not _CLOSE.match(source, end):
            end += 1
        return "space", source[at:end]
    if char in _QUOTED:
        pattern, kind, fault = _QUOTED[char]
        found = pattern.match(source, at)
        return (kind, found.group()) if found else ("error", fault)
    if char == ":":
        return ("declare", ":=") if source.startswith(":=", at) else ("error", "expected :=")
    if char in _SIMPLE:
        return _SIMPLE[char], char
    if char in "+-" or char in "0123456789" or (char == "." and source[at + 1 : at + 2].isdigit()):
        return _number(source, at)
    if char in ".$" or _WORD.match(char):
        return _name(source, at)
    if char.isascii() and char.isprintable():
        return "char", char
    return "error", f"unrecognized character in action: {_point(char)}"


def _number(source: str, at: int) -> tuple[str, str]:
    found = _NUMBER.match(source, at)
    end = found.end() if found else at
    if tail := re.match(r"\w|[+-]", source[end : end + 1]):
        return "error", f"bad number syntax: {quote(source[at:end] + tail.group())}"
    return "number", source[at:end]


def _name(source: str, at: int) -> tuple[str, str]:
    """A field `.Name`, a variable `$name`, a keyword or a function's name."""
    sign = source[at] if source[at] in ".$" else ""
    word = _WORD.match(source, at + len(sign))
    text = sign + (word.group() if word else "")
    after = source[at + len(text) : at + len(text) + 1]
    ends = not after or after in _SPACES + ".,|:()" or source.startswith(_RIGHT, at + len(text))
    if not ends:
        return "error", f"bad character {_point(after)}"
    if sign == ".":
        return ("field" if word else "dot"), text
    if sign == "$":
        return "variable", text
    if text in KEYWORDS:
        return text, text
    return ("bool" if text in ("true", "false") else "identifier"), text


def _point(char: str) -> str:
    return f"U+{ord(char):04X} '{char}'"
