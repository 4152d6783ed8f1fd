"""Stores with images in them, and registries on a socket: what the tests of push and pull start from."""

import io
import threading
from collections.abc import Callable, Iterator

import pytest

from labimg import tarstream
from labimg.cli.registryserver import Server
from labimg.entry import file
from labimg.errors import DockerError
from labimg.files import MemoryFiles
from labimg.image import Image
from labimg.reference import Reference
from labimg.registry import Handler
from labimg.remote import (
    LayerProgress,
    Login,
    Record,
)
from labimg.spec import ImageDocument
from labimg.store import Store

APP = Reference.parse("127.0.0.1:5057/team/app:1")
LOGIN = Login("ada", "secret")
ZERO = "sha256:" + "0" * 64


def store() -> Store:
    names = iter(range(1, 10_000))
    return Store(MemoryFiles(), lambda: f"{next(names):064x}")


def tar(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    tarstream.write([file(path, data) for path, data in files], out)
    return out.getvalue()


def add(where: Store, name: Reference, *tars: bytes) -> Image:
    """An image of those layers, under that name."""
    top, diffs = None, []
    for data in tars:
        layer = where.layers.put(io.BytesIO(data), top)
        top = layer.chain_id
        diffs.append(layer.diff_id)
    image = Image.of(ImageDocument(diff_ids=tuple(diffs), comment="lab"))
    where.images.put(image)
    where.tags.set(name, image.id)
    return image


LAYERS = (tar(("/a", b"one")), tar(("/b", b"two"), ("/c", b"three")), tar(("/a", b"four")))


def progress(told: list[Record]) -> list[tuple[str, str]]:
    return [(record.id, record.state) for record in told if isinstance(record, LayerProgress)]


def names(where: Store) -> set[str]:
    return {name.familiar for name in where.tags.all()}


def same(image: Image, one: Store, other: Store) -> bool:
    """Have both stores that image, with the same bytes of all layers?"""

    def content(where: Store) -> list[bytes]:
        return [layer.open().read() for layer in where.layers.stack(image.top)]

    return other.images.find(image.id).raw == image.raw and content(one) == content(other)


def refused(work: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(DockerError) as caught:
        work()
    return str(caught.value), caught.value.side


def serve(handler: Handler) -> Iterator[str]:
    """The domain of a registry on a free port."""
    server = Server(handler, port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.domain
    server.stop()
    thread.join(30)
    assert not thread.is_alive()
