"""A real browser: the union view is operated as a student does, by keyboard, in light and dark."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from stacks import STACKS

from labimg.show.merged import merge
from labimg.show.widget import STATIC, UnionWidget
from labimg.union import UnionView

pytest_plugins = ["judge.browser"]
pytestmark = [pytest.mark.judge("chromium"), pytest.mark.xdist_group("browser")]

WORLD = (STATIC / "world.js").read_text("utf-8").replace("export function", "function")

NGINX = r"""FROM debian:bookworm-slim
ENV NGINX_VERSION=1.22.1
RUN apt-get update && apt-get install -y nginx
RUN rm -rf /var/lib/apt/lists/* && rm -r /etc/nginx/conf.d && mkdir /etc/nginx/conf.d
COPY index.html /usr/share/nginx/html/index.html
RUN chmod 600 /etc/nginx/nginx.conf
EXPOSE 80
CMD ["nginx", "-g", "daemon off;"]
"""
FILES = {"Dockerfile": NGINX, "index.html": "<h1>floor five</h1>"}
CELLS = [
    "%load_ext labimg",
    f"from labimg import Lab\nlab = Lab(files={FILES!r})",
    "docker build -t nginx-lab:1.0 .",
    "picture = lab.show('nginx-lab:1.0')\npicture",
    "lab.stack('nginx-lab:1.0')",
    "lab.ledger('nginx-lab:1.0')",
    "lab.biography('nginx-lab:1.0', '/usr/share/nginx/html/index.html')",
    "lab.show()",
    "docker create --name web nginx-lab:1.0\nlab.holders('nginx-lab:1.0')",
]


@pytest.fixture(scope="module")
def blank(browser: Any) -> Iterator[Any]:
    """An empty page that knows world.js."""
    page = browser.new_page()
    page.add_script_tag(content=WORLD)
    yield page
    page.close()


@settings(suppress_health_check=list(HealthCheck))
@given(stack=STACKS)
def test_the_browsers_world_is_the_unions(blank: Any, stack: UnionView) -> None:
    floors = len(stack.layers)
    seen = blank.evaluate(
        """([entries, floors]) => {
          const nodes = plant(entries);
          return [...Array(floors + 1).keys()].map((n) => {
            const world = survey(nodes, n, floors);
            const stands = nodes.filter(({ i }) => world.stands[i]).map(({ entry }) => entry.p);
            return [stands, world.visible.slice(1), world.stored.slice(1)];
          });
        }""",
        [UnionWidget(merge(stack)).entries, floors],
    )
    for floor, (stands, visible, stored) in enumerate(seen):
        view = stack.upto(floor)
        assert stands == list(view)
        assert visible[:floor] == [share.visible for share in view.ledger]
        assert stored[:floor] == [share.visible + share.shadowed for share in view.ledger]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_union_view_is_operated_by_keyboard(lab_page: Any, theme: str) -> None:
    lab_page.write("union.ipynb", CELLS)
    lab_page.open("union.ipynb")
    lab_page.theme(theme)
    lab_page.run_all()
    view = lab_page.page.locator(".lu-frame")
    view.wait_for()
    view.scroll_into_view_if_needed()
    cells = lab_page.page.locator(".jp-Cell").count()
    _slide(lab_page, view)
    _walk(lab_page, view)
    lab_page.shoot(f"union-{theme}", view)
    _filter(lab_page, view)
    assert lab_page.page.locator(".jp-Cell").count() == cells, "a key reached the notebook"
    assert (
        lab_page.ask("print(picture.widget.floor, picture.widget.path)")
        == "5 /usr/share/nginx/html/index.html"
    )
    for at, name in enumerate(["union-page", "stack", "ledger", "biography", "names", "holders"]):
        cell = lab_page.page.locator(".jp-CodeCell").nth(3 + at)
        cell.scroll_into_view_if_needed()
        lab_page.shoot(f"{name}-{theme}", cell if at else None)


def _slide(lab_page: Any, view: Any) -> None:
    """The slider, by its own keys: down to floor 2 the page is Debian's, on floor 3 the lists are gone."""
    slider, told = view.get_by_role("slider", name="Look from floor"), view.get_by_role("status")
    press, expect = lab_page.page.keyboard.press, lab_page.expect
    slider.focus()
    for _ in range(4):
        press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("floor 1 of 5: ADD file"))
    expect(told).to_contain_text("Floor 1 adds")
    press("ArrowRight")
    press("ArrowRight")
    expect(told).to_contain_text("Floor 3 hides 7 paths, makes opaque 1.")
    expect(view.locator(".lu-struck .lu-name", has_text="_InRelease")).to_have_count(3)
    expect(view.locator(".lu-tree .lu-sign:not([hidden])", has_text="◍")).to_have_count(1)
    press("End")
    chosen = view.get_by_role("listbox").get_by_role("option", selected=True)
    expect(chosen).to_have_attribute("aria-label", re.compile("^floor 5"))


def _walk(lab_page: Any, view: Any) -> None:
    """The tree, by the keys every tree has."""
    keyboard, expect, tree = lab_page.page.keyboard, lab_page.expect, view.get_by_role("tree")
    tree.get_by_role("treeitem").first.focus()
    keyboard.press("Home")
    keyboard.type("usr")
    row = tree.locator(".lu-row:focus")
    expect(row).to_have_attribute("aria-label", re.compile("^usr, directory"))
    expect(row).to_have_attribute("aria-expanded", "true")
    keyboard.press("ArrowLeft")
    expect(row).to_have_attribute("aria-expanded", "false")
    keyboard.press("ArrowRight")
    expect(row).to_have_attribute("aria-expanded", "true")
    keyboard.press("ArrowRight")
    expect(row).to_have_attribute("aria-level", "2")
    keyboard.press("ArrowLeft")
    expect(row).to_have_attribute("aria-level", "1")
    find = view.get_by_role("searchbox", name="Find a path")
    find.fill("html/index.html")
    expect(view.get_by_role("status")).to_contain_text("with “html/index.html”")
    tree.get_by_role("treeitem").first.focus()
    keyboard.press("End")
    life = view.get_by_role("region", name="Biography of the selected path")
    expect(life).to_contain_text("/usr/share/nginx/html/index.html")
    expect(life.locator(".lu-text")).to_have_text("<h1>floor five</h1>")
    find.fill("")


def _filter(lab_page: Any, view: Any) -> None:
    """Only what this floor changed; then everything again."""
    rows, expect = view.locator(".lu-tree .lu-row"), lab_page.expect
    everything = rows.count()
    choice = view.get_by_role("combobox", name="Show")
    choice.select_option("changed")
    expect(rows).to_have_count(3)  # etc, nginx, nginx.conf
    choice.select_option("all")
    expect(rows).to_have_count(everything)


BIG = """
from labimg.entry import file, whiteout
from labimg.layer import Layer
from labimg.digest import DiffID
from labimg.union import UnionView
from labimg.show import show
def floor(n):
    own = [file(f"/usr/lib/pkg{k % 97}/part{n}/file{k}", b"x") for k in range(625)]
    gone = [whiteout(f"/usr/lib/pkg{k}/part{n - 1}") for k in range(5)] if n else []
    return Layer((*own, *gone), DiffID.of(b"%d" % n), 625)
show(UnionView([floor(n) for n in range(8)]), "big")
"""


def test_five_thousand_paths_stay_fluent(lab_page: Any) -> None:
    lab_page.write("big.ipynb", [BIG])
    lab_page.open("big.ipynb")
    lab_page.run_all()
    rows = lab_page.page.locator(".lu-tree .lu-row").count()
    assert rows <= 401
    took = lab_page.slide((7, 3, 5, 8, 1, 8))
    assert sorted(took)[len(took) // 2] < 250, took
