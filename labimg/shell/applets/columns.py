"""Programs that sort lines and take them apart: sort, uniq, cut, tr, paste."""

import re
from collections.abc import Callable, Iterable
from itertools import groupby, zip_longest

from labimg.shell.kernel import why
from labimg.shell.machine import Call, Usage, applet
from labimg.shell.options import Options, operands, options
from labimg.shell.pattern import CLASSES


def lines(call: Call, paths: Iterable[str]) -> list[str]:
    """All lines of the files, without their newlines."""
    found: list[str] = []
    for path in paths:
        text = call.open(path).read().decode(errors="surrogateescape")
        found += text.removesuffix("\n").split("\n") if text else []
    return found


@applet("sort")
def sort(call: Call) -> int:
    """Print lines in order."""
    found = options(
        call, "nrufbik:t:o:VhcsdMzg", {"reverse": "r", "unique": "u", "key": "k", "numeric-sort": "n"}, code=2
    )
    try:
        rows = lines(call, found.operands or ["-"])
    except OSError as error:
        path = error.filename
        call.unlike(f"cannot read: {path}: {why(error)}", f"{path}: {why(error)}")
        return 1 if call.busybox else 2
    keys = [_key(text, found) for text in found.values("k")] or [_whole(found)]
    reverse = "r" in found and not found.values("k")
    rows.sort(key=lambda row: row.encode(errors="surrogateescape"), reverse="r" in found and "s" not in found)
    for key, backwards in reversed(keys):
        rows.sort(key=key, reverse=backwards or reverse)
    if "u" in found:
        rows = [next(group) for _, group in groupby(rows, key=lambda row: [key(row) for key, _ in keys])]
    text = "".join(row + "\n" for row in rows)
    if "o" in found:
        call.kernel.write(found.value("o"), text.encode(errors="surrogateescape"))
    else:
        call.say(text)
    return 0


Rank = tuple[float, tuple[tuple[bool, int, str], ...], bytes]  # by number, by version, by letters
Key = tuple[Callable[[str], Rank], bool]  # what to sort by, and whether backwards


def _whole(found: Options) -> Key:
    letters = "".join(letter for letter in "nfVhbg" if letter in found)
    return (lambda row: _value(row, letters)), False


def _key(text: str, found: Options) -> Key:
    """The key `-k 2,3nr`."""
    parsed = re.fullmatch(r"(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?", text)
    if not parsed:
        raise Usage(f"invalid number at field start: invalid count at start of '{text}'", 2)
    first, last = int(parsed[1]), int(parsed[4]) if parsed[4] else None
    letters = (parsed[3] or "") + (parsed[5] or "")
    letters = letters or "".join(letter for letter in "nfVhbrg" if letter in found)
    separator = found.value("t")

    start = int(parsed[2]) - 1 if parsed[2] else 0

    def key(row: str) -> Rank:
        fields = row.split(separator) if separator else re.findall(r"\s*\S+", row)
        chosen = (separator or "").join(fields[first - 1 : last])
        return _value(chosen[start:], letters)

    return key, "r" in letters


def _value(text: str, letters: str) -> Rank:
    if "n" in letters or "g" in letters or "h" in letters:
        number = re.match(r"\s*(-?\d*\.?\d*)([KMGT]?)", text)
        digits = number[1] if number and number[1] not in ("", "-", ".") else "0"
        power = "KMGT".find(number[2]) + 1 if number and number[2] and "h" in letters else 0
        return float(digits) * 1024**power, (), b""
    if "V" in letters:
        parts = re.split(r"(\d+)", text)
        return (
            0.0,
            tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts),
            b"",
        )
    text = text.lstrip() if "b" in letters else text
    return 0.0, (), (text.upper() if "f" in letters else text).encode(errors="surrogateescape")


@applet("uniq")
def uniq(call: Call) -> int:
    """Print lines that differ from the one before."""
    found = options(call, "cduif:", {"count": "c", "repeated": "d", "unique": "u"})
    skip = int(found.value("f", "0"))
    rows = lines(call, found.operands[:1] or ["-"])

    def key(row: str) -> str:
        row = re.sub(rf"^(\s*\S+){{{skip}}}", "", row) if skip else row
        return row.lower() if "i" in found else row

    out = []
    for _, group in groupby(rows, key=key):
        same = list(group)
        if ("d" in found and len(same) < 2) or ("u" in found and len(same) > 1):
            continue
        out.append((f"{len(same):>7} " if "c" in found else "") + same[0] + "\n")
    if len(found.operands) > 1:
        call.kernel.write(found.operands[1], "".join(out).encode(errors="surrogateescape"))
    else:
        call.say("".join(out))
    return 0


