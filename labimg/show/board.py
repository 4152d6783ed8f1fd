"""A board: rows under each other, each with a sign, a name, bytes, and more to tell when it is chosen.

One shape for all that is a list: the disk, a build's cache, an archive, a transfer, a goal,
and what changed between two worlds.  Here are its model and its text; `sheet` draws it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from labimg.show.names import amount, clip, columns, harmless, pad
from labimg.show.prose import plain, wrapped

Tone = Literal["plain", "new", "gone", "quiet"]
OWN, SHARED, LOST = "own", "shared", "lost"
BLOCKS = {OWN: "█", SHARED: "░", LOST: "·"}
WIDE = 24  # columns of the longest bar
NAME = 56  # columns of the longest name


class Part(NamedTuple):
    """A part of a bar."""

    kind: str  # own, shared or lost
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a board."""

    sign: str
    word: str  # what the sign means
    name: str
    note: str = ""
    size: int | None = None  # bytes
    parts: tuple[Part, ...] = ()
    number: int = 0  # of a floor
    tone: Tone = "plain"
    detail: tuple[str, ...] = ()  # lines
    prose: bool = False  # name and note are running text, with backticks, and never cut

    @property
    def told(self) -> tuple[str, str]:
        """Name and note as plain text."""
        name, note = harmless(self.name), harmless(self.note)
        return (plain(name), plain(note)) if self.prose else (name, note)

    @property
    def said(self) -> str:
        """The row as it is read aloud."""
        size = "" if self.size is None else amount(self.size)
        floor = f"floor {self.number}" if self.number else ""
        return ", ".join(filter(None, (harmless(self.word), floor, *self.told, size)))

    @property
    def long(self) -> bool:
        """Does its name take more than a line?"""
        return self.prose and columns(self.told[0]) > NAME

    def lines(self, width: int) -> tuple[list[str], list[str]]:
        """Name and note of a row that is prose, in lines."""
        name, note = (wrapped(harmless(told), width) if told else [] for told in (self.name, self.note))
        return name, note


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The picture of a list."""

    title: str
    said: str  # the whole in one sentence
    groups: tuple[Group, ...]
    note: str = ""
    bars: Mapping[str, str] = field(default_factory=dict)  # the kinds of its bars' parts, in words

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def most(self) -> int:
        """Bytes of the longest bar."""
        return max((sum(part.size for part in row.parts) for row in self.rows), default=0) or 1

    @property
    def legend(self) -> tuple[str, ...]:
        """Each sign with its word, in the order they come."""
        signs = dict.fromkeys((row.sign, row.word) for row in self.rows if row.sign.strip())
        return tuple(f"{sign} {word}" for sign, word in signs)

    def describe(self) -> str:
        """The picture in one sentence."""
        return harmless(f"{self.title}: {self.said}")


def board(title: str, said: str, groups: Mapping[str, list[Row]], **more: object) -> Board:
    """A board of those `groups` that have rows."""
    kept = tuple(Group(name, tuple(rows)) for name, rows in groups.items() if rows)
    return Board(title, said, kept, **more)  # type: ignore[arg-type]


def text(shown: Board) -> str:
    """A board as text; what is told of a row only when it is chosen stays out."""
    names = min(NAME, max((columns(row.told[0]) for row in shown.rows if not row.long), default=0))
    sized = any(row.size is not None for row in shown.rows)
    lines = [shown.describe()]
    for group in shown.groups:
        lines += ["", *([harmless(group.title)] if group.title else [])]
        lines += [f"  {_line(row, names, shown, sized=sized)}".rstrip() for row in group.rows]
    legend = [*shown.legend, *(f"{BLOCKS[kind]} {word}" for kind, word in shown.bars.items())]
    tail = filter(None, ["  ".join(legend), harmless(shown.note)])
    return "\n".join([*lines, *(line for part in tail for line in ("", part))])


def _line(row: Row, names: int, shown: Board, *, sized: bool) -> str:
    if row.long:
        return f"{row.sign:1} " + "\n    ".join(plain(line) for told in row.lines(90) for line in told)
    name, note = row.told
    number = f"{row.number:>2} " if any(other.number for other in shown.rows) and row.number else ""
    number = number or ("   " if any(other.number for other in shown.rows) else "")
    size = "" if row.size is None else amount(row.size)
    told = f"{row.sign:1} {number}{pad(name, names)}"
    return f"{told}  {f'{size:>7}  ' if sized else ''}{_bar(row, shown.most)}{note}"


def _bar(row: Row, most: int) -> str:
    if not row.parts:
        return ""
    blocks = "".join(
        BLOCKS[part.kind] * max(1, round(WIDE * part.size / most)) for part in row.parts if part.size
    )
    return f"{blocks}  "


def sent(shown: Board) -> dict[str, object]:
    """A board as it travels to the browser: plain data, all of it harmless."""
    return {
        "title": harmless(shown.title),
        "said": harmless(shown.said),
        "note": harmless(shown.note),
        "legend": list(shown.legend),
        "bars": [[kind, word] for kind, word in shown.bars.items()],
        "groups": [
            {"title": harmless(group.title), "rows": [_sent(row, shown.most) for row in group.rows]}
            for group in shown.groups
        ],
    }


def _sent(row: Row, most: int) -> dict[str, object]:
    return {
        "sign": row.sign, "said": row.said, "name": harmless(row.name), "note": harmless(row.note),
        "size": "" if row.size is None else amount(row.size), "n": row.number, "tone": row.tone,
        "parts": [[part.kind, round(100 * part.size / most, 2)] for part in row.parts if part.size],
        "detail": list(map(harmless, row.detail)), "prose": row.prose,
    }  # fmt: skip


def some(lines: Iterator[str] | list[str], most: int = 40) -> tuple[str, ...]:
    """The first `most` lines, none of them too long, and how many more there were."""
    kept = [clip(harmless(line.replace("\t", "    ")), 120) for line in lines]
    rest = len(kept) - most
    return (*kept[:most], *([f"... {rest} more"] if rest > 0 else []))
