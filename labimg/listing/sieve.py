"""What the filters of `ps` let through.

Source: moby/daemon/list.go at v20.10.24.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import dropwhile, takewhile
from typing import get_args

from labimg import errors
from labimg import filters as say
from labimg.containers import Container, Status
from labimg.digest import ImageID
from labimg.errors import DockerError
from labimg.filters import Filters
from labimg.go.nat import parted, span
from labimg.spec import NEVER
from labimg.store import Store

KNOWN = (
    "ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "name",
    "network", "publish", "since", "status", "volume",
)  # fmt: skip
STATES = (*get_args(Status), "restarting", "removing")  # the last two never last here
HEALTHS = ("none", "starting", "healthy", "unhealthy")


class Sieve:
    """The filters, read once."""

    def __init__(self, store: Store, filters: Filters) -> None:
        """Read `filters`.

        Raises:
            InvalidFilter, InvalidFilterValue, NotANumber, BadPortFilter, BadHealthFilter.
        """
        say.known(filters, KNOWN)
        self._store = store
        self._filters = filters
        self._codes = [say.number(text) for text in filters.get("exited", ())]
        for status in filters.get("status", ()):
            if status not in STATES:
                raise errors.InvalidFilter(f"status={status}")
        self._tasks = say.truth(filters, "is-task")
        for health in filters.get("health", ()):
            if health not in HEALTHS:
                raise errors.BadHealthFilter(health)
        self._published, self._exposed = self._ports("publish"), self._ports("expose")
        self._ancestors = self._images()

    def through(self, newest: Sequence[Container]) -> list[Container]:
        """The containers that pass, of all there are.

        Raises:
            NotListed: `before` or `since` names none.
        """
        return [one for one in self._between(newest) if self._fits(one)]

    def _ports(self, name: str) -> set[str]:
        found = set()
        for text in self._filters.get(name, ()):
            ports, protocol = parted(text)
            try:
                found |= {f"{port}/{protocol}" for port in span(ports)}
            except ValueError as why:
                raise errors.BadPortFilter(name, text, str(why)) from None
        return found

    def _images(self) -> set[ImageID]:
        """The images that `ancestor` names; what is not there has no descendants."""
        found = set()
        for text in self._filters.get("ancestor", ()):
            with suppress(DockerError):
                found.add(self._store.find(text))
        return found

    def _between(self, newest: Sequence[Container]) -> Iterable[Container]:
        """What `id` and `name` leave, older than `before` and newer than `since`.

        As in Docker the two are sought in what is left: without them there nothing is older, and all is
        newer.
        """
        before, since = (
            [_listed(newest, text).id for text in self._filters.get(name, ())] for name in ("before", "since")
        )
        left: Iterable[Container] = self._named(newest)
        if before:
            left = [*dropwhile(lambda one: one.id != before[-1], left)][1:]
        return takewhile(lambda one: one.id != since[-1], left) if since else left

    def _named(self, newest: Sequence[Container]) -> list[Container]:
        """Those with the one ID a value of `id` begins, and with a name that fits a pattern of `name`."""
        begun = [
            [one.id for one in newest if one.id.startswith(text)] for text in self._filters.get("id", ())
        ]
        known = {found[0] for found in begun if len(found) == 1}
        return [
            one
            for one in newest
            if (not begun or one.id in known) and self._any("name", partial(_found, one.name))
        ]

    def _fits(self, one: Container) -> bool:
        state = one.state
        ended = not state.running and state.started_at != NEVER
        wanted = self._filters.get
        return (
            self._any("status", state.status.__eq__)
            and (not self._codes or (ended and state.exit_code in self._codes))
            and (not wanted("ancestor") or bool(self._ancestors & _lineage(self._store, one.image)))
            and say.labelled(self._filters, one.config.labels)
            and not self._tasks
            and self._any("health", (state.health or "none").__eq__)
            and self._any("network", one.network.__eq__)
            and self._any("volume", {*one.mounts, *one.mounts.values()}.__contains__)
            and (not (wanted("publish") or wanted("expose")) or self._open(one))
        )

    def _open(self, one: Container) -> bool:
        """Is a port of it published, or exposed, that was asked for?  Only what runs has any."""
        bindings = [(port, place) for port, places in one.ports.items() for place in places or ()]
        published = {f"{place['HostPort']}/{parted(port)[1]}" for port, place in bindings}
        return bool(published & self._published or one.ports.keys() & self._exposed)

    def _any(self, name: str, fits: Callable[[str], bool]) -> bool:
        values = self._filters.get(name)
        return not values or any(map(fits, values))


def _listed(newest: Iterable[Container], text: str) -> Container:
    """The container whose whole ID or name is `text`."""
    for one in newest:
        if text == one.id or text.removeprefix("/") == one.name:
            return one
    raise errors.NotListed(text)


def _found(name: str, pattern: str) -> bool:
    """Does the name, with or without its slash, hold what `pattern` describes?  No pattern, no."""
    with suppress(re.error):
        return bool(re.search(pattern, name) or re.search(pattern, "/" + name))
    return False


def _lineage(store: Store, image_id: ImageID) -> set[ImageID]:
    """An image and all it was built upon."""
    found: set[ImageID] = set()
    at: ImageID | None = image_id
    while at:
        found.add(at)
        at = store.images.parent(at) if store.images.has(at) else None
    return found
