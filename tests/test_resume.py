"""A lesson can be begun in the middle: what led there is run again, and all goes on as it is written."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("IPython", reason="the lab's extras are not installed")

from IPython.utils.capture import capture_output

import labimg
from labimg.course import magics
from labimg.course.resume import Nowhere
from labimg.show import magics as plain

pytestmark = pytest.mark.filterwarnings(  # a cell may leave a file open, as learners do
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("[0-9][0-9]-*.ipynb"))


@pytest.fixture(scope="module")
def shell(ipython: Any) -> Any:
    """The shell, which prints no results."""
    ipython.displayhook.write_output_prompt = ipython.displayhook.write_format_data = lambda *_: None
    return ipython


@pytest.fixture
def kernel(shell: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Starts the kernel of a notebook anew; gives what runs its cells."""
    monkeypatch.setenv("LABIMG_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("LABIMG_STATIC", "1")

    def start(name: str = "07-removing.ipynb") -> Any:
        monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / name))
        shell.reset()
        labimg.load_ipython_extension(shell)
        return lambda cell: told(shell, cell)

    yield start
    magics.unload(shell)
    plain.unload(shell)


def told(shell: Any, cell: str) -> tuple[str, dict[str, str]]:
    """What a cell prints, and what its last line shows, by kind."""
    with capture_output() as seen:
        done = shell.run_cell(cell, store_history=True)
    shown = {} if done.result is None else shell.display_formatter.format(done.result)[0]
    shown.pop("text/html", None)
    return seen.stdout + seen.stderr + "".join(one.data["text/plain"] for one in seen.outputs), shown


def stored(cell: Any) -> tuple[str, dict[str, str]]:
    """What a cell has printed, and what it has shown, when the notebook was made."""
    printed = "".join("".join(output.get("text", ())) for output in cell["outputs"])
    shown: dict[str, str] = {}
    for output in cell["outputs"]:
        data = {kind: "".join(text) for kind, text in output.get("data", {}).items()}
        if output["output_type"] == "execute_result":
            shown = data
        elif output["output_type"] == "display_data":
            printed += data["text/plain"]
    return printed, shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_begun_in_the_middle_goes_on_as_it_is_written(
    path: Path, kernel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    code = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    rest = code[len(code) // 2 :]
    run = kernel(path.name)
    assert run(f"%lab resume {path.name[:2]} {rest[0]['id']}")[0].startswith(f"Lesson {path.name[:2]}: ")
    for cell in rest:
        found = run("".join(cell["source"]))
        tags = cell["metadata"].get("tags", ())
        if not {"raises-exception", "nbval-ignore-output"} & {*tags}:
            assert found == stored(cell), cell["id"]


def test_a_restarted_kernel_goes_back_to_where_the_learner_was(kernel: Any) -> None:
    run = kernel()
    for cell in (
        "docker pull busybox", "docker tag busybox web\nname = 'web'", "%lab undo", "docker tag busybox shop",
        "docker rmi nobody", "1 / 0", "%level 07-E1", "%check",
    ):  # fmt: skip
        run(cell)
    attempts = Path(os.environ["LABIMG_PROGRESS"]).read_text()
    run = kernel()
    assert run("'name' in globals()")[1] == {"text/plain": "False"}
    assert run("%lab resume 07")[0] == (
        "Lesson 07: 8 cells run again, as you had left it.\n07-E1 is open: %level shows it.\n"
    )
    assert run("name")[1] == {"text/plain": "'web'"}
    assert "greeter" in run("docker ps -a")[0]
    assert Path(os.environ["LABIMG_PROGRESS"]).read_text() == attempts, "it counted as an attempt"
    run = kernel()
    assert run("%lab resume 07")[0].startswith("Lesson 07: 10 cells run again")


def test_a_kernel_that_was_used_before_it_was_resumed_loses_nothing(kernel: Any) -> None:
    run = kernel()
    run("docker pull busybox")
    run = kernel()
    run("docker images")
    assert run("%lab resume 07")[0].startswith("Lesson 07: 1 cell run again")
    assert "busybox" in run("docker images -a")[0]


def test_what_is_done_in_a_panel_is_done_again(kernel: Any, shell: Any) -> None:
    pytest.importorskip("anywidget", reason="the lab's extras are not installed")
    run = kernel()
    run("t = lab.terminal()\nq = lab.predict('Which?', ['a', 'b'], answer='b')\ntrip = lab.travel()")
    terminal, question, travel = (shell.user_ns[name].widget for name in ("t", "q", "trip"))
    for line in ("docker pull busybox", "tag busybox web", "help", "undo"):
        terminal._asked(None, {"do": "run", "line": line}, [])
    question._asked(None, {"do": "seal", "answer": ["a"]}, [])
    travel._asked(None, {"do": "goto", "n": 2}, [])
    before = run("print(lab.status, q.given)")
    run = kernel()
    run("%lab resume 07")
    assert run("print(lab.status, q.given)") == before
    assert "docker tag busybox web" in before[0] and "('a',)" in before[0]


def test_a_place_is_named_by_words_of_its_heading(kernel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = kernel()
    assert "all above “misconceptions”" in run('%lab resume 07 --from "misconceptions"')[0]
    said = run("%lab resume 07 the moon")[0]
    assert said.startswith("labimg: lesson 07 has no heading with 'the moon'; it has\n")
    assert "there is no lesson '99'" in run("%lab resume 99")[0]
    with pytest.raises(Nowhere, match="nothing is noted of what you did in lesson 03"):
        labimg.Lab().resume("03")


def test_only_a_notebook_can_be_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: None)
    with pytest.raises(RuntimeError, match="only a notebook can be resumed"):
        labimg.Lab().resume("07")


def test_a_diary_that_is_broken_or_cannot_be_written_is_no_failure(kernel: Any, tmp_path: Path) -> None:
    (tmp_path / ".labimg").mkdir()
    (tmp_path / ".labimg/07.json").write_text('{"schema": 1, "cells": 7')
    run = kernel()
    assert "nothing is noted" in run("%lab resume 07")[0]
    (tmp_path / ".labimg/07.json").unlink()
    (tmp_path / ".labimg").rmdir()
    (tmp_path / ".labimg").write_text("a file in its place")
    assert "busybox" in run("docker pull -q busybox")[0]
