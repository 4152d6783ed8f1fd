"""SVG written by hand: elements that escape whatever they are given.

No script, no font from elsewhere, nothing that moves: the same bytes everywhere, and a page
of its own (white, with a border), so that it reads on any ground.  Shown as an image on a page
that is dark, a drawing is dark too; within another document it is left as it is.
"""

import html
import textwrap
from dataclasses import dataclass

from labimg.show.marks import FAINT, INK, LIT, NIGHT, PAPER, SOFT
from labimg.show.names import clip, columns, harmless

SANS = "system-ui, Segoe UI, Roboto, Noto Sans, DejaVu Sans, sans-serif"
MONO = "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"
HATCH = 5  # pixels between the lines of a hatched box
LETTER = 0.61  # width of a monospaced letter, in parts of its size

Content = "Element | str"


@dataclass(frozen=True, slots=True)
class Element:
    """One element: a tag, its attributes, and what is in it."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    content: tuple["Element | str", ...]

    def __str__(self) -> str:
        told = "".join(f' {name}="{html.escape(harmless(value))}"' for name, value in self.attributes)
        inside = "".join(
            html.escape(harmless(part), quote=False) if isinstance(part, str) else str(part)
            for part in self.content
        )
        return f"<{self.tag}{told}>{inside}</{self.tag}>" if inside else f"<{self.tag}{told}/>"


def el(tag: str, *content: Element | str, **attributes: str | float) -> Element:
    """An element; `font_size=12` is written `font-size="12"`, `None` is not for values.

    >>> print(el("text", "a < b", x=1.50, font_size=12))
    <text x="1.5" font-size="12">a &lt; b</text>
    """
    return Element(tag, tuple((_name(key), _value(value)) for key, value in attributes.items()), content)


def _name(key: str) -> str:
    return (
        key.rstrip("_").replace("_", "-")
        if key not in ("viewBox", "patternUnits", "patternTransform")
        else key
    )


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn, and how much room it takes, in pixels."""

    width: float
    height: float
    content: tuple[Element, ...]

    def at(self, x: float, y: float) -> Element:
        """The drawing, moved."""
        return el("g", *self.content, transform=f"translate({_value(x)} {_value(y)})")


def beside(left: Drawing, right: Drawing, *, gap: float = 28) -> Drawing:
    """Two drawings in one, tops aligned."""
    content = (left.at(0, 0), right.at(left.width + gap, 0))
    return Drawing(left.width + gap + right.width, max(left.height, right.height), content)


def page(drawing: Drawing, *, title: str, description: str, heading: str = "", note: str = "") -> str:
    """A whole SVG: `drawing` on paper, with a title and a description for who cannot see it."""
    edge, above = 16, 36 if heading else 16
    notes = textwrap.wrap(note, room(drawing.width, 10.5))
    below = 6 + 16 * len(notes) if notes else 0
    width, height = drawing.width + 2 * edge, drawing.height + above + edge + below
    parts = [
        el("rect", x=0.5, y=0.5, width=width - 1, height=height - 1, rx=8, fill=PAPER, stroke=FAINT),
    ]
    if heading:
        parts.append(words(clip(heading, room(drawing.width, 13)), edge, 25, size=14, weight="600"))
    parts.append(drawing.at(edge, above))
    for at, line in enumerate(reversed(notes)):
        parts.append(words(line, edge, height - 14 - 16 * at, size=11, fill=SOFT))
    told = [el("title", title), el("desc", description), el("style", night("".join(map(str, parts))))]
    return str(
        el("svg", *told, *parts, xmlns="http://www.w3.org/2000/svg", role="img", width=width, height=height,
           viewBox=f"0 0 {_value(width)} {_value(height)}", font_family=SANS,
           style="max-width:100%;height:auto")
    )  # fmt: skip


def night(drawn: str, *, within: str = "svg:root") -> str:
    """The style sheet that gives what is `drawn` its colours of the night, where the page is dark.

    By default only where the drawing is a document of its own; a page that is dark itself names where
    `within` it the drawing is.  White letters stay: they stand on a floor's colour.
    """
    rules = [
        f'{within} {":not(text)" * (colour == PAPER and part == "fill")}[{part}="{colour}"]{{{part}:{other}}}'
        for part in ("fill", "stroke")
        for colour, other in NIGHT.items()
        if f'{part}="{colour}"' in drawn
    ]
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def hatched(x: float, y: float, width: float, height: float, *, stroke: str) -> Element:
    """A box of bytes that nobody sees: hatched by lines of its own, since a page may hold many drawings."""
    starts = range(HATCH - int(height), int(width), HATCH)
    lines = [
        f"M{_value(x + max(at, 0))} {_value(y + max(-at, 0))}"
        f"L{_value(x + min(at + height, width))} {_value(y + min(height, width - at))}"
        for at in starts
    ]
    return el(
        "g",
        el("rect", x=x, y=y, width=width, height=height, fill=PAPER),
        *([el("path", d="".join(lines), stroke=LIT, stroke_width=1.6)] if lines else []),
        el("rect", x=x, y=y, width=width, height=height, fill="none", stroke=stroke),
    )


def words(text: str, x: float, y: float, **look: str | float) -> Element:
    """A line of running text; `look` may set size, fill, anchor, weight, strike."""
    return el("text", text, x=x, y=y, **_letters(look))


def code(text: str, x: float, y: float, **look: str | float) -> Element:
    """A line as it is typed: monospaced, every blank kept, and its direction its own matter."""
    kept = {"style": "white-space:pre"} if " ".join(text.split()) != text else {}
    return el("text", text, x=x, y=y, font_family=MONO, unicode_bidi="isolate", **_letters(look), **kept)


def _letters(look: dict[str, str | float]) -> dict[str, str | float]:
    """The attributes of a text."""
    full = {
        "size": "font_size",
        "anchor": "text_anchor",
        "weight": "font_weight",
        "strike": "text_decoration",
    }
    plain: dict[str, str | float] = {"size": 12, "fill": INK}
    return {full.get(key, key): value for key, value in (plain | look).items()}


def breadth(text: str, size: float) -> float:
    """The width of `text` in pixels when typed in `size`."""
    return columns(text) * size * LETTER


def room(width: float, size: float) -> int:
    """How many columns of typed text in `size` go into `width` pixels."""
    return max(1, int(width / (size * LETTER)))
