"""Seeing: every picture of the lab, each as a widget, as SVG and as text.

    building  a stack of layers            merged  a union view, path by path
    story     the life of one file         bytemap what is seen of the bytes, and what is not
    graphs    what leads to what

    text      the pictures as text         draw    the pictures as SVG (svg, dot)
    widget    the union view alive         picture what `show` gives a notebook
    magics    docker in a cell             marks, names  signs, colours, harmless text

A lab shows these by its methods.  Each is a widget that is operated by keyboard, an SVG
(`.svg`) and a text (`print`); with `LABIMG_STATIC=1` a notebook gets the last two alone.

    lab.show(name)  lab.stack(name)            the union view; the floors of an image or a container
    lab.biography(name, path)                  the life of one file
    lab.ledger(name)  lab.holders(name)        its bytes; what keeps it from being removed
    lab.predict(question, choices, answer=...) a question, sealed before it is revealed (`seal`, `reveal`)
    lab.travel()  lab.compare(1, 3)            all worlds (`goto`, `bookmark`, `branch`, `line`); what changed
    lab.terminal("images")                     docker commands typed in the page (`run`)
    lab.names()  lab.names(1)                  names, image IDs, layers; and what is other since world 1
    lab.disk()                                 own and shared bytes of all images, as `system df` sums them
    lab.cache()                                the steps of the last build, and why each was not cached
    lab.archive("web.tar")                     what is in a saved archive, and which layers are shared
    lab.transfer()                             the last pull or push: here, there, and what travelled
    lab.goal(other)                            another world as the goal, beside this one
    lab.progress()                             ticks for the levels that are solved

They are made of `board` (rows), `atlas` (boxes and arrows), `predict`, `travel` and `terminal`, drawn
by `sheet`, and alive by `panel` and `alive`; `worlds`, `disk`, `cache`, `suitcase`, `trip` and `goal`
fill them.

Only what is asked for is imported: `labimg view` needs no notebook.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labimg.show.picture import Picture


def show(thing: object, name: str = "", *, floor: int | None = None) -> "Picture":
    """The best picture of an engine, an image or container in it, a view, a layer, a Dockerfile."""
    from labimg.show import picture

    return picture.show(thing, name, floor=floor)


class _Room(ModuleType):
    """This room, which may be called: `labimg.show(x)` works whether it was imported before or not."""

    def __call__(self, thing: object, name: str = "", *, floor: int | None = None) -> "Picture":
        return show(thing, name, floor=floor)


sys.modules[__name__].__class__ = _Room
