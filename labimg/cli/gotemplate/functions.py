"""The functions a template may call: Go's own, and those the docker client adds.

Go's: https://pkg.go.dev/text/template@go1.24.3#hdr-Functions.  Docker's: `json split join
title lower upper pad truncate`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from labimg.cli.gotemplate.formats import sprint, sprintf
from labimg.cli.gotemplate.parser import TemplateError
from labimg.cli.gotemplate.values import Map, Number, Pointer, Row, Slice, Struct, Value, kind, text, truth
from labimg.go import gojson

ANY = "interface {}"


class Function(NamedTuple):
    """What to call, the types it takes, and the type of any further arguments ("" = no more)."""

    call: Callable[..., Value]
    takes: tuple[str, ...] = ()
    more: str = ""


def encode(value: Value) -> str:
    """`value` as JSON on one line; `<` and `&` stay as they are, but in a row of a list."""
    return gojson.encode(plain(value), html=isinstance(value, Row)).decode()


def plain(value: Value) -> Value:
    """`value` as the JSON encoder wants it."""
    match value:
        case Row():
            methods = sorted(value.methods.items())
            return {name: plain(method()) for name, method in methods if not isinstance(method, Function)}
        case Struct():
            return value.json if value.json is not None else {k: plain(v) for k, v in value.items()}
        case Pointer():
            return None
        case Map() | Slice() if value.nil:
            return None
        case dict():
            return {key: plain(value[key]) for key in sorted(value)}
        case list() | tuple():
            return [plain(part) for part in value]
        case Number():
            return float(value) if re.search("[.eE]", value) else int(value)
    return value


def _title(words: str) -> str:
    return re.sub(r"(?<!\w)\w", lambda found: found.group().upper(), words)


def _split(words: str, by: str) -> Slice:
    return Slice(words.split(by) if by else words, of="string")


def _pad(words: str, before: int, after: int) -> str:
    return " " * before + words + " " * after if words else words


def _printed(values: Sequence[Value]) -> str:
    return sprint(["<no value>" if value is None else value for value in values])


def _js(*values: Value) -> str:
    def letter(char: str) -> str:
        if char in "\\'\"":
            return "\\" + char
        return f"\\u{ord(char):04X}" if char < " " or char in "<>&=" else char

    return "".join(map(letter, _printed(values)))


def _html(*values: Value) -> str:
    import html

    return html.escape(_printed(values)).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


def _query(*values: Value) -> str:
    from urllib.parse import quote_plus

    return quote_plus(_printed(values), safe="~")


def _length(value: Value) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogateescape"))
    if isinstance(value, list | tuple | dict):
        return len(value)
    if value is None:
        raise TemplateError("reflect: call of reflect.Value.Type on zero Value")
    raise TemplateError(f"len of type {kind(value)}")


def _index(value: Value, *keys: Value) -> Value:
    if value is None:
        raise TemplateError("index of untyped nil")
    for key in keys:
        value = _element(value, key)
    return value


def _element(value: Value, key: Value) -> Value:
    if isinstance(value, dict):
        if not isinstance(key, str):
            raise TemplateError(f"value has type {kind(key)}; should be string")
        return value.get(key, value.zero if isinstance(value, Map) else None)
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")[_place(key, _length(value))]
    if isinstance(value, list | tuple):
        return value[_place(key, len(value))]
    if value is None or isinstance(value, Pointer):
        raise TemplateError("index of nil pointer")
    raise TemplateError(f"can't index item of type {kind(value)}")


def _place(key: Value, count: int, *, last: int = 0) -> int:
    """`key` as an index into `count` things (of which `last` = 1 may be the end)."""
    if key is None:
        raise TemplateError("cannot index slice/array with nil")
    if not isinstance(key, int) or isinstance(key, bool):
        raise TemplateError(f"cannot index slice/array with type {kind(key)}")
    if not 0 <= key < count + last:
        raise TemplateError(f"index out of range: {key}")
    return key


def _slice(value: Value, *bounds: Value) -> Value:
    if value is None:
        raise TemplateError("slice of untyped nil")
    if len(bounds) > (2 if isinstance(value, str) else 3):
        raise TemplateError("cannot 3-index slice a string" if isinstance(value, str) else
                            f"too many slice indexes: {len(bounds)}")  # fmt: skip
    if not isinstance(value, str | list):
        raise TemplateError(f"can't slice item of type {kind(value)}")
    items = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    places = [_place(bound, len(items), last=1) for bound in bounds[:2]]
    start, end = [*places, len(items)][:2] if places else (0, len(items))
    if start > end:
        raise TemplateError(f"invalid slice index: {start} > {end}")
    if isinstance(items, bytes):
        return items[start:end].decode("utf-8", "surrogateescape")
    return Slice(items[start:end], of=value.of if isinstance(value, Slice) else ANY)


def _sort(value: Value) -> str:
    """Which comparisons `value` can take part in."""
    if isinstance(value, bool):
        return "bool"
    return {int: "int", float: "float"}.get(type(value), "string" if isinstance(value, str) else "")


def _same(one: Value, other: Value) -> bool:
    if one is None or other is None:
        return one is other
    if _sort(one) != _sort(other):
        raise TemplateError("incompatible types for comparison")
    if isinstance(one, list | dict) or isinstance(other, list | dict):
        one_said, other_said = (sprintf("%s", [value]) for value in (one, other))
        if kind(one) != kind(other):
            pair = f"{one_said}: {kind(one)}, {kind(other)}: {other_said}"
            raise TemplateError(f"non-comparable types {pair}")
        raise TemplateError(f"non-comparable type {other_said}: {kind(other)}")
    return bool(one == other)


def _equal(first: Value, *others: Value) -> bool:
    if not others:
        raise TemplateError("missing argument for comparison")
    return any(_same(first, other) for other in others)


def _less(one: Value, other: Value) -> bool:
    if not (_sort(one) and _sort(other)):
        raise TemplateError("invalid type for comparison")
    if _sort(one) != _sort(other):
        raise TemplateError("incompatible types for comparison")
    if _sort(one) == "bool":
        raise TemplateError("invalid type for comparison")
    return bool(one < other)


def _never(*_: Value) -> Value:
    raise AssertionError("the machine does it itself")


FUNCTIONS: Mapping[str, Function] = {
    "and": Function(_never, (ANY,), ANY),
    "or": Function(_never, (ANY,), ANY),
    "not": Function(lambda value: not truth(value), (ANY,)),
    "call": Function(_never, (ANY,), ANY),
    "html": Function(_html, (), ANY),
    "js": Function(_js, (), ANY),
    "urlquery": Function(_query, (), ANY),
    "index": Function(_index, (ANY,), ANY),
    "slice": Function(_slice, (ANY,), ANY),
    "len": Function(_length, (ANY,)),
    "print": Function(lambda *values: sprint(values), (), ANY),
    "printf": Function(lambda form, *values: sprintf(form, values), ("string",), ANY),
    "println": Function(lambda *values: " ".join(map(text, values)) + "\n", (), ANY),
    "eq": Function(_equal, (ANY,), ANY),
    "ne": Function(lambda one, other: not _same(one, other), (ANY, ANY)),
    "lt": Function(_less, (ANY, ANY)),
    "le": Function(lambda one, other: _less(one, other) or _same(one, other), (ANY, ANY)),
    "gt": Function(lambda one, other: not (_less(one, other) or _same(one, other)), (ANY, ANY)),
    "ge": Function(lambda one, other: not _less(one, other), (ANY, ANY)),
    "json": Function(encode, (ANY,)),
    "split": Function(_split, ("string", "string")),
    "join": Function(lambda items, by: by.join(items), ("[]string", "string")),
    "title": Function(_title, ("string",)),
    "lower": Function(str.lower, ("string",)),
    "upper": Function(str.upper, ("string",)),
    "pad": Function(_pad, ("string", "int", "int")),
    "truncate": Function(lambda words, size: words[:size], ("string", "int")),
}


def _itself(words: str, *_: Sequence[Value]) -> str:
    return words


# In the heading of a table these leave the column's name alone.
HEADING: Mapping[str, Function] = dict(FUNCTIONS) | {
    "json": Function(_itself, ("string",)),
    "title": Function(_itself, ("string",)),
    "lower": Function(_itself, ("string",)),
    "upper": Function(_itself, ("string",)),
    "truncate": Function(_itself, ("string", "int")),
}
