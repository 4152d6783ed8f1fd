"""Docker in a cell: whatever way it is typed, it reaches the lab's engine and nothing else.

    docker build -t web .        a line of its own, in a loop or a function too
    !docker images               as in any notebook; {name} and $name are Python's
    out = !docker images -q      the output as a list of lines
    %docker, %%docker            a line, a script
    %%dockerfile -t web [DIR]    build the text of the cell
    %%labfile [-x] start.sh      the text of the cell as a file, where commands run
    %lab undo                    and redo, goto N, reset, status, clock
    %lab resume 07 [HEADING]     come back to where you were, or to above a heading

A real docker on the machine is never called.
"""

import keyword
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from IPython.core.inputtransformer2 import (
    TokenTransformBase,
    assemble_continued_line,
    find_end_of_continued_line,
)
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_cell_magic, line_magic, magics_class
from IPython.utils.text import SList

from labimg.errors import DockerError
from labimg.show.line import NeedsShell, words

_TYPED = re.compile(r"\s*docker(?=\s|$)")
_COMPLETED = re.compile(r"(?:.*=\s*)?[%!]{0,2}\s*docker\s")
_HIDDEN = re.compile(r"(?:[|;&(`]|\b(?:sudo|time|exec|xargs|env))\s*docker\s")
_DOUBLE = {"{{": "\ue000", "}}": "\ue001"}  # a template of docker's, not a variable of Python's


class Outcome(Protocol):
    """What a command printed, in the order it did, and its exit code."""

    pieces: Any
    code: int


class Session(Protocol):
    """What the magics ask of a lab."""

    def docker(self, line: Sequence[str], *, stdin: bytes = b"") -> Any:
        """Run a command."""

    def write(self, path: str, content: str, *, executable: bool = False) -> None:
        """Put a file where commands run."""

    def suggest(self, typed: Sequence[str]) -> Iterable[str]:
        """What may stand after the words `typed`."""


@magics_class
class LabMagics(Magics):
    """The magics of a lab; the variable `lab` decides which lab, if it is one."""

    def __init__(self, shell: InteractiveShell, session: Session) -> None:
        super().__init__(shell)
        self._shell: Any = shell
        self._session = session
        self._system: Callable[..., Any] = shell.system
        self._getoutput: Callable[..., Any] = shell.getoutput

    @property
    def first(self) -> Any:
        """The lab that the notebook began with."""
        return self._session

    @property
    def session(self) -> Any:
        """The lab that is played with."""
        named = self._shell.user_ns.get("lab")
        return named if isinstance(named, type(self._session)) else self._session

    def run(self, typed: Sequence[str], stdin: bytes = b"") -> None:
        """Run a command and print what it prints; its exit code is left in `_exit_code`."""
        outcome = self.session.docker(typed, stdin=stdin)
        for stream, text in outcome.pieces:
            print(text, end="", file=getattr(sys, stream), flush=True)
        self._leave(outcome.code)

    def _leave(self, code: int) -> None:
        self._shell.user_ns["_exit_code"] = code

    def line(self, line: str) -> None:
        """Run one line, without the word docker."""
        try:
            typed = words(line)
        except NeedsShell as needs:
            self._refuse(needs)
        else:
            self.run(typed)

    def _refuse(self, needs: NeedsShell) -> None:
        print(f"labimg: {needs}", file=sys.stderr)
        self._leave(2)

    @line_cell_magic
    def docker(self, line: str, cell: str | None = None) -> None:
        """Run a docker command, or a cell of them: a command on each line, `#` for comments."""
        if cell is None:
            self.line(line)
            return
        for command in re.sub(r"\\\n", " ", cell).splitlines():
            command = _TYPED.sub("", command, count=1).strip()
            if command and not command.startswith("#"):
                print(f"$ docker {command}")
                self.line(command)

    @cell_magic
    def dockerfile(self, line: str, cell: str) -> None:
        """Build the cell: `%%dockerfile -t web [CONTEXT]`; without CONTEXT there is nothing to copy."""
        try:
            typed = words(line)
        except NeedsShell as needs:
            self._refuse(needs)
            return
        context = (
            bool(typed) and not typed[-1].startswith("-") and not (len(typed) > 1 and typed[-2] in _VALUED)
        )
        self.run(
            ["build", *typed[:-1], "-f", "-", typed[-1]] if context else ["build", *typed, "-"], cell.encode()
        )

    @cell_magic
    def labfile(self, line: str, cell: str) -> None:
        """Put the cell as a file into the lab's folder: `%%labfile [-x] start.sh`; -x makes it executable."""
        option, _, rest = line.strip().partition(" ")
        if option == "-x":
            self.session.write(rest.strip(), cell, executable=True)
        else:
            self.session.write(line.strip(), cell)

    @line_magic
    def why(self, line: str) -> None:
        """Which records of the store the last command read, wrote and deleted."""
        print(self.session.why)

    @line_magic
    def lab(self, line: str) -> None:
        """Travel: `%lab undo [N]`, `redo [N]`, `goto N`, `reset`, `resume 07`, `status`, `clock`."""
        verb, _, rest = line.strip().partition(" ")
        session = self.session
        match verb, rest.strip():
            case (("undo" | "redo" | "goto"), number) if number.isdecimal() or (
                not number and verb != "goto"
            ):
                getattr(session, verb)(int(number or 1))
                print(f"world {session.at} of {len(session.worlds) - 1}")
            case "resume", where if where:
                self._resume(*where.split(maxsplit=1))
            case "reset", "":
                session.reset()
                print("a new world")
            case (("status" | ""), ""):
                print(session.status)
            case "clock", "":
                print(session.clock)
            case _:
                told = "undo [N] | redo [N] | goto N | reset | resume LESSON [HEADING] | status | clock"
                print(f"labimg: %lab {told}", file=sys.stderr)

    def _resume(self, lesson: str, place: str = "") -> None:
        """Come back into a lesson, and tell what was done for it."""
        try:
            print(self.first.resume(lesson, place.removeprefix("--from").strip(" \"'")))
        except (LookupError, RuntimeError) as error:
            print(f"labimg: {error}", file=sys.stderr)

    def system(self, cmd: str) -> Any:
        """`!docker ...` for us, every other `!` for the shell."""
        mine = self._expanded(cmd)
        if mine is not None:
            return self.line(mine)
        cmd = self._shell.var_expand(cmd, depth=1)
        if _HIDDEN.search(cmd):
            return self._refuse(NeedsShell("this line would reach a real docker; begin it with docker"))
        return self._system(_once(cmd))

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """`out = !docker ...` for us, every other for the shell."""
        mine = self._expanded(cmd, depth)
        try:
            if mine is None and _HIDDEN.search(cmd):
                raise NeedsShell("this line would reach a real docker; begin it with docker")
            if mine is None:
                return self._getoutput(cmd, split=split, depth=depth + 1)
            outcome = self.session.docker(words(mine))
        except NeedsShell as needs:
            self._refuse(needs)
            return SList() if split else ""
        self._leave(outcome.code)
        text = "".join(text for _, text in outcome.pieces)
        return SList(text.splitlines()) if split else text

    def _expanded(self, cmd: str, depth: int = 0) -> str | None:
        """What stands after `docker`, with Python's variables put in; None if it is not ours."""
        if not _TYPED.match(cmd):
            return None
        for pair, mark in _DOUBLE.items():
            cmd = cmd.replace(pair, mark)
        cmd = self._shell.var_expand(cmd, depth=depth + 2)
        for pair, mark in _DOUBLE.items():
            cmd = cmd.replace(mark, pair)
        return _TYPED.sub("", cmd, count=1)

    def complete(self, _shell: object, event: Any) -> list[str]:
        """Subcommands, options and names, as fits what stands before the cursor."""
        before = event.text_until_cursor
        typed = before[_COMPLETED.match(before).end() :].split(" ")  # type: ignore[union-attr]
        return [word for word in self.session.suggest(typed[:-1]) if word.startswith(typed[-1])]


