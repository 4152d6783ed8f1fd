"""The union view as a picture: for every path, which floor did what to it.

This is all that a browser needs: the state of a path at floor `n` is its last mark
at or below `n`.  How whiteouts and opaque directories reach that state is worked out
once, here, from the union's own events.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from labimg.entry import Entry
from labimg.show.building import Building, Floor, erect
from labimg.show.marks import ADDS, COPIED, OPAQUE, REPLACES, SHADOWED, WHITEOUT
from labimg.show.names import counted, spelled
from labimg.union import Event, UnionView

HIDDEN = {  # how `_said` begins -> the same of several paths
    "hidden by a whiteout": "hidden by a whiteout",
    "hidden with": "hidden with a whole directory",
    "hidden by the opaque": "hidden by an opaque directory",
    "hidden:": "hidden by what stands in the place of a directory",
}
_SIGNS = {"born": ADDS, "restored": ADDS, "replaced": REPLACES, "copied up": COPIED, "hidden": WHITEOUT}


@dataclass(frozen=True, slots=True)
class Mark:
    """What one floor did to one path."""

    floor: int  # number, 1 at the ground
    sign: str
    size: int  # bytes the floor stores for it
    kind: str  # of what stands there from now on, or stood there until now
    said: str  # the same in words

    @property
    def stands(self) -> bool:
        """Does anything stand there after it?"""
        return self.sign != WHITEOUT


@dataclass(frozen=True, slots=True)
class Row:
    """One path and its marks, lowest floor first, at most one for each floor."""

    path: str
    marks: tuple[Mark, ...]
    target: str = ""  # where a symlink leads

    @property
    def spelled(self) -> str:
        """The path, harmless."""
        return spelled(self.path)

    @property
    def name(self) -> str:
        """Its last part, harmless; a directory ends in a slash, a symlink tells where it leads."""
        name = spelled(self.path.rpartition("/")[2])
        if self.marks[-1].kind == "dir":
            return f"{name}/"
        return f"{name} -> {spelled(self.target)}" if self.target else name

    @property
    def depth(self) -> int:
        """How many directories it lies in."""
        return self.path.count("/") - 1

    @property
    def parent(self) -> str:
        """The directory it lies in."""
        return self.path.rpartition("/")[0]

    def at(self, floor: int) -> Mark | None:
        """Its state seen from `floor`."""
        return next((mark for mark in reversed(self.marks) if mark.floor <= floor), None)

    def sign(self, floor: int, upto: int) -> str:
        """The sign in the column of `floor`, seen from `upto`; a file under another is shadowed."""
        mark = next((mark for mark in self.marks if mark.floor == floor <= upto), None)
        if mark is None:
            return ""
        below = self.at(upto) is not mark and mark.stands and mark.kind != "dir"
        return SHADOWED if below else mark.sign


class Line(NamedTuple):
    """One line of a tree that is drawn: a path, or what stands for several."""

    row: Row
    mark: Mark
    inside: int = 0  # how many paths are folded into it
    more: int = 0  # it stands for so many paths beside each other, and not for its own
    whence: str = ""  # where those come from, if that is one floor

    @property
    def called(self) -> str:
        """The name of what it stands for."""
        return f"... {self.more} more{self.whence}" if self.more else self.row.name

    @property
    def note(self) -> str:
        """What there is to say beside the name."""
        if self.more:
            return ""
        if not self.mark.stands:
            return self.mark.said
        return f"{self.inside} inside" if self.inside else ""


@dataclass(frozen=True)
class Merged:
    """The picture of a union view, seen from floor `upto`."""

    building: Building
    rows: tuple[Row, ...]  # in the order of a walk
    upto: int

    @property
    def floors(self) -> tuple[Floor, ...]:
        """The floors, bottom first."""
        return self.building.floors

    @cached_property
    def seen(self) -> tuple[tuple[Row, Mark], ...]:
        """What one sees, and what is struck through; below a struck directory nothing more is told."""
        standing = {""}
        found = []
        for row in self.rows:
            mark = row.at(self.upto)
            if mark and row.parent in standing:
                found.append((row, mark))
                if mark.stands:
                    standing.add(row.path)
        return tuple(found)

    def lines(self, limit: int = 0) -> tuple[Line, ...]:
        """What to draw, in about `limit` lines that say the most.

        First those directories are folded that one floor filled, then those in which no file
        of one floor lies upon another's; then what is left of these is told in one line for
        each directory; at last the deep ones are folded.
        """
        quiet, calm = _quiet(self.rows), _calm(self.rows)
        dull = quiet | calm
        folds = [(frozenset[str](), None), (quiet, None), (dull, None), (dull, calm)]
        for folded, gathered in (*folds, *((dull | deep, calm) for deep in self._depths())):
            lines = self._lines(folded, gathered)
            if not limit or len(lines) <= limit:
                return tuple(lines)
        cut = lines[limit - 1 :]
        return (*lines[: limit - 1], Line(cut[0].row, cut[0].mark, more=len(cut)))

    def folded(self, few: int, many: int) -> frozenset[str]:
        """The directories to fold at first, where one can unfold them again.

        The dull ones if there are more than a `few` rows, the deep ones too if there are still too `many`.
        """
        quiet = _quiet(self.rows)
        dull = quiet | _calm(self.rows)
        gentle = ((few, folded) for folded in (frozenset[str](), quiet, dull))
        strong = ((many, dull | deep) for deep in (frozenset[str](), *self._depths()))
        for limit, folded in (*gentle, *strong):
            if len(self._lines(folded, None)) <= limit:
                break
        return folded

    def _depths(self) -> Iterator[frozenset[str]]:
        """All directories below some depth, the deepest first."""
        folders = [row for row, mark in self.seen if mark.kind == "dir"]
        for depth in range(max((row.depth for row in folders), default=0), -1, -1):
            yield frozenset(row.path for row in folders if row.depth >= depth)

    def _lines(self, folded: frozenset[str], calm: frozenset[str] | None) -> list[Line]:
        """The lines with these directories folded; with `calm`, one line for all that is calm in each."""
        lines: list[Line] = []
        shut = ""
        for row, mark in self.seen:
            if shut and row.path.startswith(shut):
                lines[-1] = lines[-1]._replace(inside=lines[-1].inside + mark.stands)
                continue
            lines.append(Line(row, mark))
            shut = f"{row.path}/" if row.path in folded else ""
        return lines if calm is None else list(_gathered(lines, calm))

    def describe(self) -> str:
        """The picture in one sentence."""
        files = sum(mark.stands and mark.kind != "dir" for _, mark in self.seen)
        struck = [mark.said for _, mark in self.seen if not mark.stands]
        causes = [
            f"{number} {cause}"
            for how, cause in HIDDEN.items()
            if (number := sum(said.startswith(how) for said in struck))
        ]
        seen = f"the view through {self.upto} of {counted(len(self.floors), 'floor')}"
        return ", ".join([f"{self.building.name}: {seen}", counted(files, "file"), *causes])

    def changed(self, floor: int) -> str:
        """What `floor` did, as it is read aloud."""
        told: dict[str, int] = defaultdict(int)
        for row in self.rows:
            for mark in row.marks:
                if mark.floor == floor and (mark.kind != "dir" or mark.sign in (ADDS, OPAQUE)):
                    told[mark.sign] += 1
        verbs = {
            ADDS: "adds",
            REPLACES: "replaces",
            COPIED: "copies up",
            WHITEOUT: "hides",
            OPAQUE: "makes opaque",
        }
        done = [f"{verb} {told[sign]}" for sign, verb in verbs.items() if told[sign]]
        if not done:
            return "changes nothing"
        noun = "path" if done[0].endswith(" 1") else "paths"
        return ", ".join([f"{done[0]} {noun}", *done[1:]])


def merge(view: UnionView, *, building: Building | None = None, upto: int | None = None) -> Merged:
    """The picture of `view` seen from floor `upto` (default: the top); `building` names its floors."""
    markers = [_opaque(layer.entries) for layer in view.layers]
    rows = (_row(path, events, markers) for path, events in view.history())
    height = len(view.layers)
    return Merged(
        building or erect(view.layers), tuple(rows), height if upto is None else max(0, min(upto, height))
    )


def _gathered(lines: Sequence[Line], calm: frozenset[str]) -> Iterator[Line]:
    """The lines with each directory's calm ones told in one, where the last of them stood."""
    idle: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.row.path in calm or (line.mark.kind != "dir" and not _meets(line.row)):
            idle[line.row.parent].append(line)
    for line in lines:
        siblings = idle[line.row.parent]
        if len(siblings) < 3 or line not in siblings:
            yield line
        elif line is siblings[-1]:
            floors = {sibling.mark.floor for sibling in siblings}
            whence = f" from floor {line.mark.floor}" if len(floors) == 1 else ""
            yield line._replace(inside=0, more=len(siblings), whence=whence)


