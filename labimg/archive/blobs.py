"""Layers as blobs of an archive: the tars themselves, or gzipped side by side into temporary files."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from labimg.compression import Squeeze, fastest
from labimg.compression.lanes import lanes
from labimg.digest import BlobID, DiffID, Hasher
from labimg.entry import CHUNK, Source
from labimg.layers import StoredLayer, StoredTar
from labimg.spec import OCI_LAYER, OCI_LAYER_GZIP


class Blob(NamedTuple):
    """What stands for a layer in an archive."""

    media: str
    digest: BlobID | DiffID
    size: int  # bytes
    source: Source


Blobs = Mapping[DiffID, Blob]


class Spooled(NamedTuple):
    """A temporary file as a source; opened for each read, since there may be thousands."""

    path: Path

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`."""
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(size)


def plain(layers: Iterable[StoredLayer]) -> Blobs:
    """Each layer's tar as it lies in the store."""
    return {
        layer.diff_id: Blob(
            OCI_LAYER, layer.diff_id, layer.files.size(layer.tar_path), StoredTar(layer.files, layer.tar_path)
        )
        for layer in layers
    }


@contextmanager
def gzipped(layers: Iterable[StoredLayer], number: int) -> Iterator[Blobs]:
    """Each layer's tar as gzip, made once, in so many lanes; the files it lies in go in the end."""
    squeeze = fastest()
    with tempfile.TemporaryDirectory() as folder:
        with lanes(number) as pool:
            coming = {
                diff_id: pool.submit(partial(_gzip, layer, squeeze, Path(folder, diff_id.hex)))
                for diff_id, layer in {layer.diff_id: layer for layer in layers}.items()
            }
        yield {diff_id: outcome.result() for diff_id, outcome in coming.items()}


def _gzip(layer: StoredLayer, squeeze: Squeeze, place: Path) -> Blob:
    """A layer's tar as gzip, in the file `place`."""
    seen = Hasher()
    with layer.open() as tar, place.open("wb") as file:
        for piece in squeeze(iter(lambda: tar.read(CHUNK), b"")):
            seen.update(piece)
            file.write(piece)
    return Blob(OCI_LAYER_GZIP, seen.digest(BlobID), seen.size, Spooled(place))
