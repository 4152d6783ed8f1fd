"""A stage: a level set up in one of its worlds, ready for an answer.

Setting up runs the level's script once for each world and process; after that a stage is
a copy of what was kept, which takes a moment.
"""

import random
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from labimg.course import answer
from labimg.course.bench import Bench, Ground
from labimg.course.formula import Formula
from labimg.course.level import Ask, BadLevel, Level, Values, filled
from labimg.course.scene import Scene
from labimg.course.variant import Variant, translated, visible

Key = tuple[str, str, str]  # level, script, variant

_grounds: dict[Key, tuple[Ground, Values]] = {}
_truths: dict[tuple[Key, str], Any] = {}  # a ground, a formula -> what it comes to there


class Stage:
    """A level in one world; `bench` is the lab to work in."""

    def __init__(self, level: Level, variant: Variant | None = None, seen: Variant | None = None) -> None:
        self.level = level
        self._seen = seen or visible(level)
        self.variant = variant or visible(level)
        self.bench = _bench(level, self.variant.seed)
        ground, self.values = self._ground()
        self.bench.settle(ground)

    @property
    def _key(self) -> Key:
        return self.level.id, self.level.script, self.variant.key

    def _ground(self) -> tuple[Ground, Values]:
        if self._key not in _grounds:
            _grounds[self._key] = _erected(self.level, self.variant)
        return _grounds[self._key]

    @property
    def task(self) -> str:
        """What is to be done, in the names of this world."""
        return filled(self.level.task, self.values).strip()

    @property
    def solution(self) -> str:
        """A right answer in the names of this world; of a prediction, what is true in it."""
        if self.level.kind != "prediction":
            return filled(self.level.solution, self.values).strip()
        rows = [f'    "{ask.key}": {_written(self.truth(ask))},' for ask in self.level.asks]
        return "\n".join(["{", *rows, "}"])

    def truth(self, ask: Ask) -> Any:
        """What is right, in this world as it was before anything was done."""
        key = (self._key, ask.truth)
        if key not in _truths:
            names = _Names(self, self.before, None)
            _truths[key] = Formula(ask.truth)(names)
        return _truths[key]

    @cached_property
    def before(self) -> Scene:
        """The world before anything was done."""
        bench = _bench(self.level, self.variant.seed)
        bench.settle(self._ground()[0])
        return Scene(bench)

    @cached_property
    def goal(self) -> Scene:
        """The world that the level's solution leads to."""
        bench = _bench(self.level, self.variant.seed)
        bench.settle(self._ground()[0])
        answer.played(self.level, self.solution, bench)
        return Scene(bench)

    def translated(self, text: str) -> str:
        """An answer given for the visible world, in the names of this one."""
        here = Stage(self.level, self._seen).values if self.variant.number else self.values
        return translated(text, here, self.values)

    def names(self, given: Any = None) -> Mapping[str, Any]:
        """What a formula may use here, with `given` as the answer."""
        scene = Scene(self.bench)
        return _Names(self, scene, given)


class _Names(dict[str, Any]):
    """The names of a formula; what takes work is worked out when it is asked for."""

    def __init__(self, stage: Stage, scene: Scene, given: Any) -> None:
        super().__init__(
            {**scene.questions, **stage.values, "answer": given, "scene": scene, "truth": stage.truth}
        )
        self._stage = stage

    def __missing__(self, name: str) -> Any:
        if name in ("before", "goal"):
            self[name] = getattr(self._stage, name)
            return self[name]
        raise KeyError(name)


def _written(value: Any) -> str:
    """A value as it is typed; of a set, a list in order."""
    return repr(sorted(value) if isinstance(value, set) else value)


def forget(most: int) -> None:
    """Keep at most `most` grounds, those of the worlds that everybody sees first."""
    for key in [key for key in _grounds if not key[2].startswith("0 ")]:
        if len(_grounds) > most:
            del _grounds[key]
    for known in [known for known in _truths if known[0] not in _grounds]:
        del _truths[known]


def _bench(level: Level, seed: str) -> Bench:
    return Bench(seed, machines=level.machines, registries=level.registries)


def _erected(level: Level, variant: Variant) -> tuple[Ground, Values]:
    """Run a level's script in a new world; give the ground, and all variables.

    Raises:
        BadLevel: a command of the script fails.
    """
    values = dict(variant.values)
    files = {
        filled(name, values): _content(content, values, f"{variant.seed} {name}")
        for name, content in {**level.files, **variant.files}.items()
    }
    bench = Bench(variant.seed, files=files, machines=level.machines, registries=level.registries)
    for line in answer.lines(filled(f"{level.script}\n{variant.script}", values)):
        result = bench.docker(answer.spoken(_live(line, bench, values)))
        if result.code:
            raise BadLevel(f"{level.id}, world {variant.number}: docker {line}: {result!r}")
    bench.typed.clear()
    questions = Scene(bench).questions
    for name, text in level.let.items():
        values[name] = Formula(text)({**questions, **values})
    return bench.ground, values


def _live(line: str, bench: Bench, values: Values) -> str:
    """A line of the script with formulas put in: `save <<id('web')>>`."""
    return re.sub(r"<<(.+?)>>", lambda one: str(Formula(one[1])({**Scene(bench).questions, **values})), line)


def _content(content: Any, values: Values, seed: str) -> bytes:
    """A file: a text, or `{ bytes = 5000 }` of no particular content."""
    if isinstance(content, Mapping):
        size = Formula(str(content["bytes"]))(values)
        return random.Random(seed).randbytes(size)
    return filled(content, values).encode()
