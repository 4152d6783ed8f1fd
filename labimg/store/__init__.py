"""The store: the shelves together, and the graph that runs through them.

A name leads to an image, an image to its layers and perhaps to the image it was
built upon, a container to its image.  Nothing is counted and kept; whatever is
asked of the graph is worked out anew from the records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property, wraps
from posixpath import normpath
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from labimg import errors, units
from labimg.digest import ImageID
from labimg.errors import NotFound
from labimg.reference import Reference

if TYPE_CHECKING:
    from labimg.compression import Bounds
    from labimg.containers import Container, Containers
    from labimg.digest import ChainID
    from labimg.files import Files
    from labimg.image import Image
    from labimg.images import Images, Summary
    from labimg.layers import Layers
    from labimg.tags import Tags
    from labimg.volumes import Volumes

MANY = 50  # images, to be looked at once rather than each time
_WHOLE_ID = r"(?:sha256:)?([0-9a-f]{64})"
_PREFIX = r"(?:sha256:)?([0-9a-f]{1,64})"


P = ParamSpec("P")
T = TypeVar("T")


def steady(read: Callable[P, T]) -> Callable[P, T]:
    """`read`, done anew where something went while it was reading: who looks waits for nobody.

    What is missing twice in a row was never there.
    """

    @wraps(read)
    def again(*args: P.args, **how: P.kwargs) -> T:
        missing: Exception | None = None
        while True:
            try:
                return read(*args, **how)
            except (NotFound, FileNotFoundError) as gone:
                if str(gone) == str(missing):
                    raise
                missing = gone

    return again


class Store:
    """All that an engine keeps, on `files`.  `name` gives fresh names of 64 hex digits.

    A shelf is set up when it is first needed: few commands need them all.
    """

    def __init__(self, files: Files, name: Callable[[], str]) -> None:
        self.files = files
        self.name = name

    @cached_property
    def bounds(self) -> Bounds:
        """How far a compressed archive may swell."""
        from labimg.compression import BOUNDED

        return BOUNDED

    @cached_property
    def layers(self) -> Layers:
        """The layers."""
        from labimg.layers import Layers

        return Layers(self.files, self.name)

    @cached_property
    def images(self) -> Images:
        """The images."""
        from labimg.images import Images

        return Images(self.files)

    @cached_property
    def tags(self) -> Tags:
        """The names of images."""
        from labimg.tags import Tags

        return Tags(self.files)

    @cached_property
    def containers(self) -> Containers:
        """The containers."""
        from labimg.containers import Containers

        return Containers(self.files)

    @cached_property
    def volumes(self) -> Volumes:
        """The volumes."""
        from labimg.volumes import Volumes

        return Volumes(self.files)

    def find(self, text: str) -> ImageID:
        """The image that `text` names: a whole ID, else a name, else the beginning of an ID.

        A name wins over the beginning of an ID; a beginning that fits two images finds none.

        Raises:
            NoSuchImage, InvalidReference.
        """
        return sought(text, has=self.images.has, named=self.named, all=self.images.all)

    def named(self, reference: Reference) -> ImageID | None:
        """The image `reference` leads to; a digest counts more than a tag beside it."""
        return self.tags.get(reference.stored)

    def image(self, text: str) -> Image:
        """The image that `text` names."""
        return self.images.find(self.find(text))

    def summaries(self) -> dict[ImageID, Summary]:
        """What a list tells of every image; where many were looked at for it, what they told is kept."""
        kept = self.images.summaries()
        found = {image_id: kept.get(image_id) or self.summary(image_id) for image_id in self.images.all()}
        if len(found.keys() - kept.keys()) > MANY:
            with suppress(OSError):  # who may only read must do without
                self.images.summarize(found)
        return found

    def summary(self, image_id: ImageID) -> Summary:
        """What a list tells of an image."""
        from labimg.images import Summary

        image = self.images.find(image_id)
        created = units.parse_time(image.document.created)
        return Summary(created, self.size(image), dict(image.config.labels or {}))

    def size(self, image: Image) -> int:
        """Bytes of all files of an image's layers."""
        return sum(map(self.layers.size, image.chain_ids))

    def parents(self) -> dict[ImageID, ImageID]:
        """Each image built here, and the image it was built upon."""
        return self.images.parents()

    def children(self, image_id: ImageID) -> list[ImageID]:
        """The images that were built upon `image_id`."""
        return [child for child, parent in self.parents().items() if parent == image_id]

    def users(self, image_id: ImageID) -> list[Container]:
        """The containers that stand on an image."""
        return [container for container in self.containers.all() if container.image == image_id]

    def held(self) -> set[ChainID]:
        """Every layer that an image or a container stands on."""
        held: set[ChainID] = set()
        for image in self.images.everything().values():
            held.update(image.chain_ids)
        return held | self.mounted()

    def mounted(self) -> set[ChainID]:
        """Every layer that a container stands on: it stays even if the image goes."""
        mounted: set[ChainID] = set()
        for container in self.containers.all():
            mounted.update(layer.chain_id for layer in self.layers.stack(self.containers.top(container)))
        return mounted

    def release(self, chains: list[ChainID]) -> list[ChainID]:
        """Delete those of `chains` (bottom first) that nothing holds any more, from the top; give them."""
        held = self.held()
        gone = [chain for chain in reversed(chains) if chain not in held and self.layers.has(chain)]
        for chain in gone:
            self.layers.delete(chain)
        return gone

    def container(self, text: str) -> Container:
        """The container that `text` names: a whole ID, else a name, else the beginning of an ID.

        Raises:
            NoSuchContainer, ManyContainers, NoName.
            PageNotFound: as an address it leads nowhere ("/", "..").
        """
        if not text.strip():
            raise errors.NoName
        text = normpath(text.strip("/") or ".")
        if text.startswith("."):
            raise errors.PageNotFound
        if self.containers.has(text):
            return self.containers.find(text)
        known = list(self.containers.all())
        for container in known:
            if container.name == text:
                return container
        fitting = [container for container in known if container.id.startswith(text)]
        if len(fitting) > 1:
            raise errors.ManyContainers(text)
        if not fitting:
            raise errors.NoSuchContainer(text)
        return fitting[0]


def sought(
    text: str, *, has: Callable[[ImageID], bool], named: Callable[[Reference], ImageID | None],
    all: Callable[[], Iterable[ImageID]],
) -> ImageID:  # fmt: skip
    """The image that `text` names, as `Store.find` tells, where those questions can be asked."""
    if whole := re.fullmatch(_WHOLE_ID, text):
        image_id = ImageID.from_hex(whole[1])
        if has(image_id):
            return image_id
        raise errors.NoSuchImage(image_id)
    reference = Reference.parse(text)
    if found := named(reference):
        return found
    if prefix := re.fullmatch(_PREFIX, text):
        fitting = [image_id for image_id in all() if image_id.hex.startswith(prefix[1])]
        if len(fitting) == 1:
            return fitting[0]
    raise errors.NoSuchImage(reference.tagged.familiar)
