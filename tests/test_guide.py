"""The teacher's guide, followed to the letter in an empty folder; nbgrader itself has its own judge."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from classroom import filled_in, released, solutions

from labimg.course.level import lessons

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "exercises" / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.M | re.S)
ELSEWHERE = ("pip ", "nbgrader ")  # what needs a network, and what tests/judge/test_nbgrader.py follows


def followed(block: str) -> str:
    """The lines of a block that are followed here; those of a part for all four parts."""
    lines = [line for line in block.splitlines() if not line.startswith(ELSEWHERE)]
    whole = [
        line.replace("1/4", f"{part}/4").replace("part1", f"part{part}") if "--shard" in line else line
        for line in lines
        for part in (range(1, 5) if "--shard" in line else (1,))
    ]
    return "\n".join(["set -e", *whole])


@pytest.mark.skipif(sys.platform == "win32", reason="the guide is typed into a Unix shell")
def test_the_guide_leads_from_an_empty_folder_to_the_csv(tmp_path: Path) -> None:
    place = tmp_path / "my-course"
    env = {
        **os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LABIMG_ROOT": str(tmp_path / "store"), "LABIMG_SECRET": "a secret of this test",
    }  # fmt: skip
    lesson = lessons()["07"]
    for number, block in enumerate(BLOCKS):
        cwd = place if number else tmp_path
        done = subprocess.run(
            ["bash", "-c", followed(block)], cwd=cwd, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        if not number:
            for student, paper in (("ada", filled_in(lesson, solutions(lesson))), ("ben", released(lesson))):
                folder = place / "submitted" / student / "07"
                folder.mkdir(parents=True)
                (folder / "07.ipynb").write_text(json.dumps(paper), "utf-8")
    assert (place / "nbgrader_config.py").exists() and (place / "source" / "07" / "07.ipynb").exists()
    rows = (place / "graded" / "grades.csv").read_text("utf-8").splitlines()
    assert rows[1:] == ["07,,,ada,,,,10.0,0.0,10.0,10", "07,,,ben,,,,0.0,0.0,0.0,10"]
    listed = re.findall(r"`graded/([a-z.]+)`", GUIDE)
    assert listed and all((place / "graded" / name).exists() for name in listed)


def test_each_command_of_the_guide_is_followed_somewhere() -> None:
    judged = (ROOT / "tests" / "judge" / "test_nbgrader.py").read_text("utf-8")
    left = [
        line.split("#")[0].split()
        for block in BLOCKS
        for line in block.splitlines()
        if line.startswith("nbg")
    ]
    assert left and all(f'"{words[0]}", "{words[1]}"' in judged for words in left)
