"""The shelf of volumes: `volumes/<name>`, where containers write to no layer.

volumes/<name>/_data.tar     what is in one, the directory itself first: "/_data", "/_data/file"
"""

from collections.abc import Iterable

from labimg import tarstream
from labimg.entry import Entry
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
        self._files.write(f"{SHELF}/{name}/_data.tar", tarstream.packed(entries))

    def entries(self, name: str) -> list[Entry]:
        """What is in the volume `name`; its bytes are held, as it may be written anew while one reads."""
        return list(tarstream.unpacked(self._files.read(f"{SHELF}/{name}/_data.tar")))

    def delete(self, name: str) -> None:
        """Take the volume `name` off the shelf."""
        self._files.delete(f"{SHELF}/{name}/_data.tar")
