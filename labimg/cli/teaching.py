"""The commands for teachers: grade a folder of notebooks, check and prepare exercises.

The course stands beside the command line and not below it, so it is called as a program.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, INT, STRING, Flag


def _called(console: Console, name: str, words: tuple[str, ...], flags: dict[str, Any]) -> int:
    """Let the course do it, in a process of its own; give the exit code."""
    console.stdout.flush()
    told = json.dumps({"words": words, **flags})
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.call([sys.executable, "-P", "-m", "labimg.course.teaching", name, told], env=env)


PUBLISHING = (
    Flag("course-url", "Where the lessons' notebooks are, for links in the feedback", STRING),
    Flag("due", "When it is due, as 2026-11-20 12:00 UTC", STRING),
    Flag("late", "Share of the points that each day after that costs, as 0.1", STRING),
    Flag("lms", "Write a table for this gradebook too: canvas or moodle", STRING),
)


@command(
    "grade",
    synopsis="[OPTIONS] FOLDER",
    least=1,
    most=1,
    ours=True,
    flags=(
        Flag("assignment", "Number of the lesson (default is what the notebooks say)", STRING, "a"),
        Flag("attempts", "Submissions of one student that are graded (default is all)", INT),
        Flag("cool-down", "Time that must pass before another one is graded, as 10m", STRING),
        Flag("jobs", "Submissions to grade at once", INT, "j", default=1),
        Flag("output", "Folder for results, feedback and tables (default is FOLDER-graded)", STRING, "o"),
        Flag("personal", "Each student was given a world of their own", BOOL),
        Flag("quiet", "Show no progress", BOOL, "q"),
        Flag("secret-file", "File with the course's secret (default is LABIMG_SECRET)", STRING),
        Flag("shard", "Grade only the part k of n, as k/n", STRING),
        *PUBLISHING,
    ),
)
def grade(console: Console, folder: str, **flags: Any) -> int:
    """Grade a folder of submitted notebooks by replay, and write feedback and tables"""
    return _called(console, "grade", (folder,), flags)


@command(
    "course merge",
    synopsis="[OPTIONS] FOLDER [FOLDER...]",
    least=1,
    most=None,
    ours=True,
    flags=(Flag("output", "Folder for the whole", STRING, "o", default="graded"), *PUBLISHING),
)
def merge(console: Console, *folders: str, **flags: Any) -> int:
    """Put results that were graded in parts together, and write the tables"""
    return _called(console, "merge", folders, flags)


@command("course diff", synopsis="BEFORE AFTER", least=2, most=2, ours=True)
def diff(console: Console, before: str, after: str) -> int:
    """Show what grading anew changes, before the new points are given out"""
    return _called(console, "diff", (before, after), {})


@command("course check", synopsis="[FILE...]", most=None, ours=True)
def check(console: Console, *files: str) -> int:
    """Prove the exercises: solutions, wrong answers, hints, hidden worlds"""
    return _called(console, "check", files, {})


@command("course new", synopsis="EXERCISE", least=1, most=1, ours=True)
def new(console: Console, exercise: str) -> int:
    """Print the beginnings of an exercise, to be put into its lesson's file"""
    return _called(console, "new", (exercise,), {})


@command(
    "course source",
    synopsis="[OPTIONS] [LESSON...]",
    most=None,
    ours=True,
    flags=(Flag("output", "Folder for the notebooks", STRING, "o", default="source"),),
)
def source(console: Console, *lessons: str, **flags: Any) -> int:
    """Make nbgrader's source notebooks of the exercises"""
    return _called(console, "source", lessons, flags)


@command("course key", synopsis="[LESSON...]", most=None, ours=True)
def key(console: Console, *lessons: str) -> int:
    """Print the answer key of lessons, with the wrong answers to expect"""
    return _called(console, "key", lessons, {})


@command("course tidy", synopsis="FOLDER", least=1, most=1, ours=True)
def tidy(console: Console, folder: str) -> int:
    """Mend collected notebooks that would stop nbgrader: doubled cells, other encodings"""
    return _called(console, "tidy", (folder,), {})
