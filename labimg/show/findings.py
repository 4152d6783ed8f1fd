"""What there is to say about an image: wasted bytes, opaque directories, secrets, what another has.

Plain frozen data, worked out once from the union's own events; `report` makes a page of it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from labimg.entry import Entry
from labimg.image import Image
from labimg.show import suspects
from labimg.show.building import Building, erect
from labimg.show.bytemap import ByteMap, weigh
from labimg.show.merged import Merged, merge
from labimg.show.names import amount
from labimg.show.suspects import Leak, Suspect
from labimg.union import Event, UnionView

Cause = Literal["replaced", "copied", "deleted", "buried"]
CURES: dict[Cause, str] = {
    "replaced": "Write it once: let the step that brings it bring its last state.",
    "copied": "Set owner and mode where the file is made: COPY --chown --chmod, or chown in the same RUN.",
    "deleted": "Delete it in the step that makes it, or make it in an earlier stage and copy what is needed.",
    "buried": "Do not fill a directory that a later step empties: make it in one step, or in another stage.",
}

SAID: dict[Cause, str] = {
    "replaced": "replaced by a higher floor",
    "copied": "copied whole on a higher floor, for a change of metadata only",
    "deleted": "deleted by a higher floor",
    "buried": "hidden by an opaque directory",
}


@dataclass(frozen=True, slots=True)
class Waste:
    """One copy of a file that is stored and cannot be seen."""

    path: str
    floor: int  # number of the floor that stores it
    size: int  # bytes
    cause: Cause
    by: int  # number of the floor that made it invisible
    reason: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """A directory that was made opaque."""

    path: str
    floor: int
    hides: int  # files of lower floors
    size: int  # their bytes


@dataclass(frozen=True, slots=True)
class Findings:
    """All about one image."""

    name: str
    image: Image
    view: UnionView
    building: Building
    merged: Merged
    bytemap: ByteMap
    wastes: tuple[Waste, ...]  # the heaviest first
    opaques: tuple[Opaque, ...]
    suspects: tuple[Suspect, ...]
    leaks: tuple[Leak, ...]

    @property
    def wasted(self) -> int:
        """Bytes that are stored and not seen; equal to what the byte map calls shadowed."""
        return sum(waste.size for waste in self.wastes)

    @property
    def causes(self) -> list[tuple[Cause, int, int]]:
        """Each cause with the bytes and the copies it wastes, the costliest first."""
        sizes, counts = Counter[Cause](), Counter[Cause]()
        for waste in self.wastes:
            sizes[waste.cause] += waste.size
            counts[waste.cause] += 1
        return [(cause, size, counts[cause]) for cause, size in sizes.most_common()]


def examine(view: UnionView, image: Image, *, name: str = "image") -> Findings:
    """The findings about `image`, whose floors are those of `view`."""
    building = erect(view.layers, image.history, name=name, digest=image.id)
    env = tuple(image.config.env or ())
    steps = [step.created_by for step in image.history]
    return Findings(
        name=name, image=image, view=view, building=building,
        merged=merge(view, building=building),
        bytemap=weigh(view, building=building),
        wastes=tuple(sorted(_wastes(view), key=lambda waste: (-waste.size, waste.path))),
        opaques=tuple(_opaques(view)),
        suspects=tuple(suspects.files(view)),
        leaks=tuple(suspects.settings(env, steps)),
    )  # fmt: skip


def _wastes(view: UnionView) -> Iterator[Waste]:
    """Every stored copy that is not what one sees at the top."""
    for path, events in view.history():
        for event, after in pairwise(events):
            if event.size:
                cause, reason = _why(path, after)
                yield Waste(path, event.layer + 1, event.size, cause, after.layer + 1, reason)


def _why(path: str, after: Event) -> tuple[Cause, str]:
    """What became of a copy, by the event that followed it."""
    floor = after.layer + 1
    if after.what == "copied up":
        return "copied", f"floor {floor} holds it whole once more, though only its metadata changed"
    if after.what != "hidden":
        return "replaced", f"replaced on floor {floor}"
    hole = Entry(after.by).whiteout
    if hole is None:
        return "replaced", f"on floor {floor}, {after.by} is no directory any more"
    if hole.opaque:
        return "buried", f"hidden on floor {floor} by the opaque directory {hole.path}"
    if hole.path != path:
        return "deleted", f"deleted on floor {floor} with the directory {hole.path}"
    return "deleted", f"deleted on floor {floor}"


def _opaques(view: UnionView) -> Iterator[Opaque]:
    """The opaque directories, and what each of them hides."""
    for index, layer in enumerate(view.layers):
        marked = [hole.path for entry in layer.entries if (hole := entry.whiteout) and hole.opaque]
        below = view.upto(index).tree if marked else {}
        for path in marked:
            inside = [
                entry for name, entry in below.items()
                if name.startswith(f"{path.rstrip('/')}/") and not entry.is_dir
            ]  # fmt: skip
            size = sum(entry.size for entry in inside if entry.kind == "file")
            yield Opaque(path, index + 1, len(inside), size)


@dataclass(frozen=True, slots=True)
class Changed:
    """One path that is not the same in two images."""

    sign: Literal["+", "-", "~"]  # only in this image, only in the other, in both and different
    path: str
    here: int  # bytes in this image
    there: int  # bytes in the other


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an image differs from another."""

    here: str
    there: str
    shared: int  # floors that both have, from the ground up
    floors: tuple[int, int]  # of this image and of the other
    bytes_shared: int  # of those floors
    stored: tuple[int, int]  # bytes of this image and of the other
    changed: tuple[Changed, ...]


