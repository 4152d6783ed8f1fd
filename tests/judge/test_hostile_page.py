"""Hostile names and contents in a real browser: every widget, drawing and report shows them, none obeys."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from judge.audit import faults

from labimg import Lab

pytest_plugins = ["judge.browser"]
pytestmark = [pytest.mark.judge("chromium"), pytest.mark.xdist_group("browser")]

STRUCK = "<script>window.struck=1</script>"
IMAGE = '"><img src=x onerror="window.struck=2">'
LABEL = "</style></svg><svg onload='window.struck=3'>\u202e]]>"
MAKE = """
import base64, json
from labimg import Lab, show
from labimg.dockerfile import parse
lab = Lab()
names = json.loads(base64.b64decode("@NAMES@"))
label, command = json.dumps(names[2]), json.dumps(names[:2])
recipe = ["FROM busybox", "LABEL told=" + label, "COPY tree /", "RUN rm /gone*", "CMD " + command]
lab.write("Dockerfile", "\\n".join(recipe))
for at, name in enumerate(names):
    lab.write("tree/" + name.replace("/", "∕"), name)
    lab.write("tree/gone" + name.replace("/", "∕"), name)
lab.docker(["build", "-t", "web", "."])
lab.docker(["create", "--name", "box", "web", *names])
lab.docker(["save", "-o", "web.tar", "web"])
lab.docker(["login", "-u", "ada", "-p", names[0]])
lab.docker("tag web ada/web"), lab.docker("push ada/web")
"""
CELLS = [
    "%load_ext labimg",
    MAKE,
    "lab.show('web')",
    "lab.predict(names[0], names, answer=names[1], because=names[2]).seal(names[0]).reveal()",
    "lab.terminal(*['run web ' + json.dumps(name) for name in names])",
    "lab.travel().bookmark(names[0]).bookmark(names[1])",
    "lab.names(1)", "lab.disk()", "lab.cache()", "lab.archive('web.tar')", "lab.transfer()",
    "lab.goal(Lab())", "lab.compare(0, 3)",
    "from IPython.display import SVG, display\n"
    "for picture in (lab.stack('web'), lab.ledger('web'), lab.holders('web'), lab.show(),\n"
    "                show(parse('FROM scratch AS a\\nLABEL x=' + json.dumps(names[2])))):\n"
    "    display(SVG(picture.svg))\n"
    "for path in [path for path in lab.engine.view('web') if 'struck' in path]:\n"
    "    display(SVG(lab.biography('web', path).svg))",
]  # fmt: skip


def test_hostile_names_are_shown_by_every_widget_and_drawing(lab_page: Any) -> None:
    names = base64.b64encode(json.dumps([STRUCK, IMAGE, LABEL]).encode()).decode()
    lab_page.write("hostile.ipynb", [cell.replace("@NAMES@", names) for cell in CELLS])
    lab_page.open("hostile.ipynb")
    lab_page.run_all()
    frames = lab_page.page.locator(".lu-frame, .lp-frame")
    lab_page.expect(frames).to_have_count(len(CELLS) - 3)
    for frame in frames.all():
        for row in frame.get_by_role("option").all()[:3] + frame.get_by_role("treeitem").all()[:3]:
            row.dispatch_event("click")
    seen = "".join(frames.all_text_contents())
    assert STRUCK in seen and IMAGE in seen and r"\u202e]]>" in seen
    assert "\u202e" not in seen
    assert not faults(lab_page.page)
    assert lab_page.page.evaluate("window.struck") is None
    assert lab_page.page.locator("img[onerror], svg[onload]").count() == 0


def test_a_report_on_a_hostile_image_runs_nothing(browser: Any, tmp_path: Path) -> None:
    names = base64.b64encode(json.dumps([STRUCK, IMAGE, LABEL]).encode()).decode()
    space: dict[str, Any] = {}
    exec(MAKE.replace("@NAMES@", names), space)
    lab: Lab = space["lab"]
    assert lab.docker(["report", "web", "-o", str(tmp_path / "page.html")]).code == 0
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "page.html").as_uri())
    for row in page.get_by_role("treeitem").all()[:12]:
        row.dispatch_event("click")
    assert STRUCK.replace("/", "∕") in page.locator("body").inner_text()
    assert page.evaluate("window.struck") is None
    assert [url for url in asked if not url.startswith("file:")] == []
    page.close()
