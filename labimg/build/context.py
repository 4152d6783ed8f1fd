"""The build context: the files an instruction may copy from."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from labimg import tarstream
from labimg.compression import inflate
from labimg.entry import Bytes, Entry, Stream, file
from labimg.ignore import Ignore
from labimg.layer import Tree, apply

BLOCK = 512  # bytes


@dataclass(frozen=True, slots=True)
class Context:
    """A tree of files, the Dockerfile's name in it, and what `.dockerignore` hides of it."""

    tree: Tree
    size: int = field(default=0)  # bytes of its tar

    @classmethod
    def of(cls, entries: Mapping[str, Entry], dockerfile: str = "Dockerfile") -> "Context":
        """The context of these files, without what `.dockerignore` excludes.

        The Dockerfile and `.dockerignore` are sent in any case, and kept from COPY if excluded.
        """
        rules = entries.get("/.dockerignore")
        ignore = Ignore(rules.read().decode(errors="replace").split("\n") if rules else [])
        sent = {"/" + dockerfile.strip("/"), "/.dockerignore"}
        kept = {
            path: entry for path, entry in entries.items() if path in sent or not ignore.excludes(path[1:])
        }
        for path in list(kept):
            while (path := path.rpartition("/")[0]) and path not in kept:
                kept[path] = entries[path]
        return cls(kept, tar_size(kept))

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
        data = inflate(stream).read()
        source = Bytes(data)
        entries = [entry._replace(source=source) for entry in tarstream.read(io.BytesIO(data))]
        tree = apply({}, entries)
        return cls.of(tree, dockerfile)

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


def tar_size(tree: Tree) -> int:
    """Bytes of the tar that Docker's client would send: headers and content in blocks, and two to end."""
    blocks = sum(1 + -(-entry.size // BLOCK) * entry.is_file for entry in tree.values())
    return (blocks + 2) * BLOCK
