"""The differences that are meant: the table of the same name in ARCHITECTURE.md, read row by row.

`when` is a pattern of the command typed; `Docker` and `labimg` are patterns of the lines that only
one of the two says.  Patterns stand in backquotes, and `*` in them is any text; an empty line is
meant where it stands with one that is.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

HEADER = "| when | Docker says | labimg says | why |"


class Row(NamedTuple):
    """One difference that is meant."""

    when: re.Pattern[str]
    docker: re.Pattern[str]
    labimg: re.Pattern[str]
    why: str

    def excuses(self, command: str, difference: str) -> bool:
        """Is this difference, a line that begins with `-` or `+`, one of those meant?"""
        said = (self.docker if difference[0] == "-" else self.labimg).fullmatch
        return bool(self.when.fullmatch(command) and said(re.sub(r"^(out|err) ", "", difference[1:]).strip()))


def patterns(cell: str) -> re.Pattern[str]:
    """What a cell of the table allows: one of the patterns in its backquotes."""
    found = re.findall(r"`(.+?)`", cell)
    return re.compile("|".join(re.escape(each).replace(r"\*", ".*") for each in found) or r"(?!)")


def rows(page: Path) -> list[Row]:
    """The rows of the table on `page`."""
    below = page.read_text().partition(HEADER)[2].strip().splitlines()
    cells = [
        [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in _table(below)
    ]
    return [Row(patterns(when), patterns(docker), patterns(ours), why) for when, docker, ours, why in cells]


def _table(lines: Iterable[str]) -> list[str]:
    """The lines of a table, its rule left out, up to the first that is none."""
    out: list[str] = []
    for line in lines:
        if not line.startswith("|"):
            break
        out.append(line)
    return out[1:]
