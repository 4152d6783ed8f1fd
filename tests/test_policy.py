"""The rules of a class beside the points: lateness, attempts, regrading, and tables for gradebooks."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from classroom import filled_in, solutions

from labimg.course import batch, tables
from labimg.course.attempts import Attempts
from labimg.course.level import lessons
from labimg.course.policy import BadMoment, Policy, moment
from labimg.course.regrade import changes
from labimg.course.teaching import main

POLICY = Policy(moment("2026-11-20 12:00 UTC"), loss=0.1)

LATE = [
    ("", 0), ("no date", 0), ("2026-11-19 08:00:00 UTC", 0), ("2026-11-20 12:00:00.000000 UTC", 0),
    ("2026-11-20 12:00:01 UTC", 1), ("2026-11-21 12:00:00 UTC", 1), ("2026-11-21 12:00:01 UTC", 2),
    ("2026-11-20 19:59 Asia/Shanghai", 0), ("2026-11-20 20:01 Asia/Shanghai", 1),
    ("2026-11-20 14:00+01:00", 1),
]  # fmt: skip


@pytest.mark.parametrize(("stamp", "days"), LATE)
def test_each_day_begun_after_the_due_date_counts(stamp: str, days: int) -> None:
    assert POLICY.days(stamp) == days
    assert Policy(None, 0.1).days(stamp) == 0


def test_lateness_costs_a_share_of_the_points_and_never_more_than_there_are() -> None:
    late = {"timestamp": "2026-11-22 12:00:00 UTC", "points": 10.0}
    assert POLICY.penalty({**late, "score": 9.0}) == 2.0
    assert POLICY.penalty({**late, "score": 0.5}) == 0.5


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "2026-11-20 12:00 Nowhere/Town", "2026-11-20 25:00"])
def test_a_date_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadMoment, match="is no date"):
        moment(text)


def test_only_another_submission_is_another_attempt(tmp_path: Path) -> None:
    tries = Attempts(tmp_path, 2)
    assert [tries.refused("ada", raw) for raw in (b"1", b"1", b"2", b"3", b"1")] == [
        "", "", "", "more than 2 attempts", "",
    ]  # fmt: skip
    assert not tries.refused("ben", b"3")
    assert not Attempts(tmp_path / "none", 0).refused("ada", b"1") and not (tmp_path / "none").exists()


def test_an_attempt_needs_time_to_cool_down(tmp_path: Path) -> None:
    """The teacher's clock tells it; only an attempt that is graded begins the time anew."""
    steps = [(0, b"1", True), (599, b"2", False), (600, b"2", True), (601, b"1", True), (1199, b"3", False),
             (1200, b"4", True)]  # fmt: skip
    for at, raw, may in steps:
        tries = Attempts(tmp_path, 0, 600, clock=lambda at=at: 1795000000.0 + at)  # type: ignore[misc]
        assert (tries.refused("ada", raw) == "") is may, at
    assert tries.refused("ada", b"5") == "handed in again before 2026-11-18 11:36:40 UTC"
    assert not tries.refused("ben", b"5"), "each has a time of their own"
    both = Attempts(tmp_path, 3, 600, clock=lambda: 1e12)
    assert both.refused("ada", b"5") == "more than 3 attempts"


def result(student: str, scores: dict[str, float], **more: Any) -> batch.Result:
    verdicts = [{"level": level, "score": score, "say": "look again"} for level, score in scores.items()]
    common = {"assignment": "07", "timestamp": "2026-11-22 12:00:00 UTC", "points": 10.0, "refused": ""}
    return {"student": student, **common, "score": sum(scores.values()), "verdicts": verdicts, **more}


def test_a_regrade_shows_what_it_would_change() -> None:
    before = [result("ada", {"07-E1": 3, "07-E2": 1}), result("ben", {"07-E1": 0})]
    after = [result("ada", {"07-E1": 3, "07-E2": 2.5}), result("cleo", {"07-E1": 1})]
    told = ["ada  07-E2  1 -> 2.5  look again", "ben  07-E1  0 -> -", "cleo  07-E1  - -> 1  look again"]
    assert [str(change) for change in changes(before, after)] == told


