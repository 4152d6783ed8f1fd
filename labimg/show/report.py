"""A report on an image: one HTML file with its pictures and its findings, which needs nothing else.

The pictures are those of the lab.  The union view is alive; without scripts, and for who
would rather read, it stands beside it as text, floor by floor.
"""

from collections.abc import Iterator
from dataclasses import replace

from labimg.go import gojson
from labimg.show import draw, marks, text
from labimg.show.cargo import PALETTE, SAYINGS, STATIC, cargo, excerpt, script, style
from labimg.show.findings import CURES, Comparison, Findings, compare, lessons
from labimg.show.merged import Row
from labimg.show.names import amount, spelled
from labimg.show.page import Markup, join, page, table, tag
from labimg.show.svg import night

LIVES, WASTES, DIFFERENT = 200, 200, 400  # rows that are told of each
EXCERPTS = 400_000  # letters of content that a report holds
MANY = 60_000  # paths times floors; of more only the view from the top is told as text

_PARTS = {
    "advice": "What to do", "floors": "The floors", "bytes": "The bytes", "union-view": "The union view",
    "wasted": "Wasted bytes", "opaque": "Opaque directories", "lives": "Biographies", "secrets": "Secrets",
}  # fmt: skip


def report(findings: Findings, *, against: Findings | None = None) -> str:
    """The whole page about an image, compared with another if there is one."""
    parts = dict(_PARTS)
    if against:
        parts["compare"] = "Compared"
    links = (tag("li", tag("a", title, href=f"#{key}")) for key, title in parts.items())
    body = [
        tag("header", tag("h1", findings.name), tag("p", tag("code", findings.image.id), class_="quiet")),
        _facts(findings),
        tag("nav", tag("ul", *links), aria_label="Parts of this report"),
        *(tag("section", tag("h2", parts[key], id=key), told) for key, told in _sections(findings, against)),
        _data(findings),
    ]
    sheet = (STATIC / "report.css").read_text(encoding="utf-8") + style()
    sheet += night("".join(body), within="main svg")
    code = script() + "\n" + (STATIC / "report.js").read_text(encoding="utf-8")
    return page(f"{findings.name}: a report", tag("main", *body), style=sheet, script=code)


def _sections(findings: Findings, against: Findings | None) -> Iterator[tuple[str, Markup]]:
    yield "advice", _advice(findings)
    yield "floors", _picture(draw.stack(findings.building))
    yield "bytes", _picture(draw.ledger(findings.bytemap))
    yield "union-view", _union(findings)
    yield "wasted", _wasted(findings)
    yield "opaque", _opaque(findings)
    yield "lives", _lives(findings)
    yield "secrets", _secrets(findings)
    if against:
        yield "compare", _compared(compare(findings, against))


def _facts(findings: Findings) -> Markup:
    """The numbers one asks for first."""
    weighed = findings.bytemap
    share = f"{100 * findings.wasted / weighed.stored:.1f} %" if weighed.stored else "0 %"
    facts = {
        "floors": str(len(findings.building.floors)),
        "stored": amount(weighed.stored),
        "wasted": f"{amount(findings.wasted)} ({share})",
        "opaque directories": str(len(findings.opaques)),
        "look like secrets": str(len(findings.suspects) + len(findings.leaks)),
    }
    return tag("ul", *(tag("li", tag("b", value), name) for name, value in facts.items()), class_="facts")


def _advice(findings: Findings) -> Markup:
    told = lessons(findings)
    if not told:
        return tag("p", "Nothing: no floor stores much that another hides, and nothing looks like a secret.")
    return tag("ol", *(tag("li", one) for one in told))


def _picture(svg: str) -> Markup:
    return tag("div", Markup(svg), class_="picture")


def _union(findings: Findings) -> Markup:
    """The living view, and beside it the view from each floor as text."""
    twins = []
    floors = findings.building.floors
    if len(findings.merged.rows) * len(floors) > MANY:
        floors = floors[-1:]
    for floor in floors:
        seen = replace(findings.merged, upto=floor.number)
        twins.append(
            tag("details", tag("summary", f"as text, seen from floor {floor.number}"),
                tag("pre", text.tree(seen, limit=draw.ROWS), tabindex="0"))
        )  # fmt: skip
    absent = tag("noscript", tag("p", "Without scripts the view does not move; it stands below as text."))
    return join([tag("div", id="union"), absent, *twins])


def _wasted(findings: Findings) -> Markup:
    if not findings.wastes:
        return tag("p", "None: every stored byte is seen at the top.")
    causes = ((_size(size), str(count), cause, CURES[cause]) for cause, size, count in findings.causes)
    rows = (
        (_size(waste.size), _path(waste.path), f"floor {waste.floor}", waste.reason)
        for waste in findings.wastes[:WASTES]
    )
    return join([
        tag("p", f"{amount(findings.wasted)} are stored on some floor and cannot be seen from the top."),
        table(("bytes", "copies", "cause", "what helps"), causes, label="Causes, the costliest first"),
        tag("h3", "Each wasted copy and its reason"),
        table(("bytes", "path", "stored on", "reason"), rows, label=_told(len(findings.wastes), WASTES)),
    ])  # fmt: skip


