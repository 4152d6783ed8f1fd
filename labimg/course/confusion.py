"""The confusion map: which misconception showed itself in which exercise, and how often."""

from collections import Counter
from typing import Any

from labimg.course.level import beliefs
from labimg.course.tables import confused
from labimg.show import marks
from labimg.show.names import clip, harmless
from labimg.show.svg import Drawing, Element, el, page, words

CELL, ROW, LEFT, TOP = 46.0, 30.0, 330.0, 24.0  # pixels


def svg(results: list[dict[str, Any]]) -> str:
    """The map as a picture; a cell tells its number in figures, and by how dark it is."""
    counts = confused(results)
    levels = sorted({verdict["level"] for one in results for verdict in one["verdicts"]})
    keys = sorted({key for _, key in counts}, key=lambda key: (not key.startswith("M"), key))
    students = sum(not one["refused"] for one in results)
    parts = [
        words(level[3:], LEFT + CELL * (column + 0.5), TOP - 8, size=13, anchor="middle")
        for column, level in enumerate(levels)
    ]
    for row, key in enumerate(keys):
        y = TOP + ROW * row
        parts.append(words(_label(key), 0, y + 20, size=13))
        for column, level in enumerate(levels):
            parts += _cell(LEFT + column * CELL, y, counts[level, key], students)
    if not keys:
        parts.append(words("No misconception showed itself.", 0, TOP + 20, size=13))
    drawing = Drawing(LEFT + CELL * len(levels), TOP + ROW * max(len(keys), 1), tuple(parts))
    title = f"Confusion map of {students} submissions"
    return page(drawing, title=title, description=describe(counts, students), heading=title) + "\n"


def _label(key: str) -> str:
    return clip(harmless(f"{key}  {beliefs().get(key, {}).get('belief', '')}"), 50)


def _cell(x: float, y: float, count: int, students: int) -> list[Element]:
    """A field that is the darker the more of the students are meant, and their number on it."""
    shade = round(255 - 175 * count / students) if students else 255
    ground = f"#{shade:02x}{shade:02x}ff" if count else marks.PAPER
    box = el("rect", x=x + 1, y=y + 1, width=CELL - 2, height=28, rx=3, fill=ground, stroke=marks.LINE)
    told = words(str(count), x + CELL / 2, y + 20, size=13, anchor="middle", fill=marks.ink(ground))
    return [box, told] if count else [box]


def describe(counts: Counter[tuple[str, str]], students: int) -> str:
    """The map in words, the most frequent first."""
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    told = "; ".join(f"{level}: {key} {count} times" for (level, key), count in rows)
    return f"Of {students} submissions: {told}." if told else f"Of {students} submissions none was confused."
