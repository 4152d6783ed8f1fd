"""Checks: what an answer, or the world a learner stands in, is worth, and what to say.

There are five states: missing, wrong kind, nearly, wrong because ..., correct.  `look`
judges the world of a notebook at once; `mark` replays an answer in the visible world and
in the hidden ones, and what is not so in all of them is not so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from labimg.course import answer, cases
from labimg.course.level import Ask, Level, beliefs, filled
from labimg.course.modes import WRONG, holds
from labimg.course.stage import Stage
from labimg.course.variant import Variant

State = Literal["missing", "wrong kind", "nearly", "wrong because", "correct"]

NEAR = 0.5  # of the points: from here on an answer is nearly right
BONUS = 0.1  # of the points, at most, for a short way


@dataclass(frozen=True, slots=True)
class Mark:
    """One criterion, judged."""

    name: str
    points: float  # it is worth
    met: bool
    why: str = ""
    open: bool = True  # may be shown before grading

    @property
    def got(self) -> float:
        """Points for it."""
        return self.points if self.met else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth."""

    level: str
    state: State
    score: float
    points: float
    marks: tuple[Mark, ...]
    say: str = ""
    id: str = ""  # of the message: a misconception's or the level's own
    bonus: float = 0.0

    @property
    def met(self) -> int:
        """How many criteria are met."""
        return sum(mark.met for mark in self.marks)

    def __repr__(self) -> str:
        said = f" {self.say}" if self.say else ""
        return f"{self.level}: {self.state}, {self.met} of {len(self.marks)}.{said}"


def look(stage: Stage, text: str = "") -> Verdict:
    """Judge what can be seen now: the world of the stage's bench, or an answer that is a value.

    Only what is open is judged; the rest is when the answer is graded.
    """
    level = stage.level
    read = (
        answer.given(level, text, stage.values)
        if level.kind in ("prediction", "spec", "code")
        else answer.Given(text)
    )
    if read.fault:
        return _refused(level, read)
    if level.kind == "commands" and not stage.bench.typed:
        return _refused(level, replace(read, fault="missing", say="Nothing has been done yet."))
    names = _names(stage, read)
    asks = [ask for ask in level.asks if ask.open]
    marks = [mark for mark in _marks(level, names, asks, hidden=False) if mark.open]
    return _verdict(level, marks, asks, [names], bonus=_bonus(level, names))


def mark(
    level: Level, text: str, variants: Sequence[Variant], *, seed: str = "", keep: list[Stage] | None = None
) -> Verdict:
    """Replay an answer in every variant, the visible one first, and judge it.

    `seed` decides the cases that code is tried on.
    """
    read = answer.given(level, text, variants[0].values)
    if read.fault == "missing" or (read.fault and level.kind != "commands"):
        return _refused(level, read)
    worlds, everything = [], []
    for variant in variants[: 1 if level.kind == "prediction" else None]:
        stage = Stage(level, variant, variants[0])
        here = answer.given(level, stage.translated(read.text)) if variant.number else read
        answer.played(level, here.text, stage.bench)
        names = _names(stage, here, seed=f"{seed}{variant.seed}")
        worlds.append(names)
        hard = variant.number > 0 or not level.hidden
        everything.append(_marks(level, names, level.asks, hidden=hard))
        if keep is not None:
            keep.append(stage)
    marks = [_worst(same) for same in _together(everything)]
    found = _verdict(level, marks, level.asks, worlds, bonus=_bonus(level, worlds[0]))
    if read.fault and found.score < found.points:
        return replace(found, state="wrong kind", say=read.say, id=read.fault)
    return found


def _names(stage: Stage, read: answer.Given, seed: str = "") -> Mapping[str, Any]:
    names = stage.names(read.value)
    if stage.level.kind == "code":
        return _Watched(names, stage.level, read.text, seed)
    return names


class _Watched(dict[str, Any]):
    """The names of a formula about code: `right('group')` runs it, once, in its cage."""

    def __init__(self, names: Mapping[str, Any], level: Level, text: str, seed: str) -> None:
        super().__init__(names)
        trial = cases.Trial(level.function, text, seed)
        self["right"], self["fault"] = trial.right, trial.fault


def _marks(level: Level, names: Mapping[str, Any], asks: Sequence[Ask], *, hidden: bool) -> list[Mark]:
    """Each criterion, and each of the questions `asks`, judged in one world."""
    weights = level.weights
    unit = level.points / weights
    met: dict[str, bool] = {}
    found = []
    for one in level.criteria:
        asked = hidden or not one.hidden
        met[one.name] = (not asked or holds(one.mode, one.how, names)) and all(
            met.get(need, False) for need in one.needs
        )
        why = filled(one.why, names)
        found.append(Mark(filled(one.name, names), one.weight * unit, met[one.name], why, not one.hidden))
    return found + [_answered(ask, names, ask.weight * unit) for ask in asks]


