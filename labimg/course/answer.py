"""An answer: what a learner gave for a level, read as text and never run as a program.

commands     docker commands, one on a line
dockerfile   a Dockerfile
prediction   a value of Python for each question
spec         a value of Python: layers, a names file, templates
code         a function; `sandbox` runs it, nothing else does
"""

import ast
import re
from dataclasses import dataclass
from typing import Any, Literal

from labimg.course import screen
from labimg.course.bench import Bench
from labimg.course.level import Level, Values, filled
from labimg.show.line import NeedsShell, words

Fault = Literal["", "missing", "wrong kind"]

_PROMPT = re.compile(r"^(?:\$ |!|%)?\s*docker\s+")
_MAGIC = re.compile(r"^%%(?:answer|docker|dockerfile|predict)\b.*\n?", re.MULTILINE)
LONGEST = 20_000  # letters of an answer
MOST = 100  # commands of an answer


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, read: its value if it has one, and what is wrong with it before it is even judged."""

    text: str
    value: Any = None
    fault: Fault = ""
    say: str = ""


def lines(text: str) -> list[str]:
    """The commands in a text, without the word docker, comments and prompts.

    >>> lines("$ docker ps -a  ")
    ['ps -a']
    """
    joined = re.sub(r"\\\n", " ", text)
    found = [_PROMPT.sub("", line.strip(), count=1) for line in joined.splitlines()]
    return [line for line in found if line and not line.startswith("#")]


def spoken(line: str) -> list[str]:
    """The words of one command."""
    return words(line)


def bare(text: str) -> str:
    """An answer's text without the magic that may stand above it."""
    return _MAGIC.sub("", text.replace("\r\n", "\n"), count=1).strip()


def given(level: Level, text: str, values: Values | None = None) -> Given:
    """The answer that a cell holds; `values` are the variables that its unsolved form had."""
    text = bare(text)
    if len(text) > LONGEST:
        return Given(text, fault="wrong kind", say=f"An answer has at most {LONGEST} letters.")
    if not text or text == filled(level.unsolved, values or {}).strip() or not _sense(level, text):
        return Given(text, fault="missing", say="There is no answer yet.")
    if level.kind in ("prediction", "spec"):
        return _literal(level, text)
    if level.kind == "commands":
        return _commands(text)
    return Given(text, text)


def _sense(level: Level, text: str) -> bool:
    """Is there more than comments?"""
    return any(line.strip() and not line.strip().startswith("#") for line in text.splitlines())


def _commands(text: str) -> Given:
    strange = ""
    for line in lines(text):
        try:
            strange = strange or screen.unknown(spoken(line))
        except NeedsShell as needs:
            strange = strange or str(needs)
    if len(lines(text)) > MOST:
        return Given(text, fault="wrong kind", say=f"An answer has at most {MOST} commands.")
    return Given(text, text, fault="wrong kind" if strange else "", say=strange)


def _literal(level: Level, text: str) -> Given:
    """A value; `answer = ` before it does no harm."""
    try:
        value = ast.literal_eval(re.sub(r"^\s*[A-Za-z_]\w*\s*=(?!=)\s*", "", text, count=1).strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        say = "This cell holds one value of Python: quotes around texts, commas between entries, no sums."
        return Given(text, fault="wrong kind", say=say)
    if value is ... or (isinstance(value, dict) and value and all(one is ... for one in value.values())):
        return Given(text, value, "missing", "There is no answer yet.")
    wanted = _shape(level)
    if wanted is not None and type(value) is not wanted:
        say = (
            f"The answer is a {_SHAPES[wanted]}; this is a {_SHAPES.get(type(value), type(value).__name__)}."
        )
        return Given(text, value, "wrong kind", say)
    return Given(text, value)


_SHAPES: dict[type, str] = {
    dict: "dict in { }", list: "list in [ ]", str: "text in quotes", int: "number", bool: "True or False",
    float: "number with a point", tuple: "tuple in ( )", type(None): "None", set: "set",
}  # fmt: skip


def _shape(level: Level) -> type | None:
    """The type that the unsolved form, or else the solution, has."""
    if level.kind == "prediction":
        return dict
    try:
        value = ast.literal_eval(level.unsolved.strip())
        return type(ast.literal_eval(level.solution.strip())) if value is ... else type(value)
    except (ValueError, SyntaxError):
        return None


def played(level: Level, text: str, bench: Bench) -> None:
    """Do in `bench` what an answer says; a command that fails is passed over, as it is in a shell."""
    if level.kind == "dockerfile" and bench.folder:
        bench.write("Dockerfile", text + "\n")
        bench.docker(["build", "-t", level.image, "."])
    elif level.kind == "commands":
        for line in lines(text)[:MOST]:
            try:
                typed = spoken(line)
            except NeedsShell:
                continue
            if screen.harmless(typed, bench.folder) and not screen.full(bench.folder):
                bench.docker(typed)
                screen.sweep(typed, bench.folder)
