"""A class of seven, and what each of them hands in for one lesson."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labimg.course import author
from labimg.course.cases import KNOWN
from labimg.course.level import Lesson, filled
from labimg.course.notebook import level_of
from labimg.course.stage import Stage

Notebook = dict[str, Any]

OUTSIDE = """
import os, sys, types, threading
sys.modules["labimg.course.check"] = types.ModuleType("check")
sys.modules["labimg.course.score"] = types.SimpleNamespace(score=lambda level: 99.0)
open("/tmp/labimg-was-here", "w").write("x")
for _ in range(20):
    os.fork()
memory = [bytearray(1 << 30) for _ in range(100)]
os._exit(0)
"""
ENDLESS = "while True:\n    pass"
EQUAL = """
class Everything:
    def __eq__(self, other):
        return True
    def __hash__(self):
        return 0
def merge(layers):
    import sys
    frame = sys._getframe(1)
    open("/tmp/labimg-was-here", "w").write("x")
    return frame.f_locals.get("expected", Everything())
"""


def released(lesson: Lesson) -> Notebook:
    """The notebook as it is given out."""
    found: Notebook = json.loads(author.text(lesson, solved=False))
    return found


def filled_in(lesson: Lesson, answers: Mapping[str, str], base: Notebook | None = None) -> Notebook:
    """A notebook with these answers in its cells."""
    found = copy.deepcopy(base or released(lesson))
    for cell in found["cells"]:
        level = level_of(cell)
        if level in answers:
            cell["source"] = f"%%answer {level}\n{answers[level].strip()}\n"
    return found


def solutions(lesson: Lesson) -> dict[str, str]:
    """The right answers."""
    return {level.id: filled(level.solution, Stage(level).values) for level in lesson.levels}


def code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def hard_coded(lesson: Lesson) -> dict[str, str]:
    """Answers for what is checked at once, and nothing else."""
    answers = {}
    for level in lesson.levels:
        if level.kind == "prediction":
            right: dict[str, Any] = eval(filled(level.solution, Stage(level).values))
            answers[level.id] = repr({ask.key: right[ask.key] if ask.open else ... for ask in level.asks})
            answers[level.id] = answers[level.id].replace("Ellipsis", "...")
        if level.kind == "code":
            table = [(case.arguments, case.expected) for case in KNOWN[level.function]("public")]
            lines = f"TABLE = {table!r}\ndef {level.function}(*given):\n"
            answers[level.id] = f"{lines}    return next(out for args, out in TABLE if args == list(given))"
    return answers


def hostile(lesson: Lesson, base: Notebook | None = None) -> Notebook:
    """It attacks whoever runs it, forges its grades, and doubles and deletes cells."""
    found = filled_in(lesson, {"02-E4": EQUAL, "02-E3": ENDLESS, "02-E1": "__import__('os')._exit(0)"}, base)
    cells = found["cells"]
    cells[1:1] = [code(OUTSIDE), code(ENDLESS)]
    grades = [cell for cell in cells if "points" in cell["metadata"].get("nbgrader", {})]
    grades[0]["source"] = "3.0"
    grades[1]["metadata"]["nbgrader"]["points"] = 1000
    cells.remove(grades[2])
    answer = next(cell for cell in cells if level_of(cell) == "02-E2")
    cells.append({**copy.deepcopy(answer), "source": "%%answer 02-E2\nsomething else"})
    return found


def seven(
    lesson: Lesson, other: Lesson, base: Notebook | None = None, wrong: Notebook | None = None
) -> dict[str, bytes]:
    """What each student hands in, as bytes of a file."""
    right = solutions(lesson)
    half = {level.id: right[level.id] for level in lesson.levels[: len(lesson.levels) // 2]}
    chinese = filled_in(lesson, right, base)
    chinese["cells"].append(
        {"cell_type": "markdown", "metadata": {}, "source": "联合文件系统把几层目录挂载到一起。"}
    )
    notebooks = {
        "ada": filled_in(lesson, right, base),
        "ben": filled_in(lesson, half, base),
        "cleo": base or released(lesson),
        "dan": filled_in(lesson, hard_coded(lesson), base),
        "eve": hostile(lesson, base),
        "fay": filled_in(other, solutions(other), wrong),
    }
    found = {student: json.dumps(one, ensure_ascii=False).encode() for student, one in notebooks.items()}
    return found | {"wei": json.dumps(chinese, ensure_ascii=False).encode("gb18030")}


def handed_in(folder: Path, lesson: Lesson, papers: Mapping[str, bytes], name: str = "") -> None:
    """Lay them into a folder as nbgrader collects them."""
    for student, raw in papers.items():
        place = folder / student / (name or lesson.number)
        place.mkdir(parents=True)
        (place / f"{name or lesson.number}.ipynb").write_bytes(raw)
