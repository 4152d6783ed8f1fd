"""`printf` and `print`, by the rules of Go's fmt package.

Rules: https://pkg.go.dev/fmt@go1.24.3#hdr-Printing; a verb that does not fit its value
is no error but is said in the output: `%!d(string=x)`.
"""

import re
from collections.abc import Sequence

from labimg.cli.gotemplate.values import Pointer, Struct, Value, kind, real, text
from labimg.errors.quote import quote

_VERB = re.compile(r"%([-+# 0]*)(\*|\d+)?(\.(?:\*|\d+)?)?(.)?", re.DOTALL)
_INTS = {"d": "d", "x": "x", "X": "X", "o": "o", "b": "b"}


def sprint(values: Sequence[Value]) -> str:
    """Values one after another, a space between two neighbours that are not strings."""
    out: list[str] = []
    for place, value in enumerate(values):
        if place and not isinstance(value, str) and not isinstance(values[place - 1], str):
            out.append(" ")
        out.append(text(value))
    return "".join(out)


def sprintf(form: str, values: Sequence[Value]) -> str:
    """`form` with its verbs filled from `values`."""
    rest = list(values)

    def fill(found: re.Match[str]) -> str:
        flags, width, precision, verb = found.groups()
        if verb in (None, "%"):
            return verb or "%!(NOVERB)"
        wide, digits = (size(part) for part in (width, precision))
        if not rest:
            return f"%!{verb}(MISSING)"
        return _one(rest.pop(0), verb, flags=flags, digits=digits, width=wide or 0)

    def size(part: str | None) -> int | None:
        """A width or precision: written, taken from the values for `*`, or none."""
        if part is None:
            return None
        return int(rest.pop(0)) if part.endswith("*") and rest else int(part.strip(".*") or 0)

    out = _VERB.sub(fill, form)
    if rest:
        extra = ", ".join(f"{kind(value)}={text(value)}" if value is not None else "<nil>" for value in rest)
        out += f"%!(EXTRA {extra})"
    return out


def _one(value: Value, verb: str, *, flags: str, digits: int | None, width: int) -> str:
    filled = kind(value) if verb == "T" else _shown(value, verb, flags=flags, digits=digits)
    if "-" in flags:
        return filled.ljust(width)
    if "0" in flags and isinstance(value, int | float) and not filled.startswith("%"):
        return filled.zfill(width)
    return filled.rjust(width)


def _shown(value: Value, verb: str, *, flags: str, digits: int | None) -> str:
    """`value` under one verb; a container under the verb in each of its parts."""

    def part(inner: Value) -> str:
        return _shown(inner, verb, flags=flags, digits=digits)

    match value:
        case None | Pointer():
            return "<nil>" if verb == "v" else f"%!{verb}(<nil>)"
        case Struct():
            named = "+" in flags and verb == "v"
            pairs = ((f"{name}:" if named else "", part(inner)) for name, inner in value.fields.items())
            return "{" + " ".join(name + inner for name, inner in pairs) + "}"
        case dict():
            return "map[" + " ".join(f"{part(key)}:{part(value[key])}" for key in sorted(value)) + "]"
        case list() | tuple():
            return "[" + " ".join(map(part, value)) + "]"
        case bool() if verb in "tv":
            return text(value)
        case str() if verb in "vsqxX":
            return _string(value, verb, digits=digits)
        case int() if not isinstance(value, bool) and verb in "vdxXobcqU":
            return _integer(value, verb, plus="+" in flags)
        case float() if verb in "vgGeEfF":
            return _float(value, verb, plus="+" in flags, digits=digits)
    return f"%!{verb}({kind(value)}={text(value)})"


def _string(value: str, verb: str, *, digits: int | None) -> str:
    value = value if digits is None else value[:digits]
    if verb == "q":
        return quote(value)
    if verb in "xX":
        code = value.encode("utf-8", "surrogateescape").hex()
        return code.upper() if verb == "X" else code
    return str(value)


def _integer(value: int, verb: str, *, plus: bool) -> str:
    if verb == "c":
        return chr(value)
    if verb == "q":
        return f"'{chr(value)}'"
    if verb == "U":
        return f"U+{value:04X}"
    return format(value, ("+" if plus else "") + _INTS.get(verb, "d"))


def _float(value: float, verb: str, *, plus: bool, digits: int | None) -> str:
    if verb == "v" or (verb == "g" and digits is None):
        return ("+" if plus and value >= 0 else "") + real(value)
    return format(value, f"{'+' if plus else ''}.{6 if digits is None else digits}{verb}")
