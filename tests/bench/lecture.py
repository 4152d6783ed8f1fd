"""A lecture of 300: what it takes to grade one assignment of a large class.

    python -m tests.bench.lecture [--lesson 07] [--students 300] [--jobs 2]

Every fourth student is right, half right, wrong, or hands in what was given out.  The class is
graded as a whole, and once more in four parts that are put together; then every second result
is lost, and the rest is resumed.  All three must be equal to the byte.  The goal: less than five
minutes of two cores.
"""

import argparse
import contextlib
import io
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from labimg.course import author
from labimg.course.level import Lesson, filled, lessons
from labimg.course.notebook import level_of
from labimg.course.stage import Stage
from labimg.course.teaching import main as teach

GOAL = 600.0  # seconds of processor time: five minutes of two cores
PARTS = 4
SHOWN = {"course_url": "", "due": "", "late": "", "lms": ""}


def paper(lesson: Lesson, answers: Mapping[str, str]) -> str:
    """A notebook with these answers in its cells."""
    found = json.loads(author.text(lesson, solved=False))
    for cell in found["cells"]:
        if (level := level_of(cell)) in answers:
            cell["source"] = f"%%answer {level}\n{answers[level]}\n"
    return json.dumps(found)


def lecture(lesson: Lesson, place: Path, students: int) -> None:
    """Lay the submissions of a class into a folder."""
    right = {level.id: Stage(level).solution for level in lesson.levels}
    wrong = {level.id: filled(level.text(level.wrongs[0]), Stage(level).values) for level in lesson.levels}
    half = {name: (right, wrong)[at % 2][name] for at, name in enumerate(right)}
    papers = [paper(lesson, answers) for answers in (right, half, wrong, {})]
    for at in range(students):
        folder = place / f"student{at:03}" / lesson.number
        folder.mkdir(parents=True)
        (folder / f"{lesson.number}.ipynb").write_text(papers[at % 4], "utf-8")


def graded(place: Path, out: Path, lesson: Lesson, jobs: int, shard: str = "") -> None:
    """What `labimg grade` does."""
    flags = {
        "words": [str(place)], "assignment": lesson.number, "attempts": 0, "cool_down": "", "jobs": jobs,
        "output": str(out), "personal": False, "quiet": True, "secret_file": "", "shard": shard, **SHOWN,
    }  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        assert teach(["grade", json.dumps(flags)]) == 0


def report(out: Path) -> dict[str, bytes]:
    """All that a grading left, by path."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def took(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the wall and of processors, children included."""
    begun, spent = time.perf_counter(), _spent()
    act()
    return time.perf_counter() - begun, _spent() - spent


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def in_parts(place: Path, out: Path, lesson: Lesson, jobs: int) -> None:
    """The same in parts, put together."""
    parts = [out.with_name(f"{out.name}{part}") for part in range(1, PARTS + 1)]
    for part, folder in enumerate(parts, 1):
        graded(place, folder, lesson, jobs, f"{part}/{PARTS}")
    with contextlib.redirect_stdout(io.StringIO()):
        teach(["merge", json.dumps({"words": [str(part) for part in parts], "output": str(out), **SHOWN})])


def measured(number: str = "07", students: int = 300, jobs: int = 2) -> dict[str, Any]:
    """What the class takes, and whether every way of grading it gives the same."""
    os.environ["LABIMG_SECRET"] = "a secret of this measurement"
    lesson = lessons()[number]
    with tempfile.TemporaryDirectory() as folder:
        place, whole, parts = (Path(folder) / name for name in ("submitted", "whole", "parts"))
        lecture(lesson, place, students)
        wall, cpu = took(lambda: graded(place, whole, lesson, jobs))
        first = report(whole)
        for path in sorted(whole.glob("results/*.json"))[::2]:
            path.unlink()
        resumed, _ = took(lambda: graded(place, whole, lesson, jobs))
        equal = report(whole) == first
        in_parts(place, parts, lesson, jobs)
        return {
            "lesson": number, "students": students, "jobs": jobs, "parts": PARTS,
            "wall": round(wall, 1), "cpu": round(cpu, 1), "resumed": round(resumed, 1),
            "equal": equal and report(parts) == first, "goal": GOAL * students / 300,
        }  # fmt: skip


def told(found: Mapping[str, Any]) -> list[str]:
    """The same in words."""
    return [
        f"{found['students']} submissions of lesson {found['lesson']}, {found['jobs']} at once: "
        f"{found['wall']} s, {found['cpu']} s of processors",
        f"half of it lost and resumed: {found['resumed']} s",
        f"resumed, and in {found['parts']} parts put together: "
        f"{'equal' if found['equal'] else 'NOT EQUAL'} to the byte",
        f"goal: {found['goal']:.0f} s of processors, "
        f"{'reached' if found['cpu'] <= found['goal'] else 'missed'}",
    ]


def main() -> None:
    """Measure, and say whether the goal is met."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    words.add_argument("--lesson", default="07")
    words.add_argument("--students", type=int, default=300)
    words.add_argument("--jobs", type=int, default=2)
    asked = words.parse_args()
    print("\n".join(told(measured(asked.lesson, asked.students, asked.jobs))))


if __name__ == "__main__":
    main()
