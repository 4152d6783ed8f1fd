"""Layers as the first image format described them: each with an ID and a document of its own.

Docker 20.10 still writes them into an archive, for engines from before 1.10.
Source: moby/image/v1/imagev1.go and image/tarexport/save.go at v20.10.24.
"""

from collections.abc import Iterator, Sequence

from labimg.digest import Digest
from labimg.go import gojson
from labimg.image import Image
from labimg.layers import StoredLayer
from labimg.spec import Document, RunConfig


def describe(image: Image, layers: Sequence[StoredLayer]) -> Iterator[tuple[str, Document]]:
    """The ID (64 hex digits) and the document of each layer, bottom first; the top one tells of the image."""
    parent: Digest | None = None
    for layer in layers:
        told = _whole(image) if layer is layers[-1] else _EMPTY
        named = told | {"layer_id": layer.chain_id} | ({"parent": parent} if parent else {})
        v1_id = Digest.of(gojson.encode(dict(sorted(named.items()))))
        document = {"id": v1_id.hex} | ({"parent": parent.hex} if parent else {}) | told
        yield v1_id.hex, document | {"os": image.document.os}
        parent = v1_id


_EMPTY: Document = {"created": "1970-01-01T00:00:00Z", "container_config": RunConfig().document}


def _whole(image: Image) -> Document:
    """The image's own words, in the order of Go's struct."""
    told = image.document
    found: Document = {
        "comment": told.comment,
        "created": told.created,
        "container": told.container,
        "container_config": (told.container_config or RunConfig()).document,
        "docker_version": told.docker_version,
        "author": told.author,
        "config": told.config.document,
        "architecture": told.architecture,
        "variant": told.variant,
        "os": told.os,
    }
    return {key: value for key, value in found.items() if value}
