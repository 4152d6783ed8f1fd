"""The assignments: a notebook of a lesson's exercises for nbgrader, and mends for what comes back.

A source notebook holds the solutions.  What is released is the same without them, and
what comes back is graded by what stands in its answer cells, as text.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labimg.course import notebook
from labimg.course.feedback import number
from labimg.course.level import Lesson, Level, Values, filled, lessons
from labimg.course.stage import Stage
from labimg.course.variant import visible

Cell = dict[str, Any]

WELCOME = """# Lesson {number}: {title}

Write each answer into its cell, below the line `%%answer`, and run the cell. Public checks are run at once;
hidden checks are run when it is graded, in worlds with other names and sizes.

`%level {first}` shows an exercise with its world, `%hint` helps, `%undo`, `%redo` and `%reset` cost nothing.
Leave the line `%%answer` and the locked cells as they are. {points} points in all."""


def text(lesson: Lesson, *, solved: bool = True) -> str:
    """The notebook of a lesson, with the solutions or without."""
    cells = [_markdown("welcome", _welcome(lesson)), _code("begin", "%load_ext labimg", locked=True)]
    for level in lesson.levels:
        cells.append(_markdown(f"task-{level.id}", task(level)))
        cells.append(_answer(level, solved=solved))
        cells.append(_grade(level))
    found = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "labimg": {"assignment": lesson.number},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _welcome(lesson: Lesson) -> str:
    first, points = lesson.levels[0].id, number(lesson.points)
    return WELCOME.format(number=lesson.number, title=lesson.title, first=first, points=points)


def task(level: Level, values: Values | None = None) -> str:
    """The task as a learner reads it, with its questions, and what is judged; `values` are their world's."""
    values = values or Stage(level).values
    lines = [
        f"## {level.id} {level.title} ({number(level.points)} {'point' if level.points == 1 else 'points'})",
        "",
        filled(level.task, values).strip(),
    ]
    if level.asks:
        lines += ["", *_questions(level, values)]
    if level.criteria:
        unit = level.points / level.weights
        lines += ["", "What is judged:", ""]
        for one in level.criteria:
            when = ", at grading" if one.hidden else ""
            lines.append(f"- {filled(one.name, values)} ({number(one.weight * unit)}{when})")
    return "\n".join(lines)


def _questions(level: Level, values: Values) -> list[str]:
    """The questions of a level as a table, with a column of answers if there are any to choose from."""
    wide = 3 if any(ask.choices for ask in level.asks) else 2
    rows = [("key", "question", "answers"), ("---", "---", "---")]
    for ask in level.asks:
        choices = ", ".join(f"`{choice!r}`" for choice in ask.choices)
        rows.append((f"`{ask.key}`", filled(ask.text, values).replace("|", "&#124;"), choices))
    return [f"| {' | '.join(row[:wide])} |" for row in rows]


def _answer(level: Level, *, solved: bool) -> Cell:
    values = visible(level).values
    given = Stage(level).solution if solved else filled(level.unsolved, values)
    return _code(f"answer-{level.id}", f"%%answer {level.id}\n{given.strip()}", solution=True)


def unsolved(level: Level) -> str:
    """What stands in an answer cell before there is an answer."""
    return f"%%answer {level.id}\n{filled(level.unsolved, visible(level).values).strip()}"


def _grade(level: Level) -> Cell:
    lines = f'from labimg.course.score import score\n\nscore("{level.id}")'
    return _code(f"grade-{level.id}", lines, locked=True, points=level.points)


def _markdown(name: str, lines: str) -> Cell:
    return {"cell_type": "markdown", "id": _id(name), "metadata": _marks(name, "markdown"), "source": lines}


def _code(
    name: str, lines: str, *, locked: bool = False, solution: bool = False, points: float | None = None
) -> Cell:
    metadata = _marks(name, "code", locked=locked, solution=solution, points=points)
    return {
        "cell_type": "code", "execution_count": None, "id": _id(name), "metadata": metadata, "outputs": [],
        "source": lines,
    }  # fmt: skip


def _id(name: str) -> str:
    return name.lower()


def _marks(
    name: str, kind: str, *, locked: bool = True, solution: bool = False, points: float | None = None
) -> dict[str, Any]:
    """What nbgrader wants to know of a cell."""
    marks = {
        "cell_type": kind, "grade": points is not None, "grade_id": name, "locked": locked and not solution,
        "schema_version": 3, "solution": solution, "task": False,
    }  # fmt: skip
    return {"nbgrader": marks if points is None else {**marks, "points": points}}


def _put_aside(path: Path, raw: bytes, wanted: Lesson, about: str) -> list[str]:
    """Put an empty notebook in the place of one about another lesson; it says itself what it stands for."""
    empty = json.loads(text(wanted, solved=False))
    empty["metadata"]["labimg"]["assignment"] = about
    instead = json.dumps(empty, indent=1, ensure_ascii=False) + "\n"
    if raw == instead.encode():
        return []
    path.with_name(f"{path.name}.handed-in").write_bytes(raw)
    path.write_text(instead, "utf-8")
    return [f"this notebook is about lesson {about or '?'}; it was put aside, and counts 0 in nbgrader"]


def _names(lesson: Lesson) -> set[str]:
    """The names that nbgrader knows the cells of an assignment by."""
    cells = json.loads(text(lesson, solved=False))["cells"]
    return {cell["metadata"]["nbgrader"]["grade_id"] for cell in cells}


def _sorted_out(cells: list[Any], known: set[str] | None, said: list[str]) -> Iterator[Any]:
    """The cells without those that are there twice, and without marks of what is not in the assignment."""
    seen: set[str] = set()
    for cell in cells:
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        name = str(marks.get("grade_id")) if isinstance(marks, dict) else ""
        if name in seen:
            said.append(f"a second cell {name} was taken out")
            continue
        if name and known is not None and name not in known:
            said.append(f"the marks of a cell {name} were taken away")
            plain = {key: value for key, value in cell["metadata"].items() if key != "nbgrader"}
            cell = {**cell, "metadata": plain}
        elif name:
            seen.add(name)
        yield cell


def tidied(path: Path) -> list[str]:
    """Mend a collected notebook in place; say what was wrong.

    Raises:
        Unreadable: it is no notebook.
    """
    raw = notebook.content(path)
    found = notebook.document(raw)
    wanted = lessons().get(path.parent.name)
    about = notebook.read(path, "", wanted).assignment if wanted else ""
    if wanted and about != wanted.number:
        return _put_aside(path, raw, wanted, about)
    said: list[str] = []
    try:
        raw.decode("utf-8")
        if raw.startswith(b"\xef\xbb\xbf"):
            said.append("a mark before the text was taken away")
    except UnicodeDecodeError:
        said.append("the text was put into UTF-8")
    kept = list(_sorted_out(found["cells"], _names(wanted) if wanted else None, said))
    mended = json.dumps({**found, "cells": kept}, indent=1, ensure_ascii=False) + "\n"
    if notebook.sound(mended) != mended:
        said.append("signs that are none became question marks")
    if said:
        path.with_name(f"{path.name}.handed-in").write_bytes(raw)
        path.write_text(notebook.sound(mended), "utf-8")
    return said
