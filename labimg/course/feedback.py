"""Feedback: a page for each student, as HTML and as Markdown.

It tells each criterion, its points, the situation and where to read on.  It tells no
hidden input and no source of a check.  `course` is the address of the lessons' notebooks, or
the way to them from where the pages lie.
"""

from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

from labimg.course.level import BadLevel, Level, filled, find, lessons
from labimg.course.variant import visible
from labimg.show.prose import rich

Result = dict[str, Any]

COURSE = "../../notebooks"  # from graded/feedback/, where notebooks/ lies beside graded/
SIGNS = {True: "✓", False: "✗"}
STYLE = """
:root { color-scheme: light dark; --line: #8888; --good: #1a6b2f; --bad: #9c2a1a }
@media (prefers-color-scheme: dark) { :root { --good: #7fd394; --bad: #ff9c8a } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
td:last-child, th:last-child { text-align: right; white-space: nowrap }
.met { color: var(--good) }
.open { color: var(--bad) }
.say { padding: .5rem .8rem; border-left: 4px solid var(--line) }
"""


def number(value: float) -> str:
    """Points, without a needless zero."""
    return f"{round(value, 2):g}"


class Reading(NamedTuple):
    """Where to read on after an exercise."""

    title: str
    href: str
    hint: str


def markdown(result: Result, course: str = COURSE) -> str:
    """The page as Markdown."""
    lines = [f"# Lesson {result['assignment']}: feedback for {_flat(result['student'])}", ""]
    if result["refused"]:
        return "\n".join([*lines, f"This was not graded: {_flat(result['refused'])}.", ""])
    lines += [f"**{number(result['score'])} of {number(result['points'])} points**", ""]
    lines += [f"- Note: {_flat(odd)}" for odd in result["odd"]]
    for verdict in result["verdicts"]:
        lines += ["", f"## {verdict['level']} {_title(verdict)}", ""]
        lines += [
            f"{number(verdict['score'])} of {number(verdict['points'])} points: **{verdict['state']}**",
            "",
        ]
        if verdict["say"]:
            lines += [f"> {_flat(verdict['say'])}", ""]
        if verdict["marks"]:
            lines += ["| | criterion | points |", "|---|---|---|"]
            lines += [
                f"| {SIGNS[mark['met']]} | {_flat(mark['name'])} | {_of(mark)} |" for mark in verdict["marks"]
            ]
        lines += ["", *_honour(verdict)]
        if on := _reading(verdict, course):
            lines.append(f"Read on: [{_flat(on.title)}](<{on.href}>). A first hint: {_flat(on.hint)}")
    return "\n".join(lines) + "\n"


def html(result: Result, course: str = COURSE) -> str:
    """The page as HTML, one file that needs nothing else."""
    title = f"Lesson {result['assignment']}: feedback for {result['student']}"
    body = "\n".join(_body(result, course))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )


def _body(result: Result, course: str) -> Iterator[str]:
    if result["refused"]:
        yield f"<p>This was not graded: {escape(result['refused'])}.</p>"
        return
    yield f"<p><strong>{number(result['score'])} of {number(result['points'])} points</strong></p>"
    for odd in result["odd"]:
        yield f"<p>Note: {escape(odd)}</p>"
    for verdict in result["verdicts"]:
        yield f'<h2 id="{verdict["level"]}">{verdict["level"]} {rich(_title(verdict))}</h2>'
        points = f"{number(verdict['score'])} of {number(verdict['points'])} points"
        yield f"<p>{points}: <strong>{verdict['state']}</strong></p>"
        if verdict["say"]:
            yield f'<p class="say">{rich(verdict["say"])}</p>'
        if verdict["marks"]:
            yield "<table><tr><th></th><th>criterion</th><th>points</th></tr>"
            for mark in verdict["marks"]:
                kind, word = ("met", "met") if mark["met"] else ("open", "not met")
                yield (
                    f'<tr><td class="{kind}" aria-label="{word}">{SIGNS[mark["met"]]}</td>'
                    f"<td>{rich(mark['name'])}</td><td>{_of(mark)}</td></tr>"
                )
            yield "</table>"
        yield from (f"<p>{escape(line)}</p>" for line in _honour(verdict))
        if on := _reading(verdict, course):
            link = f'<a href="{escape(on.href)}">{escape(on.title)}</a>'
            yield f"<p>Read on: {link}. A first hint: {rich(on.hint)}</p>"


def _of(mark: dict[str, Any]) -> str:
    return f"{number(mark['points'] if mark['met'] else 0)} of {number(mark['points'])}"


def _level(verdict: dict[str, Any]) -> Level | None:
    try:
        return find(verdict["level"])
    except BadLevel:
        return None


def _title(verdict: dict[str, Any]) -> str:
    level = _level(verdict)
    return level.title if level else ""


def _honour(verdict: dict[str, Any]) -> list[str]:
    """The bonus, if there is one."""
    if not verdict["bonus"]:
        return []
    return [f"Nobody does it in fewer commands: {number(verdict['bonus'])} points of honour."]


def _reading(verdict: dict[str, Any], course: str) -> Reading | None:
    """Where to read on, if not all is right: the lesson's notebook, at its exercises."""
    level = _level(verdict)
    if verdict["state"] == "correct" or not level:
        return None
    lesson = lessons()[level.lesson]
    href = f"{quote(course.rstrip('/'), safe='/:?&=%~.@+')}/{lesson.notebook}#Exercises"
    hint = filled(level.hints[0], visible(level).values)
    return Reading(f"lesson {level.lesson}, {lesson.title}", href, hint)


def _flat(text: str) -> str:
    """A text that cannot break a line or a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
