"""A variant of a level: the names, sizes and extra things of one world.

The world a learner sees is public.  The worlds an answer is graded in besides are drawn
from the course's secret, the student and the level, so that nobody can know them and
nobody has the same ones, and yet every grading gives the same.
"""

import hmac
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labimg.course.level import Level, Values


@dataclass(frozen=True, slots=True)
class Variant:
    """One world of a level; number 0 is the one the learner sees."""

    number: int
    values: Values
    script: str = ""
    files: Mapping[str, Any] = field(default_factory=dict)
    seed: str = "labimg"

    @property
    def key(self) -> str:
        """What tells it from others of the level."""
        return f"{self.number} {sorted(self.values.items())} {self.seed}"


def visible(level: Level, student: str = "") -> Variant:
    """The world the learner sees; with a `student` one of their own, else the same for all."""
    if not student:
        return Variant(0, {name: pool[0] for name, pool in level.vary.items()})
    chance = random.Random(f"labimg {student} {level.id}")
    return Variant(0, {name: chance.choice(list(pool)) for name, pool in level.vary.items()})


def hidden(level: Level, *, secret: str, student: str = "", seen: Values | None = None) -> list[Variant]:
    """The worlds nobody sees."""
    seen = seen or visible(level).values
    found = []
    for number, other in enumerate(level.hidden, 1):
        word = hmac.new(secret.encode(), f"{student} {level.id} {number}".encode(), "sha256").hexdigest()
        chance = random.Random(word)
        values = {
            name: chance.choice([value for value in pool if value != seen[name]] or list(pool))
            for name, pool in level.vary.items()
        }
        found.append(Variant(number, values | dict(other.set), other.script, other.files, word[:16]))
    return found


def translated(text: str, here: Values, there: Values) -> str:
    """An answer given for one world, in the names of another.

    >>> translated("rm box && rm box2 web:1", {"box": "box", "image": "web"}, {"box": "cup", "image": "shop"})
    'rm cup && rm box2 shop:1'
    """
    names = {here[name]: there[name] for name in here if isinstance(here[name], str) and name in there}
    if not names:
        return text
    digests = {
        one.partition(":")[2]: two.partition(":")[2] for one, two in names.items() if one[:7] == "sha256:"
    }
    words = "|".join(re.escape(word) for word in sorted(names, key=len, reverse=True))
    text = re.sub(rf"(?<![\w-])(?:{words})(?![\w-])", lambda found: names[found[0]], text)
    return re.sub(r"\b[0-9a-f]{4,64}\b", lambda found: _abridged(found[0], digests), text)


def _abridged(word: str, digests: Mapping[str, str]) -> str:
    """The beginning of a digest, as the beginning of the other world's."""
    return next((two[: len(word)] for one, two in digests.items() if one.startswith(word)), word)
