"""The reader makes commands of a script's text: it cuts words, the grammar joins them.

Which word is a keyword depends on where it stands, so the reader asks the parser what
it could take next; and a `$(` is read by a second parser until a `)` that does not fit.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lark import Token
from lark.exceptions import UnexpectedInput

from labimg.shell.quoting import Quoting
from labimg.shell.syntax import Here, Sequence, Text, Word
from labimg.shell.tree import CLOSERS, KEYWORDS, Parse, parse
from labimg.shell.wrong import SyntaxFault

OPERATORS: Final = {
    "&&": "AND", "||": "OR", ";;": "_DSEMI", ";": "_SEMI", "&": "AMP", "|": "_PIPE",
    "(": "_LPAR", ")": "_RPAR", "\n": "_NEWLINE",
}  # fmt: skip
_OPERATOR: Final = re.compile(r"&&|\|\||;;|<<-|<<|<&|<>|>>|>&|>\||[;&|<>()\n]")
_ASSIGN: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_IO_NUMBER: Final = re.compile(r"\d+(?=[<>])")
_WORDLIKE: Final = {"WORD", "ASSIGN", "IO_NUMBER", "REDIRECT"}


class Reader(Quoting):
    """Reads `text` command by command, as a shell does: a fault on line 3 lets lines 1 and 2 run."""

    def __init__(self, text: str, *, plain: bool = False) -> None:
        super().__init__(text, plain=plain)
        self._pending: list[Here] = []

    def commands(self) -> Iterator[Sequence]:
        """The script, one complete command after the other.

        Raises:
            SyntaxFault: with the line, and what was not expected.
        """
        while self.at < len(self.text):
            yield self._sequence(nested=False)

    def nested(self) -> Sequence:
        """The list up to the `)` that ends it, which is read too."""
        return self._sequence(nested=True)

    def whole(self) -> Sequence:
        """All commands of the text."""
        return Sequence(tuple(self.commands()))

    def on(self, text: str) -> "Reader":
        """A reader like this one, of another text."""
        return Reader(text, plain=self.plain)

    def _sequence(self, *, nested: bool) -> Sequence:
        parsing = parse()
        previous = ""
        while True:
            token = self._token(previous, parsing.choices())
            if token.type == "$END" or (
                nested and token.type == "_RPAR" and "_RPAR" not in parsing.accepts()
            ):
                break
            try:
                parsing.feed_token(token)
            except UnexpectedInput:
                raise self._unexpected(token, parsing) from None
            previous = token.type
            if previous == "_NEWLINE":
                self._read_here_documents()
                if not nested and "$END" in parsing.accepts():
                    break
        self._read_here_documents()
        try:
            done = parsing.feed_eof()
        except UnexpectedInput:
            raise self._unexpected(token, parsing) from None
        if nested and token.type == "$END":
            raise self._unexpected(token, parsing)
        assert isinstance(done, Sequence)
        return done

    def _token(self, previous: str, choices: Mapping[str, object]) -> Token:
        """The next token, named as the parser can take it."""
        self._skip_blanks()
        line = self.line
        rest = self.text[self.at : self.at + 1]
        if not rest:
            return Token("$END", "", line=line)
        if number := _IO_NUMBER.match(self.text, self.at):
            self.at = number.end()
            return Token("IO_NUMBER", number[0], line=line)
        if not self.plain and self.text.startswith("&>", self.at):
            self.at += 2
            return Token("REDIRECT", "&>", line=line)
        if operator := _OPERATOR.match(self.text, self.at):
            self.at = operator.end()
            return self._operator(operator[0], line)
        start = self.at
        word = self.word()
        raw = self.text[start : self.at]
        if previous not in _WORDLIKE and _is_keyword(raw, choices):
            return Token(KEYWORDS[raw], raw, line=line)
        if "ASSIGN" in choices and (assign := _ASSIGN.match(raw)):
            return _valued("ASSIGN", raw, (assign[1], _after(word, assign.end())), line)
        kind = next((kind for kind in ("NAME", "SUBJECT") if kind in choices), "WORD")
        return _valued(kind, raw, word, line)

    def _operator(self, text: str, line: int) -> Token:
        if text == "\n":
            self.line += 1
        if not text.startswith("<<"):
            return Token(OPERATORS.get(text, "REDIRECT"), text, line=line)
        self._skip_blanks()
        start = self.at
        word = self.word()
        raw = self.text[start : self.at]
        delimiter = "".join(part.text for part in word if isinstance(part, Text))
        here = Here(delimiter, quoted=any(sign in raw for sign in "'\"\\"), stripped=text == "<<-")
        self._pending.append(here)
        return _valued("HERE", text, here, line)

    def _skip_blanks(self) -> None:
        while self.at < len(self.text):
            if self.text[self.at] in " \t":
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self.at += 2
                self.line += 1
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def _read_here_documents(self) -> None:
        for here in self._pending:
            lines: list[str] = []
            while self.at < len(self.text):
                line, newline, _ = self.text[self.at :].partition("\n")
                self.at += len(line) + len(newline)
                self.line += len(newline)
                line = line.lstrip("\t") if here.stripped else line
                if line == here.delimiter:
                    break
                lines.append(line + newline)
            body = "".join(lines)
            here.body = (Text(body, quoted=True),) if here.quoted else self.on(body).document()
        self._pending = []

    def _unexpected(self, token: Token, parsing: Parse) -> SyntaxFault:
        """The fault: this token here, and which one was due, if it could be only one."""
        if "NAME" in parsing.accepts():
            return SyntaxFault(self.line, sentence="Syntax error: Bad for loop variable")
        due = [word for kind, word in CLOSERS.items() if kind in parsing.accepts()]
        found = {"$END": "end of file", "_NEWLINE": "newline", "WORD": "word"}.get(token.type)
        return SyntaxFault(
            self.line,
            found=found or str(token),
            named=found is not None,
            due=due[0] if len(due) == 1 and due[0] != str(token) else "",
        )


def _is_keyword(word: str, choices: Mapping[str, object]) -> bool:
    """Could the parser take `word` as a keyword, or is it one where a command should begin (`; fi`)?"""
    return word in KEYWORDS and (KEYWORDS[word] in choices or ("BANG" in choices and word != "in"))


def _valued(kind: str, raw: str, value: object, line: int) -> Token:
    token = Token(kind, raw, line=line)
    token.value = value
    return token


def _after(word: Word, count: int) -> Word:
    """`word` without its first `count` letters, which are plain."""
    first = word[0]
    assert isinstance(first, Text)
    rest = first.text[count:]
    return (Text(rest), *word[1:]) if rest else word[1:]
