"""Whatever the course draws is legible, by day and by night: computed from the drawings, as they are stored.

Text contrasts with what lies behind it at least 4.5 to 1; a line or a field that tells something, 3 to 1
(https://www.w3.org/TR/2023/REC-WCAG22-20231005/, 1.4.3 and 1.4.11).  What only adorns, as a faint border
or the wash of a band, may be weaker.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from paint import Painting, Shape, painting
from panels import busy, panels

from labimg.course import confusion
from labimg.dockerfile import parse
from labimg.show import layered, marks, show
from labimg.show.graphs import blockers, names, stages

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
RECIPE = "FROM a AS b\nRUN c\nFROM a\nCOPY --from=b /d /d\nCOPY --from=b /e /e\nCOPY --from=a /f /f\n"
ADORNS = {"none", marks.FAINT}
FIELDS = {*marks.FLOORS, marks.BAR, marks.PALE, marks.LIT, marks.SOFT}  # fills that tell something
LETTERS = {"#000000", "#ffffff"}  # on a floor's colour, by day and by night

Light = Callable[[str], str]


def stored(path: Path) -> tuple[str, ...]:
    """The drawings in a notebook."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    shown = [output.get("data", {}) for cell in cells for output in cell.get("outputs", ())]
    return tuple("".join(data["image/svg+xml"]) for data in shown if "image/svg+xml" in data)


def fresh() -> tuple[str, ...]:
    """One drawing of every kind, of a lab in which much has happened."""
    lab = busy()
    store = lab.engine.store
    pictures = [
        lab.stack("web:1"),
        lab.ledger("web:1"),
        lab.biography("web:1", "/page"),
        show(lab.engine, "box"),
    ]
    graphs = [names(store), blockers(store, "web:1"), stages(parse(RECIPE))]
    drawn = [picture.svg for picture in pictures] + [panel.svg for panel in panels(lab).values()]
    return (*drawn, *map(layered.svg, graphs))


def class_of(students: int) -> list[dict[str, Any]]:
    """What grading tells of a class in which every number of students is confused about something."""
    due = [[(f"02-E{level}", f"M{level}") for level in range(1, student + 1)] for student in range(students)]
    verdicts = ([{"level": level, "id": message} for level, message in mine] for mine in due)
    return [{"refused": "", "verdicts": made} for made in verdicts]


PAGES: dict[str, Callable[[], tuple[str, ...]]] = {"all kinds": fresh}
PAGES["the class"] = lambda: (confusion.svg(class_of(9)), confusion.svg([]))
PAGES |= {path.stem: lambda path=path: stored(path) for path in NOTEBOOKS}  # type: ignore[misc]


@cache
def paintings(page: str) -> tuple[Painting, ...]:
    """All drawings of a page, read back."""
    return tuple(map(painting, PAGES[page]()))


def day(colour: str) -> str:
    return colour


def night(colour: str) -> str:
    return marks.NIGHT.get(colour, colour)


@pytest.mark.parametrize("light", [day, night])
@pytest.mark.parametrize("page", PAGES)
def test_every_text_is_legible_on_what_lies_behind_it(page: str, light: Light) -> None:
    assert paintings(page)
    assert not [fault for made in paintings(page) for fault in pale(made, light)]


def pale(made: Painting, light: Light) -> Iterator[str]:
    """The texts that are too weak, or stand on nothing."""
    for at, shape in enumerate(made.shapes):
        if shape.kind != "text":
            continue
        ink = shape.fill if shape.fill in LETTERS else light(shape.fill)
        for point in shape.points:
            ground = shape.stroke if shape.stroke != "none" else made.ground(point, at)
            found = marks.contrast(ink, light(ground)) if ground else 0.0
            if found < 4.5:
                yield f"{made.name}: {shape.text!r}, {shape.fill} on {ground or 'nothing'}: {found:.2f}"


