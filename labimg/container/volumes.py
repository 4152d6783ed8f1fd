"""Volumes: each `VOLUME` of an image is one to a container, filled with what the image has there.

What is written below it belongs to no layer.  Source: moby/daemon/create_unix.go at v20.10.24.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from posixpath import normpath

from labimg import errors
from labimg.container.mount import Mounted, flat, made, root
from labimg.containers import Container
from labimg.digest import ChainID
from labimg.entry import Entry, directory, moved
from labimg.store import Store
from labimg.union import UnionView
from labimg.union.overlay import Overlay
from labimg.volumes import ROOT


def furnished(store: Store, container: Container, top: ChainID | None) -> Container:
    """A new container upon the layer `top`, with its volumes, which are made for it.

    Raises:
        VolumeOverFile: a file stands where one belongs.
    """
    asked = sorted({"/" + normpath(path).lstrip("/") for path in container.config.volumes or ()} - {"/"})
    if not asked:
        return container
    tree = Overlay(UnionView(store.layers.stack(top)).tree, lambda: 0)
    places = [place(tree, path) for path in asked]
    for path, at in zip(asked, places, strict=True):
        if at in tree and not tree[at].is_dir:
            raise errors.VolumeOverFile(f"/var/lib/docker/overlay2/{container.mount_id}/merged{path}")
    mounts = {path: store.name() for path in asked}
    for name, at in zip(mounts.values(), places, strict=True):
        folder = tree.get(at) or directory(at)
        inside = [entry for path, entry in tree.items() if path.startswith(at + "/")]
        _keep(store, name, at, [folder._replace(mtime=made(container)), *inside])
    return container._replace(mounts=mounts)


def place(tree: Overlay, path: str) -> str:
    """Where a mount at `path` comes to stand in `tree`, once symlinks are followed as far as they lead."""
    head, tail = path, ""
    while head:
        try:
            return tree.resolve(head).rstrip("/") + tail
        except OSError:
            head, _, name = head.rpartition("/")
            tail = f"/{name}{tail}"
    return tail


def attached(store: Store, container: Container) -> list[Mounted]:
    """A container's volumes, as mounts."""
    if not container.mounts:
        return []
    tree = root(store, container)
    places = {place(tree, path): name for path, name in container.mounts.items()}
    found = []
    for at, name in sorted(places.items()):
        others = tuple(f"{other}/" for other in places if other.startswith(f"{at}/"))
        here = tuple(
            entry
            for entry in moved(store.volumes.entries(name), ROOT, at)
            if not entry.path.startswith(others)
        )
        found.append(Mounted(at, here, partial(_keep, store, name, at, others=others)))
    return found


def _keep(store: Store, name: str, at: str, entries: Sequence[Entry], others: tuple[str, ...] = ()) -> None:
    """Keep the volume `name`: of the `entries` that are seen `at` its place those that no other has."""
    own = [entry for entry in entries if not entry.path.startswith(others)]
    store.volumes.put(name, flat({entry.path: entry for entry in moved(own, at, ROOT)}))


def planted(store: Store, container: Container, clock: Callable[[], int]) -> list[Mounted]:
    """The same, once there is a directory in the writable layer for each to be mounted upon."""
    mounted = attached(store, container)
    tree = root(store, container, clock)
    places = [one.target for one in mounted]
    missing = [at for at in places if at not in tree and not at.startswith(tuple(f"{p}/" for p in places))]
    for at in missing:
        for path in accumulate(at.split("/")[1:], "{}/{}".format, initial=""):
            if path and path not in tree:
                tree.mkdir(path)
    if missing:
        store.containers.write(container, tree.changes())
    return mounted
