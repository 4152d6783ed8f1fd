"""HTML that escapes whatever it is given, and a page that asks nobody for anything.

The page's own policy forbids every request and every script but the one whose digest
it names, so that nothing that came out of an image can act.
"""

import base64
import html
from collections.abc import Iterable

from labimg.digest import BlobID
from labimg.show.names import harmless

_VOID = {"meta", "br", "hr"}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(kind: str, /, *content: "str | Markup", **attributes: str | bool) -> Markup:
    """An element; text in it is escaped, `class_` is written `class`.

    >>> print(tag("td", "<b>", class_="path"))
    <td class="path">&lt;b&gt;</td>
    """
    told = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{html.escape(str(value))}"')
        for key, value in attributes.items()
        if value is not False
    )
    return Markup(f"<{kind}{told}>" if kind in _VOID else f"<{kind}{told}>{join(content)}</{kind}>")


def join(parts: Iterable["str | Markup"]) -> Markup:
    """The parts one after the other."""
    return Markup("".join(part if isinstance(part, Markup) else safe(part) for part in parts))


def safe(text: str) -> str:
    """Text that came out of an image, as HTML: neither markup nor a command to the eye."""
    return "\n".join(html.escape(harmless(line)) for line in text.split("\n"))


def table(head: Iterable[str], rows: Iterable[Iterable["str | Markup"]], *, label: str) -> Markup:
    """A table with a head; its last resort on a narrow screen is to scroll."""
    columns = tag("tr", *(tag("th", name, scope="col") for name in head))
    lines = (tag("tr", *(tag("td", cell) for cell in row)) for row in rows)
    whole = tag("table", tag("caption", label), tag("thead", columns), tag("tbody", *lines))
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=label)


def page(title: str, body: Markup, *, style: str, script: str, lang: str = "en") -> str:
    """A whole document with one style sheet and one module of script."""
    digest = base64.b64encode(bytes.fromhex(BlobID.of(script.encode()).hex)).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    end = Markup(f'<script type="module">{script}</script>')
    return f"<!doctype html>\n{tag('html', head, tag('body', body, end), lang=lang)}\n"
