"""The shelf of volumes: `volumes/<name>`, where containers write to no layer.

volumes/<name>/_data.tar     what is in one, the directory itself first: "/_data", "/_data/file"
"""

import io
from collections.abc import Iterable, Iterator

from labimg import tarstream
from labimg.entry import Bytes, Entry
from labimg.files import Files

SHELF = "volumes"
ROOT = "/_data"


class Volumes:
    """The volumes of a store."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def all(self) -> list[str]:
        """Their names."""
        return [name for name in self._files.children(SHELF) if self.has(name)]

    def has(self, name: str) -> bool:
        """Is there one of that name?"""
        return self._files.exists(f"{SHELF}/{name}/_data.tar")

    def put(self, name: str, entries: Iterable[Entry]) -> None:
        """Keep `entries`, which stand below `/_data`, as the volume `name`."""
        tar = io.BytesIO()
        tarstream.write(entries, tar)
        self._files.write(f"{SHELF}/{name}/_data.tar", tar.getvalue())

    def entries(self, name: str) -> list[Entry]:
        """What is in the volume `name`."""
        tar = self._files.read(f"{SHELF}/{name}/_data.tar")
        source = Bytes(tar)  # held, as it may be written anew while one reads
        return [entry._replace(source=source) for entry in tarstream.read(io.BytesIO(tar), skipping=True)]

    def delete(self, name: str) -> None:
        """Take the volume `name` off the shelf."""
        self._files.delete(f"{SHELF}/{name}/_data.tar")


def moved(entries: Iterable[Entry], old: str, new: str) -> Iterator[Entry]:
    """`entries` as they are called once directory `old` is called `new`."""
    for entry in entries:
        there = entry._replace(path=new + entry.path[len(old) :])
        yield there._replace(target=new + entry.target[len(old) :]) if entry.kind == "link" else there