def _opaque(findings: Findings) -> Markup:
    if not findings.opaques:
        return tag("p", "None.")
    rows = (
        (_path(one.path), f"floor {one.floor}", f"{one.hides} of lower floors", _size(one.size))
        for one in findings.opaques
    )
    head = ("directory", "made opaque on", "files it hides", "their bytes")
    return table(head, rows, label="An opaque directory shows nothing of what lower floors have in it")


def _lives(findings: Findings) -> Markup:
    """The life of each path in which more than one floor had a hand, the costliest first."""
    busy = [row for row in findings.merged.rows if len(row.marks) > 1 and row.marks[-1].kind != "dir"]
    busy.sort(key=lambda row: (-sum(mark.size for mark in row.marks), row.path))
    if not busy:
        return tag("p", "No file was touched by more than one floor.")
    said = tag("p", "Every file in which more than one floor had a hand. " + _told(len(busy), LIVES))
    return join([said, *(_life(findings, row) for row in busy[:LIVES])])


def _life(findings: Findings, row: Row) -> Markup:
    stored = sum(mark.size for mark in row.marks)
    head = tag("summary", tag("span", row.spelled, class_="path"), f" · {amount(stored)} stored")
    lines = [
        tag(
            "li",
            tag("span", mark.sign, class_="sign"),
            f" floor {mark.floor}: {mark.said}" + (f", {amount(mark.size)}" if mark.stands else "") + " ",
            tag("code", findings.building.floors[mark.floor - 1].made_by, class_="quiet"),
        )
        for mark in row.marks
    ]
    return tag("details", head, tag("ol", *lines))


def _secrets(findings: Findings) -> Markup:
    if not findings.suspects and not findings.leaks:
        return tag("p", "Nothing looks like one. That is no proof: only names and beginnings were looked at.")
    files = (
        (
            _path(one.path), f"floor {one.floor}", one.because,
            tag("span", f"gone from floor {one.gone} on, and still stored", class_="bad")
            if one.gone else "seen at the top",
        )
        for one in findings.suspects
    )  # fmt: skip
    parts = [tag("p", "What is in them is not shown here. Whoever can pull the image can read them all.")]
    if findings.suspects:
        parts.append(
            table(("path", "stored on", "why", "seen?"), files, label="Files that look like secrets")
        )
    if findings.leaks:
        rows = ((tag("code", leak.name), leak.where) for leak in findings.leaks)
        parts.append(table(("name", "where"), rows, label="Settings whose names sound secret"))
    return join(parts)


def _compared(found: Comparison) -> Markup:
    words = {"+": f"only in {found.here}", "-": f"only in {found.there}", "~": "different"}
    rows = (
        (
            tag("span", one.sign, class_="sign"),
            _path(one.path),
            words[one.sign],
            _size(one.here),
            _size(one.there),
        )
        for one in found.changed[:DIFFERENT]
    )
    said = (
        f"{found.here} has {found.floors[0]} floors, {found.there} has {found.floors[1]}. "
        f"They share the lowest {found.shared}, {amount(found.bytes_shared)}, which a machine stores once. "
        f"Stored: {amount(found.stored[0])} and {amount(found.stored[1])}."
    )
    if not found.changed:
        return join([tag("p", said), tag("p", "Seen from the top, both show the same.")])
    head = ("", "path", "", f"in {found.here}", f"in {found.there}")
    return join([tag("p", said), table(head, rows, label=_told(len(found.changed), DIFFERENT))])


def _data(findings: Findings) -> Markup:
    """All that the script draws, where no markup can come of it."""
    secret = {one.path for one in findings.suspects}
    told = {
        "view": {**cargo(findings.merged), "words": marks.WORDS, "sayings": SAYINGS, "palette": PALETTE},
        "excerpts": [list(one) for one in _excerpts(findings, secret)],
    }
    return Markup(f'<script type="application/json" id="cargo">{gojson.encode(told).decode()}</script>')


def _excerpts(findings: Findings, secret: set[str]) -> Iterator[tuple[str, int, str]]:
    """The beginnings of files: of those that changed first, then from the top floor down."""
    room = EXCERPTS
    rows = [row for row in findings.merged.rows if row.marks[-1].kind != "dir"]
    for row in sorted(rows, key=lambda row: (-len(row.marks), -row.marks[-1].floor)):
        for mark in row.marks:
            if mark.stands and mark.size and mark.kind == "file":
                said = excerpt(findings.view, row.path, mark.floor)
                if row.path in secret:
                    said = "(it looks like a secret, so it is not shown)"
                room -= len(said)
                if room < 0:
                    return
                if said and said != "(not text)":
                    yield row.spelled, mark.floor, said


def _path(path: str) -> Markup:
    return tag("span", spelled(path), class_="path")


def _size(size: int) -> Markup:
    return tag("span", amount(size), class_="amount")


def _told(count: int, most: int) -> str:
    return f"All {count}." if count <= most else f"The first {most} of {count}."
