"""What a container has written: told, made a layer and an image of, or all it sees as one flat tar."""

import io
from collections.abc import Sequence
from typing import BinaryIO

from labimg import changes, errors, tarstream
from labimg.container.mount import below, flat, root
from labimg.containers import Container
from labimg.digest import DiffID, ImageID
from labimg.entry import Entry
from labimg.image import Image, child
from labimg.spec import RunConfig
from labimg.store import Store


def diff(store: Store, container: Container) -> list[changes.Change]:
    """What a container changed, as `docker diff` says it."""
    return changes.listing(below(store, container), dict(root(store, container)))


def export(store: Store, container: Container, out: BinaryIO) -> None:
    """Write a container's own tree as one flat tar: no layers, no whiteouts, nothing that is mounted."""
    tarstream.write(flat(root(store, container)), out)


def layered(store: Store, entries: Sequence[Entry], below: Image | None) -> DiffID | None:
    """Keep `entries` as a layer upon an image's; give its diff ID, None if there is nothing to keep."""
    if not entries:
        return None
    tar = io.BytesIO(tarstream.packed(entries))
    return store.layers.put(tar, below.top if below else None).diff_id


def committed(store: Store, container: Container, below: Image | None) -> DiffID | None:
    """Keep what a container has written as a layer upon the image `below`."""
    return layered(store, store.containers.upper(container), below)


def commit(
    store: Store, container: Container, config: RunConfig, *, author: str, message: str, now: str
) -> ImageID:
    """Make an image of what a container has written, to be run as `config` says."""
    if not store.images.has(container.image):
        raise errors.LostImage(container.image, container.image.hex)
    image = store.images.find(container.image)
    made = child(
        image, config=config, container_config=container.config, created=now,
        diff_id=committed(store, container, image), container=container.id, author=author, comment=message,
    )  # fmt: skip
    return store.images.put(made, container.image)
