"""sed: edits lines as they go by."""

import re

import labimg.shell.regex as regex
from labimg.shell.applets.script import BadScript, Command, Parser
from labimg.shell.kernel import why
from labimg.shell.machine import Call, Usage, applet
from labimg.shell.options import options


@applet("sed")
def sed(call: Call) -> int:
    """Edit lines: s, y, d, p, a, i, c, q, =, n, with addresses and blocks."""
    long = {
        "quiet": "n",
        "silent": "n",
        "expression": "e",
        "file": "f",
        "regexp-extended": "E",
        "in-place": "i",
    }
    call.argv = [call.argv[0], *(_in_place(word) for word in call.argv[1:])]
    found = options(call, "ne:f:Ersiz", long)
    scripts = found.values("e")
    scripts += [call.kernel.read(path).decode(errors="surrogateescape") for path in found.values("f")]
    if not scripts:
        if not found.operands:
            raise Usage("", 1)
        scripts = [found.operands.pop(0)]
    try:
        commands = Parser("\n".join(scripts), extended="E" in found or "r" in found).block(top=True)
    except (BadScript, regex.BadPattern) as bad:
        return call.unlike(f"-e expression #1, {bad}", str(bad).partition(": ")[2] or str(bad))
    status = 0
    paths = found.operands or ["-"]
    if "i" in found:
        for path in paths:
            status = _edit(call, commands, path, quiet="n" in found) or status
        return status
    rows: list[str] = []
    ended = True
    for path in paths:
        try:
            text = call.open(path).read().decode(errors="surrogateescape")
        except OSError as error:
            status = call.unlike(f"can't read {path}: {why(error)}", f"{path}: {why(error)}")
            status = status if call.busybox else 2
            continue
        rows += text.removesuffix("\n").split("\n") if text else []
        ended = text.endswith("\n") or not text
    editor = _Editor(commands, quiet="n" in found, ended=ended)
    call.say(editor.run(rows))
    return editor.code or status


def _in_place(word: str) -> str:
    return "-i" if re.fullmatch(r"-i\.\w+", word) else word


def _edit(call: Call, commands: list[Command], path: str, *, quiet: bool) -> int:
    try:
        entry = call.kernel.stat(path)
        text = call.kernel.read(path).decode(errors="surrogateescape")
        if not entry.is_file:
            return call.complain(f"couldn't edit {path}: not a regular file")
        editor = _Editor(commands, quiet=quiet, ended=text.endswith("\n"))
        edited = editor.run(text.removesuffix("\n").split("\n") if text else [])
        # A new file takes the old one's place, as the real sed has it.
        call.kernel.unlink(path)
        call.kernel.write(path, edited.encode(errors="surrogateescape"), mode=entry.mode)
        call.kernel.chmod(path, entry.mode)
        if call.kernel.uid == 0:
            call.kernel.chown(path, entry.uid, entry.gid)
    except OSError as error:
        return call.unlike(f"can't read {path}: {why(error)}", f"{path}: {why(error)}")
    return editor.code


class _Quit(Exception):
    """q: no more lines."""


class _Next(Exception):
    """d: on to the next line."""


class _Editor:
    def __init__(self, commands: list[Command], *, quiet: bool, ended: bool) -> None:
        self.commands = commands
        self.quiet = quiet
        self.ended = ended  # the last line has its newline
        self.code = 0
        self.out: list[str] = []
        self.rows: list[str] = []
        self.number = 0
        self.row = ""
        self.held = ""
        self.after: list[str] = []

    def run(self, rows: list[str]) -> str:
        """The text that comes of `rows`."""
        self.rows = rows
        for command in self.commands:
            command.active = False
        try:
            while self.number < len(rows):
                self._advance()
                try:
                    self._all(self.commands)
                    if not self.quiet:
                        self._print(self.row)
                except _Next:
                    pass
                self._flush()
        except _Quit:
            self._flush()
        text = "".join(self.out)
        return text if self.ended or self.number < len(rows) else text.removesuffix("\n")

    def _advance(self) -> None:
        self.row = self.rows[self.number]
        self.number += 1

    def _print(self, text: str) -> None:
        self.out.append(text + "\n")

    def _flush(self) -> None:
        for text in self.after:
            self._print(text)
        self.after = []

    def _all(self, commands: list[Command]) -> None:
        for command in commands:
            if self._selected(command) != command.inverted:
                self._one(command)

    def _selected(self, command: Command) -> bool:
        last = self.number == len(self.rows)
        if command.first is None:
            return True
        if command.second is None:
            return command.first(self.number, self.row, last)
        if command.active:
            if command.until is not None:
                command.active = self.number < command.until
                return self.number <= command.until
            command.active = not command.second(self.number, self.row, last)
            return True
        if command.first(self.number, self.row, last):
            command.active = command.until is None or command.until > self.number
            return True
        return False

    def _one(self, command: Command) -> None:
        match command.name:
            case "{":
                self._all(command.body)
            case "s":
                self._substitute(command)
            case "y":
                self.row = self.row.translate(str.maketrans(command.text, command.flags))
            case "p":
                self._print(self.row)
            case "P":
                self._print(self.row.partition("\n")[0])
            case "d":
                raise _Next
            case "D":
                self.row = self.row.partition("\n")[2]
                raise _Next
            case "a":
                self.after.append(command.text)
            case "i":
                self._print(command.text)
            case "c":
                if not command.active:
                    self._print(command.text)
                raise _Next
            case "=":
                self._print(str(self.number))
            case "q" | "Q":
                if command.name == "q" and not self.quiet:
                    self._print(self.row)
                self.code = int(command.text or 0)
                raise _Quit
            case "n" | "N":
                self._next(command.name)
            case "h" | "H" | "g" | "G" | "x":
                self._hold(command.name)

    def _next(self, name: str) -> None:
        if self.number >= len(self.rows):
            if name == "n" or self.quiet:
                if not self.quiet:
                    self._print(self.row)
                raise _Quit
            self._print(self.row)
            raise _Quit
        before = self.row
        if name == "n" and not self.quiet:
            self._print(before)
        self._advance()
        if name == "N":
            self.row = before + "\n" + self.row

    def _hold(self, name: str) -> None:
        match name:
            case "h":
                self.held = self.row
            case "H":
                self.held += "\n" + self.row
            case "g":
                self.row = self.held
            case "G":
                self.row += "\n" + self.held
            case "x":
                self.row, self.held = self.held, self.row

    def _substitute(self, command: Command) -> None:
        assert command.pattern is not None
        digits = re.search(r"\d+", command.flags)
        wanted = int(digits[0]) if digits else 1
        seen = 0

        def replace(match: re.Match[str]) -> str:
            nonlocal seen
            seen += 1
            if seen == wanted or (seen > wanted and "g" in command.flags):
                return _filled(command.text, match)
            return match[0]

        count = 0 if "g" in command.flags or wanted > 1 else 1
        self.row = command.pattern.sub(replace, self.row, count=count)
        if seen >= wanted and "p" in command.flags:
            self._print(self.row)


def _filled(text: str, match: re.Match[str]) -> str:
    r"""The replacement `text` with `&` and `\1` filled in."""

    def value(found: re.Match[str]) -> str:
        sign = found[0]
        if sign == "&":
            return match[0]
        letter = sign[1:]
        if letter.isdigit():
            return (match[int(letter)] or "") if int(letter) <= (match.re.groups or 0) else ""
        return {"n": "\n", "t": "\t"}.get(letter, letter)

    return re.sub(r"&|\\.", value, text, flags=re.DOTALL)
