"""The confusion map: which misconception showed itself in which exercise, and how often."""

from collections import Counter
from html import escape
from typing import Any

from labimg.course.level import beliefs
from labimg.course.tables import confused

CELL, LEFT, TOP = 46, 330, 64  # pixels


def svg(results: list[dict[str, Any]]) -> str:
    """The map as a picture; a cell tells its number in figures, and by how dark it is."""
    counts = confused(results)
    levels = sorted({verdict["level"] for one in results for verdict in one["verdicts"]})
    keys = sorted({key for _, key in counts}, key=lambda key: (not key.startswith("M"), key))
    students = sum(not one["refused"] for one in results)
    width, height = LEFT + CELL * len(levels) + 20, TOP + 30 * max(len(keys), 1) + 24
    told = describe(counts, students)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="system-ui, sans-serif" font-size="13">',
        f"<title>Confusion map of {students} submissions</title><desc>{escape(told)}</desc>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="24" font-weight="bold" fill="#1a1a1a">Confusion map: {students} submissions</text>',
    ]
    for column, level in enumerate(levels):
        x = LEFT + column * CELL + CELL // 2
        parts.append(f'<text x="{x}" y="{TOP - 10}" text-anchor="middle" fill="#1a1a1a">{level[3:]}</text>')
    for row, key in enumerate(keys):
        y = TOP + 30 * row
        parts.append(f'<text x="12" y="{y + 20}" fill="#1a1a1a">{escape(_label(key))}</text>')
        for column, level in enumerate(levels):
            parts.append(_cell(LEFT + column * CELL, y, counts[level, key], students))
    if not keys:
        parts.append(f'<text x="12" y="{TOP + 20}" fill="#1a1a1a">No misconception showed itself.</text>')
    return "\n".join([*parts, "</svg>", ""])


def _label(key: str) -> str:
    text = f"{key}  {beliefs().get(key, {}).get('belief', '')}"
    return text if len(text) <= 50 else text[:49] + "…"


def _cell(x: int, y: int, count: int, students: int) -> str:
    share = count / students if students else 0
    shade = round(255 - 175 * share)
    ink = "#ffffff" if share > 0.55 else "#1a1a1a"
    box = (
        f'<rect x="{x + 1}" y="{y + 1}" width="{CELL - 2}" height="28" fill="rgb({shade},{shade},255)" '
        'stroke="#8a8a99"/>'
    )
    return box + (
        f'<text x="{x + CELL // 2}" y="{y + 20}" text-anchor="middle" fill="{ink}">{count}</text>'
        if count
        else ""
    )


def describe(counts: Counter[tuple[str, str]], students: int) -> str:
    """The map in words, the most frequent first."""
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    told = "; ".join(f"{level}: {key} {count} times" for (level, key), count in rows)
    return f"Of {students} submissions: {told}." if told else f"Of {students} submissions none was confused."