def _once(cmd: str) -> str:
    """A line whose variables are put in already, so that the shell's own look for them finds none."""
    for letter in "{}$":
        cmd = cmd.replace(letter, letter * 2)
    return cmd


_VALUED = {"-t", "--tag", "--build-arg", "--target", "--label"}


class Bare(TokenTransformBase):
    """`docker build .` as a statement: what Python could not mean, docker does."""

    priority = 4

    @classmethod
    def find(cls, tokens_by_line: Any) -> "Bare | None":
        """The first line that begins with `docker` and a word Python could not have after it."""
        for line in tokens_by_line:
            first = next((i for i, token in enumerate(line) if token.string.strip()), None)
            if first is not None and line[first].string == "docker" and _is_docker(line, first):
                return cls(line[first].start)
        return None

    def transform(self, lines: list[str]) -> list[str]:
        """The same as if it had been typed with `!`."""
        start, column = self.start_line, self.start_col
        last = find_end_of_continued_line(lines, start)
        line = assemble_continued_line(lines, (start, column), last)
        call = f"{lines[start][:column]}get_ipython().system({line!r})\n"
        return [*lines[:start], call, *lines[last + 1 :]]


def _is_docker(line: Any, first: int) -> bool:
    """Is the token after `docker` a word, and no operator between two things of Python's?"""
    if len(line) <= first + 1:
        return False
    after = line[first].line[line[first].end[1] :]
    word = re.match(r"\s+([a-z][a-z-]*)(?=\s|$)", after)
    if word is None:
        return bool(re.match(r"\s+(--help|--version)\s*$", after))
    return not keyword.iskeyword(word[1]) or word[1] == "import"


def load(shell: Any, session: Session) -> None:
    """Give a notebook its docker; a second time, only a new lab."""
    unload(shell)
    magics = LabMagics(shell, session)
    shell.register_magics(magics)
    shell.input_transformer_manager.token_transformers.append(Bare)
    shell.system, shell.getoutput = magics.system, magics.getoutput
    shell.set_custom_exc((DockerError,), _told)
    shell.set_hook("complete_command", magics.complete, re_key=_COMPLETED)
    shell.user_ns.setdefault("lab", session)
    shell.labimg = magics


def unload(shell: Any) -> None:
    """Take it away again."""
    magics = getattr(shell, "labimg", None)
    if magics is None:
        return
    shell.system, shell.getoutput = magics._system, magics._getoutput
    transformers = shell.input_transformer_manager.token_transformers
    transformers[:] = [known for known in transformers if known is not Bare]
    shell.set_custom_exc((), None)
    del shell.labimg


def _told(
    shell: Any, kind: type[DockerError], error: DockerError, *_trace: object, **_how: object
) -> list[str]:
    """A refusal in one line: where in the engine it came up is nothing a student can mend."""
    line = [f"{kind.__name__}: {error}"]
    shell._showtraceback(kind, error, line)
    return line
