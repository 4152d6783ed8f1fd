"""Every level proves itself: right answers, wrong answers, hints, hidden worlds, mutants.

A test of a typical wrong answer is worth two of a right one: each has its score and its
message written beside it.
"""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labimg.course import proof
from labimg.course.level import (
    Attempt,
    BadLevel,
    Criterion,
    Level,
    Trap,
    beliefs,
    find,
    home,
    lessons,
    read,
)

FILES = sorted((home() / "levels").glob("*.toml"))
LEVELS = [level for lesson in lessons().values() for level in lesson.levels]


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.id)
def test_every_level_proves_itself(level: Level) -> None:
    assert list(proof.faults(level)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_keeps_to_the_schema(path: Path) -> None:
    pytest.importorskip("jsonschema", reason="the lab's extras are not installed")
    assert proof.schema_faults(path) == []


def test_all_twelve_lessons_have_exercises() -> None:
    assert sorted(lessons()) == [f"{number:02}" for number in range(12)]
    assert len(LEVELS) >= 45
    assert lessons()["11"].points == 40
    assert all(level.exam for level in lessons()["11"].levels)


def test_every_misconception_has_a_trap_and_a_message() -> None:
    trapped = {key for level in LEVELS for key in level.believed}
    assert sorted(beliefs()) == [f"M{number:02}" for number in range(1, 25)]
    assert trapped == set(beliefs())
    assert all(belief["say"] and belief["true"] for belief in beliefs().values())


def test_ids_are_those_of_their_lesson_and_are_unique() -> None:
    assert len({level.id for level in LEVELS}) == len(LEVELS)
    assert all(level.lesson == number for number, lesson in lessons().items() for level in lesson.levels)


GOOD = (home() / "levels" / "00.toml").read_text("utf-8")
SPOILED = [
    ("its solution fails", 'busybox\\ndocker tag busybox {mine}"', 'busybox"'),
    ("a wrong answer gets another score", "score = 0.5", "score = 0.25"),
    ("a wrong answer gets another message", 'id = "00-E1.gone"\n', 'id = "M01"\n'),
    ("a hint contains the command", '"One command fetches', '"Type docker pull busybox. One command fetches'),
    ("unsolved, it scores", "that = \"has('busybox:latest')\"", 'that = "1 == 1"'),
    ("too few hints", '    "`docker --help` lists all commands. Two of them are what you need.",\n', ""),
    ("a formula wants out", "that = \"has('busybox:latest')\"", "that = \"().__class__\""),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "old", "new"), SPOILED, ids=[fault for fault, _, _ in SPOILED])
def test_a_spoiled_level_is_refused(fault: str, old: str, new: str, tmp_path: Path) -> None:
    assert old in GOOD
    parts = GOOD.rpartition(old) if "gone" in old else GOOD.partition(old)
    path = tmp_path / "00.toml"
    path.write_text(parts[0] + new + parts[2], "utf-8")
    (level,) = read(path).levels
    assert list(proof.faults(level, mutated=False)), fault


KINDS = {name: find(name) for name in ("05-E2", "04-E2", "02-E1", "02-E3", "06-E5")}
Change = Callable[[Level], dict[str, Any]]
WRITTEN: list[tuple[str, str, Change]] = [
    ("fewer than three hints", "all", lambda level: {"hints": level.hints[:2]}),
    ("fewer than three typical wrong answers", "all", lambda level: {"wrongs": level.wrongs[:2]}),
    ("M99 is no misconception", "all", lambda level: {"believed": ("M99",)}),
    ("the trap X has nothing to say", "all", lambda level: {"traps": (Trap("X", "1 == 2"),)}),
    ("needs 'it', which is", "all", lambda level: {"criteria": (Criterion("a", needs=("it",)),)}),
    ("no alternative right", "commands dockerfile spec code", lambda level: {"rights": level.rights[:1]}),
    ("fewer than two hidden", "commands dockerfile spec", lambda level: {"hidden": level.hidden[:1]}),
    ("a hint contains", "commands dockerfile code", lambda level: {"hints": (*level.hints, level.solution)}),
    ("fewer than two questions", "prediction", lambda level: {"asks": level.asks[:3]}),
]
ANSWERED: list[tuple[str, str, Change]] = [
    ("right answer 0 is", "all", lambda level: {"rights": (_wrong(level), *level.rights[1:])}),
    ("wrong answer 2 scores", "all", lambda level: {"wrongs": _other(level, score=level.points)}),
    ("wrong answer 2 gets the message", "all", lambda level: {"wrongs": _other(level, id="M00")}),
    ("the same prediction is right", "prediction", lambda level: {"vary": _one(level)}),
    ("a mutant passes", "commands spec", lambda level: {"criteria": (_idle(level),)}),
]


def _wrong(level: Level) -> Attempt:
    return Attempt(level.text(level.wrongs[0]))


def _idle(level: Level) -> Criterion:
    """A criterion that is always met."""
    return replace(level.criteria[0], how={"that": "1 == 1"}, mode="asserts")


def _other(level: Level, **change: Any) -> tuple[Attempt, ...]:
    """The wrong answers, with a third one that is expected to be otherwise."""
    return (*level.wrongs[:2], replace(level.wrongs[2], **change))


def _one(level: Level) -> dict[str, list[Any]]:
    """Variables that have one value only."""
    return {name: list(pool)[:1] for name, pool in level.vary.items()}


SPOILT = [
    pytest.param(level, fault, change, id=f"{level.kind}-{fault}")
    for fault, kinds, change in WRITTEN + ANSWERED
    for level in KINDS.values()
    if kinds == "all" or level.kind in kinds
]  # fmt: skip


@pytest.mark.parametrize(("level", "fault", "change"), SPOILT)
def test_each_kind_of_level_is_refused_for_each_kind_of_fault(
    level: Level, fault: str, change: Callable[[Level], dict[str, Any]]
) -> None:
    spoilt = replace(level, **change(level))
    assert any(fault in said for said in proof.faults(spoilt, mutated="mutant" in fault))


def test_a_broken_file_says_which_and_why(tmp_path: Path) -> None:
    path = tmp_path / "00.toml"
    path.write_text("lesson = [", "utf-8")
    with pytest.raises(BadLevel, match=r"00\.toml"):
        read(path)
    with pytest.raises(BadLevel, match="there are 00-E1"):
        find("00-E9")


def test_the_template_of_a_new_level_is_a_sound_level(capsys: pytest.CaptureFixture[str]) -> None:
    from labimg.course.teaching import new

    new("00-E7")
    (table,) = tomllib.loads(capsys.readouterr().out)["level"]
    wrong = [
        fault for fault in proof.faults(Level.parse(table), mutated=False) if "three typical" not in fault
    ]
    assert wrong == []
