"""The parser: the grammar of `grammar.lark`, and the command each of its rules makes."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Protocol

from lark import Lark, Token, Transformer

import labimg.shell.syntax as syntax
from labimg.shell.syntax import Command, Here, Redirect, Sequence, Word

KEYWORDS: Final = {
    "if": "_IF", "then": "_THEN", "elif": "_ELIF", "else": "_ELSE", "fi": "_FI", "while": "WHILE",
    "until": "UNTIL", "for": "_FOR", "in": "_IN", "do": "_DO", "done": "_DONE", "case": "_CASE",
    "esac": "_ESAC", "{": "_LBRACE", "}": "_RBRACE", "!": "BANG",
}  # fmt: skip
CLOSERS: Final = {
    "_THEN": "then", "_FI": "fi", "_DO": "do", "_DONE": "done", "_ESAC": "esac", "_RBRACE": "}",
    "_RPAR": ")", "_IN": "in",
}  # fmt: skip

Items = list[Any]  # what lark hands to a rule: tokens, and what the rules below made


class Parse(Protocol):
    """A parse under way: what lark's interactive parser does, with its types."""

    def choices(self) -> Mapping[str, object]:
        """The kinds of token it could take next, or reduce for."""

    def accepts(self) -> set[str]:
        """The kinds of token it could take next."""

    def feed_token(self, token: Token) -> object:
        """Take one token."""

    def feed_eof(self) -> object:
        """End; give what was made."""


def parse() -> Parse:
    """A new parse."""
    begun: Parse = parser().parse_interactive()
    return begun


@cache
def parser() -> Lark:
    """The LALR parser, made once."""
    grammar = files("labimg.shell").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", transformer=_Maker())


class _Maker(Transformer[Token, Command]):
    """One method for each rule of the grammar."""

    def start(self, items: Items) -> Sequence:
        return items[0] if items else Sequence()

    def list(self, items: Items) -> Sequence:
        commands: tuple[Command, ...] = ()
        background = set()
        for item in items:
            if isinstance(item, Token):
                background.add(len(commands) - 1)
            else:
                commands += (item,)
        return Sequence(commands, frozenset(background))

    def and_or(self, items: Items) -> Command:
        return syntax.AndOr(items[0], str(items[1]), items[2])

    def negated(self, items: Items) -> Command:
        return syntax.Negated(items[1])

    def stages(self, items: Items) -> Command:
        return syntax.Pipeline(tuple(items))

    def simple(self, items: Items) -> Command:
        assigned = [item for item in items if isinstance(item, Token) and item.type == "ASSIGN"]
        words = [item for item in items if isinstance(item, Token) and item.type == "WORD"]
        redirects = [item for item in items if isinstance(item, Redirect)]
        line = min([item.line or 1 for item in [*assigned, *words]], default=1)
        return syntax.Simple(
            tuple(item.value for item in assigned), tuple(_words(words)), tuple(redirects), line
        )

    def redirect(self, items: Items) -> Redirect:
        number = int(items[0]) if items[0].type == "IO_NUMBER" else None
        if items[-1].type == "HERE":
            here: Here = items[-1].value
            return Redirect(number, "<<", (), here)
        return Redirect(number, str(items[-2]), items[-1].value)

    def redirected(self, items: Items) -> Command:
        body: Command = items[0]
        return syntax.Redirected(body, tuple(items[1:])) if items[1:] else body

    def function(self, items: Items) -> Command:
        body: Command = items[1]
        if items[2:]:
            body = syntax.Redirected(body, tuple(items[2:]))
        return syntax.Function(str(items[0]), body)

    def group(self, items: Items) -> Command:
        body: Sequence = items[0]
        return body

    def subshell(self, items: Items) -> Command:
        return syntax.Subshell(items[0])

    def conditional(self, items: Items) -> Command:
        pairs = tuple(zip(items[0::2], items[1::2], strict=False))
        return syntax.If(pairs, items[-1] if len(items) % 2 else Sequence())

    def loop(self, items: Items) -> Command:
        return syntax.Loop(items[1], items[2], until=items[0] == "until")

    def for_arguments(self, items: Items) -> Command:
        return syntax.For(str(items[0]), None, items[1])

    def for_words(self, items: Items) -> Command:
        return syntax.For(str(items[0]), items[1], items[2])

    def words(self, items: Items) -> tuple[Word, ...]:
        return tuple(_words(items))

    def patterns(self, items: Items) -> tuple[Word, ...]:
        return tuple(_words(items))

    def arm(self, items: Items) -> tuple[tuple[Word, ...], Sequence]:
        return items[0], items[1] if len(items) > 1 else Sequence()

    def case(self, items: Items) -> Command:
        return syntax.Case(items[0].value, tuple(items[1:]))


def _words(tokens: Items) -> Iterator[Word]:
    return (token.value for token in tokens)
