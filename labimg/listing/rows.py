"""Listings: what `images`, `history`, `ps` and `system df` have to show, as records.

Orders that Docker leaves to chance are fixed here: newest first, then by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from labimg import errors, units
from labimg import filters as say
from labimg.errors import DockerError
from labimg.late import late
from labimg.store import Store, steady

if TYPE_CHECKING:
    from labimg import layer
    from labimg.containers import Container
    from labimg.digest import ChainID, ImageID
    from labimg.filters import Filters
    from labimg.go import glob
    from labimg.listing import sieve
    from labimg.reference import Reference
else:
    glob, layer, sieve = late("labimg.go.glob"), late("labimg.layer"), late("labimg.listing.sieve")

SECOND = 1_000_000_000  # ns


class ImageSummary(NamedTuple):
    """One image of the list, with all its names."""

    id: ImageID
    parent: ImageID | None
    tags: tuple[Reference, ...]
    digests: tuple[Reference, ...]
    created: int  # ns since the epoch
    size: int  # bytes
    labels: Mapping[str, str]
    shared: int = 0  # bytes of layers that another image has too
    containers: int = 0


@steady
def images(
    store: Store, name: str = "", *, filters: Filters, all: bool = False, now: int = 0
) -> list[ImageSummary]:
    """The images, newest first; intermediate ones only with `all`.  `now` is in ns since the epoch.

    Raises:
        InvalidFilter, BadPattern, NoSuchImage.
    """
    say.known(filters, ("dangling", "label", "before", "since", "reference", "until"))
    patterns = [*([name] if name else []), *filters.get("reference", ())]
    dangling = say.truth(filters, "dangling")
    span = _span(store, filters, now)
    parents = store.parents()
    with_children = set(parents.values())
    summaries = store.summaries()
    found = []
    for image_id, names in _named(store, summaries).items():
        created, size, labels = summaries[image_id]
        shown = [each for each in names if _fits(patterns, each)] if patterns else names
        tags = tuple([each for each in shown if not each.digest])
        digests = tuple([each for each in shown if each.digest])
        if not span[0] < created < span[1] or not say.labelled(filters, labels):
            continue
        if dangling and (image_id in with_children or any(name.tag for name in names)):
            continue
        if not names and (dangling is False or (image_id in with_children and not all)):
            continue
        if patterns and not (tags or digests):
            continue
        found.append(
            ImageSummary(
                image_id, parents.get(image_id), tags, digests, created, size, labels
            )
        )  # fmt: skip
    return sorted(found, key=_newest)


def _newest(row: ImageSummary) -> tuple[int, list[str], ImageID]:
    """The sort key of the list; of images that are equally old the first name decides."""
    return -(row.created // SECOND), [str(name) for name in (row.tags or row.digests)[:1]], row.id


def _named(store: Store, known: Iterable[ImageID]) -> dict[ImageID, list[Reference]]:
    """Every image that is `known`, with its names."""
    found: dict[ImageID, list[Reference]] = {image_id: [] for image_id in known}
    for name, image_id in store.tags.all().items():
        if image_id not in found:
            raise errors.NoSuchImage(image_id)
        found[image_id].append(name)
    return found


def _fits(patterns: Sequence[str], name: Reference) -> bool:
    """Does any pattern fit the familiar name, with or without the tag?"""
    fits = [glob.match(each, text) for each in patterns for text in (name.familiar, name.familiar_name)]
    return any(fits)


def _span(store: Store, filters: Filters, now: int) -> tuple[int, int]:
    """Created after and before which moments, in ns since the epoch; the last filter of a kind holds."""
    after, before = -(1 << 80), 1 << 80
    for text in filters.get("since", ()):
        after = units.parse_time(store.image(text).document.created)
    for text in filters.get("before", ()):
        before = units.parse_time(store.image(text).document.created)
    until = say.until(filters)
    return after, min(before, units.moment(until, now)) if until is not None else before


class HistoryRow(NamedTuple):
    """One step of an image's history."""

    id: str  # the image it made, or "<missing>"
    created: int  # ns since the epoch
    created_by: str
    size: int  # bytes
    comment: str
    tags: tuple[str, ...] = ()


