"""Graphs of the store: what leads to what, and what stands in the way.

A graph is nodes and edges and nothing about how they are drawn: `dot.source` writes it
in graphviz's language, `text.graph` as sentences.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from labimg.digest import ImageID
from labimg.dockerfile import Dockerfile, Stage
from labimg.image import Image
from labimg.show.building import instruction
from labimg.show.names import amount, clip, counted, harmless
from labimg.store import Store

Kind = Literal["name", "image", "config", "layer", "container", "stage"]


@dataclass(frozen=True, slots=True)
class Node:
    """One thing."""

    key: str
    kind: Kind
    lines: tuple[str, ...]
    number: int = 0  # of a layer that is a floor


@dataclass(frozen=True, slots=True)
class Edge:
    """One thing leads to another; `lit` where the eye should go."""

    tail: str
    head: str
    label: str = ""
    lit: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """The picture of a graph."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    down: bool = False  # it is drawn from the top down, as a building stands; else from left to right

    def describe(self) -> str:
        """The picture in one sentence."""
        return f"{self.title}: {counted(len(self.nodes), 'node')}, {counted(len(self.edges), 'arrow')}"


def names(store: Store, only: Sequence[str] = ()) -> Graph:
    """From the names over image IDs and configs down the layers; of all listed, or those named `only`."""
    wanted = [store.find(name) for name in only] or _listed(store)
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str], Edge] = {}

    def lead(tail: Node, head: Node, label: str = "") -> None:
        nodes.setdefault(tail.key, tail)
        nodes.setdefault(head.key, head)
        edges.setdefault((tail.key, head.key), Edge(tail.key, head.key, label))

    for image_id in wanted:
        image = store.images.find(image_id)
        known = _image(image_id)
        for reference in store.tags.of(image_id):
            lead(_name(reference.familiar), known, "repositories.json")
        lead(known, _config(image), "names the bytes of")
        above, label = _config(image), "rootfs.diff_ids"
        for layer in reversed(_layers(store, image)):
            lead(above, layer, label)
            above, label = layer, "upon"
    return Graph("What the names lead to", tuple(nodes.values()), tuple(edges.values()), down=True)


def _listed(store: Store) -> list[ImageID]:
    """The images that `docker images` lists: what only stands below others has no row of its own."""
    parents = set(store.parents().values())
    return [found for found in store.images.all() if store.tags.of(found) or found not in parents]


def blockers(store: Store, name: str) -> Graph:
    """What an image is held by: its names, the containers on it, the images built upon it.

    Lit is what must go first: a container or a child keeps the image, a name only calls it.
    """
    image_id = store.find(name)
    target = _image(image_id)
    nodes, edges = [target], []

    def hold(node: Node, label: str, *, lit: bool) -> None:
        nodes.append(node)
        edges.append(Edge(node.key, target.key, label, lit))

    for reference in store.tags.of(image_id):
        hold(_name(reference.familiar), "names", lit=False)
    for container in sorted(store.users(image_id), key=lambda found: found.created):
        lines = (container.name, container.short, container.state.status)
        hold(Node(f"container {container.id}", "container", lines), "stands on", lit=True)
    for child in sorted(store.children(image_id)):
        hold(_image(child), "was built upon", lit=True)
    return Graph(f"What holds {name}", tuple(nodes), tuple(edges))


def stages(dockerfile: Dockerfile) -> Graph:
    """The stages of a Dockerfile: upon what each begins, and what it copies from which."""
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    known: dict[str, str] = {}  # a stage's name or number -> its key
    for stage in dockerfile.stages:
        node = _stage(stage)
        nodes[node.key] = node
        for tail, label in _sources(stage):
            source = known.get(tail.lower(), f"image {tail}")
            nodes.setdefault(source, Node(source, "image", (harmless(tail),)))
            edges.append(Edge(source, node.key, label, lit=label.startswith("COPY")))
        known |= {stage.name or str(stage.number): node.key, str(stage.number): node.key}
    return Graph("The stages of the build", tuple(nodes.values()), tuple(edges))


def _sources(stage: Stage) -> Iterator[tuple[str, str]]:
    """What a stage begins with, and what it copies from."""
    yield stage.base, "FROM"
    for step in stage.instructions:
        if step.name == "COPY" and (tail := step.flag("from")):
            yield tail, f"COPY {clip(step.words[0], 24)}" if step.words else "COPY"


def _stage(stage: Stage) -> Node:
    lines = [stage.name or f"stage {stage.number}"]
    lines += [clip(f"{step.name} {step.value}", 34) for step in stage.instructions]
    return Node(f"stage {stage.number}", "stage", _lines(lines))


def _lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Harmless, and in letters that every layout program can measure."""
    return tuple(harmless(line).replace("…", "...") for line in lines)


def _name(familiar: str) -> Node:
    name, at, digest = familiar.partition("@sha256:")
    return Node(f"name {familiar}", "name", _lines([f"{name}{at}{digest[:12]}"]))


def _image(image_id: ImageID) -> Node:
    return Node(f"image {image_id}", "image", (f"sha256:{image_id.short}",))


def _config(image: Image) -> Node:
    """The config by the two things one most asks it for."""
    run = image.config
    command = " ".join([*(run.entrypoint or ()), *(run.cmd or ())])
    lines = [counted(len(image.history), "step") + " of history", *([clip(command, 30)] if command else [])]
    return Node(f"config {image.id}", "config", _lines(lines))


def _layers(store: Store, image: Image) -> list[Node]:
    """The floors of an image, bottom first; images that share a floor share its node."""
    steps = [step for step in image.history if not step.empty_layer]
    found = []
    for index, layer in enumerate(store.layers.stack(image.top)):
        said = instruction(steps[index].created_by) if index < len(steps) else ""
        lines = [
            f"floor {index + 1}  {amount(layer.size)}",
            clip(said, 30),
            f"diff ID {layer.diff_id.short}",
        ]
        found.append(Node(f"layer {layer.chain_id}", "layer", _lines(filter(None, lines)), index + 1))
    return found
