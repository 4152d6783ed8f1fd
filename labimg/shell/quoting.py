"""Quotes and dollars: one word of a script, cut into its parts."""

import re
from abc import ABC, abstractmethod
from typing import Final, Self

from labimg.shell.syntax import Output, Parameter, Part, Sequence, Sum, Text, Word
from labimg.shell.wrong import SyntaxFault

_END_OF_WORD: Final = frozenset(" \t\n;&|<>()")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]|[@*#?$!-]")
_BRACED: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]")
_LENGTH: Final = re.compile(r"#([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])\}")
_OP: Final = re.compile(r":?[-=?+]|##|#|%%|%|//|/|:(?![-=?+])|(?=\})")
_PLAIN: Final = re.compile(r"[^\s;&|<>()'\"\\$`]+")


class Quoting(ABC):
    """A place in a text, moving on as words are read."""

    def __init__(self, text: str, *, plain: bool) -> None:
        self.text = text
        self.plain = plain  # POSIX and no more: dash
        self.at = 0
        self.line = 1

    @abstractmethod
    def nested(self) -> Sequence:
        """The list up to the `)` that ends it, which is read too."""

    @abstractmethod
    def whole(self) -> Sequence:
        """All commands of the text."""

    @abstractmethod
    def on(self, text: str) -> Self:
        """A reader like this one, of another text."""

    def word(self) -> Word:
        """The word that begins here."""
        return self._parts(_END_OF_WORD)

    def document(self) -> Word:
        """All that is left, as in a here-document."""
        return self._quoted(end="")

    def _parts(self, ends: frozenset[str], *, within: bool = False) -> Word:
        """Parts up to one of `ends`; `within` double quotes all letters are quoted, even `'`."""
        parts: list[Part] = []
        while self.at < len(self.text) and (sign := self.text[self.at]) not in ends:
            if sign == "'" and not within:
                parts.append(Text(self._single(), quoted=True))
            elif sign == '"':
                self.at += 1
                parts += self._quoted(end='"') or (Text("", quoted=True),)
            elif sign == "\\" and not (within and self.text[self.at + 1 : self.at + 2] not in '$`"\\}'):
                letter = self.text[self.at + 1 : self.at + 2]
                self.at += 2
                self.line += letter == "\n"
                if letter != "\n":
                    parts.append(Text(letter or "\\", quoted=True))
            elif sign in "$`":
                parts.append(self._dollar(quoted=within))
            else:
                plain = _PLAIN.match(self.text, self.at) if ends is _END_OF_WORD else None
                end = plain.end() if plain else self.at + 1
                self.line += self.text[self.at] == "\n"
                parts.append(Text(self.text[self.at : end], within))
                self.at = end
        return _joined(parts)

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise SyntaxFault(self.line, unterminated="quoted string")
        inside = self.text[self.at + 1 : end]
        self.line += inside.count("\n")
        self.at = end + 1
        return inside

    def _quoted(self, *, end: str) -> Word:
        """Parts up to the quote `end`, or in a here-document (`end` is "") up to the end of the text."""
        parts: list[Part] = []
        escapable = "$`\\\n" + end
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign == end:
                self.at += 1
                return _joined(parts)
            after = self.text[self.at + 1 : self.at + 2]
            if sign == "\\" and after and after in escapable:
                self.at += 2
                self.line += after == "\n"
                if after != "\n":
                    parts.append(Text(after, quoted=True))
            elif sign in "$`":
                parts.append(self._dollar(quoted=True))
            else:
                self.line += sign == "\n"
                self.at += 1
                parts.append(Text(sign, quoted=True))
        if end:
            raise SyntaxFault(self.line, unterminated="quoted string")
        return _joined(parts)

    def _dollar(self, *, quoted: bool) -> Part:
        if self.text[self.at] == "`":
            return Output(self.on(self._backticks(quoted=quoted)).whole(), quoted)
        if self.text.startswith("$((", self.at) and (inside := self._balanced()) is not None:
            return Sum(self.on(inside).document(), quoted)
        if self.text.startswith("$(", self.at):
            self.at += 2
            return Output(self.nested(), quoted)
        if self.text.startswith("${", self.at):
            return self._braces(quoted=quoted)
        if name := _NAME.match(self.text, self.at + 1):
            self.at = name.end()
            return Parameter(name[0], quoted=quoted)
        self.at += 1
        return Text("$", quoted)

    def _backticks(self, *, quoted: bool) -> str:
        """The text between backticks, its escapes taken away."""
        letters: list[str] = []
        self.at += 1
        while self.at < len(self.text):
            sign = self.text[self.at]
            after = self.text[self.at + 1 : self.at + 2]
            self.at += 1
            if sign == "`":
                return "".join(letters)
            if sign == "\\" and after and after in ('$`\\"' if quoted else "$`\\"):
                sign = after
                self.at += 1
            self.line += sign == "\n"
            letters.append(sign)
        raise SyntaxFault(self.line, unterminated="backquote")

    def _balanced(self) -> str | None:
        """What stands between `$((` and its `))`; None if this is a subshell in a `$(`."""
        depth, at = 0, self.at + 3
        while at < len(self.text):
            sign = self.text[at]
            if sign == "(":
                depth += 1
            elif sign == ")" and depth:
                depth -= 1
            elif sign == ")":
                break
            at += 1
        if not self.text.startswith("))", at):
            return None
        inside = self.text[self.at + 3 : at]
        self.at = at + 2
        return inside

    def _braces(self, *, quoted: bool) -> Parameter:
        self.at += 2
        if length := _LENGTH.match(self.text, self.at):
            self.at = length.end()
            return Parameter(length[1], "length", quoted=quoted)
        name = _BRACED.match(self.text, self.at)
        op = _OP.match(self.text, name.end()) if name else None
        if name is None or op is None or (op[0] in (":", "/", "//") and self.plain):
            raise SyntaxFault(self.line, sentence="Bad substitution")
        self.at = op.end()
        within = quoted and op[0][:1] not in ("#", "%", "/")
        ends = {":": "}:", "/": "}/", "//": "}/"}.get(op[0], "}")
        words = [self._parts(frozenset(ends), within=within)]
        if self.text[self.at : self.at + 1] == ends[-1] != "}":
            self.at += 1
            words.append(self._parts(frozenset("}"), within=within))
        if self.at >= len(self.text):
            raise SyntaxFault(self.line, unterminated="brace")
        self.at += 1
        return Parameter(name[0], op[0], words[0], quoted, words[1] if len(words) > 1 else None)


def _joined(parts: list[Part]) -> Word:
    """`parts` with neighbouring texts of one kind made one."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Text) and isinstance(last, Text) and part.quoted == last.quoted:
            joined[-1] = Text(last.text + part.text, part.quoted)
        else:
            joined.append(part)
    return tuple(joined)