@steady
def history(store: Store, image_id: ImageID) -> list[HistoryRow]:
    """The steps of an image, newest first.

    A step has an ID as long as the images it was built upon are known here.

    Raises:
        TooMuchHistory: more steps with a layer than layers.
    """
    image = store.images.find(image_id)
    layers = store.layers.stack(image.top)
    if sum(not step.empty_layer for step in image.history) > len(layers):
        raise errors.TooMuchHistory
    rows: list[HistoryRow] = []
    sizes = iter([layer.size for layer in layers])
    for step in image.history:
        size = 0 if step.empty_layer else next(sizes)
        rows.append(
            HistoryRow("<missing>", units.parse_time(step.created), step.created_by, size, step.comment)
        )
    rows.reverse()
    at: ImageID | None = image_id
    for index, row in enumerate(rows):
        if at is None or not store.images.has(at):
            break
        tags = tuple(name.familiar for name in store.tags.of(at) if not name.digest)
        rows[index] = HistoryRow(at, row.created, row.created_by, row.size, row.comment, tags)
        at = store.images.parent(at)
    return rows


class ContainerSummary(NamedTuple):
    """One container of the list."""

    container: Container
    image: str  # as typed while that name still leads to it, else the ID
    size: int  # bytes it has written
    image_size: int  # bytes


@steady
def containers(store: Store, *, filters: Filters, all: bool = False, last: int = 0) -> list[ContainerSummary]:
    """The containers, newest first; those that do not run only with `all`, `last` or a `status` filter.

    Raises:
        InvalidFilter, InvalidFilterValue, NotANumber, NotListed, BadPortFilter, BadHealthFilter.
    """
    newest = sorted(
        store.containers.all(), key=lambda one: (units.parse_time(one.created), one.id), reverse=True
    )
    shown = sieve.Sieve(store, filters).through(newest)
    if last > 0:
        shown = shown[:last]
    elif not all and not filters.get("status"):
        shown = [one for one in shown if one.state.running]
    return [summary(store, one) for one in shown]


def summary(store: Store, container: Container) -> ContainerSummary:
    """What the list shows of one container."""
    known = store.images.has(container.image)
    return ContainerSummary(
        container,
        _called(store, container),
        layer.stored_size(store.containers.upper(container)),
        store.size(store.images.find(container.image)) if known else 0,
    )


def _called(store: Store, container: Container) -> str:
    typed = container.config.image
    with suppress(DockerError):
        if store.find(typed) == container.image:
            return typed
    return container.image


class VolumeUse(NamedTuple):
    """One volume of the list."""

    name: str
    links: int  # containers it is mounted in
    size: int  # bytes


class DiskUse(NamedTuple):
    """What `system df` adds up; bytes throughout."""

    images: tuple[ImageSummary, ...]
    containers: tuple[ContainerSummary, ...]
    layers: int  # bytes of all layers, each once
    volumes: tuple[VolumeUse, ...] = ()

    @property
    def used(self) -> int:
        """Bytes of the layers that only images with containers have."""
        return sum(row.size - row.shared for row in self.images if row.containers)

    @property
    def written(self) -> int:
        """Bytes that containers have written."""
        return sum(row.size for row in self.containers)

    @property
    def idle(self) -> int:
        """Bytes written by containers that do not run."""
        return sum(row.size for row in self.containers if not row.container.state.running)


@steady
def disk_use(store: Store) -> DiskUse:
    """What lies in the store, and who shares it."""
    owners: dict[ChainID, int] = {}
    rows = images(store, filters={})
    for row in rows:
        for chain in store.images.find(row.id).chain_ids:
            owners[chain] = owners.get(chain, 0) + 1
    found = []
    for row in rows:
        image = store.images.find(row.id)
        shared = sum(layer.size for layer in store.layers.stack(image.top) if owners[layer.chain_id] > 1)
        found.append(row._replace(shared=shared, containers=len(store.users(row.id))))
    everything = containers(store, filters={}, all=True)
    mounted = [name for row in everything for name in row.container.mounts.values()]
    return DiskUse(
        tuple(found), tuple(everything), sum(store.layers.find(chain).size for chain in store.layers.all()),
        tuple(
            VolumeUse(name, mounted.count(name), layer.stored_size(store.volumes.entries(name)))
            for name in sorted(store.volumes.all())
        ),
    )  # fmt: skip
