r"""Text that came out of an image, made safe to show: no control character survives.

Anybody can name a file `\x1b[2J` or turn the reading direction with U+202E; a picture
must show such a name and never obey it.  Markup is the matter of `svg` and of the
browser's `textContent`; here it is about what a terminal, an eye or a screen reader obeys.
"""

import unicodedata

from labimg.units import human_size

_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def harmless(text: str) -> str:
    r"""`text` with every invisible or commanding character spelled out.

    >>> print(harmless("a\x1b[2J\u202eb\udcff"))
    a\x1b[2J\u202eb\xff
    """
    return text if text.isprintable() else "".join(map(_spell, text))


def spelled(path: str) -> str:
    r"""A path as `ls -b` spells it: harmless, and no two paths are spelled alike.

    >>> print(spelled("/a\\n"), spelled("/a\n"))
    /a\\n /a\n
    """
    return harmless(path.replace("\\", "\\\\"))


def _spell(letter: str) -> str:
    code = ord(letter)
    if letter.isprintable():
        return letter
    if letter in _SHORT:
        return _SHORT[letter]
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def amount(size: int) -> str:
    """`size` bytes as `docker images` would say it."""
    return human_size(size, 3)


def counted(number: int, noun: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "file"), counted(2, "entry", "entries")
    ('1 file', '2 entries')
    """
    return f"{number} {noun if number == 1 else many or noun + 's'}"


def columns(text: str) -> int:
    """How many columns of a terminal `text` fills: a Chinese letter fills two, an accent none."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def clip(text: str, width: int) -> str:
    """`text` in at most `width` columns, with an ellipsis where it was cut.

    >>> clip("docker-entrypoint.sh", 10)
    'docker-en…'
    """
    if columns(text) <= width:
        return text
    kept, used = [], 1
    for letter in text:
        used += _width(letter)
        if used > width:
            break
        kept.append(letter)
    return "".join(kept) + "…"


def pad(text: str, width: int) -> str:
    """`text` clipped or filled to exactly `width` columns."""
    text = clip(text, width)
    return text + " " * (width - columns(text))
