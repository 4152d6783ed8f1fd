"""Columns, and the `--format` of a list: table, json, raw, or any template.

A cell ends at a tab.  Cells that stand under each other in neighbouring lines make a column, which
is as wide as its widest cell and 3 more, and at least 10; the last cell of a line is in no column
(https://pkg.go.dev/text/tabwriter@go1.24.3, with the docker client's settings).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar, Union

if TYPE_CHECKING:
    from labimg.cli.gotemplate import Function, Value

_LEAST, _PADDING = 10, 3
_FIELD, _FILLED = "{{.%s}}", "{{if .%s }}{{.%s}}{{else}}N/A{{end}}"

R = TypeVar("R")
Fields = Mapping[str, Union[Callable[[R], "Value"], "Function"]]  # a field's name -> its value in a row


def aligned(text: str) -> str:
    r"""`text` with its tabs made into columns.

    >>> aligned("a\tb\nlonger than ten\tc\n")
    'a                 b\nlonger than ten   c\n'
    """
    lines = [line.split("\t") for line in text.split("\n")]
    if len({len(line) for line in lines[:-1]}) == 1 and lines[-1] == [""]:
        return _even([*zip(*lines[:-1], strict=True)])
    widths: list[list[int]] = [[] for _ in lines]
    _measure(lines, widths, column=0, first=0, after=len(lines))
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(line, found, strict=False)) + line[-1]
        for line, found in zip(lines, widths, strict=True)
    )


def _even(columns: Sequence[Sequence[str]]) -> str:
    """The lines of columns that go from the first to the last, which is what most tables have."""
    widths = [max(_LEAST, max(map(len, column)) + _PADDING) for column in columns]
    form = "".join(f"%-{width}s" for width in widths[:-1]) + "%s\n"
    return "".join([form % line for line in zip(*columns, strict=True)])


def _measure(lines: list[list[str]], widths: list[list[int]], *, column: int, first: int, after: int) -> None:
    """Give a width to each run of lines that have a cell in `column`, and go on to the right."""
    place = first
    while place < after:
        end = place
        while end < after and len(lines[end]) > column + 1:
            end += 1
        if end > place:
            widest = max(len(lines[row][column]) for row in range(place, end))
            for row in range(place, end):
                widths[row].append(max(_LEAST, widest + _PADDING))
            _measure(lines, widths, column=column + 1, first=place, after=end)
        place = end + 1


class Listing(NamedTuple):
    """How one kind of thing is listed: its fields' headings, and the usual formats."""

    type: str  # Go's name of a row
    headings: Mapping[str, str]
    table: str
    quiet: str = "{{.ID}}"
    raw: str = ""
    raw_quiet: str = ""
    methods: Mapping[str, Callable[[str], str]] = MappingProxyType({})  # the headings of what takes a word

    def template(self, wanted: str, *, quiet: bool = False) -> str:
        """The template that `--format` asks for, with "table" before it if it is one."""
        if wanted in ("", "table"):
            return self.quiet if quiet else f"table {self.table}"
        if wanted == "raw" and self.raw:
            return self.raw_quiet if quiet else self.raw
        return wanted

    def render(self, template: str, rows: Sequence[R], fields: Fields[R]) -> str:
        """The whole list, one template for each row.

        Raises:
            TemplateError: the template is none, or asks for what a row has not.
        """
        if template == "json":
            template = "{{json .}}"
        heading = template.startswith("table")
        body = template.removeprefix("table").strip(" ").replace("\\t", "\t").replace("\\n", "\n")
        columns = self._columns(body, rows, fields, heading=heading)
        if columns and heading and not any(map(_broken, columns)):
            return _even(columns)
        if columns:
            lines = list(map("\t".join, zip(*columns, strict=True)))
        else:
            lines = self._filled(body, rows, fields, heading=heading)
        text = "".join([f"{line}\n" for line in lines])
        return aligned(text) if heading else text

    def _columns(self, body: str, rows: Sequence[R], fields: Fields[R], *, heading: bool) -> list[list[str]]:
        """The columns of a template that is fields between tabs; none if it is another.

        The usual tables are such, and need none of what a template else may ask for.
        """
        known = {_FIELD % name: (name, "") for name in self.headings}
        known |= {_FILLED % (name, name): (name, "N/A") for name in self.headings}
        columns = []
        for text in body.split("\t"):
            name, other = known.get(text, ("", ""))
            field = fields.get(name)
            if not callable(field):
                return []
            cells = list(map(field, rows))
            if not all(issubclass(kind, str) for kind in set(map(type, cells))):
                return []
            columns.append([self.headings[name]] * heading + [cell or other for cell in cells])
        return columns

    def _filled(self, body: str, rows: Sequence[R], fields: Fields[R], *, heading: bool) -> list[str]:
        """The lines that any template makes, the heading first if there is one."""
        from labimg.cli.gotemplate import HEADING, Function, Row, Template

        made = Template(body)
        lines = [made.render(Row(self.type, bound(fields, row))) for row in rows]
        if not heading:
            return lines
        titles = {name: partial(str, title) for name, title in self.headings.items()}
        methods = {name: Function(method, ("string",)) for name, method in self.methods.items()}
        top = Row(self.type, titles | methods) if methods else dict(self.headings)
        return [made.render(top, functions=HEADING), *lines]


def _broken(column: Sequence[str]) -> bool:
    """Does a cell hold what ends cells or lines?"""
    text = "".join(column)
    return "\t" in text or "\n" in text


def bound(fields: Fields[R], row: R) -> "dict[str, Callable[[], Value] | Function]":
    """The fields of one row, as a template asks for them."""
    return {
        name: partial(field, row) if callable(field) else field._replace(call=partial(field.call, row))
        for name, field in fields.items()
    }
