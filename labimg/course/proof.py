"""The proof of a level: what must be true of it before anybody is given it.

Its solution and every other right answer gets all points in all worlds, the unsolved form
none, each typical wrong answer the score and the message that are written beside it; no
mutant of the solution passes; and no hint gives the answer away.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from labimg.course import answer
from labimg.course.check import Verdict, belief, mark
from labimg.course.level import Attempt, BadLevel, Level, beliefs, filled, home, read
from labimg.course.modes import WRONG
from labimg.course.mutants import fingerprint, mutants
from labimg.course.stage import Stage
from labimg.course.variant import Variant, hidden, visible

SECRET = "proof"
CLASS = ("ada", "ben", "cleo", "dan", "eve")  # some students, each with a world of their own


def variants(level: Level, *, secret: str = SECRET, student: str = "") -> list[Variant]:
    """The visible world and the hidden ones."""
    return [visible(level), *hidden(level, secret=secret, student=student)]


def faults(level: Level, *, mutated: bool = True) -> Iterator[str]:
    """All that is wrong with a level; nothing, if it may be given to a class."""
    try:
        yield from _written(level)
        yield from _answers(level)
        yield from _wrongs(level)
        yield from _personal(level)
        if mutated:
            yield from _mutants(level)
    except (*WRONG, BadLevel, SyntaxError) as error:
        yield f"{error}" if isinstance(error, BadLevel) else f"{type(error).__name__}: {error}"


def _marked(level: Level, text: str, keep: list[Stage] | None = None) -> Verdict:
    values = Stage(level).values
    return mark(level, filled(text, values), variants(level), seed=SECRET, keep=keep)


def _written(level: Level) -> Iterator[str]:
    """What can be seen without running anything."""
    if len(level.hints) < 3:
        yield "fewer than three hints"
    if len(level.wrongs) < 3:
        yield "fewer than three typical wrong answers"
    if level.kind != "prediction" and len(level.rights) < 2:
        yield "no alternative right answer"
    if level.kind in ("commands", "dockerfile", "spec") and len(level.hidden) < 2:
        yield "fewer than two hidden worlds"
    if level.kind == "prediction" and sum(not ask.open for ask in level.asks) < 2:
        yield "fewer than two questions that are judged at grading only"
    known = {one.name for one in level.criteria}
    for one in level.criteria:
        yield from (
            f"{one.name!r} needs {need!r}, which is no criterion" for need in one.needs if need not in known
        )
    for key in level.believed:
        if key not in beliefs():
            yield f"{key} is no misconception"
    for trap in level.traps:
        if not (trap.say or belief(trap.id)):
            yield f"the trap {trap.id} has nothing to say"
    yield from _given_away(level)


def _given_away(level: Level) -> Iterator[str]:
    """No hint contains a line of the solution."""
    if level.kind in ("prediction", "spec"):
        return
    told = " ".join(" ".join(hint.split()) for hint in level.hints)
    for line in answer.lines(level.solution):
        if len(line.split()) > 1 and " ".join(line.split()) in told:
            yield f"a hint contains `{line}`"


def _answers(level: Level) -> Iterator[str]:
    for number, right in enumerate([*level.rights, *_respelled(level)]):
        found = _marked(level, level.text(right))
        if found.state != "correct":
            lacking = [one.name for one in found.marks if not one.met]
            yield f"right answer {number} is {found.state} ({found.score}): {lacking}; {found.say}"
    for text in (level.unsolved, "", "# only a comment"):
        found = _marked(level, text)
        if found.score or found.state != "missing":
            yield f"unsolved, it is {found.state} and scores {found.score}"


def _respelled(level: Level) -> Iterator[Attempt]:
    """A prediction in other words: the questions in another order, `answer =` before them."""
    if level.kind == "prediction":
        value = ast.literal_eval(level.solution.strip())
        yield Attempt(f"answer = {dict(reversed(list(value.items())))!r}")


def _wrongs(level: Level) -> Iterator[str]:
    for number, wrong in enumerate(level.wrongs):
        found = _marked(level, level.text(wrong))
        if wrong.score is None or abs(found.score - wrong.score) > 0.005 or found.score >= level.points:
            yield f"wrong answer {number} scores {found.score} and not {wrong.score}"
        if found.id != wrong.id:
            yield f"wrong answer {number} gets the message {found.id!r} and not {wrong.id!r}: {found.say}"


def _personal(level: Level) -> Iterator[str]:
    """A prediction has its truth in every student's world, and not the same one in all."""
    if level.kind != "prediction":
        return
    told = set()
    for world in (visible(level), *(visible(level, student) for student in CLASS)):
        right = Stage(level, world).solution
        told.add(right)
        if (found := mark(level, right, [world])).state != "correct":
            yield f"what is true in {dict(world.values)} is {found.state} there"
    if len(told) == 1:
        yield "the same prediction is right in every world"


def spoilt(level: Level) -> list[str]:
    """The mutants of its solution that a level is tried with."""
    stage = Stage(level)
    return mutants(level, stage.solution, stage.values)


def _mutants(level: Level) -> Iterator[str]:
    whole: list[Stage] = []
    mark(level, Stage(level).solution, variants(level), seed=SECRET, keep=whole)
    ideal = [fingerprint(stage.bench) for stage in whole] if level.kind in ("commands", "dockerfile") else []
    tried = spoilt(level)
    if len(tried) < 5:
        yield f"only {len(tried)} mutants"
    for text in tried:
        kept: list[Stage] = []
        found = mark(level, text, variants(level), seed=SECRET, keep=kept)
        if found.state == "correct" and not (ideal and [fingerprint(one.bench) for one in kept] == ideal):
            yield f"a mutant passes:\n{text}"


def schema_faults(path: Path) -> list[str]:
    """What the JSON Schema of levels says against a file.

    Raises:
        ImportError: the package jsonschema is not installed.
    """
    import tomllib

    import jsonschema  # type: ignore[import-untyped]

    rules = json.loads((home() / "level.schema.json").read_text("utf-8"))
    table = tomllib.loads(path.read_text("utf-8"))
    found = jsonschema.Draft202012Validator(rules).iter_errors(table)
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in found]


def check(paths: list[Path]) -> Iterator[tuple[str, int, list[str]]]:
    """Each level of these files: the mutants it was tried with, and its faults.

    A file that cannot be read stands for its levels.
    """
    for path in paths:
        try:
            if wrong := schema_faults(path):
                yield path.name, 0, wrong
                continue
            lesson = read(path)
        except (BadLevel, ValueError) as error:
            yield path.name, 0, [str(error)]
            continue
        for level in lesson.levels:
            found = list(faults(level))
            yield level.id, 0 if found else len(spoilt(level)), found
