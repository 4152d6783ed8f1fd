"""Pictures as SVG: well formed, harmless, legible, and the same every time."""

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import Laid

from labimg.entry import file, opaque, whiteout
from labimg.show import draw, marks
from labimg.show.building import Building, Floor, erect
from labimg.show.bytemap import weigh
from labimg.show.merged import merge
from labimg.show.names import clip, columns, harmless, spelled
from labimg.show.story import biography
from labimg.show.svg import el, page, words
from labimg.spec import History
from labimg.union import UnionView

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a&amp;b",
    "]]><!--",
    "\x1b[2J\x1b]0;gone\x07",
    "evil\u202egpj.exe",
    "line\nbreak\r\t",
    "byte\udcff",
    "null\x00",
    "\ufffe\uffff",
    "中文 名字",
]


def view() -> UnionView:
    return UnionView(
        [
            Laid(file("/etc/passwd", b"x" * 900), file("/etc/conf.d/a", b"aa"), file("/big", b"b" * 5000)),
            Laid(file("/etc/passwd", b"x" * 950), whiteout("/big")),
            Laid(opaque("/etc/conf.d"), file("/etc/conf.d/new", b"n")),
        ]
    )


def house(name: str = "web", made_by: str = "RUN make") -> Building:
    steps = [History(created_by=made_by), History(created_by="ENV A=b", empty_layer=True)]
    return erect(view().layers, steps, name=name)


def pictures(name: str = "web", made_by: str = "RUN make") -> dict[str, str]:
    building = house(name, made_by)
    return {
        "stack": draw.stack(building),
        "tree": draw.tree(merge(view(), building=building)),
        "ledger": draw.ledger(weigh(view(), building=building)),
        "biography": draw.biography(biography(view(), "/etc/passwd", building=building)),
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_an_image_becomes_markup_or_a_command(name: str) -> None:
    path = "/" + name.replace("/", "_")
    stack = UnionView([Laid(file(path, b"x"))])
    building = erect(stack.layers, [History(created_by=name)], name=name)
    for drawn in (
        draw.stack(building),
        draw.tree(merge(stack, building=building)),
        draw.biography(biography(stack, path, building=building)),
        draw.ledger(weigh(stack, building=building)),
    ):
        root = ElementTree.fromstring(drawn)
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg", "title", "desc", "style", "rect", "g", "text", "path"
        }  # fmt: skip
        assert drawn.isprintable()
        assert not any(attribute.startswith("on") for element in root.iter() for attribute in element.attrib)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\u202eb", r"a\u202eb"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("a\nb", r"a\nb"),
        ("\udcff", r"\xff"),
        ("\u0085", r"\u0085"),
        ("\U000e0001", r"\U000e0001"),
        ("naïve 中文", "naïve 中文"),
    ],
)
def test_what_commands_a_terminal_is_spelled_out(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(st.text(), st.text())
def test_no_two_paths_are_spelled_alike(one: str, other: str) -> None:
    assert (spelled(one) == spelled(other)) == (one == other)
    assert harmless(one).isprintable() and harmless(harmless(one)) == harmless(one)


@given(st.text(alphabet=st.characters(exclude_categories=["C", "M"])), st.integers(1, 20))
def test_a_clipped_text_fits(text: str, width: int) -> None:
    assert columns(clip(text, width)) <= width
    assert clip(text, 1000) == text


@pytest.mark.parametrize("kind", pictures())
def test_a_picture_says_what_it_is_to_who_cannot_see_it(kind: str) -> None:
    root = ElementTree.fromstring(pictures()[kind])
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")


@pytest.mark.parametrize("kind", pictures())
def test_a_picture_brings_its_own_paper_and_nothing_from_elsewhere(kind: str) -> None:
    drawn = pictures()[kind]
    paper = next(element for element in ElementTree.fromstring(drawn) if element.tag == f"{SVG}rect")
    assert paper.get("fill") == marks.PAPER
    assert "script" not in drawn and "href" not in drawn and "@import" not in drawn
    assert "url(" not in drawn
    assert drawn.count("http") == drawn.count("http://www.w3.org/2000/svg")


@pytest.mark.parametrize("kind", pictures())
def test_a_picture_that_stands_alone_is_dark_on_a_dark_page(kind: str) -> None:
    before, _, drawn = pictures()[kind].partition("</style>")
    rules = re.findall(r'\[(fill|stroke)="(#\w+)"\]\{(fill|stroke):(#\w+)\}', before)
    assert {rule[:2] for rule in rules} == {
        (part, colour)
        for part, colour in re.findall(r' (fill|stroke)="(#\w+)"', drawn)
        if colour in marks.NIGHT
    }
    assert all(part == same and marks.NIGHT[day] == night for part, day, same, night in rules)
    assert "@media (prefers-color-scheme:dark){svg:root " in before
    assert before.count("svg:root ") == before.count("{") - 1 == len(rules)


def test_the_same_model_is_drawn_the_same() -> None:
    assert pictures() == pictures()


@pytest.mark.parametrize("ground", marks.FLOORS)
def test_a_floors_number_is_legible_on_its_colour(ground: str) -> None:
    assert marks.contrast(marks.ink(ground), ground) >= 4.5


@pytest.mark.parametrize("ink", [marks.INK, marks.SOFT, marks.ALARM])
@pytest.mark.parametrize("ground", [marks.PAPER, marks.WASH])
def test_text_is_legible_on_paper(ink: str, ground: str) -> None:
    assert marks.contrast(ink, ground) >= 4.5


def test_lines_that_mean_something_can_be_seen() -> None:
    assert marks.contrast(marks.LINE, marks.PAPER) >= 3


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#ffffff", "#ffffff", 1)],
)
def test_contrast_is_what_the_web_says_it_is(one: str, other: str, ratio: float) -> None:
    assert math.isclose(marks.contrast(one, other), ratio, abs_tol=0.01)


def test_floors_stand_upon_each_other_and_carry_their_numbers() -> None:
    root = ElementTree.fromstring(draw.stack(house()))
    numbers = {
        element.text: element for element in root.iter(f"{SVG}text") if (element.text or "").isdecimal()
    }
    assert list(numbers) == ["3", "2", "1"]


def test_a_writable_floor_is_white_and_the_others_are_not() -> None:
    drawn = draw.stack(Building("c", (Floor(1, "RUN x", 3), Floor(2, "own", 0, writable=True))))
    assert f'stroke="{marks.LINE}" fill="{marks.WASH}"' in drawn
    assert f'fill="{marks.PAPER}" stroke-dasharray' in drawn


def test_a_long_tree_is_folded_and_cut() -> None:
    many = Laid(*(file(f"/d{n % 90}/f{n}", b"") for n in range(900)))
    some, most = (Laid(*(file(f"/d{n}/f{n}", b"x") for n in range(touched))) for touched in (9, 80))
    assert "... 81 more from floor 1" in draw.tree(merge(UnionView([many, some])))
    assert "... 9 more from floor 1" in draw.tree(merge(UnionView([many, some])))
    drawn = draw.tree(merge(UnionView([many, most])))
    assert "10 inside" in drawn and "... 22 more" in drawn
    assert len(drawn) < 60_000


def test_attributes_are_escaped_like_text() -> None:
    assert str(el("g", "<&>", id='"<')) == '<g id="&quot;&lt;">&lt;&amp;&gt;</g>'


def test_an_empty_drawing_is_still_a_page() -> None:
    from labimg.show.svg import Drawing

    assert (
        ElementTree.fromstring(page(Drawing(10, 10, (words("x", 0, 0),)), title="t", description="d"))
        is not None
    )
