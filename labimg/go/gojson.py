r"""JSON to the byte as Go's `encoding/json` writes it, and its sentences about what is none.

Go escapes `<`, `>` and `&`, so that JSON may stand in HTML, and writes bytes that are not
UTF-8 as `\ufffd`.  An image's ID is the digest of such bytes, so they must be the same here.

Source: https://github.com/golang/go/blob/go1.19/src/encoding/json/encode.go, scanner.go
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from labimg import errors
from labimg.errors.quote import quote

DEPTH = 10_000  # levels
_DIGITS = 300  # a float64 holds a whole number of so many

_SPECIAL = re.compile("[<>&\u2028\u2029\ud800-\udfff]|\\\\.")
_ESCAPES = {r"\b": r"\u0008", r"\f": r"\u000c"}
_FOR_HTML = re.compile(r"(\\\\)|\\u00(3c|3e|26)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}


def encode(value: Any, indent: str = "", *, sort: bool = False, html: bool = True) -> bytes:
    r"""`value` as JSON: compact, or with each level `indent`ed; keys as they stand, or sorted.

    Without `html` it may not stand in HTML, and `<`, `>` and `&` stay as they are.

    >>> print(encode({"b": ["<hi>", 1], "a": {}}, sort=True).decode())
    {"a":{},"b":["\u003chi\u003e",1]}

    Raises:
        ValueError: a number that is none.
        TypeError: a value JSON has no form for.
    """
    text = "".join(_written(value, indent, "\n" if indent else "", sort))
    if not html:
        text = _FOR_HTML.sub(lambda found: found[1] or chr(int(found[2], 16)), text)
    return text.encode()


def _written(value: Any, indent: str, line: str, sort: bool) -> Iterator[str]:
    if isinstance(value, str):
        yield _string(value)
    elif value is None or isinstance(value, (bool, int)):
        yield json.dumps(value)
    elif isinstance(value, float):
        yield _float(value)
    elif isinstance(value, Mapping):
        items = sorted(value.items()) if sort else value.items()
        colon = ": " if indent else ":"
        yield "{"
        deeper, before = line + indent if indent else "", ""
        for key, item in items:
            yield f"{before}{deeper}{_string(key)}{colon}"
            yield from _written(item, indent, deeper, sort)
            before = ","
        yield f"{line if before else ''}}}"
    elif isinstance(value, (list, tuple)):
        yield "["
        deeper, before = line + indent if indent else "", ""
        for item in value:
            yield before + deeper
            yield from _written(item, indent, deeper, sort)
            before = ","
        yield f"{line if before else ''}]"
    else:
        raise TypeError(f"json: unsupported type: {type(value).__name__}")


def _string(text: str) -> str:
    return _SPECIAL.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    letter = match[0]
    if len(letter) == 2:
        return _ESCAPES.get(letter, letter)
    return r"\ufffd" if "\ud800" <= letter <= "\udfff" else f"\\u{ord(letter):04x}"


def _float(number: float) -> str:
    if not math.isfinite(number):
        raise ValueError(f"json: unsupported value: {number}")
    from decimal import Decimal

    if number and not 1e-6 <= abs(number) < 1e21:
        return repr(number).replace("e-0", "e-")
    return format(Decimal(repr(number)), "f").removesuffix(".0")


def decode(data: bytes, *, whole: bool = True) -> Any:
    """What the JSON in `data` says; without `whole`, its first value only, as Go's stream decoder reads.

    Bytes that are not UTF-8, and halves of surrogate pairs, become U+FFFD.

    Raises:
        InvalidJSON: with Go's sentence about the first letter that cannot stand where it stands.
        WrongJSON: a number too large.
    """
    text = data.decode(errors="surrogateescape")
    if whole and not _SURROGATE.search(text) and not _ESCAPED_SURROGATE.search(text):
        try:
            return _DECODER.decode(text)
        except (ValueError, RecursionError):
            pass  # the careful reader says what is wrong, or can read it after all
    return _Reader(text, whole=whole).read()


def _refuse(word: str) -> None:
    raise ValueError(word)


def _real(number: str) -> float:
    """`number` as Go's float64 holds it."""
    value = float(number)
    if math.isinf(value):
        raise errors.WrongJSON(f"number {number}", "float64")
    return value


def _whole(number: str) -> int | float:
    """`number`, exactly if a float64 could hold its size."""
    return int(number) if len(number) <= _DIGITS else _real(number)


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_real, parse_int=_whole)


