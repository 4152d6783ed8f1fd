"""A Dockerfile's text, cut into instructions: comments, directives, continued lines, heredocs.

Source: https://github.com/moby/buildkit/blob/v0.22.0/frontend/dockerfile/parser/parser.go
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from labimg import errors
from labimg.dockerfile.heredoc import Heredoc, all_announced
from labimg.dockerfile.instruction import Instruction
from labimg.dockerfile.line import read
from labimg.dockerfile.words import SPACE

LONGEST = 65535  # bytes of a line

_DIRECTIVE = re.compile(r"#[\t\n\f\r ]*([A-Za-z][A-Za-z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*")
_DIRECTIVES = {"syntax", "escape", "check"}
_MAY_ANNOUNCE = {"ADD", "COPY", "RUN"}


class Source:
    """Reads a text once, from the first line to the last."""

    def __init__(self, text: str) -> None:
        lines: list[str] = re.findall(r"[^\n]*\n|[^\n]+", text.removeprefix("\ufeff"))
        self.lines = list(takewhile(_fits, lines))  # a line that is too long ends the text
        self._cut = len(self.lines) < len(lines)
        self.at = 0  # lines read so far, which is also the number of the last of them
        self.escape = "\\"
        self.directives: dict[str, str] = {}
        self.gaps: list[str] = []  # instructions that go on over an empty line
        self._head = True  # a directive may still come

    def instructions(self) -> Iterator[Instruction]:
        """The instructions in the text, with the heredocs they announce.

        Raises:
            NoInstructions, LineTooLong, OpenHeredoc, RepeatedDirective, BadEscape: the text
                does not fall into instructions.
            TwoArguments, NoEqualsSign, NotStrings: an instruction does not fall into words.
        """
        none = True
        while self.at < len(self.lines):
            text, continued = self._end(self._visible(self._line().lstrip(SPACE)))
            if not text and not continued:
                continue
            first = self.at
            if continued:
                text += self._continuation(text)
            instruction = read(text, self.escape, line=first, last=self.at)
            docs = tuple(map(self._filled, self._announced(instruction)))
            words = instruction.words
            if instruction.name == "ONBUILD" and docs:
                words = ("\n".join([instruction.value, *(doc.content + doc.name for doc in docs)]),)
            yield instruction._replace(words=words, last=self.at, heredocs=docs)
            none = False
        if none:
            raise errors.NoInstructions()
        if self._cut:
            raise errors.LineTooLong()

    def _line(self) -> str:
        self.at += 1
        return self.lines[self.at - 1]

    def _visible(self, line: str) -> str:
        """`line` without its end, or nothing if it is a comment; a directive is heeded."""
        line = line.rstrip("\r\n")
        if self._head:
            self._directive(line)
        return "" if _is_comment(line) else line

    def _directive(self, line: str) -> None:
        match = _DIRECTIVE.fullmatch(line)
        name = match[1].lower() if match else ""
        self._head = name in _DIRECTIVES
        if not match or not self._head:
            return
        if name in self.directives:
            raise errors.RepeatedDirective(name)
        self.directives[name] = match[2]
        if name == "escape":
            if match[2] not in ("`", "\\"):
                raise errors.BadEscape(match[2])
            self.escape = match[2]

    def _end(self, line: str) -> tuple[str, bool]:
        """`line` without the escape letter at its end, and whether there was one."""
        mark = re.escape(self.escape)
        match = re.search(rf"(?:(?<=[^{mark}])|\A){mark}[ \t]*\Z", line)
        return (line[: match.start()], True) if match else (line, False)

    def _continuation(self, beginning: str) -> str:
        """The lines that belong to the one just read; comments and empty lines among them do not count."""
        text, continued, gap = "", True, False
        while continued and self.at < len(self.lines):
            line = self._line()
            visible = self._visible(line)
            if _is_comment(line):
                continue
            if not visible.strip(SPACE):
                gap = True
                continue
            visible, continued = self._end(visible)
            text += visible
        if gap:
            self.gaps.append(beginning + text)
        return text

    def _announced(self, instruction: Instruction) -> list[Heredoc]:
        """The heredocs that follow `instruction`, still empty."""
        subject = instruction
        if instruction.name == "ONBUILD" and instruction.words:
            subject = read(instruction.value, self.escape)
        if subject.name not in _MAY_ANNOUNCE or subject.json or "<<" not in instruction.text:
            return []
        return all_announced(instruction.text)

    def _filled(self, heredoc: Heredoc) -> Heredoc:
        """`heredoc` with the lines that follow, up to the one that ends it."""
        first = self.at
        while self.at < len(self.lines):
            line = self._line()
            if heredoc.ends(line):
                return heredoc._replace(content="".join(self.lines[first : self.at - 1]))
        raise errors.OpenHeredoc()


def _fits(line: str) -> bool:
    return len(line.encode(errors="surrogateescape").rstrip(b"\n")) <= LONGEST


def _is_comment(line: str) -> bool:
    return line.lstrip(SPACE).startswith("#")
