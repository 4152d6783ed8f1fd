"""The panels in a real browser: each is operated once by keyboard, in light and dark, and then looked at."""

import re
from typing import Any

import pytest

pytest_plugins = ["judge.browser"]
pytestmark = [pytest.mark.judge("chromium"), pytest.mark.xdist_group("browser")]

FILES = {"Dockerfile": "FROM busybox\nENV A=1\nCOPY page /page\nRUN echo hi > /b\n", "page": "one"}
SHOP = "FROM busybox\nCOPY page /shop\nRUN rm /etc/group\n"
GOAL = """goal = Lab()
for line in ['pull busybox', 'tag busybox tools:1', 'create --name box busybox']:
    goal.docker(line)"""
CELLS = [
    f"%load_ext labimg\nfrom labimg import Lab\nlab = Lab(files={FILES!r})",
    f"lab.write('shop.df', {SHOP!r})\ndocker build -q -t web:1 .\nlab.write('page', 'two')\n"
    "docker build -t web:1 .\ndocker build -q -f shop.df -t shop .\n"
    "docker run --name box web:1 sh -c 'echo x > /c'\ndocker save -o both.tar web:1 shop",
    "q = lab.predict('How many images does `docker images` list now?', ['two', 'three', 'four'],\n"
    "  answer='four', because={'three': 'An old image that lost its name is still an image.',\n"
    "  'four': 'They are web:1, its old self, shop and busybox.'})\nq",
    "trip = lab.travel()\ntrip",
    "t = lab.terminal('images')\nt",
    "lab.names(1)",
    "lab.disk()",
    "lab.cache()",
    "lab.archive('both.tar')",
    "docker login -u ada -p x\ndocker tag web:1 ada/web\ndocker push -q ada/web\nlab.transfer()",
    GOAL,
    "lab.goal(goal)",
]
NAMES = ["predict", "travel", "terminal", "atlas", "disk", "cache", "archive", "transfer", "", "goal"]


@pytest.fixture(params=["light", "dark"])
def lesson(lab_page: Any, request: pytest.FixtureRequest) -> Any:
    lab_page.write(f"panels-{request.param}.ipynb", CELLS)
    lab_page.open(f"panels-{request.param}.ipynb")
    lab_page.theme(request.param)
    lab_page.run_all()
    lab_page.page.locator(".lp-frame").nth(8).wait_for()
    return lab_page, request.param


def test_every_panel_is_operated_by_keyboard(lesson: Any) -> None:
    lab, theme = lesson
    cells = lab.page.locator(".jp-Cell").count()
    for operate in (_predict, _travel, _terminal, _atlas, _disk, _cache, _archive, _transfer, _goal):
        operate(lab)
    assert lab.page.locator(".jp-Cell").count() == cells, "a key reached the notebook"
    for at, name in enumerate(NAMES):
        frame = lab.page.locator(".jp-CodeCell").nth(2 + at).locator(".lp-frame")
        if name:
            frame.scroll_into_view_if_needed()
            lab.shoot(f"panel-{name}-{theme}", frame)
    told = lab.ask("print(q.given, q.right, t.log[-1].line, lab.at)")
    assert told.startswith("('three',) False docker images -q")


def test_a_question_asked_in_one_cell_is_answered_by_another(lab_page: Any) -> None:
    """Sealed by keyboard before the command, revealed after it; both cells then tell the same."""
    ask = "q = lab.predict('How many?', ['none', 'one'], answer=lambda: 'ab'[len(lab.engine.images())])\nq"
    tell = "docker pull -q busybox\nq.reveal(because={'a': 'One was fetched.'})"
    lab_page.write("sealed.ipynb", ["%load_ext labimg", ask])
    lab_page.open("sealed.ipynb")
    lab_page.run_all()
    page, expect = lab_page.page, lab_page.expect
    frames, press = page.locator(".lp-predict"), page.keyboard.press
    _hold(lab_page, frames.get_by_role("radio").first)
    press("Space")
    press("Tab")
    press("Enter")
    expect(frames.get_by_role("status")).to_contain_text("Read on: the truth comes below.")
    expect(frames).to_be_focused()
    expect(frames.get_by_role("button")).to_have_count(0)
    lab_page.ask(tell)
    for frame in (frames.first, frames.nth(1)):
        expect(frame.get_by_role("status")).to_have_text("You said none; it is one.")
        expect(frame.locator(".lp-why")).to_have_text("One was fetched.")


def _hold(lab: Any, control: Any) -> None:
    """Give a control the focus, once the page has come to rest around it."""
    control.scroll_into_view_if_needed()
    control.focus()
    lab.expect(control).to_be_focused()


def _predict(lab: Any) -> None:
    """Choose by arrows, seal, reveal: the gap is explained, and nothing can be changed any more."""
    frame, press, expect = lab.page.locator(".lp-predict"), lab.page.keyboard.press, lab.expect
    _hold(lab, frame.get_by_role("radio").first)
    press("Space")
    press("ArrowDown")
    press("Tab")
    expect(frame.get_by_role("button", name="Seal my answer")).to_be_focused()
    press("Enter")
    expect(frame.get_by_role("status")).to_contain_text("Sealed in world")
    expect(frame.get_by_role("radio").nth(1)).to_be_disabled()
    assert "four" not in frame.locator(".lp-seals").inner_text()
    expect(frame.get_by_role("button", name="Reveal")).to_be_focused()
    press("Enter")
    expect(frame.get_by_role("status")).to_have_text("You said three; it is four.")
    expect(frame.locator(".lp-why")).to_contain_text("its old self")
    expect(frame.locator(".lp-seals")).to_contain_text("salt")


