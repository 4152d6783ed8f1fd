"""The bridge to nbgrader: two steps of its conversions, done by this course.

`unsolve` empties the answer cells of a source notebook.  `replay` takes the place of
nbgrader's `Execute`: no cell is run; each answer is read as text and replayed, and the
grade cells get their floats.  A notebook cannot forge what it does not compute.

The course's secret is in LABIMG_SECRET; LABIMG_PERSONAL=1 says that each student was
given a world of their own.
"""

import os
from typing import Any

from labimg.course import author, notebook
from labimg.course.batch import SECONDS, Worker
from labimg.course.level import BadLevel, find

Converted = tuple[Any, dict[str, Any]]  # a notebook, and what nbgrader knows about it


def unsolve(nb: Any, resources: dict[str, Any]) -> Converted:
    """Take the solutions out of a notebook that is to be released."""
    for cell in nb.cells:
        if level := notebook.level_of(cell):
            cell.source = author.unsolved(find(level))
    return nb, resources


def replay(nb: Any, resources: dict[str, Any]) -> Converted:
    """Give each grade cell its points."""
    student = resources["nbgrader"]["student"]
    answers: dict[str, str] = {}
    for cell in nb.cells:
        if level := notebook.level_of(cell):
            answers.setdefault(level, cell.source)
    worker = Worker(SECONDS)
    try:
        for cell in nb.cells:
            marks = cell.metadata.get("nbgrader", {})
            name = str(marks.get("grade_id", ""))
            if cell.cell_type == "code" and marks.get("grade") and name.startswith("grade-"):
                level = name.removeprefix("grade-")
                _grade(cell, level, answers.get(level, ""), student, worker)
    finally:
        worker.end()
    return nb, resources


def _grade(cell: Any, level: str, text: str, student: str, worker: Worker) -> None:
    """Put into a grade cell what running it would have: some lines, and one plain float."""
    try:
        points = find(level).points
    except BadLevel:
        return
    told = worker.ask(
        {
            "level": level, "text": text, "student": student,
            "secret": os.environ.get("LABIMG_SECRET", "public"),
            "personal": os.environ.get("LABIMG_PERSONAL") == "1",
        }
    )  # fmt: skip
    score = min(max(float(told.get("score", 0.0)), 0.0), float(points))
    said = [f"{level}: {told.get('state', 'not judged')}, {score:g} of {points:g} points"]
    said += [str(told[key]) for key in ("say", "failed") if told.get(key)]
    said += [f"{'✓' if mark['met'] else '✗'} {mark['name']}" for mark in told.get("marks", ())]
    cell.outputs = _noded(
        [
            {"output_type": "stream", "name": "stdout", "text": "\n".join(said) + "\n"},
            {
                "output_type": "execute_result", "data": {"text/plain": repr(score)}, "metadata": {},
                "execution_count": None,
            },
        ]
    )  # fmt: skip


def _noded(outputs: list[dict[str, Any]]) -> Any:
    """Outputs in the form that nbgrader's other steps expect."""
    from nbformat import notebooknode

    made: Any = notebooknode.from_dict
    return made(outputs)
