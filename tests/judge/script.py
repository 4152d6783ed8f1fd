"""A scenario as text: what is typed, what lies in the folder, what stands on standard input.

`== TITLE` begins a scenario, and what stands above the first one holds for all in the file.
`@ NAME` with `| ` lines makes a file, with the right to be run if NAME ends in `*`.
`> ` lines are the standard input of the command above them.  A line that begins with `docker` is a
command, with `< FILE` and `> FILE` as in a shell, and `{id:NAME}`, `{hex:NAME}`, `{short:NAME}` or
`{four:NAME}` for the ID of an image or container; any other line is run by the host's own shell, in
the folder of either side, so that what was written there can be looked at.  `{site}` is the address
of a web site on this machine.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple


class Command(NamedTuple):
    """One line that is typed, and its standard input."""

    line: str
    stdin: str = ""


class Scenario(NamedTuple):
    """A session: the files that it finds, and what is typed."""

    files: Mapping[str, str]
    commands: tuple[Command, ...]

    def beside(self, site: str) -> "Scenario":
        """The same with a web site at that address."""
        commands = (Command(*(part.replace("{site}", site) for part in command)) for command in self.commands)
        return self._replace(commands=tuple(commands))


def scenario(text: str) -> Scenario:
    """The scenario that `text` tells."""
    files: dict[str, str] = {}
    commands: list[Command] = []
    name = ""
    for line in text.splitlines():
        if line.startswith("@ "):
            name = line[2:]
            files[name] = ""
        elif line.startswith("|"):
            files[name] += line[2:] + "\n"
        elif line.startswith(">"):
            commands[-1] = Command(commands[-1].line, commands[-1].stdin + line[2:] + "\n")
        elif line and not line.startswith("#"):
            commands.append(Command(line))
    return Scenario(files, tuple(commands))


def scenarios(folder: Path) -> dict[str, Scenario]:
    """All scenarios of a folder, each called `THEME: TITLE`."""
    return {name: scenario(text) for path in sorted(folder.glob("*.txt")) for name, text in _parts(path)}


def _parts(path: Path) -> Iterator[tuple[str, str]]:
    common, *parts = ("\n" + path.read_text()).split("\n== ")
    for part in parts:
        title, _, text = part.partition("\n")
        yield f"{path.stem}: {title}", f"{common}\n{text}"