def test_gradebooks_get_the_columns_they_import() -> None:
    found = [result("ada", {"07-E1": 9}), result("=ben", {}, refused="it is no notebook")]
    canvas = list(csv.reader(io.StringIO(tables.canvas(found, POLICY))))
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lesson 07"]
    assert canvas[1] == ["Points Possible", "", "", "", "", "10.0"]
    assert canvas[2] == ["ada", "", "", "ada", "", "7.0"] and canvas[3][-1] == "" and canvas[3][0] == "'=ben"
    moodle = list(csv.DictReader(io.StringIO(tables.moodle(found))))
    assert [row["Lesson 07"] for row in moodle] == ["9.0", ""] and moodle[0]["username"] == "ada"
    grades = list(csv.DictReader(io.StringIO(tables.grades(found, POLICY))))
    assert grades[0]["duedate"] == "2026-11-20 12:00:00 UTC"
    assert [grades[0][key] for key in ("raw_score", "late_submission_penalty", "score")] == [
        "9",
        "2.0",
        "7.0",
    ]


@pytest.fixture
def submitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One student's right answers, two days late, beside those to an earlier lesson."""
    monkeypatch.setenv("LABIMG_SECRET", "a secret of this test")
    for number in ("00", "05"):
        place = tmp_path / "submitted" / "ada" / number
        place.mkdir(parents=True)
        lesson = lessons()[number]
        (place / f"{number}.ipynb").write_text(json.dumps(filled_in(lesson, solutions(lesson))), "utf-8")
        (place / "timestamp.txt").write_text("2026-11-22 12:00:00 UTC\n", "utf-8")
    return tmp_path / "submitted"


def graded(folder: Path, out: str, **flags: Any) -> int:
    """What `labimg grade` gives back."""
    blank = {
        "assignment": "05", "attempts": 0, "cool_down": "", "jobs": 1,
        "output": str(folder.parent / out), "personal": False,
        "quiet": True, "secret_file": "", "shard": "", "course_url": "", "due": "", "late": "", "lms": "",
    }  # fmt: skip
    return main(["grade", json.dumps({"words": [str(folder)], **blank, **flags})])


def test_a_class_is_graded_by_its_rules(submitted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = submitted.parent
    assert graded(submitted, "first", attempts=1, due="2026-11-20 12:00 UTC", late="0.1", lms="canvas") == 0
    points = lessons()["05"].points
    assert f"ada,,,ada,,{points * 0.8}" in (home / "first" / "canvas.csv").read_text("utf-8")
    page = (home / "first" / "feedback" / "ada.html").read_text("utf-8")
    assert f"late, 2 days begun: {points * 0.2:g} points are taken off" in page

    paper = submitted / "ada" / "05" / "05.ipynb"
    paper.write_text(json.dumps(filled_in(lessons()["05"], {})), "utf-8")
    assert graded(submitted, "first", attempts=1) == 0
    assert "ada: more than 1 attempts: an earlier one counts" in capsys.readouterr().out
    kept = json.loads((home / "first" / "results" / "ada.json").read_text("utf-8"))
    assert kept["score"] == points

    assert graded(submitted, "third", cool_down="1h") == 0
    paper.write_text(json.dumps(filled_in(lessons()["05"], solutions(lessons()["05"]))), "utf-8")
    (paper.parent / "timestamp.txt").write_text("2030-11-22 12:00:00 UTC\n", "utf-8")
    capsys.readouterr()
    assert graded(submitted, "third", cool_down="1h") == 0
    assert "ada: handed in again before " in capsys.readouterr().out
    page = (home / "third" / "feedback" / "ada.html").read_text("utf-8")
    assert "an earlier one counts" in page and f"0 of {points:g}" in page
    paper.write_text(json.dumps(filled_in(lessons()["05"], {})), "utf-8")

    assert graded(submitted, "second") == 0
    capsys.readouterr()
    assert main(["diff", json.dumps({"words": [str(home / "first"), str(home / "second")]})]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "ada  05-E1  2 -> 0  There is no answer yet."
    assert told[-1] == "5 exercises of 1 students are worth something else"


REFUSED = [
    ({"late": "2"}, "--late 2"),
    ({"cool_down": "10"}, "--cool-down 10"),
    ({"cool_down": "-1m"}, "say a time"),
    ({"due": "soon"}, "is no date"),
    ({"lms": "x"}, "canvas, moodle"),
]


@pytest.mark.parametrize(("flags", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_a_rule_that_cannot_be_kept_is_refused(
    flags: dict[str, str], said: str, submitted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert graded(submitted, "first", **flags) == 2
    assert said in capsys.readouterr().err