@applet("cut")
def cut(call: Call) -> int:
    """Print parts of lines."""
    found = options(
        call, "d:f:c:b:snO:", {"delimiter": "d", "fields": "f", "characters": "c", "output-delimiter": "O"}
    )
    what = found.last("fcb")
    if not what:
        sentence = "expected a list of bytes, characters, or fields"
        raise Usage(sentence if call.busybox else sentence.replace("expected", "you must specify"))
    wanted = _ranges(found.value(what))
    separator = found.value("d", "\t")
    joint = found.value("O", separator if what == "f" else "")
    status = 0
    for path in found.operands or ["-"]:
        try:
            rows = lines(call, [path])
        except OSError as error:
            status = call.refuse(path, error)
            continue
        for row in rows:
            if what == "f" and separator not in row:
                if "s" not in found:
                    call.say(row + "\n")
                continue
            pieces = row.split(separator) if what == "f" else list(row)
            chosen = [piece for index, piece in enumerate(pieces, 1) if wanted(index)]
            call.say(joint.join(chosen) + "\n")
    return status


def _ranges(text: str) -> Callable[[int], bool]:
    """Which numbers a list such as "1,3-5,7-" holds."""
    spans = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d*)(-?)(\d*)", part)
        if not found or not (found[1] or found[3]):
            raise Usage(f"invalid field value '{part}'")
        low = int(found[1] or 1)
        spans.append((low, int(found[3]) if found[3] else 1 << 62 if found[2] else low))
    return lambda number: any(low <= number <= high for low, high in spans)


@applet("tr")
def tr(call: Call) -> int:
    """Replace, delete or squeeze letters."""
    found = options(call, "cCds", {"complement": "c", "delete": "d", "squeeze-repeats": "s"}, inside=False)
    words = operands(call, found)
    text = call.stdin.read().decode("latin-1")
    first = _letters(words[0])
    if "c" in found or "C" in found:
        first = "".join(chr(code) for code in range(256) if chr(code) not in set(first))
    second = _letters(words[1]) if len(words) > 1 else ""
    if "d" in found:
        text = text.translate(dict.fromkeys(map(ord, first)))
    elif second:
        second = second.ljust(len(first), second[-1])
        text = text.translate({ord(a): b for a, b in reversed(list(zip(first, second, strict=False)))})
    elif "s" not in found:
        raise Usage("" if call.busybox else f"missing operand after '{words[0]}'")
    if "s" in found:
        squeezed = set(second or first)
        text = "".join(
            letter for index, letter in enumerate(text)
            if not (letter in squeezed and index and text[index - 1] == letter)
        )  # fmt: skip
    call.put(text.encode("latin-1"))
    return 0


_CLASS_LETTERS = {
    name: "".join(c for c in map(chr, range(128)) if re.match(f"[{inside}]", c))
    for name, inside in CLASSES.items()
}


def _letters(text: str) -> str:
    r"""The letters that a set such as "a-z", "\n" or "[:upper:]" stands for."""
    text = text.encode(errors="surrogateescape").decode("latin-1")
    out: list[str] = []
    for found in re.finditer(r"\[:(\w+):\]|(\\[0-7]{1,3}|\\.|.)(?:-(\\.|.))?", text, re.DOTALL):
        if found[1]:
            out.append(_CLASS_LETTERS.get(found[1], ""))
            continue
        low = _letter(found[2])
        out.append("".join(map(chr, range(ord(low), ord(_letter(found[3])) + 1))) if found[3] else low)
    return "".join(out)


def _letter(text: str) -> str:
    if text[0] != "\\" or len(text) == 1:
        return text
    if text[1] in "01234567":
        return chr(int(text[1:], 8) & 255)
    return {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "b": "\b"}.get(text[1], text[1])


@applet("paste")
def paste(call: Call) -> int:
    """Print lines of several files side by side."""
    found = options(call, "d:s")
    separator = found.value("d", "\t").replace("\\n", "\n").replace("\\t", "\t")
    tables = [lines(call, [path]) for path in found.operands or ["-"]]
    rows = tables if "s" in found else zip_longest(*tables, fillvalue="")
    for row in rows:
        call.say(separator.join(row) + "\n")
    return 0


@applet("fold")
def fold(call: Call) -> int:
    """Break long lines."""
    found = options(call, "w:sb")
    width = int(found.value("w", "80"))
    for row in lines(call, found.operands or ["-"]):
        pieces = [row[at : at + width] for at in range(0, len(row), width)] or [""]
        call.say("".join(piece + "\n" for piece in pieces))
    return 0
