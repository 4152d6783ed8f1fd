"""cp: files into a container and out of it, running or not, as entries of a tar."""

from collections.abc import Callable, Sequence

from labimg.container.mount import mount, written
from labimg.containers import Container
from labimg.entry import Entry
from labimg.errors import NoSuchFile, NotAFolder
from labimg.overlay import Overlay
from labimg.store import Store


def stat(store: Store, container: Container, path: str, typed: str, *, follow: bool = False) -> Entry:
    """What stands at `path` in a container that was called `typed`; at the end a symlink may be itself.

    Raises:
        NoSuchFile: nothing does.
    """
    return _find(mount(store, container, lambda: 0), path, typed, follow=follow or path.endswith("/"))


def _find(tree: Overlay, path: str, typed: str, *, follow: bool) -> Entry:
    try:
        end = tree.resolve("/" + path.lstrip("/"), follow=follow)
    except OSError:
        raise NoSuchFile(path, typed) from None
    if end == "/":
        return Entry("/", "dir", 0o755)
    if end not in tree:
        raise NoSuchFile(path, typed)
    return tree[end]


def copy_out(
    store: Store, container: Container, path: str, typed: str, *, follow: bool = False
) -> list[Entry]:
    """What stands at `path`, and all below it, named from its last part on: "/etc/apt" gives "/apt"…

    Raises:
        NoSuchFile: nothing stands there.
    """
    tree = mount(store, container, lambda: 0)
    found = _find(tree, path, typed, follow=follow or path.endswith("/"))
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
        NotAFolder: a file stands there, or a directory would replace a file.
    """
    tree = mount(store, container, clock)
    lower = dict(tree)
    at = _find(tree, folder, typed, follow=True)
    if not at.is_dir:
        raise NotAFolder(folder)
    base = "" if at.path == "/" else at.path
    for entry in entries:
        path = base + entry.path
        old = tree.get(path)
        if entry.is_dir and old is not None and not old.is_dir:
            raise NotAFolder(path)
        tree.put(entry._replace(path=path) if keep_owner else entry._replace(path=path, uid=0, gid=0))
    store.containers.write(container, written(tree, lower))
