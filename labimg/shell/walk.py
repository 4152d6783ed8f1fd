"""The interpreter: walks the commands of a script and does what they say.

Nothing runs at the same time here: the stages of a pipeline run one after the other,
each on what the one before it has printed.
"""

import re
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Items
from contextlib import contextmanager
from typing import Final

import labimg.shell.opening as opening
import labimg.shell.syntax as syntax
from labimg.shell.machine import Missing, Unusable
from labimg.shell.pattern import compiled
from labimg.shell.session import Session
from labimg.shell.stream import Pipe, Stream
from labimg.shell.syntax import Command, Redirect, Sequence
from labimg.shell.wrong import Failed, Jump, Leave, Return, Running

DEPTH: Final = 100  # calls of a function within one another
REFUSED: Final = {"dash": 2, "ash": 1, "bash": 1}  # exit code if a file could not be opened
SPECIAL: Final = frozenset(
    ": . break continue eval exec exit export readonly return set shift trap unset".split()
)
_SAFE: Final = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")


class Shell(Session):
    """Does what commands say."""

    def run(self, command: Command) -> int:
        """Run one command; give its exit code, which `$?` then has."""
        self.machine.step()
        match command:
            case syntax.Simple():
                status = self._simple(command)
            case Sequence():
                status = self._sequence(command)
            case syntax.AndOr():
                status = self._and_or(command)
            case syntax.Pipeline():
                status = self._pipeline(command)
            case syntax.Negated():
                with self._sheltered():
                    status = int(not self.run(command.command))
            case syntax.Subshell():
                status = self.subshell().apart(command.body)
            case syntax.If():
                status = self._if(command)
            case syntax.Loop():
                status = self._loop(command)
            case syntax.For():
                status = self._for(command)
            case syntax.Case():
                status = self._case(command)
            case syntax.Function():
                self.state.functions[command.name] = command.body
                status = 0
            case syntax.Redirected():
                with self._redirected(command.redirects) as opened:
                    status = self.run(command.body) if opened else REFUSED[self.kind]
        self.state.status = status
        if status and isinstance(command, syntax.Simple | syntax.Pipeline | syntax.Subshell):
            self._leave_on_error(status)
        return status

    def _leave_on_error(self, status: int) -> None:
        if "e" in self.state.options and not self.state.sheltered:
            raise Leave(status)

    @contextmanager
    def _sheltered(self) -> Iterator[None]:
        """Within, a command may fail although `set -e` is on."""
        self.state.sheltered += 1
        try:
            yield
        finally:
            self.state.sheltered -= 1

    def _sequence(self, command: Sequence) -> int:
        status = 0
        for index, one in enumerate(command.commands):
            status = self._background(one) if index in command.background else self.run(one)
        return status

    def _background(self, command: Command) -> int:
        """`command &`: run to its end at once; one that has no end is left running."""
        self.state.job = self.machine.new_pid()
        inner = self.subshell()
        inner.state.files[0] = Stream()
        try:
            inner.apart(command)
        except Running:
            self.machine.jobs.append(self.state.job)
        return 0

    def _and_or(self, command: syntax.AndOr) -> int:
        with self._sheltered():
            status = self.run(command.left)
        if (status == 0) == (command.op == "&&"):
            status = self.run(command.right)
        return status

    def _pipeline(self, command: syntax.Pipeline) -> int:
        statuses: list[int] = []
        files = self.state.files
        source = files.get(0, Stream())
        running = False
        for index, stage in enumerate(command.stages):
            inner = self.subshell()
            inner.state.files[0] = source
            pipe = Pipe()
            if index < len(command.stages) - 1:
                inner.state.files[1] = pipe.inlet
            try:
                statuses.append(inner.apart(stage))
            except Running:
                running = True
            source = pipe.outlet
        if running:
            raise Running
        if "pipefail" in self.state.options:
            return next((status for status in reversed(statuses) if status), 0)
        return statuses[-1]

    def _if(self, command: syntax.If) -> int:
        for test, body in command.branches:
            with self._sheltered():
                passed = self.run(test) == 0
            if passed:
                return self.run(body)
        return self.run(command.otherwise)

    def _loop(self, command: syntax.Loop) -> int:
        def rounds() -> Iterator[None]:
            while True:
                with self._sheltered():
                    passed = self.run(command.test) == 0
                if passed == command.until:
                    return
                yield

        return self._repeat(rounds(), command.body)

    def _for(self, command: syntax.For) -> int:
        words = list(self.state.arguments)
        if command.words is not None:
            words = self.words.arguments(command.words)

        def rounds() -> Iterator[None]:
            for word in words:
                self.words.assign(command.name, word)
                yield

        return self._repeat(rounds(), command.body)

    def _repeat(self, rounds: Iterator[None], body: Sequence) -> int:
        """Run `body` once for each of `rounds`, heeding `break` and `continue`."""
        status = 0
        self.state.loops += 1
        try:
            for _ in rounds:
                try:
                    status = self.run(body)
                except Jump as jump:
                    status = 0
                    if jump.loops > 1 and self.state.loops > 1:
                        raise Jump(jump.loops - 1, jump.again) from None
                    if not jump.again:
                        break
        finally:
            self.state.loops -= 1
        return status

    def _case(self, command: syntax.Case) -> int:
        subject = self.words.text(command.subject)
        for patterns, body in command.arms:
            if any(compiled(self.words.pattern(pattern)).fullmatch(subject) for pattern in patterns):
                return self.run(body)
        return 0

    def _simple(self, command: syntax.Simple) -> int:
        self.state.line = command.line
        self.captured = 0
        arguments = self.words.arguments(command.words)
        name = arguments[0] if arguments else ""
        special = name in SPECIAL and name not in self.state.functions
        with self._redirected(command.redirects, keep=name == "exec") as opened:
            if not opened:
                if special:
                    raise Leave(2)
                return REFUSED[self.kind]
            values = []
            for variable, word in command.assignments:
                values.append((variable, self.words.text(word)))
                if special or not arguments:
                    self.words.assign(*values[-1])
            self._trace(values, arguments)
            if not arguments:
                return self.captured
            return self._invoke(arguments, {} if special else dict(values))

    def _trace(self, values: Items[tuple[str, str]], arguments: Items[str]) -> None:
        """`set -x`: show the command on stderr."""
        if "x" in self.state.options:
            shown = [f"{name}={quoted(value)}" for name, value in values]
            shown += [quoted(argument) for argument in arguments]
            self.say(2, f"{self.words.value('PS4') or '+ '}{' '.join(shown)}\n")

    def _invoke(self, arguments: list[str], values: dict[str, str]) -> int:
        """Run a function, a builtin or a program, with `values` in its environment."""
        name = arguments[0]
        if function := self.state.functions.get(name):
            with self._with(values):
                return self._call(function, arguments[1:])
        if body := builtin_called(name, self.kind):
            with self._with(values):
                return body(self, arguments)
        return self.external(arguments, values)

    def external(self, arguments: list[str], values: dict[str, str]) -> int:
        """Run a program; one that is missing or cannot be run is complained of."""
        environment = self.state.environment(values.items())
        path = values.get("PATH", self.state.variables.get("PATH", ""))
        try:
            return self.machine.run(arguments, environment, self.state.kernel, self.state.files, path=path)
        except Missing as missing:
            reason = (
                "No such file or directory" if self.kind == "bash" and "/" in missing.name else "not found"
            )
            if self.kind == "bash" and "/" not in missing.name:
                reason = "command not found"
            self.complain(f"{missing.name}: {reason}")
            return 127
        except Unusable as unusable:
            if unusable.text is not None:
                return self.subshell_script(unusable.text, arguments)
            self.complain(f"{unusable.name}: {unusable.reason}")
            return 126

    def subshell_script(self, text: str, arguments: list[str]) -> int:
        """A script without `#!`: this kind of shell runs it itself."""
        inner = self.subshell()
        inner.state.name, inner.state.arguments = arguments[0], arguments[1:]
        return inner.script(text)

    def _call(self, body: Command, arguments: list[str]) -> int:
        state = self.state
        outer, state.arguments = state.arguments, arguments
        state.locals.append({})
        if len(state.locals) > DEPTH:
            raise Failed("Maximum function recursion depth exceeded")
        try:
            return self.run(body)
        except Return as returned:
            return returned.code
        finally:
            state.arguments = outer
            for name, value in state.locals.pop().items():
                if value is None:
                    state.variables.pop(name, None)
                else:
                    state.variables[name] = value

    @contextmanager
    def _with(self, values: dict[str, str]) -> Iterator[None]:
        """Variables that last for one command."""
        before = {name: self.state.variables.get(name) for name in values}
        added = set(values) - self.state.exported
        self.state.variables.update(values)
        self.state.exported |= added
        try:
            yield
        finally:
            self.state.exported -= added
            for name, value in before.items():
                if value is None:
                    self.state.variables.pop(name, None)
                else:
                    self.state.variables[name] = value

    # Redirections.

    @contextmanager
    def _redirected(self, redirects: Items[Redirect], *, keep: bool = False) -> Iterator[bool]:
        """Within, files are open as `redirects` say; gives False, having complained, if one cannot be."""
        before = dict(self.state.files)
        opened = True
        try:
            for redirect in redirects:
                opening.open_file(redirect, self.words)
        except opening.Refused as refused:
            self.complain(refused.phrase(self.kind))
            opened = False
        try:
            yield opened
        finally:
            if not keep or not opened:
                self.state.files.clear()
                self.state.files.update(before)


Builtin = Callable[[Shell, list[str]], int]
BUILTINS: Final[dict[str, Builtin]] = {}


def builtin(*names: str) -> Callable[[Builtin], Builtin]:
    """The function below is the builtin of these names."""

    def enter(function: Builtin) -> Builtin:
        for name in names:
            BUILTINS[name] = function
        return function

    return enter


def builtin_called(name: str, kind: str) -> Builtin | None:
    """The builtin of that name in this kind of shell."""
    return None if kind == "dash" and name == "source" else BUILTINS.get(name)


def quoted(text: str) -> str:
    """`text` as one would have to type it."""
    if _SAFE.fullmatch(text):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"
