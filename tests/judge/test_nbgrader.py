"""nbgrader itself, from the source notebook to the CSV, on a class of seven.

Nobody's cells are run.  What a hostile notebook does to itself earns it nothing, harms
nobody else, and stops nothing.
"""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from classroom import handed_in, seven

from labimg.course.level import lessons

WORDS = {"LABIMG_SECRET": "a secret of this test"}
LESSON, OTHER = "02", "05"

pytestmark = [pytest.mark.judge("nbgrader"), pytest.mark.slow, pytest.mark.xdist_group("nbgrader")]


def called(*words: str, cwd: Path, code: int = 0) -> str:
    """What a command prints; its exit code must be `code`."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, **WORDS, "PATH": path, "HOME": str(cwd)}
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose one assignment has been released, collected, graded and given back."""
    place = tmp_path_factory.mktemp("course")
    labimg = (sys.executable, "-m", "labimg", "--root", str(place / "store"))
    called(*labimg, "course", "source", LESSON, OTHER, "-o", "source", cwd=place)
    for number in (LESSON, OTHER):
        called("nbgrader", "generate_assignment", number, cwd=place)
    base = json.loads((place / "release" / LESSON / f"{LESSON}.ipynb").read_text("utf-8"))
    wrong = json.loads((place / "release" / OTHER / f"{OTHER}.ipynb").read_text("utf-8"))
    papers = seven(lessons()[LESSON], lessons()[OTHER], base, wrong)
    handed_in(place / "submitted", lessons()[LESSON], papers)
    called(*labimg, "course", "tidy", "submitted", cwd=place)
    called("nbgrader", "autograde", LESSON, cwd=place)
    called("nbgrader", "generate_feedback", LESSON, cwd=place)
    called("nbgrader", "export", cwd=place)
    return place


@pytest.fixture(scope="module")
def scores(course: Path) -> Iterator[dict[str, float]]:
    rows = csv.DictReader(io.StringIO((course / "grades.csv").read_text("utf-8")))
    yield {row["student_id"]: float(row["score"]) for row in rows if row["assignment"] == LESSON}


EXPECTED = {"ada": 10, "ben": 5, "cleo": 0, "dan": 2, "eve": 0, "fay": 0, "wei": 10}


@pytest.mark.parametrize(("student", "points"), EXPECTED.items())
def test_each_of_the_seven_gets_what_is_due(scores: dict[str, float], student: str, points: float) -> None:
    assert scores[student] == points


def test_nothing_is_left_to_be_graded_by_hand(course: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((course / "grades.csv").read_text("utf-8"))))
    assert {float(row["max_score"]) for row in rows if row["assignment"] == LESSON} == {10.0}
    assert len([row for row in rows if row["assignment"] == LESSON and row["score"]]) == 7


def test_what_is_released_holds_no_solution(course: Path) -> None:
    text = (course / "release" / LESSON / f"{LESSON}.ipynb").read_text("utf-8")
    for level in lessons()[LESSON].levels:
        assert level.solution.strip().splitlines()[-1] not in text
    assert 'outputs": []' in text and "widgets" not in text


def test_feedback_tells_the_situation_and_no_hidden_input(course: Path) -> None:
    page = (course / "feedback" / "dan" / LESSON / f"{LESSON}.html").read_text("utf-8")
    assert "02-E4: wrong because" in page
    assert "KNOWN" not in page and "_merge(" not in page and WORDS["LABIMG_SECRET"] not in page


def test_the_hostile_notebook_was_never_run(course: Path) -> None:
    assert not Path("/tmp/labimg-was-here").exists()
    found = json.loads((course / "autograded" / "eve" / LESSON / f"{LESSON}.ipynb").read_text("utf-8"))
    assert all(cell.get("execution_count") is None for cell in found["cells"])


def test_labimg_grades_as_nbgrader_does_and_tells_of_the_wrong_lesson(
    course: Path, scores: dict[str, float]
) -> None:
    labimg = (sys.executable, "-m", "labimg", "--root", str(course / "store"))
    told = called(*labimg, "grade", "submitted", "-a", LESSON, "-o", "graded", "-q", cwd=course, code=1)
    assert "fay: this notebook is about lesson 05, not 02" in told
    rows = csv.DictReader(io.StringIO((course / "graded" / "grades.csv").read_text("utf-8")))
    mine = {row["student_id"]: float(row["score"] or 0) for row in rows}
    assert mine == scores
