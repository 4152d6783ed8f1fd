"""Every picture as text: what a terminal shows, a screen reader reads and a test compares.

Nothing heavy is imported here, so that `labimg view` starts at once.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from labimg.show import marks
from labimg.show.building import Building, Floor, plan
from labimg.show.bytemap import ByteMap, weigh
from labimg.show.merged import Line, Merged, Row, merge
from labimg.show.names import amount, clip, columns, counted, pad, spelled
from labimg.show.story import Biography
from labimg.show.story import biography as told
from labimg.union import UnionView

if TYPE_CHECKING:
    from labimg.image import Image
    from labimg.show.graphs import Graph

WIDE = 72  # columns of a picture
MANY = 24  # floors; more do not get a column each


def stack(image: "Image | Building", *, name: str = "image") -> str:
    """An image as a building, the ground floor below; steps without a floor are lines between floors."""
    building = image if isinstance(image, Building) else plan(image, name=name)
    margin = len(str(len(building.floors) or 1)) + 2
    lines: list[str] = []
    left, right = "┌", "┐"
    beneath = False  # the storey above was a floor, and needs a line below it
    for storey in reversed(building.storeys):
        if isinstance(storey, Floor):
            if not lines or beneath:
                lines.append(f"{'':{margin}}{left}{'─' * (WIDE - 2)}{right}")
            lines.append(_storey(storey, margin))
            beneath = True
        else:
            said = clip(storey.made_by, WIDE - 8)
            lines.append(f"{'':{margin}}{left}── {said} {'─' * (WIDE - 6 - columns(said))}{right}")
            beneath = False
        left, right = "├", "┤"
    lines.append(f"{'':{margin}}{'═' * WIDE}")
    return "\n".join([_headline(building), "", *lines])


def _headline(building: Building) -> str:
    digest = f"{building.digest[:19]}, " if building.digest else ""
    size = f", {amount(building.size)}" if all(floor.size is not None for floor in building.floors) else ""
    return f"{building.name}: {digest}{counted(len(building.floors), 'floor')}{size}"


def _storey(floor: Floor, margin: int) -> str:
    side = "┆" if floor.writable else "│"
    size = "" if floor.size is None else amount(floor.size)
    said = pad(floor.made_by, WIDE - 5 - len(size))
    return f"{floor.number:>{margin - 1}} {side} {said} {size} {side}"


def tree(view: UnionView | Merged, floor: int | None = None, *, limit: int = 0) -> str:
    """The merged tree seen from `floor` (default: the top), and for each path what every floor did to it.

    With `limit`, what says little is folded until about so many lines remain.
    """
    merged = view if isinstance(view, Merged) else merge(view, upto=floor)
    lines = merged.lines(limit)
    numbers = range(1, len(merged.floors) + 1)
    told = [merged.describe(), "", _columns(numbers, "from", "size", "/")]
    for branch, line in zip(_branches([line.row for line in lines]), lines, strict=True):
        told.append(_columns(*_row(line, merged), branch + line.called + _note(line)))
    return "\n".join([*told, "", "  ".join(marks.legend())])


def _row(line: Line, merged: Merged) -> tuple[Sequence[object], str, str]:
    """The signs of each floor, the floor that provides the path, and its size."""
    row, mark = line.row, line.mark
    if line.more:
        return [""] * len(merged.floors), "", ""
    size = amount(mark.size) if mark.stands and mark.kind in ("file", "link") else ""
    signs = [row.sign(floor.number, merged.upto) for floor in merged.floors]
    return signs, str(mark.floor) if mark.stands else "", size


def _note(line: Line) -> str:
    if not line.note:
        return ""
    return f"  ({line.note})" if line.mark.stands else f"  [{line.note}, floor {line.mark.floor}]"


def _columns(signs: Sequence[object], owner: str, size: str, rest: str) -> str:
    """One line of the table: the floors' columns, then who provides the file, its size, and the tree."""
    wide = len(str(len(signs)))
    grid = "" if len(signs) > MANY else " ".join(f"{sign!s:>{wide}}" for sign in signs) + "  "
    return f"{grid}{owner:>4}  {size:>7}  {rest}".rstrip()


def _branches(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the tree before each name."""
    last: list[bool] = []
    following = _closing(rows)
    for row, closes in zip(rows, following, strict=True):
        del last[row.depth :]
        yield "".join("    " if closed else "│   " for closed in last) + ("└── " if closes else "├── ")
        last.append(closes)


def _closing(rows: Sequence[Row]) -> list[bool]:
    """For each row: is it the last of its directory?"""
    closing, open_below = [], set[str]()
    for row in reversed(rows):
        closing.append(row.parent not in open_below)
        open_below.add(row.parent)
    return closing[::-1]


def biography(view: UnionView | Biography, path: str = "") -> str:
    """The life of `path`, floor by floor.

    Raises:
        KeyError: no floor ever had it.
    """
    life = view if isinstance(view, Biography) else told(view, path)
    lines = [spelled(life.row.path), ""]
    for mark in life.marks:
        size = amount(mark.size) if mark.kind != "dir" and mark.stands else ""
        lines.append(f"  floor {mark.floor}  {mark.sign}  {size:>7}  {mark.said}")
        lines.append(f"{'':22}{clip(life.made_by(mark), WIDE - 22)}")
    return "\n".join([*lines, "", f"  {cost(life)}"])


def cost(life: Biography) -> str:
    """What a path costs, and how much of that is in vain."""
    if life.marks[-1].kind == "dir":
        return f"a directory: floor {life.marks[-1].floor} had the last word on it"
    if life.stored == life.seen:
        return f"{amount(life.stored)} stored, all of it seen"
    return f"{amount(life.stored)} stored, {amount(life.stored - life.seen)} of it shadowed for ever"


def ledger(view: UnionView | ByteMap) -> str:
    """The bytes of each floor: visible, shadowed, markers."""
    weighed = view if isinstance(view, ByteMap) else weigh(view)
    most = max((bar.stored for bar in weighed.bars), default=0)
    lines = [weighed.describe(), "", "floor   stored  visible  shadowed  whiteouts"]
    for bar in reversed(weighed.bars):
        seen, lost = (
            round(24 * part / most) if most else 0 for part in (bar.visible, bar.shadowed + bar.markers)
        )
        lines.append(
            f"{bar.floor.number:>5}  {amount(bar.stored):>7}  {amount(bar.visible):>7}"
            f"  {amount(bar.shadowed):>8}  {bar.whiteouts or '':>9}  {'█' * seen}{'░' * lost}".rstrip()
        )
    return "\n".join([*lines, "", "█ visible  ░ shadowed"])


def graph(drawn: "Graph") -> str:
    """A graph as sentences: each node with what it leads to."""
    lines = [drawn.title, ""]
    for node in drawn.nodes:
        lines.append(f"{node.kind}: {' '.join(node.lines)}")
        for edge in drawn.edges:
            if edge.tail == node.key:
                head = next(other for other in drawn.nodes if other.key == edge.head)
                said = f" {edge.label}" if edge.label else ""
                lines.append(f"  {'==>' if edge.lit else '-->'}{said} {head.kind}: {' '.join(head.lines)}")
    return "\n".join(lines)
