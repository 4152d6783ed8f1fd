"""A room that is entered when it is first needed: a command needs few of them, and starts sooner."""

from importlib import import_module
from typing import Any


class Late:
    """Stands for a module, which is imported when something in it is first asked for.

    It is not put where modules are kept, as `importlib.util.LazyLoader` would: a package that is
    half there lets Python load what is in it twice.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def late(name: str) -> Any:
    """The module `name`, from when on it is needed."""
    return Late(name)
