"""A script of sed: its commands, and the lines they are for."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import labimg.shell.regex as regex

Address = Callable[[int, str, bool], bool]  # line number, line, is it the last


@dataclass(slots=True)
class Command:
    """One command of a script, and the lines it is for."""

    name: str
    first: Address | None = None
    second: Address | None = None
    inverted: bool = False
    text: str = ""
    pattern: re.Pattern[str] | None = None
    flags: str = ""
    body: list["Command"] = field(default_factory=list)
    until: int | None = None  # the second address, if a number
    active: bool = False


class BadScript(Exception):
    """A script that is none: the reason, and the place."""


class Parser:
    """Reads a script."""

    def __init__(self, text: str, *, extended: bool) -> None:
        self.text = text
        self.at = 0
        self.extended = extended

    def block(self, *, top: bool) -> list[Command]:
        """The commands up to the end, or to the brace that closes the block."""
        commands: list[Command] = []
        while True:
            self._skip(" \t\n;")
            if self.at >= len(self.text):
                if not top:
                    raise BadScript("char 0: unmatched `{'")
                return commands
            if self.text[self.at] == "}":
                if top:
                    raise BadScript(f"char {self.at + 1}: unexpected `}}'")
                self.at += 1
                return commands
            if self.text[self.at] == "#":
                self._line()
                continue
            commands.append(self._command())

    def _command(self) -> Command:
        command = Command("")
        command.first, _ = self._address()
        if command.first and self.text[self.at : self.at + 1] == ",":
            self.at += 1
            command.second, command.until = self._address()
        self._skip(" \t")
        while self.text[self.at : self.at + 1] == "!":
            command.inverted = True
            self.at += 1
            self._skip(" \t")
        command.name = self.text[self.at : self.at + 1]
        self.at += 1
        match command.name:
            case "{":
                command.body = self.block(top=False)
            case "s":
                self._substitute(command)
            case "y":
                mark = self._mark()
                command.text, command.flags = self._until(mark), self._until(mark)
            case "a" | "i" | "c":
                command.text = self._appended()
            case "q" | "Q":
                self._skip(" \t")
                command.text = self._word()
            case "d" | "D" | "p" | "P" | "n" | "N" | "=" | "h" | "H" | "g" | "G" | "x":
                pass
            case "":
                raise BadScript(f"char {self.at - 1}: missing command")
            case _:
                raise BadScript(f"char {self.at}: unknown command: `{command.name}'")
        if command.name not in "{aic":
            self._skip(" \t")
            if self.text[self.at : self.at + 1] not in ("", ";", "\n", "}", "#"):
                raise BadScript(f"char {self.at + 1}: extra characters after command")
        return command

    def _address(self) -> tuple[Address | None, int | None]:
        self._skip(" \t")
        rest = self.text[self.at :]
        if number := re.match(r"(\d+)(?:~(\d+))?", rest):
            self.at += len(number[0])
            start, step = int(number[1]), int(number[2] or 0)
            if step:
                return (lambda line, row, last: line >= start and (line - start) % step == 0), None
            return (lambda line, row, last: line == start), start
        if rest.startswith("$"):
            self.at += 1
            return (lambda line, row, last: last), None
        if rest.startswith(("/", "\\")):
            self.at += 1 if rest[0] == "/" else 2
            text = self._until("/" if rest[0] == "/" else rest[1])
            ignore = self.text[self.at : self.at + 1] == "I"
            self.at += ignore
            pattern = regex.compiled(text, extended=self.extended, ignore_case=ignore)
            return (lambda line, row, last: pattern.search(row) is not None), None
        return None, None

    def _substitute(self, command: Command) -> None:
        mark = self._mark()
        try:
            pattern, command.text = self._until(mark), self._until(mark, keep=True)
        except BadScript:
            raise BadScript(f"char {len(self.text)}: unterminated `s' command") from None
        flags = re.match(r"[gpiIme0-9]*", self.text[self.at :])
        command.flags = flags[0] if flags else ""
        self.at += len(command.flags)
        ignore = "i" in command.flags or "I" in command.flags
        command.pattern = regex.compiled(pattern, extended=self.extended, ignore_case=ignore)
        if self.text[self.at : self.at + 1] not in ("", ";", "\n", "}", "#", " ", "\t"):
            raise BadScript(f"char {self.at + 1}: unknown option to `s'")

    def _mark(self) -> str:
        self.at += 1
        return self.text[self.at - 1 : self.at]

    def _until(self, mark: str, *, keep: bool = False) -> str:
        out: list[str] = []
        while self.at < len(self.text):
            sign = self.text[self.at]
            self.at += 1
            if sign == mark:
                return "".join(out)
            if sign == "\\" and self.at < len(self.text):
                after = self.text[self.at]
                self.at += 1
                out.append(after if after == mark and not (keep and mark in "&\\") else sign + after)
            else:
                out.append(sign)
        raise BadScript(f"char {len(self.text)}: unterminated address regex")

    def _appended(self) -> str:
        """The text of a, i or c: after a backslash and a newline, or on the same line."""
        self._skip(" \t")
        if self.text.startswith("\\", self.at):
            self.at += 1
            self._skip(" \t")
            self.at += self.text.startswith("\n", self.at)
        out: list[str] = []
        while self.at < len(self.text) and self.text[self.at] != "\n":
            if self.text[self.at] == "\\":
                self.at += 1
            out.append(self.text[self.at : self.at + 1])
            self.at += 1
        return "".join(out)

    def _word(self) -> str:
        found = re.match(r"\d*", self.text[self.at :])
        self.at += len(found[0]) if found else 0
        return found[0] if found else ""

    def _line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _skip(self, signs: str) -> None:
        while self.at < len(self.text) and self.text[self.at] in signs:
            self.at += 1
