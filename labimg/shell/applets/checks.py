"""Programs that answer yes or no by their exit code: true, false, test, expr, cmp, diff."""

import difflib
import re

from labimg.shell.conditions import BadTest, evaluate
from labimg.shell.kernel import why
from labimg.shell.machine import Call, Usage, applet
from labimg.shell.options import operands, options


@applet("true")
def true(call: Call) -> int:
    """Succeed."""
    return 0


@applet("false")
def false(call: Call) -> int:
    """Fail."""
    return 1


@applet("test", "[")
def test(call: Call) -> int:
    """Answer a question about files, texts or numbers."""
    words = call.argv[1:]
    if call.argv[0].endswith("["):
        if not words or words[-1] != "]":
            call.complain("missing ']'")
            return 2
        words = words[:-1]
    try:
        return int(not evaluate(words, call.kernel))
    except BadTest as bad:
        call.complain(str(bad))
        return 2


@applet("expr")
def expr(call: Call) -> int:
    """Print the value of an expression; exit code 1 if it is empty or 0."""
    words = call.argv[1:][::-1]
    try:
        value = _either(words)
        if words:
            raise Usage(f"syntax error: unexpected argument '{words[-1]}'")
    except Usage as usage:
        call.unlike(usage.sentence, "syntax error")
        return 2
    except ValueError:
        call.complain("non-integer argument")
        return 2
    except ZeroDivisionError:
        call.complain("division by zero")
        return 2
    call.say(value + "\n")
    return int(value in ("", "0"))


LEVELS = (("|",), ("&",), ("=", "==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"), (":",))


def _either(words: list[str], level: int = 0) -> str:
    if level == len(LEVELS):
        return _single(words)
    value = _either(words, level + 1)
    while words and words[-1] in LEVELS[level]:
        op = words.pop()
        if not words:
            raise Usage(f"syntax error: missing argument after '{op}'")
        value = _applied(value, op, _either(words, level + 1))
    return value


def _single(words: list[str]) -> str:
    if not words:
        raise Usage("missing operand")
    word = words.pop()
    if word == "(":
        value = _either(words)
        if not words or words.pop() != ")":
            raise Usage("syntax error: expecting ')'")
        return value
    if word == "length" and words:
        return str(len(words.pop()))
    if word == "substr" and len(words) >= 3:
        text, start, count = words.pop(), int(words.pop()), int(words.pop())
        return text[start - 1 : start - 1 + count]
    return word


def _applied(left: str, op: str, right: str) -> str:
    match op:
        case "|":
            return left if left not in ("", "0") else right
        case "&":
            return left if left not in ("", "0") and right not in ("", "0") else "0"
        case ":":
            found = re.match(right.replace(r"\(", "(").replace(r"\)", ")"), left)
            if found and found.re.groups:
                return found[1] or ""
            return str(len(found[0])) if found else "" if r"\(" in right else "0"
        case "+" | "-" | "*" | "/" | "%":
            a, b = int(left), int(right)
            if op in "/%":
                quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
                return str(quotient if op == "/" else a - quotient * b)
            return str({"+": a + b, "-": a - b, "*": a * b}[op])
    try:
        order = (int(left) > int(right)) - (int(left) < int(right))
    except ValueError:
        order = (left > right) - (left < right)
    return str(int({"=": order == 0, "==": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0,
                    ">": order > 0, ">=": order >= 0}[op]))  # fmt: skip


@applet("cmp")
def cmp(call: Call) -> int:
    """Tell where two files differ first."""
    found = options(call, "sl", {"quiet": "s", "silent": "s"})
    words = operands(call, found)
    try:
        one, other = call.open(words[0]).read(), call.open(words[1] if len(words) > 1 else "-").read()
    except OSError as error:
        call.refuse(str(error.filename), error)
        return 2
    if one == other:
        return 0
    if "s" not in found:
        at = next((index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
        if at is None:
            call.warn(f"cmp: EOF on {words[0] if len(one) < len(other) else words[1]}\n")
        else:
            line = one[:at].count(b"\n") + 1
            call.say(f"{words[0]} {words[1]} differ: char {at + 1}, line {line}\n")
    return 1


@applet("diff")
def diff(call: Call) -> int:
    """Tell how two files differ."""
    found = options(call, "uqrNaU:bB", {"unified": "u", "brief": "q", "recursive": "r"}, code=2)
    words = operands(call, found, 2, code=2)
    texts = []
    for path in words[:2]:
        try:
            texts.append(call.open(path).read().decode(errors="surrogateescape").splitlines(keepends=True))
        except OSError as error:
            call.unlike(f"{path}: {why(error)}", f"can't stat '{path}': {why(error)}")
            return 2
    if texts[0] == texts[1]:
        return 0
    if "q" in found:
        call.say(f"Files {words[0]} and {words[1]} differ\n")
    elif "u" in found or "U" in found or call.busybox:
        call.say("".join(difflib.unified_diff(texts[0], texts[1], words[0], words[1])))
    else:
        _plain(call, texts[0], texts[1])
    return 1


def _plain(call: Call, one: list[str], other: list[str]) -> None:
    for kind, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        letter = {"replace": "c", "delete": "d", "insert": "a"}[kind]
        left = str(a) if kind == "insert" else f"{a + 1},{b}" if b > a + 1 else str(a + 1)
        right = str(c) if kind == "delete" else f"{c + 1},{d}" if d > c + 1 else str(c + 1)
        call.say(f"{left}{letter}{right}\n")
        call.say("".join(f"< {row}" for row in one[a:b]))
        if kind == "replace":
            call.say("---\n")
        call.say("".join(f"> {row}" for row in other[c:d]))
