"""Time travel: all worlds of a lab on a line, with bookmarks, other lines, and a look from one to another.

A lab forgets what was undone once something new is done.  A line that was set aside by
`branch` is kept: that is what "what if" asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from labimg.show import sheet, worlds
from labimg.show.board import Board, Row, sent, text
from labimg.show.board import board as listed
from labimg.show.names import clip, harmless
from labimg.show.panel import Listing, Panel

MAIN = "main"
SHOWN = 14  # worlds of a drawing


class World(Protocol):
    """One state of a lab."""

    @property
    def command(self) -> str:
        """What led to it."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """The records of its store."""


class Session(Protocol):
    """What time travel asks of a lab."""

    worlds: Any
    at: int

    def goto(self, number: int) -> Any:
        """Go to another world."""


@dataclass
class Track:
    """What is remembered about a lab's worlds, however many panels look at them."""

    session: Session
    name: str = MAIN  # of the line one is on
    marks: dict[str, Any] = field(default_factory=dict)  # bookmark -> world
    # Lines set aside: their worlds, the one that was left, and what a bench knows of the commands.
    lines: dict[str, tuple[Any, int, Any]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All lines, the main one first."""
        return sorted({*self.lines, self.name}, key=lambda name: (name != MAIN, name))


class Travel(Panel):
    """The line of worlds; put it last in a cell, or call its methods."""

    part = "travel"
    live = True

    def __init__(self, track: Track) -> None:
        self.track = track
        self.session = track.session
        self._from: int | None = None  # None is the world before
        self._to: int | None = None  # None is the world one is in

    # Where one is.

    @property
    def worlds(self) -> Sequence[World]:
        """All worlds of this line."""
        found: Sequence[World] = self.track.session.worlds
        return found

    @property
    def at(self) -> int:
        """The number of the world one is in."""
        return self.track.session.at

    def marks(self, number: int) -> list[str]:
        """The bookmarks at a world."""
        return [name for name, world in self.track.marks.items() if world is self.worlds[number]]

    # Going.

    def undo(self, steps: int = 1) -> "Travel":
        """Go back."""
        return self.goto(self.at - steps)

    def redo(self, steps: int = 1) -> "Travel":
        """Go forward again."""
        return self.goto(self.at + steps)

    def goto(self, where: int | str) -> "Travel":
        """Go to a world by its number or its bookmark; a bookmark on another line leads to that line.

        Raises:
            LookupError: there is no such bookmark.
        """
        self._from = self._to = None
        if isinstance(where, str):
            where = self._marked(where)
        self.track.session.goto(where)
        return self

    def _marked(self, name: str) -> int:
        world = self.track.marks.get(name)
        for line in [self.track.name, *self.track.names]:
            found = self.worlds if line == self.track.name else self.track.lines[line][0]
            if any(one is world for one in found):
                self.line(line)
                return next(at for at, one in enumerate(self.worlds) if one is world)
        raise LookupError(f"there is no bookmark {name!r}")

    def bookmark(self, name: str = "") -> "Travel":
        """Give the world one is in a name to come back to."""
        self.track.marks[name or self._free("mark", self.track.marks)] = self.worlds[self.at]
        return self

    def branch(self, name: str = "") -> "Travel":
        """Ask "what if": keep this line as it is, and go on from here on a new one."""
        track = self.track
        name = name or self._free("what if", {*track.lines, track.name})
        if name not in track.names:
            self._aside()
            track.name = name
            track.session.worlds = list(self.worlds[: self.at + 1])
        return self

    def _aside(self) -> None:
        """Set this line aside, with what a bench remembers of the commands that were typed on it."""
        typed = getattr(self.track.session, "typed", None)
        kept = None if typed is None else list(typed)
        self.track.lines[self.track.name] = (list(self.worlds), self.at, kept)

    def line(self, name: str) -> "Travel":
        """Change to another line, to the world one left it in.

        Raises:
            LookupError: there is no such line.
        """
        track = self.track
        if name == track.name:
            return self
        if name not in track.lines:
            raise LookupError(f"there is no line {name!r}")
        self._aside()
        session: Any = track.session
        session.worlds, at, typed = track.lines.pop(name)
        track.name = name
        if typed is not None:
            session.typed = typed
        return self.goto(at)

    @staticmethod
    def _free(word: str, taken: Any) -> str:
        return next(name for number in range(1, len(taken) + 2) if (name := f"{word} {number}") not in taken)

    # Comparing.

    def compare(self, before: int | None = None, after: int | None = None) -> Listing:
        """What is other in world `after`, by default where one is, than in `before`, the one before it."""
        return Listing(self.changed(before, after))

    def changed(self, before: int | None = None, after: int | None = None) -> Board:
        """The same as a board."""
        last = len(self.worlds) - 1
        after = self.at if after is None else max(0, min(after, last))
        before = max(after - 1, 0) if before is None else max(0, min(before, last))
        title = f"From world {before} to world {after}"
        if before + 1 == after:
            title = f"World {after}: docker {self.worlds[after].command}"
        if before == after:
            return listed(title, "the same world", {})
        return worlds.compare(self.worlds[before].files, self.worlds[after].files, title=title)

    # What is shown.

    def called(self, number: int) -> str:
        """What led to a world."""
        command = self.worlds[number].command
        if command:
            return f"docker {command}"
        return "the beginning" if self.worlds[number].files else "an empty store"

    def describe(self) -> str:
        """The picture in one sentence."""
        count = len(self.worlds) - 1
        line = "" if self.track.names == [MAIN] else f" on the line {self.track.name!r}"
        return harmless(f"World {self.at} of {count}{line}: {self.called(self.at)}")

    def _board(self) -> Board:
        """The worlds as a board, the part of them around the one one is in."""
        start = max(0, min(self.at - SHOWN // 2, len(self.worlds) - SHOWN))
        rows = []
        for number in range(start, min(start + SHOWN, len(self.worlds))):
            behind = ("·", "behind") if number < self.at else ("◌", "undone")
            sign, word = ("▶", "here") if number == self.at else behind
            marks = "  ".join(f"★ {name}" for name in self.marks(number))
            tone: Any = "plain" if number == self.at else "quiet"
            rows.append(Row(sign, word, f"{number:>3}  {self.called(number)}", marks, tone=tone))
        others = ", ".join(name for name in self.track.names if name != self.track.name)
        note = f"other lines: {others}" if others else ""
        return listed("The worlds of this lab", self.describe(), {"": rows}, note=note)

    def __repr__(self) -> str:
        return f"{text(self._board())}\n\n{text(self.changed())}"

    def draw(self) -> str:
        """The worlds, and what the last command changed, as SVG."""
        return sheet.board(self._board(), self.changed())

    @property
    def state(self) -> dict[str, Any]:
        """What the browser shows."""
        last = len(self.worlds) - 1
        after = self.at if self._to is None else min(self._to, last)
        before = max(after - 1, 0) if self._from is None else min(self._from, last)
        return {
            "said": self.describe(),
            "at": self.at,
            "worlds": [
                {
                    "called": harmless(clip(self.called(number), 200)),
                    "marks": list(map(harmless, self.marks(number))),
                }
                for number in range(last + 1)
            ],
            "line": harmless(self.track.name),
            "lines": list(map(harmless, self.track.names)),
            "from": before,
            "to": after,
            "board": sent(self.changed(before, after)),
        }

    def typed(self, asked: Mapping[str, Any]) -> str:
        """What the browser asks for, as a line for a cell."""
        match asked:
            case {"do": "goto", "n": int(number)}:
                return f"%lab goto {max(number, 0)}"
            case {"do": "mark", "name": str(name)}:
                return f"lab.travel().bookmark({name.strip()!r})"
            case {"do": "branch", "name": str(name)}:
                return f"lab.travel().branch({name.strip()!r})"
            case {"do": "line", "n": int()}:
                return f"lab.travel().line({self.track.name!r})"
        return ""

    def heed(self, asked: Mapping[str, Any]) -> None:
        """Do what the browser asks for."""
        match asked:
            case {"do": "goto", "n": int(number)}:
                self.goto(number)
            case {"do": "mark", "name": str(name)}:
                self.bookmark(name.strip())
            case {"do": "branch", "name": str(name)}:
                self.branch(name.strip())
            case {"do": "line", "n": int(number)} if 0 <= number < len(self.track.names):
                self.line(self.track.names[number])
            case {"do": "compare", "from": int(before), "to": int(after)}:
                self._from = None if before == after - 1 else before
                self._to = None if after == self.at else after
