"""The cache board: the steps of the last build, which of them were done before, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from labimg.build.events import Cached, Made, Missed, Output, Step
from labimg.digest import ImageID
from labimg.errors import DockerError
from labimg.show.board import OWN, Part, Row, Tone, board, some
from labimg.show.names import amount, counted
from labimg.show.panel import Listing
from labimg.store import Store

Heard = Sequence[tuple[str, Sequence[Any]]]  # commands, and what the engine told while they ran


@dataclass
class Done:
    """One step of a build."""

    number: int
    text: str
    hit: bool = False
    missed: str = ""  # why it had to be done
    image: str = ""  # 12 digits
    printed: list[str] = field(default_factory=list)


def steps(events: Sequence[Any]) -> list[Done]:
    """What the events of a build tell of each step."""
    found: list[Done] = []
    for event in events:
        if isinstance(event, Step):
            found.append(Done(event.number, event.text))
        if not found:
            continue
        match event:
            case Cached():
                found[-1].hit = True
            case Missed(reason):
                found[-1].missed = found[-1].missed or reason
            case Made(image):
                found[-1].image = image or found[-1].image
            case Output(_, text):
                found[-1].printed += text.decode("utf-8", "replace").splitlines()
    return found


def cache(store: Store, heard: Heard) -> Listing:
    """The board of the last build; without one it says how to come by it."""
    builds = [(command, events) for command, events in heard if any(isinstance(one, Step) for one in events)]
    if not builds:
        return Listing(
            board("The build cache", "nothing was built yet; build something, then look again", {})
        )
    command, events = builds[-1]
    done = steps(events)
    below: ImageID | None = None
    rows = []
    for step in done:
        image = _found(store, step.image)
        rows.append(_row(store, step, image, below))
        below = image or below
    hits, misses = sum(step.hit for step in done), [step for step in done if step.missed]
    said = f"{counted(len(done), 'step')}, {hits} from the cache, {len(misses)} done anew"
    if misses and hits + len(misses) > 1:
        said += f"; the first miss is step {misses[0].number}: {misses[0].missed}"
    bars = {OWN: "bytes of the layer that the step made"}
    note = "After the first miss every step is done anew: each stands upon the one before."
    return Listing(board(f"docker {command}", said, {"": rows}, bars=bars, note=note if misses else ""))


def _row(store: Store, step: Done, image: ImageID | None, below: ImageID | None) -> Row:
    tone: Tone = "plain"
    if step.hit:
        sign, word, note, tone = "✓", "from the cache", "using cache", "new"
    elif step.missed:
        sign, word, note, tone = "✗", "done anew", step.missed, "gone"
    else:
        sign, word, note, tone = (
            "•",
            "taken as it is",
            "the image to begin with" * step.text.startswith("FROM"),
            "quiet",
        )
    size = _added(store, image, below)
    key = [f"looked for: an image made upon {below.short if below else 'scratch'} by the same step"]
    detail = [
        step.text,
        *(key if sign != "•" else []),
        *([f"found: {step.image}"] if step.hit else [f"not found: {step.missed}"] if step.missed else []),
        *([f"image {step.image}, {amount(size)} of it new"] if step.image and size is not None else []),
        *(f"| {line}" for line in step.printed),
    ]
    parts = (Part(OWN, size),) if size else ()
    return Row(sign, word, f"{step.number:>2} {step.text}", note, size, parts, tone=tone, detail=some(detail))


def _found(store: Store, short: str) -> ImageID | None:
    """The image of a step, if it is still there."""
    try:
        return store.find(short) if short else None
    except DockerError:
        return None


def _added(store: Store, image: ImageID | None, below: ImageID | None) -> int | None:
    """Bytes of the layers that the step added."""
    if image is None:
        return None
    under = set(store.images.find(below).chain_ids) if below else set()
    chains = store.images.find(image).chain_ids
    return sum(store.layers.find(chain).size for chain in chains if chain not in under)