def _row(path: str, events: Sequence[Event], markers: Sequence[frozenset[str]]) -> Row:
    """The marks of `path`, one for each floor that did something to it."""
    marks: dict[int, Mark] = {}
    kind, target = "file", ""
    for event in events:
        if event.entry:
            kind, target = event.entry.kind, event.entry.target if event.entry.kind == "symlink" else ""
        floor = event.layer + 1
        marks[floor] = Mark(floor, _SIGNS[event.what], event.size, kind, _said(path, event, kind))
    for index, opaque in enumerate(markers):
        last = marks.get(max((floor for floor in marks if floor <= index + 1), default=0))
        if path in opaque and last and last.stands and last.kind == "dir":
            marks[index + 1] = Mark(
                index + 1, OPAQUE, 0, "dir", "opaque: hides all that lower floors have in it"
            )
    return Row(path, tuple(marks[floor] for floor in sorted(marks)), target)


def _said(path: str, event: Event, kind: str) -> str:
    """One event in words."""
    if event.what != "hidden":
        if event.what == "copied up":
            return (
                "metadata changed" if kind == "dir" else "copied up whole, though only its metadata changed"
            )
        return event.what
    hole = Entry(event.by).whiteout
    if hole is None:
        return f"hidden: {spelled(event.by)} is no directory any more"
    if hole.path == path:
        return "hidden by a whiteout"
    if hole.opaque:
        return f"hidden by the opaque directory {spelled(hole.path)}"
    return f"hidden with {spelled(hole.path)}"


