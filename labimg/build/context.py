"""The build context: the files an instruction may copy from."""

from collections.abc import Mapping
from typing import NamedTuple

from labimg import tarstream
from labimg.compression import inflate
from labimg.entry import Entry, Stream, file
from labimg.ignore import Ignore
from labimg.layer import Tree, apply

BLOCK = 512  # bytes
END = 2  # blocks
NAMED = len("\n.dockerfile.0123456789abcdef0123\n")  # bytes of a name by chance in `.dockerignore`


class Context(NamedTuple):
    """A tree of files, the Dockerfile's name in it, and what `.dockerignore` hides of it."""

    tree: Tree
    size: int = 0  # bytes of its tar

    @classmethod
    def of(cls, entries: Mapping[str, Entry], dockerfile: str = "Dockerfile", *, now: int = 0) -> "Context":
        """The context of these files, without what `.dockerignore` excludes.

        The Dockerfile and `.dockerignore` are sent in any case, and kept from COPY if excluded.
        The folder of a file that is taken in again is not sent, and so as new as `now` (seconds).
        """
        rules = entries.get("/.dockerignore")
        ignore = Ignore(rules.read().decode(errors="replace").split("\n") if rules else [])
        sent = {"/" + dockerfile.strip("/"), "/.dockerignore"}
        kept = {
            path: entry for path, entry in entries.items() if path in sent or not ignore.excludes(path[1:])
        }
        kept = _joined(kept)
        size = tar_size(kept)
        for path in list(kept):
            while (path := path.rpartition("/")[0]) and path not in kept:
                kept[path] = entries[path]._replace(mtime=now)
        return cls(kept, size)

    @classmethod
    def from_texts(cls, texts: Mapping[str, str | bytes], dockerfile: str = "Dockerfile") -> "Context":
        """The context of these files, given as path and content; folders come by themselves."""
        entries = [
            file("/" + path.strip("/"), text.encode() if isinstance(text, str) else text)
            for path, text in texts.items()
        ]
        return cls.of(apply({}, entries), dockerfile)

    @classmethod
    def from_tar(cls, stream: Stream, dockerfile: str = "Dockerfile") -> "Context":
        """The context in a tar, compressed or not."""
        return cls.of(apply({}, tarstream.unpacked(inflate(stream).read())), dockerfile)

    def receiving(self, size: int) -> "Context":
        """The context to which the client adds a Dockerfile of that size under a name by chance.

        `.dockerignore` is told the name.  What is sent last counts without the blocks that end a tar.
        """
        rules = self.tree.get("/.dockerignore")
        sent = self.size - END * BLOCK + BLOCK  # with the Dockerfile's header
        if rules is not None:
            return self._replace(size=sent + padded(rules.size + NAMED) - padded(rules.size) + size)
        return self._replace(size=sent + padded(size) + BLOCK + len(".dockerignore") + NAMED)

    def visible(self, dockerfile: str) -> Tree:
        """What COPY sees: all but the Dockerfile and `.dockerignore`, where those exclude themselves."""
        rules = self.tree.get("/.dockerignore")
        if rules is None:
            return self.tree
        ignore = Ignore(rules.read().decode(errors="replace").split("\n"))
        hidden = {
            path for path in ("/" + dockerfile.strip("/"), "/.dockerignore") if ignore.excludes(path[1:])
        }
        return {path: entry for path, entry in self.tree.items() if path not in hidden}


def _joined(tree: Tree) -> dict[str, Entry]:
    """Hard links whose first name is not sent lead to the first that is."""
    found: dict[str, Entry] = {}
    firsts: dict[str, str] = {}
    for path, entry in tree.items():
        if entry.kind == "link" and entry.target not in tree:
            first = firsts.setdefault(entry.target, path)
            entry = entry._replace(kind="file", target="") if first == path else entry._replace(target=first)
        found[path] = entry
    return found


def tar_size(tree: Tree) -> int:
    """Bytes of the tar that Docker's client would send: headers and content in blocks, and two to end."""
    files = sum(padded(entry.size) for entry in tree.values() if entry.kind == "file")
    return BLOCK * len(tree) + files + END * BLOCK


def padded(size: int) -> int:
    """`size` bytes in whole blocks."""
    return -(-size // BLOCK) * BLOCK
