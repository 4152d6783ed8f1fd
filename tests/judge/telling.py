"""What two sides printed, made comparable: only what chance or the clock decides is set aside.

An ID counts by where it first appeared, a time and an age count as a time and an age, and of a
line that overwrites itself only its end.  Columns keep
their widths; one whose width an age decides is as wide as its own longest cell demands.
"""

import re
from collections.abc import Callable, Sequence
from difflib import unified_diff
from itertools import groupby
from typing import NamedTuple

ID = re.compile(r"(?<![0-9a-zA-Z])(?:[0-9a-f]{64}|[0-9a-f]{12})(?![0-9a-zA-Z])")
AGE = re.compile(r"(?:Less than a second|About an? \w+|\d+ (?:second|minute|hour)s?)(?: ago)?")
IN_THE_WAY = re.compile(r"(?<!intermediate )container [0-9a-f]{12}(?= is using|$)", re.M)  # any of several
MASKS: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(r"[^\n]*\r(?!\r*\n)|\r+(?=\n)"), ""),  # a line that overwrites itself, as a terminal shows it
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4} \w+"), "<time>"),
    (AGE, "<age>"),
    (re.compile(r"/var/lib/docker"), "<root>"),
    (IN_THE_WAY, "container <one of them>"),
    (re.compile(r"\x1b\[0m\x1b\[91m"), ""),  # an error in pieces
    (re.compile(r"\+dfsg1"), ""),  # Debian's mark on the version
    (re.compile(r'\s*"NetworkDisabled": ?true,'), ""),  # the judge's daemon has no bridge
    (re.compile(r"docker-import-\d+"), "docker-import-<number>"),
    (re.compile(r"(?<=build-args \[)[^]]+"), lambda found: " ".join(sorted(found[0].split()))),  # by Go's map
    (re.compile(r"\b[a-z]+_[a-z]+$", re.M), "<name>"),  # `ps` ends in a name, which may be by chance
]
HEADER = re.compile(r"[A-Z][A-Z /]+(?:  +[A-Z][A-Z /]*)*")
LEVELLED = re.compile(r"(?:CREATED|STATUS|NAMES|LAST USED)(?: AT)?(?: +|$)")  # where chance decides how wide
PAD, LEAST = 3, 10  # columns between two columns, and the narrowest

# The rows of these have no order, or one that equal times leave to chance.
UNORDERED = re.compile(
    r"docker (?:images|image (?:ls|list)|ps|container (?:ls|list|ps)|\w+ prune|diff|container diff|load|"
    r"image load|system df|save)\b"
)


class Turn(NamedTuple):
    """What one line did on one side, made comparable."""

    code: int
    out: Sequence[str]
    err: Sequence[str]

    @property
    def lines(self) -> list[str]:
        """All of it as one text."""
        return [
            f"exit {self.code}",
            *(f"out {line}" for line in self.out),
            *(f"err {line}" for line in self.err),
        ]


def apart(theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
    """Where the two differ: `-` is what only Docker said, `+` what only we did."""
    told = list(unified_diff(theirs, ours, n=0, lineterm=""))[2:]
    return [each for each in told if not each.startswith("@@")]


class Names:
    """The IDs that both sides have shown, each by the number of its first appearance."""

    def __init__(self) -> None:
        self.docker: dict[str, str] = {}
        self.ours: dict[str, str] = {}

    def acquaint(self, theirs: str, ours: str) -> None:
        """What stands in the same place of two texts that are otherwise alike is the same thing."""
        theirs, ours = (IN_THE_WAY.sub("container", text) for text in (theirs, ours))
        there, here = ID.findall(theirs), ID.findall(ours)
        if len(there) != len(here) or masked(ID.sub("", theirs)) != masked(ID.sub("", ours)):
            return
        for one, two in zip(there, here, strict=True):
            if one[:12] not in self.docker and two[:12] not in self.ours:
                self.docker[one[:12]] = self.ours[two[:12]] = f"{len(self.docker) + 1:08}"

    @staticmethod
    def put(text: str, known: dict[str, str]) -> str:
        """`text` with these names for its IDs, each as wide as the ID was."""

        def name(match: re.Match[str]) -> str:
            return f"<{known.get(match[0][:12], '?')}>".ljust(len(match[0]), "-")

        return ID.sub(name, text)


def masked(text: str) -> str:
    """`text` without what the clock and chance decide."""
    text = "\n".join(_levelled(text.split("\n")))
    for pattern, word in MASKS:
        text = pattern.sub(word, text)
    return text


def ordered(lines: list[str]) -> list[str]:
    """The lines of a table in which those of one age, or of none, may stand in any order."""
    return [line for _, group in groupby(lines, key=_age) for line in sorted(group)]


def _age(line: str) -> str:
    found = re.search(r"<age>|\d+ (?:day|week|month|year)s ago", line)
    return found[0] if found else ""


def _levelled(lines: list[str]) -> list[str]:
    """The lines, with each column that an age widens as wide on every day."""
    out: list[str] = []
    table: list[str] = []
    for line in [*lines, ""]:
        if HEADER.fullmatch(line.rstrip()) and LEVELLED.search(line):
            out += _table(table)
            table = [line]
        elif table and line:
            table.append(line)
        else:
            out += [*_table(table), line]
            table = []
    return out[:-1]


def _table(rows: list[str]) -> list[str]:
    """The rows of a table, its header among them, with ages in columns of one width."""
    if not rows:
        return rows
    for found in reversed(list(LEVELLED.finditer(rows[0]))):
        start, end = found.span()
        cells = [row[start:end] for row in rows]
        if end < len(rows[0]) and end - start == max(LEAST, max(len(cell.rstrip()) for cell in cells) + PAD):
            cells = [masked_age(cell).ljust(40) for cell in cells]
        rows = [row[:start] + cell + row[end:] for row, cell in zip(rows, cells, strict=True)]
    return rows


def masked_age(cell: str) -> str:
    """A cell with its age set aside."""
    return re.sub(r"\b[a-z]+_[a-z]+$", "<name>", AGE.sub("<age>", cell.rstrip()))
