"""The map of names: from each name over its image ID down the layers, in one world or from one to another.

Here it is laid out: boxes and arrows with their places.  The drawing and the widget only
draw; both know from here what each box says and which others light up with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from labimg.digest import ChainID, ImageID
from labimg.files import Files
from labimg.layers import StoredLayer
from labimg.show import marks
from labimg.show.names import amount, clip, counted, harmless
from labimg.show.panel import Panel
from labimg.show.svg import Drawing, Element, code, el, page, room, words
from labimg.show.worlds import store
from labimg.store import Store

State = Literal["same", "new", "gone"]
SIGNS: Mapping[State, str] = {"same": "", "new": "+ ", "gone": "− "}
MANY = 6  # boxes of layers beside each other; more are put together where only one way leads through
NAME, IMAGE, LAYER, HIGH = 190, 150, 132, 40  # sizes of the boxes, in pixels
ROW, GAP = 56, 44  # from one row to the next, and between columns
BETWEEN = 26  # between the columns of layers


@dataclass(frozen=True, slots=True)
class Box:
    """A name, an image or a layer, and its place."""

    key: str
    kind: Literal["name", "image", "layer"]
    lines: tuple[str, str]
    x: float
    y: float
    wide: float
    state: State = "same"
    number: int = 0  # of a floor
    said: str = ""
    lit: frozenset[str] = frozenset()  # the boxes on its way


@dataclass(frozen=True, slots=True)
class Arrow:
    """One box leads to another."""

    tail: Box
    head: Box
    state: State = "same"

    @property
    def path(self) -> str:
        """Its line, in SVG's words: along its own row, and to another one only in the gap before its end."""
        x, y = self.tail.x + self.tail.wide, self.tail.y + HIGH / 2
        to, at = self.head.x - 7, self.head.y + HIGH / 2
        turn = max(x, self.head.x - BETWEEN) if self.head.kind == "layer" else x
        bend = min(60.0, (to - turn) / 2)
        return f"M {x:g} {y:g} H {turn:g} C {turn + bend:g} {y:g} {to - bend:g} {at:g} {to:g} {at:g}"


@dataclass(frozen=True)
class Atlas:
    """The map."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    title: str = "What the names lead to"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in pixels."""
        right = max((box.x + box.wide for box in self.boxes), default=NAME)
        return right + 2, max((box.y + HIGH for box in self.boxes), default=HIGH) + 2

    def describe(self) -> str:
        """The picture in one sentence."""
        kinds = [box.kind for box in self.boxes]
        told = [counted(kinds.count(kind), kind) for kind in ("name", "image", "layer")]
        states = {state: sum(arrow.state == state for arrow in self.arrows) for state in SIGNS}
        other = ", ".join(
            f"{counted(count, 'arrow')} {state}"
            for state, count in states.items()
            if count and state != "same"
        )
        return f"{self.title}: {', '.join(told)}{f'; {other}' if other else ''}"


class NameMap(Panel):
    """The map as a panel."""

    part = "atlas"

    def __init__(self, atlas: Atlas) -> None:
        self.model = atlas

    def __repr__(self) -> str:
        lines = [self.describe(), ""]
        for box in self.model.boxes:
            lines.append(f"{SIGNS[box.state]}{box.kind} {' '.join(filter(None, box.lines))}")
            for arrow in self.model.arrows:
                if arrow.tail == box:
                    lines.append(f"  {SIGNS[arrow.state]}→ {arrow.head.kind} {arrow.head.lines[0]}")
        return "\n".join(lines)

    def describe(self) -> str:
        """The picture in one sentence."""
        return self.model.describe()

    def draw(self) -> str:
        """The picture as SVG."""
        return drawing(self.model)

    @property
    def state(self) -> dict[str, Any]:
        """What travels to the browser."""
        keys = {box.key: at for at, box in enumerate(self.model.boxes)}
        return {
            "title": self.model.title, "said": self.describe().removeprefix(f"{self.model.title}: "),
            "size": list(self.model.size),
            "boxes": [
                {"kind": box.kind, "lines": list(box.lines), "at": [box.x, box.y, box.wide, HIGH],
                 "n": box.number, "state": box.state, "said": box.said,
                 "lit": sorted(keys[key] for key in box.lit)}
                for box in self.model.boxes
            ],
            "arrows": [
                {"d": arrow.path, "state": arrow.state, "ends": [keys[arrow.tail.key], keys[arrow.head.key]]}
                for arrow in self.model.arrows
            ],
            "floors": [[ground, marks.ink(ground)] for ground in marks.FLOORS],
        }  # fmt: skip


def namemap(now: Files | Mapping[str, bytes], before: Mapping[str, bytes] | None = None) -> NameMap:
    """The map of one world, or of what is other in it than `before`."""
    after = Store(now, lambda: "") if not isinstance(now, Mapping) else store(now)
    return NameMap(_Plan([after] if before is None else [store(before), after]).atlas())


@dataclass
class _Image:
    """An image of the map."""

    id: ImageID
    names: list[str]
    chain: list[StoredLayer]  # top first
    worlds: set[int] = field(default_factory=set)


