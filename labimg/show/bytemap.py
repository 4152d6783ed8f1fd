"""Where an image's bytes are: seen, shadowed by a floor above, or spent on markers."""

from dataclasses import dataclass

from labimg.show.building import Building, Floor, erect
from labimg.show.names import amount
from labimg.union import UnionView


@dataclass(frozen=True, slots=True)
class Bar:
    """The bytes of one floor."""

    floor: Floor
    visible: int
    shadowed: int
    markers: int
    whiteouts: int  # how many markers; on disk they have no bytes

    @property
    def stored(self) -> int:
        """All its bytes."""
        return self.visible + self.shadowed + self.markers


@dataclass(frozen=True, slots=True)
class ByteMap:
    """The picture of a ledger: one bar for each floor, the ground floor first."""

    name: str
    bars: tuple[Bar, ...]

    @property
    def visible(self) -> int:
        """Bytes of what one sees."""
        return sum(bar.visible for bar in self.bars)

    @property
    def shadowed(self) -> int:
        """Bytes that are stored and can never be seen again."""
        return sum(bar.shadowed for bar in self.bars)

    @property
    def stored(self) -> int:
        """All bytes."""
        return sum(bar.stored for bar in self.bars)

    def describe(self) -> str:
        """The picture in one sentence."""
        told = (
            f"{amount(self.stored)} stored, {amount(self.visible)} visible, {amount(self.shadowed)} shadowed"
        )
        return f"{self.name}: {told}"


def weigh(view: UnionView, *, building: Building | None = None) -> ByteMap:
    """The byte map of `view`."""
    building = building or erect(view.layers)
    bars = tuple(
        Bar(floor, share.visible, share.shadowed, share.markers, share.whiteouts)
        for floor, share in zip(building.floors, view.ledger, strict=True)
    )
    return ByteMap(building.name, bars)
