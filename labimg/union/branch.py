"""Branches of a union: read only, read only with whiteouts, and writable.

The words come from the older union file systems (aufs(5), "branch attribute").
Today's overlay has many `ro+wh` branches and one `rw` on top; here any stack can be
built by hand, to see what each kind is for.
"""

import errno
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from labimg.entry import Entry
from labimg.layer import Growing
from labimg.union.overlay import Overlay, refusal

BranchKind = Literal["ro", "ro+wh", "rw"]


class Branch(NamedTuple):
    """One folder of a union, and what the union may do with it.

    ro      read only, and a whiteout found in it is not honoured
    ro+wh   read only, and its whiteouts hide what lies below
    rw      writes land here; so do the whiteouts of what is deleted
    """

    entries: tuple[Entry, ...]
    kind: BranchKind = "ro"

    @property
    def honoured(self) -> list[Entry]:
        """Its entries as the union sees them."""
        return [entry for entry in self.entries if self.kind != "ro" or not entry.whiteout]


def stack(branches: Iterable[Branch]) -> dict[str, Entry]:
    """What one sees through `branches`, bottom first."""
    tree = Growing()
    for branch in branches:
        tree.lay(branch.honoured)
    return dict(tree)


class Stack:
    """Branches stacked by hand, bottom first: the view through them, and writes to the topmost `rw` one."""

    def __init__(self, branches: Sequence[Branch], clock: Callable[[], int] = lambda: 0) -> None:
        self.branches = list(branches)
        self._clock = clock

    @property
    def tree(self) -> dict[str, Entry]:
        """What one sees."""
        return stack(self.branches)

    def write(self, path: str, data: bytes) -> None:
        """Write a file; a lower one is copied up into the topmost `rw` branch first."""
        self._change(path, lambda overlay: overlay.write(path, data))

    def remove(self, path: str) -> None:
        """Delete `path`; where a branch below has it, a whiteout is left in the topmost `rw` branch."""
        self._change(path, lambda overlay: overlay.rmtree(path))

    def _change(self, path: str, act: Callable[[Overlay], None]) -> None:
        writable = [index for index, branch in enumerate(self.branches) if branch.kind == "rw"]
        if not writable:
            raise refusal(errno.EROFS, path)
        index = writable[-1]
        if path in stack(self.branches[index + 1 :]):
            raise refusal(errno.EROFS, path)
        overlay = Overlay(stack(self.branches[:index]), self._clock, self.branches[index].entries)
        act(overlay)
        self.branches[index] = Branch(tuple(overlay.changes()), "rw")