def _opaque(entries: Sequence[Entry]) -> frozenset[str]:
    """The directories that a layer makes opaque."""
    holes = (entry.whiteout for entry in entries if "/.wh." in entry.path)
    return frozenset(hole.path for hole in holes if hole and hole.opaque)


def _quiet(rows: Sequence[Row]) -> frozenset[str]:
    """The directories that one floor filled and no other touched."""
    touched: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.marks[-1].kind != "dir" or _meets(row):
            for folder in _above(row):
                touched[folder] |= {mark.floor for mark in row.marks}
    return frozenset(path for path, floors in touched.items() if len(floors) == 1)


def _calm(rows: Sequence[Row]) -> frozenset[str]:
    """The directories in which no file of one floor lies upon another's, and nothing is hidden."""
    busy = {folder for row in rows if _meets(row) for folder in _above(row)}
    return frozenset(row.path for row in rows if row.marks[-1].kind == "dir" and row.path not in busy)


def _meets(row: Row) -> bool:
    """Do two floors meet here: is something replaced, copied up or hidden?"""
    if row.marks[-1].kind == "dir":
        return any(mark.sign in (WHITEOUT, OPAQUE) for mark in row.marks)
    return len(row.marks) > 1


def _above(row: Row) -> Iterator[str]:
    """The directories a path lies in, and itself if it is one."""
    folder = row.path if row.marks[-1].kind == "dir" else row.parent
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
