"""rmi and prune: taking away names, images and layers, and refusing to.

    rmi NAME    The name goes (`Untagged`), unless it is the image's only one and a container
                stands on the image.  With a repository's last tag its digests go too.  While
                other names are left, that is all.  Else the image is deleted, if it may be;
                if it may not, nothing more is said.
    rmi ID      If all names of the image are one tag at most, in one repository, they go, unless
                the image is in use.  Then the image is deleted, or it is told why not.
    delete      It may not be while images were built upon it or a container runs it; not without
                force while it has names or a stopped container stands on it.  Then its last names
                go, then the image (`Deleted`), then each layer nothing else holds, from the top,
                called by its chain ID.  Then the same for the image it was built upon, as long as
                that has no name, no child and no container.

Source: moby/daemon/images/image_delete.go and image_prune.go at v20.10.24.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from labimg import errors, units
from labimg import filters as say
from labimg.digest import Digest, ImageID
from labimg.errors import Conflict, DockerError
from labimg.filters import Filters
from labimg.reference import Reference
from labimg.store import Store
from labimg.store.graph import Graph


class Untagged(NamedTuple):
    """A name that went."""

    reference: str  # familiar form


class Deleted(NamedTuple):
    """An image or a layer that went."""

    digest: Digest


Removed = Untagged | Deleted


class Pruned(NamedTuple):
    """What a prune took away, and the bytes of the layers among it."""

    records: tuple[Removed, ...] = ()
    reclaimed: int = 0


def rmi(store: Store, text: str, *, force: bool = False, prune: bool = True) -> list[Removed]:
    """Remove the image or the name that `text` says, as the room's first lines tell.

    Raises:
        NoSuchImage, ImageConflict: and then nothing goes.
    """
    [told] = rmi_each(store, [text], force=force, prune=prune)
    if isinstance(told, DockerError):
        raise told
    return told


def rmi_each(
    store: Store, texts: Sequence[str], *, force: bool = False, prune: bool = True
) -> list[list[Removed] | DockerError]:
    """Remove one image or name after another; tell of each what went, or why nothing did."""
    graph = Graph(store)
    told: list[list[Removed] | DockerError] = []
    for text in texts:
        try:
            told.append(_remove(graph, graph.find(text), text, force=force, prune=prune))
        except DockerError as refusal:
            told.append(refusal)
    graph.settle()
    return told


def _remove(graph: Graph, image_id: ImageID, text: str, *, force: bool, prune: bool) -> list[Removed]:
    """Remove an image, or a name of it, that was called `text`."""
    names = graph.names(image_id)
    records: list[Removed] = []
    if image_id.startswith(text) or image_id.hex.startswith(text):
        if _single(names):
            if conflict := _conflict(graph, image_id, force=force, named=False):
                raise conflict
            _untag(graph, image_id, names, records)
        _delete(graph, image_id, records, force=force, prune=prune, quiet=False)
        return records
    users = graph.users(image_id)
    if users and not force and _single(names):
        raise errors.NamedByContainer(text, users[0].short, image_id.short)
    name = Reference.parse(text)
    _untag(graph, image_id, [name.stored], records)
    left = graph.names(image_id)
    if not name.digest and not any(other.tag and other.name == name.name for other in left):
        _untag(graph, image_id, [other for other in left if other.name == name.name], records)
    if not graph.names(image_id):
        _delete(graph, image_id, records, force=force, prune=prune, quiet=True)
    return records


def _single(names: Sequence[Reference]) -> bool:
    """One name only; or one tag at most, and digests of the same repository."""
    if len(names) <= 1:
        return len(names) == 1
    return sum(not name.digest for name in names) <= 1 and len({name.name for name in names}) == 1


def _untag(graph: Graph, image_id: ImageID, names: Sequence[Reference], records: list[Removed]) -> None:
    for name in names:
        graph.untag(image_id, name)
        records.append(Untagged(name.familiar))


def _conflict(graph: Graph, image_id: ImageID, *, force: bool, named: bool) -> Conflict | None:
    """Why an image may not be deleted, or None; its names count only if `named`."""
    users = graph.users(image_id)
    if graph.has_children(image_id):
        return errors.HasChildren(image_id.short)
    for container in users:
        if container.state.running:
            return errors.UsedByRunning(image_id.short, container.short)
    if force:
        return None
    if named and graph.names(image_id):
        return errors.ManyNames(image_id.short)
    return errors.UsedByStopped(image_id.short, users[0].short) if users else None


def _delete(
    graph: Graph, image_id: ImageID, records: list[Removed], *, force: bool, prune: bool, quiet: bool
) -> None:
    """Delete an image with all that only it needs; `quiet` swallows a conflict that can be expected."""
    conflict = _conflict(graph, image_id, force=force, named=True)
    if conflict:
        used = isinstance(conflict, errors.UsedByRunning | errors.UsedByStopped)
        if quiet and (used or graph.names(image_id) or graph.has_children(image_id)):
            return
        raise conflict
    parent = graph.parent(image_id)
    _untag(graph, image_id, graph.names(image_id), records)
    freed = graph.delete(image_id)
    records += [Deleted(image_id), *map(Deleted, freed)]
    if prune and parent and parent in graph:
        _delete(graph, parent, records, force=False, prune=True, quiet=True)


def prune(store: Store, filters: Filters, now: int) -> Pruned:
    """Remove the dangling images; with `dangling=false` all that no container stands on.

    What may not go is passed over.  A tag goes even where the image stays, because it has a child.
    `now` is in ns since the epoch.
    """
    say.known(filters, ("dangling", "label", "label!", "until"))
    dangling_only = say.truth(filters, "dangling", strict=False) is not False
    until = say.until(filters)
    limit = units.moment(until, now) if until is not None else None
    graph = Graph(store)
    records: list[Removed] = []
    for image_id in _candidates(store, graph, filters, limit, dangling_only=dangling_only):
        names = graph.names(image_id)
        if image_id not in graph or (dangling_only and any(name.tag for name in names)):
            continue
        for text in [str(name) for name in names] or [image_id.hex]:
            if names and text not in map(str, graph.names(image_id)):
                continue  # a digest that went with its repository's last tag
            with suppress(DockerError):
                records += _remove(graph, image_id, text, force=False, prune=True)
    return Pruned(tuple(records), graph.settle())


def _candidates(
    store: Store, graph: Graph, filters: Filters, limit: int | None, *, dangling_only: bool
) -> list[ImageID]:
    """The images a prune looks at, newest first: no intermediate ones, none newer than `limit`."""
    found = []
    for image_id in graph.images:
        image = store.images.find(image_id)
        if graph.has_children(image_id) and (dangling_only or not graph.names(image_id)):
            continue
        created = units.parse_time(image.document.created)
        if (limit is None or created <= limit) and say.labelled(filters, image.config.labels):
            found.append((-created, image_id))
    return [image_id for _, image_id in sorted(found)]
