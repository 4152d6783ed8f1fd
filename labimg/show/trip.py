"""A map of the last pull or push: which layers are here, which are there, and which travelled.

The states are those that the transfer itself told; the bytes that moved are those of the
registry's manifest, compressed, as they went over the line.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from labimg.engine import Engine
from labimg.errors import DockerError
from labimg.layers import StoredLayer
from labimg.reference import Reference
from labimg.remote.access import Login
from labimg.remote.ledger import Ledger
from labimg.remote.peer import Peer
from labimg.remote.records import LayerProgress, PullDone, PushDone, PushingTo
from labimg.show.board import LOST, OWN, Part, Row, Tone, board, some
from labimg.show.names import amount, counted
from labimg.show.panel import Listing

Heard = Sequence[tuple[str, Sequence[Any]]]

MOVED = {"Pull complete": "came here", "Pushed": "went there"}
STAYED = {
    "Already exists": "was here already", "Layer already exists": "was there already",
    "Mounted from": "was there, in another repository",
}  # fmt: skip


@dataclass(frozen=True)
class Carried:
    """One layer of a transfer."""

    short: str  # 12 digits: of the blob while pulling, of the diff ID while pushing
    state: str
    source: str
    layer: StoredLayer | None
    moved: int | None  # bytes of the blob


def trip(engine: Engine, heard: Heard) -> Listing:
    """The map of the last transfer; without one it says how to come by it."""
    trips = [(command, events) for command, events in heard
             if any(isinstance(one, PullDone | PushDone) for one in events)]  # fmt: skip
    if not trips:
        said = "nothing was pulled or pushed yet; do so, then look again"
        return Listing(board("Here and there", said, {}))
    command, events = trips[-1]
    pushing = any(isinstance(one, PushingTo) for one in events)
    reference = _reference(events)
    carried = _carried(engine, events, reference, pushing=pushing)
    rows = [_row(one, number, pushing=pushing) for number, one in enumerate(carried, start=1)]
    moved = [one for one in carried if one.state in MOVED]
    sizes = sum(one.moved or 0 for one in moved)
    said = f"{len(moved)} of {counted(len(carried), 'layer')} {'went there' if pushing else 'came here'}"
    said += f", {amount(sizes)} over the line" if sizes or not moved else ""
    place = f"{reference.domain}/{reference.path}" if reference else "the registry"
    bars = {OWN: "bytes that travelled", LOST: "bytes that need not"}
    note = "A line is a layer, the bottom one first.  ● it was there before, ◌ it was not."
    return Listing(
        board(
            f"docker {command}", f"{said} ({place})", {_header(pushing=pushing): rows}, bars=bars, note=note
        )
    )


def _header(*, pushing: bool) -> str:
    return "here  →  there" if pushing else "here  ←  there"


def _reference(events: Sequence[Any]) -> Reference | None:
    """The name that was pulled or pushed."""
    for event in reversed(events):
        match event:
            case PullDone():
                return Reference.parse(event.reference)
            case PushDone():
                place = next(one.repository for one in events if isinstance(one, PushingTo))
                return Reference.parse(f"{place}:{event.tag}")
    return None


def _carried(
    engine: Engine, events: Sequence[Any], reference: Reference | None, *, pushing: bool
) -> list[Carried]:
    """The layers with their last states, bottom first."""
    last: dict[str, LayerProgress] = {}
    for event in events:
        if isinstance(event, LayerProgress):
            last[event.id] = event
    known = _by_short(engine, last, pushing=pushing)
    sizes = _sizes(engine, reference)
    found = []
    for short in reversed(last) if pushing else last:
        layer, blob = known.get(short, (None, ""))
        moved = sizes.get(blob if pushing else short)
        found.append(Carried(short, last[short].state, last[short].source, layer, moved))
    return found


def _by_short(
    engine: Engine, wanted: dict[str, Any], *, pushing: bool
) -> dict[str, tuple[StoredLayer | None, str]]:
    """Each layer of the transfer in the store, and the blob (12 digits) it is in the registry."""
    ledger = Ledger(engine.files)
    found: dict[str, tuple[StoredLayer | None, str]] = {}
    for layer in map(engine.store.layers.find, engine.store.layers.all()):
        blobs = [place.blob.short for place in ledger.places(layer.diff_id)]
        if pushing and layer.diff_id.short in wanted:
            found[layer.diff_id.short] = layer, blobs[0] if blobs else ""
        elif not pushing:
            found |= {blob: (layer, blob) for blob in blobs if blob in wanted}
    return found


def _sizes(engine: Engine, reference: Reference | None) -> dict[str, int]:
    """Bytes of each blob (12 digits) of the manifest, if the registry still tells it."""
    with suppress(DockerError, OSError):
        if reference:
            known = engine.logins.get(reference.domain)
            login = Login(*known) if known else None
            peer = Peer(reference, engine.transport(reference.domain), login=login)
            first = peer.manifest(reference.tag or str(reference.digest))
            every = [first, *(peer.manifest(one.digest) for one in first.manifests)]
            return {blob.digest.short: blob.size for manifest in every for blob in manifest.layers}
    return {}


def _row(one: Carried, number: int, *, pushing: bool) -> Row:
    size = one.layer.size if one.layer else None
    bytes_ = one.moved if one.moved is not None else size or 0
    tone: Tone = "plain"
    if one.state in MOVED:
        sign, word, tone = ("→" if pushing else "←"), MOVED[one.state], "new"
        before = "here ●  there ◌" if pushing else "here ◌  there ●"
        note, parts = f"{before}   {word}", (Part(OWN, bytes_),)
    else:
        sign, word = "=", STAYED.get(one.state, one.state)
        note, parts = f"here ●  there ●   {word} {one.source}".rstrip(), (Part(LOST, bytes_),)
    detail = [] if pushing and one.layer else [f"{'diff ID' if pushing else 'blob'} {one.short}"]
    if one.layer:
        detail += [f"diff ID {one.layer.diff_id}", f"chain ID {one.layer.chain_id}",
                   f"{amount(one.layer.size)} of files once unpacked"]  # fmt: skip
    if one.moved is not None:
        detail.append(f"{amount(one.moved)} as a compressed blob")
    return Row(sign, word, one.short, note, one.moved, parts, number, tone, some(detail))
