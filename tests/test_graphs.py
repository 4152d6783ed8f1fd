"""Graphs: what leads to what in a store, as graphviz is told it and as it draws it."""

import re
import sysconfig
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("graphviz", reason="the lab's extras are not installed")

from hypothesis import given
from hypothesis import strategies as st

from labimg.course.lab import Lab
from labimg.dockerfile import parse
from labimg.show import dot, graphs, layered, text
from labimg.show.graphs import Edge, Graph, Node
from labimg.show.picture import show

FILES = {"Dockerfile": 'FROM scratch\nCOPY a /a\nENV k=v\nCOPY b /b\nCMD ["/a"]\n', "a": "aa", "b": "bbb"}


@pytest.fixture(scope="module")
def lab() -> Lab:
    lab = Lab(files=FILES)
    for line in ("build -q -t web .", "tag web shop:2", "create --name box web"):
        assert lab.docker(line).code == 0
    return lab


def ways(graph: Graph) -> set[tuple[str, str, str]]:
    lines = {node.key: node.lines[0] for node in graph.nodes}
    return {(lines[edge.tail], edge.label, lines[edge.head]) for edge in graph.edges}


def test_names_lead_over_the_config_down_to_the_ground(lab: Lab) -> None:
    image = f"sha256:{lab.engine.find('web').short}"
    assert ways(graphs.names(lab.engine.store)) == {
        ("web:latest", "repositories.json", image),
        ("shop:2", "repositories.json", image),
        (image, "names the bytes of", "4 steps of history"),
        ("4 steps of history", "rootfs.diff_ids", "floor 2  3B"),
        ("floor 2  3B", "upon", "floor 1  2B"),
    }


def test_what_only_stands_below_another_image_is_left_out(lab: Lab) -> None:
    kinds = [node.kind for node in graphs.names(lab.engine.store).nodes]
    assert kinds.count("image") == 1 and len(list(lab.engine.store.images.all())) > 1


def test_what_holds_an_image_is_lit_and_a_name_does_not_hold(lab: Lab) -> None:
    graph = graphs.blockers(lab.engine.store, "web")
    assert {edge.label: edge.lit for edge in graph.edges} == {"names": False, "stands on": True}
    assert [node.lines[at] for node in graph.nodes if node.kind == "container" for at in (0, 2)] == [
        "box",
        "created",
    ]


def test_an_image_that_was_built_upon_is_held_by_its_child(lab: Lab) -> None:
    parent = str(lab.engine.store.images.parent(lab.engine.find("web")))
    graph = graphs.blockers(lab.engine.store, parent)
    assert [(edge.label, edge.lit) for edge in graph.edges] == [("was built upon", True)]


def test_stages_lead_to_what_begins_with_them_or_copies_from_them() -> None:
    copies = "COPY --from=make /a /\nCOPY --from=nginx /b /\n"
    source = f"FROM golang AS make\nRUN go\nFROM make AS test\nFROM scratch\n{copies}"
    assert ways(graphs.stages(parse(source))) == {
        ("golang", "FROM", "make"),
        ("make", "FROM", "test"),
        ("scratch", "FROM", "stage 2"),
        ("make", "COPY /a", "stage 2"),
        ("nginx", "COPY /b", "stage 2"),
    }


@pytest.mark.parametrize(
    "name", ['"];evil[label="x', "<b>bold</b>", "a\\nb", "back\\slash", "\x1b[2J", "{a|b}", "%3", "x…"]
)
def test_no_name_breaks_out_of_its_label(name: str) -> None:
    graph = Graph("t", (Node(name, "image", (name,)), Node("b", "name", ("b",))), (Edge(name, "b", name),))
    source = dot.digraph(graph).source
    assert source.replace("\n", "").replace("\t", "").isprintable()
    assert len(re.findall(r"^\tn\d \[", source, re.M)) == 2
    assert "evil [" not in source


