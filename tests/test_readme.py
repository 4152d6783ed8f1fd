"""What README.md shows is what happens: its tour is executed, its lists are whole, its links lead on."""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labimg.cli.table import NAMES, ROOMS, table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = sorted(ROOT.glob("*.md"))
SCRIPTS = Path(sys.executable).parent


def steps(text: str) -> Iterator[tuple[str, str]]:
    """The commands in the tour's `console` blocks, each with the output shown."""
    for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
        for step in re.split(r"^\$ ", block, flags=re.M)[1:]:
            lines = step.splitlines(keepends=True)
            more = [line for line in lines[1:] if line.startswith("> ")]
            yield "".join([lines[0], *(line[2:] for line in more)]), "".join(lines[1 + len(more) :])


@pytest.mark.skipif(sys.platform == "win32", reason="the tour is typed into a Unix shell")
def test_the_tour_answers_as_shown(tmp_path: Path) -> None:
    env = os.environ | {
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
        "LABIMG_ROOT": str(tmp_path / "store"),
        "LABIMG_SEED": "readme",
        "SOURCE_DATE_EPOCH": "1767225600",
        "PYTHONUTF8": "1",
    }
    wrong = []
    for command, shown in steps(README):
        told = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=env, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if not doctest.OutputChecker().check_output(shown, told.stdout, doctest.ELLIPSIS):
            wrong.append(f"$ {command}{told.stdout}instead of\n{shown}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_python_example_answers_as_shown(path: Path) -> None:
    done = doctest.testfile(str(path), module_relative=False, encoding="utf-8", optionflags=doctest.ELLIPSIS)
    assert not done.failed


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8"))
    assert not [link for link in links if not (ROOT / link).exists()]


ROWS = [
    (re.findall(r"`([^`]+)`", name + also), re.findall(r"\]\(([^)]+)\)", held))
    for name, also, held in re.findall(r"^\| (`[^`]+`) \|(.*)\| (\[.*) \|$", README, re.M)
]


def test_every_command_has_its_row_with_all_its_names() -> None:
    told = sorted(name for names, _ in ROWS for name in names)
    assert told == sorted(name for names in ROOMS.values() for name in names.split(", "))
    assert all({*names} == {*NAMES[names[0]].names} for names, _ in ROWS)


@pytest.mark.parametrize(("names", "held"), ROWS, ids=lambda value: value[0])
def test_what_holds_a_command_is_there_and_speaks_of_it(names: list[str], held: list[str]) -> None:
    texts = [(ROOT / path).read_text("utf-8") for path in held]
    assert held[0].startswith("tests/")
    words = names[0].split()
    typed = [f"{program} {name}" for program in ("docker", "labimg") for name in names]
    typed += ['"' + '", "'.join(words), f'"{names[0]} ']
    assert any(re.search(rf"{re.escape(one)}\b", text) for text in texts for one in typed)


def test_every_command_is_told_of() -> None:
    told = set(re.findall(r"`([a-z ]+)`", README[README.index("## Commands") :]))
    assert not [each.names for each in table() if not told & {*each.names, each.names[0].split()[-1]}]
