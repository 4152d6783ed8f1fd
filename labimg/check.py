"""check: is the store sound?  Every digest is recomputed, every link followed, every byte accounted for.

    sound     each name leads to an image, each image to all its layers, each layer to its bytes,
              and all bytes are what they are named after
    damage    what is not; it is named, and has to be loaded or pulled again; what somebody else
              took away is named too, until it is put back, or `repair` takes it as gone
    orphans   what a verb that was killed left behind: it does no harm, and `repair` frees it

An image that nobody names is no orphan: it dangles, and `prune` is for it.  And beside
damage nothing counts as an orphan: perhaps only the way to it is broken.
"""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import NamedTuple, TypeVar

from labimg import containers, errors, images, layers, tags, volumes
from labimg.containers import Container
from labimg.digest import ChainID, ImageID, chain_id
from labimg.entry import Entry
from labimg.errors import DockerError
from labimg.files import DiskFiles
from labimg.image import Image
from labimg.layer import stored_size
from labimg.layers import StoredLayer
from labimg.store import Store

T = TypeVar("T")
MISREAD = (DockerError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


class Problem(NamedTuple):
    """One thing that is not as it should be."""

    path: str  # in the store: the file, or the folder whose files do not fit each other
    why: str
    orphan: bool = False  # nothing needs it: `repair` frees it

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


def check(store: Store) -> list[Problem]:
    """All that is wrong with a store, sorted by path; nothing if it is sound.

    Who may not write to it may look all the same.
    """
    with ExitStack() as turn:
        with suppress(OSError):
            turn.enter_context(store.files.lock())
        return _found(store)


def _found(store: Store) -> list[Problem]:
    return sorted(_Check(store).run(), key=lambda problem: (problem.path, problem.why))


def repair(store: Store) -> list[Problem]:
    """Free the orphans; give all that was wrong.

    Nobody else writes meanwhile: what a writer has not finished looks like an orphan.

    Raises:
        NotRepaired: the store may only be read.
    """
    try:
        with store.files.lock():
            return _freed(store)
    except OSError as refused:
        raise errors.NotRepaired(str(refused.filename), (refused.strerror or "").lower()) from None


def _freed(store: Store) -> list[Problem]:
    found = _found(store)
    for problem in found:
        if problem.orphan:
            inside = list(store.files.paths(problem.path))
            for path in inside or filter(store.files.exists, [problem.path]):
                store.files.delete(path)
    if isinstance(store.files, DiskFiles):
        for path in list(store.files.missing()):
            store.files.delete(path)
        if all(problem.orphan for problem in found):
            store.files.tidy()
    return found


class _Check:
    """One look at a whole store, with nothing remembered from before."""

    def __init__(self, store: Store) -> None:
        self.files = store.files
        self.store = Store(store.files, store.name)
        self.summaries = self.store.images.summaries()
        self.problems: dict[str, Problem] = {}
        self.tops: dict[ImageID, ChainID | None] = {}  # of the images that can be read

    def run(self) -> list[Problem]:
        """Look at everything, from the names down to the bytes."""
        if isinstance(self.files, DiskFiles):
            for path in self.files.damaged():
                self.tell(path, "its bytes are not those that were written")
            for path in self.files.missing():
                self.tell(path, "it is not there any more")
        if self.files.exists(images.SUMMARIES) and not self.summaries:
            self.tell(images.SUMMARIES, "its bytes are not those that were written")
        self._names()
        held: set[ChainID] = set()
        for image_id in self.store.images.all():
            held.update(self._image(image_id))
        folders: set[str] = set()
        for container_id in self.files.children(containers.SHELF):
            if self.store.containers.has(container_id):
                held.update(self._container(container_id, folders))
        for name in self.store.volumes.all():
            place = f"{volumes.SHELF}/{name}/_data.tar"
            self.attempt(place, lambda name=name: self.store.volumes.entries(name))  # type: ignore[misc]
        for chain in self.store.layers.all():
            folder = self._layer(chain)
            if chain in held:
                folders.add(folder)
        if not self.problems:
            self._orphans(held, folders)
        return list(self.problems.values())

    def tell(self, path: str, why: str, *, orphan: bool = False) -> None:
        """Note a problem; the first that is said of a path is the nearest to its cause."""
        self.problems.setdefault(path, Problem(path, why, orphan))

    def attempt(self, path: str, read: Callable[[], T]) -> T | None:
        """What `read` gives, or a problem with `path` if it cannot be read."""
        try:
            return read()
        except MISREAD as error:
            self.tell(path, f"cannot be read: {error}")
            return None

    def _names(self) -> None:
        for name, image_id in (self.attempt(tags.PATH, self.store.tags.all) or {}).items():
            if not self.attempt(tags.PATH, lambda at=image_id: self.store.images.has(at)):  # type: ignore[misc]
                self.tell(tags.PATH, f"{name.familiar} leads to {image_id}, which is not there")

    def _image(self, image_id: ImageID) -> set[ChainID]:
        """Look at one image; give the layers it holds."""
        path = f"{images.CONTENT}/{image_id.hex}"
        raw = self.files.read(path)
        if ImageID.of(raw) != image_id:
            self.tell(path, f"the bytes are {ImageID.of(raw)}")
        image = self.attempt(path, lambda: Image.parse(raw))
        chains = image.chain_ids if image else []
        if image:
            self.tops[image_id] = image.top
        for chain in chains:
            if not self.store.layers.has(chain):
                self.tell(path, f"its layer {chain} is not there")
        summary = self.summaries.get(image_id)
        if summary and summary != self.attempt(path, lambda: self.store.summary(image_id)):
            self.tell(images.SUMMARIES, f"says of {image_id} what it is not")
        parent = f"{images.METADATA}/{image_id.hex}/parent"
        below = self.attempt(parent, lambda: self.store.images.parent(image_id))
        if below and not self.store.images.has(below):
            self.tell(parent, f"{below} is not there")
        return set(chains)

    def _container(self, container_id: str, folders: set[str]) -> set[ChainID]:
        """Look at one container; give the layers it holds, and add the folder it writes to."""
        path = f"{containers.SHELF}/{container_id}/config.v2.json"
        found = self.attempt(path, lambda: self.store.containers.find(container_id))
        if found is None:
            return set()
        folders.add(found.mount_id)
        self._mount(path, found)
        for name in found.mounts.values():
            if not self.store.volumes.has(name):
                self.tell(path, f"its volume {name} is not there")
        self.attempt(f"overlay2/{found.mount_id}/layer.tar", lambda: self.store.containers.upper(found))
        log = f"{containers.SHELF}/{container_id}/{container_id}-json.log"
        self.attempt(log, lambda: self.store.containers.logged(found))
        place = f"{containers.MOUNTS}/{container_id}/parent"
        top = self.attempt(place, lambda: self.store.containers.top(found))
        if top != self.tops.get(found.image, top):
            self.tell(place, f"says {top}, and the image says otherwise")
        stack = self.attempt(place, lambda: self.store.layers.stack(top))
        return {layer.chain_id for layer in stack or ()}

    def _mount(self, path: str, found: Container) -> None:
        folder = f"{containers.MOUNTS}/{found.id}"
        if found.id != path.split("/")[1]:
            self.tell(path, f"says that it is {found.id}")
        for name, wanted in (("mount-id", found.mount_id), ("init-id", f"{found.mount_id}-init")):
            path = f"{folder}/{name}"
            told = self.attempt(path, lambda path=path: self.files.read(path).decode())  # type: ignore[misc]
            if told != wanted:
                self.tell(path, f"says {told}, and the container says {wanted}")

    def _layer(self, chain: ChainID) -> str:
        """Look at one layer; give the folder its bytes are in."""
        folder = f"{layers.SHELF}/{chain.hex}"
        layer = self.attempt(folder, lambda: self.store.layers.find(chain))
        if layer is None:
            return ""
        if layer.parent and not self.store.layers.has(layer.parent):
            self.tell(f"{folder}/parent", f"{layer.parent} is not there")
        if chain_id([layer.parent, layer.diff_id] if layer.parent else [layer.diff_id]) != chain:
            self.tell(folder, "its parent and its diff ID do not make its name")
        self._bytes(folder, layer)
        return layer.cache_id

    def _bytes(self, folder: str, layer: StoredLayer) -> None:
        """Read a layer's tar once: hash it, list it, and compare with what is said of it."""
        if not self.files.exists(layer.tar_path):
            self.tell(layer.tar_path, f"it is not there, where {folder}/cache-id leads")
            return
        with self.files.open(layer.tar_path) as tar:
            surveyed = self.attempt(layer.tar_path, lambda: layers.survey(tar))
        if surveyed is None:
            return
        diff_id, entries = surveyed
        if diff_id != layer.diff_id:
            self.tell(layer.tar_path, f"the bytes are {diff_id}, and should be {layer.diff_id}")
            return
        contents = f"overlay2/{layer.cache_id}/toc.json"
        told = self.attempt(contents, lambda: layer.entries)
        if told is not None and list(map(_bare, told)) != entries:
            self.tell(contents, "is not what the tar holds")
        if layer.size != stored_size(entries):
            self.tell(f"{folder}/size", f"says {layer.size} bytes, and the tar has {stored_size(entries)}")

    def _orphans(self, held: set[ChainID], folders: set[str]) -> None:
        """Find what nothing leads to."""
        self._strays(layers.SHELF, {chain.hex for chain in held}, "a layer that nothing stands on")
        known = {image_id.hex for image_id in self.store.images.all()}
        self._strays(images.METADATA, known, "about an image that is not there")
        known = set(filter(self.store.containers.has, self.files.children(containers.SHELF)))
        self._strays(containers.SHELF, known, "a container that was not finished")
        self._strays(containers.MOUNTS, known, "of a container that is not there")
        self._strays(volumes.SHELF, set(self.store.volumes.all()), "a volume that was not finished")
        self._strays("overlay2", folders, "bytes of nothing that anybody holds")
        if isinstance(self.files, DiskFiles):
            for path in self.files.leftovers():
                self.tell(path, "left by a command that did not end", orphan=True)

    def _strays(self, shelf: str, known: set[str], why: str) -> None:
        for name in self.files.children(shelf):
            if name not in known:
                self.tell(f"{shelf}/{name}", why, orphan=True)


def _bare(entry: Entry) -> Entry:
    return entry._replace(source=None)
