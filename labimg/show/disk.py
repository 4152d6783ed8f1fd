"""The disk ledger: whose bytes lie in the store, and how they come to what `docker system df` says."""

from collections import defaultdict

from labimg.digest import ChainID
from labimg.engine import Engine
from labimg.listing import DiskUse, ImageSummary
from labimg.show.board import OWN, SHARED, Part, Row, board, some
from labimg.show.names import amount
from labimg.show.panel import Listing
from labimg.store import Store


def disk(engine: Engine) -> Listing:
    """The ledger of an engine's disk."""
    use = engine.df()
    owners: dict[ChainID, list[str]] = defaultdict(list)
    for row in use.images:
        for chain in engine.store.images.find(row.id).chain_ids:
            owners[chain].append(called(row))
    groups = {
        "images": [_image(engine.store, row, owners) for row in use.images],
        "containers: what each has written": _containers(use),
        "the sum": _sums(engine.store, use, owners),
    }
    listed = sum(row.size for row in use.images)
    said = f"{amount(use.layers)} of layers on disk; the sizes of the images add up to {amount(listed)}"
    bars = {OWN: "in this image alone", SHARED: "shared with another image"}
    return Listing(board("The disk", said, groups, bars=bars))


def called(row: ImageSummary) -> str:
    """An image by its first name, or by its ID if it has none."""
    return next((name.familiar for name in row.tags), f"<none> {row.id.short}")


def _image(store: Store, row: ImageSummary, owners: dict[ChainID, list[str]]) -> Row:
    """One image: its own bytes and the shared ones; its layers, the top one first."""
    own = row.size - row.shared
    detail = []
    for number, layer in reversed(
        list(enumerate(store.layers.stack(store.images.find(row.id).top), start=1))
    ):
        others = [name for name in owners[layer.chain_id] if name != called(row)]
        said = f"shared with {', '.join(others)}" if others else "its own"
        detail.append(f"floor {number}  {amount(layer.size):>7}  {said}")
    names = ", ".join(name.familiar for name in row.tags) or called(row)
    sign = ("▣", "used by a container") if row.containers else ("□", "used by no container")
    parts = (Part(OWN, own), Part(SHARED, row.shared))
    note = f"{amount(own)} own, {amount(row.shared)} shared"
    return Row(*sign, names, note, row.size, parts, detail=some(detail))


def _containers(use: DiskUse) -> list[Row]:
    return [
        Row("▷" if row.container.state.running else "▪", row.container.state.status, row.container.name,
            f"on {row.image.removeprefix('sha256:')[:40]}", row.size)
        for row in use.containers
    ]  # fmt: skip


def _sums(store: Store, use: DiskUse, owners: dict[ChainID, list[str]]) -> list[Row]:
    """From the sizes one reads in `docker images` to the bytes on disk, to the byte."""
    listed = sum(row.size for row in use.images)
    once = sum(store.layers.find(chain).size for chain in owners)
    rows = [
        Row("Σ", "added", "sizes of all images, added", "as docker images lists them", listed),
        Row("−", "taken off", "shared layers, counted again", "each layer lies on disk once", listed - once),
    ]
    if use.layers - once:
        rows.append(Row("+", "put on", "layers of no listed image", "a container still stands on them",
                        use.layers - once))  # fmt: skip
    idle = use.layers - use.used
    return [
        *rows,
        Row(
            "=",
            "comes to",
            "all layers, each once",
            "SIZE of Images in docker system df",
            use.layers,
            tone="new",
        ),
        Row("♻", "can be freed", "what no container needs", "RECLAIMABLE there", idle),
        Row("✎", "written", "written by containers", "SIZE of Containers there", use.written),
    ]
