"""The commands that make containers and run something in them: create, run, start, exec."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labimg.cli.command import PROG, UsageError, command
from labimg.cli.console import Console, told
from labimg.cli.flags import BOOL, LIST, STRING, Flag
from labimg.cli.options import ENV, LABELS
from labimg.cli.progress import pulling
from labimg.container import Run
from labimg.containers import Container
from labimg.errors import (
    BadPullOption,
    DockerError,
    ExecFailed,
    NoSuchImage,
    NotATerminal,
    NotExecuted,
    NotOpened,
    NotStarted,
)
from labimg.reference import Reference, exact_id

_INTERACTIVE = Flag("interactive", "Keep STDIN open even if not attached", BOOL, "i")
_TTY = Flag("tty", "Allocate a pseudo-TTY", BOOL, "t")
_ENV = Flag("env", "Set environment variables", ENV, "e")
_ENV_FILE = Flag("env-file", "Read in a file of environment variables", LIST)
_WORKDIR = Flag("workdir", "Working directory inside the container", STRING, "w")
_RM = "Automatically remove the container and its associated anonymous volumes when it exits"


def _made(pull: str) -> tuple[Flag, ...]:
    """The flags of `create` and `run`."""
    return (
        Flag("cidfile", "Write the container ID to the file"),
        Flag("entrypoint", "Overwrite the default ENTRYPOINT of the image"),
        _ENV, _ENV_FILE,
        Flag("expose", "Expose a port or a range of ports", LIST),
        Flag("hostname", "Container host name", STRING, "h"),
        _INTERACTIVE,
        Flag("label", "Set meta data on a container", LABELS, "l"),
        Flag("name", "Assign a name to the container"),
        Flag("pull", pull, default="missing"),
        Flag("quiet", "Suppress the pull output", BOOL, "q"),
        Flag("rm", _RM, BOOL),
        Flag("stop-signal", "Signal to stop the container"),
        _TTY,
        Flag("user", "Username or UID (format: <name|uid>[:<group|gid>])", STRING, "u"),
        _WORKDIR,
    )  # fmt: skip


@command(
    "container create", "create",
    synopsis="[OPTIONS] IMAGE [COMMAND] [ARG...]",
    least=1,
    most=None,
    interspersed=False,
    flags=_made('Pull image before creating ("always", "|missing", "never")'),
)  # fmt: skip
def create(console: Console, image: str, *words: str, **flags: Any) -> None:
    """Create a new container"""
    try:
        asked = _asked(console, words, flags, attach=True)
    except DockerError as error:
        raise _of_run(error, "create") from None
    console.say(_created(console, image, asked, flags).id)


@command(
    "container run", "run",
    synopsis="[OPTIONS] IMAGE [COMMAND] [ARG...]",
    least=1,
    most=None,
    interspersed=False,
    flags=(
        *_made('Pull image before running ("always", "missing", "never")'),
        Flag("detach", "Run container in background and print container ID", BOOL, "d"),
    ),
)  # fmt: skip
def run(console: Console, image: str, *words: str, detach: bool, **flags: Any) -> int:
    """Create and run a new container from an image"""
    if flags["interactive"] and flags["tty"] and not detach and not console.stdin.isatty():
        raise NotATerminal
    try:
        container = _created(console, image, _asked(console, words, flags, attach=not detach), flags)
        if detach:
            console.engine.start(container.id, out=_nowhere)
            console.say(container.id)
            return 0
        code = _attached(console, container.id, stdin=console.stdin.read() if flags["interactive"] else b"")
    except DockerError as error:
        raise _of_run(error, "run") from None
    return code


def _nowhere(stream: str, data: bytes) -> None:
    """For what nobody wants to see; the log has it."""


def _of_run(error: DockerError, name: str) -> UsageError:
    """A refusal of `run` (and of the flags of `create`), as only they print it."""
    code = error.exit_code if error.exit_code in (126, 127) else 125
    return UsageError(
        f"{PROG}: {told(error)}\n\nRun '{PROG} {name} --help' for more information\n", code=code
    )


def _asked(console: Console, words: Sequence[str], flags: Mapping[str, Any], *, attach: bool) -> Run:
    """What the flags of `create` and `run` ask for."""
    if flags["pull"] not in ("always", "missing", "never"):
        raise BadPullOption(flags["pull"])
    labels = [label.partition("=") for label in flags["label"]]
    return Run(
        command=tuple(words),
        name=flags["name"],
        entrypoint=(flags["entrypoint"],) if flags["entrypoint"] else None,
        env=tuple(_variables(console, flags["env_file"], flags["env"])),
        user=flags["user"],
        working_dir=flags["workdir"],
        labels={name: value for name, _, value in labels},
        exposed=tuple(port if "/" in port else f"{port}/tcp" for port in flags["expose"]),
        hostname=flags["hostname"],
        tty=flags["tty"],
        stdin=flags["interactive"],
        attach=attach,
        auto_remove=flags["rm"],
        stop_signal=flags["stop_signal"],
    )


def _variables(console: Console, files: Sequence[str], words: Sequence[str]) -> list[str]:
    """The variables in files (one a line, `#` begins a comment), then `words`; a name alone takes its value
    from the environment, if it has one there.
    """
    lines: list[str] = []
    for path in files:
        try:
            lines += Path(path).read_text("utf-8").splitlines()
        except FileNotFoundError:
            raise NotOpened(path) from None
    told = [line.lstrip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    env = console.env
    found = (f"{word}={env[word]}" if "=" not in word and word in env else word for word in [*told, *words])
    return [variable for variable in found if "=" in variable]


def _created(console: Console, image: str, asked: Run, flags: Mapping[str, Any]) -> Container:
    """A new container; an image that is missing is pulled first."""
    reference = None if exact_id(image) else Reference.typed(image).tagged
    if reference and flags["pull"] == "always":
        pulling(console, reference, quiet=flags["quiet"])
    try:
        container = console.engine.create(image, asked)
    except NoSuchImage:
        if flags["pull"] != "missing" or not reference:
            raise
        console.warn(f"Unable to find image '{reference.familiar}' locally")
        pulling(console, reference, quiet=flags["quiet"])
        container = console.engine.create(image, asked)
    if flags["cidfile"]:
        with open(flags["cidfile"], "w", encoding="utf-8") as file:
            file.write(container.id)
    return container


def _attached(console: Console, name: str, *, stdin: bytes = b"") -> int:
    """Run a container's command and show what it prints; give its exit code."""
    after = console.engine.start(name, out=console.output, stdin=stdin)
    if not after.state.running:
        return after.state.exit_code
    console.warn(
        f"({PROG} comes back, where Docker would stay with it: the container runs on, "
        f"until `{PROG} stop {after.short}`)"
    )
    return 0