def test_a_graph_is_drawn_by_dot_or_by_the_wheel_or_here(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graphs.stages(parse("FROM scratch\nCOPY a /<b>\n"))
    wheel = Path(sysconfig.get_path("scripts")) / "graphviz-pure"
    for program in (dot.program(), str(wheel) if wheel.exists() else None):
        if program:
            monkeypatch.setattr(dot, "program", lambda found=program: found)
            drawn = dot.svg(graph)
            root = ElementTree.fromstring(drawn or "")
            assert root.get("role") == "img" and "2 nodes" in (root.get("aria-label") or "")
            said = " ".join(
                "".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")
            )
            assert "COPY a /<b>" in said
    monkeypatch.setenv("LABIMG_STATIC", "0")
    monkeypatch.setattr(dot, "program", lambda: None)
    assert show(graph).svg == layered.svg(graph)


def test_on_a_page_that_is_only_read_no_program_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABIMG_STATIC", "1")
    monkeypatch.setattr(dot, "program", lambda: pytest.fail("asked for a program"))
    data, _ = show(parse("FROM scratch\n"))._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/svg+xml"} and "image: scratch" in data["text/plain"]


GRAPHS = st.builds(
    lambda pairs, down: Graph(
        "t",
        tuple(Node(str(at), "image", (f"node {at}", "x" * at)) for at in range(9)),
        tuple(Edge(str(tail), str(head), "leads to") for tail, head in sorted(pairs) if tail < head),
        down,
    ),
    st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8))), st.booleans(),
)  # fmt: skip


@given(GRAPHS)
def test_nodes_keep_apart_and_arrows_lead_onward(graph: Graph) -> None:
    layout = layered.Layout(graph)
    boxes = [(*layout.places[node.key], *layout.size(node.key)) for node in graph.nodes]
    for at, (x, y, wide, high) in enumerate(boxes):
        for ox, oy, other_wide, other_high in boxes[:at]:
            assert abs(x - ox) >= (wide + other_wide) / 2 or abs(y - oy) >= (high + other_high) / 2
    along = 1 if graph.down else 0
    for edge in graph.edges:
        assert layout.places[edge.tail][along] < layout.places[edge.head][along]


@given(GRAPHS)
def test_the_drawing_holds_every_node_and_label_within_its_edges(graph: Graph) -> None:
    root = ElementTree.fromstring(layered.svg(graph))
    said = ["".join(part.itertext()) for part in root.iter() if part.tag.endswith("}text")]
    assert {line for node in graph.nodes for line in node.lines if line} <= {*said}
    leaving = graph.edges if graph.down else {edge.tail for edge in graph.edges}
    assert said.count("leads to") == len(leaving)
    width, height = (float(root.get(side) or 0) for side in ("width", "height"))
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        x, y, wide, high = (float(box.get(name) or 0) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width and 0 <= y <= y + high <= height


def test_a_program_that_fails_is_no_failure_of_the_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dot, "program", lambda: "/bin/false")
    assert dot.render("digraph {}") is None
    monkeypatch.setattr(dot, "program", lambda: "/nowhere/dot")
    assert dot.render("digraph {}") is None


def test_the_twin_names_every_node_and_every_arrow(lab: Lab) -> None:
    for graph in (graphs.names(lab.engine.store), graphs.blockers(lab.engine.store, "web")):
        told = text.graph(graph)
        assert all(line in told for node in graph.nodes for line in node.lines)
        assert told.count("-->") + told.count("==>") == len(graph.edges)


def test_each_thing_of_a_lab_has_its_picture(lab: Lab) -> None:
    assert repr(lab.show("web")).startswith("web:latest: the view through 2 of 2 floors, 2 files")
    assert repr(lab.show("box")).startswith("container box: the view through 3 of 3 floors")
    assert lab.stack("box").model.floors[-1].writable  # type: ignore[union-attr]
    assert repr(lab.stack("web")).startswith("web:latest: sha256:")
    assert "5B stored, 5B visible" in repr(lab.ledger("web"))
    assert "born" in repr(lab.biography("web", "/a"))
    assert repr(show(lab.engine)) == repr(lab.show()) == repr(show(lab.engine.store))
    assert "floor 1" not in repr(show(lab.engine.image("web"))) and "COPY" in repr(
        show(lab.engine.image("web"))
    )
    assert repr(show(lab.engine.store.layers.stack(lab.engine.image("web").top)[0])).startswith("layer ")
