"""What a container sees: its image, a few files of the engine's, and what it has written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from labimg import units
from labimg.containers import Container
from labimg.entry import Entry, directory, file, symlink
from labimg.layer import apply
from labimg.overlay import Overlay
from labimg.spec import RunConfig
from labimg.store import Store
from labimg.union import UnionView

# What stands in every container, whatever its image: mounts and files of the engine.
BOUND = ("/etc/hosts", "/etc/resolv.conf", "/etc/hostname")
MOUNTED = ("/dev", "/proc", "/sys")


def init_layer(config: RunConfig, lower: Mapping[str, Entry], made: int) -> list[Entry]:
    """What Docker slips between the image and the writable layer: mount points, and who the host is.

    A directory it had to put something into is as old as the container, `made` then (seconds).
    """
    shown = {
        "/etc/hostname": f"{config.hostname}\n",
        "/etc/hosts": "127.0.0.1\tlocalhost\n",
        "/etc/resolv.conf": "",
    }
    wanted = [file("/.dockerenv", mode=0o755), directory("/dev"), file("/dev/console", mode=0o755)]
    wanted += [directory(path) for path in ("/dev/pts", "/dev/shm", "/etc", "/proc", "/sys")]
    wanted += [file(path, text.encode(), mode=0o755) for path, text in shown.items()]
    wanted.append(symlink("/etc/mtab", "/proc/mounts"))
    new = [entry._replace(mtime=made) for entry in wanted if entry.path not in lower]
    touched = {lower[entry.parent] for entry in new if entry.parent in lower}
    named = [entry for entry in wanted if entry.path in lower and entry.path in shown]
    return [*(folder._replace(mtime=made) for folder in touched), *new, *named]


@dataclass(frozen=True, slots=True)
class Mounted:
    """One mount besides: where it is seen, what is in it, and what becomes of that afterwards."""

    target: str
    entries: tuple[Entry, ...]
    keep: Callable[[Sequence[Entry]], None] = lambda entries: None


def below(store: Store, container: Container) -> dict[str, Entry]:
    """What lies under a container's writable layer: the layers it stands on, and the init layer."""
    lower = UnionView(store.layers.stack(store.containers.top(container))).tree
    made = units.parse_time(container.created) // units.SECOND
    return apply(lower, init_layer(container.config, lower, made))


def mount(
    store: Store, container: Container, clock: Callable[[], int], mounted: Sequence[Mounted] = ()
) -> Overlay:
    """The union a container sees: what lies below, mounts, and what it has written."""
    slipped = [entry for one in mounted for entry in one.entries]
    lower = below(store, container)
    return Overlay(apply(lower, slipped) if slipped else lower, clock, store.containers.upper(container))


def prepare(overlay: Overlay, config: RunConfig) -> None:
    """Make the directories that volumes are mounted on, where they are missing."""
    for volume in config.volumes or ():
        for path in accumulate(volume.strip("/").split("/"), "{}/{}".format, initial=""):
            if path and path not in overlay:
                overlay.mkdir(path)


def written(
    overlay: Overlay, lower: Mapping[str, Entry], targets: Sequence[str] = (), volumes: Sequence[str] = ()
) -> list[Entry]:
    """What went into the writable layer: writes to mounts and into volumes went elsewhere."""
    elsewhere = (*MOUNTED, *BOUND, *targets)
    inside = tuple(volume.rstrip("/") + "/" for volume in volumes)
    changed = [entry for entry in overlay.changes() if not entry.path.startswith(inside)]
    kept = [entry for entry in changed if not _in(entry.path, elsewhere)]
    way = {
        path
        for target in elsewhere
        for path in accumulate(target.split("/")[1:-1], "{}/{}".format, initial="")
    }
    while True:
        needed = {entry.parent for entry in kept}
        idle = {
            entry.path
            for entry in kept
            if entry.path in way and entry.path not in needed and lower.get(entry.path) == entry
        }
        if not idle:
            return kept
        kept = [entry for entry in kept if entry.path not in idle]


def _in(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder + "/") for folder in folders)
