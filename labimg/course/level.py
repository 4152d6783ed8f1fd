"""A level: one exercise as data, read from a TOML file.

A teacher writes a file and no code; `labimg course check` proves what is in it.
Texts name the level's variables as `{box}`; formulas name them plainly.
"""

import ast
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

Kind = Literal["commands", "dockerfile", "prediction", "spec", "code"]
Values = Mapping[str, Any]  # a level's variables

_NAMED = re.compile(r"\{(\w+)\}")


class BadLevel(ValueError):
    """A level that cannot be used, and why."""


def filled(text: str, values: Values) -> str:
    """`text` with the variables put in; other braces stay.

    >>> filled('rm {box} --format {{.ID}}', {"box": "web"})
    'rm web --format {{.ID}}'
    """
    return _NAMED.sub(lambda found: str(values.get(found[1], found[0])), text)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is judged, what it weighs, and how it is compared."""

    name: str
    mode: str = "asserts"
    weight: float = 1
    how: Mapping[str, Any] = field(default_factory=dict)  # what the mode is told
    why: str = ""  # said when it is not met
    needs: tuple[str, ...] = ()  # criteria without which it does not count
    hidden: bool = False  # judged in the hidden worlds only


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a prediction; `truth` is worked out from the live world."""

    key: str
    text: str
    truth: str
    choices: tuple[Any, ...] = ()
    weight: float = 1
    open: bool = False  # judged at once; else when it is graded
    why: str = ""
    traps: Mapping[str, str] = field(default_factory=dict)  # a wrong answer -> the message it deserves


@dataclass(frozen=True, slots=True)
class Trap:
    """A wrong state that is recognised, and what is said to whoever is in it."""

    id: str
    when: str
    say: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An answer, with the score and the message it must get."""

    answer: str = ""
    score: float | None = None
    id: str = ""
    note: str = ""
    change: Mapping[str, Any] = field(default_factory=dict)  # entries of the solution that are other


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A hidden world: what is other than in the one the learner sees."""

    script: str = ""
    files: Mapping[str, Any] = field(default_factory=dict)
    set: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Level:
    """One exercise."""

    id: str
    title: str
    kind: Kind
    points: float
    task: str
    hints: tuple[str, ...]
    believed: tuple[str, ...] = ()  # misconceptions it is a trap for
    script: str = ""
    files: Mapping[str, Any] = field(default_factory=dict)
    machines: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    vary: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    let: Mapping[str, str] = field(default_factory=dict)  # further variables, as formulas
    hidden: tuple[Elsewhere, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    asks: tuple[Ask, ...] = ()
    traps: tuple[Trap, ...] = ()
    rights: tuple[Attempt, ...] = ()
    wrongs: tuple[Attempt, ...] = ()
    stub: str = ""
    par: int = 0  # commands of the shortest way; 0: no bonus
    image: str = ""  # the name a Dockerfile is built under
    function: str = ""  # the function that code defines
    reveal: str = ""  # commands that show what was predicted
    optional: bool = False
    exam: bool = False  # no hints, and no score before grading

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> Self:
        """The level of one table of a file.

        Raises:
            BadLevel: a key is missing or unknown.
        """
        start = table.get("start", {})
        plain: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in table.items()
            if key not in _NESTED
        }
        try:
            return cls(
                **plain,
                script=start.get("script", ""),
                files=start.get("files", {}),
                machines=tuple(start.get("machines", ())),
                registries=tuple(start.get("registries", ())),
                hidden=tuple(Elsewhere(**one) for one in table.get("hidden", ())),
                criteria=tuple(map(_criterion, table.get("criterion", ()))),
                asks=tuple(_ask(one) for one in table.get("ask", ())),
                traps=tuple(Trap(**one) for one in table.get("trap", ())),
                rights=tuple(Attempt(**one) for one in table.get("right", ())),
                wrongs=tuple(Attempt(**one) for one in table.get("wrong", ())),
            )
        except (TypeError, KeyError) as error:
            raise BadLevel(f"{table.get('id', 'a level without an id')}: {error}") from None

    @property
    def lesson(self) -> str:
        """The number of its lesson."""
        return self.id.partition("-")[0]

    @property
    def weights(self) -> float:
        """What all criteria and questions weigh together."""
        return sum(one.weight for one in self.criteria) + sum(ask.weight for ask in self.asks) or 1

    @property
    def solution(self) -> str:
        """The answer that `%solution` shows."""
        return self.rights[0].answer

    def text(self, attempt: Attempt) -> str:
        """The text of an attempt, the solution with its changes where it is told so."""
        if not attempt.change:
            return attempt.answer
        return repr({**ast.literal_eval(self.solution.strip()), **attempt.change})

    @property
    def unsolved(self) -> str:
        """What stands in the answer cell at first."""
        if self.stub or self.kind != "prediction":
            return self.stub or _STUBS[self.kind]
        return "{\n" + "".join(f'    "{ask.key}": ...,\n' for ask in self.asks) + "}"


