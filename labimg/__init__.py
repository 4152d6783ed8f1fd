"""labimg: Docker images, really implemented and small enough to read.

Read it floor by floor; each knows only those below it.

    words     errors go digest reference units ignore filters clock late
    nouns     entry layer changes tarstream compression union spec image dockerfile
    shelves   files layers images tags containers volumes logins store check
    verbs     remove container listing shell build archive registry remote seeds
    door      engine
    skins     cli show course

The heart is one law: `apply(lower, diff(lower, upper)) == upper`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labimg.course.lab import Lab
    from labimg.engine import Engine
    from labimg.show import show

__version__ = "0.1.0"
__all__ = ["Engine", "Lab", "show"]

_PLACES = {"Engine": "labimg.engine", "Lab": "labimg.course.lab", "show": "labimg.show"}


def __getattr__(name: str) -> Any:
    """What is asked for is imported only then, so that a command starts at once."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """Let `docker` in a cell mean the lab's engine: what `%load_ext labimg` does."""
    lab = import_module("labimg.course.lab").Lab()
    import_module("labimg.show.magics").load(shell, lab)
    import_module("labimg.course.magics").load(shell)
