"""What a student waits for: the notebooks, a check, a redraw of the union view, the lab itself."""

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labimg.course import answer, check
from labimg.course.level import Level, lessons
from labimg.course.stage import Stage

from .peers import run

if TYPE_CHECKING:
    from judge.browser import LabPage, Server

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
FLOORS = 8

# A union view of eight floors, with files that come, go and are replaced.
VIEW = """
from labimg.entry import file, whiteout
from labimg.layer import Layer
from labimg.digest import DiffID
from labimg.union import UnionView
from labimg.show import show
def floor(n, per):
    own = [file(f"/usr/lib/pkg{k % 97}/part{n}/file{k}", b"x") for k in range(per)]
    gone = [whiteout(f"/usr/lib/pkg{k}/part{n - 1}") for k in range(5)] if n else []
    return Layer((*own, *gone), DiffID.of(b"%d" % n), per)
show(UnionView([floor(n, PER) for n in range(8)]), "view")
"""

Course = dict[str, Any]


def course() -> Course:
    """All of it; what has no browser to be measured in is left out."""
    found: Course = {"notebooks": notebooks(), "checks": checks(), "browser": {}}
    if shutil.which("chromium"):
        found["browser"] = browser()
    return found


def notebooks() -> dict[str, float]:
    """Seconds to execute each notebook headless, kernel and all."""
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "notebooks")
        shutil.copytree(NOTEBOOKS, place)
        for path in sorted(place.glob("*.ipynb")):
            done = run([sys.executable, "-m", "labimg.course.execute", str(path)], dict(os.environ))
            if done.code:
                raise SystemExit(f"{path.name} cannot be executed")
            took[path.stem] = round(done.wall, 2)
    return took


def checks() -> dict[str, float]:
    """Milliseconds from a right answer to its verdict, level by level: the best of three students."""
    levels = [level for lesson in lessons().values() for level in lesson.levels]
    return {level.id: round(1000 * min(checked(level) for _ in range(3)), 1) for level in levels}


def checked(level: Level) -> float:
    """Seconds until a right answer in a fresh world is found to be one."""
    stage = Stage(level)
    text = stage.solution
    answer.played(level, text, stage.bench)
    start = time.perf_counter()
    verdict = check.look(stage, text)
    took = time.perf_counter() - start
    assert verdict.state == "correct", verdict
    return took


def browser() -> dict[str, float]:
    """Milliseconds of redrawing and seconds until a notebook is seen, in a real browser."""
    from judge.browser import FLAGS, LabPage, Server
    from playwright.sync_api import sync_playwright

    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place, state = Path(folder, "notebooks"), Path(folder, "state")
        shutil.copytree(NOTEBOOKS, place)
        state.mkdir()
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        server = Server(place, state)
        server.wait()
        try:
            page = chromium.new_context(viewport={"width": 1360, "height": 1500}).new_page()
            for time_of in ("first", "second"):
                found[f"{time_of} paint of the lab, s"] = painted(page, server)
            for paths in (300, 5000):
                took = redrawn(LabPage(page, server), paths)
                found[f"redraw at {paths} paths: median, ms"] = round(statistics.median(took), 1)
                found[f"redraw at {paths} paths: slowest, ms"] = round(max(took), 1)
        finally:
            chromium.close()
            server.stop()
    return found


def painted(page: Any, server: "Server") -> float:
    """Seconds from asking for the lab's page until the cells of its first notebook are seen."""
    start = time.perf_counter()
    page.goto(f"{server.url}/lab/tree/00-start.ipynb?reset", wait_until="commit")
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    return round(time.perf_counter() - start, 2)


def redrawn(lab: "LabPage", paths: int) -> list[float]:
    """Milliseconds that each of some moves of the slider takes."""
    lab.write(f"view-{paths}.ipynb", [VIEW.replace("PER", str(paths // FLOORS))])
    lab.open(f"view-{paths}.ipynb")
    lab.run_all()
    return lab.slide((7, 3, 5, 8, 1, 8, 2, 6, 4, 8))
