"""Levels in a cell: begun, tried, undone, hinted at, answered and judged where one works."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("IPython", reason="the lab's extras are not installed")

from IPython.core.interactiveshell import InteractiveShell

import labimg
from labimg.course import magics
from labimg.show import magics as plain


@pytest.fixture
def run(
    ipython: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Any]:
    """Run a cell; give what it prints."""
    monkeypatch.setenv("LABIMG_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("LABIMG_STATIC", "1")
    ipython.user_ns.pop("lab", None)
    labimg.load_ipython_extension(ipython)

    def cell(text: str) -> str:
        capsys.readouterr()
        ipython.run_cell(text)
        printed = capsys.readouterr()
        told.errors = printed.err
        return printed.out + printed.err

    told: Any = cell
    yield told
    magics.unload(ipython)
    plain.unload(ipython)


def test_a_level_is_played_where_one_works(run: Any) -> None:
    assert "busybox is gone (1.2)" in run("%level 07-E1")
    assert "Nothing has been done yet" in run("%check")
    assert "must force" in run("docker rmi busybox")
    run("docker stop ticker\ndocker rm greeter ticker\ndocker rmi busybox")
    assert run("%check").startswith("07-E1: correct")
    assert "world 2 of 3" in run("%undo")
    assert "Now it can go" in run("%check")
    run("%redo")
    assert "07-E1: correct" in run("%check")
    assert "a new beginning" in run("%reset")
    assert "ticker" in run("docker ps")
    assert "3 of 3" in run("%progress")


def test_hints_come_one_after_the_other_and_the_solution_is_shown(run: Any) -> None:
    run("%level 07-E4")
    assert "Hint 1 of 3" in run("%hint") and "Hint 2 of 3" in run("%hint")
    assert "Hint 3 of 3" in run("%hint") and "Hint 3 of 3" in run("%hint")
    assert run("%solution") == "docker image prune -f\n"


def test_an_answer_from_a_cell_is_done_and_judged(run: Any) -> None:
    told = run("%%answer 05-E2\ndocker tag shop:1.4 shop:stable\ndocker tag shop:1.4 ada/shop:1.4\n")
    assert "$ docker tag shop:1.4 shop:stable" in told and "05-E2: correct" in told
    assert "nobody does it in fewer" in told
    assert "Step 2/2" in run("%%answer 04-E2\nFROM house\nCOPY page.html /www/index.html\n")
    assert "02-E2: wrong kind" in run("%%answer 02-E2\nrw, rw, rw")


def test_a_grade_cell_ends_in_one_plain_float_and_writes_nothing_to_stderr(run: Any) -> None:
    run("%%answer 07-E4\ndocker image prune -f\n")
    run("from labimg.course.score import score\nearned = score('07-E4')\nnothing = score('07-E1')")
    space: Any = InteractiveShell.instance().user_ns
    assert (space["earned"], space["nothing"]) == (2.0, 0.0)
    assert type(space["earned"]) is float
    assert run.errors == ""


def test_a_prediction_is_sealed_and_then_revealed(run: Any) -> None:
    assert "first predict" in run("%level 05-E5\n%reveal")
    assert "05-E5: correct" not in run("%%answer 05-E5\n{'rows': 4, 'same': False, 'nameless': 1}")
    told = run("%reveal")
    assert "Your answer is sealed: " in told and "Successfully tagged shop:latest" in told


def test_what_is_no_level_is_said_in_one_line(run: Any) -> None:
    assert run("%check") == "labimg: begin with a level: %level 00-E1\n"
    assert "there is no level 07-E9; there are 07-E1" in run("%level 07-E9")


def test_reset_with_options_is_still_the_notebooks_own(run: Any) -> None:
    run("%level 07-E1\nkept = 1")
    run("%reset -f")
    assert "NameError" in run("kept")


@pytest.fixture
def widgets(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Panels that can be operated."""
    pytest.importorskip("ipywidgets", reason="the lab's extras are not installed")
    monkeypatch.setenv("LABIMG_STATIC", "")


def rows(panel: Any) -> dict[str, str]:
    return {row.name: row.word for row in panel.standing.model.rows}


@pytest.mark.usefixtures("widgets")
def test_a_panel_keeps_to_its_own_level_when_another_one_is_opened(run: Any, ipython: Any) -> None:
    run("%level 01-E2")
    panel = ipython.labimg_levels._panel
    before = panel.standing.state
    run("%level 01-E3")
    assert ipython.labimg_levels._panel.standing.state != before
    assert panel.standing.state == before
    next(button for button in panel.buttons if button.description == "Check").click()
    assert "Another exercise is open. %level 01-E2 begins this one anew." in panel.said.value
    assert "attempts" not in str(ipython.labimg_levels.desk.progress.levels.get("01-E3", {}))
    run("%level 01-E2\n!docker run --name extra pages true")
    assert "extra" in rows(ipython.labimg_levels._panel)


@pytest.mark.usefixtures("widgets")
def test_the_panel_has_a_button_for_everything(run: Any, ipython: Any) -> None:
    run("%level 00-E1")
    panel = ipython.labimg_levels._panel
    named = {button.description: button for button in panel.buttons}
    assert set(named) == {"Check", "Hint", "Undo", "Redo", "Reset", "Solution"}
    assert all(button.tooltip for button in named.values())
    assert rows(panel)["my-first:latest"] == "still missing"
    named["Hint"].click()
    assert "Hint 1 of 3" in panel.said.value and "aria-live='polite'" in panel.said.value
    run("docker pull busybox\ndocker tag busybox my-first")
    assert rows(panel)["my-first:latest"] == "as it should be"
    assert [word for name, word in rows(panel).items() if "same image" in name] == ["as it should be"]
    named["Undo"].click()
    assert [word for name, word in rows(panel).items() if "same image" in name] == ["still missing"]
    assert panel.standing.widget.state == panel.standing.state
    run("%level 11-E1")
    assert {button.description for button in ipython.labimg_levels._panel.buttons} == {
        "Check", "Undo", "Redo", "Reset",
    }  # fmt: skip
