"""Boards, questions and sessions as SVG."""

from collections.abc import Iterator, Sequence

from labimg.show import marks
from labimg.show.board import LOST, OWN, Board, Row
from labimg.show.names import amount, clip, harmless
from labimg.show.prose import drawn
from labimg.show.svg import Drawing, Element, breadth, code, el, hatched, page, room, words

WIDTH, LINE, HEAD = 720.0, 26.0, 30.0
BAR = 170.0  # pixels of the longest bar
PROSE, MORE = 92, 18.0  # letters of running text in a line; how much higher each further line makes its row
TONES = {"plain": marks.INK, "new": marks.GOOD, "gone": marks.ALARM, "quiet": marks.SOFT}
GROUNDS = {"plain": marks.WASH, "new": marks.GOOD_WASH, "gone": marks.BAD_WASH, "quiet": marks.PAPER}


def board(shown: Board, *more: Board) -> str:
    """A board, row by row; others below it."""
    parts = list(_drawn(shown, 0))
    y = _height(shown)
    for other in more:
        parts.append(words(clip(harmless(other.title), room(WIDTH, 13)), 0, y + 34, size=14, weight="600"))
        parts += _drawn(other, y + 44)
        y += 44 + _height(other)
    note = "; ".join(filter(None, (", ".join(shown.legend), shown.note)))
    said = " ".join(one.describe() for one in (shown, *more))
    title = harmless(shown.title)
    return page(Drawing(WIDTH, y, tuple(parts)), title=title, description=said, heading=title, note=note)


def _height(shown: Board) -> float:
    groups = sum(6 + HEAD * bool(group.title) for group in shown.groups)
    return 24 + groups + sum(map(_high, shown.rows)) + 20 * bool(shown.bars)


def _high(row: Row) -> float:
    """The height of a row: prose takes as many lines as it needs."""
    return LINE + MORE * (sum(map(len, row.lines(PROSE))) - 1) if row.prose else LINE


def _drawn(shown: Board, y: float) -> Iterator[Element]:
    """Its sentence, its groups, and what its bars mean."""
    yield words(clip(harmless(shown.said), room(WIDTH, 10)), 0, y + 12, fill=marks.SOFT)
    y += 24
    barred = any(row.parts for row in shown.rows)
    for group in shown.groups:
        if group.title:
            yield words(group.title, 0, y + 19, size=12.5, weight="600")
            y += HEAD
        for row in group.rows:
            yield _row(row, y, shown.most, barred=barred)
            y += _high(row)
        y += 6
    yield from _bars(shown, y)


def _row(row: Row, y: float, most: int, *, barred: bool) -> Element:
    """A sign, a floor's number, a name, a bar, bytes, and a note."""
    tone = TONES[row.tone]
    parts = [
        el("title", row.said),
        el("rect", x=0, y=y + 1, width=WIDTH, height=_high(row) - 2, rx=4, fill=GROUNDS[row.tone]),
        words(row.sign, 14, y + 18, size=14, weight="700", fill=tone, anchor="middle"),
    ]
    if row.prose:
        return el("g", *parts, *_prose(row, y))
    x = 30.0
    if row.number:
        ground = marks.colour(row.number)
        parts += [
            el("rect", x=x, y=y + 5, width=22, height=16, rx=3, fill=ground),
            words(str(row.number), x + 11, y + 17, size=11, weight="700", fill=marks.ink(ground),
                  anchor="middle"),
        ]  # fmt: skip
        x += 32
    right = WIDTH - 10 - (BAR if barred else 0)
    size = "" if row.size is None else amount(row.size)
    whole = right - x - (66 if size else 0)
    name = clip(harmless(row.name), room(whole * 0.66 if row.note else whole, 12))
    struck = {"strike": "line-through"} if row.sign == "−" and row.tone == "gone" else {}
    parts.append(code(name, x, y + 17.5, fill=tone, **struck))
    note_x = x + breadth(name, 12) + 14
    space = right - note_x - (66 if size else 0)
    if row.note and space > 30:
        parts.append(words(clip(harmless(row.note), room(space, 10.3)), note_x, y + 17.5, size=11,
                           fill=marks.SOFT))  # fmt: skip
    parts.append(code(size, right, y + 17.5, size=11, anchor="end", fill=marks.SOFT))
    return el("g", *parts, *_bar(row, right + 12, y, most))


def _prose(row: Row, y: float) -> Iterator[Element]:
    """The name and the note of a row that is running text, line by line."""
    name, note = row.lines(PROSE)
    for at, line in enumerate(name + note):
        size, fill = (13, TONES[row.tone]) if at < len(name) else (12, marks.SOFT)
        yield drawn(line, 30, y + 17.5 + MORE * at, size=size, fill=fill)


def _bar(row: Row, x: float, y: float, most: int) -> list[Element]:
    bar = []
    for part in row.parts:
        wide = max((BAR - 14) * part.size / most, 1.5)
        if part.size:
            bar.append(_part(part.kind, x, y + 6, wide, 14))
            x += wide
    return bar


def _part(kind: str, x: float, y: float, width: float, height: float) -> Element:
    if kind == LOST:
        return hatched(x, y, width, height, stroke=marks.LINE)
    fill = marks.BAR if kind == OWN else marks.PALE
    return el("rect", x=x, y=y, width=width, height=height, fill=fill, stroke=marks.BAR)


def _bars(shown: Board, y: float) -> list[Element]:
    """What the parts of a bar mean."""
    parts: list[Element] = []
    x = 0.0
    for kind, word in shown.bars.items():
        parts.append(_part(kind, x, y + 2, 16, 12))
        parts.append(words(word, x + 22, y + 12.5, size=11, fill=marks.SOFT))
        x += 22 + breadth(word, 11) + 20
    return parts


def lines(title: str, said: str, told: Sequence[tuple[str, str]]) -> str:
    """Lines of a terminal or of a question, each with a tone: prompt, stdout, stderr, plain, soft, strong."""
    looks: dict[str, dict[str, str | float]] = {
        "prompt": {"weight": "700"}, "stdout": {}, "stderr": {"fill": marks.ALARM},
        "soft": {"fill": marks.SOFT}, "strong": {"weight": "700"}, "plain": {},
    }  # fmt: skip
    parts = [
        code(clip(harmless(line), room(WIDTH, 12)), 0, 14 + 18 * at, **looks[look])
        for at, (look, line) in enumerate(told)
    ]
    drawing = Drawing(WIDTH, 18.0 * len(told) + 4, tuple(parts))
    return page(drawing, title=title, description=said, heading=harmless(title))
