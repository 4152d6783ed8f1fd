"""The teacher's commands, as a program: `python -m labimg.course.teaching NAME {"words": [...]}`.

`labimg grade` and `labimg course ...` call it; what each does is told by their help.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from labimg.course import batch, confusion, feedback, notebook, regrade, tables
from labimg.course.level import BadLevel, Lesson, home, lessons
from labimg.course.policy import BadMoment, Policy, moment
from labimg.course.report import write
from labimg.errors import InvalidParameter
from labimg.units import parse_duration

CONFIG = "nbgrader_config.py"
WIDTH = 40  # of the progress bar, in letters


class Refused(Exception):
    """A command that cannot be done, and the mend."""


class Publishing(NamedTuple):
    """How results are made known."""

    policy: Policy
    course: str  # address of the lessons' notebooks
    lms: str  # whose gradebook gets a table of its own, "" for none


def _publishing(course_url: str, due: str, late: str, lms: str) -> Publishing:
    if lms and lms not in tables.LMS:
        raise Refused(f"--lms {lms}: say one of {', '.join(tables.LMS)}")
    try:
        loss = float(late or 0)
    except ValueError:
        loss = -1.0
    if not 0 <= loss <= 1:
        raise Refused(f"--late {late}: say a share of the points, as 0.1")
    return Publishing(Policy(moment(due) if due else None, loss), course_url or feedback.COURSE, lms)


def grade(
    folder: str, *, assignment: str, attempts: int, cool_down: str, jobs: int, output: str, personal: bool,
    quiet: bool, secret_file: str, shard: str, **flags: str,
) -> int:  # fmt: skip
    """Grade the notebooks in a folder; 1 if one of them could not be."""
    how = _publishing(**flags)
    place = Path(folder)
    if not place.is_dir():
        raise Refused(f"{folder}: there is no such folder")
    out = Path(output) if output else place.with_name(f"{place.resolve().name}-graded")
    lesson = _lesson(assignment or _told(place))
    pause = _seconds(cool_down)
    terms = batch.Terms(lesson, _secret(secret_file), personal, attempts=attempts, cool_down=pause)
    bar = (lambda done, total: None) if quiet or not sys.stderr.isatty() else _bar
    found = batch.run(terms, place, out, jobs=max(1, jobs), shard=_shard(shard), tell=bar)
    if not found and not shard:
        raise Refused(f"{folder}: there are no notebooks in it")
    _pages(out, found, how)
    if not shard:
        _tables(out, found, how)
    return _summary(out, found)


def _told(place: Path) -> str:
    """The lesson that most notebooks are about."""
    counts: dict[str, int] = {}
    for student, path in notebook.collected(place):
        try:
            about = notebook.read(path, student, Lesson("", "", ())).assignment
        except notebook.Unreadable:
            continue
        counts[about] = counts.get(about, 0) + 1
    return max(sorted(counts), key=lambda about: counts[about], default="")


def _lesson(number: str) -> Lesson:
    try:
        return lessons()[number]
    except KeyError:
        known = ", ".join(lessons())
        raise Refused(f"which lesson? say --assignment with one of {known}") from None


def _secret(path: str) -> str:
    if path:
        return Path(path).read_text("utf-8").strip()
    if secret := os.environ.get("LABIMG_SECRET"):
        return secret
    print("No secret is set (LABIMG_SECRET, or --secret-file): the hidden worlds can be guessed.")
    return "public"


def _seconds(text: str) -> float:
    try:
        seconds = parse_duration(text or "0s") / 1e9
    except InvalidParameter:
        seconds = -1
    if seconds < 0:
        raise Refused(f"--cool-down {text}: say a time, as 10m")
    return seconds


def _shard(text: str) -> tuple[int, int]:
    part, slash, parts = text.partition("/")
    if not text:
        return 1, 1
    if slash and part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts):
        return int(part), int(parts)
    raise Refused(f"--shard {text}: say k/n, as 1/4")


def _bar(done: int, total: int) -> None:
    full = WIDTH * done // max(total, 1)
    print(f"\r[{'#' * full}{'.' * (WIDTH - full)}] {done}/{total}", end="", file=sys.stderr, flush=True)
    if done == total:
        print(file=sys.stderr)


def _pages(out: Path, found: list[batch.Result], how: Publishing) -> None:
    for one in found:
        told = {**one, "odd": [*one["odd"], *_late(one, how.policy)]}
        write(out / "feedback" / f"{one['student']}.html", feedback.html(told, how.course))
        write(out / "feedback" / f"{one['student']}.md", feedback.markdown(told, how.course))


def _late(one: batch.Result, policy: Policy) -> list[str]:
    days = policy.days(one["timestamp"])
    lost = feedback.number(policy.penalty(one))
    return [f"late, {days} day{'s' * (days != 1)} begun: {lost} points are taken off"] if days else []


def _tables(out: Path, found: list[batch.Result], how: Publishing) -> None:
    write(out / "grades.csv", tables.grades(found, how.policy))
    write(out / "criteria.csv", tables.criteria(found))
    write(out / "misconceptions.csv", tables.misconceptions(found))
    write(out / "confusion.svg", confusion.svg(found))
    if how.lms:
        write(out / f"{how.lms}.csv", tables.LMS[how.lms](found, how.policy))


def _summary(out: Path, found: list[batch.Result]) -> int:
    refused = [one for one in found if one["refused"]]
    print(f"{len(found) - len(refused)} graded, {len(refused)} not graded; see {out}")
    for one in refused:
        print(f"  {one['student']}: {one['refused']}")
    for one in found:
        for odd in one["odd"]:
            print(f"  {one['student']}: {odd}")
    return int(bool(refused))


def merge(*folders: str, output: str, **flags: str) -> int:
    """Put parts together."""
    how = _publishing(**flags)
    out = Path(output)
    found = list(batch.results([Path(folder) for folder in folders]))
    if not found:
        raise Refused("there are no results in these folders")
    for one in found:
        text = json.dumps(one, indent=1, ensure_ascii=False) + "\n"
        write(out / "results" / f"{one['student']}.json", text)
    _pages(out, found, how)
    _tables(out, found, how)
    return _summary(out, found)


def diff(before: str, after: str) -> int:
    """Show what a regrade would change."""
    old, new = (list(batch.results([Path(folder)])) for folder in (before, after))
    if not old or not new:
        raise Refused(f"there are no results in {after if old else before}")
    for change in (found := list(regrade.changes(old, new))):
        print(change)
    students = len({change.student for change in found})
    print(f"{len(found)} exercises of {students} students are worth something else")
    return 0


def check(*files: str) -> int:
    """Prove levels; 1 if one has a fault."""
    from labimg.course import proof

    paths = [Path(file) for file in files] or sorted((home() / "levels").glob("*.toml"))
    bad = total = 0
    for name, tried, faults in proof.check(paths):
        print(f"--  {name}" if faults else f"ok  {name}  {tried} mutants found out")
        for fault in faults:
            print(f"    {fault}")
        bad += bool(faults)
        total += tried
    print(f"{total} mutants of solutions, none of which passes")
    return int(bool(bad))


def new(exercise: str) -> int:
    """Print the beginnings of a level."""
    print(_TEMPLATE.format(id=exercise.upper()))
    return 0


_TEMPLATE = '''[[level]]
id = "{id}"
title = "A name for it"
kind = "commands"                 # or dockerfile, prediction, spec, code
points = 2
par = 1
believed = []                     # misconceptions it is a trap for: M01 to M24
task = """
What is to be reached. `{{app}}` is a variable of the level.
"""
hints = ["where to look", "which kind of command", "what it needs"]

[level.start]
script = "pull busybox"
files = {{}}

[level.vary]
app = ["shop", "blog", "wiki"]    # the first is what the learner sees

[[level.hidden]]
script = "tag busybox neighbour"
[[level.hidden]]

[[level.criterion]]
name = "{{app}} is there"
that = "has(app)"
why = "There is no image `{{app}}` yet."

[[level.trap]]
id = "{id}.name"
when = "has(app + ':2')"
say = "It is there, under another tag."

[[level.right]]
answer = "docker tag busybox {{app}}"
[[level.right]]
answer = "docker image tag busybox:latest {{app}}:latest"
[[level.wrong]]
answer = "docker tag busybox {{app}}:2"
score = 0
id = "{id}.name"
[[level.wrong]]
answer = "docker pull busybox"
score = 0
id = ""
[[level.wrong]]
answer = "docker tag {{app}} busybox"
score = 0
id = ""
'''


def source(*wanted: str, output: str) -> int:
    """Make nbgrader's source notebooks."""
    from labimg.course import author

    for lesson in [_lesson(number) for number in wanted] or list(lessons().values()):
        place = Path(output) / lesson.number / f"{lesson.number}.ipynb"
        write(place, author.text(lesson))
        print(f"{place}: {len(lesson.levels)} exercises, {feedback.number(lesson.points)} points")
    config = Path(output).parent / CONFIG
    if not config.exists() and (home() / CONFIG).exists():
        write(config, (home() / CONFIG).read_text("utf-8"))
        print(f"{config}: so that nbgrader grades by replay")
    return 0


def key(*wanted: str) -> int:
    """Print answer keys."""
    from labimg.course import key as keys

    for lesson in [_lesson(number) for number in wanted] or list(lessons().values()):
        print(keys.text(lesson), end="")
    return 0


def tidy(folder: str) -> int:
    """Mend collected notebooks, keeping what was handed in beside them."""
    from labimg.course import author

    for student, path in notebook.every(Path(folder)):
        try:
            said = author.tidied(path)
        except notebook.Unreadable as error:
            print(f"{student}: {error}; put aside as {path.name}.unreadable")
            shutil.move(path, path.with_name(f"{path.name}.unreadable"))
            continue
        if said:
            print(f"{student}: {'; '.join(said)}")
    return 0


COMMANDS: dict[str, Callable[..., int]] = {
    function.__name__: function for function in (grade, merge, diff, check, new, source, key, tidy)
}


def main(argv: list[str]) -> int:
    """Do one command."""
    flags: dict[str, Any] = json.loads(argv[1])
    words = flags.pop("words")
    try:
        return COMMANDS[argv[0]](*words, **flags)
    except (Refused, BadLevel, BadMoment, OSError) as error:
        print(f"labimg: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
