"""A template's text -> its tree, or the first thing wrong with it.

Follows https://pkg.go.dev/text/template/parse@go1.24.3.
"""

import re
from collections.abc import Collection
from typing import NoReturn

from labimg.cli.gotemplate.lexer import Token, tokens
from labimg.cli.gotemplate.nodes import (
    Action,
    Branch,
    Call,
    Chain,
    Command,
    Dot,
    Field,
    Function,
    Jump,
    Literal,
    Mark,
    Nil,
    Node,
    Operand,
    Pipe,
    Text,
    Variable,
)
from labimg.errors.quote import quote

_OPERANDS = frozenset({"bool", "rune", "dot", "field", "identifier", "number", "nil", "string", "variable",
                       "left paren"})  # fmt: skip
_ESCAPE = re.compile(r"\\(?:x(..)|u(.{4})|U(.{8})|([0-7]{3})|(.))", re.DOTALL)
_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class TemplateError(Exception):
    """What is wrong with a template, in Go's words."""


def parse(source: str, *, name: str = "", functions: Collection[str]) -> dict[str, tuple[Node, ...]]:
    """The trees of `source`, its own under `name`; `functions` are the names it may call.

    Raises:
        TemplateError: `template: NAME:LINE: ` and what is wrong.
    """
    return _Parser(source, name, functions).whole()


