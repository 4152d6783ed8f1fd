"""What `--filter` says: names with one or more values each.

Of most filters several values mean "any of them"; of `label` they mean "all of them".
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from labimg import errors

Filters = Mapping[str, Sequence[str]]


def known(filters: Filters, names: Iterable[str]) -> None:
    """Refuse a filter that is not one of `names`.

    Raises:
        InvalidFilter: it is not.
    """
    for name in sorted(set(filters) - set(names)):
        raise errors.InvalidFilter(name)


def truth(filters: Filters, name: str, *, strict: bool = True) -> bool | None:
    """What a yes-or-no filter says, None if it was not given; `strict` takes no 1 or 0 for an answer.

    Raises:
        InvalidFilterValue: neither yes nor no.
    """
    values = filters.get(name)
    if not values:
        return None
    yes, no = (("true",), ("false",)) if strict else (("true", "1"), ("false", "0"))
    if strict and any(value in yes for value in values):
        return True
    if any(value in no for value in values):
        return False
    if any(value in yes for value in values):
        return True
    raise errors.InvalidFilterValue(name, " ".join(values))


def number(text: str) -> int:
    """The whole number `text` is, as Go's `Atoi` reads it.

    Raises:
        NotANumber: it is none, or needs more than 64 bits.
    """
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise errors.NotANumber(text, "Atoi")
    if not -(1 << 63) <= int(text) < 1 << 63:
        raise errors.NotANumber(text, "Atoi", "value out of range")
    return int(text)


def labelled(filters: Filters, labels: Mapping[str, str] | None) -> bool:
    """Do `labels` have all that `label` asks for, and nothing that `label!` does?"""
    if not filters:
        return True
    labels = labels or {}

    def has(wanted: str) -> bool:
        key, equals, value = wanted.partition("=")
        return key in labels and (not equals or labels[key] == value)

    return all(map(has, filters.get("label", ()))) and not any(map(has, filters.get("label!", ())))


def until(filters: Filters) -> str | None:
    """The one value of `until`.

    Raises:
        ManyTimes: there are more.
    """
    values = filters.get("until", ())
    if len(values) > 1:
        raise errors.ManyTimes
    return values[0] if values else None
