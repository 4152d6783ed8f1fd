"""A session: what a shell does around its commands: reading, complaining, ending, subshells."""

from abc import ABC, abstractmethod
from typing import Self

from labimg.shell.machine import Machine
from labimg.shell.reader import Reader
from labimg.shell.state import State
from labimg.shell.stream import Pipe
from labimg.shell.syntax import Command, Sequence
from labimg.shell.words import Words
from labimg.shell.wrong import Failed, Jump, Leave, Return, SyntaxFault


class Session(ABC):
    """One shell at work: its `state`, and the `machine` its programs run on.

    `kind` is dash, ash or bash; they differ in how they complain.
    """

    def __init__(self, machine: Machine, state: State, kind: str) -> None:
        self.machine = machine
        self.state = state
        self.kind = kind
        self.words = Words(state, self.capture, kind == "dash")
        self.captured = 0  # exit code of the last `$(...)`

    def script(self, text: str) -> int:
        """Run a whole script; give its exit code."""
        try:
            code = self.source(text)
        except Leave as left:
            code = left.code
        except Return as returned:
            code = returned.code
        except Failed as failed:
            self.complain(failed.sentence, failed.by)
            code = failed.code
        return self.leave(code)

    def leave(self, code: int) -> int:
        """What is left to do at the end: the EXIT trap."""
        trap = self.state.traps.pop("EXIT", "")
        if not trap:
            return code
        self.state.status = code
        try:
            self.source(trap)
        except Leave as left:
            return left.code
        except Failed as failed:
            self.complain(failed.sentence, failed.by)
        return code

    def source(self, text: str) -> int:
        """Run the commands of `text` in this shell."""
        status = 0
        try:
            for command in Reader(text, plain=self.kind == "dash").commands():
                status = self.run(command)
        except SyntaxFault as fault:
            self.state.line = fault.line
            raise Failed(fault.phrase(self.kind)) from None
        return status

    def complain(self, sentence: str, by: str = "") -> None:
        """Say on stderr what went wrong, as this kind of shell says it; `by` is the builtin that failed."""
        place = {"dash": f"{self.state.line}: ", "bash": f"line {self.state.line}: "}.get(self.kind, "")
        if by and self.kind == "ash":
            place, by = f"{by}: line {self.state.line - 1}: ", ""
        self.say(2, f"{self.state.name}: {place}{by + ': ' if by else ''}{sentence}\n")

    def say(self, number: int, text: str) -> None:
        """Write `text` to file descriptor `number`, if it is open."""
        stream = self.state.files.get(number)
        if stream is not None:
            stream.write(text.encode(errors="surrogateescape"))

    @abstractmethod
    def run(self, command: Command) -> int:
        """Run one command; give its exit code, which `$?` then has."""

    def subshell(self) -> Self:
        """A copy of this shell."""
        return type(self)(self.machine, self.state.copy(), self.kind)

    def capture(self, body: Sequence) -> bytes:
        """What the commands print: `$(...)`."""
        pipe = Pipe()
        inner = self.subshell()
        inner.state.files[1] = pipe.inlet
        self.captured = inner.apart(body)
        return bytes(pipe.data)

    def apart(self, command: Command) -> int:
        """Run `command` in this shell, which is a subshell: `exit` ends only this one."""
        try:
            code = self.run(command)
        except (Leave, Return) as left:
            code = left.code
        except Jump:
            code = self.state.status
        except Failed as failed:
            self.complain(failed.sentence, failed.by)
            code = failed.code
        return self.leave(code)
