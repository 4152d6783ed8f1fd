"""A joined overlay: other file systems are mounted upon it."""

import errno

from labimg.union.overlay import Overlay, refusal


class Joined(Overlay):
    """An overlay with mounts: where one is stays a place, and no file has names on both sides of it."""

    mounts: tuple[str, ...] = ()

    def link(self, existing: str, path: str) -> None:
        """Give a file one more name, on the same file system."""
        self._together(existing, path)
        super().link(existing, path)

    def rename(self, old: str, new: str) -> None:
        """Give what stands at `old` the name `new`, on the same file system."""
        self._idle(old)
        self._idle(new)
        self._together(old, new)
        super().rename(old, new)

    def rmdir(self, path: str) -> None:
        """Delete an empty directory on which nothing is mounted."""
        if path in self.mounts:
            raise refusal(errno.EBUSY, path)
        super().rmdir(path)

    def _remove(self, path: str) -> None:
        self._idle(path)
        super()._remove(path)

    def _idle(self, path: str) -> None:
        if any(f"{mount}/".startswith(f"{path}/") for mount in self.mounts):
            raise refusal(errno.EBUSY, path)

    def _together(self, one: str, other: str) -> None:
        if self._device(one) != self._device(other):
            raise refusal(errno.EXDEV, one)

    def _device(self, path: str) -> str:
        """The nearest mount that `path` lies in; "" is the overlay itself."""
        return max((mount for mount in self.mounts if path.startswith(f"{mount}/")), key=len, default="")
