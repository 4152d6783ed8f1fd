"""Graphs in graphviz's language, and drawn by whatever graphviz there is.

First the `dot` of the machine, then the wheel `graphviz-pure`, which brings a program
of that name into the environment's own folder of scripts (a kernel that was started by
its path does not have that folder on PATH).  Without either, `layered` draws it.
"""

import html
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import graphviz

from labimg.show import marks
from labimg.show.graphs import Graph, Node
from labimg.show.names import harmless
from labimg.show.svg import el, night

SECONDS = 20  # for one drawing

_SHAPES = {
    "name": {"shape": "tab", "fillcolor": marks.CALLED},
    "image": {"shape": "box", "style": "filled,rounded,bold", "fillcolor": marks.KNOWN},
    "config": {"shape": "note", "fillcolor": marks.WASH},
    "layer": {"shape": "box", "fillcolor": marks.WASH},
    "container": {"shape": "component", "fillcolor": marks.PAPER},
    "stage": {"shape": "box", "fillcolor": marks.WASH},
}


def digraph(graph: Graph) -> graphviz.Digraph:
    """The graph as the `graphviz` package knows it; print its `.source` to read it."""
    drawn = graphviz.Digraph(
        comment=graph.title,
        graph_attr={"rankdir": "TB" if graph.down else "LR", "bgcolor": marks.PAPER, "pad": "0.2",
                    "nodesep": "0.25", "ranksep": "0.3" if graph.down else "0.45"},
        node_attr={"fontname": "Arial", "fontsize": "11", "margin": "0.15,0.08", "style": "filled",
                   "color": marks.LINE, "fontcolor": marks.INK},
        edge_attr={"fontname": "Arial", "fontsize": "10", "color": marks.SOFT, "fontcolor": marks.SOFT},
    )  # fmt: skip
    keys = {node.key: f"n{index}" for index, node in enumerate(graph.nodes)}
    for node in graph.nodes:
        drawn.node(keys[node.key], _label(node), tooltip=_text(node.key), **_look(node))
    for edge in graph.edges:
        lit = {"color": marks.LIT, "fontcolor": marks.LIT, "penwidth": "2.2"} if edge.lit else {}
        drawn.edge(keys[edge.tail], keys[edge.head], _text(f" {edge.label} "), **lit)
    return drawn


def _label(node: Node) -> str:
    return "\\n".join(map(_text, node.lines))


def _text(text: str) -> str:
    """`text` as letters and nothing else: no control character, no word of graphviz's."""
    return str(graphviz.escape(harmless(text)))


def _look(node: Node) -> dict[str, str]:
    """A node's shape, and a floor's colour with letters one can read on it."""
    look = dict(_SHAPES[node.kind])
    if node.number:
        ground = marks.colour(node.number)
        look |= {"fillcolor": ground, "fontcolor": marks.ink(ground)}
    return look


def program() -> str | None:
    """The program that lays graphs out, if there is one."""
    if sys.platform == "emscripten":
        return None
    own = Path(sysconfig.get_path("scripts")) / (
        "graphviz-pure.exe" if sys.platform == "win32" else "graphviz-pure"
    )
    return shutil.which("dot") or (str(own) if own.exists() else shutil.which("graphviz-pure"))


def svg(graph: Graph) -> str | None:
    """The graph drawn; None if nothing here can draw it."""
    drawn = render(digraph(graph).source)
    if drawn is None:
        return None
    head, _, rest = drawn.removeprefix("<svg").partition(">")
    label = html.escape(graph.describe())
    return f'<svg role="img" aria-label="{label}"{head}>{el("style", night(rest))}{rest}'


def render(source: str) -> str | None:
    """What graphviz makes of `source`, as SVG without the lines before it, if there is a graphviz."""
    drawer = program()
    if drawer is None:
        return None
    try:
        done = subprocess.run(
            [drawer, "-Tsvg"], input=source.encode(), capture_output=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    drawn = done.stdout.decode()
    return drawn[drawn.index("<svg") :] if "<svg" in drawn else None
