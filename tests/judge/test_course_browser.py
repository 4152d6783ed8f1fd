"""Every notebook of the course in JupyterLab, headless: it runs to its end, alive, and nothing complains."""

from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["judge.browser"]
pytestmark = [pytest.mark.judge("chromium"), pytest.mark.xdist_group("browser")]

NOTEBOOKS = sorted(path.name for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_runs_to_its_end_in_the_browser(lab_page: Any, name: str) -> None:
    theme = "dark" if NOTEBOOKS.index(name) % 2 else "light"
    lab_page.open(name)
    lab_page.theme(theme)
    lab_page.run_all()
    failed = lab_page.page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]')
    assert failed.count() == 0, failed.all_inner_texts()
    lab_page.shoot(f"{name.removesuffix('.ipynb')}-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_slider_of_lesson_04_changes_the_tree(lab_page: Any, theme: str) -> None:
    lab_page.open("04-nginx-floor-by-floor.ipynb")
    lab_page.theme(theme)
    lab_page.run_all()
    view = lab_page.page.locator(".lu-frame").nth(2)
    view.wait_for()
    view.scroll_into_view_if_needed()
    rows = view.get_by_role("treeitem")
    before, told = rows.all_inner_texts(), view.get_by_role("status").inner_text()
    view.get_by_role("slider", name="Look from floor").focus()
    lab_page.page.keyboard.press("Home")
    lab_page.expect(view.get_by_role("status")).not_to_have_text(told)
    assert rows.all_inner_texts() != before
    view.scroll_into_view_if_needed()
    lab_page.shoot(f"lesson-04-slider-{theme}")
