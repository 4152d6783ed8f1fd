"""What a union view sends to a browser: everything, once, as plain data.

The state of a path at a floor is told by the last of its events; see `world.js`.
"""

from pathlib import Path

from labimg.show import marks
from labimg.show.building import Floor, Step
from labimg.show.merged import Mark, Merged, Row
from labimg.show.names import harmless, spelled
from labimg.union import UnionView

STATIC = Path(__file__).parent / "static"
PARTS = ("world.js", "house.js", "tree.js", "union.js")
FEW, MANY = 120, 400  # rows that are shown at the start: with what is dull, and at all
EXCERPT = 2000  # bytes of a file

SAYINGS = {marks.ADDS: "born", marks.REPLACES: "replaced", marks.WHITEOUT: "hidden by a whiteout"}
PALETTE = [[ground, marks.ink(ground)] for ground in marks.FLOORS]
_LETTERS = {"file": "f", "dir": "d", "symlink": "l", "link": "h"}


def script() -> str:
    """The drawing code, as one module."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in PARTS)


def style() -> str:
    """The style sheet."""
    return (STATIC / "union.css").read_text(encoding="utf-8")


def cargo(merged: Merged) -> dict[str, object]:
    """All that is drawn of a union view."""
    folded = merged.folded(FEW, MANY)
    return {
        "name": merged.building.name,
        "storeys": [_storey(storey) for storey in merged.building.storeys],
        "entries": [_entry(row) for row in merged.rows],
        "folded": [index for index, row in enumerate(merged.rows) if row.path in folded],
        "changes": [merged.changed(floor.number) for floor in merged.floors],
        "floor": merged.upto,
    }


def excerpt(view: UnionView, path: str, floor: int) -> str:
    """The first lines of the file one sees at `path` from `floor`, harmless; nothing if there is no text."""
    past = [event for event in view.trace(path) if event.layer < floor] if path else []
    entry = past[-1].entry if past else None
    if entry is None or not entry.is_file or not entry.source:
        return ""
    raw = entry.source.read(entry.offset, min(entry.size, EXCERPT))
    if b"\0" in raw:
        return "(not text)"
    text = raw.decode(errors="replace" if entry.size <= EXCERPT else "ignore")
    shown = "\n".join(harmless(line.replace("\t", "    ")) for line in text.splitlines())
    return shown + ("\n…" if entry.size > EXCERPT else "")


def _storey(storey: Floor | Step) -> dict[str, object]:
    if isinstance(storey, Floor):
        return {"n": storey.number, "text": storey.made_by, "size": storey.size or 0, "w": storey.writable}
    return {"text": storey.made_by}


def _entry(row: Row) -> dict[str, object]:
    kinds = "".join(_LETTERS.get(mark.kind, "o") for mark in row.marks)
    told: dict[str, object] = {
        "p": row.spelled,
        "k": kinds if len(set(kinds)) > 1 else kinds[0],
        "h": [_event(mark) for mark in row.marks],
    }
    return told | ({"t": spelled(row.target)} if row.target else {})


def _event(mark: Mark) -> list[object]:
    """[floor, sign, size], and in words where the sign does not say it all."""
    plain = mark.said == SAYINGS.get(mark.sign)
    return [mark.floor, mark.sign, mark.size] if plain else [mark.floor, mark.sign, mark.size, mark.said]
