"""Layers as blobs of an archive: the tars themselves, or gzipped straight into it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from labimg import tarstream
from labimg.compression import blocks, fastest
from labimg.compression.lanes import in_order
from labimg.digest import BlobID, DiffID, Hasher
from labimg.entry import Entry, Source
from labimg.layers import StoredLayer, StoredTar
from labimg.spec import OCI_LAYER, OCI_LAYER_GZIP


class Blob(NamedTuple):
    """What stands for a layer in an archive."""

    media: str
    digest: BlobID | DiffID
    size: int  # bytes
    source: Source | None  # of one that is in the archive already there is none

    @property
    def path(self) -> str:
        """Where it lies in a layout."""
        return f"blobs/sha256/{self.digest.hex}"


Blobs = Mapping[DiffID, Blob]


def plain(layers: Iterable[StoredLayer]) -> Blobs:
    """Each layer's tar as it lies in the store."""
    return {
        layer.diff_id: Blob(
            OCI_LAYER, layer.diff_id, layer.files.size(layer.tar_path), StoredTar(layer.files, layer.tar_path)
        )
        for layer in layers
    }


def gzipped(layers: Iterable[StoredLayer], out: BinaryIO, number: int) -> Blobs:
    """Each layer's tar as gzip, squeezed in so many lanes and written to `out`, the archive itself."""
    squeeze = fastest()
    works = {layer.diff_id: blocks(layer.open, layer.files.size(layer.tar_path), squeeze) for layer in layers}
    made = in_order(chain.from_iterable(works.values()), number)
    return {diff_id: _poured(islice(made, len(parts)), out) for diff_id, parts in works.items()}


def _poured(made: Iterable[Iterable[bytes]], out: BinaryIO) -> Blob:
    """The blob `made` in blocks, which is written to `out` before it is known what it is called."""
    seen = Hasher()

    def pieces() -> Iterator[bytes]:
        for piece in chain.from_iterable(made):
            seen.update(piece)
            yield piece

    def blob() -> Blob:
        return Blob(OCI_LAYER_GZIP, seen.digest(BlobID), seen.size, None)

    tarstream.pour(pieces(), out, lambda size: Entry(f"/{blob().path}", size=size))
    return blob()