def compare(here: Findings, there: Findings) -> Comparison:
    """`here` beside `there`: the floors they share, and what one sees differently at their tops."""
    one, other = (findings.image.document.diff_ids for findings in (here, there))
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    bars = here.bytemap.bars
    return Comparison(
        here.name, there.name, shared, (len(one), len(other)),
        sum(bar.stored for bar in bars[:shared]),
        (here.bytemap.stored, there.bytemap.stored),
        tuple(_changed(here.view, there.view, shared)),
    )  # fmt: skip


def _changed(here: UnionView, there: UnionView, shared: int) -> Iterator[Changed]:
    """What differs; what both have from a floor that they share need not be read."""
    for path in sorted({*here, *there}):
        one, other = here.get(path), there.get(path)
        if one is None and other:
            yield Changed("-", path, 0, other.size)
        elif other is None and one:
            yield Changed("+", path, one.size, 0)
        elif (
            one and other and not (here.owner(path) == there.owner(path) < shared) and not _alike(one, other)
        ):
            yield Changed("~", path, one.size, other.size)


def _alike(one: Entry, other: Entry) -> bool:
    """Is it the same to look at?  Times do not count."""
    marks = ("kind", "mode", "uid", "gid", "size", "target", "device")
    if any(getattr(one, mark) != getattr(other, mark) for mark in marks):
        return False
    return not one.is_file or all(a == b for a, b in zip(one.chunks(), other.chunks(), strict=True))


def lessons(findings: Findings) -> Sequence[str]:
    """What to do about it, the most pressing first."""
    told = []
    below = [suspect for suspect in findings.suspects if suspect.gone]
    if below:
        many = "1 secret-looking file is" if len(below) == 1 else f"{len(below)} secret-looking files are"
        told.append(
            f"{many} deleted or replaced above, and can be read below. "
            "Change what is in them, and build again without them."
        )
    if len(findings.suspects) > len(below):
        told.append("Secret-looking files are seen at the top: give them to the container, not to the image.")
    if findings.leaks:
        told.append(
            "Settings with secret-sounding names stand in the config or the history, where everybody reads."
        )
    told += [
        f"{amount(size)} stored are {SAID[cause]}. {CURES[cause]}"
        for cause, size, _ in findings.causes
        if size * 100 >= findings.bytemap.stored  # less than a hundredth is not worth a build
    ]
    return told
