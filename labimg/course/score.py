"""The score of an answer, inside a notebook: one plain float, as a grade cell must end.

It is for learning: whoever can change the notebook can change it.  What counts is the
replay, which reads the answers as text and runs nothing of the notebook.
"""

from labimg.course.check import Verdict, mark
from labimg.course.level import find
from labimg.course.variant import visible

given: dict[str, str] = {}  # what the cells of this notebook answered, by level


def score(level: str) -> float:
    """Points for the answer that was given here, in the visible world only; says what is missing."""
    verdict = judged(level, given.get(level, ""))
    if find(level).exam:
        print(f"{level}: this is an exam; it is judged when it is graded.")
        return 0.0
    print(verdict)
    if any(not one.open for one in verdict.marks):
        print("Some of it is judged when it is graded.")
    return float(min(max(verdict.score, 0.0), verdict.points))


def judged(level: str, text: str) -> Verdict:
    """The verdict on an answer in the visible world."""
    found = find(level)
    return mark(found, text, [visible(found)])
