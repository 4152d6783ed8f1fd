"""JupyterLab, headless: a server on a folder of notebooks, and a page in a real browser.

def test_a_notebook(lab_page):
    lab_page.open("04-nginx.ipynb")
    lab_page.run_all()
    lab_page.shoot("lesson-04")
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from served import SECONDS, address

FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split()
ARTIFACTS = Path(os.environ.get("LABIMG_ARTIFACTS", Path(__file__).parents[2] / "build" / "artifacts"))

# A kernel that calls itself idle is not enough: a cell run before the session is ready opens a dialog.
READY = """() => {
  const panel = window.jupyterapp?.shell.currentWidget, session = panel?.sessionContext;
  const idle = session?.isReady && session.session?.kernel?.status === 'idle';
  return idle && panel.content?.widgets?.length > 0;
}"""
# What an earlier run has left is forgotten, so that it is not taken for this one's.
FORGET = """() => {
  for (const { model } of window.jupyterapp.shell.currentWidget.content.widgets)
    if (model.type === 'code') model.clearExecution();
}"""
# Every code cell has run, or one has failed; the kernel rests; and each widget has come to life.
DONE = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cells = panel.content.widgets.filter((cell) => cell.model.type === 'code');
  const idle = panel.sessionContext.session?.kernel?.status === 'idle';
  const ran = (cell) => !cell.model.sharedModel.source.trim() || cell.model.executionCount > 0;
  const all = ({ outputs }) => [...Array(outputs.length).keys()].map((at) => outputs.get(at));
  const shown = cells.flatMap((cell) => all(cell.model));
  const widgets = shown.filter((output) => 'application/vnd.jupyter.widget-view+json' in output.data);
  const living = [...panel.node.querySelectorAll('.jp-OutputArea-output:has(.lu-frame, .lp-frame)')];
  const has = (node, selector) => node.querySelector(selector) !== null;
  const whole = living.every((node) => has(node, '.widget-hbox') === has(node, '.jupyter-button'));
  const failed = shown.some((output) => output.type === 'error');
  return idle && (failed || (cells.every(ran) && living.length >= widgets.length && whole));
}"""
# The left area gone, once the page has been laid out as it shall be.
ROOMY = "() => window.jupyterapp.restored.then(() => window.jupyterapp.shell.collapseLeft())"


class Server:
    """JupyterLab on `folder`, with all its own files elsewhere; it looks for a free port itself."""

    def __init__(self, folder: Path, state: Path) -> None:
        self.folder = folder
        self.url = ""
        self._log, self._told = state / "lab.log", state / "runtime"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *_options(folder)],
                env=_environment(state), stdout=log, stderr=log, cwd=folder, start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        """Until it answers, where it says that it is."""
        try:
            self.url = address(self._process, self._told).rstrip("/")
        except (AssertionError, TimeoutError) as failed:
            raise AssertionError(self._log.read_text()[-2000:]) from failed

    def stop(self) -> None:
        """End it, and with it its kernels."""
        self._process.terminate()
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _options(folder: Path) -> list[str]:
    """For this machine alone, without a password, with the app in reach of the tests."""
    here = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder}"]
    return [*here, "--ServerApp.port=0", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]


def _environment(state: Path) -> dict[str, str]:
    """Folders of its own for everything JupyterLab keeps, and no news of the day."""
    places = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }  # fmt: skip
    for place in places.values():
        (state / place).mkdir(parents=True, exist_ok=True)
    news = state / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
    kept = {name: value for name, value in os.environ.items() if name != "LABIMG_STATIC"}
    return kept | {name: str(state / place) for name, place in places.items()}


# Move the slider, and have the page laid out anew.
MOVE = """(floor) => {
  const range = document.querySelector('.lu input[type=range]');
  range.value = floor;
  range.dispatchEvent(new Event('input', { bubbles: true }));
  void document.body.offsetHeight;
}"""


# What JupyterLab itself complains of when a kernel is restarted while it is still asking it something.
RESTARTED = ("Could not restore the debugger state: Canceled future",)  # the debugger's own question


