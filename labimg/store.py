"""The store: the shelves together, and the graph that runs through them.

A name leads to an image, an image to its layers and perhaps to the image it was
built upon, a container to its image.  Nothing is counted and kept; whatever is
asked of the graph is worked out anew from the records.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from labimg.compression import BOUNDED
from labimg.containers import Container, Containers
from labimg.digest import ChainID, ImageID
from labimg.errors import (
    ManyContainers,
    NoName,
    NoSuchContainer,
    NoSuchImage,
    NotFound,
)
from labimg.files import Files
from labimg.image import Image
from labimg.images import Images
from labimg.layers import Layers
from labimg.reference import Reference
from labimg.tags import Tags

_WHOLE_ID = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_PREFIX = re.compile(r"(?:sha256:)?([0-9a-f]{1,64})")


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
    """All that an engine keeps, on `files`.  `name` gives fresh names of 64 hex digits."""

    def __init__(self, files: Files, name: Callable[[], str]) -> None:
        self.files = files
        self.name = name
        self.bounds = BOUNDED  # of what a compressed archive may become
        self.layers = Layers(files, name)
        self.images = Images(files)
        self.tags = Tags(files)
        self.containers = Containers(files)

    def find(self, text: str) -> ImageID:
        """The image that `text` names: a whole ID, else a name, else the beginning of an ID.

        A name wins over the beginning of an ID; a beginning that fits two images finds none.

        Raises:
            NoSuchImage, InvalidReference.
        """
        if whole := _WHOLE_ID.fullmatch(text):
            image_id = ImageID.from_hex(whole[1])
            if self.images.has(image_id):
                return image_id
            raise NoSuchImage(image_id)
        reference = Reference.parse(text)
        if found := self.named(reference):
            return found
        if prefix := _PREFIX.fullmatch(text):
            fitting = [image_id for image_id in self.images.all() if image_id.hex.startswith(prefix[1])]
            if len(fitting) == 1:
                return fitting[0]
        raise NoSuchImage(reference.tagged.familiar)

    def named(self, reference: Reference) -> ImageID | None:
        """The image `reference` leads to; a digest counts more than a tag beside it."""
        return self.tags.get(reference.stored)

    def image(self, text: str) -> Image:
        """The image that `text` names."""
        return self.images.find(self.find(text))

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
        """
        if not text:
            raise NoName
        if self.containers.has(text):
            return self.containers.find(text)
        known = list(self.containers.all())
        for container in known:
            if container.name == text.removeprefix("/"):
                return container
        fitting = [container for container in known if container.id.startswith(text)]
        if len(fitting) > 1:
            raise ManyContainers(text)
        if not fitting:
            raise NoSuchContainer(text)
        return fitting[0]
