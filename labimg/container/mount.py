"""What a container sees: its image, a few files of the engine's, and what it has written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from labimg import units
from labimg.changes import in_tar_order
from labimg.containers import Container
from labimg.entry import Entry, directory, file, opaque, parts, symlink
from labimg.layer import apply
from labimg.store import Store
from labimg.union import UnionView
from labimg.union.joined import Joined
from labimg.union.overlay import Overlay
from labimg.union.sealed import Sealed

# What stands in every container, whatever its image: mounts and files of the engine.
BOUND = ("/etc/hosts", "/etc/resolv.conf", "/etc/hostname")
MOUNTED = ("/dev", "/proc", "/sys")


def init_layer(lower: Mapping[str, Entry], made: int) -> list[Entry]:
    """What Docker slips between the image and the writable layer: places to mount upon, empty.

    A directory it had to put something into is as old as the container, `made` then (seconds).
    """
    wanted = [file("/.dockerenv", mode=0o755), directory("/dev"), file("/dev/console", mode=0o755)]
    wanted += [directory(path) for path in ("/dev/pts", "/dev/shm", "/etc", "/proc", "/sys")]
    wanted += [file(path, mode=0o755) for path in BOUND]
    wanted.append(symlink("/etc/mtab", "/proc/mounts"))
    new = [entry._replace(mtime=made) for entry in wanted if entry.path not in lower]
    touched = {lower[entry.parent] for entry in new if entry.parent in lower}
    return [*(folder._replace(mtime=made) for folder in touched), *new]


def bound(container: Container) -> list[Entry]:
    """The files of the engine's that are bound upon a container's own: who the host is."""
    host = container.host_config
    texts = (_hosts(host.get("ExtraHosts") or ()), _resolver(host), f"{container.config.hostname}\n")
    return [
        file(path, text.encode(), mode=0o644, mtime=made(container))
        for path, text in zip(BOUND, texts, strict=True)
    ]


def _hosts(extra: Sequence[str]) -> str:
    """The names a container knows, each with its address (`--add-host`)."""
    told = [f"{address}\t{name}\n" for name, _, address in (word.partition(":") for word in extra)]
    return "".join(("127.0.0.1\tlocalhost\n", *told))


def _resolver(host: Mapping[str, Any]) -> str:
    """Whom a container asks for an address (`--dns`)."""
    search, servers, options = (host.get(key) or () for key in ("DnsSearch", "Dns", "DnsOptions"))
    lines = [f"search {' '.join(search)}\n"] * bool(search)
    lines += [f"nameserver {server}\n" for server in servers]
    lines += [f"options {' '.join(options)}\n"] * bool(options)
    return "".join(lines)


class Mounted(NamedTuple):
    """One mount besides: where it is seen, what is in it, and what becomes of that afterwards."""

    target: str
    entries: tuple[Entry, ...]
    keep: Callable[[Sequence[Entry]], None] = lambda entries: None


def below(store: Store, container: Container, upon: Sequence[Entry] = ()) -> dict[str, Entry]:
    """What lies under a container's writable layer: its image, the init layer, and what is mounted `upon`."""
    lower = UnionView(store.layers.stack(store.containers.top(container))).tree
    return apply(lower, [*init_layer(lower, made(container)), *upon])


def root(store: Store, container: Container, clock: Callable[[], int] = lambda: 0) -> Overlay:
    """A container's own file system, without what is mounted upon it."""
    return Overlay(below(store, container), clock, store.containers.upper(container))


def mount(
    store: Store, container: Container, clock: Callable[[], int], mounted: Sequence[Mounted] = ()
) -> Joined:
    """The union a container sees: what lies below, mounts, and what it has written."""
    upon = [*bound(container)]
    for one in mounted:
        upon += [opaque(one.target), *one.entries]
    targets = tuple(one.target for one in mounted)
    upper = [entry for entry in store.containers.upper(container) if not _in(entry.path, targets)]
    kind = Sealed if container.host_config.get("ReadonlyRootfs") else Joined
    overlay = kind(below(store, container, upon), clock, upper)
    overlay.mounts = targets
    return overlay


def made(container: Container) -> int:
    """When it was made, in seconds."""
    return units.parse_time(container.created) // units.SECOND


def prepare(overlay: Joined, container: Container) -> None:
    """Make the directory to work in, where it is missing; seal what is read-only."""
    for path in accumulate(filter(None, container.config.working_dir.split("/")), "{}/{}".format, initial=""):
        if path and path not in overlay:
            overlay.mkdir(path)
    if isinstance(overlay, Sealed):
        overlay.seal(*MOUNTED, *overlay.mounts)


def settle(
    store: Store, container: Container, overlay: Joined, lower: Mapping[str, Entry],
    mounted: Sequence[Mounted] = (),
) -> None:  # fmt: skip
    """Keep what was written into `overlay`, which was `lower`: mounts keep theirs, a layer the rest."""
    for one in mounted:
        one.keep([entry for path, entry in overlay.items() if _in(path, (one.target,))])
    store.containers.write(container, _written(overlay, lower, store.containers.upper(container)))


def _written(overlay: Joined, lower: Mapping[str, Entry], before: Sequence[Entry]) -> list[Entry]:
    """What the writable layer holds that held `before`: writes to mounts went elsewhere."""
    elsewhere = (*MOUNTED, *BOUND, *overlay.mounts)
    kept = [entry for entry in overlay.changes() if not _in(entry.path, elsewhere)]
    kept += [entry for entry in before if _in(entry.path, overlay.mounts)]
    known = {entry.path for entry in before}
    way = {
        path
        for target in elsewhere
        for path in accumulate(target.split("/")[1:-1], "{}/{}".format, initial="")
    } - known
    while True:
        needed = {entry.parent for entry in kept}
        idle = {
            entry.path
            for entry in kept
            if entry.path in way and entry.path not in needed and lower.get(entry.path) == entry
        }
        if not idle:
            return sorted(kept, key=in_tar_order)
        kept = [entry for entry in kept if entry.path not in idle]


def _in(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


def flat(tree: Mapping[str, Entry]) -> Iterable[Entry]:
    """The entries of `tree` in tar order; of the names of one file all but the first link to that."""
    first: dict[tuple[object, ...], str] = {}
    for path in sorted(tree, key=parts):
        entry = tree[path]
        if entry.is_file:
            target = first.setdefault(entry.inode, path)
            entry = (
                entry._replace(kind="file", target="")
                if target == path
                else entry._replace(kind="link", target=target)
            )
        yield entry
