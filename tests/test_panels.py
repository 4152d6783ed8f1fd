"""All panels alike: a text, a drawing and a widget, harmless and usable by everyone."""

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from panels import busy, panels, strings

from labimg import Lab
from labimg.show import board as board_module
from labimg.show import marks
from labimg.show.board import OWN, Part, Row, board, text
from labimg.show.goal import goal
from labimg.show.names import harmless
from labimg.show.panel import Listing

STATIC = Path(board_module.__file__).parent / "static"
SCRIPTS = ["rows.js", "board.js", "atlas.js", "predict.js", "travel.js", "terminal.js"]
JS = {name: (STATIC / name).read_text("utf-8") for name in SCRIPTS}
CSS = (STATIC / "panel.css").read_text("utf-8")
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x>',
    "a\x1b[2J",
    "evil\u202egpj",
    "]]>",
    "a\nb",
    "\ud800",
    "中文",
]


def test_every_panel_has_a_text_a_drawing_and_a_state() -> None:
    for name, panel in panels(busy()).items():
        assert repr(panel) == repr(panel), name
        root = ElementTree.fromstring(panel.svg)
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert root.find("{http://www.w3.org/2000/svg}desc") is not None
        assert "<script" not in panel.svg
        sent = json.dumps(panel.state)
        assert json.loads(sent) == panel.state, name
        assert all(line.isprintable() for said in strings(panel.state) for line in said.split("\n"))


def test_a_static_page_gets_text_and_drawing_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABIMG_STATIC", "1")
    for panel in panels(busy()).values():
        assert set(panel._repr_mimebundle_()[0]) == {"text/plain", "image/svg+xml"}


def test_a_living_page_gets_the_widget_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("anywidget", reason="the lab's extras are not installed")
    monkeypatch.delenv("LABIMG_STATIC", raising=False)
    for panel in panels(busy()).values():
        found = panel._repr_mimebundle_()[0]
        assert {"text/plain", "image/svg+xml", "application/vnd.jupyter.widget-view+json"} <= set(found)
        assert panel.widget.state == panel.state


def test_panels_that_follow_the_lab_hear_of_each_other() -> None:
    pytest.importorskip("anywidget", reason="the lab's extras are not installed")
    lab = Lab()
    trip, here = lab.travel(), lab.terminal()
    seen = trip.widget
    here.widget._asked(None, {"do": "run", "line": "pull busybox"}, [])
    assert seen.state["said"] == "World 1 of 1: docker pull busybox"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_and_never_obeyed(name: str) -> None:
    row = Row("+", "new", name, name, 3, (Part(OWN, 3),), 1, "new", (harmless(name),))
    made = Listing(board(name, name, {name: [row]}, note=name))
    asked = Lab().predict(name, [name, "b"], answer=name, because=name).seal("b").reveal()
    for panel in (made, asked):
        ElementTree.fromstring(panel.svg)
        assert "<script" not in panel.svg and "<img" not in panel.svg
        assert "\x1b" not in repr(panel) + panel.svg and "\u202e" not in repr(panel) + panel.svg
        assert json.dumps(panel.state, ensure_ascii=False).encode("utf-8")


def test_the_columns_of_a_board_stand_in_line() -> None:
    rows = [Row("+", "new", "短い名前", "note", 1), Row("−", "gone", "a", "note", 10**6)]
    lines = text(board("t", "s", {"": rows})).splitlines()[2:4]
    assert lines[0].endswith("1B  note") and lines[1].endswith("1MB  note")


QUESTION = "Does `docker images -a` list <more> rows than `docker images`, when nothing was built, ever?"