class _Reader:
    """Reads one value without recursion, so that depth costs no stack."""

    def __init__(self, text: str, *, whole: bool) -> None:
        self.text = text
        self.at = 0
        self.whole = whole

    def read(self) -> Any:
        """The value the text begins with, or is."""
        open_: list[list[Any] | dict[str, Any]] = []  # the arrays and objects we are in
        keys: list[str] = []  # the keys whose values we are in
        while True:
            value, complete = self._begin(first=not open_)
            if not complete:
                open_.append(value)
                if len(open_) > DEPTH:
                    raise errors.InvalidJSON("exceeded max depth")
                if self._closed(value):
                    value = open_.pop()
                elif isinstance(value, dict):
                    keys.append(self._key())
                    continue
                else:
                    continue
            while open_:
                around = open_[-1]
                if isinstance(around, dict):
                    around[keys.pop()] = value
                    ending, where = "}", "after object key:value pair"
                else:
                    around.append(value)
                    ending, where = "]", "after array element"
                letter = self._letter()
                if letter == ",":
                    self.at += 1
                    if isinstance(around, dict):
                        keys.append(self._key())
                    break
                if letter != ending:
                    raise self._unexpected(where)
                self.at += 1
                value = open_.pop()
            else:
                return self._last(value)

    def _begin(self, *, first: bool) -> tuple[Any, bool]:
        """The value that begins here, and whether it is complete: an array or object is not yet."""
        letter = self._letter(first=first)
        if letter in "{[":
            self.at += 1
            return ({} if letter == "{" else []), False
        if letter == '"':
            return self._string(), True
        if letter in "-0123456789":
            return self._number(), True
        for word, value in _WORDS.items():
            if letter == word[0]:
                self._word(word)
                return value, True
        raise self._unexpected("looking for beginning of value")

    def _closed(self, value: list[Any] | dict[str, Any]) -> bool:
        """Is the array or object that has just begun empty?"""
        closed = self._letter() == ("}" if isinstance(value, dict) else "]")
        self.at += closed
        return closed

    def _key(self) -> str:
        """A key and its colon."""
        if self._letter() != '"':
            raise self._unexpected("looking for beginning of object key string")
        key = self._string()
        if self._letter() != ":":
            raise self._unexpected("after object key")
        self.at += 1
        return key

    def _last(self, value: Any) -> Any:
        self.at = _skipped(self.text, self.at)
        if self.whole and self.at < len(self.text):
            raise self._unexpected("after top-level value")
        return value

    def _letter(self, *, first: bool = False) -> str:
        """The next letter that is no space."""
        self.at = _skipped(self.text, self.at)
        if self.at == len(self.text):
            raise self._ended(first=first)
        return self.text[self.at]

    def _string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if not match:
            raise self._bad_string()
        self.at = match.end()
        decoded: str = json.loads(match[0])
        return _SURROGATE.sub("\ufffd", decoded)

    def _bad_string(self) -> "errors.InvalidJSON":
        """What is wrong in the string that begins here."""
        self.at += 1
        while self.at < len(self.text):
            letter = self.text[self.at]
            if letter < " ":
                return self._unexpected("in string literal")
            self.at += 1
            if letter != "\\":
                continue
            escape = self.text[self.at : self.at + 1]
            if escape and escape not in '"\\/bfnrtu':
                return self._unexpected("in string escape code")
            self.at += 1
            for _ in range(4 if escape == "u" else 0):
                if self.at < len(self.text) and self.text[self.at] not in "0123456789abcdefABCDEF":
                    return self._unexpected("in \\u hexadecimal character escape")
                self.at += 1
        return self._ended()

    def _number(self) -> int | float:
        match = _NUMBER.match(self.text, self.at)
        if match:
            number = match[0]
            rest = self.text[match.end() : match.end() + 2]
            self.at = match.end()
            if "." not in number and "e" not in number.lower() and rest[:1] == ".":
                raise self._after(1, "after decimal point in numeric literal")
            if "e" not in number.lower() and rest[:1] in ("e", "E"):
                raise self._after(2 if rest[1:] in ("+", "-") else 1, "in exponent of numeric literal")
            return _real(number) if set(number) & set(".eE") else _whole(number)
        raise self._after(1, "in numeric literal")

    def _word(self, word: str) -> None:
        for letter in word[1:]:
            self.at += 1
            if self.text[self.at : self.at + 1] != letter:
                raise self._after(0, f"in literal {word} (expecting '{letter}')")
        self.at += 1

    def _after(self, letters: int, where: str) -> "errors.InvalidJSON":
        self.at += letters
        return self._unexpected(where) if self.at < len(self.text) else self._ended()

    def _unexpected(self, where: str) -> "errors.InvalidJSON":
        byte = chr(self.text[self.at].encode(errors="surrogateescape")[0])
        shown = {"'": r"'\''", '"': "'\"'"}.get(byte) or f"'{quote(byte)[1:-1]}'"
        return errors.InvalidJSON(f"invalid character {shown} {where}")

    def _ended(self, *, first: bool = False) -> "errors.InvalidJSON":
        if self.whole:
            return errors.InvalidJSON("unexpected end of JSON input")
        return errors.InvalidJSON("EOF" if first else "unexpected EOF")


def _skipped(text: str, at: int) -> int:
    """Where the space at `at` ends."""
    match = _SPACE.match(text, at)
    return match.end() if match else at
