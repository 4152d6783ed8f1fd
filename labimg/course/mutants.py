"""Mutants: a solution with one small thing wrong, to see that a level notices.

None of them may get all points, unless it leads to the very world that the solution does.
"""

import ast
import copy
from collections.abc import Iterator, Mapping
from typing import Any

from labimg.course import answer
from labimg.course.bench import Bench
from labimg.course.level import Level
from labimg.course.scene import Scene


def mutants(level: Level, text: str, values: Mapping[str, Any], *, most: int = 7) -> list[str]:
    """At most `most` mutants of a solution, evenly chosen from all there are."""
    if level.kind == "commands":
        found = _lines(
            answer.lines(text), [str(value) for value in values.values() if isinstance(value, str)]
        )
    elif level.kind == "dockerfile":
        found = _lines([line for line in text.strip().splitlines() if line.strip()], [])
    elif level.kind == "code":
        found = _code(text)
    else:
        value = ast.literal_eval(text.strip())
        found = (repr(other) for other in _values(value))
    every = [one for one in dict.fromkeys(found) if one.strip() != text.strip()]
    step = max(1, len(every) / most)
    return [every[int(index * step)] for index in range(min(most, len(every)))]


def _lines(lines: list[str], names: list[str]) -> Iterator[str]:
    """A line less, two lines swapped, a word other or left out."""
    for at in range(len(lines)):
        yield "\n".join(lines[:at] + lines[at + 1 :]) or "# nothing"
    for at in range(len(lines) - 1):
        yield "\n".join([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]])
    for at, line in enumerate(lines):
        words = line.split(" ")
        for place in range(len(words) - 1, 0, -1):
            word = words[place]
            other = next((name for name in names if name != word), "other") if word in names else f"{word}x"
            for spare in ([other], []):
                mutant = " ".join([*words[:place], *spare, *words[place + 1 :]])
                yield "\n".join([*lines[:at], mutant, *lines[at + 1 :]])


def _values(value: Any) -> Iterator[Any]:
    """One leaf other, one entry less."""
    if isinstance(value, dict):
        for key in value:
            yield {other: value[other] for other in value if other != key}
            for inner in _values(value[key]):
                yield {**value, key: inner}
    elif isinstance(value, list | tuple):
        if len(value) > 1:
            yield type(value)(reversed(value))
        for at in range(len(value)):
            yield type(value)([*value[:at], *value[at + 1 :]])
            for inner in _values(value[at]):
                yield type(value)([*value[:at], inner, *value[at + 1 :]])
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, -value - 1)
    elif isinstance(value, str):
        yield from (f"{value}x", value[:-1] or "?")
    elif value is None:
        yield "something"


_FLIPPED: dict[type, type] = {ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Eq: ast.NotEq, ast.In: ast.NotIn}


def _code(text: str) -> Iterator[str]:
    """A comparison turned round, a statement left out, a constant other."""
    tree = ast.parse(text)
    count = sum(1 for _ in ast.walk(tree))
    for number in range(count):
        other = copy.deepcopy(tree)
        node = list(ast.walk(other))[number]
        if isinstance(node, ast.Compare) and (flipped := _FLIPPED.get(type(node.ops[0]))):
            node.ops[0] = flipped()
        elif isinstance(node, ast.For | ast.If | ast.FunctionDef) and len(node.body) > 1:
            node.body.pop(0)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            node.value += "x"
        elif isinstance(node, ast.Expr):
            node.value = ast.Constant(0)
        else:
            continue
        yield ast.unparse(other)


def fingerprint(bench: Bench) -> object:
    """What two worlds have in common that are the same but for times."""
    scene = Scene(bench)
    machines = [Scene(bench, engine) for engine in bench.machines.values()]
    return [_state(one) for one in (scene, *machines)], sorted(bench.ground.texts), sorted(_pushed(bench))


def _state(scene: Scene) -> object:
    images = {name: (scene.see(name), _steady(scene.config(name))) for name in scene.names()}
    floors = {
        name: sorted(repr(scene.floor(name, at + 1)) for at in range(scene.floors(name)))
        for name in scene.names()
    }
    containers = {name: (scene.status(name), scene.wrote(name)) for name in scene.containers()}
    return images, floors, containers, len(scene.dangling())


def _steady(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key not in ("Image", "Hostname")}


def _pushed(bench: Bench) -> Iterator[str]:
    for path in bench.ground.files:
        if "/_manifests/tags/" in path and path.endswith("current/link"):
            yield f"{path} {bench.ground.files[path]!r}"