def _answered(ask: Ask, names: Mapping[str, Any], points: float) -> Mark:
    told = names["answer"].get(ask.key, ...)
    met = told is not ... and alike(told, names["truth"](ask))
    return Mark(filled(ask.text, names), points, met, filled(ask.why, names), ask.open)


def alike(told: object, truth: object) -> bool:
    """Is it the same value of the same type?  Texts: but for spaces around; lists and tuples are one.

    >>> alike(True, 1), alike(" ro ", "ro"), alike((1, 2), [1, 2])
    (False, True, True)
    """
    if isinstance(told, str) and isinstance(truth, str):
        return told.strip() == truth.strip()
    if isinstance(told, list | tuple) and isinstance(truth, list | tuple):
        return len(told) == len(truth) and all(map(alike, told, truth))
    if isinstance(told, dict) and isinstance(truth, dict):
        return told.keys() == truth.keys() and all(alike(told[key], truth[key]) for key in told)
    if isinstance(told, set | list | tuple) and isinstance(truth, set):
        return len(told) == len(truth) and all(one in told for one in truth)
    return type(told) is type(truth) and told == truth


def _together(everything: list[list[Mark]]) -> Iterable[tuple[Mark, ...]]:
    """The marks of one criterion in all worlds; a criterion's name may differ, its place does not."""
    return zip(*everything, strict=True)


def _worst(same: tuple[Mark, ...]) -> Mark:
    """A criterion is met where it is met in every world; how a hidden one failed is not told."""
    first = same[0]
    if first.met and not all(mark.met for mark in same):
        why = "This holds in the world you see, but not in another, where names, sizes or neighbours differ."
        return replace(first, met=False, why=first.why if not first.open and first.why else why)
    return first


def _verdict(
    level: Level, marks: list[Mark], asks: Sequence[Ask], worlds: list[Mapping[str, Any]], *, bonus: float
) -> Verdict:
    score = min(round(sum(mark.got for mark in marks), 2), level.points)
    points = round(sum(mark.points for mark in marks), 2)
    if all(mark.met for mark in marks):
        return Verdict(level.id, "correct", points, points, tuple(marks), bonus=bonus)
    key, say = _recognised(level, asks, worlds)
    near = score >= NEAR * points
    if not say:
        say = next((mark.why for mark in marks if not mark.met and mark.why and (mark.open or near)), "")
        say = say or _counted(level, marks, worlds[0])
    state: State = "wrong because" if key or not near else "nearly"
    return Verdict(level.id, state, score, points, tuple(marks), say, key)


def _counted(level: Level, marks: list[Mark], names: Mapping[str, Any]) -> str:
    """What can be said when nothing better is known."""
    if not level.asks:
        return "Something that is judged is not so yet."
    blank = sum(names["answer"].get(ask.key, ...) is ... for ask in level.asks)
    if blank:
        return f"{blank} of {len(level.asks)} questions have no answer yet."
    wrong = sum(not mark.met for mark in marks)
    return f"{wrong} of {len(marks)} answers {'is' if wrong == 1 else 'are'} not right."


def _recognised(level: Level, asks: Sequence[Ask], worlds: list[Mapping[str, Any]]) -> tuple[str, str]:
    """The message that fits, and its ID: of the first trap that snaps, or of a question's wrong answer."""
    from labimg.course.formula import Formula

    for names in worlds:
        for trap in level.traps:
            try:
                snapped = bool(Formula(trap.when)(names))
            except WRONG:
                continue
            if snapped:
                return trap.id, filled(trap.say, names) or belief(trap.id)
    names = worlds[0]
    for ask in asks:
        told = names["answer"].get(ask.key, ...)
        key = {filled(wrong, names): due for wrong, due in ask.traps.items()}.get(_spelt(told), "")
        if key and not alike(told, names["truth"](ask)):
            return key, filled(ask.why, names) or belief(key)
    return "", ""


def _spelt(told: object) -> str:
    """A short answer as a trap names it, "" if it is none."""
    short = isinstance(told, str | None) or (isinstance(told, int) and told.bit_length() < 64)
    return str(told) if short else ""


def belief(key: str) -> str:
    """What is said to whoever holds a misconception."""
    return beliefs().get(key, {}).get("say", "")


def _bonus(level: Level, names: Mapping[str, Any]) -> float:
    """Points for a way that is as short as the shortest known."""
    if not level.par or level.kind != "commands":
        return 0.0
    return round(level.points * BONUS, 2) if names["commands"]() <= level.par else 0.0


def _refused(level: Level, read: answer.Given) -> Verdict:
    state: State = "missing" if read.fault == "missing" else "wrong kind"
    unit = level.points / (level.weights)
    values = Stage(level).values
    marks = [
        Mark(filled(one.name, values), one.weight * unit, False, open=not one.hidden)
        for one in level.criteria
    ]
    marks += [Mark(filled(ask.text, values), ask.weight * unit, False, open=ask.open) for ask in level.asks]
    return Verdict(level.id, state, 0.0, level.points, tuple(marks), read.say, state)
