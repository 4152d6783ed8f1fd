"""A command: what it is called, what it takes, and what it does.

`@command(…)` makes one of a function, whose docstring is Docker's one-line help.  The first
parameter is the console, the others are operands (in order) and flags (by name).
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from labimg.cli.flags import BOOL, Flag, FlagError, parse

if TYPE_CHECKING:
    from labimg.cli.console import Console

PROG = "docker"  # the word that users type

_HELP = Flag("help", "Print usage", BOOL)
_SHORT_HELP = Flag("", "", BOOL, "h", hidden=True)
DEPRECATED = "Flag shorthand -h has been deprecated, use --help"


class UsageError(Exception):
    """A command that was called wrongly: the whole text for stderr, and the exit code."""

    def __init__(self, text: str, *, code: int) -> None:
        super().__init__(text)
        self.code = code


class Operands(NamedTuple):
    """How many words that are no flags a command takes (`most` None: any number)."""

    least: int = 0
    most: int | None = 0

    def refuse(self, count: int) -> tuple[str, str] | None:
        """What is wrong with `count` operands, and the word before the pointer to the help."""
        least, most = self.least, self.most
        if least <= count and (most is None or count <= most):
            return None
        if most is None:
            return f"requires at least {_arguments(least)}", "See"
        if most == 0:
            return "accepts no arguments", "Run"
        if least == most:
            return f"requires {_arguments(least)}", "Run"
        if least:
            return f"requires at least {least} and at most {_arguments(most)}", "Run"
        return f"requires at most {_arguments(most)}", "SRun"  # so it stands in 28.2.2


def _arguments(count: int) -> str:
    return f"{count} argument{'s' * (count != 1)}"


class Command(NamedTuple):
    """One command under all its names.

    `names` are in the order of the help; of several in one group the first is the proper one
    (`image ls` before `image list`).
    """

    names: tuple[str, ...]
    synopsis: tuple[str, ...]
    run: Callable[..., int | None]
    operands: Operands
    flags: tuple[Flag, ...] = ()
    interspersed: bool = True
    ours: bool = False  # a command that Docker has not

    @property
    def summary(self) -> str:
        """The docstring's first line: Docker's one line."""
        return self.about.partition("\n")[0].removesuffix(".")

    @property
    def about(self) -> str:
        """The whole docstring, as help prints it."""
        lines = (self.run.__doc__ or "").strip().splitlines()
        return "\n".join(line.strip() for line in lines)

    def proper(self, name: str) -> str:
        """The name under which help and errors speak of `name`."""
        group = name.rpartition(" ")[0]
        return next(other for other in self.names if other.rpartition(" ")[0] == group)

    def usage(self, name: str) -> str:
        """The usage lines, without the word before them."""
        first, *more = self.synopsis
        short = min(self.names, key=len)  # so Docker writes the lines after the first
        lines = [f"{PROG} {self.proper(name)} {first}", *(f"{PROG} {short} {line}" for line in more)]
        return "\n\t".join(line.rstrip() for line in lines)

    def help(self, name: str) -> str:
        """What `--help` prints."""
        text = f"Usage:  {self.usage(name)}\n\n{self.about}\n"
        if len(self.names) > 1:
            text += "\nAliases:\n  " + ", ".join(f"{PROG} {other}" for other in self.names) + "\n"
        from labimg.cli.usage import options

        if block := options(self.all_flags):
            text += f"\nOptions:\n{block}"
        return text

    @property
    def all_flags(self) -> tuple[Flag, ...]:
        """Its flags and `--help`, which is shown only where `-h` means something else."""
        if any(flag.short == "h" for flag in self.flags):
            return (*self.flags, _HELP)
        return (*self.flags, Flag(_HELP.name, _HELP.help, BOOL, hidden=True), _SHORT_HELP)

    def call(self, console: "Console", name: str, words: Sequence[str]) -> int:
        """Read `words` and run; give the exit code.

        Raises:
            UsageError: the flags or the number of operands are wrong.
        """
        path = f"{PROG} {self.proper(name)}"
        try:
            flags, operands = parse(self.all_flags, words, interspersed=self.interspersed)
        except FlagError as error:
            raise UsageError(misused(str(error), self.usage(name), path=path), code=125) from None
        short = flags.pop("h", False) if not self.flag("h") else False
        if flags.pop("help") or short:
            console.say(*[DEPRECATED] * bool(short), self.help(name), end="")
            return 0
        if wrong := self.operands.refuse(len(operands)):
            text = f"{PROG}: '{path}' {wrong[0]}"
            raise UsageError(misused(text, self.usage(name), path=path, see=wrong[1]), code=1)
        return int(self.run(console, *operands, **flags) or 0)

    def flag(self, short: str) -> Flag | None:
        """The flag with that one letter."""
        return next((flag for flag in self.flags if flag.short == short), None)


def misused(fault: str, usage: str, *, path: str, see: str = "Run") -> str:
    """A usage error as the docker client lays it out."""
    return f"{fault}\n\nUsage:  {usage}\n\n{see} '{path} --help' for more information\n"


class Group(NamedTuple):
    """A management command: `docker image COMMAND`."""

    name: str
    summary: str
    members: tuple[tuple[str, str], ...]  # name and summary

    def help(self) -> str:
        """What `docker image --help` prints."""
        from labimg.cli.usage import commands

        return (
            f"Usage:  {PROG} {self.name} COMMAND\n\n{self.summary}\n\n"
            f"{commands('Commands', dict(self.members))}\n"
            f"Run '{PROG} {self.name} COMMAND --help' for more information on a command.\n"
        )


def command(
    *names: str, synopsis: str | tuple[str, ...] = "", flags: tuple[Flag, ...] = (), least: int = 0,
    most: int | None = 0, interspersed: bool = True, ours: bool = False,
) -> Callable[[Callable[..., int | None]], Command]:  # fmt: skip
    """Make a command of the decorated function."""
    lines = (synopsis,) if isinstance(synopsis, str) else synopsis

    def made(function: Callable[..., int | None]) -> Command:
        return Command(names, lines, function, Operands(least, most), flags, interspersed, ours)

    return made