@pytest.mark.parametrize("light", [day, night])
@pytest.mark.parametrize("page", PAGES)
def test_every_line_and_field_that_tells_something_can_be_seen(page: str, light: Light) -> None:
    assert not [fault for made in paintings(page) for fault in faint(made, light)]


def faint(made: Painting, light: Light) -> Iterator[str]:
    """The borders, lines and fields that are too weak; a weak field may have a border, or a text on it."""
    for at, shape in enumerate(made.shapes):
        told = {*({shape.stroke} - ADORNS), *({shape.fill} & FIELDS)}
        if shape.kind == "text" or not told or labelled(made, shape, at):
            continue
        for point in shape.points or (shape.box.middle,):
            ground = made.ground(point, at)
            found = max(marks.contrast(light(one), light(ground)) for one in told) if ground else 0.0
            if found < 3:
                yield f"{made.name}: {shape.kind} at {point}, {told} on {ground or 'nothing'}: {found:.2f}"


def labelled(made: Painting, field: Shape, at: int) -> bool:
    """Is there a text on a field, so that it is told by more than its colour?"""
    later = made.shapes[at + 1 :]
    return field.kind == "rect" and any(
        one.kind == "text" and field.box.holds(one.box.middle) for one in later
    )


@pytest.mark.parametrize("page", PAGES)
def test_no_text_runs_out_of_its_drawing_or_over_another(page: str) -> None:
    assert not [fault for made in paintings(page) for fault in crowded(made)]


def crowded(made: Painting) -> Iterator[str]:
    """The texts that are cut off by the border, and those that lie over each other."""
    texts = [one for one in made.shapes if one.kind == "text"]
    for text in texts:
        if text.box.left < 4 or text.box.right > made.wide - 4 or text.box.bottom > made.high - 4:
            yield f"{made.name}: cut off: {text.text!r}"
    for one, other in combinations(texts, 2):
        if one.box.cuts(other.box, by=1.5):
            yield f"{made.name}: {one.text!r} over {other.text!r}"


@pytest.mark.parametrize("page", PAGES)
def test_every_colour_has_one_for_the_night(page: str) -> None:
    known = {f"#{shade:02x}{shade:02x}ff" for shade in range(256)} if page == "the class" else set()
    known |= {*marks.NIGHT, *marks.FLOORS, *LETTERS, "none"}
    assert not [
        (made.name, shape) for made in paintings(page) for shape in made.shapes
        if not {shape.fill, shape.stroke} <= known
    ]  # fmt: skip


FRAME = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><title>t</title>{}</svg>'
PAPER = f'<rect x="0" y="0" width="90" height="40" fill="{marks.PAPER}"/>'
TEXT = '<text x="{}" y="20" font-size="10" fill="{}">some text</text>'


@pytest.mark.parametrize(
    ("drawn", "faults"),
    [
        (PAPER + TEXT.format(9, marks.SOFT), 0),
        (PAPER + TEXT.format(9, marks.LINE), 3),
        (TEXT.format(9, marks.SOFT), 3),
        (PAPER + TEXT.format(60, marks.SOFT), 2),
        (PAPER + TEXT.format(9, marks.SOFT) + TEXT.format(20, marks.SOFT), 1),
        (PAPER + f'<g transform="translate(3 4)"><path d="M 1 1 H 9" stroke="{marks.LINE}"/></g>', 0),
        (PAPER + f'<path d="M 1 1 h 9" stroke="{marks.PALE}"/>', 3),
        (PAPER + f'<rect x="5" y="5" width="9" height="9" fill="{marks.PALE}"/>', 1),
        (PAPER + f'<rect x="5" y="5" width="9" height="9" fill="{marks.PALE}" stroke="{marks.BAR}"/>', 0),
    ],
)
def test_a_weak_or_crowded_drawing_is_found_out(drawn: str, faults: int) -> None:
    made = painting(FRAME.format(drawn))
    assert len([*pale(made, day), *faint(made, day), *crowded(made)]) == faults
