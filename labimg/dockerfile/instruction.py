"""One instruction: its name, its flags, its words, and the texts that follow it."""

from typing import NamedTuple

from labimg.dockerfile.heredoc import Heredoc, announced


class Flag(NamedTuple):
    """`--name=value`, or `--name` alone."""

    name: str
    value: str | None


class Instruction(NamedTuple):
    """A name, flags, and the words after them, quotes and variables still in them.

    The words are the members of a JSON array, or: for RUN, CMD, ENTRYPOINT, SHELL, USER,
    WORKDIR, STOPSIGNAL, MAINTAINER the whole line as one word; for ENV and LABEL names and
    values in turn; for HEALTHCHECK its type and the command; for ONBUILD the instruction
    it keeps, as text.
    """

    name: str  # upper case
    words: tuple[str, ...]
    text: str  # as written, in one line and without comments
    line: int  # the first is 1
    last: int
    flags: tuple[Flag, ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    json: bool = False  # written as a JSON array

    @property
    def value(self) -> str:
        """The words with a space between them."""
        return " ".join(self.words)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The names and values of ENV or LABEL."""
        return list(zip(self.words[::2], self.words[1::2], strict=True))

    def flag(self, name: str) -> str:
        """The value of a flag; "true" or "false" for a switch, "" if it is not there."""
        return next(reversed(self.options(name)), "")

    def options(self, name: str) -> list[str]:
        """The values of a flag that may stand more than once."""
        return ["true" if flag.value is None else flag.value for flag in self.flags if flag.name == name]

    def inline(self, word: str) -> Heredoc | None:
        """The heredoc that `word` (say `<<EOF`) stands for."""
        found = announced(word)
        return next((doc for doc in self.heredocs if found and doc.name == found.name), None)