class LabPage:
    """A page of JupyterLab, and what its browser had to complain."""

    def __init__(self, page: Any, server: Server) -> None:
        from playwright.sync_api import expect

        self.page = page
        expect.set_options(timeout=1000 * SECONDS)
        self.expect = expect  # waits until what is expected has come
        self.server = server
        self.complaints: list[str] = []
        page.set_default_timeout(1000 * SECONDS)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._heard)
        page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith(RESTARTED):
            self.complaints.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:", "ws://127.0.0.1")):
            self.complaints.append(f"asked the network: {request.url}")

    def write(self, name: str, cells: Sequence[str]) -> None:
        """Put a notebook of code cells into the folder."""
        made: list[dict[str, object]] = [
            {
                "cell_type": "code",
                "id": f"c{at}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": cell,
            }
            for at, cell in enumerate(cells)
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = {"cells": made, "nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}}
        (self.server.folder / name).write_text(json.dumps(notebook))

    def open(self, name: str) -> None:
        """Open a notebook alone, and wait for its kernel."""
        self.page.goto(f"{self.server.url}/lab/tree/{name}?reset", wait_until="domcontentloaded")
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        self.page.wait_for_function(READY)
        self.page.evaluate(ROOMY)

    def run_all(self) -> None:
        """Run every cell, wait for the end; a cell that failed is a failure here."""
        self.page.evaluate(FORGET)
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(DONE, polling=100)
        errors = self.page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']")
        assert not errors.count(), errors.first.inner_text()

    def slide(self, floors: Sequence[int]) -> list[float]:
        """Milliseconds that the page itself works for each move of the union view's slider.

        It is the time of its own thread: what else the machine does meanwhile does not count.
        """
        self.page.locator(".lu-frame").wait_for()
        session = self.page.context.new_cdp_session(self.page)
        session.send("Performance.enable")

        def worked() -> float:
            metrics = session.send("Performance.getMetrics")["metrics"]
            return float(next(one["value"] for one in metrics if one["name"] == "ThreadTime"))

        took = []
        for floor in floors:
            before = worked()
            self.page.evaluate(MOVE, floor)
            took.append(1000 * (worked() - before))
        session.detach()
        return took

    def command(self, name: str, **arguments: object) -> None:
        """Start a command of JupyterLab; its promise is not waited for, since it may never settle."""
        call = f"window.jupyterapp.commands.execute({json.dumps(name)}, {json.dumps(arguments)})"
        self.page.evaluate(f"() => {{ {call}; }}")

    def theme(self, name: str) -> None:
        """Put on the light or the dark theme."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name.capitalize()}")
        light = "true" if name == "light" else "false"
        self.page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")

    def ask(self, code: str) -> str:
        """What the kernel prints when it runs `code`, in a new cell at the end."""
        insert = """(code) => {
          const app = window.jupyterapp, notebook = app.shell.currentWidget.content;
          notebook.activeCellIndex = notebook.widgets.length - 1;
          app.commands.execute('notebook:insert-cell-below').then(() => {
            notebook.activeCell.model.sharedModel.setSource(code);
            app.commands.execute('notebook:run-cell');
          });
        }"""
        before = self.page.locator(".jp-CodeCell").count()
        self.page.evaluate(insert, code)
        cell = self.page.locator(".jp-CodeCell").nth(before)
        cell.locator(".jp-OutputArea-output").first.wait_for()
        self.page.wait_for_function(DONE, polling=100)
        return str(cell.locator(".jp-OutputArea-output").first.inner_text()).strip()

    def shoot(self, name: str, of: Any = None) -> Path:
        """A picture of the page, or of one element, among the artifacts."""
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        place = ARTIFACTS / f"{name}.png"
        (of or self.page).screenshot(path=str(place))
        return place


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The machine's chromium."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="not installed: playwright (see `make judge-deps`)"
    )
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS, timeout=1000 * SECONDS
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Server]]:
    """Gives a JupyterLab on a folder; one that runs there already is given again."""
    running: dict[Path, Server] = {}

    def serve(folder: Path) -> Server:
        if folder not in running:
            running[folder] = Server(folder, tmp_path_factory.mktemp("jupyter"))
            running[folder].wait()
        return running[folder]

    yield serve
    for server in running.values():
        server.stop()


@pytest.fixture(scope="session")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course's notebooks to run in; the stored ones stay as they are."""
    folder = tmp_path_factory.mktemp("notebooks")
    stored = Path(__file__).parents[2] / "notebooks"
    if stored.is_dir():
        shutil.copytree(
            stored, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".ipynb_checkpoints")
        )
    return folder


@pytest.fixture
def lab_page(
    browser: Any, jupyter: Callable[[Path], Server], notebooks: Path, request: pytest.FixtureRequest
) -> Iterator[LabPage]:
    """A page of JupyterLab on the notebooks; whatever its console complains of fails the test."""
    context = browser.new_context(viewport={"width": 1360, "height": 1500}, reduced_motion="reduce")
    lab = LabPage(context.new_page(), jupyter(notebooks))
    failures = request.session.testsfailed
    yield lab
    if request.session.testsfailed > failures:
        lab.shoot(f"failed-{request.node.name}")
    context.close()
    assert not lab.complaints
