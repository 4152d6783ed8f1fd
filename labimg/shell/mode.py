"""Permission bits, as people write and read them: `u+x`, `0755`, `-rwxr-xr-x`."""

import re
from typing import Final

from labimg.entry import Entry

_CLAUSE: Final = re.compile(r"([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)")
_ACTION: Final = re.compile(r"([-+=])([ugo]|[rwxXst]*)")
_LETTER: Final = {
    "file": "-",
    "link": "-",
    "dir": "d",
    "symlink": "l",
    "char": "c",
    "block": "b",
    "fifo": "p",
}
_SHIFT: Final = {"u": 6, "g": 3, "o": 0}


def changed(text: str, entry: Entry, umask: int) -> int | None:
    """The mode of `entry` after `chmod text`; None if `text` is no mode.

    >>> oct(changed("u+x,go=", Entry("/f", mode=0o644), 0o022))
    '0o700'
    """
    if re.fullmatch("[0-7]{1,4}", text):
        number = int(text, 8)
        return number | (entry.mode & 0o6000 if entry.is_dir and len(text) < 5 else 0)
    mode = entry.mode
    for clause in text.split(","):
        found = _CLAUSE.fullmatch(clause)
        if not found:
            return None
        who = found[1] or "a"
        masked = 0o777 & ~umask if not found[1] else 0o7777
        for op, rights in _ACTION.findall(found[2]):
            mode = _apply(mode, who.replace("a", "ugo"), op, rights, masked | 0o7000, entry)
    return mode


def _apply(mode: int, who: str, op: str, rights: str, mask: int, entry: Entry) -> int:
    bits = 0
    for one in who:
        shift = _SHIFT[one]
        if rights in ("u", "g", "o") and rights:
            three = mode >> _SHIFT[rights] & 7
        else:
            three = sum({"r": 4, "w": 2, "x": 1}.get(right, 0) for right in set(rights))
            if "X" in rights and (entry.is_dir or mode & 0o111):
                three |= 1
        bits |= three << shift
    if rights not in ("u", "g", "o"):
        if "s" in rights:
            bits |= (0o4000 if "u" in who else 0) | (0o2000 if "g" in who else 0)
        if "t" in rights:
            bits |= 0o1000
    bits &= mask
    if op == "+":
        return mode | bits
    if op == "-":
        return mode & ~bits
    cleared = sum(7 << _SHIFT[one] for one in set(who))
    if not entry.is_dir:
        cleared |= (0o4000 if "u" in who else 0) | (0o2000 if "g" in who else 0)
    return mode & ~cleared | bits


def shown(entry: Entry) -> str:
    """The mode as `ls -l` shows it.

    >>> shown(Entry("/bin/su", mode=0o4755))
    '-rwsr-xr-x'
    """
    letters = ["rwx"[index % 3] if entry.mode >> (8 - index) & 1 else "-" for index in range(9)]
    for bit, place, letter in ((0o4000, 2, "s"), (0o2000, 5, "s"), (0o1000, 8, "t")):
        if entry.mode & bit:
            letters[place] = letter if letters[place] == "x" else letter.upper()
    return _LETTER[entry.kind] + "".join(letters)