class _Plan:
    """Where everything goes: an image in a row with its layers, a shared layer where it was first met."""

    def __init__(self, stores: Sequence[Store]) -> None:
        self.stores = stores
        self.images: dict[ImageID, _Image] = {}
        self.leads: dict[tuple[str, ImageID], set[int]] = {}
        for world, kept in enumerate(stores):
            for image_id in _listed(kept):
                image = self.images.setdefault(image_id, _Image(image_id, [], []))
                image.worlds.add(world)
                image.chain = kept.layers.stack(kept.images.find(image_id).top)[::-1]
                for name in (name.familiar for name in kept.tags.of(image_id) if not name.digest):
                    self.leads.setdefault((name, image_id), set()).add(world)
                    if name not in image.names:
                        image.names.append(name)

    def _state(self, worlds: set[int]) -> State:
        if len(worlds) == len(self.stores):
            return "same"
        return "new" if len(self.stores) - 1 in worlds else "gone"

    def _runs(self) -> list[list[list[StoredLayer]]]:
        """For each image its layers, top first; many of them are put together where one way leads through."""
        users: dict[ChainID, set[ImageID]] = {}
        for image in self.images.values():
            for layer in image.chain:
                users.setdefault(layer.chain_id, set()).add(image.id)
        deep = max((len(image.chain) for image in self.images.values()), default=0) > MANY
        found = []
        for image in self.images.values():
            runs: list[list[StoredLayer]] = []
            for layer in image.chain:
                if deep and runs and users[runs[-1][-1].chain_id] == users[layer.chain_id]:
                    runs[-1].append(layer)
                else:
                    runs.append([layer])
            found.append(runs)
        return found

    def atlas(self) -> Atlas:
        """The map."""
        names: dict[str, Box] = {}
        boxes: list[Box] = []
        layers: dict[ChainID, Box] = {}
        ends: list[tuple[Box, Box, State]] = []
        runs = self._runs()
        columns = max(map(len, runs), default=0)
        row = 0
        for image, chain in zip(self.images.values(), runs, strict=True):
            fresh = [name for name in image.names if name not in names]
            home = _image(image, row * ROW, self._state(image.worlds))
            for at, name in enumerate(fresh):
                worlds = set[int]().union(
                    *(found for (known, _), found in self.leads.items() if known == name)
                )
                lines = clip(harmless(name), 24), ""
                place = 0, (row + at) * ROW, NAME
                names[name] = Box(f"name {name}", "name", lines, *place, self._state(worlds))
            for name in image.names:
                ends.append((names[name], home, self._state(self.leads[name, image.id])))
            boxes.append(home)
            self._floors(image, chain, home, columns, layers, ends)
            row += max(len(fresh), 1)
        return _lit([*names.values(), *boxes, *layers.values()], ends)

    def _floors(
        self, image: _Image, chain: list[list[StoredLayer]], home: Box, columns: int,
        layers: dict[ChainID, Box], ends: list[tuple[Box, Box, State]],
    ) -> None:  # fmt: skip
        """The boxes of an image's layers that are not there yet, and the arrows to them."""
        tail, depth = home, len(image.chain)
        for at, run in enumerate(chain):
            column = columns - len(chain) + at
            x = NAME + IMAGE + 2 * GAP + column * (LAYER + BETWEEN)
            chain_id = run[0].chain_id
            worlds = {world for world, kept in enumerate(self.stores) if kept.layers.has(chain_id)}
            if met := chain_id in layers:
                head = layers[chain_id]
            else:
                head = layers[chain_id] = _floor(run, depth, x, home.y, self._state(worlds))
            link = self._state(image.worlds) if tail is home else "same" if met else head.state
            if (tail, head) not in [(one, other) for one, other, _ in ends]:
                ends.append((tail, head, link))
            tail, depth = head, depth - len(run)


def _image(image: _Image, y: float, state: State) -> Box:
    size = amount(sum(layer.size for layer in image.chain))
    floors = f"{counted(len(image.chain), 'floor')}, {size}"
    return Box(f"image {image.id}", "image", (image.id.short, floors), NAME + GAP, y, IMAGE, state)


def _floor(run: list[StoredLayer], depth: int, x: float, y: float, state: State) -> Box:
    """One layer, or several that only one way leads through."""
    size = amount(sum(layer.size for layer in run))
    if len(run) > 1:
        lines = (f"floors {depth - len(run) + 1}–{depth}", size)
    else:
        lines = (run[0].chain_id.short[:8], size)
    return Box(f"layer {run[0].chain_id}", "layer", lines, x, y, LAYER, state, depth)


def _listed(kept: Store) -> list[ImageID]:
    """The images that `docker images` lists, by their names; nameless ones last."""
    parents = set(kept.parents().values())
    names = {image_id: min(map(str, kept.tags.of(image_id)), default="") for image_id in kept.images.all()}
    shown = [image_id for image_id, name in names.items() if name or image_id not in parents]
    return sorted(shown, key=lambda image_id: (not names[image_id], names[image_id], image_id))


