"""A sealed overlay: the root of a container that was made read-only."""

import errno

from labimg.entry import Entry
from labimg.union.joined import Joined
from labimg.union.overlay import refusal


class Sealed(Joined):
    """An overlay that takes no write once it is sealed, save at a few paths and below them."""

    _open: tuple[str, ...] = ("",)

    def seal(self, *but: str) -> None:
        """From now on only what stands at the paths `but`, and below them, can be changed."""
        self._open = but

    def _set(self, entry: Entry) -> None:
        self._writable(entry.path)
        super()._set(entry)

    def _remove(self, path: str) -> None:
        self._writable(path)
        super()._remove(path)

    def _writable(self, path: str) -> None:
        if not any(f"{path}/".startswith(f"{place}/") for place in self._open):
            raise refusal(errno.EROFS, path)
