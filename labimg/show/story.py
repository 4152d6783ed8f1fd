"""A file's biography: every floor that had a hand in it, and what it still costs."""

from dataclasses import dataclass

from labimg.show.building import Building, erect
from labimg.show.merged import Mark, Row, merge
from labimg.union import UnionView


@dataclass(frozen=True, slots=True)
class Biography:
    """The picture of one path's life."""

    row: Row
    building: Building

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What each floor did, lowest first."""
        return self.row.marks

    @property
    def stored(self) -> int:
        """Bytes that all floors together store for it."""
        return sum(mark.size for mark in self.marks)

    @property
    def seen(self) -> int:
        """Bytes of what one sees of it at the top."""
        return self.marks[-1].size if self.marks[-1].stands else 0

    def made_by(self, mark: Mark) -> str:
        """The instruction that laid the floor of `mark`."""
        return self.building.floors[mark.floor - 1].made_by


def biography(view: UnionView, path: str, *, building: Building | None = None) -> Biography:
    """The life of `path`.

    Raises:
        KeyError: no floor ever had it.
    """
    path = "/" + path.strip("/")
    building = building or erect(view.layers)
    for row in merge(view, building=building).rows:
        if row.path == path:
            return Biography(row, building)
    raise KeyError(path)
