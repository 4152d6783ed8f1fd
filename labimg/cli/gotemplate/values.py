"""What a template may speak of, and what Go calls it.

Python's own values stand for Go's: str, bool, int, float, list (a slice), dict (a map),
None (nothing at all: `<no value>`).  The classes here are what Python has no word for.
"""

from collections.abc import Iterator, Mapping
from math import inf, isfinite
from typing import Any

Value = Any  # a str, bool, int, float, list, dict, None, or one of the classes below


class Number(str):
    """A number of a JSON document that nobody has read yet: text, as Go's json.Number."""

    __slots__ = ()


class Slice(list[Value]):
    """A slice of one kind; `nil` if there is none (prints as empty, is null in JSON)."""

    def __init__(self, items: Any = (), *, of: str = "interface {}", nil: bool = False) -> None:
        super().__init__(items)
        self.of = of
        self.nil = nil


class Map(dict[str, Value]):
    """A map to values of one kind; `zero` is what `index` gives for a key it has not."""

    def __init__(
        self, items: Any = (), *, of: str = "interface {}", zero: Value = None, nil: bool = False
    ) -> None:
        super().__init__(items)
        self.of = of
        self.zero = zero
        self.nil = nil


class Pointer:
    """A pointer to nothing: prints `<nil>`, has no fields."""

    __slots__ = ("type",)

    def __init__(self, type: str) -> None:
        self.type = type


class Struct(Mapping[str, Value]):
    """A record of Go: its fields in order, its type's name, and what JSON makes of it.

    A field with a dot before its name is an embedded struct, whose fields are its own too.
    """

    def __init__(self, type: str, fields: Mapping[str, Value], *, json: Value = None) -> None:
        self.type = type
        self.fields = dict(fields)
        self.json = json
        self._all = dict(_flat(fields))

    def __getitem__(self, name: str) -> Value:
        return self._all[name]

    def __contains__(self, name: object) -> bool:
        return name in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __str__(self) -> str:
        return text(self)


class Row(Struct):
    """A struct whose fields are methods: asked for only when the template names them."""

    def __init__(self, type: str, methods: Mapping[str, Any]) -> None:
        super().__init__(type, dict.fromkeys(methods))
        self.methods = methods

    def __getitem__(self, name: str) -> Value:
        return self.methods[name]()


def _flat(fields: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    for name, value in fields.items():
        if name.startswith("."):
            yield from value.items()
        yield name.removeprefix("."), value


def kind(value: Value) -> str:
    """The name of `value`'s type, as error sentences give it."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float64"
        case Number():
            return "json.Number"
        case Struct() | Pointer():
            return value.type
        case Map():
            return f"map[string]{value.of}"
        case dict():
            return "map[string]interface {}"
        case Slice():
            return f"[]{value.of}"
        case list() | tuple():
            return "[]interface {}"
    return "string"


def truth(value: Value) -> bool:
    """Whether `if` takes its first way: not zero, not empty, not nil."""
    if isinstance(value, Struct):
        return True
    return not isinstance(value, Pointer) and bool(value)


def text(value: Value) -> str:
    """`value` as `{{.}}` prints it (Go's `%v`)."""
    match value:
        case None | Pointer():
            return "<nil>"
        case bool():
            return "true" if value else "false"
        case float():
            return real(value)
        case Struct():
            return "{" + " ".join(text(part) for part in value.fields.values()) + "}"
        case dict():
            return "map[" + " ".join(f"{key}:{text(value[key])}" for key in sorted(value)) + "]"
        case list() | tuple():
            return "[" + " ".join(map(text, value)) + "]"
    return str(value)


def real(value: float) -> str:
    """A float in as few digits as tell it apart, with an exponent below 1e-4 and from 1e6."""
    if not isfinite(value):
        return {inf: "+Inf", -inf: "-Inf"}.get(value, "NaN")
    from decimal import Decimal

    exact = Decimal(repr(value)).normalize()
    power = exact.adjusted()
    if -4 <= power < 6:
        return f"{exact:f}"
    return f"{exact.scaleb(-power):f}e{'-' if power < 0 else '+'}{abs(power):02d}"
