"""Tables of a class: the grades for the gradebook, each criterion, and who believes what."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from labimg.course.level import beliefs
from labimg.course.policy import Policy

Result = dict[str, Any]

NONE = Policy()  # nothing is due, nothing is late
COLUMNS = (
    "assignment duedate timestamp student_id last_name first_name email raw_score late_submission_penalty "
    "score max_score"
).split()


def grades(results: Sequence[Result], policy: Policy = NONE) -> str:
    """One row for each student, with the columns of nbgrader; one that is not graded has no score."""
    due = f"{policy.due:%Y-%m-%d %H:%M:%S %Z}" if policy.due else ""
    rows = [
        [
            one["assignment"], due, one["timestamp"], one["student"], "", "", "",
            "" if one["refused"] else one["score"], policy.penalty(one), _score(one, policy), one["points"],
        ]
        for one in results
    ]  # fmt: skip
    return _csv([COLUMNS, *rows])


def _score(one: Result, policy: Policy) -> Any:
    return "" if one["refused"] else round(one["score"] - policy.penalty(one), 2)


def canvas(results: Sequence[Result], policy: Policy = NONE) -> str:
    """What Canvas imports into its gradebook: a student is known by the login, points possible come first."""
    lesson = f"Lesson {results[0]['assignment']}"
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", lesson]
    possible = ["Points Possible", "", "", "", "", results[0]["points"]]
    rows = [[one["student"], "", "", one["student"], "", _score(one, policy)] for one in results]
    return _csv([head, possible, *rows])


def moodle(results: Sequence[Result], policy: Policy = NONE) -> str:
    """What Moodle imports into its gradebook: a student is known by the user name."""
    lesson = f"Lesson {results[0]['assignment']}"
    rows = [
        [one["student"], _score(one, policy), one["refused"] or "see the feedback page"] for one in results
    ]
    return _csv([["username", lesson, f"{lesson} (feedback)"], *rows])


LMS: Mapping[str, Callable[..., str]] = {"canvas": canvas, "moodle": moodle}


def criteria(results: Sequence[Result]) -> str:
    """One row for each criterion of each student."""
    head = [
        "student_id",
        "exercise",
        "state",
        "criterion",
        "shown_before_grading",
        "met",
        "score",
        "max_score",
    ]
    rows: list[list[Any]] = []
    for one in results:
        for verdict in one["verdicts"]:
            start = [one["student"], verdict["level"], verdict["state"]]
            for mark in verdict["marks"]:
                score = round(mark["points"], 3) if mark["met"] else 0.0
                points = round(mark["points"], 3)
                rows.append([*start, mark["name"], int(mark["open"]), int(mark["met"]), score, points])
            if verdict["bonus"]:
                rows.append([*start, "bonus: as short as can be", 1, 1, verdict["bonus"], 0.0])
    return _csv([head, *rows])


def confused(results: Iterable[Result]) -> Counter[tuple[str, str]]:
    """How often each message was due, by exercise and message."""
    return Counter(
        (verdict["level"], verdict["id"])
        for one in results
        for verdict in one["verdicts"]
        if verdict["id"] and verdict["id"] not in ("missing", "wrong kind")
    )


def misconceptions(results: Sequence[Result]) -> str:
    """One row for each message of each exercise: how many students it was due for."""
    head = ["exercise", "message", "belief", "students", "of"]
    total = sum(not one["refused"] for one in results)
    rows = [
        [level, key, beliefs().get(key, {}).get("belief", ""), count, total]
        for (level, key), count in sorted(confused(results).items())
    ]
    return _csv([head, *rows])


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue()


def _harmless(cell: Any) -> Any:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell[:1] else cell
