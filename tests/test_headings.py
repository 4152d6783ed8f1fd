"""Who hears a page goes by its headings: there is one of the first level, and no level is skipped."""

import html.parser
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from labimg import Lab
from labimg.course import author, feedback
from labimg.course.level import lessons
from labimg.show.cargo import STATIC

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "ARCHITECTURE.md"]


def written(markdown: str) -> Iterator[int]:
    """The levels of the headings of a Markdown text, outside its code."""
    plain = re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.DOTALL | re.MULTILINE)
    yield from (len(signs) for signs in re.findall(r"^(#{1,6}) +\S", plain, flags=re.MULTILINE))


class Headings(html.parser.HTMLParser):
    """The levels of the headings of an HTML page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))


def sound(levels: list[int]) -> bool:
    """Is the first the only one of the first level, and none more than one below the one before?"""
    return levels[:1] == [1] and levels.count(1) == 1 and all(b <= a + 1 for a, b in pairwise(levels))


@pytest.mark.parametrize(
    ("levels", "good"),
    [([1], True), ([1, 2, 3, 2], True), ([], False), ([2], False), ([1, 1], False), ([1, 3], False)],
)
def test_what_is_sound_is_told_from_what_is_not(levels: list[int], good: bool) -> None:
    assert sound(levels) == good
    assert sound([*written("\n\n".join(f"{'#' * level} x\n```\n# no\n```" for level in levels))]) == good
    assert sound(Headings("".join(f"<h{level}>x</h{level}>" for level in levels)).levels) == good


def notebook(told: str) -> list[int]:
    """The levels of a notebook's headings, those that its cells print among them."""
    found: list[int] = []
    for cell in json.loads(told)["cells"]:
        if cell["cell_type"] == "markdown":
            found += written("".join(cell["source"]))
        for output in cell.get("outputs", ()):
            found += written("".join(output.get("data", {}).get("text/markdown", ())))
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_one_title_and_skips_no_level(path: Path) -> None:
    assert sound(notebook(path.read_text("utf-8")))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_of_the_project_skips_no_level(path: Path) -> None:
    assert sound([*written(path.read_text("utf-8"))])


@pytest.mark.parametrize("number", lessons())
def test_what_students_hand_in_skips_no_level(number: str) -> None:
    assert sound(notebook(author.text(lessons()[number])))


def test_feedback_and_report_skip_no_level(tmp_path: Path) -> None:
    verdict = {
        "level": "02-E1", "score": 0.0, "points": 1.0, "state": "wrong because", "say": "Look at `a<b`.",
        "marks": [{"name": "`x` is seen", "met": False, "points": 1.0}], "bonus": 0.0, "id": "M1",
    }  # fmt: skip
    result = {
        "assignment": "02", "student": "ada", "refused": "", "score": 0.0, "points": 1.0, "odd": [],
        "verdicts": [verdict, verdict],
    }  # fmt: skip
    assert sound(Headings(feedback.html(result)).levels)
    assert sound([*written(feedback.markdown(result))])
    assert "Look at <code>a&lt;b</code>." in feedback.html(result)
    assert "<td><code>x</code> is seen</td>" in feedback.html(result)
    lab = Lab(files={"Dockerfile": "FROM busybox\nRUN echo 1 > /a\nRUN rm /a && rm -r /etc && mkdir /etc\n"})
    assert lab.docker("build -q -t web .").code == 0
    assert lab.docker(f"report web --against busybox -o {tmp_path / 'web.html'}").code == 0
    levels = Headings((tmp_path / "web.html").read_text("utf-8")).levels
    assert sound(levels) and max(levels) == 3


def test_a_widget_brings_no_heading_since_it_knows_no_level() -> None:
    scripts = "".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    assert not re.findall(r"""["'`<]h[1-6]["'`\s>]""", scripts)
