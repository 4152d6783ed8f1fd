"""A real browser opens a report from the disk: it moves by keyboard, asks nobody, and nothing in it acts."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from judge.audit import faults

from labimg.course.lab import Lab

pytest_plugins = ["judge.browser"]
pytestmark = [pytest.mark.judge("chromium"), pytest.mark.xdist_group("browser")]

LEVELS = "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((heading) => heading.tagName[1])"
EVIL = "<img src=x onerror=document.title='hit'>"
FILES = {
    "Dockerfile": "FROM busybox\nCOPY . /srv/\nRUN chmod 600 /srv/page\nRUN rm /srv/.env\n",
    ".env": "KEY=rye-1912\n",
    "page": "plain words\n",
    EVIL.replace("/", ""): "evil\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def page_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on an image that has a bit of everything."""
    lab = Lab(files=FILES)
    assert lab.docker("build -q -t web .").code == 0
    path = tmp_path_factory.mktemp("report") / "web.html"
    told = lab.docker(f"report web --against busybox -o {path}")
    assert told.code == 0, told.stderr
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_is_alive_and_alone(browser: Any, page_path: Path, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_path.as_uri())
    page.wait_for_selector("#union .lu-row")
    page.locator("#union input[type=range]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('#union .lu-where').textContent.includes('3 of 4')")
    page.locator("#union input[type=search]").fill("page")
    page.locator("#union .lu-tree .lu-row", has_text="page").first.click()
    page.wait_for_function("document.querySelector('#union .lu-text').textContent.includes('plain words')")
    assert not faults(page, "main")
    levels = [int(level) for level in page.evaluate(LEVELS)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= level + 1 for level, later in pairwise(levels))
    assert page.title() == "web: a report"
    assert page.locator("img").count() == 0
    assert "rye-1912" not in page.content()
    assert said == []
    assert asked == [page_path.as_uri()]
    page.close()
