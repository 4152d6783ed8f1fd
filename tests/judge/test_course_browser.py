"""Every notebook of the course in JupyterLab, headless, in light and in dark.

It runs to its end, alive; of each kind of widget in it the first is operated by keyboard; what
is shown is legible and named in both themes; and nothing complains.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from judge.audit import faults

pytest_plugins = ["judge.browser"]
pytestmark = [pytest.mark.judge("chromium"), pytest.mark.xdist_group("browser")]

NOTEBOOKS = sorted(path.name for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
# By what light each drawing is shown that stands beside the widgets.
SCHEMES = "[...document.querySelectorAll('.jp-RenderedSVG img')].map((i) => getComputedStyle(i).colorScheme)"
operated: dict[str, set[str]] = {}  # notebook -> the kinds of widgets that were operated in it


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_runs_and_is_operated_in_light_and_dark(lab_page: Any, name: str) -> None:
    lab_page.open(name)
    lab_page.theme("light")
    lab_page.run_all()
    operated[name] = {kind for kind, _ in _kinds(lab_page)}
    for _, operate in _kinds(lab_page):
        operate(lab_page)
    for theme in ("light", "dark"):
        lab_page.theme(theme)
        assert not faults(lab_page.page), theme
        assert set(lab_page.page.evaluate(SCHEMES)) <= {theme}
        lab_page.shoot(f"{name.removesuffix('.ipynb')}-{theme}")


def test_every_kind_of_widget_was_operated_somewhere() -> None:
    if len(operated) < len(NOTEBOOKS):
        pytest.skip(f"only {len(operated)} of {len(NOTEBOOKS)} notebooks were run")
    assert set.union(*operated.values()) == set(OPERATE)


def _kinds(lab: Any) -> Iterator[tuple[str, Callable[[Any], None]]]:
    """The kinds of widgets on the page, with what operates one."""
    for kind, operate in OPERATE.items():
        if lab.page.locator(KINDS[kind]).count():
            yield kind, operate


def _first(lab: Any, kind: str) -> Any:
    frame = lab.page.locator(KINDS[kind]).first
    frame.scroll_into_view_if_needed()
    return frame


def _union(lab: Any) -> None:
    """The slider down to the bare ground."""
    frame = _first(lab, "union")
    frame.get_by_role("slider", name="Look from floor").focus()
    lab.page.keyboard.press("Home")
    lab.expect(frame.get_by_role("status")).to_contain_text("Nothing is built.")
    lab.page.keyboard.press("End")
    lab.expect(frame.get_by_role("treeitem").first).to_be_visible()


def _predict(lab: Any) -> None:
    """Ask once more if it is answered already; choose, and seal."""
    frame = _first(lab, "predict")
    if (again := frame.get_by_role("button", name="Ask me again")).count():
        again.focus()
        lab.page.keyboard.press("Enter")
        lab.expect(frame.get_by_role("button", name="Seal my answer")).to_be_visible()
    frame.locator("input").first.focus()
    if frame.locator("input").first.get_attribute("type") == "text":
        lab.page.keyboard.type("something")
    else:
        lab.page.keyboard.press("Space")
    frame.get_by_role("button", name="Seal my answer").focus()
    lab.page.keyboard.press("Enter")
    lab.expect(frame.get_by_role("status")).to_contain_text("Sealed in world")


def _travel(lab: Any) -> None:
    """Back to the first world, and to the last."""
    frame = _first(lab, "travel")
    frame.get_by_role("slider", name="World").focus()
    lab.page.keyboard.press("Home")
    lab.expect(frame.get_by_role("status").first).to_contain_text("World 0 of")
    lab.page.keyboard.press("End")
    lab.expect(frame.get_by_role("status").first).to_have_text(re.compile(r"World (\d+) of \1\b"))


def _terminal(lab: Any) -> None:
    """Type a command."""
    frame = _first(lab, "terminal")
    frame.get_by_role("textbox").focus()
    lab.page.keyboard.type("images -q")
    lab.page.keyboard.press("Enter")
    lab.expect(frame.get_by_role("log")).to_contain_text("$ docker images -q")


def _atlas(lab: Any) -> None:
    """From a name along its arrow."""
    frame = _first(lab, "atlas")
    frame.get_by_role("option", name=re.compile("^name ")).first.focus()
    lab.page.keyboard.press("ArrowRight")
    lab.expect(frame.locator(".lp-box:focus")).to_have_attribute("aria-label", re.compile("^image "))


def _board(lab: Any) -> None:
    """To the last row, which is told of."""
    frame = _first(lab, "board")
    frame.get_by_role("option").first.focus()
    lab.page.keyboard.press("End")
    lab.expect(frame.locator(".lp-row:focus")).to_have_attribute("aria-selected", "true")
    lab.expect(frame.get_by_role("region")).to_be_visible()


def _buttons(lab: Any) -> None:
    """A hint of the last exercise."""
    button = lab.page.get_by_role("button", name="Hint", exact=True).last
    button.scroll_into_view_if_needed()
    button.focus()
    lab.page.keyboard.press("Enter")
    lab.expect(lab.page.get_by_text(re.compile(r"^Hint \d of \d")).last).to_be_visible()


KINDS = {
    "union": ".lu-frame", "predict": ".lp-predict",
    "travel": ".lp-travel", "terminal": ".lp-terminal", "atlas": ".lp-atlas",
    "board": ".lp-board:has([role=option])", "buttons": 'button:text-is("Hint")',
}  # fmt: skip
OPERATE: dict[str, Callable[[Any], None]] = {
    "union": _union, "predict": _predict, "travel": _travel, "terminal": _terminal, "atlas": _atlas,
    "board": _board, "buttons": _buttons,
}  # fmt: skip


def test_a_restarted_kernel_is_resumed_to_where_the_learner_was(lab_page: Any) -> None:
    lab_page.write("07-mine.ipynb", ["%load_ext labimg", "docker pull busybox\ndocker tag busybox web"])
    lab_page.open("07-mine.ipynb")
    lab_page.run_all()
    lab_page.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    lab_page.write("07-mine.ipynb", ["%load_ext labimg", "%lab resume 07\n!docker images"])
    lab_page.open("07-mine.ipynb")
    lab_page.run_all()
    told = lab_page.page.locator(".jp-OutputArea-output")
    lab_page.expect(told.first).to_contain_text("Lesson 07: 1 cell run again, as you had left it.")
    lab_page.expect(told.first).to_contain_text("web")
