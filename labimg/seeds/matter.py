"""What the seed images are made of: programs, texts, and bytes that only have to be there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from labimg import entry
from labimg.digest import Digest
from labimg.entry import Entry, parts

MARK: Final = b"#!labimg "  # how a program of the seeds begins; the shell knows it by this line
SCRIPT: Final = 0o755


def filler(name: str, size: int) -> bytes:
    """`size` bytes that are the same for the same `name`, and other bytes for another."""
    digest = Digest.of(name.encode()).hex
    line = f"{name} {digest}\n".encode()
    return (line * (size // len(line) + 1))[:size]


def program(name: str, size: int) -> bytes:
    """The bytes of a program that the teaching shell runs as `name`, `size` bytes long."""
    head = MARK + name.encode() + b"\n"
    return head + filler(f"program {name}", max(0, size - len(head)))


@dataclass(slots=True)
class Tree:
    """A layer in the making: every file brings the directories above it."""

    mtime: int  # seconds since the epoch, of all that is in it
    _made: dict[str, Entry] = field(default_factory=dict)

    def folder(self, path: str, *, mode: int = 0o755) -> None:
        """A directory."""
        self._ground(path)
        self._made[path] = entry.directory(path, mode=mode, mtime=self.mtime)

    def folders(self, paths: str) -> None:
        """Directories, their names separated by blanks."""
        for path in paths.split():
            self.folder(path)

    def file(self, path: str, data: bytes | str, *, mode: int = 0o644, uid: int = 0, gid: int = 0) -> None:
        """A file."""
        self._ground(path)
        data = data.encode() if isinstance(data, str) else data
        self._made[path] = entry.file(path, data, mode=mode, uid=uid, gid=gid, mtime=self.mtime)

    def files(self, sizes: Mapping[str, int]) -> None:
        """Files of those sizes in bytes, of no particular content."""
        for path, size in sizes.items():
            self.file(path, filler(path, size))

    def programs(self, folder: str, sizes: Mapping[str, int]) -> None:
        """Programs in `folder`, each known by its name."""
        for name, size in sizes.items():
            self.file(f"{folder}/{name}", program(name, size), mode=SCRIPT)

    def symlink(self, path: str, target: str) -> None:
        """A symbolic link."""
        self._ground(path)
        self._made[path] = entry.symlink(path, target, mtime=self.mtime)

    def link(self, path: str, first: str) -> None:
        """One more name of the file at `first`."""
        self._ground(path)
        self._made[path] = self._made[first]._replace(
            path=path, kind="link", size=0, target=first, source=None
        )

    @property
    def entries(self) -> list[Entry]:
        """The layer, in the order of a walk."""
        return sorted(self._made.values(), key=lambda made: parts(made.path))

    def _ground(self, path: str) -> None:
        parent = path.rpartition("/")[0]
        if parent and parent not in self._made:
            self.folder(parent)


def lines(*rows: str) -> str:
    """`rows` as a text."""
    return "".join(row + "\n" for row in rows)


def sizes(total: int, names: Iterable[str]) -> Iterator[tuple[str, int]]:
    """`total` bytes shared out among `names`, unevenly and always alike."""
    names = list(names)
    weights = [1 + int(Digest.of(name.encode()).hex[:2], 16) for name in names]
    for name, weight in zip(names, weights, strict=True):
        yield name, total * weight // sum(weights)
