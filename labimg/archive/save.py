"""save: images into one tar, each shared layer once.

Sources: moby/image/tarexport/save.go at v20.10.24 and v28.2.2.
"""

from collections.abc import Iterable, Sequence
from typing import BinaryIO, Literal, NamedTuple

from labimg import errors, tarstream, units
from labimg.archive.blobs import Blob, Blobs, gzipped, plain
from labimg.archive.legacy import describe
from labimg.digest import BlobID, ImageID
from labimg.entry import Entry, directory, file, parts, symlink
from labimg.go import gojson
from labimg.image import Image
from labimg.layers import StoredLayer
from labimg.reference import Reference, exact_id
from labimg.spec import OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, Document
from labimg.store import Store

Layout = Literal["oci", "docker"]


class Packed(NamedTuple):
    """An image to be packed, and the names it goes under."""

    id: ImageID
    image: Image
    layers: list[StoredLayer]
    names: list[Reference]

    @property
    def made(self) -> int:
        """When it was created, in seconds since the epoch."""
        return units.parse_time(self.image.document.created) // 1_000_000_000

    @property
    def tags(self) -> list[str] | None:
        """Its names as a manifest tells them."""
        return [name.familiar for name in self.names] or None


def save(
    store: Store,
    texts: Sequence[str],
    out: BinaryIO,
    *,
    layout: Layout = "oci",
    compress: bool = False,
    lanes: int = 1,
) -> None:
    """Write the images that `texts` name into one tar.

    A repository without a tag stands for all its tags; an ID for the image without a name.
    Layers are plain tars; `compress` gzips them in so many `lanes` with the fastest library there is,
    into an `out` one can seek in.  The images keep their IDs: a config names layers by what is in them.

    Raises:
        NoSuchImage, NoSuchReference, AmbiguousDigest, EmptyExport, PlainLayout: and nothing is written.
    """
    if compress and layout == "docker":
        raise errors.PlainLayout
    packed = _named(store, texts)
    for item in packed:
        if not item.layers:
            raise errors.EmptyExport
    layers = (layer for item in packed for layer in item.layers)
    stored = gzipped(layers, out, lanes) if compress else plain(layers)
    entries = (_modern if layout == "oci" else _classic)(store, packed, stored)
    tarstream.write(sorted(entries, key=lambda entry: parts(entry.path)), out)


def _named(store: Store, texts: Iterable[str]) -> list[Packed]:
    packed: dict[ImageID, Packed] = {}
    for text in texts:
        for image_id, name in _found(store, text):
            if image_id not in packed:
                image = store.images.find(image_id)
                packed[image_id] = Packed(image_id, image, store.layers.stack(image.top), [])
            if name and name.tag and not name.digest and name not in packed[image_id].names:
                packed[image_id].names.append(name)
    return list(packed.values())


def _found(store: Store, text: str) -> list[tuple[ImageID, Reference | None]]:
    """The images one argument means, each with the name it is meant by."""
    if exact_id(text):
        return [(store.find(text), None)]
    reference = Reference.parse(text)
    if reference.familiar_name != "sha256":
        if reference.tag or reference.digest:
            if found := store.named(reference):
                return [(found, reference)]
            raise errors.NoSuchReference
        everywhere = store.tags.all().items()
        if named := [(image_id, name) for name, image_id in everywhere if name.name == reference.name]:
            return [*named]
    start = text.removeprefix("sha256:")
    fitting = [image_id for image_id in store.images.all() if image_id.hex.startswith(start)]
    if not fitting:
        raise errors.NoSuchImage(text)
    if len(fitting) > 1:
        raise errors.AmbiguousDigest
    return [(fitting[0], None)]


def _contents(path: str, blob: Blob, mtime: int) -> Entry:
    """A layer as a file of the archive."""
    return Entry(path, size=blob.size, mtime=mtime, source=blob.source)


def _json(path: str, document: object, *, line: bool = False, sort: bool = False) -> Entry:
    return file(path, gojson.encode(document, sort=sort) + (b"\n" if line else b""))


