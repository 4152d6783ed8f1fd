"""`test`: questions about files, texts and numbers, answered yes or no."""

import re
from collections.abc import Callable
from typing import Final

from labimg.entry import Entry
from labimg.shell.kernel import ENTER, READ, WRITE, Kernel

_FILES: Final[dict[str, Callable[[Entry], bool]]] = {
    "-e": lambda entry: True, "-a": lambda entry: True,
    "-f": lambda entry: entry.is_file, "-d": lambda entry: entry.is_dir,
    "-s": lambda entry: entry.size > 0 or entry.is_dir,
    "-b": lambda entry: entry.kind == "block", "-c": lambda entry: entry.kind == "char",
    "-p": lambda entry: entry.kind == "fifo", "-S": lambda entry: False,
    "-u": lambda entry: bool(entry.mode & 0o4000), "-g": lambda entry: bool(entry.mode & 0o2000),
    "-k": lambda entry: bool(entry.mode & 0o1000),
}  # fmt: skip
_RIGHTS: Final = {"-r": READ, "-w": WRITE, "-x": ENTER}
_UNARY: Final = frozenset({*_FILES, *_RIGHTS, "-n", "-z", "-h", "-L", "-O", "-G", "-t"})
_NUMBERS: Final[dict[str, Callable[[int, int], bool]]] = {
    "-eq": lambda a, b: a == b, "-ne": lambda a, b: a != b, "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b, "-gt": lambda a, b: a > b, "-ge": lambda a, b: a >= b,
}  # fmt: skip
_TEXTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "=": lambda a, b: a == b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b, ">": lambda a, b: a > b,
}  # fmt: skip
_TIMES: Final = frozenset({"-nt", "-ot", "-ef"})


class BadTest(Exception):
    """Words that are no question."""


def evaluate(words: list[str], kernel: Kernel) -> bool:
    """The answer to the question that `words` make.

    Raises:
        BadTest: they make none.
    """
    if not words:
        return False
    question = _Question(list(reversed(words)), kernel)
    answer = question.either()
    if question.left:
        raise BadTest(f"{question.left[-1]}: unexpected operator")
    return answer


class _Question:
    def __init__(self, left: list[str], kernel: Kernel) -> None:
        self.left = left  # the words still to read, the next one last
        self.kernel = kernel

    def either(self) -> bool:
        answer = self._both()
        while self.left and self.left[-1] == "-o":
            self.left.pop()
            answer = self._both() or answer
        return answer

    def _both(self) -> bool:
        answer = self._one()
        while self.left and self.left[-1] == "-a":
            self.left.pop()
            answer = self._one() and answer
        return answer

    def _one(self) -> bool:
        if not self.left:
            raise BadTest("argument expected")
        word = self.left.pop()
        if self.left and self._is_operator(self.left[-1]) and len(self.left) > 1:
            op = self.left.pop()
            return self._binary(word, op, self.left.pop())
        if word == "!" and self.left:
            return not self._one()
        if word == "(" and self.left:
            answer = self.either()
            if not self.left or self.left.pop() != ")":
                raise BadTest("closing paren expected")
            return answer
        if word in _UNARY and self.left and not (word == "-a" and len(self.left) > 1):
            return self._unary(word, self.left.pop())
        return bool(word)

    def _is_operator(self, word: str) -> bool:
        return word in _NUMBERS or word in _TEXTS or word in _TIMES

    def _unary(self, op: str, word: str) -> bool:
        match op:
            case "-n":
                return bool(word)
            case "-z":
                return not word
            case "-t":
                return False
            case "-h" | "-L":
                entry = self.kernel.find(word, follow=False)
                return entry is not None and entry.kind == "symlink"
            case "-r" | "-w" | "-x":
                return self.kernel.find(word) is not None and self.kernel.allowed(word, _RIGHTS[op])
        entry = self.kernel.find(word)
        if entry is None:
            return False
        if op == "-O":
            return entry.uid == self.kernel.uid
        if op == "-G":
            return entry.gid == self.kernel.gid
        return _FILES[op](entry)

    def _binary(self, left: str, op: str, right: str) -> bool:
        if op in _TEXTS:
            return _TEXTS[op](left, right)
        if op in _NUMBERS:
            return _NUMBERS[op](_whole(left), _whole(right))
        one, other = self.kernel.find(left), self.kernel.find(right)
        if op == "-ef":
            return one is not None and other is not None and one.path == other.path
        if op == "-ot":
            one, other = other, one
        return one is not None and (other is None or one.mtime > other.mtime)


def _whole(text: str) -> int:
    if not re.fullmatch(r"\s*[+-]?\d+\s*", text):
        raise BadTest(f"Illegal number: {text}")
    return int(text)
