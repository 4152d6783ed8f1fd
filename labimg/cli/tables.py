"""Columns, and the `--format` of a list: table, json, raw, or any template.

A cell ends at a tab.  Cells that stand under each other in neighbouring lines make a column, which
is as wide as its widest cell and 3 more, and at least 10; the last cell of a line is in no column
(https://pkg.go.dev/text/tabwriter@go1.24.3, with the docker client's settings).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from labimg.cli.gotemplate import Function, Value

_LEAST, _PADDING = 10, 3
_CELL = r"\{\{\.(\w+)\}\}|\{\{if \.(\w+) \}\}\{\{\.\2\}\}\{\{else\}\}([^{}]*)\{\{end\}\}"

Fields = Mapping[str, "Callable[[], Value] | Function"]  # a field's name -> what gives its value


def aligned(text: str) -> str:
    r"""`text` with its tabs made into columns.

    >>> aligned("a\tb\nlonger than ten\tc\n")
    'a                 b\nlonger than ten   c\n'
    """
    lines = [line.split("\t") for line in text.split("\n")]
    if len({len(line) for line in lines[:-1]}) == 1 and lines[-1] == [""]:
        return _even(lines[:-1])
    widths: list[list[int]] = [[] for _ in lines]
    _measure(lines, widths, column=0, first=0, after=len(lines))
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(line, found, strict=False)) + line[-1]
        for line, found in zip(lines, widths, strict=True)
    )


def _even(lines: Sequence[Sequence[str]]) -> str:
    """Lines that all have as many cells, which is what most tables are."""
    widths = [max(_LEAST, max(map(len, column)) + _PADDING) for column in zip(*lines, strict=True)]
    form = "".join(f"%-{width}s" for width in widths[:-1]) + "%s\n"
    return "".join([form % tuple(line) for line in lines])


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

    def render(self, template: str, rows: Sequence[Fields]) -> str:
        """The whole list, one template for each row.

        Raises:
            TemplateError: the template is none, or asks for what a row has not.
        """
        if template == "json":
            template = "{{json .}}"
        heading = template.startswith("table")
        body = template.removeprefix("table").strip(" ").replace("\\t", "\t").replace("\\n", "\n")
        if cells := self._cells(body, rows):
            lines = ["\t".join(self.headings[name] for name, _ in cells)] if heading else []
            for row in rows:
                lines.append("\t".join([row[name]() or other for name, other in cells]))  # type: ignore[operator]
        else:
            lines = self._filled(body, rows, heading=heading)
        text = "".join([f"{line}\n" for line in lines])
        return aligned(text) if heading else text

    def _cells(self, body: str, rows: Sequence[Fields]) -> list[tuple[str, str]]:
        """The columns of a template that is fields between tabs, each with what stands there if it is empty.

        The usual tables are such, and need none of what a template else may ask for; none if it is another.
        """
        cells = []
        for text in body.split("\t"):
            found = re.fullmatch(_CELL, text)
            name = (found[1] or found[2]) if found else ""
            if not found or name not in self.headings or not all(_said(row.get(name)) for row in rows[:1]):
                return []
            cells.append((name, found[3] or ""))
        return cells

    def _filled(self, body: str, rows: Sequence[Fields], *, heading: bool) -> list[str]:
        """The lines that any template makes, the heading first if there is one."""
        from labimg.cli.gotemplate import HEADING, Function, Row, Template

        made = Template(body)
        lines = [made.render(Row(self.type, row)) for row in rows]
        if not heading:
            return lines
        titles = {name: partial(str, title) for name, title in self.headings.items()}
        methods = {name: Function(method, ("string",)) for name, method in self.methods.items()}
        top = Row(self.type, titles | methods) if methods else dict(self.headings)
        return [made.render(top, functions=HEADING), *lines]


def _said(field: "Callable[[], Value] | Function | None") -> bool:
    """Does a field give a text, and take nothing for it?"""
    return callable(field) and isinstance(field(), str)
