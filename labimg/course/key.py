"""The answer key of a lesson, for the teacher: made of the levels, so that it is always true."""

from collections.abc import Iterator

from labimg.course.feedback import number
from labimg.course.level import Attempt, Lesson, Level, beliefs, filled
from labimg.course.stage import Stage


def text(lesson: Lesson) -> str:
    """The key as Markdown."""
    return (
        "\n".join(["## Answer key", "", *(line for level in lesson.levels for line in _level(level))]) + "\n"
    )


def _level(level: Level) -> Iterator[str]:
    values = Stage(level).values
    yield f"### {level.id} {level.title} ({number(level.points)} points)"
    yield ""
    for index, right in enumerate(level.rights):
        yield "A right answer:" if not index else "Another one:"
        yield ""
        yield "```"
        yield filled(level.text(right), values).strip()
        yield "```"
        yield ""
    yield "Expected wrong answers:"
    yield ""
    for wrong in level.wrongs:
        yield f"- {_told(level, wrong)}"
    yield ""


def _told(level: Level, wrong: Attempt) -> str:
    """One wrong answer: what it is, what it scores, and what is said."""
    what = wrong.note or " / ".join(line.strip() for line in level.text(wrong).strip().splitlines())
    if wrong.change and not wrong.note:
        what = ", ".join(f"{key}: {value!r}" for key, value in wrong.change.items())
    belief = beliefs().get(wrong.id, {}).get("belief", "")
    why = f"; {wrong.id}{': ' + belief if belief else ''}" if wrong.id else ""
    return f"{filled(what, Stage(level).values)} ({number(wrong.score or 0)} points{why})"
