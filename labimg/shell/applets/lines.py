"""Programs that take lines as they come: head, tail, wc, tee, tac, rev, nl, seq, yes."""

import re

from labimg.shell.kernel import why
from labimg.shell.machine import Call, Usage, applet
from labimg.shell.options import operands, options
from labimg.shell.wrong import Running

FULL = 1 << 16  # bytes a pipe holds before its writer has to wait


@applet("head")
def head(call: Call) -> int:
    """Print the first lines."""
    call.argv = [call.argv[0], *(_counted(word) for word in call.argv[1:])]
    found = options(call, "n:c:qv", {"lines": "n", "bytes": "c", "quiet": "q"})
    status = 0
    paths = found.operands or ["-"]
    for index, path in enumerate(paths):
        try:
            stream = call.open(path)
            _heading(call, path, index, several=len(paths) > 1 and "q" not in found)
            if "c" in found:
                count = _size(found.value("c"))
                data = stream.read(count) if count >= 0 else stream.read()[:count]
            else:
                count = _size(found.value("n", "10"))
                lines = stream.read().splitlines(keepends=True)
                data = b"".join(lines[:count])
            call.put(data)
        except OSError as error:
            status = call.unlike(f"cannot open '{path}' for reading: {why(error)}", f"{path}: {why(error)}")
    return status


@applet("tail")
def tail(call: Call) -> int:
    """Print the last lines; with -f wait for more."""
    call.argv = [call.argv[0], *(_counted(word) for word in call.argv[1:])]
    found = options(
        call, "n:c:fFqvs:", {"lines": "n", "bytes": "c", "follow": "f", "quiet": "q", "retry": "F"}
    )
    status = 0
    paths = found.operands or ["-"]
    for index, path in enumerate(paths):
        try:
            data = call.open(path).read()
        except Running:
            call.flush()
            raise
        except OSError as error:
            status = call.unlike(
                f"cannot open '{path}' for reading: {why(error)}", f"can't open '{path}': {why(error)}"
            )
            continue
        _heading(call, path, index, several=len(paths) > 1 and "q" not in found)
        text = found.value("c") or found.value("n", "10")
        pieces = (
            [data[at : at + 1] for at in range(len(data))] if "c" in found else data.splitlines(keepends=True)
        )
        count = _size(text.lstrip("+-"))
        pieces = pieces[max(0, count - 1) :] if text.startswith("+") else pieces[-count:] if count else []
        call.put(b"".join(pieces))
    if ("f" in found or "F" in found) and status == 0:
        call.flush()
        raise Running
    if status and call.busybox:
        call.complain("no files")
    return status


def _counted(word: str) -> str:
    """`-5` is `-n5`."""
    return f"-n{word[1:]}" if re.fullmatch(r"-\d+", word) else word


def _heading(call: Call, path: str, index: int, *, several: bool) -> None:
    if several:
        call.say(("\n" if index else "") + f"==> {'standard input' if path == '-' else path} <==\n")


