"""A picture is a model and its drawings: a widget where there is life, SVG and text everywhere.

A notebook keeps all of them beside each other, so that a page which is only read shows
the same as one that is run.  `LABIMG_STATIC=1` leaves the living one out.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from labimg.digest import ImageID
from labimg.dockerfile import Dockerfile
from labimg.engine import Engine
from labimg.errors import DockerError
from labimg.image import Image
from labimg.layer import Layer
from labimg.layers import StoredLayer
from labimg.show import draw, graphs, layered, text
from labimg.show.building import Building, erect, plan
from labimg.show.bytemap import ByteMap, weigh
from labimg.show.graphs import Graph
from labimg.show.merged import Merged, merge
from labimg.show.panel import static
from labimg.show.story import Biography
from labimg.show.story import biography as told
from labimg.store import Store
from labimg.union import UnionView
from labimg.union.branch import Branch, Stack

Model = Building | Merged | Biography | ByteMap | Graph

_TEXTS: dict[type, Callable[[Any], str]] = {
    Building: text.stack,
    Merged: lambda merged: text.tree(merged, limit=draw.ROWS),
    Biography: text.biography,
    ByteMap: text.ledger,
    Graph: text.graph,
}
_DRAWINGS: dict[type, Callable[[Any], str]] = {
    Building: draw.stack,
    Merged: draw.tree,
    Biography: draw.biography,
    ByteMap: draw.ledger,
    Graph: lambda graph: _graph(graph),
}


class Picture:
    """What `show` gives: put it last in a cell, or print it."""

    def __init__(self, model: Model, view: UnionView | None = None) -> None:
        self.model = model
        self._view = view

    def __repr__(self) -> str:
        return _TEXTS[type(self.model)](self.model)

    @cached_property
    def svg(self) -> str:
        """The drawing."""
        return _DRAWINGS[type(self.model)](self.model)

    @cached_property
    def widget(self) -> Any:
        """The living picture; None if this one has no life, or the lab's extras are not installed."""
        if not isinstance(self.model, Merged):
            return None
        try:
            from labimg.show.widget import UnionWidget
        except ImportError:
            return None
        return UnionWidget(self.model, self._view)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        data: dict[str, Any] = {"text/plain": repr(self), "image/svg+xml": self.svg}
        if not static() and self.widget is not None:
            living = self.widget._repr_mimebundle_()
            data = (living[0] if isinstance(living, tuple) else living or {}) | data
        return data, {}


def _graph(graph: Graph) -> str:
    """By graphviz if there is one; on a page that is only read by ourselves, the same everywhere."""
    if static():
        return layered.svg(graph)
    try:
        from labimg.show import dot
    except ImportError:
        return layered.svg(graph)
    return dot.svg(graph) or layered.svg(graph)


def show(thing: object, name: str = "", *, floor: int | None = None) -> Picture:
    """The best picture of `thing`.

    show(engine)            where the names lead: image IDs, configs, layers
    show(engine, "web")     the union view of an image or a container
    show(view)              the union view, seen from `floor`
    show(layer)             what one layer holds
    show(image)             the building, as far as the config alone tells it
    show(dockerfile)        the stages of a build
    """
    match thing:
        case Picture():
            return thing
        case Engine() if name:
            view, building = found(thing.store, name, thing)
            return Picture(merge(view, building=building, upto=floor), view)
        case Engine():
            return Picture(graphs.names(thing.store))
        case Store():
            return Picture(graphs.names(thing, [name] if name else []))
        case UnionView():
            return Picture(merge(thing, building=erect(thing.layers, name=name or "view"), upto=floor), thing)
        case Stack():
            view = UnionView([_Seen(branch) for branch in thing.branches])
            return Picture(
                merge(view, building=_by_hand(thing.branches, view, name or "stack"), upto=floor), view
            )
        case Image():
            return Picture(plan(thing, name=name or "image"))
        case Layer() | StoredLayer():
            return show(UnionView([thing]), name or f"layer {thing.diff_id.short}")
        case Dockerfile():
            return Picture(graphs.stages(thing))
        case Building() | Merged() | Biography() | ByteMap() | Graph():
            return Picture(thing)
    raise TypeError(f"there is no picture of a {type(thing).__name__}")


def stack(engine: Engine, name: str) -> Picture:
    """An image or a container as a building."""
    return Picture(found(engine.store, name, engine)[1])


def biography(engine: Engine, name: str, path: str) -> Picture:
    """The life of one path of an image or a container."""
    view, building = found(engine.store, name, engine)
    try:
        return Picture(told(view, path, building=building))
    except KeyError:
        raise LookupError(f"no floor of {name} ever had {path}") from None


def ledger(engine: Engine, name: str) -> Picture:
    """Where the bytes of an image or a container are."""
    view, building = found(engine.store, name, engine)
    return Picture(weigh(view, building=building))


def holders(engine: Engine, name: str) -> Picture:
    """What keeps an image from being removed."""
    return Picture(graphs.blockers(engine.store, name))


def found(store: Store, name: str, engine: Engine) -> tuple[UnionView, Building]:
    """The view and the building of an image or a container."""
    view = engine.view(name)
    try:
        image_id = store.find(name)
    except DockerError:
        container = store.container(name)
        steps = store.images.find(container.image).history if store.images.has(container.image) else ()
        building = erect(view.layers, steps, name=f"container {container.name}", writable=True)
        return view, building
    return view, erect(
        view.layers, store.images.find(image_id).history, name=called(store, image_id, name), digest=image_id
    )


def called(store: Store, image_id: ImageID, name: str) -> str:
    """What an image is called in a heading: the name that was asked for, if it has one."""
    known = [reference.familiar for reference in store.tags.of(image_id)]
    return next(
        (familiar for familiar in known if familiar.partition(":")[0] == name.partition(":")[0]), name
    )


class _Seen:
    """A branch as a floor of a view: only what the union honours of it."""

    def __init__(self, branch: Branch) -> None:
        self.entries = tuple(branch.honoured)


def _by_hand(branches: Sequence[Branch], view: UnionView, name: str) -> Building:
    """A building of branches, each floor called by its kind."""
    from labimg.show.building import Floor

    plain = erect(view.layers, name=name)
    floors = zip(plain.floors, branches, strict=True)
    return Building(
        name,
        tuple(Floor(floor.number, f"branch {at.kind}", floor.size, at.kind == "rw") for floor, at in floors),
    )
