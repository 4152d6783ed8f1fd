"""Every picture as SVG."""

from itertools import pairwise

from labimg.show import marks
from labimg.show.building import Building, Floor, Step
from labimg.show.bytemap import Bar, ByteMap
from labimg.show.merged import Line, Merged, Row
from labimg.show.names import amount, clip, counted, harmless
from labimg.show.story import Biography
from labimg.show.svg import Drawing, Element, beside, breadth, code, el, hatched, page, room, words
from labimg.show.text import MANY, cost

STOREY, STEP, LINE = 40, 20, 20  # heights in pixels
ROWS = 60  # of a tree that is drawn


def stack(building: Building) -> str:
    """An image as a building."""
    drawing = house(building, 640)
    return page(
        drawing,
        title=f"The floors of {building.name}",
        description=building.describe(),
        heading=_heading(building),
    )


def _heading(building: Building) -> str:
    return f"{building.name}  {building.digest[:19]}".rstrip()


def house(building: Building, width: float) -> Drawing:
    """The floors of a building upon each other, the steps without a floor as thin lines between them."""
    parts: list[Element] = []
    y = 2.0
    for storey in reversed(building.storeys):
        if isinstance(storey, Floor):
            parts.append(_floor(storey, width, y))
            y += STOREY
        else:
            parts.append(_step(storey, width, y))
            y += STEP
    parts.append(el("rect", x=0, y=y, width=width, height=4, rx=2, fill=marks.SOFT))
    return Drawing(width, y + 6, tuple(parts))


def _floor(floor: Floor, width: float, y: float) -> Element:
    size = "" if floor.size is None else amount(floor.size)
    space = width - 56 - (breadth(size, 11) + 22 if size else 10)
    dash = {"stroke_dasharray": "5 3"} if floor.writable else {}
    return el(
        "g",
        el("title", f"floor {floor.number}, {floor.kind}: {floor.made_by}"),
        el("rect", x=8, y=y + 0.5, width=width - 16, height=STOREY - 1, rx=3, stroke=marks.LINE,
           fill=marks.PAPER if floor.writable else marks.WASH, **dash),
        _swatch(floor.number, 8, y + 0.5, wide=32, high=STOREY - 1),
        code(clip(floor.made_by, room(space, 12)), 50, y + 24.5),
        code(size, width - 18, y + 24.5, size=11, fill=marks.SOFT, anchor="end"),
    )  # fmt: skip


def _step(step: Step, width: float, y: float) -> Element:
    said = clip(step.made_by, room(width - 76, 10.5))
    middle, end = y + STEP / 2, 54 + breadth(said, 10.5)
    line = f"M 14 {middle} H 44 M {end:.1f} {middle} H {width - 14}"
    return el(
        "g",
        el("title", f"no floor: {step.made_by}"),
        el("path", d=line, stroke=marks.LINE, stroke_dasharray="1 3"),
        code(said, 50, y + 13.5, size=10.5, fill=marks.SOFT),
    )


def _swatch(number: int, x: float, y: float, *, wide: float = 20, high: float = 14) -> Element:
    """A floor's number on its colour."""
    ground = marks.colour(number)
    bold = {"fill": marks.ink(ground), "anchor": "middle", "weight": "700"}
    return el(
        "g",
        el("rect", x=x, y=y, width=wide, height=high, rx=3, fill=ground),
        words(str(number), x + wide / 2, y + high / 2 + 4, size=11 if high < 20 else 13, **bold),
    )


def tree(merged: Merged) -> str:
    """The building, and beside it the merged tree with every floor's hand in every path."""
    title = f"The union view of {merged.building.name}"
    drawing = beside(house(merged.building, 250), grove(merged, 620))
    return page(
        drawing,
        title=title,
        description=merged.describe(),
        heading=_heading(merged.building),
        note=", ".join(marks.legend()),
    )


def grove(merged: Merged, width: float) -> Drawing:
    """The merged tree, row by row."""
    grid = _Grid(merged, width)
    lines = merged.lines(ROWS)
    rows = [grid.row(line, 26 + at * LINE) for at, line in enumerate(lines)]
    return Drawing(width, 30 + len(lines) * LINE, (*grid.head(), *rows))


