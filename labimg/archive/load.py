"""load: images out of a tar, every digest checked before a name leads to them.

Sources: moby/image/tarexport/load.go at v20.10.24; image-spec v1.1.1 image-layout.md.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from labimg import errors
from labimg.archive.layout import contents
from labimg.archive.members import Archive, Part, placed, seekable
from labimg.compression import inflate
from labimg.digest import ChainID, ImageID
from labimg.entry import Stream
from labimg.errors import DockerError
from labimg.image import Image
from labimg.reference import Reference
from labimg.store import Store


class Loaded(NamedTuple):
    """A name that now leads to an image of the archive."""

    reference: str  # familiar form


class LoadedID(NamedTuple):
    """An image of the archive that came without a name."""

    id: ImageID


class Renamed(NamedTuple):
    """A name that led elsewhere before."""

    reference: str  # familiar form
    old: ImageID


class Loading(NamedTuple):
    """A layer is being read."""

    chain: ChainID
    size: int  # bytes of its tar as it is in the archive


Record = Loaded | LoadedID | Renamed
Report = Callable[[Loading], None]
LARGE = 1 << 22  # bytes of a layer that is worth a second lane


def load(
    store: Store, stream: Stream, report: Report = lambda loading: None, *, lanes: int = 1
) -> list[Record]:
    """Take in the images of an archive, in any layout and compression; give what there is to say.

    Raises:
        InvalidTar, NotInArchive, WrongLayer and others: the images before the bad one stay, as in Docker.
    """
    with seekable(inflate(stream, store.bounds)) as whole:
        loading = _Load(store, Archive(whole), report, lanes)
        try:
            for item in contents(loading.archive):
                loading.take(item)
        finally:
            store.tags.update(loading.names)
        loading.adopt()
        return loading.records


class _Load:
    """A load on its way."""

    def __init__(self, store: Store, archive: Archive, report: Report, lanes: int) -> None:
        self.store, self.archive, self.report, self.lanes = store, archive, report, lanes
        self.names: dict[Reference, ImageID] = {}
        self._before = store.tags.all()
        self._told: list[Record] = []
        self._arrived: dict[ImageID, ImageID | None] = {}  # each image, and what it says it was built upon
        self._named = True

    @property
    def records(self) -> list[Record]:
        """What there is to say; IDs only if the last image came without a name."""
        return self._told if self._named else [*self._told, *map(LoadedID, self._arrived)]

    def take(self, item: dict[str, Any]) -> None:
        """Take in one image: its layers from the bottom, its config, then its names."""
        path = item.get("Config") or ""
        config = self.archive.read(path)
        with placed(f"in {path}"):
            image = Image.parse(config)
        if image.document.os not in ("linux", ""):
            raise errors.ForeignSystem(image.document.os)
        paths, diff_ids = item.get("Layers") or [], image.document.diff_ids
        if len(paths) != len(diff_ids):
            raise errors.LayerCount(len(paths), len(diff_ids))
        new: list[ChainID] = []
        try:
            for index, chain in enumerate(chains := image.chain_ids):
                if not self.store.layers.has(chain):
                    self._layer(index, paths[index], image, chains)
                    new.append(chain)
        except BaseException:
            self.store.release(new)
            raise
        self.store.images.put(image)
        self._arrived[image.id] = ImageID(item["Parent"]) if item.get("Parent") else None
        self._named = bool(item.get("RepoTags"))
        for tag in item.get("RepoTags") or ():
            self._name(tag, image.id)

    def _layer(self, index: int, path: str, image: Image, chains: list[ChainID]) -> None:
        """Take in the layer that lies at `path` in the archive."""
        entry = self.archive.find(path)
        self.report(Loading(chains[index], entry.size))
        below = chains[index - 1] if index else None
        try:
            part, diff_id = inflate(Part(entry), self.store.bounds), image.document.diff_ids[index]
            lanes = self.lanes if entry.size > LARGE else 1
            self.store.layers.put(part, below, expected=diff_id, lanes=lanes)
        except DockerError as bad:
            if isinstance(bad, errors.WrongLayer):
                bad = errors.WrongLayer(index, bad.expected, bad.got)
            bad.add_note(f"in {path}, layer {index} of {image.id.short}")
            raise bad from None

    def _name(self, tag: str, image_id: ImageID) -> None:
        reference = Reference.parse(tag)
        if reference.digest or not reference.tag:
            raise errors.InvalidTag(tag).said_by("stream")
        old = self.names.get(reference) or self._before.get(reference)
        if old and old != image_id:
            self._told.append(Renamed(reference.familiar, old))
        self.names[reference] = image_id
        self._told.append(Loaded(reference.familiar))

    def adopt(self) -> None:
        """Restore the links to images that came along, where an image's history agrees with its parent's."""
        images = self.store.images
        for image_id, parent in self._arrived.items():
            if parent in self._arrived and parent is not None:
                image = images.find(image_id)
                if image.history[:-1] == images.find(parent).history:
                    images.put(image, parent)
