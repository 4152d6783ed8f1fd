"""The panels as widgets: one small class, and for each panel a file of drawing code.

A widget knows nothing.  It shows the panel's `state` and passes on what is asked for;
whatever is asked, of whichever panel or in whichever cell, all that follow the lab look anew.
"""

import weakref
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import anywidget
import traitlets

from labimg.show.widget import STATIC

SHARED = ("house.js", "rows.js")
PARTS = ("board", "atlas", "predict", "travel", "terminal")

# Those that follow the lab; of a cell that is run again and again only the last few do.
_living: "deque[weakref.ref[PanelWidget]]" = deque(maxlen=12)
_listeners: "list[Listener]" = []


class Panel(Protocol):
    """What can be shown and operated."""

    @property
    def part(self) -> str:
        """The name of its file of drawing code."""

    @property
    def live(self) -> bool:
        """Does it follow what is done elsewhere?"""

    @property
    def state(self) -> dict[str, Any]:
        """What is shown: plain data."""

    def describe(self) -> str:
        """The same in one sentence."""

    def heed(self, asked: Mapping[str, Any]) -> None:
        """Do what the browser asks for."""

    @property
    def session(self) -> Any:
        """The lab that it operates."""

    def typed(self, asked: Mapping[str, Any]) -> str:
        """What the browser asks for, as a line for a cell."""


Listener = Callable[[Panel, Mapping[str, Any]], None]


class PanelWidget(anywidget.AnyWidget):
    """A panel in the browser."""

    _css = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("union.css", "panel.css"))

    state = traitlets.Dict(help="what is shown").tag(sync=True)

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        super().__init__(state=panel.state)
        self.on_msg(self._asked)
        if panel.live:
            _living.append(weakref.ref(self))
            _follow()

    def __repr__(self) -> str:
        return f"<{self._panel.describe()}>"

    def _asked(self, _widget: object, content: Any, _buffers: object) -> None:
        if isinstance(content, dict):
            self._panel.heed(content)
            _heard(self._panel, content)
            self.refresh()
            refresh()

    def refresh(self) -> None:
        """Look anew."""
        self.state = self._panel.state


def hear(listener: "Listener | None") -> None:
    """Let `listener` know of all that is asked for in a panel, from now on."""
    _listeners[:] = [listener] if listener else []


def _heard(panel: Panel, asked: Mapping[str, Any]) -> None:
    for listener in _listeners:
        listener(panel, asked)


def refresh(*_event: object) -> None:
    """Let all panels that follow the lab look anew."""
    for known in list(_living):
        if living := known():
            living.refresh()


def _follow() -> None:
    """Look anew after each cell of a notebook."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return
    if (shell := get_ipython()) and refresh not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", refresh)


def source(part: str) -> str:
    """The drawing code of a part, with what all share before it."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in (*SHARED, f"{part}.js"))


_KINDS = {part: type(f"{part.capitalize()}Widget", (PanelWidget,), {"_esm": source(part)}) for part in PARTS}


def widget(panel: Panel) -> PanelWidget:
    """The widget of a panel."""
    made: PanelWidget = _KINDS[panel.part](panel)
    return made
