"""Cases: what a function of the learner's is called with, and what it must give.

What is expected stays here; the function runs in a cage that is told the arguments alone.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from labimg.course import sandbox
from labimg.digest import DiffID, chain_ids
from labimg.entry import Entry, file, opaque, whiteout
from labimg.layer import apply
from labimg.union.branch import Branch, BranchKind, Stack


class Case(NamedTuple):
    """One call."""

    group: str
    arguments: list[Any]
    expected: Any


Layers = Sequence[Mapping[str, str | None]]


def merged(layers: Layers) -> dict[str, str]:
    """What is seen through layers of the simple form: path -> text, or None for a whiteout.

    >>> merged([{"/a": "1", "/d/x": "2"}, {"/d": None, "/d/y": "3"}])
    {'/a': '1', '/d/y': '3'}
    """
    tree: dict[str, Entry] = {}
    for layer in layers:
        tree = apply(tree, [entry(path, text) for path, text in layer.items()])
    return {path: one.read().decode() for path, one in sorted(tree.items()) if one.is_file}


def entry(path: str, text: str | None) -> Entry:
    """One entry of the simple form; "opaque" is said by a path that ends in a slash and None."""
    if text is None:
        return opaque(path) if path.endswith("/") else whiteout(path)
    return file(path, text.encode())


Stacked = Sequence[
    tuple[str, BranchKind, Mapping[str, str | None]]
]  # bottom first: name, kind, what it holds


def stacked(branches: Stacked) -> Stack:
    """Branches of the simple form, as a union that can be written to."""
    return Stack(
        [Branch(tuple(entry(path, text) for path, text in held.items()), kind) for _, kind, held in branches]
    )


def landed(branches: Stacked, path: str, text: str | None) -> str:
    """The name of the branch that receives a write to `path`, or with None its deletion; "" if it is refused.

    >>> landed([("low", "ro", {"/a": "1"}), ("top", "rw", {})], "/a", None)
    'top'
    """
    union = stacked(branches)
    before = list(union.branches)
    try:
        union.remove(path) if text is None else union.write(path, text.encode())
    except OSError:
        return ""
    pairs = zip(branches, before, union.branches, strict=True)
    return next((name for (name, _, _), old, new in pairs if old != new), "")


def _merge(seed: str) -> list[Case]:
    chance = random.Random(seed)
    paths = ["/a", "/b", "/etc/c", "/etc/d", "/www/x", "/www/y", "/www/img/z"]

    def layer(holes: bool) -> dict[str, str | None]:
        chosen = chance.sample(paths, chance.randint(1, 4))
        return {path: None if holes and chance.random() < 0.4 else chance.choice("123456") for path in chosen}

    def case(group: str, layers: list[dict[str, str | None]]) -> Case:
        return Case(group, [layers], merged(layers))

    found = [case("nothing", []), case("one", [layer(False)])]
    for _ in range(12):
        found.append(case("top wins", [layer(False) for _ in range(chance.randint(2, 4))]))
        found.append(case("whiteouts", [layer(False), *(layer(True) for _ in range(chance.randint(1, 3)))]))
        twice = layer(False)
        found.append(case("twice is once", [twice, twice]))
    found.append(case("whiteouts", [{"/a": None}]))
    found.append(case("whiteouts", [{"/a": "1"}, {"/a": None}, {"/a": "2"}]))
    found.append(case("folders", [{"/www/x": "1", "/www/img/z": "2", "/wwwx": "3"}, {"/www": None}]))
    found.append(case("folders", [{"/www/x": "1"}, {"/www": None, "/www/y": "2"}]))
    found.append(case("folders", [{"/etc/c": "1", "/a": "1"}, {"/etc": None, "/b": "4"}]))
    return found


def _chain(seed: str) -> list[Case]:
    chance = random.Random(seed)
    found = []
    for length in (1, 1, 2, 3, 5, 8):
        diffs = [f"sha256:{chance.randbytes(32).hex()}" for _ in range(length)]
        chains = [str(chain) for chain in chain_ids([DiffID.parse(diff) for diff in diffs])]
        found.append(Case("one" if length == 1 else "many", [diffs], chains))
    return found


KNOWN: Mapping[str, Callable[[str], list[Case]]] = {"merge": _merge, "chain_ids": _chain}


class Trial:
    """A function, tried on all its cases when it is first asked about."""

    def __init__(self, function: str, text: str, seed: str) -> None:
        self._function, self._text = function, text
        self._cases = KNOWN[function](seed or "public")

    @cached_property
    def _outcome(self) -> sandbox.Outcome:
        return sandbox.call(self._text, self._function, [case.arguments for case in self._cases])

    def right(self, group: str) -> bool:
        """Did it give the right value in every case of the group?"""
        given = self._outcome.values
        return len(given) == len(self._cases) and all(
            value == [case.expected]
            for case, value in zip(self._cases, given, strict=True)
            if case.group == group
        )

    def fault(self) -> str:
        """What went wrong with it as a program: "" or a word like "time"."""
        return self._outcome.fault
