"""An entry is one file of a layer: its metadata, and where its bytes lie.

The only room that knows the letters `.wh.`: a deletion is written into a layer as
an empty file named `.wh.<name>` beside where `<name>` stood, and a directory that
hides everything below it holds a file named `.wh..wh..opq`.

Spec: https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, Protocol

Kind = Literal["file", "dir", "symlink", "link", "char", "block", "fifo"]

WHITEOUT = ".wh."
MARK = "/" + WHITEOUT  # in the path of every whiteout, and of little else
OPAQUE = ".wh..wh..opq"
CHUNK = 1 << 18  # bytes


class Source(Protocol):
    """Where the bytes of files lie: a layer's tar, or memory."""

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`."""


class Stream(Protocol):
    """Bytes that are read once, from the front."""

    def read(self, size: int = -1, /) -> bytes:
        """The next `size` bytes, fewer only at the end; all that is left, if `size` is negative."""


class Bytes(NamedTuple):
    """A source that is simply these bytes."""

    data: bytes

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`."""
        return self.data[offset : offset + size]


class Copied:
    """The bytes of a file that was copied up: the same ones, and a file of its own."""

    def __init__(self, original: Source) -> None:
        self.original = original

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`."""
        return self.original.read(offset, size)


class Hole(NamedTuple):
    """What a whiteout hides: `path` and all below it, or (opaque) only what is below it."""

    path: str
    opaque: bool


class Entry(NamedTuple):
    """One file, directory, link or device of a layer.

    A tuple and not a dataclass, since a layer has thousands and a tuple is made
    five times faster.  Bytes of a name that are not UTF-8 stand as surrogate escapes.
    """

    path: str  # absolute: "/etc/hosts"
    kind: Kind = "file"
    mode: int = 0o644  # permission bits, with setuid, setgid and sticky
    uid: int = 0
    gid: int = 0
    size: int = 0  # bytes
    mtime: int = 0  # seconds since the epoch
    target: str = ""  # a symlink's text, or the absolute path of a hard link's first name
    device: tuple[int, int] = (0, 0)  # major, minor
    xattrs: tuple[tuple[str, str], ...] = ()
    offset: int = 0  # of its bytes in `source`
    source: Source | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> str:
        """The directory it stands in."""
        return self.path.rpartition("/")[0] or "/"

    @property
    def is_dir(self) -> bool:
        """Is it a directory?"""
        return self.kind == "dir"

    @property
    def is_file(self) -> bool:
        """Has it bytes: a regular file, or one more name of one?"""
        return self.kind == "file" or self.kind == "link"

    @property
    def inode(self) -> tuple[object, ...]:
        """What the names of one file have in common."""
        return (self.target if self.kind == "link" else self.path, id(self.source), self.offset)

    @property
    def whiteout(self) -> Hole | None:
        """What it hides, if it is a whiteout and no real file."""
        parent, _, name = self.path.rpartition("/")
        if not name.startswith(WHITEOUT):
            return None
        if name == OPAQUE:
            return Hole(parent or "/", opaque=True)
        return Hole(f"{parent}/{name[len(WHITEOUT) :]}", opaque=False)

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, in pieces."""
        for start in range(0, self.size, CHUNK):
            assert self.source is not None
            yield self.source.read(self.offset + start, min(CHUNK, self.size - start))

    def read(self) -> bytes:
        """Its bytes."""
        return b"".join(self.chunks())


def file(
    path: str, data: bytes = b"", *, mode: int = 0o644, uid: int = 0, gid: int = 0, mtime: int = 0
) -> Entry:
    """A regular file holding `data`."""
    return Entry(path, "file", mode, uid, gid, len(data), mtime, source=Bytes(data))


def directory(path: str, *, mode: int = 0o755, uid: int = 0, gid: int = 0, mtime: int = 0) -> Entry:
    """A directory."""
    return Entry(path, "dir", mode, uid, gid, 0, mtime)


def symlink(path: str, target: str, *, uid: int = 0, gid: int = 0, mtime: int = 0) -> Entry:
    """A symbolic link whose text is `target`."""
    return Entry(path, "symlink", 0o777, uid, gid, 0, mtime, target)


def whiteout(path: str, *, mtime: int = 0) -> Entry:
    """The marker that deletes `path` from the layers below."""
    parent, _, name = path.rpartition("/")
    return Entry(f"{parent}/{WHITEOUT}{name}", "file", 0o600, mtime=mtime)


def opaque(path: str, *, mode: int = 0o755) -> Entry:
    """The marker that makes directory `path` hide all that lower layers have in it."""
    return Entry(f"{path.rstrip('/')}/{OPAQUE}", "file", mode & 0o777)


def moved(entries: Iterable[Entry], old: str, new: str) -> Iterator[Entry]:
    """`entries`, which stand below `old`, as they are called below `new`; names of one file stay such."""
    for entry in entries:
        there = entry._replace(path=new + entry.path[len(old) :])
        yield there._replace(target=new + entry.target[len(old) :]) if entry.kind == "link" else there


def parts(path: str) -> bytes:
    """The sort key of a walk: a directory before its content, names by bytes.

    No name holds a zero byte, so that the parts of a path, parted by zeros, sort as a list of them would.
    """
    return path.encode(errors="surrogateescape").replace(b"/", b"\0")