def test_a_question_is_told_whole_and_what_is_typed_in_it_is_code() -> None:
    row = Row("○", "still missing", QUESTION, "Look at `a_b`, not at a*b.", prose=True)
    made = board("t", "s", {"": [row, Row("+", "new", "a`b", "c`d")]})
    plain = QUESTION.replace("`", "")
    told = text(made)
    assert plain in " ".join(told.split()) and "Look at a_b, not at a*b." in told
    assert "a`b" in told and "c`d" in told  # a name is no prose: it is told to the letter
    assert row.said == f"still missing, {plain}, Look at a_b, not at a*b."
    root = ElementTree.fromstring(Listing(made).svg)
    lines = ["".join(part.itertext()) for part in root.iter("{http://www.w3.org/2000/svg}text")]
    typed = [part.text for part in root.iter("{http://www.w3.org/2000/svg}tspan")]
    assert plain in " ".join(lines) and "a`b" in lines
    assert typed == ["docker images -a", "docker images", "a_b"]
    rows = Listing(made).state["groups"][0]["rows"]
    assert [(one["name"], one["prose"]) for one in rows] == [(QUESTION, True), ("a`b", False)]


def test_where_nothing_is_told_nothing_is_said_to_be_right() -> None:
    assert goal(Lab(), None).model.said == "not told before it is graded"
    assert goal(Lab(), Lab()).model.said == "all is as it should be"


# The browser's part, without a browser.


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_put_in_text_and_never_markup(name: str) -> None:
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "import ",
        "fetch(",
    ):
        assert word not in JS[name]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rows.js", 'role: "listbox"'), ("rows.js", 'role: "option"'), ("rows.js", '"aria-live": "polite"'),
        ("rows.js", '"aria-selected"'), ("rows.js", 'role: "region"'), ("predict.js", '"fieldset"'),
        ("predict.js", '"legend"'), ("predict.js", '"aria-label": "Your answer"'),
        ("travel.js", '"aria-valuetext"'),
        ("travel.js", '"aria-label": "World"'), ("terminal.js", 'role: "log"'), ("terminal.js", "Escape"),
        ("terminal.js", '"aria-label": "Type a docker command"'), ("atlas.js", 'role: "listbox"'),
    ],
)  # fmt: skip
def test_every_control_has_a_role_and_a_name(name: str, said: str) -> None:
    assert said in JS[name]


def test_motion_is_only_for_those_who_do_not_mind() -> None:
    assert "@keyframes" not in CSS
    outside = re.sub(r"@media \(prefers-reduced-motion: no-preference\) \{.*?\n\}", "", CSS, flags=re.S)
    assert "transition" not in outside and "animation" not in outside


def mixed(one: str, other: str, part: int) -> str:
    """`part` per cent of one colour in another, as CSS's color-mix does in sRGB."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round((a * part + b * (100 - part)) / 100):02x}" for a, b in pairs)


@pytest.mark.parametrize(("page", "at", "alarm"), [("#ffffff", 0, "#a40e26"), ("#111111", 1, "#ff9d9d")])
def test_what_is_good_and_bad_is_legible_on_its_ground(page: str, at: int, alarm: str) -> None:
    good = re.findall(r"--good: (#\w{6})", CSS)[at]
    washes = {
        name: re.search(rf"--{name}-wash: color-mix\(in srgb, (#\w{{6}}) (\d+)%", CSS)
        for name in ("good", "bad")
    }
    for ink, wash in ((good, washes["good"]), (alarm, washes["bad"])):
        assert wash and marks.contrast(ink, mixed(wash[1], page, int(wash[2]))) >= 4.5
    for ink in ("#e6edf3", "#8fd0ff", "#ffb3ab", "#8b96a3"):
        assert ink in CSS and marks.contrast(ink, "#14181d") >= 4.5


def test_the_table_of_the_room_names_every_picture_of_a_lab() -> None:
    told = sys.modules["labimg.show"].__doc__ or ""
    for name in re.findall(r"lab\.(\w+)\(", told):
        assert callable(getattr(Lab, name))
    from labimg.course.sights import Sights

    mine = {name for name in vars(Sights) if name[0] != "_" and callable(vars(Sights)[name])} - {"goto"}
    assert mine <= set(re.findall(r"lab\.(\w+)\(", told))