def _lit(boxes: list[Box], ends: list[tuple[Box, Box, State]]) -> Atlas:
    """The map with what each box says, and which others lie on the ways through it."""
    after: dict[str, list[Box]] = {}
    before: dict[str, list[Box]] = {}
    for tail, head, _ in ends:
        after.setdefault(tail.key, []).append(head)
        before.setdefault(head.key, []).append(tail)

    def reach(start: Box, ways: dict[str, list[Box]]) -> Iterator[str]:
        for other in ways.get(start.key, []):
            yield other.key
            yield from reach(other, ways)

    made = {}
    for box in boxes:
        lit = frozenset([box.key, *reach(box, after), *reach(box, before)])
        made[box.key] = Box(box.key, box.kind, box.lines, box.x, box.y, box.wide, box.state, box.number,
                            _said(box, after, before, lit), lit)  # fmt: skip
    arrows = tuple(Arrow(made[tail.key], made[head.key], state) for tail, head, state in ends)
    return Atlas(tuple(made.values()), arrows)


def _said(box: Box, after: dict[str, list[Box]], before: dict[str, list[Box]], lit: frozenset[str]) -> str:
    """What a box is, where it leads, and what leads to it."""
    what = {"name": f"name {box.lines[0]}", "image": f"image {box.lines[0]}, {box.lines[1]}"}.get(
        box.kind, f"floor {box.number}, layer {box.lines[0]}, {box.lines[1]}"
    )
    told = [what, *([box.state] if box.state != "same" else [])]
    if heads := after.get(box.key):
        told.append(f"leads to {', '.join(head.kind + ' ' + head.lines[0] for head in heads)}")
    if box.kind == "layer":
        images = sum(key.startswith("image ") for key in lit)
        told.append(f"{images} {'image stands' if images == 1 else 'images stand'} on it")
    elif box.kind == "image":
        names = [tail.lines[0] for tail in before.get(box.key, [])]
        told.append(f"called {', '.join(names)}" if names else "it has no name")
    return ", ".join(told)


def drawing(atlas: Atlas) -> str:
    """The map as SVG."""
    parts = [_arrow(arrow) for arrow in atlas.arrows] + [_box(box) for box in atlas.boxes]
    heads = [
        ("names", 0.0),
        ("images", float(NAME + GAP)),
        ("layers, the top one first", float(NAME + IMAGE + 2 * GAP)),
    ]
    labels = [words(text, x, 10, size=11, fill=marks.SOFT) for text, x in heads]
    wide, high = atlas.size
    content = (*labels, Drawing(wide, high, tuple(parts)).at(0, 20))
    changed = any(box.state != "same" for box in atlas.boxes) or any(
        one.state != "same" for one in atlas.arrows
    )
    note = "+ new, − gone (dashed)" if changed else ""
    return page(Drawing(max(wide, 560), high + 20, content), title=atlas.title, description=atlas.describe(),
                heading=atlas.title, note=note)  # fmt: skip


_LINES = {"same": marks.LINE, "new": marks.GOOD, "gone": marks.ALARM}


def _arrow(arrow: Arrow) -> Element:
    colour = _LINES[arrow.state]
    dash: dict[str, str | float] = {"stroke_dasharray": "5 4"} if arrow.state == "gone" else {}
    x, y = arrow.head.x, arrow.head.y + HIGH / 2
    wide = 1.4 if arrow.state == "same" else 2.2
    return el(
        "g",
        el("path", d=arrow.path, fill="none", stroke=colour, stroke_width=wide, **dash),
        el("path", d=f"M {x:g} {y:g} l -9 -4.5 v 9 z", fill=colour),
    )


def _box(box: Box) -> Element:
    grounds = {"name": marks.CALLED, "image": marks.KNOWN, "layer": marks.WASH}
    edge = _LINES[box.state]
    dash: dict[str, str | float] = {"stroke_dasharray": "5 4"} if box.state == "gone" else {}
    left = box.x + (34 if box.number else 12)
    first = clip(SIGNS[box.state] + box.lines[0], room(box.wide - (left - box.x) - 6, 11.5))
    y = box.y + (17 if box.lines[1] else 24.5)
    parts = [
        el("title", box.said),
        el("rect", x=box.x, y=box.y, width=box.wide, height=HIGH, rx=6, fill=grounds[box.kind], stroke=edge,
           stroke_width=1.2 if box.state == "same" else 2, **dash),
        code(first, left, y, size=11.5, weight="600" if box.kind != "layer" else "400"),
        code(box.lines[1], left, box.y + 32, size=10.5, fill=marks.SOFT),
    ]  # fmt: skip
    if box.number:
        ground = marks.colour(box.number)
        parts += [
            el("rect", x=box.x + 6, y=box.y + 9, width=22, height=22, rx=4, fill=ground),
            words(
                str(box.number),
                box.x + 17,
                box.y + 24.5,
                weight="700",
                anchor="middle",
                fill=marks.ink(ground),
            ),
        ]
    return el("g", *parts)
