"""Every level proves itself: right answers, wrong answers, hints, hidden worlds, mutants.

A test of a typical wrong answer is worth two of a right one: each has its score and its
message written beside it.
"""

import tomllib
from pathlib import Path

import pytest

from labimg.course import proof
from labimg.course.level import BadLevel, Level, beliefs, find, home, lessons, read

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
