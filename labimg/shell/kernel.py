"""The system calls a program makes: paths are followed, rights are checked, devices answer.

All of it ends in the `Overlay`; this room adds who is asking, from which directory,
and the few devices every container has.
"""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from labimg.digest import Digest
from labimg.entry import Entry, Kind
from labimg.shell.accounts import Accounts, accounts
from labimg.shell.stream import Stream
from labimg.union.overlay import Overlay, refusal

READ, WRITE, ENTER = 4, 2, 1
ROOT: Final = Entry("/", "dir", 0o755)
NOISE: Final = b"".join(bytes.fromhex(Digest.of(bytes([n])).hex) for n in range(128))
ENDLESS: Final = {"/dev/zero": b"\0", "/dev/urandom": NOISE, "/dev/random": NOISE, "/dev/full": b"\0"}
SINKS: Final = frozenset({"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random", "/dev/tty"})
STANDARD: Final = {
    "/dev/stdin": 0,
    "/dev/stdout": 1,
    "/dev/stderr": 2,
    "/dev/fd/0": 0,
    "/dev/fd/1": 1,
    "/dev/fd/2": 2,
}


@dataclass(frozen=True, slots=True)
class Kernel:
    """What one process may do, and where it stands.  Paths may be relative to `cwd`."""

    overlay: Overlay
    cwd: str = "/"
    uid: int = 0
    groups: tuple[int, ...] = (0,)
    umask: int = 0o022

    @property
    def gid(self) -> int:
        """The first of the groups."""
        return self.groups[0]

    @property
    def accounts(self) -> Accounts:
        """The users and groups there are now."""
        return accounts(lambda path: self.overlay.read(self.overlay.resolve(path)))

    def enter(self, path: str) -> "Kernel":
        """The same process, standing in directory `path`.

        Raises:
            OSError: there is none, or it may not be entered.
        """
        place = self.path(path)
        entry = self.stat(path)
        if not entry.is_dir:
            raise refusal(errno.ENOTDIR, path)
        self._allow(entry, ENTER, path)
        return replace(self, cwd=place)

    # Looking.

    def path(self, path: str, *, follow: bool = True) -> str:
        """Where `path` leads: absolute, symlinks followed.

        Raises:
            OSError: a part of the way is missing, no directory, or closed to this user.
        """
        if not path:
            raise refusal(errno.ENOENT, path)
        place = self.overlay.resolve(path, self.cwd, follow=follow or path.endswith("/"))
        if self.uid:
            for parent in _ancestors(place):
                self._allow(self.overlay.get(parent, ROOT), ENTER, path)
        return place

    def stat(self, path: str, *, follow: bool = True) -> Entry:
        """What stands at `path`.

        Raises:
            OSError: nothing does.
        """
        if path in SINKS or path in STANDARD:
            return Entry(path, "char", 0o666, device=(1, 3))
        place = self.path(path, follow=follow)
        entry = self.overlay.get(place) or (ROOT if place == "/" else None)
        if entry is None:
            if place in SINKS or place in STANDARD:
                return Entry(place, "char", 0o666, device=(1, 3))
            raise refusal(errno.ENOENT, path)
        if path.endswith("/") and not entry.is_dir:
            raise refusal(errno.ENOTDIR, path)
        return entry

    def find(self, path: str, *, follow: bool = True) -> Entry | None:
        """What stands at `path`, or nothing."""
        try:
            return self.stat(path, follow=follow)
        except OSError:
            return None

    def names(self, path: str) -> list[str]:
        """The names in directory `path`."""
        entry = self.stat(path)
        if not entry.is_dir:
            raise refusal(errno.ENOTDIR, path)
        self._allow(entry, READ, path)
        return self.overlay.children(entry.path)

    def walk(self, path: str) -> Iterator[str]:
        """`path` and, if it is a directory, all below it, each directory before its content."""
        yield path
        entry = self.stat(path, follow=False)
        if entry.is_dir:
            for name in self.names(path):
                yield from self.walk(join(path, name))

    def allowed(self, path: str, right: int) -> bool:
        """May this process READ, WRITE or ENTER (for a file: execute) `path`?"""
        try:
            self._allow(self.stat(path), right, path)
        except OSError:
            return False
        return True

    # Bytes.

    def read(self, path: str) -> bytes:
        """The bytes of the file at `path`."""
        return self.open(path).read()

    def open(self, path: str) -> Stream:
        """The file at `path`, to read from."""
        entry = self.stat(path)
        if entry.path in ENDLESS:
            return Stream(filler=ENDLESS[entry.path])
        if entry.path in SINKS:
            return Stream()
        self._allow(entry, READ, path)
        if entry.is_dir:
            raise refusal(errno.EISDIR, path)
        return Stream(self.overlay.read(entry.path) if entry.is_file else b"")

    def write(self, path: str, data: bytes, *, append: bool = False, mode: int = 0o666) -> None:
        """Write the whole file at `path`, or add to it; a new one gets `mode` less the umask."""
        if path == "/dev/full":
            raise refusal(errno.ENOSPC, path)
        place = self.path(path)
        old = self.overlay.get(place)
        if path in SINKS or place in SINKS:
            return
        if place == "/" or path.endswith("/") or (old is not None and old.is_dir):
            raise refusal(errno.EISDIR, path)
        if old is None:
            self._allow_change(place, path)
        else:
            self._allow(old, WRITE, path)
        self._as_user().write(place, data, mode=mode & ~self.umask, append=append)

    # Names.

    def mkdir(self, path: str, mode: int = 0o777) -> None:
        """Make one directory."""
        place = self.path(path.rstrip("/") or "/", follow=False)
        if place == "/" or place in self.overlay:
            raise refusal(errno.EEXIST, path)
        self._allow_change(place, path)
        self._as_user().mkdir(place, mode & ~self.umask)

    def mknod(self, path: str, kind: Kind, mode: int, device: tuple[int, int] = (0, 0)) -> None:
        """Make a device or a fifo."""
        place = self.path(path, follow=False)
        self._allow_change(place, path)
        self._as_user().mknod(place, kind, mode & ~self.umask, device)

    def symlink(self, target: str, path: str) -> None:
        """Make a symbolic link at `path` that says `target`."""
        place = self.path(path, follow=False)
        self._allow_change(place, path)
        self._as_user().symlink(place, target)

    def link(self, existing: str, path: str) -> None:
        """Give the file at `existing` one more name."""
        place = self.path(path, follow=False)
        self._allow_change(place, path)
        self._as_user().link(self.path(existing, follow=False), place)

    def rename(self, old: str, new: str) -> None:
        """Move `old` to `new`; raises EXDEV for a directory that a lower layer holds."""
        source, place = self.path(old, follow=False), self.path(new, follow=False)
        self._allow_change(source, old)
        self._allow_change(place, new)
        self._as_user().rename(source, place)

    def unlink(self, path: str) -> None:
        """Delete a file."""
        place = self.path(path, follow=False)
        self.stat(path, follow=False)
        self._allow_change(place, path)
        self.overlay.unlink(place)

    def rmdir(self, path: str) -> None:
        """Delete an empty directory."""
        place = self.path(path.rstrip("/") or "/", follow=False)
        if place == "/":
            raise refusal(errno.EBUSY, path)
        self._allow_change(place, path)
        self.overlay.rmdir(place)

    # What is known of a file.

    def chmod(self, path: str, mode: int) -> None:
        """Set the permission bits; only the owner may."""
        self.overlay.chmod(self._own(path), mode)

    def chown(self, path: str, uid: int, gid: int, *, follow: bool = True) -> None:
        """Set the owner; only root may, and an owner may give it to a group of theirs."""
        entry = self.stat(path, follow=follow)
        if self.uid and not (entry.uid == self.uid == uid and gid in self.groups):
            raise refusal(errno.EPERM, path)
        self.overlay.chown(entry.path, uid, gid)

    def utime(self, path: str, seconds: int) -> None:
        """Set the time of the last change, in seconds since the epoch."""
        self.overlay.utime(self._own(path), seconds)

    def put(self, entry: Entry) -> None:
        """Place `entry` with its times; the owner is this process unless it is root's."""
        place = self.path(entry.path, follow=False)
        self._allow_change(place, entry.path)
        if self.uid:
            entry = entry._replace(uid=self.uid, gid=self.gid)
        self.overlay.put(entry._replace(path=place))

    def _own(self, path: str) -> str:
        entry = self.stat(path)
        if self.uid and entry.uid != self.uid:
            raise refusal(errno.EPERM, path)
        return entry.path

    def _as_user(self) -> Overlay:
        self.overlay.owner = (self.uid, self.gid)
        return self.overlay

    def _allow(self, entry: Entry, right: int, path: str) -> None:
        if self.uid == 0:
            granted = entry.is_dir or right != ENTER or bool(entry.mode & 0o111)
        else:
            shift = 6 if entry.uid == self.uid else 3 if entry.gid in self.groups else 0
            granted = bool(entry.mode >> shift & right)
        if not granted:
            raise refusal(errno.EACCES, path)

    def _allow_change(self, place: str, path: str) -> None:
        """May a name be made or deleted at `place`?"""
        above = place.rpartition("/")[0] or "/"
        parent = self.overlay.get(above, ROOT if above == "/" else None)
        if parent is None:
            raise refusal(errno.ENOENT, path)
        if not parent.is_dir:
            raise refusal(errno.ENOTDIR, path)
        self._allow(parent, WRITE, path)
        old = self.overlay.get(place)
        if self.uid and old and parent.mode & 0o1000 and self.uid not in (old.uid, parent.uid):
            raise refusal(errno.EPERM, path)


def join(folder: str, name: str) -> str:
    """`name` in `folder`."""
    return folder + name if folder.endswith("/") else f"{folder}/{name}"


def why(error: OSError) -> str:
    """The reason alone: "No such file or directory"."""
    return error.strerror or os.strerror(error.errno or errno.EIO)


def _ancestors(place: str) -> Iterator[str]:
    at = place.find("/", 1)
    while at > 0:
        yield place[:at]
        at = place.find("/", at + 1)
