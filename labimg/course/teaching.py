"""The teacher's commands, as a program: `python -m labimg.course.teaching NAME {"words": [...]}`.

`labimg grade` and `labimg course ...` call it; what each does is told by their help.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labimg.course import batch, confusion, feedback, notebook, tables
from labimg.course.level import BadLevel, Lesson, home, lessons

CONFIG = "nbgrader_config.py"
WIDTH = 40  # of the progress bar, in letters


class Refused(Exception):
    """A command that cannot be done, and the mend."""


def grade(
    folder: str, *, assignment: str, jobs: int, output: str, personal: bool, quiet: bool, secret_file: str,
    shard: str,
) -> int:  # fmt: skip
    """Grade the notebooks in a folder; 1 if one of them could not be."""
    place = Path(folder)
    if not place.is_dir():
        raise Refused(f"{folder}: there is no such folder")
    out = Path(output) if output else place.with_name(f"{place.resolve().name}-graded")
    lesson = _lesson(assignment or _told(place))
    terms = batch.Terms(lesson, _secret(secret_file), personal)
    bar = (lambda done, total: None) if quiet or not sys.stderr.isatty() else _bar
    found = batch.run(terms, place, out, jobs=max(1, jobs), shard=_shard(shard), tell=bar)
    if not found:
        raise Refused(f"{folder}: there are no notebooks in it")
    for one in found:
        _page(out, one)
    if not shard:
        _tables(out, found)
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


def _page(out: Path, one: batch.Result) -> None:
    batch.write(out / "feedback" / f"{one['student']}.html", feedback.html(one))
    batch.write(out / "feedback" / f"{one['student']}.md", feedback.markdown(one))


def _tables(out: Path, found: list[batch.Result]) -> None:
    batch.write(out / "grades.csv", tables.grades(found))
    batch.write(out / "criteria.csv", tables.criteria(found))
    batch.write(out / "misconceptions.csv", tables.misconceptions(found))
    batch.write(out / "confusion.svg", confusion.svg(found))


def _summary(out: Path, found: list[batch.Result]) -> int:
    refused = [one for one in found if one["refused"]]
    print(f"{len(found) - len(refused)} graded, {len(refused)} not graded; see {out}")
    for one in refused:
        print(f"  {one['student']}: {one['refused']}")
    for one in found:
        for odd in one["odd"]:
            print(f"  {one['student']}: {odd}")
    return int(bool(refused))


def merge(*folders: str, output: str) -> int:
    """Put parts together."""
    out = Path(output)
    found = list(batch.results([Path(folder) for folder in folders]))
    if not found:
        raise Refused("there are no results in these folders")
    for one in found:
        text = json.dumps(one, indent=1, ensure_ascii=False) + "\n"
        batch.write(out / "results" / f"{one['student']}.json", text)
        _page(out, one)
    _tables(out, found)
    return _summary(out, found)


def check(*files: str) -> int:
    """Prove levels; 1 if one has a fault."""
    from labimg.course import proof

    paths = [Path(file) for file in files] or sorted((home() / "levels").glob("*.toml"))
    bad = 0
    for name, faults in proof.check(paths):
        print(f"{'--' if faults else 'ok'}  {name}")
        for fault in faults:
            print(f"    {fault}")
        bad += bool(faults)
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
'''


def source(*wanted: str, output: str) -> int:
    """Make nbgrader's source notebooks."""
    from labimg.course import author

    for lesson in [_lesson(number) for number in wanted] or list(lessons().values()):
        place = Path(output) / lesson.number / f"{lesson.number}.ipynb"
        batch.write(place, author.text(lesson))
        print(f"{place}: {len(lesson.levels)} exercises, {feedback.number(lesson.points)} points")
    config = Path(output).parent / CONFIG
    if not config.exists() and (home() / CONFIG).exists():
        batch.write(config, (home() / CONFIG).read_text("utf-8"))
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

    for student, path in notebook.collected(Path(folder)):
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
    function.__name__: function for function in (grade, merge, check, new, source, key, tidy)
}


def main(argv: list[str]) -> int:
    """Do one command."""
    flags: dict[str, Any] = json.loads(argv[1])
    words = flags.pop("words")
    try:
        return COMMANDS[argv[0]](*words, **flags)
    except (Refused, BadLevel, OSError) as error:
        print(f"labimg: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
