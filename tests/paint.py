"""A drawing read back: what it paints, in which order, on what, and where each of its texts stands.

It knows as much of SVG as our drawings use, and refuses whatever else it meets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree import ElementTree

from labimg.show.names import columns

SVG = "{http://www.w3.org/2000/svg}"
MONO, SANS = 0.6, 0.5  # the width of a letter, in parts of its size; a running text is at least that wide
EDGE = 0.05  # pixels
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> Point:
        """Its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def holds(self, point: Point) -> bool:
        """Is a point inside, and not on its border?"""
        return (
            self.left + EDGE < point[0] < self.right - EDGE
            and self.top + EDGE < point[1] < self.bottom - EDGE
        )

    def cuts(self, other: "Box", by: float) -> bool:
        """Do the two overlap by more than `by` pixels both ways?"""
        across = min(self.right, other.right) - max(self.left, other.left)
        return across > by and min(self.bottom, other.bottom) - max(self.top, other.top) > by


@dataclass(frozen=True)
class Shape:
    """A rectangle, a path or a text, in the order in which they are painted."""

    kind: str
    fill: str
    stroke: str
    box: Box
    points: tuple[Point, ...]  # a path's; of a text three that lie in it
    text: str = ""
    typed: bool = False  # monospaced, so that its width is known


@dataclass
class Painting:
    """All that a drawing paints."""

    name: str
    wide: float
    high: float
    shapes: list[Shape] = field(default_factory=list)

    def ground(self, point: Point, before: int) -> str:
        """The colour at a point before shape number `before` is painted; "" is none."""
        for shape in reversed(self.shapes[:before]):
            if shape.kind == "rect" and shape.fill != "none" and shape.box.holds(point):
                return shape.fill
        return ""


def painting(drawn: str) -> Painting:
    """What a drawing paints."""
    root = ElementTree.fromstring(drawn)
    made = Painting(
        root.findtext(f"{SVG}title") or "", float(root.attrib["width"]), float(root.attrib["height"])
    )
    made.shapes += _shapes(root, (0.0, 0.0))
    return made


def _shapes(parent: ElementTree.Element, at: Point) -> Iterator[Shape]:
    for node in parent:
        kind, look = node.tag.removeprefix(SVG), node.attrib
        assert not {"opacity", "fill-opacity", "filter", "mask"} & set(look), look
        if kind == "g":
            moved = [float(part) for part in re.findall(r"[-\d.]+", look.get("transform", "0 0"))]
            assert look.get("transform", "translate(").startswith("translate("), look
            yield from _shapes(node, (at[0] + moved[0], at[1] + moved[1]))
        elif kind == "rect":
            left, top = at[0] + float(look["x"]), at[1] + float(look["y"])
            box = Box(left, top, left + float(look["width"]), top + float(look["height"]))
            yield Shape(kind, look["fill"], look.get("stroke", "none"), box, ())
        elif kind == "path":
            points = tuple((x + at[0], y + at[1]) for x, y in track(look["d"]))
            xs, ys = zip(*points, strict=True)
            box = Box(min(xs), min(ys), max(xs), max(ys))
            yield Shape(kind, look.get("fill", "none"), look.get("stroke", "none"), box, points)
        elif kind == "text":
            yield from _text(node, at)
        else:
            assert kind in ("title", "desc", "style"), kind


def _text(node: ElementTree.Element, at: Point) -> Iterator[Shape]:
    look, told = node.attrib, "".join(node.itertext())
    if not told.strip():
        return
    size, typed = float(look["font-size"]), "mono" in look.get("font-family", "").lower()
    wide = columns(told) * size * (MONO if typed else SANS)
    x, y = at[0] + float(look["x"]), at[1] + float(look["y"])
    left = x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[look.get("text-anchor", "start")]
    box = Box(left, y - 0.75 * size, left + wide, y + 0.2 * size)
    middle = y - 0.3 * size
    points = ((left + 1, middle), (left + wide / 2, middle), (left + wide - 1, middle))
    yield Shape("text", look["fill"], look.get("stroke", "none"), box, points, told, typed)


def track(told: str) -> list[Point]:
    """Points along a path of lines and curves, its ends among them."""
    points: list[Point] = []
    x = y = 0.0
    for letter, rest in re.findall(r"([A-Za-z])([^A-Za-z]*)", told):
        numbers = [float(part) for part in re.findall(r"-?[\d.]+", rest)]
        own = letter.islower()
        if letter in "Zz":
            continue
        if letter in "Hh":
            x = numbers[0] + (x if own else 0)
        elif letter in "Vv":
            y = numbers[0] + (y if own else 0)
        else:
            assert letter in "MmLlC", letter
            pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
            if letter == "C":
                points += _bent((x, y), *pairs)
            else:
                pairs = [(x + dx, y + dy) for dx, dy in pairs] if own else pairs
                x, y = pairs[-1]
        if points and letter not in "MmC":
            points.append(((points[-1][0] + x) / 2, (points[-1][1] + y) / 2))
        points.append((x, y))
    return points


def _bent(*ends: Point) -> list[Point]:
    """Points on a cubic curve."""
    found = []
    for part in (0.25, 0.5, 0.75):
        line = list(ends)
        while len(line) > 1:
            line = [(a + (c - a) * part, b + (d - b) * part) for (a, b), (c, d) in pairwise(line)]
        found.append(line[0])
    return found