def _travel(lab: Any) -> None:
    """Scrub back and forth, bookmark, ask what if, come back, compare two worlds."""
    frame, press, expect = lab.page.locator(".lp-travel"), lab.page.keyboard.press, lab.expect
    slider, said = frame.get_by_role("slider", name="World"), frame.get_by_role("status").first
    last = slider.get_attribute("max")
    _hold(lab, slider)
    press("Home")
    expect(said).to_have_text(f"World 0 of {last}: an empty store")
    press("ArrowRight")
    press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("world 2 of .: docker build -t web:1"))
    expect(frame.get_by_role("option", name=re.compile("^changed, web:1, led to"))).to_have_count(1)
    _hold(lab, frame.get_by_role("textbox"))
    lab.page.keyboard.type("before the shop")
    press("Enter")
    worlds = frame.get_by_role("listbox", name=re.compile("^Worlds"))
    here = worlds.get_by_role("option", selected=True)
    expect(here).to_have_attribute("aria-label", re.compile("bookmark before the shop"))
    _hold(lab, frame.get_by_role("button", name="What if"))
    press("Enter")
    expect(said).to_have_text("World 2 of 2 on the line 'what if 1': docker build -t web:1 .")
    frame.get_by_role("combobox", name="Line").select_option("main")
    expect(slider).to_have_attribute("max", str(last))
    _hold(lab, here)
    press("Home")
    press("Enter")
    expect(said).to_contain_text(f"World {last} of {last}")
    frame.get_by_role("combobox", name="What changed from").select_option("1")
    rows = frame.get_by_role("listbox", name="What changed")
    expect(rows.get_by_role("option", name=re.compile("^new, shop:latest"))).to_have_count(1)
    _hold(lab, rows.get_by_role("option").first)
    press("ArrowDown")
    expect(rows.locator(".lp-row:focus")).to_have_attribute("aria-selected", "true")


def _terminal(lab: Any) -> None:
    """Type, complete, run, bring back; an exit code is shown, and other panels hear of it."""
    frame, keyboard, expect = lab.page.locator(".lp-terminal"), lab.page.keyboard, lab.expect
    line, log = frame.get_by_role("textbox"), frame.get_by_role("log")
    _hold(lab, line)
    keyboard.type("docker rm")
    keyboard.press("Tab")
    expect(frame.locator(".lp-offers")).to_have_text("rm   rmi")
    keyboard.type("i web")
    keyboard.press("Tab")
    expect(line).to_have_value("docker rmi web:1 ")
    line.fill("rmi nobody")
    keyboard.press("Enter")
    expect(log).to_contain_text("Error response from daemon: No such image: nobody:latest")
    expect(log.locator(".lp-code")).to_have_text("exit code 1")
    keyboard.type("tag shop shop:2")
    keyboard.press("Enter")
    travel = lab.page.locator(".lp-travel")
    expect(travel.get_by_role("status").first).to_contain_text("docker tag shop shop:2")
    keyboard.type("images -q")
    keyboard.press("Enter")
    expect(log.locator(".lp-typed").last).to_have_text("$ docker images -q")
    keyboard.press("ArrowUp")
    keyboard.press("ArrowUp")
    expect(line).to_have_value("tag shop shop:2")
    keyboard.press("Escape")
    keyboard.press("Tab")
    expect(line).not_to_be_focused()


def _atlas(lab: Any) -> None:
    """Walk from a name over its image to the layers."""
    frame, press, expect = lab.page.locator(".lp-atlas"), lab.page.keyboard.press, lab.expect
    _hold(lab, frame.get_by_role("option", name=re.compile("^name web:1")))
    press("ArrowRight")
    box = frame.locator(".lp-box:focus")
    expect(box).to_have_attribute("aria-label", re.compile("^image .* called web:1"))
    press("ArrowRight")
    press("ArrowRight")
    press("ArrowRight")
    expect(box).to_have_attribute("aria-label", re.compile("^floor 1, .* images stand on it"))
    press("ArrowLeft")
    expect(frame.locator(".lp-saying")).to_contain_text("floor 2")


def _rows(lab: Any, name: str, keys: str, label: str, told: str) -> None:
    """Go through the rows of a board by `keys`; the row that is chosen then, and what is told of it."""
    frame = lab.page.get_by_role("group", name=name, exact=True)
    _hold(lab, frame.get_by_role("option").first)
    for key in keys.split():
        lab.page.keyboard.press(key)
    lab.expect(frame.locator(".lp-row:focus")).to_have_attribute("aria-label", re.compile(label))
    lab.expect(frame.get_by_role("region")).to_contain_text(told)


def _disk(lab: Any) -> None:
    _rows(lab, "The disk", "ArrowDown ArrowUp Enter", "own, .* shared", "shared with")


def _cache(lab: Any) -> None:
    _rows(lab, "docker build -q -f shop.df -t shop .", "End", "^done anew", "not found")


def _archive(lab: Any) -> None:
    _rows(lab, "The archive both.tar", "Home ArrowDown", "Docker's list", '"RepoTags"')


def _transfer(lab: Any) -> None:
    _rows(lab, "docker push -q ada/web", "End", "^went there", "chain ID")


def _goal(lab: Any) -> None:
    _rows(lab, "The goal and where you are", "ArrowDown", "^still missing, tools:1", "+ /bin")