class _Parser:
    """One reading, one word of look-ahead beyond spaces."""

    def __init__(self, source: str, name: str, functions: Collection[str]) -> None:
        self.name = name
        self.functions = functions
        self.words = list(tokens(source))
        self.next = 0
        self.variables = ["$"]
        self.ranges = 0
        self.templates: dict[str, tuple[Node, ...]] = {}

    # words

    def peek(self) -> Token:
        return self.words[min(self.next, len(self.words) - 1)]

    def take(self) -> Token:
        token = self.peek()
        self.next += 1
        return token

    def skip(self) -> Token:
        """The next word that is not a space; not yet taken."""
        while self.peek().kind == "space":
            self.next += 1
        return self.peek()

    def expect(self, kind: str, where: str) -> None:
        self.skip()
        if (token := self.take()).kind != kind:
            self.unexpected(token, where)

    def fail(self, fault: str) -> NoReturn:
        line = self.words[min(max(self.next - 1, 0), len(self.words) - 1)].line
        raise TemplateError(f"template: {self.name}:{line}: {fault}")

    def unexpected(self, token: Token, where: str) -> NoReturn:
        self.fail(token.text if token.kind == "error" else f"unexpected {token} in {where}")

    # text and actions

    def whole(self) -> dict[str, tuple[Node, ...]]:
        nodes: list[Node] = []
        while self.peek().kind != "eof":
            if self.defines():
                continue
            node = self.node()
            if isinstance(node, Mark):
                self.fail(f"unexpected {node}")
            nodes.append(node)
        return {**self.templates, self.name: tuple(nodes)}

    def defines(self) -> bool:
        """Read a `{{define "name"}} … {{end}}`, if one begins here."""
        start = self.next
        if self.take().kind == "left" and self.skip().kind == "define":
            self.take()
            name = self.quoted("define clause")
            self.expect("right", "define clause")
            self.define(name, "define clause")
            return True
        self.next = start
        return False

    def define(self, name: str, where: str) -> None:
        """Read a template's body, up to its `{{end}}`; it knows no variables of what stands around it."""
        outer, self.variables = self.variables, ["$"]
        body, closing = self.list()
        if closing.word != "end":
            self.fail(f"unexpected {closing} in {where}")
        self.variables = outer
        self.templates[name] = body

    def quoted(self, where: str) -> str:
        """The name of a template."""
        if (token := self.skip()).kind != "string":
            self.take()
            self.unexpected(token, where)
        self.take()
        return str(self.literal(token).value)

    def call(self, word: Token) -> Call:
        """After `{{template` or `{{block`, whose body defines what it calls."""
        where = f"{word.kind} clause"
        at = self.skip().at
        name = self.quoted(where)
        empty = word.kind == "template" and self.skip().kind == "right"
        if empty:
            self.take()
        pipe = None if empty else self.pipe(where, end="right")
        if word.kind == "block":
            self.define(name, where)
        return Call(at, name, pipe)

    def node(self) -> Node | Mark:
        token = self.take()
        if token.kind == "text":
            return Text(token.at, token.text)
        if token.kind != "left":
            self.unexpected(token, "input")
        word = self.skip()
        if word.kind in ("if", "with", "range"):
            self.take()
            return self.branch(word)
        if word.kind in ("template", "block"):
            self.take()
            return self.call(word)
        if word.kind in ("break", "continue"):
            self.take()
            self.expect("right", f"{{{{{word.text}}}}}")
            if not self.ranges:
                self.fail(f"{{{{{word.text}}}}} outside {{{{range}}}}")
            return Jump(word.at, word.text)
        if word.kind == "end":
            self.take()
            self.expect("right", "end")
            return Mark(word.at, "end")
        if word.kind == "else":
            self.take()
            if self.skip().kind not in ("if", "with"):
                self.expect("right", "else")
            return Mark(word.at, "else")
        return Action(word.at, self.pipe("command", end="right"))

    def branch(self, word: Token) -> Branch:
        """After `{{if`, `{{with` or `{{range`, up to its own `{{end}}`."""
        known = len(self.variables)
        pipe = self.pipe(word.kind, end="right")
        self.ranges += word.kind == "range"
        then, closing = self.list()
        self.ranges -= word.kind == "range"
        otherwise: tuple[Node, ...] = ()
        if closing.word == "else":
            again = self.peek()
            if again.kind == word.kind and word.kind != "range":
                self.take()
                otherwise = (self.branch(again),)
            else:
                otherwise, closing = self.list()
                if closing.word != "end":
                    self.fail(f"expected end; found {closing}")
        del self.variables[known:]
        return Branch(word.at, word.kind, pipe, then, otherwise)

    def list(self) -> tuple[tuple[Node, ...], Mark]:
        nodes: list[Node] = []
        while self.peek().kind != "eof":
            node = self.node()
            if isinstance(node, Mark):
                return tuple(nodes), node
            nodes.append(node)
        self.take()
        self.fail("unexpected EOF")

    # pipelines

    def pipe(self, where: str, *, end: str) -> Pipe:
        at = self.skip().at
        names, sign = self.kept(where)
        commands: list[Command] = []
        while (token := self.skip()).kind != end:
            if token.kind not in _OPERANDS:
                self.take()
                self.unexpected(token, where)
            commands.append(self.command())
        self.take()
        if not commands:
            self.fail(f"missing value for {where}")
        for stage, command in enumerate(commands[1:], 2):
            if isinstance(command.words[0], Dot | Nil | Literal):
                self.fail(f"non executable command in pipeline stage {stage}")
        return Pipe(at, tuple(commands), names, sign)

    def kept(self, where: str) -> tuple[tuple[str, ...], str]:
        """The variables before `:=` or `=`, and which of the two it is."""
        start, names = self.next, list[str]()
        while self.skip().kind == "variable":
            names.append(self.take().text)
            sign = self.skip()
            if sign.kind in ("declare", "assign"):
                self.take()
                self.variables += names
                return tuple(names), sign.text
            if (sign.kind, sign.text) != ("char", ","):
                break
            self.take()
            if where != "range" or len(names) > 1:
                self.fail(f"too many declarations in {where}")
            if self.skip().kind not in ("variable", "right", "right paren"):
                self.fail("range can only initialize variables")
        self.next = start
        self.skip()
        return (), ""

    def command(self) -> Command:
        at, words = self.skip().at, list[Operand]()
        while True:
            self.skip()
            if (operand := self.operand()) is not None:
                words.append(operand)
            token = self.take()
            if token.kind == "space":
                continue
            if token.kind in ("right", "right paren"):
                self.next -= 1
            elif token.kind != "pipe":
                self.unexpected(token, "operand")
            break
        if not words:
            self.fail("empty command")
        return Command(at, tuple(words))

    def operand(self) -> Operand | None:
        """A term, with the `.fields` glued to it."""
        term = self.term()
        if term is None or self.peek().kind != "field":
            return term
        at, names = self.peek().at, list[str]()
        while self.peek().kind == "field":
            names.append(self.take().text[1:])
        match term:
            case Field():
                return Field(at, (*term.names, *names))
            case Variable():
                return Variable(at, term.name, (*term.names, *names))
            case Dot() | Nil() | Literal():
                self.fail(f"unexpected . after term {quote(str(term))}")
        return Chain(at, term, tuple(names))

    def term(self) -> Operand | None:
        token = self.skip()
        if token.kind not in _OPERANDS:
            return None
        self.take()
        match token.kind:
            case "identifier":
                if token.text not in self.functions:
                    self.fail(f"function {quote(token.text)} not defined")
                return Function(token.at, token.text)
            case "dot":
                return Dot(token.at)
            case "nil":
                return Nil(token.at)
            case "field":
                return Field(token.at, (token.text[1:],))
            case "variable":
                if token.text not in self.variables:
                    self.fail(f"undefined variable {quote(token.text)}")
                return Variable(token.at, token.text)
            case "left paren":
                return self.pipe("parenthesized pipeline", end="right paren")
        return self.literal(token)

    def literal(self, token: Token) -> Literal:
        text = token.text
        match token.kind:
            case "bool":
                return Literal(token.at, text == "true", text)
            case "string":
                plain = text[1:-1].replace("\r", "") if text[0] == "`" else unquote(text[1:-1])
                if plain is None:
                    self.fail("invalid syntax")
                return Literal(token.at, plain, text)
            case "rune":
                plain = unquote(text[1:-1])
                if plain is None or len(plain) != 1:
                    self.fail(f"malformed character constant: {text}")
                return Literal(token.at, ord(plain), text)
        return Literal(token.at, self.number(text), text)

    def number(self, text: str) -> int | float:
        digits = re.sub(r"(?<=[+-])0(?=\d)|^0(?=\d)", "0o", text) if text.lstrip("+-").isdigit() else text
        try:
            value = int(digits, 0)
        except ValueError:
            try:
                return float(text)
            except ValueError:
                self.fail(f"illegal number syntax: {quote(text)}")
        if not -(2**63) <= value < 2**64:
            self.fail(f"integer overflow: {quote(text)}")
        return value


def unquote(body: str) -> str | None:
    """The text a quoted constant stands for; nothing if an escape is not one."""

    def plain(found: re.Match[str]) -> str:
        byte, short, long, octal, char = found.groups()
        if code := byte or short or long:
            return chr(int(code, 16))
        if octal:
            return chr(int(octal, 8))
        return char if char in "\\'\"" else _PLAIN[char]

    try:
        return _ESCAPE.sub(plain, body)
    except (KeyError, ValueError, OverflowError):
        return None
