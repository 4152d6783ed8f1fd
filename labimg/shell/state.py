"""What a shell knows: variables, functions, open files, where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from labimg.shell.kernel import Kernel
from labimg.shell.stream import Stream
from labimg.shell.syntax import Command

Files = dict[int, Stream]  # file descriptor -> what it stands for


@dataclass(slots=True)
class State:
    """One shell; a subshell has a copy of its own."""

    kernel: Kernel
    files: Files
    variables: dict[str, str]
    exported: set[str]
    name: str = "sh"  # $0
    arguments: list[str] = field(default_factory=list)
    functions: dict[str, Command] = field(default_factory=dict)
    options: set[str] = field(default_factory=set)  # letters, and "pipefail"
    traps: dict[str, str] = field(default_factory=dict)
    locals: list[dict[str, str | None]] = field(default_factory=list)  # what `local` hides, by call
    readonly: set[str] = field(default_factory=set)
    status: int = 0
    loops: int = 0
    pid: int = 1
    job: int = 0  # $!
    line: int = 1
    sheltered: int = 0  # in a test: `set -e` does not apply

    def copy(self) -> "State":
        """A subshell's state."""
        return replace(
            self,
            files=dict(self.files),
            variables=dict(self.variables),
            exported=set(self.exported),
            arguments=list(self.arguments),
            functions=dict(self.functions),
            options=set(self.options),
            traps={},
            locals=[dict(frame) for frame in self.locals],
        )

    def environment(self, more: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
        """What a program started now is given."""
        exported = {name: self.variables[name] for name in self.variables if name in self.exported}
        return exported | dict(more)
