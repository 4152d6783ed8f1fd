"""A room that is entered when it is first needed: a command needs few of them, and starts sooner."""

from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any


class Late:
    """Stands for a module, which is imported when something in it is first asked for.

    It is not put where modules are kept, as `importlib.util.LazyLoader` would: a package that is
    half there lets Python load what is in it twice.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _room(self) -> ModuleType:
        return import_module(self._name)

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._room, attribute)


def late(name: str) -> Any:
    """The module `name`, from when on it is needed."""
    return Late(name)