def _modern(store: Store, packed: Sequence[Packed], stored: Blobs) -> Iterable[Entry]:
    """The layout of today: blobs by digest, OCI's index and manifests, and Docker's own list beside them."""
    found = {entry.path: entry for entry in map(directory, ("/blobs", "/blobs/sha256"))}

    def blob(entry: Entry) -> None:
        found.setdefault(entry.path, entry)

    descriptors: list[Document] = []
    items: list[Document] = []
    for item in packed:
        sources: Document = {}
        layers: list[Document] = []
        paths: list[str] = []
        for layer in item.layers:
            held = stored[layer.diff_id]
            paths.append(held.path)
            if held.source:
                blob(_contents(f"/{held.path}", held, item.made))
            layers.append({"mediaType": held.media, "digest": held.digest, "size": held.size})
            sources[layer.diff_id] = {"mediaType": held.media, "size": held.size, "digest": held.digest}
        blob(file(f"/blobs/sha256/{item.id.hex}", item.image.raw, mtime=item.made))
        config = {"mediaType": OCI_CONFIG, "digest": item.id, "size": len(item.image.raw)}
        manifest = gojson.encode(
            {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": layers}
        )
        digest = BlobID.of(manifest)
        blob(file(f"/blobs/sha256/{digest.hex}", manifest))
        descriptors += _descriptors(
            item, {"mediaType": OCI_MANIFEST, "digest": digest, "size": len(manifest)}
        )
        items.append(
            _item(store, item, packed)
            | {
                "Config": f"blobs/sha256/{item.id.hex}",
                "Layers": paths,
                "LayerSources": dict(sorted(sources.items())),
            }
        )
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": descriptors}
    yield from found.values()
    yield _json("/index.json", index)
    yield file("/oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
    yield _json("/manifest.json", items, line=True)
    yield from _repositories(packed, {item.id: item.layers[-1].diff_id.hex for item in packed})


def _descriptors(item: Packed, plain: Document) -> list[Document]:
    """One descriptor in the index for each name; a nameless image has one that says none."""
    named = [
        plain
        | {
            "annotations": {
                "io.containerd.image.name": str(name),
                "org.opencontainers.image.ref.name": name.tag,
            }
        }
        for name in item.names
    ]
    return named or [plain]


def _item(store: Store, item: Packed, packed: Sequence[Packed]) -> Document:
    """What both layouts' manifest says of an image, in its order."""
    found: Document = {"Config": "", "RepoTags": item.tags, "Layers": []}
    parent = store.images.parent(item.id)
    if parent in {other.id for other in packed}:
        found["Parent"] = parent
    return found


def _repositories(packed: Sequence[Packed], tops: dict[ImageID, str]) -> Iterable[Entry]:
    """The old list of names, if there are any."""
    repositories: dict[str, dict[str, str]] = {}
    for item in packed:
        for name in item.names:
            repositories.setdefault(name.familiar_name, {})[name.tag] = tops[item.id]
    if repositories:
        yield _json("/repositories", repositories, line=True, sort=True)


def _classic(store: Store, packed: Sequence[Packed], stored: Blobs) -> Iterable[Entry]:
    """The layout of 20.10: a folder for each layer of each image, called by an ID of the first format."""
    found: dict[str, Entry] = {}
    items: list[Document] = []
    tops: dict[ImageID, str] = {}
    places: dict[str, str] = {}  # diff ID -> the folder that holds its bytes
    for item in packed:
        described = list(describe(item.image, item.layers))
        for layer, (v1_id, document) in zip(item.layers, described, strict=True):
            if f"/{v1_id}" in found:
                continue
            found[f"/{v1_id}"] = directory(f"/{v1_id}", mtime=item.made)
            found[f"/{v1_id}/VERSION"] = file(f"/{v1_id}/VERSION", b"1.0", mtime=item.made)
            found[f"/{v1_id}/json"] = file(f"/{v1_id}/json", gojson.encode(document), mtime=item.made)
            path = f"/{v1_id}/layer.tar"
            other = places.setdefault(layer.diff_id, v1_id)
            same = symlink(path, f"../{other}/layer.tar", mtime=item.made)
            found[path] = _contents(path, stored[layer.diff_id], item.made) if other == v1_id else same
        tops[item.id] = described[-1][0]
        found[f"/{item.id.hex}.json"] = file(f"/{item.id.hex}.json", item.image.raw, mtime=item.made)
        items.append(
            _item(store, item, packed)
            | {"Config": f"{item.id.hex}.json", "Layers": [f"{v1_id}/layer.tar" for v1_id, _ in described]}
        )
    yield from found.values()
    yield _json("/manifest.json", items, line=True)
    yield from _repositories(packed, tops)
