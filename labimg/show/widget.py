"""The union view as a widget: Python knows the union, the browser only draws it.

Everything the browser needs travels once; moving the slider asks nothing of the kernel
but to remember where it stands.
"""

from typing import Any

import anywidget
import traitlets

from labimg.show import marks
from labimg.show.cargo import PALETTE, SAYINGS, STATIC, cargo, excerpt, script, style
from labimg.show.merged import Merged
from labimg.union import UnionView

__all__ = ["STATIC", "UnionWidget"]


class UnionWidget(anywidget.AnyWidget):
    """A building, a slider, the merged tree, and the biography of the selected path."""

    _esm = script()
    _css = style()

    name = traitlets.Unicode().tag(sync=True)
    storeys: Any = traitlets.List().tag(
        sync=True
    )  # from the ground up: {n, text, size, w} or a step's {text}
    entries: Any = traitlets.List().tag(sync=True)  # {p, k, h, t}, see world.js
    folded: Any = traitlets.List().tag(sync=True)  # indices of the directories folded at the start
    changes: Any = traitlets.List().tag(sync=True)  # what each floor did, in words
    words = traitlets.Dict(marks.WORDS).tag(sync=True)
    sayings = traitlets.Dict(SAYINGS).tag(sync=True)  # what an event says that says nothing of its own
    palette = traitlets.List(PALETTE).tag(sync=True)
    floor = traitlets.Int(help="the floor one looks from; 0 is the bare ground").tag(sync=True)
    selected = traitlets.Unicode(help="the selected path, spelled harmlessly").tag(sync=True)
    excerpt = traitlets.Unicode(help="the beginning of the selected file").tag(sync=True)

    def __init__(self, merged: Merged, view: UnionView | None = None) -> None:
        self._view = view
        self._said = merged.describe()
        self._paths = {row.spelled: row.path for row in merged.rows}
        super().__init__(**cargo(merged))
        self.observe(self._read, ["selected", "floor"])

    def __repr__(self) -> str:
        return f"<{self._said}>"

    @property
    def path(self) -> str:
        """The selected path as the image has it."""
        return self._paths.get(self.selected, "")

    def _read(self, _change: object = None) -> None:
        self.excerpt = excerpt(self._view, self.path, self.floor) if self._view else ""
