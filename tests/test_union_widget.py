"""The union view alive: what travels to the browser, and that the browser can be used by everyone."""

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("anywidget", reason="the lab's extras are not installed")

from hypothesis import given
from stacks import STACKS, Laid

from labimg.entry import file, symlink, whiteout
from labimg.show import marks
from labimg.show.building import erect
from labimg.show.cargo import MANY, PARTS, STATIC
from labimg.show.merged import merge
from labimg.show.picture import Picture, show
from labimg.show.widget import UnionWidget
from labimg.spec import History
from labimg.union import UnionView

CSS = (STATIC / "union.css").read_text("utf-8")
JS = "\n".join((STATIC / name).read_text("utf-8") for name in PARTS)


def view() -> UnionView:
    return UnionView(
        [
            Laid(file("/etc/hosts", b"one\n"), file("/bin/sh", b"\x7fELF\0"), symlink("/bin/ash", "sh")),
            Laid(file("/etc/hosts", b"two\x1b[31m\n"), whiteout("/bin/ash")),
        ]
    )


def widget(stack: UnionView | None = None) -> UnionWidget:
    stack = stack or view()
    steps = [
        History(created_by="RUN a"),
        History(created_by="ENV b=c", empty_layer=True),
        History(created_by="RUN d"),
    ]
    return UnionWidget(merge(stack, building=erect(stack.layers, steps, name="web")), stack)


def test_what_travels_is_the_history_of_each_path() -> None:
    assert {entry["p"]: (entry["k"], entry["h"]) for entry in widget().entries} == {
        "/bin": ("d", [[1, "+", 0]]),
        "/bin/ash": ("l", [[1, "+", 2], [2, "×", 0]]),
        "/bin/sh": ("f", [[1, "+", 5]]),
        "/etc": ("d", [[1, "+", 0]]),
        "/etc/hosts": ("f", [[1, "+", 4], [2, "~", 9]]),
    }
    assert [storey.get("n") for storey in widget().storeys] == [1, None, 2]
    assert widget().changes == ["adds 5 paths", "replaces 1 path, hides 1"]


@given(STACKS)
def test_the_rule_of_the_browser_gives_the_union(stack: UnionView) -> None:
    """Last event at or below n; it stands if that is no whiteout and its folder stands."""
    entries = UnionWidget(merge(stack)).entries
    for floor in range(len(stack.layers) + 1):
        standing = {""}
        for entry in entries:
            past = [event for event in entry["h"] if event[0] <= floor]
            if past and past[-1][1] != marks.WHITEOUT and entry["p"].rpartition("/")[0] in standing:
                standing.add(entry["p"])
        assert standing - {""} == set(stack.upto(floor))


@given(STACKS)
def test_bytes_by_floor_are_those_of_the_ledger(stack: UnionView) -> None:
    visible, stored = ([0] * len(stack.layers) for _ in range(2))
    for entry in UnionWidget(merge(stack)).entries:
        for event in entry["h"]:
            stored[event[0] - 1] += event[2]
        last = entry["h"][-1]
        visible[last[0] - 1] += last[2] if entry["k"][-1] != "d" and entry["p"] in stack else 0
    assert visible == [share.visible for share in stack.ledger]
    assert stored == [share.visible + share.shadowed for share in stack.ledger]


def test_names_that_are_no_text_travel_and_come_back() -> None:
    names = ["a\x1b[2J", "b\udcff", "c\u202ed", "e\\n", "e\n", "<script>"]
    alive = widget(UnionView([Laid(*(file(f"/{name}", b"x") for name in names))]))
    sent = json.dumps(alive.entries, ensure_ascii=False)
    assert sent.encode("utf-8") and sent.isprintable()
    for entry in alive.entries:
        alive.selected = entry["p"]
        assert alive.path.removeprefix("/") in names
    assert len({entry["p"] for entry in alive.entries}) == len(names)


@pytest.mark.parametrize(
    ("path", "floor", "seen"),
    [
        ("/etc/hosts", 1, "one"),
        ("/etc/hosts", 2, r"two\x1b[31m"),
        ("/bin/sh", 2, "(not text)"),
        ("/bin/ash", 2, ""),
        ("/bin", 2, ""),
        ("/nowhere", 2, ""),
    ],
)
def test_the_selected_file_is_read_as_one_sees_it_from_that_floor(path: str, floor: int, seen: str) -> None:
    alive = widget()
    alive.floor = floor
    alive.selected = path
    assert alive.excerpt == seen


