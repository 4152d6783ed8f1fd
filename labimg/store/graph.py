"""The graph of a store at one moment: who leads to whom, to be thought through before anything is done.

A verb that takes away asks hundreds of times who still holds what.  So the records are read
once; the verb takes the graph apart in memory; and `settle` does on the shelves what was
decided: names first, then images, then layers, so that a kill leaves no name that leads nowhere.
"""

from collections import Counter

from labimg.containers import Container
from labimg.digest import ChainID, ImageID
from labimg.reference import Reference
from labimg.store import Store, sought


class Graph:
    """Names, images, containers and layers of `store`, and the links between them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names: dict[ImageID, list[Reference]] = {}
        self._targets = store.tags.all()
        for reference, image_id in self._targets.items():
            self._names.setdefault(image_id, []).append(reference)
        self._chains = {image_id: image.chain_ids for image_id, image in store.images.everything().items()}
        self._parents = store.parents()
        self._children: dict[ImageID, set[ImageID]] = {}
        for child, parent in self._parents.items():
            self._children.setdefault(parent, set()).add(child)
        self._users: dict[ImageID, list[Container]] = {}
        for container in store.containers.all():
            self._users.setdefault(container.image, []).append(container)
        self._holders = Counter(store.mounted())
        for chains in self._chains.values():
            self._holders.update(chains)
        self._forgotten: list[Reference] = []
        self._orphaned: list[ImageID] = []
        self._gone: list[ImageID] = []
        self._freed: list[ChainID] = []

    def __contains__(self, image_id: object) -> bool:
        return image_id in self._chains

    @property
    def images(self) -> list[ImageID]:
        """Every image."""
        return list(self._chains)

    def find(self, text: str) -> ImageID:
        """The image that `text` names, as `Store.find` finds it.

        Raises:
            NoSuchImage, InvalidReference.
        """
        return sought(
            text,
            has=self._chains.__contains__,
            named=lambda reference: self._targets.get(reference.stored),
            all=self._chains.keys,
        )

    def names(self, image_id: ImageID) -> list[Reference]:
        """The names of an image, sorted by the full name."""
        return list(self._names.get(image_id, ()))

    def parent(self, image_id: ImageID) -> ImageID | None:
        """The image it was built upon."""
        return self._parents.get(image_id)

    def has_children(self, image_id: ImageID) -> bool:
        """Was any image built upon it?"""
        return bool(self._children.get(image_id))

    def users(self, image_id: ImageID) -> list[Container]:
        """The containers on an image, newest first."""
        found = self._users.get(image_id, ())
        return sorted(found, key=lambda container: container.created, reverse=True)

    def untag(self, image_id: ImageID, name: Reference) -> None:
        """Take a name away from an image."""
        self._names[image_id].remove(name)
        del self._targets[name]
        self._forgotten.append(name)

    def delete(self, image_id: ImageID) -> list[ChainID]:
        """Take away an image; give the layers that nobody holds any more, from the top."""
        for child in self._children.pop(image_id, ()):
            del self._parents[child]
            self._orphaned.append(child)
        if parent := self._parents.pop(image_id, None):
            self._children[parent].discard(image_id)
        chains = self._chains.pop(image_id)
        self._gone.append(image_id)
        self._holders.subtract(chains)
        free = (chain for chain in reversed(chains) if not self._holders[chain])
        freed = list(filter(self._store.layers.has, free))
        self._freed += freed
        return freed

    def settle(self) -> int:
        """Do on the shelves what was decided; give the bytes of the layers that went."""
        store = self._store
        store.tags.forget(self._forgotten)
        for child in self._orphaned:
            store.images.orphan(child)
        for image_id in self._gone:
            store.images.delete(image_id)
        return sum(store.layers.delete(chain) for chain in self._freed)
