"""`$((...))`: whole numbers of 64 bits, with C's operators."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

_TOKEN: Final = re.compile(
    r"\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|<<=|>>=|&&|\|\||<<|>>|[<>=!+*/%&^|-]=|\+\+|--|[-+*/%&|^~!<>=?:(),])"
)
_PLAIN: Final = re.compile(_TOKEN.pattern.replace(r"|\+\+|--", ""))
_BINDS: Final = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7,
    "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}  # fmt: skip
_ASSIGNS: Final = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="})


class BadSum(Exception):
    """An expression that is none, or divides by zero."""


@dataclass
class Variables:
    """How an expression reads and changes the shell's variables."""

    read: Callable[[str], str]
    write: Callable[[str, str], None]


def evaluate(expression: str, variables: Variables, *, plain: bool = False) -> int:
    """The value of `expression`; a `plain` one knows no `++`: dash takes it for two plus signs.

    >>> evaluate("1 + 2 * 3", Variables(lambda name: "", lambda name, value: None))
    7
    """
    sums = _Sums(expression, variables, _PLAIN if plain else _TOKEN)
    if not sums.tokens:
        return 0
    value = sums.assignment()
    if sums.tokens:
        raise BadSum("expecting EOF")
    return value


class _Sums:
    def __init__(self, expression: str, variables: Variables, tokens: re.Pattern[str]) -> None:
        self.variables = variables
        self.tokens: list[str] = []
        self.live = 0  # in a branch not taken when above zero
        at = 0
        text = expression.strip()
        while at < len(text):
            token = tokens.match(text, at)
            if token is None:
                raise BadSum("expecting primary")
            self.tokens.append(token[1])
            at = token.end()
        self.tokens.reverse()

    def assignment(self) -> int:
        if len(self.tokens) > 1 and self.tokens[-2] in _ASSIGNS and _is_name(self.tokens[-1]):
            name, op = self.tokens.pop(), self.tokens.pop()
            value = self.assignment()
            if op != "=":
                value = self._apply(op[:-1], self._variable(name), value)
            return self._assign(name, value)
        return self._choice()

    def _choice(self) -> int:
        test = self._binary(1)
        if not self._take("?"):
            return test
        yes = self._branch(self.assignment, live=bool(test))
        if not self._take(":"):
            raise BadSum("expecting ':'")
        no = self._branch(self._choice, live=not test)
        return yes if test else no

    def _binary(self, least: int) -> int:
        left = self._unary()
        while self.tokens and _BINDS.get(self.tokens[-1], 0) >= least:
            op = self.tokens.pop()
            if op in ("&&", "||"):
                wanted = bool(left) == (op == "&&")
                right = self._branch(partial(self._binary, _BINDS[op] + 1), live=wanted)
                left = int(bool(right)) if wanted else int(op == "||")
            else:
                left = self._apply(op, left, self._binary(_BINDS[op] + 1))
        return left

    def _unary(self) -> int:
        if not self.tokens:
            raise BadSum("expecting primary")
        token = self.tokens.pop()
        if token == "(":
            value = self.assignment()
            if not self._take(")"):
                raise BadSum("expecting ')'")
            return value
        if token in ("-", "+", "!", "~"):
            value = self._unary()
            return {"-": -value, "+": value, "!": int(not value), "~": ~value}[token]
        if token in ("++", "--") and self.tokens and _is_name(self.tokens[-1]):
            name = self.tokens.pop()
            return self._assign(name, self._variable(name) + (1 if token == "++" else -1))
        if _is_name(token):
            value = self._variable(token)
            if self.tokens and self.tokens[-1] in ("++", "--"):
                self._assign(token, value + (1 if self.tokens.pop() == "++" else -1))
            return value
        if token[0].isdigit():
            return _number(token)
        raise BadSum("expecting primary")

    def _branch(self, rest: Callable[[], int], *, live: bool) -> int:
        self.live += not live
        try:
            return rest()
        finally:
            self.live -= not live

    def _take(self, token: str) -> bool:
        if self.tokens and self.tokens[-1] == token:
            self.tokens.pop()
            return True
        return False

    def _variable(self, name: str) -> int:
        text = self.variables.read(name).strip()
        if not text:
            return 0
        sign = -1 if text[0] == "-" else 1
        digits = text.lstrip("+-")
        if not re.fullmatch(r"0[xX][0-9a-fA-F]+|\d+", digits):
            raise BadSum(f"Illegal number: {text}")
        return sign * _number(digits)

    def _assign(self, name: str, value: int) -> int:
        if not self.live:
            self.variables.write(name, str(value))
        return value

    def _apply(self, op: str, left: int, right: int) -> int:
        if op in ("/", "%"):
            if right == 0:
                if self.live:
                    return 0
                raise BadSum("division by zero")
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            return _wrap(quotient if op == "/" else left - quotient * right)
        if op in ("<<", ">>"):
            return _wrap(left << (right & 63) if op == "<<" else left >> (right & 63))
        return _wrap(int(_SIMPLE[op](left, right)))


_SIMPLE: Final[dict[str, Callable[[int, int], int]]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "&": lambda a, b: a & b, "|": lambda a, b: a | b, "^": lambda a, b: a ^ b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def _is_name(token: str) -> bool:
    return token[0].isalpha() or token[0] == "_"


def _number(token: str) -> int:
    if token[:2] in ("0x", "0X"):
        return int(token, 16)
    try:
        return int(token, 8 if token[0] == "0" and len(token) > 1 else 10)
    except ValueError:
        raise BadSum(f"Illegal number: {token}") from None


def _wrap(value: int) -> int:
    """`value` in 64 bits, with a sign."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)