def test_only_the_beginning_of_a_long_file_is_read() -> None:
    alive = widget(UnionView([Laid(file("/long", "ä".encode() * 5000))]))
    alive.selected = "/long"
    assert alive.excerpt.endswith("ä\n…") and len(alive.excerpt) < 2100


def test_a_large_image_begins_folded() -> None:
    big = UnionView(
        [Laid(*(file(f"/d{n % 50}/f{n}", b"x") for n in range(5000))), Laid(file("/d7/f7", b"yy"))]
    )
    alive = widget(big)
    folded = {alive.entries[index]["p"] for index in alive.folded}
    assert len(big) - sum(entry["p"].rpartition("/")[0] in folded for entry in alive.entries) <= MANY
    assert "/d7" not in folded
    assert not widget().folded


def test_a_picture_shows_life_drawing_and_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABIMG_STATIC", raising=False)
    data, _ = show(view(), "web")._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/svg+xml", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"].startswith("web: the view through 2 of 2 floors")


def test_a_static_picture_has_no_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABIMG_STATIC", "1")
    data, _ = show(view())._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/svg+xml"}


def test_reprs_are_stable() -> None:
    assert repr(widget()) == "<web: the view through 2 of 2 floors, 2 files, 1 hidden by a whiteout>"
    assert repr(show(view())) == repr(show(view()))
    assert "0x" not in repr(widget())


def test_there_is_no_picture_of_a_number() -> None:
    with pytest.raises(TypeError, match="there is no picture of a int"):
        show(3)
    assert isinstance(show(show(view())), Picture)


def test_the_parts_travel_in_the_wheel() -> None:
    assert {path.name for path in STATIC.iterdir()} >= {*PARTS, "union.css"}
    assert Path(STATIC).parent.name == "show"


@pytest.mark.parametrize(
    "never", ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "fetch(", "http", "import "]
)
def test_the_browser_never_reads_markup_nor_asks_the_network(never: str) -> None:
    assert never not in re.sub(r"^//.*$", "", JS, flags=re.M)


@pytest.mark.parametrize(
    "said",
    [
        'role: "tree"', 'role: "treeitem"', '"aria-level"', '"aria-expanded"', '"aria-posinset"',
        '"aria-setsize"',
        'role: "listbox"', 'role: "option"', '"aria-selected"', '"aria-valuetext"', '"aria-live": "polite"',
        'role: "status"', '"Look from floor"', '"Find a path"', '"One floor up"', "stopPropagation",
        "Home", "PageDown", "tabIndex",
    ],
)  # fmt: skip
def test_every_control_has_a_role_a_name_and_its_keys(said: str) -> None:
    assert said in JS


def test_motion_is_only_for_those_who_do_not_mind() -> None:
    assert "@keyframes" not in CSS
    outside = re.sub(r"@media \(prefers-reduced-motion: no-preference\) \{.*?\n\}", "", CSS, flags=re.S)
    assert "transition" not in outside and "animation" not in outside


# JupyterLab's own themes: text, page, accent.
THEMES = {"light": ("#212121", "#ffffff", "#1976d2"), "dark": ("#ffffff", "#111111", "#2196f3")}


def mixed(one: str, other: str, part: int) -> str:
    """`part` per cent of one colour in another, as CSS's color-mix does in sRGB."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round((a * part + b * (100 - part)) / 100):02x}" for a, b in pairs)


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_legible_in_light_and_dark(theme: str) -> None:
    text, page, accent = THEMES[theme]
    soft = mixed(text, page, int(re.search(r"--soft: color-mix\(in srgb, var\(--text\) (\d+)%", CSS)[1]))  # type: ignore[index]
    wash = mixed(text, page, int(re.search(r"--wash: color-mix\(in srgb, var\(--text\) (\d+)%", CSS)[1]))  # type: ignore[index]
    here = mixed(accent, page, int(re.search(r"var\(--accent\) (\d+)%, transparent", CSS)[1]))  # type: ignore[index]
    alarms = re.findall(r"--alarm: (#\w{6})", CSS)
    alarm = alarms[0] if theme == "light" else alarms[1]
    for ground in (page, wash, here):
        for ink in (text, soft, alarm):
            assert marks.contrast(ink, ground) >= 4.5, (theme, ink, ground)
    assert marks.contrast(accent, page) >= 3


def test_colours_of_text_come_from_the_theme_with_the_systems_behind_it() -> None:
    assert "var(--jp-ui-font-color1, CanvasText)" in CSS
    assert "var(--jp-layout-color1, Canvas)" in CSS
    assert "forced-colors" in CSS