class _Grid:
    """The columns of a drawn tree: name, size, one for each floor, and who provides the file."""

    def __init__(self, merged: Merged, width: float) -> None:
        count = len(merged.floors)
        self.merged = merged
        self.width = width
        self.pitch = min(20.0, 220 / count) if count and count <= MANY else 0.0
        self.owner = width - 26
        self.first = self.owner - 14 - self.pitch * count
        self.size = self.first - 10

    def head(self) -> list[Element]:
        """The names of the columns, each floor by its swatch."""
        parts = [
            words("path", 4, 14, size=11, fill=marks.SOFT),
            words("size", self.size, 14, size=11, fill=marks.SOFT, anchor="end"),
            words("from", self.owner + 11, 14, size=11, fill=marks.SOFT, anchor="middle"),
            el("path", d=f"M 0 22.5 H {self.width}", stroke=marks.FAINT),
        ]
        if self.pitch:
            floors = self.merged.floors
            parts += [
                _swatch(floor.number, self._x(floor.number), 3, wide=self.pitch - 3) for floor in floors
            ]
        return parts

    def _x(self, number: int) -> float:
        return self.first + (number - 1) * self.pitch

    def row(self, line: Line, y: float) -> Element:
        """One path, or several in one."""
        row, mark = line.row, line.mark
        if line.more:
            told = words(line.called, 4 + row.depth * 16, y + 14, fill=marks.SOFT)
            return el("g", *_guides(row, y), told)
        parts = [el("title", f"{row.spelled}: {mark.said} by floor {mark.floor}"), *_guides(row, y)]
        parts += self._name(line, y)
        if mark.stands and mark.kind in ("file", "link"):
            parts.append(code(amount(mark.size), self.size, y + 14, size=11, fill=marks.SOFT, anchor="end"))
        if mark.stands and mark.kind != "dir":
            parts.append(_swatch(mark.floor, self.owner, y + 3, wide=22))
        return el("g", *parts, *(self._cells(row, y) if self.pitch else []))

    def _name(self, line: Line, y: float) -> list[Element]:
        """The name, struck through if it is hidden, and what there is to say beside it."""
        indent, stands = 4 + line.row.depth * 16, line.mark.stands
        space = room(self.size - 62 - indent, 12)
        name = clip(line.called, space)
        look = {"fill": marks.INK} if stands else {"fill": marks.ALARM, "strike": "line-through"}
        if line.mark.kind == "dir" and stands:
            look["weight"] = "600"
        parts = [code(name, indent, y + 14, **look)]
        if line.note and space > len(name) + 4:
            note = clip(line.note, space - len(name) + 8)
            parts.append(words(note, indent + breadth(name, 12) + 18, y + 14, size=10.5, fill=marks.SOFT))
        return parts

    def _cells(self, row: Row, y: float) -> list[Element]:
        cells = []
        for floor in self.merged.floors:
            if sign := row.sign(floor.number, self.merged.upto):
                quiet = row.marks[-1].kind == "dir" and sign != marks.OPAQUE
                x = self._x(floor.number)
                cells.append(_cell(sign, floor.number, x, y + 3, self.pitch - 3, quiet=quiet))
        return cells


def _guides(row: Row, y: float) -> list[Element]:
    """The lines that lead the eye down from a directory to what is in it."""
    return [
        el("path", d=f"M {8.5 + step * 16} {y} v {LINE}", stroke=marks.FAINT) for step in range(row.depth)
    ]


def _cell(sign: str, number: int, x: float, y: float, wide: float, *, quiet: bool = False) -> Element:
    """A sign in a floor's column: on the floor's colour, hollow where no file of it is seen."""
    hollow = quiet or sign in (marks.SHADOWED, marks.WHITEOUT)
    ground = marks.PAPER if hollow else marks.colour(number)
    edge = (
        marks.ALARM
        if sign == marks.WHITEOUT
        else marks.LINE
        if sign == marks.SHADOWED
        else marks.FAINT
        if hollow
        else ground
    )
    letter = marks.ALARM if sign == marks.WHITEOUT else marks.INK if hollow else marks.ink(ground)
    return el(
        "g",
        el("rect", x=x + 0.5, y=y + 0.5, width=wide - 1, height=13, rx=3, fill=ground, stroke=edge),
        words(sign, x + wide / 2, y + 11.5, size=12, fill=letter, anchor="middle", weight="700"),
    )


def ledger(weighed: ByteMap) -> str:
    """One bar for each floor, the ground floor below: what is seen of it and what is not."""
    most = max((bar.stored for bar in weighed.bars), default=0) or 1
    parts: list[Element] = []
    for index, bar in enumerate(reversed(weighed.bars)):
        parts.append(_bar(bar, 34 * index, most))
    drawing = Drawing(640, 34 * len(weighed.bars), tuple(parts))
    told = weighed.describe()
    note = "Solid is visible; hatched is shadowed: stored, and never seen again."
    return page(drawing, title=f"The bytes of {weighed.name}", description=told, heading=told, note=note)


def _bar(bar: Bar, y: float, most: int) -> Element:
    scale = 420 / most
    seen, lost = bar.visible * scale, (bar.shadowed + bar.markers) * scale
    ground = marks.colour(bar.floor.number)
    told = f"{amount(bar.stored)}"
    if bar.whiteouts:
        told += f", {counted(bar.whiteouts, 'whiteout')}"
    parts = [
        el("title", f"floor {bar.floor.number}: {bar.visible}B seen, {bar.shadowed}B shadowed"),
        _swatch(bar.floor.number, 0, y + 2, wide=28, high=22),
        el("rect", x=38, y=y + 2.5, width=max(seen, 0.5), height=21, fill=ground, stroke=marks.LINE),
    ]  # fmt: skip
    if lost:
        parts.append(hatched(38 + seen, y + 2.5, max(lost, 2), 21, stroke=marks.LINE))
    parts.append(code(told, 38 + max(seen, 0.5) + lost + 8, y + 17, size=11, fill=marks.SOFT))
    return el("g", *parts)


def biography(life: Biography) -> str:
    """The life of a file, floor by floor, the ground floor below."""
    parts: list[Element] = []
    high = 44
    for index, mark in enumerate(reversed(life.marks)):
        y = index * high
        size = amount(mark.size) if mark.kind != "dir" and mark.stands else ""
        parts += [
            _swatch(mark.floor, 0, y + 4, wide=28, high=30),
            _cell(mark.sign, mark.floor, 38, y + 5, 18),
            words(
                mark.said, 66, y + 16, size=12.5, weight="600", fill=marks.INK if mark.stands else marks.ALARM
            ),
            code(clip(harmless(life.made_by(mark)), room(480, 11)), 66, y + 33, size=11, fill=marks.SOFT),
            code(size, 640, y + 16, anchor="end"),
        ]
    for upper, _ in pairwise(range(len(life.marks))):
        parts.append(el("path", d=f"M 14 {upper * high + 34} v 14", stroke=marks.LINE))
    said = "; ".join(f"floor {mark.floor}: {mark.said}" for mark in life.marks)
    return page(
        Drawing(640, high * len(life.marks), tuple(parts)),
        title=f"The life of {life.row.spelled}", description=said, heading=life.row.spelled, note=cost(life),
    )  # fmt: skip
