"""Listings: what `images`, `history`, `ps` and `system df` have to show, as records.

Orders that Docker leaves to chance are fixed here: newest first, then by name.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import dropwhile, takewhile
from typing import get_args

from labimg import filters as say
from labimg import units
from labimg.containers import Container, Status
from labimg.digest import ChainID, ImageID
from labimg.errors import DockerError, InvalidFilter, NotListed, TooMuchHistory
from labimg.filters import Filters
from labimg.glob import match
from labimg.layer import stored_size
from labimg.reference import Reference
from labimg.spec import NEVER
from labimg.store import Store, steady

SECOND = 1_000_000_000  # ns


@dataclass(frozen=True, slots=True)
class ImageSummary:
    """One image of the list, with all its names."""

    id: ImageID
    parent: ImageID | None
    tags: tuple[Reference, ...]
    digests: tuple[Reference, ...]
    created: int  # ns since the epoch
    size: int  # bytes
    labels: dict[str, str] = field(default_factory=dict)
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
    found = []
    for image_id, names in _named(store).items():
        image = store.images.find(image_id)
        created = units.parse_time(image.document.created)
        tags = tuple(name for name in names if not name.digest and _fits(patterns, name))
        digests = tuple(name for name in names if name.digest and _fits(patterns, name))
        if not span[0] < created < span[1] or not say.labelled(filters, image.config.labels):
            continue
        if dangling and (image_id in with_children or any(name.tag for name in names)):
            continue
        if not names and (dangling is False or (image_id in with_children and not all)):
            continue
        if patterns and not (tags or digests):
            continue
        found.append(
            ImageSummary(
                image_id, parents.get(image_id), tags, digests, created, store.size(image),
                dict(image.config.labels or {}),
            )
        )  # fmt: skip
    return sorted(
        found, key=lambda row: (-(row.created // SECOND), tuple(map(str, row.tags or row.digests)), row.id)
    )


def _named(store: Store) -> dict[ImageID, list[Reference]]:
    """Every image with its names."""
    found: dict[ImageID, list[Reference]] = {image_id: [] for image_id in store.images.all()}
    for name, image_id in store.tags.all().items():
        found.setdefault(image_id, []).append(name)
    return found


def _fits(patterns: Iterable[str], name: Reference) -> bool:
    """Does any pattern fit the familiar name, with or without the tag?"""
    fits = [match(pattern, text) for pattern in patterns for text in (name.familiar, name.familiar_name)]
    return any(fits) or not fits


def _span(store: Store, filters: Filters, now: int) -> tuple[int, int]:
    """Created after and before which moments, in ns since the epoch; the last filter of a kind holds."""
    after, before = -(1 << 80), 1 << 80
    for text in filters.get("since", ()):
        after = units.parse_time(store.image(text).document.created)
    for text in filters.get("before", ()):
        before = units.parse_time(store.image(text).document.created)
    until = say.until(filters)
    return after, min(before, units.moment(until, now)) if until is not None else before


@dataclass(frozen=True, slots=True)
class HistoryRow:
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
        raise TooMuchHistory
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


@dataclass(frozen=True, slots=True)
class ContainerSummary:
    """One container of the list."""

    container: Container
    image: str  # as typed while that name still leads to it, else the ID
    size: int  # bytes it has written
    image_size: int  # bytes


CONTAINER_FILTERS = ("id", "name", "label", "status", "ancestor", "before", "since", "exited")
STATES = (*get_args(Status), "restarting", "removing")  # the last two never last here


@steady
def containers(store: Store, *, filters: Filters, all: bool = False, last: int = 0) -> list[ContainerSummary]:
    """The containers, newest first; those that do not run only with `all`, `last` or a `status` filter.

    Raises:
        InvalidFilter, NotANumber, NotListed.
    """
    say.known(filters, CONTAINER_FILTERS)
    codes = [say.number(text) for text in filters.get("exited", ())]
    for status in filters.get("status", ()):
        if status not in STATES:
            raise InvalidFilter(f"status={status}")
    newest = sorted(
        store.containers.all(), key=lambda one: (units.parse_time(one.created), one.id), reverse=True
    )
    shown = [one for one in _between(filters, newest) if _wanted(store, filters, codes, one)]
    if last > 0:
        shown = shown[:last]
    elif not all and not filters.get("status"):
        shown = [one for one in shown if one.state.running]
    return [summary(store, one) for one in shown]


def _between(filters: Filters, newest: Sequence[Container]) -> Iterable[Container]:
    """What `id` and `name` leave, older than `before` and newer than `since`.

    As in Docker the two are sought in what is left: without them there nothing is older, and all is newer.
    """
    before, since = (
        [_listed(newest, text).id for text in filters.get(name, ())] for name in ("before", "since")
    )
    left: Iterable[Container] = _named_so(filters, newest)
    if before:
        left = [*dropwhile(lambda one: one.id != before[-1], left)][1:]
    return takewhile(lambda one: one.id != since[-1], left) if since else left


def _listed(newest: Iterable[Container], text: str) -> Container:
    """The container whose whole ID or name is `text`."""
    for one in newest:
        if text == one.id or text.removeprefix("/") == one.name:
            return one
    raise NotListed(text)


def _named_so(filters: Filters, newest: Sequence[Container]) -> list[Container]:
    """Those with the one ID a value of `id` begins, and with a name in which a pattern of `name` is found."""
    begun = [[one.id for one in newest if one.id.startswith(text)] for text in filters.get("id", ())]
    known = {found[0] for found in begun if len(found) == 1}
    return [
        one
        for one in newest
        if (not begun or one.id in known) and _any(filters, "name", partial(_found, one.name))
    ]


def _found(name: str, pattern: str) -> bool:
    """Does the name, with or without its slash, hold what `pattern` describes?  No pattern, no."""
    with suppress(re.error):
        return bool(re.search(pattern, name) or re.search(pattern, "/" + name))
    return False


def summary(store: Store, container: Container) -> ContainerSummary:
    """What the list shows of one container."""
    known = store.images.has(container.image)
    return ContainerSummary(
        container,
        _called(store, container),
        stored_size(store.containers.upper(container)),
        store.size(store.images.find(container.image)) if known else 0,
    )


def _called(store: Store, container: Container) -> str:
    typed = container.config.image
    with suppress(DockerError):
        if store.find(typed) == container.image:
            return typed
    return container.image


def _wanted(store: Store, filters: Filters, codes: Sequence[int], one: Container) -> bool:
    state = one.state
    ended = not state.running and state.started_at != NEVER
    return (
        _any(filters, "status", state.status.__eq__)
        and (not codes or (ended and state.exit_code in codes))
        and (not filters.get("ancestor") or bool(_ancestors(store, filters) & lineage(store, one.image)))
        and say.labelled(filters, one.config.labels)
    )


def _ancestors(store: Store, filters: Filters) -> set[ImageID]:
    """The images that `ancestor` names; what is not there has no descendants."""
    found = set()
    for text in filters.get("ancestor", ()):
        with suppress(DockerError):
            found.add(store.find(text))
    return found


def _any(filters: Filters, name: str, fits: Callable[[str], bool]) -> bool:
    values = filters.get(name)
    return not values or any(map(fits, values))


def lineage(store: Store, image_id: ImageID) -> set[ImageID]:
    """An image and all it was built upon."""
    found: set[ImageID] = set()
    at: ImageID | None = image_id
    while at:
        found.add(at)
        at = store.images.parent(at) if store.images.has(at) else None
    return found


@dataclass(frozen=True, slots=True)
class DiskUse:
    """What `system df` adds up; bytes throughout."""

    images: tuple[ImageSummary, ...]
    containers: tuple[ContainerSummary, ...]
    layers: int  # bytes of all layers, each once

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
        found.append(replace(row, shared=shared, containers=len(store.users(row.id))))
    everything = containers(store, filters={}, all=True)
    return DiskUse(
        tuple(found), tuple(everything), sum(store.layers.find(chain).size for chain in store.layers.all())
    )