@command(
    "container start", "start",
    synopsis="[OPTIONS] CONTAINER [CONTAINER...]",
    least=1,
    most=None,
    flags=(
        Flag("attach", "Attach STDOUT/STDERR and forward signals", BOOL, "a"),
        Flag("interactive", "Attach container's STDIN", BOOL, "i"),
    ),
)  # fmt: skip
def start(console: Console, *names: str, attach: bool, interactive: bool) -> int:
    """Start one or more stopped containers"""
    if attach or interactive:
        return _attached(console, names[0], stdin=console.stdin.read() if interactive else b"")
    failed = []
    for name in names:
        try:
            console.engine.start(name, out=_nowhere)
            console.say(name)
        except DockerError as error:
            console.complain([error])
            failed.append(name)
    if failed:
        raise NotStarted(", ".join(failed))
    return 0


@command(
    "container exec", "exec",
    synopsis="[OPTIONS] CONTAINER COMMAND [ARG...]",
    least=2,
    most=None,
    interspersed=False,
    flags=(
        Flag("detach", "Detached mode: run command in the background", BOOL, "d"),
        _ENV, _ENV_FILE, _INTERACTIVE, _TTY,
        Flag("user", 'Username or UID (format: "<name|uid>[:<group|gid>]")', STRING, "u"),
        _WORKDIR,
    ),
)  # fmt: skip
def exec_(
    console: Console, name: str, *words: str, detach: bool, env: Sequence[str], env_file: Sequence[str],
    interactive: bool, tty: bool, user: str, workdir: str,
) -> int:  # fmt: skip
    """Execute a command in a running container"""
    if interactive and tty and not console.stdin.isatty():
        raise NotATerminal
    try:
        ended = console.engine.exec(
            name, words, env=_variables(console, env_file, env), user=user, cwd=workdir,
            stdin=console.stdin.read() if interactive else b"",
            out=_nowhere if detach else console.output,
        )  # fmt: skip
    except ExecFailed as failure:
        refusal = NotExecuted(failure.program, failure.why)
        console.output("stdout", f"{refusal}\r\n".encode())  # as if the program had said it
        return failure.exit_code
    return 0 if detach else ended.code
