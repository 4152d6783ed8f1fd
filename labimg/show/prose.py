"""Running text of an author's, in which `backticks` set off what is typed: wrapped, drawn, rich, or plain."""

import textwrap
from html import escape

from labimg.show.names import harmless
from labimg.show.svg import MONO, Element, el, words

KEPT = "\ue000"  # a blank at which no line ends


def wrapped(line: str, width: int = 94) -> list[str]:
    """A long line in several; what stands between backticks is not torn apart.

    >>> wrapped("Now run `docker images` again.", 16)
    ['Now run', '`docker images`', 'again.']
    """
    whole = [part.replace(" ", KEPT) if at % 2 else part for at, part in enumerate(line.split("`"))]
    cut = textwrap.wrap("`".join(whole), width, break_on_hyphens=False, drop_whitespace=True)
    return [part.replace(KEPT, " ") for part in cut] or [""]


def plain(text: str) -> str:
    """The text without its backticks."""
    return text.replace("`", "")


def rich(text: str) -> str:
    """The text as HTML.

    >>> rich("run `a < b`")
    'run <code>a &lt; b</code>'
    """
    parts = map(escape, text.split("`"))
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))


def drawn(line: str, x: float, y: float, **look: str | float) -> Element:
    """A line as SVG, what is typed in letters of its own."""
    whole = words("", x, y, **look)
    said = [
        el("tspan", harmless(part), font_family=MONO) if at % 2 else harmless(part)
        for at, part in enumerate(line.split("`"))
    ]
    return Element(whole.tag, whole.attributes, tuple(part for part in said if part))
