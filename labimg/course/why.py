"""The why lens: which records of the store a command read, wrote and deleted, and what each is for.

Nothing is told from memory: the reads are those that were made, and the changes are
the difference between the two worlds.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Literal

from labimg import units
from labimg.files import MemoryFiles

Deed = Literal["read", "wrote", "changed", "deleted"]

ID = r"[0-9a-f]{64}"
MEANINGS = [
    (r"image/overlay2/repositories\.json", "names: which image each leads to"),
    (rf"image/overlay2/imagedb/content/sha256/{ID}", "an image: its config"),
    (rf"image/overlay2/imagedb/metadata/sha256/{ID}/parent", "the image it was built upon"),
    (rf"image/overlay2/imagedb/metadata/sha256/{ID}/lastUpdated", "when an image got a name"),
    (rf"image/overlay2/layerdb/sha256/{ID}/(diff|parent|size|cache-id)", "a layer: its record"),
    (rf"image/overlay2/layerdb/mounts/{ID}/.*", "where a container's writable layer lies"),
    (r"image/overlay2/distribution/.*", "what is known of layers in registries"),
    (rf"overlay2/{ID}/layer\.tar", "a layer: its bytes"),
    (rf"overlay2/{ID}/toc\.json", "a layer: its table of contents"),
    (rf"containers/{ID}/config\.v2\.json", "a container: what it is and how it does"),
    (rf"containers/{ID}/.*\.log", "what a container printed"),
    (r"docker/registry/.*", "a registry: what was pushed to it"),
    (r"config\.json", "logins"),
]


@dataclass(frozen=True, slots=True)
class Row:
    """One record, and what was done to it."""

    deed: Deed
    path: str
    size: int  # bytes, of what is there now or was

    @property
    def meaning(self) -> str:
        """What the record is for."""
        return next((said for pattern, said in MEANINGS if re.fullmatch(pattern, self.path)), "")

    @property
    def short(self) -> str:
        """The path with its long IDs cut to twelve digits."""
        return re.sub(r"([0-9a-f]{12})[0-9a-f]{52}", r"\1…", self.path)


@dataclass(frozen=True, slots=True)
class Why:
    """What one command did to the store."""

    command: str
    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        if not self.rows:
            return f"$ docker {self.command}\nNo record of the store was touched."
        width = max(len(row.short) for row in self.rows)
        lines = [
            f"{row.deed:8}{row.short:{width}}  {units.human_size(row.size, 3):>7}  {row.meaning}"
            for row in self.rows
        ]
        return "\n".join([f"$ docker {self.command}", *(line.rstrip() for line in lines)])


class Watched(MemoryFiles):
    """Files that remember which of them were read since they were last told to forget."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, None] = {}

    def forget(self) -> None:
        """Begin anew."""
        self.seen = {}

    def read(self, path: str) -> bytes:
        """All bytes of a file."""
        self.seen.setdefault(path)
        return super().read(path)

    def open(self, path: str) -> BinaryIO:
        """A file to read and seek in."""
        self.seen.setdefault(path)
        return super().open(path)


def why(
    command: str, seen: Mapping[str, None], before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> Why:
    """What a command did: the records it read, then those it wrote, changed and deleted."""
    return Why(command, tuple(_rows(seen, before, after)))


def _rows(seen: Mapping[str, None], before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Row]:
    for path in seen:
        if path in before:
            yield Row("read", path, len(before[path]))
    for path in sorted(after):
        if path not in before:
            yield Row("wrote", path, len(after[path]))
        elif after[path] is not before[path] and after[path] != before[path]:
            yield Row("changed", path, len(after[path]))
    for path in sorted(set(before) - set(after)):
        yield Row("deleted", path, len(before[path]))