def _size(text: str) -> int:
    found = re.fullmatch(r"([+-]?\d+)([bkKMG]?)B?", text)
    if not found:
        raise Usage(f"invalid number of lines: '{text}'")
    return int(found[1]) * {"": 1, "b": 512, "k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}[found[2]]


@applet("wc")
def wc(call: Call) -> int:
    """Count lines, words and bytes."""
    found = options(call, "lwcmL", {"lines": "l", "words": "w", "bytes": "c", "chars": "m"})
    wanted = [letter for letter in "lwmcL" if letter in found] or ["l", "w", "c"]
    status = 0
    total = 0  # bytes: GNU's wc makes all columns as wide as it
    rows: list[tuple[list[int], str]] = []
    for path in found.operands or ["-"]:
        try:
            data = call.open(path).read()
        except OSError as error:
            status = call.refuse(path, error)
            continue
        total += len(data)
        counts = {
            "l": data.count(b"\n"), "w": len(data.split()), "c": len(data),
            "m": len(data.decode(errors="replace")),
            "L": max((len(line) for line in data.splitlines()), default=0),
        }  # fmt: skip
        rows.append(([counts[letter] for letter in wanted], path if found.operands else ""))
    if len(found.operands) > 1:
        rows.append(([sum(column) for column in zip(*(row for row, _ in rows), strict=True)], "total"))
    width = 0
    if len(wanted) > 1 or len(rows) > 1:
        width = 9 if call.busybox else len(str(total)) if found.operands else 7
    for row, name in rows:
        call.say(" ".join(f"{count:>{width}}" for count in row) + (f" {name}" if name else "") + "\n")
    return status


@applet("tee")
def tee(call: Call) -> int:
    """Copy the input to the output and to files."""
    found = options(call, "ai", {"append": "a"})
    data = call.stdin.read()
    call.put(data)
    status = 0
    for path in found.operands:
        try:
            call.kernel.write(path, data, append="a" in found)
        except OSError as error:
            status = call.refuse(path, error)
    return status


@applet("tac", "rev")
def tac(call: Call) -> int:
    """Print lines in the reverse order, or each line from its end."""
    found = options(call, "")
    for path in found.operands or ["-"]:
        lines = call.open(path).read().decode(errors="surrogateescape").splitlines(keepends=True)
        if call.argv[0].endswith("rev"):
            lines = [line.rstrip("\n")[::-1] + line[len(line.rstrip("\n")) :] for line in lines]
        else:
            lines.reverse()
        call.say("".join(lines))
    return 0


@applet("nl")
def nl(call: Call) -> int:
    """Print lines with their numbers."""
    found = options(call, "b:w:s:")
    number = 0
    for path in found.operands or ["-"]:
        for line in call.open(path).read().decode(errors="surrogateescape").splitlines():
            counted = bool(line) or found.value("b") == "a"
            number += counted
            call.say(f"{number:6}\t{line}\n" if counted else f"{'':7}{line}\n")
    return 0


@applet("seq")
def seq(call: Call) -> int:
    """Print numbers in a row."""
    words, separator, width = [], "\n", False
    rest = iter(call.argv[1:])
    for word in rest:
        if word.startswith("-s"):
            separator = word[2:] or next(rest, "\n")
        elif word == "-w":
            width = True
        else:
            words.append(word)
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        wrong = next(word for word in words if not re.fullmatch(r"-?[\d.]+", word))
        raise Usage("" if call.busybox else f"invalid floating point argument: '{wrong}'") from None
    if not 1 <= len(numbers) <= 3:
        raise Usage("" if call.busybox else "missing operand")
    first = numbers[0] if len(numbers) > 1 else 1.0
    step = numbers[1] if len(numbers) == 3 else 1.0
    places = max((len(word.partition(".")[2]) for word in words), default=0)
    if step == 0:
        raise Usage(f"invalid Zero increment value: '{words[1]}'")
    count = min(int((numbers[-1] - first) / step + 1e-9) + 1, 1_000_000)
    texts = [f"{first + index * step:.{places}f}" for index in range(max(0, count))]
    if width:
        widest = max((len(text) for text in texts), default=0)
        texts = [text.zfill(widest) for text in texts]
    call.say(separator.join(texts) + "\n" if texts else "")
    return 0


@applet("yes")
def yes(call: Call) -> int:
    """Print a word for ever: until the pipe is full, or until nobody waits any more."""
    line = (" ".join(call.argv[1:]) or "y").encode() + b"\n"
    call.put(line * (FULL * 64 // len(line) if call.files[1].pipe else FULL // len(line)))
    call.flush()
    if not call.files[1].pipe:
        raise Running
    return 141


@applet("truncate")
def truncate(call: Call) -> int:
    """Make files a given size."""
    found = options(call, "s:cr:", {"size": "s"})
    if "s" not in found:
        raise Usage("" if call.busybox else "you must specify either '--size' or '--reference'")
    for path in operands(call, found):
        old = call.kernel.read(path) if call.kernel.find(path) else b""
        text = found.value("s")
        size = _size(text.lstrip("+-"))
        size = len(old) + size if text[0] == "+" else max(0, len(old) - size) if text[0] == "-" else size
        call.kernel.write(path, old[:size] + bytes(max(0, size - len(old))))
    return 0


@applet("dd")
def dd(call: Call) -> int:
    """Copy blocks of bytes."""
    told = dict(word.split("=", 1) for word in call.argv[1:] if "=" in word)
    try:
        block = _size(told.get("bs", told.get("ibs", "512")))
        stream = call.open(told["if"]) if "if" in told else call.stdin
        if skip := _size(told.get("skip", "0")):
            stream.read(skip * block)
        data = stream.read(_size(told["count"]) * block if "count" in told else -1)
    except OSError as error:
        return call.unlike(
            f"failed to open '{error.filename}': {why(error)}", f"can't open '{error.filename}': {why(error)}"
        )
    if "of" in told:
        start = _size(told.get("seek", "0")) * block
        old = call.kernel.read(told["of"]) if call.kernel.find(told["of"]) else b""
        head = old[:start] + bytes(max(0, start - len(old)))
        rest = old[start + len(data) :] if "notrunc" in told.get("conv", "") else b""
        try:
            call.kernel.write(told["of"], head + data + rest)
        except OSError as error:
            return call.unlike(
                f"failed to open '{told['of']}': {why(error)}", f"can't open '{told['of']}': {why(error)}"
            )
    else:
        call.put(data)
    if told.get("status") != "none":
        whole, part = divmod(len(data), block)
        blocks = f"{whole}+{int(bool(part))} records"
        call.warn(f"{blocks} in\n{blocks} out\n")
        if told.get("status") != "noxfer":
            call.warn(f"{len(data)} {'byte' if len(data) == 1 else 'bytes'} copied\n")
    return 0
