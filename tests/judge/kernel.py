"""The kernel's own overlayfs as a judge: a stack of real directories, mounted, changed and read back."""

import ctypes
import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labimg.entry import Bytes, Entry, Kind, opaque, whiteout

LIBC = ctypes.CDLL(None, use_errno=True)
DETACH = 2
OPTIONS = "index=off,metacopy=off,redirect_dir=off"  # as Docker mounts
OPAQUE = "trusted.overlay.opaque"
KINDS: list[tuple[int, Kind]] = [
    (stat.S_IFDIR, "dir"),
    (stat.S_IFLNK, "symlink"),
    (stat.S_IFCHR, "char"),
    (stat.S_IFBLK, "block"),
    (stat.S_IFIFO, "fifo"),
    (stat.S_IFREG, "file"),
]


def mount(source: str, target: Path, kind: str, options: str) -> None:
    """mount(2)."""
    if LIBC.mount(source.encode(), os.fsencode(target), kind.encode(), 0, options.encode()):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(target))


def unmount(target: Path) -> None:
    """umount2(2), also of what is still in use."""
    LIBC.umount2(os.fsencode(target), DETACH)


@contextmanager
def tmpfs(folder: Path) -> Iterator[Path]:
    """A file system in memory, mounted on `folder`, gone at the end."""
    mount("none", folder, "tmpfs", "size=256m,mode=755")
    try:
        yield folder
    finally:
        unmount(folder)


class Tower:
    """Directories stacked by overlayfs: each floor is the upper directory of a mount over those below."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.floors: list[Path] = [folder / "empty"]
        self.floors[0].mkdir(parents=True)

    @contextmanager
    def floor(self) -> Iterator["Mount"]:
        """A new floor on top, open for writing as long as the context lasts."""
        names = [self.folder / f"{len(self.floors)}-{part}" for part in ("upper", "work", "merged")]
        for name in names:
            name.mkdir()
        upper, work, merged = names
        lower = ":".join(str(floor) for floor in reversed(self.floors))
        mount("overlay", merged, "overlay", f"lowerdir={lower},upperdir={upper},workdir={work},{OPTIONS}")
        try:
            yield Mount(merged)
        finally:
            unmount(merged)
        self.floors.append(upper)

    def changes(self) -> dict[str, Entry]:
        """What the topmost floor's upper directory holds, its markers written as a layer's tar has them."""
        found: dict[str, Entry] = {}
        for entry in Mount(self.floors[-1]).scan():
            where = Mount(self.floors[-1]).host(entry.path)
            if is_whiteout(entry):
                entry = whiteout(entry.path)
            elif entry.is_dir and _attribute(where, OPAQUE) == b"y":
                mark = opaque(entry.path)
                found[mark.path] = mark
            found[entry.path] = entry
        return found

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder)


def is_whiteout(entry: Entry) -> bool:
    """The device 0/0, which overlayfs leaves where something was deleted (one inode may serve many)."""
    return entry.kind == "char" and entry.device == (0, 0)


def _attribute(path: bytes, name: str) -> bytes:
    try:
        return os.getxattr(path, name, follow_symlinks=False)
    except OSError as error:
        if error.errno in (errno.ENODATA, errno.ENOTSUP, errno.EPERM):
            return b""
        raise


class Mount:
    """The file operations of `labimg.union.overlay.Overlay`, done by the kernel below one directory."""

    def __init__(self, root: Path) -> None:
        self.root = os.fsencode(root)

    def host(self, path: str) -> bytes:
        """Where `path` stands on the host."""
        return self.root + os.fsencode(path)

    def write(self, path: str, data: bytes, *, mode: int = 0o644, append: bool = False) -> None:
        """Write a whole file, or add to one."""
        how = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | (os.O_APPEND if append else os.O_TRUNC)
        handle = os.open(self.host(path), how, mode & 0o777)
        try:
            os.write(handle, data)
        finally:
            os.close(handle)

    def mkdir(self, path: str, mode: int = 0o755) -> None:
        """Make a directory."""
        os.mkdir(self.host(path), mode)

    def symlink(self, path: str, target: str) -> None:
        """Make a symbolic link."""
        os.symlink(os.fsencode(target), self.host(path))

    def mknod(self, path: str, kind: Kind, mode: int = 0o644, device: tuple[int, int] = (0, 0)) -> None:
        """Make a device or a fifo."""
        (bits,) = (bits for bits, name in KINDS if name == kind)
        os.mknod(self.host(path), mode | bits, os.makedev(*device))

    def link(self, existing: str, path: str) -> None:
        """Give a file one more name."""
        os.link(self.host(existing), self.host(path), follow_symlinks=False)

    def chmod(self, path: str, mode: int) -> None:
        """Set the permission bits."""
        os.chmod(self.host(path), mode)

    def chown(self, path: str, uid: int, gid: int) -> None:
        """Set the owner."""
        os.lchown(self.host(path), uid, gid)

    def utime(self, path: str, seconds: int) -> None:
        """Set the time of the last change."""
        os.utime(self.host(path), (seconds, seconds), follow_symlinks=False)

    def rename(self, old: str, new: str) -> None:
        """Rename."""
        os.rename(self.host(old), self.host(new))

    def unlink(self, path: str) -> None:
        """Delete a file."""
        os.unlink(self.host(path))

    def rmdir(self, path: str) -> None:
        """Delete an empty directory."""
        os.rmdir(self.host(path))

    def rmtree(self, path: str) -> None:
        """Delete whatever stands there."""
        where = self.host(path)
        if stat.S_ISDIR(os.lstat(where).st_mode):
            shutil.rmtree(where)
        else:
            os.unlink(where)

    def scan(self) -> list[Entry]:
        """Every path, as an entry; the first name of a file is the file, the others are links to it."""
        found: list[Entry] = []
        first: dict[tuple[int, int], str] = {}
        waiting = [b""]
        while waiting:
            folder = waiting.pop()
            for name in sorted(os.listdir(self.root + folder)):
                inside = folder + b"/" + name
                entry, inode = self._entry(inside)
                if entry.is_dir:
                    waiting.append(inside)
                elif not is_whiteout(entry):
                    path = first.setdefault(inode, entry.path)
                    entry = entry if path == entry.path else entry._replace(kind="link", target=path)
                found.append(entry)
        return found

    def _entry(self, path: bytes) -> tuple[Entry, tuple[int, int]]:
        where = self.root + path
        told = os.lstat(where)
        kind = next(name for bits, name in KINDS if stat.S_IFMT(told.st_mode) == bits)
        target = os.fsdecode(os.readlink(where)) if kind == "symlink" else ""
        data = Path(os.fsdecode(where)).read_bytes() if kind == "file" else b""
        device = (os.major(told.st_rdev), os.minor(told.st_rdev)) if kind in ("char", "block") else (0, 0)
        entry = Entry(
            os.fsdecode(path), kind, stat.S_IMODE(told.st_mode), told.st_uid, told.st_gid, len(data),
            int(told.st_mtime), target, device, source=Bytes(data),
        )  # fmt: skip
        return entry, (told.st_dev, told.st_ino)
