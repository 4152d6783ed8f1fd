"""Heredocs: texts that stand in the Dockerfile itself, after the instruction that names them.

COPY <<EOF /hello
hi
EOF
"""

import re
from typing import NamedTuple

from labimg import errors
from labimg.dockerfile.words import Lexer

_ANNOUNCED = re.compile(r"([0-9]*)<<(-?)([^<]+)")


class Heredoc(NamedTuple):
    """A text up to a line that is its name.

    `expand` says whether its variables are put in: no part of the name was quoted.
    """

    name: str
    content: str  # as written, with the last newline
    expand: bool
    chomp: bool  # announced by `<<-`: leading tabs are taken off
    descriptor: int = 0

    @property
    def text(self) -> str:
        """The content, without its leading tabs if the heredoc asks so."""
        return re.sub(r"^\t+", "", self.content, flags=re.MULTILINE) if self.chomp else self.content

    def ends(self, line: str) -> bool:
        """Is `line` the one that ends the text?"""
        line = line.rstrip("\r\n")
        return (line.lstrip("\t") if self.chomp else line) == self.name


def announced(word: str) -> Heredoc | None:
    """The heredoc, still empty, that a word such as `<<EOF` or `3<<-"EOF"` announces.

    Raises:
        BadWord: its name has an open quote.
    """
    match = _ANNOUNCED.fullmatch(word)
    if not match:
        return None
    names = Lexer({}, keep=["unset"]).words(match[3])
    written = Lexer({}, keep=["unset", "quotes"]).words(match[3])
    if len(names) != 1 or len(written) != 1:
        return None
    return Heredoc(names[0], "", _quotes(names[0]) == _quotes(written[0]), bool(match[2]), int(match[1] or 0))


def all_announced(line: str) -> list[Heredoc]:
    """The heredocs, still empty, that an instruction announces, in order."""
    try:
        words = Lexer({}, keep=["unset", "quotes", "escapes"]).words(line)
    except errors.BadWord:
        return []
    return [heredoc for word in words if (heredoc := announced(word))]


def _quotes(word: str) -> int:
    return word.count("'") + word.count('"')