_NESTED = {"start", "hidden", "criterion", "ask", "trap", "right", "wrong"}
_STUBS = {
    "commands": "# one docker command on each line\n",
    "dockerfile": "# write the Dockerfile here\n",
    "spec": "...\n",
    "code": "",
}


def _criterion(table: Mapping[str, Any]) -> Criterion:
    known = {"name", "mode", "weight", "why", "needs", "hidden"}
    plain = {key: value for key, value in table.items() if key in known}
    plain["needs"] = tuple(table.get("needs", ()))
    return Criterion(**plain, how={key: value for key, value in table.items() if key not in known})


def _ask(table: Mapping[str, Any]) -> Ask:
    return Ask(**{**table, "choices": tuple(table.get("choices", ()))})


@dataclass(frozen=True, slots=True)
class Lesson:
    """The levels of one lesson."""

    number: str
    title: str
    levels: tuple[Level, ...]

    @property
    def points(self) -> float:
        """What can be had in all."""
        return sum(level.points for level in self.levels)

    @property
    def notebook(self) -> str:
        """The file name of the notebook that teaches it, "" if the course has none."""
        found = sorted((_shipped().parent / "notebooks").glob(f"{self.number}-*.ipynb"))
        return found[0].name if found else ""


def home() -> Path:
    """Where the exercises lie: where LABIMG_EXERCISES says, else where they came with the package."""
    said = os.environ.get("LABIMG_EXERCISES")
    return Path(said) if said else _shipped()


def _shipped() -> Path:
    """Those that came along: in the installed package, or beside it in the source tree."""
    package = Path(__file__).parent
    places = (package / "exercises", package.parent.parent / "exercises")
    return next((place for place in places if (place / "levels").is_dir()), places[-1])


def read(path: Path) -> Lesson:
    """The lesson in a file.

    Raises:
        BadLevel: it is no TOML, or a level in it is not sound.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadLevel(f"{path.name}: {error}") from None
    common = {key: table[key] for key in ("start", "exam") if key in table}
    levels = tuple(Level.parse(common | one) for one in table.get("level", ()))
    return Lesson(str(table.get("lesson", path.stem)), table.get("title", ""), levels)


@cache
def lessons(place: Path | None = None) -> Mapping[str, Lesson]:
    """All lessons by their number."""
    folder = (place or home()) / "levels"
    return {lesson.number: lesson for lesson in map(read, sorted(folder.glob("*.toml")))}


def find(name: str) -> Level:
    """The level called `name`, as "07-E1".

    Raises:
        BadLevel: there is none.
    """
    lesson = lessons().get(name.partition("-")[0])
    for level in lesson.levels if lesson else ():
        if level.id == name.upper():
            return level
    known = ", ".join(level.id for level in lesson.levels) if lesson else ", ".join(lessons())
    raise BadLevel(f"there is no level {name}; there are {known}")


@cache
def beliefs() -> Mapping[str, Mapping[str, str]]:
    """The misconceptions: `belief`, what is `true` instead, and `say`, the message for who holds it."""
    return tomllib.loads((home() / "misconceptions.toml").read_text("utf-8"))
