"""A panel: a picture that a widget can operate, with its drawing and its text beside it.

The widget shows `state` and asks for things through `heed`; whoever writes code calls the
methods themselves.  All three forms are of one model, and `LABIMG_STATIC=1` leaves the
living one out.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from labimg.show import board, sheet
from labimg.show.board import Board


def static() -> bool:
    """Is a page wanted that is only read: the same drawing and text everywhere, and nothing alive?"""
    return os.environ.get("LABIMG_STATIC") not in (None, "", "0")


class Panel(ABC):
    """What `predict`, `travel`, `disk` and their like give: put it last in a cell, or print it."""

    part: ClassVar[str] = "board"  # the name of its widget's file in `static`
    live: ClassVar[bool] = False  # does it follow what is done elsewhere?
    session: Any = None  # the lab that it operates, if it operates one

    @abstractmethod
    def __repr__(self) -> str: ...

    @abstractmethod
    def describe(self) -> str:
        """The picture in one sentence."""

    @abstractmethod
    def draw(self) -> str:
        """The picture as SVG."""

    @property
    @abstractmethod
    def state(self) -> dict[str, Any]:
        """What travels to the browser: plain data, all of it harmless."""

    def heed(self, asked: Mapping[str, Any]) -> None:  # noqa: B027  # not every picture can be asked
        """Do what the browser asks for."""

    def typed(self, asked: Mapping[str, Any]) -> str:
        """What the browser asks for, as a line that does the same in a cell; "" if that changes nothing."""
        return ""

    @property
    def svg(self) -> str:
        """The drawing."""
        return self.draw()

    @cached_property
    def widget(self) -> Any:
        """The living picture; None if the lab's extras are not installed."""
        try:
            from labimg.show import alive
        except ImportError:
            return None
        return alive.widget(self)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        data: dict[str, Any] = {"text/plain": repr(self), "image/svg+xml": self.svg}
        if not static() and self.widget is not None:
            self.widget.refresh()  # it may have been made for another cell, some time ago
            living = self.widget._repr_mimebundle_()
            data = (living[0] if isinstance(living, tuple) else living or {}) | data
        return data, {}


class Listing(Panel):
    """A board as a panel."""

    def __init__(self, shown: Board) -> None:
        self.model = shown

    def __repr__(self) -> str:
        return board.text(self.model)

    def describe(self) -> str:
        """The picture in one sentence."""
        return self.model.describe()

    def draw(self) -> str:
        """The picture as SVG."""
        return sheet.board(self.model)

    @property
    def state(self) -> dict[str, Any]:
        """What travels to the browser."""
        return board.sent(self.model)
