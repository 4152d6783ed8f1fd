"""A graph laid out in ranks and drawn here, the same to the byte on every machine.

The graph has no circle.  Ranks are the longest ways from the nodes that nothing leads to.  An
edge that passes a rank has a bend there, which takes part in the order; the order in a rank
follows the neighbours.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from labimg.show import marks
from labimg.show.graphs import Edge, Graph, Node
from labimg.show.names import harmless
from labimg.show.svg import Drawing, Element, breadth, el, page, words

LINE, TEXT = 15.0, 11.5  # pixels
ACROSS, BETWEEN = 22.0, 46.0  # from one node to the next in its rank, and from rank to rank
SWEEPS = 24
GROUNDS = {
    "name": marks.CALLED, "image": marks.KNOWN, "config": marks.WASH, "layer": marks.WASH,
    "container": marks.PAPER, "stage": marks.WASH,
}  # fmt: skip

Point = tuple[float, float]


class Layout:
    """Where the nodes of a graph stand, and along which points each edge goes."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = {node.key: node for node in graph.nodes}
        self.ranks = _ranks(graph)
        self.ways = {edge: self._way(edge, number) for number, edge in enumerate(graph.edges)}
        self.rows = self._ordered()
        self.deep: dict[str, float] = {}  # how much room a node's rank takes
        self.places = self._placed()

    def size(self, key: str) -> Point:
        """Width and height of a node; a bend is a point with a little room around it."""
        node = self.nodes.get(key)
        if node is None:
            return 8.0, 0.0
        wide = max(
            breadth(harmless(line), TEXT + (1.5 if line is node.lines[0] else 0)) for line in node.lines
        )
        return wide + 22, LINE * (len(node.lines) + 1) + 9

    def _extent(self, key: str) -> Point:
        """A node's size along its rank, and across it."""
        wide, high = self.size(key)
        return (wide, high) if self.graph.down else (high, wide)

    def _way(self, edge: Edge, number: int) -> list[str]:
        """The keys an edge passes: its tail, a bend in each rank between, its head."""
        first, last = self.ranks[edge.tail], self.ranks[edge.head]
        bends = [f"bend {number} {rank}" for rank in range(first + 1, last)]
        self.ranks |= {key: first + 1 + at for at, key in enumerate(bends)}
        return [edge.tail, *bends, edge.head]

    def _ordered(self) -> list[list[str]]:
        """The keys of each rank, in an order in which few edges cross."""
        rows: list[list[str]] = [[] for _ in range(max(self.ranks.values(), default=-1) + 1)]
        for key, rank in self.ranks.items():
            rows[rank].append(key)
        near = self._near()
        for sweep in range(SWEEPS):
            for row in rows if sweep % 2 else rows[::-1]:
                where = {key: at for line in rows for at, key in enumerate(line)}
                row.sort(key=lambda key: (_mean([where[one] for one in near[key]], where[key]), where[key]))
        return rows

    def _near(self) -> Mapping[str, list[str]]:
        near: dict[str, list[str]] = defaultdict(list)
        for way in self.ways.values():
            for one, other in pairwise(way):
                near[one].append(other)
                near[other].append(one)
        return near

    def _placed(self) -> dict[str, Point]:
        """The middle of each node."""
        along: dict[str, float] = {}
        for row in self.rows:
            along |= self._apart(row, dict.fromkeys(row, 0.0))
        near = self._near()
        for sweep in range(SWEEPS):
            for row in self.rows if sweep % 2 else self.rows[::-1]:
                wanted = {key: _mean([along[one] for one in near[key]], along[key]) for key in row}
                along |= self._apart(row, wanted)
        start = min((along[key] - self._extent(key)[0] / 2 for key in along), default=0.0)
        places: dict[str, Point] = {}
        at = 0.0
        for row in self.rows:
            deep = max(self._extent(key)[1] for key in row)
            self.deep |= dict.fromkeys(row, deep)
            for key in row:
                place = round(along[key] - start, 1), round(at + deep / 2, 1)
                places[key] = place if self.graph.down else place[::-1]
            at += deep + BETWEEN + (0 if self.graph.down else self._labels(row))
        return places

    def _labels(self, row: Sequence[str]) -> float:
        """Room for the longest label on the edges that leave a rank, where they go from left to right."""
        return max((breadth(edge.label, 10) for edge in self.graph.edges if edge.tail in row), default=0.0)

    def _apart(self, row: Sequence[str], wanted: Mapping[str, float]) -> dict[str, float]:
        """The places nearest to those wanted at which nothing overlaps."""
        found: dict[str, float] = {}
        edge = float("-inf")
        for key in row:
            half = self._extent(key)[0] / 2
            found[key] = max(wanted[key], edge + half)
            edge = found[key] + half + ACROSS
        shift = sum(found[key] - wanted[key] for key in row) / max(len(row), 1)
        return {key: place - shift for key, place in found.items()}


def _mean(numbers: Sequence[float], default: float) -> float:
    return sum(numbers) / len(numbers) if numbers else default


