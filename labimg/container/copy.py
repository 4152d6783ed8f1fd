"""cp: files into a container and out of it, running or not, as entries of a tar."""

import posixpath
from collections.abc import Callable, Sequence

from labimg import errors
from labimg.container.mount import mount, settle
from labimg.container.volumes import attached, planted
from labimg.containers import Container
from labimg.entry import Entry, moved
from labimg.store import Store
from labimg.union.overlay import Overlay


def stat(store: Store, container: Container, path: str, typed: str, *, follow: bool = False) -> Entry:
    """What stands at `path` in a container that was called `typed`; at the end a symlink may be itself.

    Raises:
        NoSuchFile: nothing does.
        NoWay: the path leads through a file.
    """
    tree = mount(store, container, lambda: 0, attached(store, container))
    return _find(tree, container, path, typed, follow=follow or path.endswith("/"))


def _find(tree: Overlay, container: Container, path: str, typed: str, *, follow: bool) -> Entry:
    rooted = "/" + path.lstrip("/")
    place = f"/var/lib/docker/overlay2/{container.mount_id}/merged{rooted}"
    try:
        end = tree.resolve(rooted, follow=follow)
    except NotADirectoryError:
        raise errors.NoWay(place) from None
    except OSError:
        raise errors.NoSuchFile(path, typed) from None
    if end == "/":
        return Entry("/", "dir", 0o755)
    found, above = tree.get(end), tree.get(posixpath.dirname(end))
    if (above and not above.is_dir) or (found and rooted.endswith("/") and not found.is_dir):
        raise errors.NoWay(place)
    if found is None:
        raise errors.NoSuchFile(path, typed)
    return found


def copy_out(
    store: Store, container: Container, path: str, typed: str, *, follow: bool = False
) -> list[Entry]:
    """What stands at `path`, and all below it, named from its last part on: "/etc/apt" gives "/apt"…

    Raises:
        NoSuchFile, NoWay: nothing stands there.
    """
    tree = mount(store, container, lambda: 0, attached(store, container))
    found = _find(tree, container, path, typed, follow=follow or path.endswith("/"))
    inside = "/" if found.path == "/" else found.path + "/"
    start = len(found.path) - len(found.name) - 1 if found.path != "/" else 0
    entries = [found] if found.path != "/" else []
    entries += [entry for name, entry in tree.items() if name.startswith(inside)]
    return [_alone(entry)._replace(path=entry.path[start:]) for entry in entries]


def _alone(entry: Entry) -> Entry:
    return entry._replace(kind="file", target="") if entry.kind == "link" else entry


def copy_in(
    store: Store, container: Container, folder: str, entries: Sequence[Entry], typed: str,
    *, clock: Callable[[], int], keep_owner: bool = False,
) -> None:  # fmt: skip
    """Put `entries` below `folder` of a container; they belong to root unless owners are kept.

    Raises:
        NoSuchFile: there is no such folder.
        NoExtraction: a file stands there.
        NotAFolder: a directory would replace a file.
    """
    mounted = planted(store, container, clock)
    tree = mount(store, container, clock, mounted)
    lower = dict(tree)
    at = _find(tree, container, folder, typed, follow=True)
    if not at.is_dir:
        raise errors.NoExtraction
    base = "" if at.path == "/" else at.path
    for entry in moved(entries, "", base):
        old = tree.get(entry.path)
        if entry.is_dir and old is not None and not old.is_dir:
            raise errors.NotAFolder(entry.path)
        tree.put(entry if keep_owner else entry._replace(uid=0, gid=0))
    for made in reversed([entry for entry in entries if entry.is_dir]):  # what was put in made them new
        tree.utime(base + made.path, made.mtime)
    settle(store, container, tree, lower, mounted)
