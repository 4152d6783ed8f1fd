"""A terminal in the page: docker commands are typed there, and reach the lab's engine and nothing else.

The lab's own words are typed in the same place: undo, redo, why, status, clear, help.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from labimg.show import sheet
from labimg.show.line import NeedsShell, words
from labimg.show.names import counted, harmless
from labimg.show.panel import Panel

MOST = 200  # commands that are kept
LINES = 40  # of a drawing
OWN = {
    "undo": "go back to the world before", "redo": "go forward again",
    "why": "what the last command did to the store",
    "status": "the worlds of this lab", "clear": "begin with an empty screen", "help": "this list",
}  # fmt: skip

Piece = tuple[str, str]  # a stream, and what was printed on it


class Session(Protocol):
    """What a terminal asks of a lab."""

    def docker(self, line: Sequence[str], *, stdin: bytes = b"") -> Any:
        """Run a command."""

    def suggest(self, typed: Sequence[str]) -> list[str]:
        """What may stand after the words `typed`."""


@dataclass(frozen=True, slots=True)
class Said:
    """One command, what it printed, and its exit code."""

    line: str
    pieces: tuple[Piece, ...]
    code: int


class Terminal(Panel):
    """Type there, or call `run`."""

    part = "terminal"
    live = True

    def __init__(self, session: Any) -> None:
        self.session = session
        self.log: list[Said] = []
        self.count = 0  # commands so far
        self._offered: dict[str, Any] = {"line": "", "words": []}

    def run(self, line: str) -> "Terminal":
        """Run one line, with or without the word docker."""
        line = line.strip()
        if not line:
            return self
        self.count += 1
        self._offered = {"line": "", "words": []}
        if line == "clear":
            self.log.clear()
            return self
        self.log = [*self.log[1 - MOST :], self._ran(line)]
        return self

    def _ran(self, line: str) -> Said:
        if line in OWN:
            return Said(line, (("stdout", self._own(line) + "\n"),), 0)
        try:
            typed = words(line)
        except NeedsShell as needs:
            return Said(line, (("stderr", f"labimg: {needs}\n"),), 2)
        typed = typed[1:] if typed[:1] == ["docker"] else typed
        outcome = self.session.docker(typed)
        said = line if line.split(maxsplit=1)[0] == "docker" else f"docker {line}"
        return Said(said, tuple(outcome.pieces), int(outcome.code))

    def _own(self, word: str) -> str:
        session = self.session
        if word == "help":
            mine = "\n".join(f"  {name:8}{said}" for name, said in OWN.items())
            return f"Type a docker command, such as: docker images\n{mine}"
        if word in ("undo", "redo"):
            getattr(session, word)()
            return f"world {session.at} of {len(session.worlds) - 1}"
        return repr(session.why) if word == "why" else str(session.status)

    def complete(self, line: str) -> tuple[str, list[str]]:
        """The line as far as it can only go on in one way, and the words among which one has to choose."""
        *before, part = line.split(" ")
        typed = [word for word in before if word]
        mine = typed[1:] if typed[:1] == ["docker"] else typed
        known = self.session.suggest(mine)
        if not typed:
            known = ["docker", *OWN, *known]
        fitting = sorted({word for word in known if word.startswith(part)})
        if not fitting:
            return line, []
        whole = _begun(fitting)
        end = " " if len(fitting) == 1 else ""
        return " ".join([*before, whole]) + end, [] if len(fitting) == 1 else fitting

    # What is shown.

    def describe(self) -> str:
        """The picture in one sentence."""
        count = counted(len(self.log), "command")
        last = f"; the last, {self.log[-1].line}, left with exit code {self.log[-1].code}" if self.log else ""
        return harmless(f"A terminal with {count}{last}")

    def _lines(self) -> list[tuple[str, str]]:
        lines = []
        for said in self.log:
            lines.append(("prompt", f"$ {said.line}"))
            lines += [
                (stream, line) for stream, printed in said.pieces for line in shown(printed).split("\n")[:-1]
            ]
            lines += [("soft", f"[exit code {said.code}]")] if said.code else []
        return lines or [("soft", "$ docker ...      (run this notebook to type here)")]

    def __repr__(self) -> str:
        return "\n".join(line for _, line in self._lines())

    def draw(self) -> str:
        """The last lines as SVG."""
        return sheet.lines("Terminal", self.describe(), self._lines()[-LINES:])

    @property
    def state(self) -> dict[str, Any]:
        """What the browser shows."""
        return {
            "log": [
                {"line": harmless(said.line), "code": said.code,
                 "pieces": [[stream, shown(text)] for stream, text in said.pieces]}
                for said in self.log
            ],
            "count": self.count,
            "offered": self._offered,
            "world": f"world {self.session.at} of {len(self.session.worlds) - 1}",
        }  # fmt: skip

    def typed(self, asked: Mapping[str, Any]) -> str:
        """A command that was run, as a line for a cell."""
        match asked:
            case {"do": "run", "line": str(line)} if line.strip() in ("undo", "redo"):
                return f"%lab {line.strip()}"
            case {"do": "run", "line": str(line)} if line.strip() and line.strip() not in OWN:
                return f"%docker {line.strip().removeprefix('docker ')}"
        return ""

    def heed(self, asked: Mapping[str, Any]) -> None:
        """Do what the browser asks for."""
        match asked:
            case {"do": "run", "line": str(line)}:
                self.run(line)
            case {"do": "complete", "line": str(line)}:
                whole, among = self.complete(line)
                asks = int(self._offered.get("asks", 0)) + 1
                self._offered = {
                    "asks": asks,
                    "typed": line,
                    "line": harmless(whole),
                    "words": list(map(harmless, among)),
                }


def _begun(all_: list[str]) -> str:
    """What all of them begin with."""
    first, last = all_[0], all_[-1]  # they are sorted: what these two share, all share
    same = (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(same, min(len(first), len(last)))]


def shown(printed: str) -> str:
    """What was printed, line by line harmless; a line that was drawn over is as it was at last."""
    lines = printed.replace("\r\n", "\n").split("\n")
    return "\n".join(harmless(_plain(line.rpartition("\r")[2].expandtabs())) for line in lines) + (
        "" if printed.endswith("\n") else "\n"
    )


def _plain(line: str) -> str:
    """Without the colours of a build's stderr."""
    return line.replace("\x1b[91m", "").replace("\x1b[0m", "")
