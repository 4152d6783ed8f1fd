"""A regrade: what another version of the grader, or of a level, changes in the points of a class.

It is looked at before it is applied: grade into another folder, and compare the two.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from labimg.course.feedback import number

Result = Mapping[str, Any]


class Change(NamedTuple):
    """One exercise of one student that is worth something else now; None: it was not graded."""

    student: str
    level: str
    before: float | None
    after: float | None
    say: str  # what the student is told now

    def __str__(self) -> str:
        points = " -> ".join("-" if one is None else number(one) for one in (self.before, self.after))
        return f"{self.student}  {self.level}  {points}" + (f"  {self.say}" if self.say else "")


def changes(before: Sequence[Result], after: Sequence[Result]) -> Iterator[Change]:
    """All changes, by student and exercise."""
    old, new = _scores(before), _scores(after)
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key, (None, "")), new.get(key, (None, ""))
        if was[0] != now[0]:
            yield Change(*key, was[0], now[0], now[1])


def _scores(results: Sequence[Result]) -> dict[tuple[str, str], tuple[float | None, str]]:
    return {
        (one["student"], verdict["level"]): (verdict["score"], verdict["say"])
        for one in results
        for verdict in one["verdicts"]
    }
