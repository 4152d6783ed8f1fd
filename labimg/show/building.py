"""An image as a building: floors from the ground up, and between them the steps that built nothing.

A `RUN`, `COPY` or `ADD` lays a floor; `ENV`, `EXPOSE` or `CMD` only write into the
image's config.  A container moves in on top: one writable floor, its own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from labimg.image import Image
from labimg.layer import stored_size
from labimg.show.names import counted, harmless
from labimg.spec import History
from labimg.union import Floor as Laid


@dataclass(frozen=True, slots=True)
class Floor:
    """One layer."""

    number: int  # 1 is the ground floor
    made_by: str  # the instruction that laid it
    size: int | None  # bytes of its files; None where only the image's config is known
    writable: bool = False

    @property
    def kind(self) -> str:
        """Read-only, or the container's own."""
        return "writable floor" if self.writable else "read-only floor"


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction that laid no floor."""

    made_by: str


@dataclass(frozen=True, slots=True)
class Building:
    """The picture of a layer stack."""

    name: str
    storeys: tuple[Floor | Step, ...]  # from the ground up
    digest: str = ""

    @property
    def floors(self) -> tuple[Floor, ...]:
        """The floors alone."""
        return tuple(storey for storey in self.storeys if isinstance(storey, Floor))

    @property
    def size(self) -> int:
        """Bytes of all floors."""
        return sum(floor.size or 0 for floor in self.floors)

    def describe(self) -> str:
        """The picture in one sentence."""
        floors = self.floors
        steps = len(self.storeys) - len(floors)
        told = f"{self.name}: {counted(len(floors), 'floor')}, {counted(steps, 'step')} without a floor"
        return f"{told}; the top floor is writable" if floors and floors[-1].writable else told


def erect(
    layers: Sequence[Laid],
    steps: Iterable[History] = (),
    *,
    name: str = "image",
    digest: str = "",
    writable: bool = False,
) -> Building:
    """The building of `layers`, whose floors are told apart by the `steps` of an image's history.

    With `writable` the topmost layer is a container's; no step of the image laid it.
    """
    laid = list(layers[:-1] if writable else layers)
    storeys: list[Floor | Step] = []
    number = 0
    for step in steps:
        if step.empty_layer:
            storeys.append(Step(instruction(step.created_by)))
        elif number < len(laid):
            number += 1
            storeys.append(
                Floor(number, instruction(step.created_by) or f"layer {number}", _size(laid[number - 1]))
            )
    for layer in laid[number:]:
        number += 1
        storeys.append(Floor(number, f"layer {number}", _size(layer)))
    if writable:
        storeys.append(Floor(number + 1, "the container's own floor", _size(layers[-1]), writable=True))
    return Building(harmless(name), tuple(storeys), digest)


def plan(image: Image, *, name: str = "image") -> Building:
    """The building as an image's config alone tells it: the floors, not what they hold."""
    storeys: list[Floor | Step] = []
    number = 0
    for step in image.history:
        if step.empty_layer:
            storeys.append(Step(instruction(step.created_by)))
        else:
            number += 1
            storeys.append(Floor(number, instruction(step.created_by) or f"layer {number}", None))
    for _ in image.document.diff_ids[number:]:
        number += 1
        storeys.append(Floor(number, f"layer {number}", None))
    return Building(harmless(name), tuple(storeys), image.id)


def instruction(created_by: str) -> str:
    """The Dockerfile line that `created_by` tells of, whichever builder wrote it down.

    >>> instruction('/bin/sh -c #(nop)  CMD ["nginx"]')
    'CMD ["nginx"]'
    >>> instruction("/bin/sh -c apt-get update")
    'RUN apt-get update'
    >>> instruction("RUN /bin/sh -c apt-get update # buildkit")
    'RUN apt-get update'
    """
    line = re.sub(r"^\|\d+ .*?(?=/bin/sh -c )", "", " ".join(created_by.split())).removesuffix(" # buildkit")
    line = line.replace("RUN /bin/sh -c ", "RUN ", 1) if line.startswith("RUN ") else line
    if line.startswith("/bin/sh -c #(nop) "):
        line = line.removeprefix("/bin/sh -c #(nop) ").lstrip()
    elif line.startswith("/bin/sh -c "):
        line = "RUN " + line.removeprefix("/bin/sh -c ")
    return harmless(line)


def _size(layer: Laid) -> int:
    return stored_size(layer.entries)
