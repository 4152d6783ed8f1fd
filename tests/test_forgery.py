"""What an ingenious student may hand in: it earns nothing that is not due, and stops nobody's grading."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from classroom import code, filled_in, released, solutions

from labimg.course import batch, confusion, feedback, notebook, tables
from labimg.course.level import Lesson, lessons
from labimg.course.notebook import LARGEST, level_of
from labimg.course.stage import Stage
from labimg.course.variant import visible

SECRET = "a secret of this test"
LESSON = "07"
HIDDEN = "\u202e\u200b\u2066"  # text runs backwards, a space of no width, an isolate
HALF = "\ud800"  # half of a character

Paper = bytes | dict[str, Any]


def answered(lesson: Lesson, text: str) -> Paper:
    return filled_in(lesson, dict.fromkeys(solutions(lesson), text))


def outputs_only(lesson: Lesson) -> Paper:
    """Nothing is answered; outputs and grade cells claim that all is right."""
    found = released(lesson)
    right = solutions(lesson)
    for cell in found["cells"]:
        if cell["cell_type"] == "code":
            told = right.get(level_of(cell), "3.0")
            data = {"text/plain": [told], "application/json": {"score": 3.0}}
            cell["outputs"] = [
                {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
            ]
        marks = cell["metadata"].get("nbgrader", {})
        if "points" in marks:
            marks["points"], cell["source"] = float("nan"), "float('inf')"
    return found


def renamed(lesson: Lesson) -> Paper:
    """The answer of one exercise under the name of another, digits of other scripts, other kinds of cell."""
    found = released(lesson)
    right = solutions(lesson)
    cells = [cell for cell in found["cells"] if level_of(cell)]
    for cell, other in zip(cells, [*cells[1:], cells[0]], strict=True):
        cell["source"] = f"%%answer {level_of(cell)}\n{right[level_of(other)]}"
    more = {"cell_type": "raw", "metadata": {}, "source": f"%%answer 07-E1\n{right['07-E1']}"}
    digits = code(f"%%answer \uff10\uff17-E1\n{right['07-E1']}")
    found["cells"] = [more, digits, *found["cells"]]
    return found


def of_format_three(lesson: Lesson) -> Paper:
    cells = [
        {"cell_type": "code", "input": one["source"]} for one in filled_in(lesson, solutions(lesson))["cells"]
    ]
    return {
        "nbformat": 3,
        "worksheets": [{"cells": cells}],
        "metadata": {"labimg": {"assignment": lesson.number}},
    }


def invisible(lesson: Lesson) -> Paper:
    """Right answers with signs in them that nobody sees."""
    right = solutions(lesson)
    return filled_in(
        lesson,
        {
            level: text.replace("rm", f"r{HIDDEN}m").replace("c", f"c{HIDDEN}")
            for level, text in right.items()
        },
    )


def halved(lesson: Lesson) -> Paper:
    found = copy.deepcopy(filled_in(lesson, dict.fromkeys(solutions(lesson), f"docker {HALF} rmi")))
    found["metadata"]["title"] = HALF
    return found


def papers(lesson: Lesson) -> dict[str, Paper]:
    wide = json.dumps(released(lesson)).encode() + b" " * LARGEST
    return {
        "invisible": invisible(lesson),
        "outputs": outputs_only(lesson),
        "magics": answered(lesson, "%%bash\ntouch /tmp/labimg-was-here\n!touch /tmp/labimg-was-here"),
        "long": answered(lesson, "docker rmi busybox\n" * 100_000),
        "many": answered(lesson, "docker ps\n" * 101),
        "renamed": renamed(lesson),
        "halved": halved(lesson),
        "number": answered(lesson, "{'m1': 0x" + "f" * 9000 + ", 'stopped': [[1]], 'forced': {1, 2}}"),
        "nothing": answered(lesson, "\x00\x1b[2J"),
        "wide": wide,
        "three": of_format_three(lesson),
        "deep": b'{"cells": ' + b"[" * 500_000 + b"]" * 500_000 + b"}",
        "endless": b'{"cells": [{"cell_type": "code", "source": "%%answer 07-E1',
        "=HYPERLINK(1)": released(lesson),
        "<script>": {"cells": [None, 7, {"cell_type": "code", "metadata": 3, "source": {"a": 1}}]},
    }  # fmt: skip


REFUSED = {
    "wide": "bytes", "three": "older than Jupyter", "deep": "no notebook", "endless": "no notebook",
    "<script>": "no lesson", "link": "link", "folder-link": "link", "zero": "link", "folder": "no file",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, batch.Result]:
    lesson = lessons()[LESSON]
    place = tmp_path_factory.mktemp("forged") / "submitted"
    for student, paper in papers(lesson).items():
        folder = place / student / LESSON
        folder.mkdir(parents=True)
        raw = paper if isinstance(paper, bytes) else json.dumps(paper).encode()
        (folder / f"{LESSON}.ipynb").write_bytes(raw)
    best = place / "ada" / LESSON
    best.mkdir(parents=True)
    (best / f"{LESSON}.ipynb").write_text(json.dumps(filled_in(lesson, solutions(lesson))), "utf-8")
    (place / "link").mkdir()
    (place / "link" / f"{LESSON}.ipynb").symlink_to(best / f"{LESSON}.ipynb")
    (place / "zero").mkdir()
    (place / "zero" / f"{LESSON}.ipynb").symlink_to("/dev/zero")
    (place / "folder-link").mkdir()
    (place / "folder-link" / LESSON).symlink_to(best)
    (place / "folder" / f"{LESSON}.ipynb").mkdir(parents=True)
    progress = {
        "schema": 1,
        "levels": {"07-E1": {"state": "correct", "score": 99.0, "points": 3.0}},
        "chain": [],
    }
    (place / "outputs" / LESSON / "labimg-progress.json").write_text(json.dumps(progress), "utf-8")
    found = batch.run(batch.Terms(lesson, SECRET, seconds=60), place, place.parent / "graded", jobs=2)
    return {one["student"]: one for one in found}


def test_nobody_stops_the_batch_and_everybody_is_in_it(results: dict[str, batch.Result]) -> None:
    assert set(results) == {*papers(lessons()[LESSON]), *REFUSED, "ada"}
    assert results["ada"]["score"] == 10


@pytest.mark.parametrize(
    "student", ["outputs", "magics", "long", "many", "renamed", "halved", "number", "nothing"]
)
def test_a_trick_earns_nothing(student: str, results: dict[str, batch.Result]) -> None:
    assert results[student]["score"] == 0 and not results[student]["refused"]
    assert not Path("/tmp/labimg-was-here").exists()


def test_signs_that_nobody_sees_make_no_answer_right(results: dict[str, batch.Result]) -> None:
    scores = {one["level"]: one["score"] for one in results["invisible"]["verdicts"]}
    assert scores["07-E1"] == scores["07-E3"] == scores["07-E4"] == 0 and scores["07-E2"] < 3


@pytest.mark.parametrize(("student", "why"), REFUSED.items())
def test_what_is_no_submission_is_refused_and_said(
    student: str, why: str, results: dict[str, batch.Result]
) -> None:
    assert why in results[student]["refused"] and results[student]["score"] == 0


def test_what_they_write_breaks_no_page_and_no_table(results: dict[str, batch.Result]) -> None:
    found = [results[student] for student in sorted(results)]
    for table in (tables.grades, tables.criteria, tables.misconceptions, tables.canvas, tables.moodle):
        assert "\n=HYPER" not in table(found) and table(found).encode()
    for one in found:
        for page in (feedback.html(one), feedback.markdown(one)):
            assert "<script>" not in page and "\x1b" not in page and page.encode()
    assert confusion.svg(found).encode()


def test_another_students_world_is_not_ones_own(tmp_path: Path) -> None:
    lesson = lessons()[LESSON]
    copied = {level.id: Stage(level, visible(level, "ada")).solution for level in lesson.levels}
    place = tmp_path / "submitted"
    for student in ("ada", "ben"):
        (place / student).mkdir(parents=True)
        (place / student / f"{LESSON}.ipynb").write_text(json.dumps(filled_in(lesson, copied)), "utf-8")
    terms = batch.Terms(lesson, SECRET, personal=True, seconds=60)
    ada, ben = batch.run(terms, place, tmp_path / "graded", jobs=2)
    assert ada["score"] == lesson.points > ben["score"]


@pytest.mark.skipif(os.name != "posix", reason="only there is a file without permission to read")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ada.ipynb").write_text("{}", "utf-8")

    def denied(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(notebook.Unreadable, match="cannot be read"):
        notebook.content(tmp_path / "ada.ipynb")