def _ranks(graph: Graph) -> dict[str, int]:
    """The longest way to each node."""
    waiting = Counter(edge.head for edge in graph.edges)
    ready = [node.key for node in graph.nodes if not waiting[node.key]]
    ranks = {node.key: 0 for node in graph.nodes}
    for key in ready:
        for edge in graph.edges:
            if edge.tail == key:
                ranks[edge.head] = max(ranks[edge.head], ranks[key] + 1)
                waiting[edge.head] -= 1
                if not waiting[edge.head]:
                    ready.append(edge.head)
    return ranks


def svg(graph: Graph) -> str:
    """The graph drawn."""
    layout = Layout(graph)
    edges = [part for edge, way in layout.ways.items() for part in _edge(layout, edge, way)]
    edges += _told(layout)
    nodes = [_node(node, layout) for node in graph.nodes]
    corners = [
        (x + layout.size(key)[0] / 2, y + layout.size(key)[1] / 2) for key, (x, y) in layout.places.items()
    ]
    width = max([x for x, _ in corners] + [breadth(graph.title, 14)], default=0.0)
    height = max((y for _, y in corners), default=0.0)
    drawing = Drawing(width + 1, height + 1, (*edges, *nodes))
    return page(drawing, title=graph.title, description=graph.describe(), heading=graph.title)


def _node(node: Node, layout: Layout) -> Element:
    (x, y), (wide, high) = layout.places[node.key], layout.size(node.key)
    left, top = x - wide / 2, y - high / 2
    ground = marks.colour(node.number) if node.number else GROUNDS[node.kind]
    letters = marks.ink(ground) if node.number else marks.INK
    soft = letters if node.number else marks.SOFT
    dash = {"stroke_dasharray": "5 3"} if node.kind == "container" else {}
    lines = [
        words(harmless(line), x, top + 15 + LINE * at, size=TEXT, fill=letters, anchor="middle",
              weight="600" if at == 1 else "400")
        for at, line in enumerate(node.lines, start=1)
    ]  # fmt: skip
    return el(
        "g",
        el("title", f"{node.kind} {' '.join(node.lines)}"),
        el("rect", x=left, y=top, width=wide, height=high, rx=9 if node.kind == "image" else 3,
           fill=ground, stroke=marks.LINE, stroke_width=2 if node.kind == "image" else 1, **dash),
        words(node.kind, x, top + 15, size=9.5, fill=soft, anchor="middle"),
        *lines,
    )  # fmt: skip


def _edge(layout: Layout, edge: Edge, way: Sequence[str]) -> Iterator[Element]:
    """A curve through the bends, an arrow at its head."""
    colour = marks.LIT if edge.lit else marks.SOFT
    wide = 2.2 if edge.lit else 1.2
    points = _points(layout, way)
    yield el("path", d=_curve(points, down=layout.graph.down), fill="none", stroke=colour, stroke_width=wide)
    x, y = points[-1]
    tip = f"M{x} {y}l-4 -7h8z" if layout.graph.down else f"M{x} {y}l-7 -4v8z"
    yield el("path", d=tip, fill=colour)


def _told(layout: Layout) -> Iterator[Element]:
    """The labels, each where its edge leaves its tail; what several edges of a tail say is said once.

    Where edges go from left to right they leave their tail at one point: one label is below the other.
    """
    halo: dict[str, str | float] = {"paint_order": "stroke", "stroke": marks.PAPER, "stroke_width": 4}
    below: Counter[str] = Counter()
    down = layout.graph.down
    said = {(edge.tail, edge.head * down, edge.label): edge for edge in layout.ways if edge.label}
    for edge in said.values():
        colour = marks.LIT if edge.lit else marks.SOFT
        (ax, ay), (bx, by) = _points(layout, layout.ways[edge])[:2]
        if down:
            x, y, anchor = ax + 0.2 * (bx - ax), ay + 0.4 * (by - ay), "middle"
        else:
            x, y, anchor = ax + 8, ay + 13 * below[edge.tail], "start"
            below[edge.tail] += 1
        yield words(harmless(edge.label), x, y + 3, size=10, fill=colour, anchor=anchor, **halo)


def _points(layout: Layout, way: Sequence[str]) -> list[Point]:
    """The points an edge goes through: from the border of its tail to that of its head."""
    tail, *bends, head = way
    down = layout.graph.down

    def beside(key: str, by: float, room: float) -> Point:
        x, y = layout.places[key]
        return (x, y + by * room / 2) if down else (x + by * room / 2, y)

    def extent(key: str) -> float:
        return layout.size(key)[1 if down else 0]

    passed = [beside(key, by, layout.deep[key]) for key in bends for by in (-1, 1)]
    return [beside(tail, 1, extent(tail)), *passed, beside(head, -1, extent(head))]


def _curve(points: Sequence[Point], *, down: bool) -> str:
    """A line that leaves and enters every point along the direction of the ranks."""
    told = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (ax, ay), (bx, by) in pairwise(points):
        mx, my = (ax + bx) / 2, (ay + by) / 2
        ends = ((ax, my), (bx, my)) if down else ((mx, ay), (mx, by))
        told += f"C{ends[0][0]:.1f} {ends[0][1]:.1f} {ends[1][0]:.1f} {ends[1][1]:.1f} {bx:.1f} {by:.1f}"
    return told
