"""Columns, and the `--format` of a list: table, json, raw, or any template.

A cell ends at a tab.  Cells that stand under each other in neighbouring lines make a column, which
is as wide as its widest cell and 3 more, and at least 10; the last cell of a line is in no column
(https://pkg.go.dev/text/tabwriter@go1.24.3, with the docker client's settings).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from labimg.cli.gotemplate import HEADING, Function, Row, Template, Value

_LEAST, _PADDING = 10, 3

Fields = Mapping[str, Callable[[], Value] | Function]  # a field's name -> what gives its value


def aligned(text: str) -> str:
    r"""`text` with its tabs made into columns.

    >>> aligned("a\tb\nlonger than ten\tc\n")
    'a                 b\nlonger than ten   c\n'
    """
    lines = [line.split("\t") for line in text.split("\n")]
    widths: list[list[int]] = [[] for _ in lines]
    _measure(lines, widths, column=0, first=0, after=len(lines))
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(line, found, strict=False)) + line[-1]
        for line, found in zip(lines, widths, strict=True)
    )


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


@dataclass(frozen=True, slots=True)
class Listing:
    """How one kind of thing is listed: its fields' headings, and the usual formats."""

    type: str  # Go's name of a row
    headings: Mapping[str, str]
    table: str
    quiet: str = "{{.ID}}"
    raw: str = ""
    raw_quiet: str = ""

    def template(self, wanted: str, *, quiet: bool = False) -> str:
        """The template that `--format` asks for, with "table" before it if it is one."""
        if wanted in ("", "table"):
            return self.quiet if quiet else f"table {self.table}"
        if wanted == "raw" and self.raw:
            return self.raw_quiet if quiet else self.raw
        return wanted

    def render(self, template: str, rows: Iterable[Fields]) -> str:
        """The whole list, one template for each row.

        Raises:
            TemplateError: the template is none, or asks for what a row has not.
        """
        if template == "json":
            template = "{{json .}}"
        heading = template.startswith("table")
        body = template.removeprefix("table").strip(" ").replace("\\t", "\t").replace("\\n", "\n")
        made = Template(body)
        lines = "".join(made.render(Row(self.type, row)) + "\n" for row in rows)
        if not heading:
            return lines
        return aligned(made.render(dict(self.headings), functions=HEADING) + "\n" + lines)
