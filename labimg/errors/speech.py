"""How a sentence is filled with its data."""

from collections.abc import Mapping
from string import Formatter

from labimg.errors.quote import quote


class _Speech(Formatter):
    """Format strings in which `{name!q}` is the name as Go's `%q` writes it."""

    def convert_field(self, value: object, conversion: str | None) -> object:
        return quote(str(value)) if conversion == "q" else super().convert_field(value, conversion)


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """`sentence` with `values` in its places."""
    return _Speech().vformat(sentence, (), values)
