"""An overlay: a union one can write to, as the kernel's overlayfs does it for a container.

All writes land in one upper layer.  To change a lower file it is first copied up,
whole; to delete one, a whiteout is left; a directory that takes the place of a
deleted one is opaque.  Nothing below is ever touched.

Model: https://www.kernel.org/doc/html/v6.12/filesystems/overlayfs.html
"""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from labimg.changes import in_tar_order
from labimg.entry import Bytes, Copied, Entry, Kind, opaque, parts, whiteout
from labimg.layer import Tree

SECOND: Final = 1_000_000_000  # ns
SETGID: Final = 0o2000  # of a directory: what is made in it belongs to its group
LINKS: Final = 40  # symlinks on one way, as the kernel has it


def refusal(code: int, path: str) -> OSError:
    """The kernel's error `code` for `path`, as the subclass of OSError that fits."""
    return OSError(code, os.strerror(code), path)


class Overlay(Mapping[str, Entry]):
    """`lower` with a writable layer upon it: a mapping of the merged tree, and the file operations.

    Paths are absolute and normalised; only `resolve` follows symlinks.
    `clock` gives ns since the epoch.  Operations raise what the kernel would: OSError with its errno.
    """

    def __init__(self, lower: Tree, clock: Callable[[], int], upper: Iterable[Entry] = ()) -> None:
        self._lower = lower
        self._clock = clock
        self.owner = (0, 0)  # uid, gid of whoever writes
        self._tree: dict[str, Entry] = {path: lower[path] for path in lower}
        self._names: dict[str, set[str]] | None = None
        self._upper: set[str] = set()
        self._holes: dict[str, int] = {}  # whiteout -> mtime, seconds
        self._opaque: set[str] = set()
        self._twins: dict[str, set[str]] = {}  # names of one file, shared by all of them
        for entry in sorted(upper, key=lambda entry: (entry.whiteout is None, entry.kind == "link")):
            self._restore(entry)

    def __getitem__(self, path: str) -> Entry:
        """What stands at `path`; of the names of one file all but the first in order link to that."""
        entry = self._tree[path]
        return self._named(path) if entry.is_file and path in self._twins else entry

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._tree, key=parts))

    def __len__(self) -> int:
        return len(self._tree)

    def __contains__(self, path: object) -> bool:
        return path in self._tree

    def children(self, path: str) -> list[str]:
        """The names in directory `path`, sorted by bytes."""
        return sorted(self._inside(path), key=os.fsencode)

    def read(self, path: str) -> bytes:
        """The bytes of the file at `path`."""
        entry = self._at(path)
        if entry.is_dir:
            raise refusal(errno.EISDIR, path)
        return entry.read()

    def resolve(self, path: str, cwd: str = "/", *, follow: bool = True) -> str:
        """Where `path`, seen from `cwd`, leads once symlinks are followed; the last part need not exist.

        With `follow` off a symlink at the very end is left alone.
        """
        way = path if path.startswith("/") else f"{cwd}/{path}"
        todo = [part for part in reversed(way.split("/")) if part not in ("", ".")]
        done: list[str] = []
        links = 0
        while todo:
            part = todo.pop()
            if part == "..":
                del done[-1:]
                continue
            here = "/" + "/".join([*done, part])
            entry = self._tree.get(here)
            if entry is not None and entry.kind == "symlink" and (todo or follow):
                links += 1
                if links > LINKS:
                    raise refusal(errno.ELOOP, path)
                if entry.target.startswith("/"):
                    done.clear()
                todo += [part for part in reversed(entry.target.split("/")) if part not in ("", ".")]
                continue
            if todo and entry is None:
                raise refusal(errno.ENOENT, path)
            if todo and entry is not None and not entry.is_dir:
                raise refusal(errno.ENOTDIR, path)
            done.append(part)
        return "/" + "/".join(done)

    def write(self, path: str, data: bytes, *, mode: int = 0o644, append: bool = False) -> None:
        """Write a whole file, or add to it; one that exists keeps its mode and owner."""
        old = self._tree.get(path)
        if old is None:
            self._create(Entry(path, "file", mode, size=len(data), source=Bytes(data)))
            return
        if not old.is_file:
            raise refusal(errno.EISDIR if old.is_dir else errno.ELOOP, path)
        self._copy_up(path)
        if append:
            data = old.read() + data
        self._change(path, size=len(data), offset=0, source=Bytes(data), mtime=self._now())

    def mkdir(self, path: str, mode: int = 0o755) -> None:
        """Make a directory; where a lower one was deleted, an opaque one."""
        self._create(Entry(path, "dir", mode))

    def symlink(self, path: str, target: str) -> None:
        """Make a symbolic link at `path` that says `target`."""
        self._create(Entry(path, "symlink", 0o777, target=target))

    def mknod(self, path: str, kind: Kind, mode: int = 0o644, device: tuple[int, int] = (0, 0)) -> None:
        """Make a device or a fifo."""
        self._create(Entry(path, kind, mode, device=device))

    def link(self, existing: str, path: str) -> None:
        """Give the file at `existing` one more name; a lower one is copied up for it."""
        entry = self._at(existing)
        self._parent(path)
        if path in self._tree:
            raise refusal(errno.EEXIST, path)
        if entry.is_dir:
            raise refusal(errno.EPERM, existing)
        entry = self._copy_up(existing)
        self._create(entry._replace(path=path), as_it_is=True)
        self._twin(existing, path)

    def chmod(self, path: str, mode: int) -> None:
        """Set the permission bits."""
        self._copy_up(path)
        self._change(path, mode=mode & 0o7777)

    def chown(self, path: str, uid: int, gid: int) -> None:
        """Set the owner; on a file this takes setuid and setgid away, as in chown(2)."""
        entry = self._copy_up(path)
        keep = 0o7777 if entry.is_dir else 0o1777 if entry.mode & 0o010 else 0o3777
        self._change(path, uid=uid, gid=gid, mode=entry.mode & keep)

    def utime(self, path: str, seconds: int) -> None:
        """Set the time of the last change, seconds since the epoch."""
        self._copy_up(path)
        self._change(path, mtime=seconds)

    def rename(self, old: str, new: str) -> None:
        """Give what stands at `old` the name `new`; a lower directory cannot move (EXDEV), `mv` copies it."""
        entry = self._at(old)
        self._parent(new)
        if new in self._twins.get(old, {old}):
            return
        self._clear(entry, new)
        moved = list(self._subtree(old)) if entry.is_dir else [self._copy_up(old)]
        twins = {path: self._twins[path] for path, *_ in moved if path in self._twins}
        opaques = {path for path in self._opaque if f"{path}/".startswith(old + "/")}
        self._remove(old)
        self._create(moved[0]._replace(path=new), as_it_is=True)
        for item in moved[1:]:
            self._set(item._replace(path=new + item.path[len(old) :]))
        self._opaque |= {new + path[len(old) :] for path in opaques}
        if entry.is_dir and self._merges(new.rpartition("/")[0]):
            self._opaque.add(new)
        for path, names in twins.items():
            self._twins[new + path[len(old) :]] = names
            names.add(new + path[len(old) :])

    def unlink(self, path: str) -> None:
        """Delete a file; if a lower layer has it, a whiteout stays."""
        if self._at(path).is_dir:
            raise refusal(errno.EISDIR, path)
        self._remove(path)

    def rmdir(self, path: str) -> None:
        """Delete an empty directory."""
        if not self._at(path).is_dir:
            raise refusal(errno.ENOTDIR, path)
        if self._inside(path):
            raise refusal(errno.ENOTEMPTY, path)
        self._remove(path)

    def rmtree(self, path: str) -> None:
        """Delete whatever stands at `path`, with all that is in it."""
        self._at(path)
        self._remove(path)

    def put(self, entry: Entry) -> None:
        """Place `entry` as it is, owner and times too, over whatever stood there; directories merge."""
        old = self._tree.get(entry.path)
        if entry.kind == "symlink":
            entry = entry._replace(mode=0o777)  # no file system keeps another
        if entry.kind == "link":
            if old is not None:
                self.rmtree(entry.path)
            self.link(entry.target, entry.path)
        elif old is not None and old.is_dir and entry.is_dir:
            self._copy_up(entry.path)
            self._set(entry)
        else:
            if old is not None:
                self._remove(entry.path)
            self._create(entry, as_it_is=True)

    def changes(self) -> list[Entry]:
        """What the upper layer's tar holds, in its order: whiteouts where the hidden name would stand."""
        found = [*map(self._named, self._upper), *self._whiteouts()]
        found += [opaque(path, mode=self._tree[path].mode) for path in self._opaque]
        return sorted(found, key=in_tar_order)

    def _named(self, path: str) -> Entry:
        """An upper entry; of the names of one file, or one symlink, all but the first link to that."""
        first = min(self._twins.get(path, {path}), key=parts)
        return self._tree[path] if first == path else self._tree[path]._replace(kind="link", target=first)

    def _whiteouts(self) -> Iterator[Entry]:
        """The whiteouts.  One inode serves them all, so all but the first carry its name as a stale link."""
        first = ""
        for path in sorted(self._holes, key=parts):
            yield whiteout(path, mtime=self._holes[path])._replace(target=first)
            first = first or path

    # What the operations are made of.

    def _now(self) -> int:
        return self._clock() // SECOND

    def _at(self, path: str) -> Entry:
        try:
            return self._tree[path]
        except KeyError:
            raise refusal(errno.ENOENT, path) from None

    def _parent(self, path: str) -> str:
        """The directory of `path`, which must be one."""
        parent = path.rpartition("/")[0]
        if parent and not self._at(parent).is_dir:
            raise refusal(errno.ENOTDIR, path)
        return parent

    def _inside(self, path: str) -> set[str]:
        if self._names is None:
            self._names = {}
            for known in self._tree:
                parent, _, name = known.rpartition("/")
                self._names.setdefault(parent or "/", set()).add(name)
        return self._names.get(path, set())

    def _subtree(self, path: str) -> Iterator[Entry]:
        yield self._tree[path]
        for name in self.children(path):
            yield from self._subtree(f"{path}/{name}")

    def _lower_has(self, path: str) -> bool:
        """Would the lower layers show something at `path`?"""
        if path not in self._lower:
            return False
        return not any(path.startswith(closed + "/") for closed in self._opaque)

    def _set(self, entry: Entry) -> None:
        self._tree[entry.path] = entry
        self._upper.add(entry.path)
        if self._names is not None:
            parent, _, name = entry.path.rpartition("/")
            self._names.setdefault(parent or "/", set()).add(name)

    def _change(self, path: str, **fields: object) -> None:
        """Change the file at `path` under all its names."""
        for name in self._twins.get(path, {path}):
            self._set(self._tree[name]._replace(**fields))  # type: ignore[arg-type]

    def _copy_up(self, path: str) -> Entry:
        """Bring `path` and the directories above it into the upper layer; times stay."""
        entry = self._at(path)
        if path not in self._upper:
            self._copy_up_parents(path)
            if entry.is_file:
                source = Copied(entry.source) if entry.source else Bytes(b"")
                entry = entry._replace(kind="file", target="", source=source)
            self._set(entry)
        return entry

    def _copy_up_parents(self, path: str) -> None:
        parent = path.rpartition("/")[0]
        if parent and parent not in self._upper:
            self._copy_up_parents(parent)
            self._set(self._tree[parent])

    def _create(self, entry: Entry, *, as_it_is: bool = False) -> None:
        """Place a new entry: its directory gets a new time; over a whiteout a directory turns opaque."""
        path = entry.path
        if path in self._tree:
            raise refusal(errno.EEXIST, path)
        parent = self._tree.get(self._parent(path))
        if not as_it_is:
            uid, gid = self.owner
            if parent and parent.mode & SETGID:
                gid = parent.gid
                entry = entry._replace(mode=entry.mode | SETGID) if entry.is_dir else entry
            entry = entry._replace(uid=uid, gid=gid, mtime=self._now())
        self._copy_up_parents(path)
        self._set(entry)
        self._touch_parent(path)
        if self._holes.pop(path, None) is not None and entry.is_dir:
            self._opaque.add(path)

    def _touch_parent(self, path: str) -> None:
        parent = path.rpartition("/")[0]
        if parent:
            self._set(self._tree[parent]._replace(mtime=self._now()))

    def _twin(self, existing: str, path: str) -> None:
        """Note that two names are one file."""
        self._twins[path] = self._twins.setdefault(existing, {existing})
        self._twins[path].add(path)

    def _clear(self, entry: Entry, new: str) -> None:
        """Clear the way for `entry` to become `new`, or refuse as the kernel does, in its order."""
        old, target = entry.path, self._tree.get(new)
        if entry.is_dir and new.startswith(old + "/"):
            raise refusal(errno.EINVAL, new)
        if old.startswith(new + "/"):
            raise refusal(errno.ENOTEMPTY, new)
        if target is not None and target.is_dir != entry.is_dir:
            raise refusal(errno.EISDIR if target.is_dir else errno.ENOTDIR, new)
        if entry.is_dir and self._merges(old):
            raise refusal(errno.EXDEV, old)
        if target is not None and self._inside(new):
            raise refusal(errno.ENOTEMPTY, new)
        if target is not None:
            self._remove(new)

    def _merges(self, path: str) -> bool:
        """Does directory `path` ("" is the root) show, or could it show, what lower layers have in it?"""
        return not path or (self._lower_has(path) and path not in self._opaque)

    def _remove(self, path: str) -> None:
        """Take `path` and all below it out of sight."""
        self._copy_up_parents(path)
        for entry in list(self._subtree(path)):
            self._forget(entry.path)
        if self._lower_has(path):
            self._holes[path] = min(self._holes.values(), default=self._now())
        self._touch_parent(path)

    def _forget(self, path: str) -> None:
        """Take one path out of the upper layer and out of sight."""
        self._vanish(path)
        self._upper.discard(path)
        self._opaque.discard(path)
        self._holes = {hole: at for hole, at in self._holes.items() if not hole.startswith(path + "/")}
        twins = self._twins.pop(path, None)
        if twins:
            twins.discard(path)

    def _vanish(self, path: str) -> None:
        """Take one path out of sight."""
        del self._tree[path]
        if self._names is not None:
            parent, _, name = path.rpartition("/")
            self._names[parent or "/"].discard(name)

    def _restore(self, entry: Entry) -> None:
        """Put back an entry of an upper layer that was stored, markers as markers."""
        hole = entry.whiteout
        if hole is None:
            self._raise_again(entry)
            return
        if hole.opaque:
            self._opaque.add(hole.path)
        else:
            self._holes[hole.path] = entry.mtime
        for inside in list(self._subtree(hole.path)) if hole.path in self._tree else []:
            if inside.path != hole.path or not hole.opaque:
                self._vanish(inside.path)

    def _raise_again(self, entry: Entry) -> None:
        old = self._tree.get(entry.path)
        if old is not None and old.is_dir and not entry.is_dir:
            for inside in list(self._subtree(entry.path)):
                self._vanish(inside.path)
        if entry.kind == "link":
            self._twin(entry.target, entry.path)
            entry = self._tree[entry.target]._replace(path=entry.path)
        self._set(entry)
