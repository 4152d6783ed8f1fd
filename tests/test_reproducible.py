"""The same answers get the same verdicts, to the byte, on whichever Python they are graded.

`golden/verdicts.txt` holds a digest for each exercise: of what its solution and its most typical
wrong answer get, in one student's hidden worlds.  Any version of Python must lead to it.
`LABIMG_RECORD=1` records it anew, after a level was changed.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from labimg.course.level import Level, filled, lessons
from labimg.course.stage import Stage

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden" / "verdicts.txt"
LEVELS = [level for lesson in lessons().values() for level in lesson.levels]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def asked(level: Level) -> list[str]:
    """Requests to a worker: the solution of a level, and its first wrong answer."""
    stage = Stage(level)
    texts = [stage.solution, *(filled(level.text(wrong), stage.values) for wrong in level.wrongs[:1])]
    common = {"level": level.id, "student": "ada", "secret": "golden"}
    return [json.dumps({**common, "text": text}) for text in texts]


def graded(python: str, path: str) -> str:
    """For each level the digest of what a worker on that Python replies."""
    requests = [asked(level) for level in LEVELS]
    lines = "".join(f"{line}\n" for one in requests for line in one)
    done = subprocess.run(
        [python, "-P", "-m", "labimg.course.replay"], input=lines,
        capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": path}, check=True,
    )  # fmt: skip
    replies = iter(done.stdout.splitlines())
    rows = []
    for level, mine in zip(LEVELS, requests, strict=True):
        told = "\n".join(next(replies) for _ in mine)
        assert '"failed"' not in told, (level.id, told)
        rows.append(f"{level.id} {hashlib.sha256(told.encode()).hexdigest()[:24]}")
    return "\n".join([*rows, ""])


@cache
def here() -> str:
    return graded(sys.executable, str(ROOT))


def test_every_python_comes_to_the_verdicts_that_are_written_down() -> None:
    if os.environ.get("LABIMG_RECORD"):
        GOLDEN.write_text(here(), "utf-8", newline="\n")
    assert here().splitlines() == GOLDEN.read_text("utf-8").splitlines()


def another() -> tuple[str, str]:
    """A Python of another version that is on this machine, and its version."""
    places = [shutil.which(f"python{version}") for version in VERSIONS]
    places += [str(path) for path in sorted(Path.home().glob(".pyenv/versions/*/bin/python3"))]
    for place in filter(None, places):
        told = subprocess.run(
            [place, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True
        )
        version = told.stdout.strip()
        if version in VERSIONS and version != f"{sys.version_info[0]}.{sys.version_info[1]}":
            return place, version
    pytest.skip(f"no other Python of {', '.join(VERSIONS)} is on this machine")


def test_grading_is_the_same_on_two_versions_of_python(tmp_path: Path) -> None:
    python, version = another()
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    for name in (re.split(r"[^\w-]", need)[0] for need in needed):  # pure Python, all of them
        found = importlib.util.find_spec(name.replace("-", "_"))
        assert found and found.origin
        (tmp_path / name).symlink_to(Path(found.origin).parent)
    assert graded(python, os.pathsep.join([str(ROOT), str(tmp_path)])) == here(), version
