"""The commands that make containers and run something in them: create, run, start, exec."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from labimg import errors
from labimg.cli.asked import INTERACTIVE, TTY, VARIABLES, VARIABLES_FILE, WORKDIR, asked, made, variables
from labimg.cli.command import PROG, UsageError, command
from labimg.cli.console import Console, told
from labimg.cli.flags import BOOL, STRING, Flag
from labimg.cli.options import refused
from labimg.cli.transfer import pulling
from labimg.container import Run
from labimg.containers import Container
from labimg.errors import DockerError
from labimg.reference import Reference, exact_id
from labimg.remote.platform import parse


@command(
    "container create", "create",
    synopsis="[OPTIONS] IMAGE [COMMAND] [ARG...]",
    least=1,
    most=None,
    interspersed=False,
    flags=made('Pull image before creating ("always", "|missing", "never")'),
)  # fmt: skip
def create(console: Console, image: str, *words: str, **flags: Any) -> None:
    """Create a new container"""
    try:
        wanted = asked(console, words, flags)
    except DockerError as error:
        raise _of_run(error, "create") from None
    console.say(_created(console, image, wanted, flags).id)


@command(
    "container run", "run",
    synopsis="[OPTIONS] IMAGE [COMMAND] [ARG...]",
    least=1,
    most=None,
    interspersed=False,
    flags=(
        *made('Pull image before running ("always", "missing", "never")'),
        Flag("detach", "Run container in background and print container ID", BOOL, "d"),
        Flag("sig-proxy", "Proxy received signals to the process", BOOL, default=True),
        *refused("there is nothing to detach from", "detach-keys"),
    ),
)  # fmt: skip
def run(console: Console, image: str, *words: str, detach: bool, **flags: Any) -> int:
    """Create and run a new container from an image"""
    if flags["interactive"] and flags["tty"] and not detach and not console.stdin.isatty():
        raise errors.NotATerminal
    try:
        wanted = asked(console, words, flags, detach=detach)
        if detach and flags["attach"]:
            raise errors.AttachAndDetach
        container = _created(console, image, wanted, flags)
        if detach:
            console.say(container.id)
            console.engine.start(container.id, out=_nowhere)
            return 0
        stdin = console.stdin.read() if flags["interactive"] else None
        return _attached(console, container.id, stdin=stdin, streams=wanted.attach)
    except errors.AttachAndDetach:
        raise
    except DockerError as error:
        raise _of_run(error, "run") from None


# What `run` makes of a failure of the system's, by its words.
_SYSTEM = {"no such file or directory": 127, "permission denied": 126}


def _nowhere(stream: str, data: bytes) -> None:
    """For what nobody wants to see; the log has it."""


def _of_run(error: DockerError, name: str) -> UsageError:
    """A refusal of `run` (and of the flags of `create`), as only they print it."""
    code = error.exit_code if error.exit_code in (126, 127) else 125
    if isinstance(error, errors.IDFileFailed) and name == "run":
        code = _SYSTEM.get(error.why, 125)
    return UsageError(
        f"{PROG}: {told(error)}\n\nRun '{PROG} {name} --help' for more information\n", code=code
    )


def _created(console: Console, image: str, wanted: Run, flags: Mapping[str, Any]) -> Container:
    """A new container; an image that is missing is pulled first."""
    reference = None if exact_id(image) else Reference.typed(image).tagged
    how = {"quiet": flags["quiet"], "platform": flags["platform"]}
    with _id_file(flags["cidfile"]) as file:
        if reference and flags["pull"] == "always":
            pulling(console, reference, **how)
        try:
            _fits(console, image, flags["platform"])
            container = console.engine.create(image, wanted)
        except (errors.NoSuchImage, errors.WrongPlatform):
            if flags["pull"] != "missing" or not reference:
                raise
            console.warn(f"Unable to find image '{reference.familiar}' locally")
            pulling(console, reference, **how)
            container = console.engine.create(image, wanted)
        file.write(container.id)
    if wanted.host.network_mode == "host" and wanted.host.port_bindings:
        console.warn("WARNING: Published ports are discarded when using host network mode")
    return container


@contextmanager
def _id_file(path: str) -> Iterator[TextIO]:
    """The file for the ID (`--cidfile`), opened before anything is made, and taken away if nothing is."""
    if not path:
        yield io.StringIO()
        return
    if Path(path).exists():
        raise errors.IDFileThere(path)
    try:
        file = open(path, "w", encoding="utf-8")  # noqa: SIM115, closed below
    except OSError as failure:
        raise errors.IDFileFailed(path, str(failure.strerror).lower()) from None
    try:
        with file:
            yield file
    except DockerError:
        Path(path).unlink()
        raise


def _fits(console: Console, image: str, platform: str) -> None:
    """Refuse an image that is there, but not for the platform that is asked for."""
    if not platform:
        return
    try:
        wanted = parse(platform)
    except errors.BadPlatform as cause:
        raise errors.UnreadPlatform(cause) from None
    found = console.engine.image(image).document
    if (wanted.os, wanted.architecture) != (found.os, found.architecture):
        raise errors.WrongPlatform(image, str(wanted), f"{found.os}/{found.architecture}")


def _attached(
    console: Console, name: str, *, stdin: bytes | None = None, streams: Sequence[str] = ("stdout", "stderr")
) -> int:
    """Run a container's command and show what it prints; give its exit code."""

    def out(stream: str, data: bytes) -> None:
        if stream in streams:
            console.output(stream, data)

    after = console.engine.start(name, out=out, stdin=stdin)
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
        *refused("there is nothing to detach from", "detach-keys"),
        *refused("no process is started that could be frozen", "checkpoint checkpoint-dir"),
    ),
)  # fmt: skip
def start(console: Console, *names: str, attach: bool, interactive: bool) -> int:
    """Start one or more stopped containers"""
    if (attach or interactive) and len(names) > 1:
        raise errors.AttachedToMany
    if attach or interactive:
        try:
            return _attached(console, names[0], stdin=console.stdin.read() if interactive else None)
        except errors.ExecFailed as failure:
            failure.exit_code = 1
            raise
    failed = []
    for name in names:
        try:
            console.engine.start(name, out=_nowhere)
            console.say(name)
        except DockerError as error:
            console.complain([error])
            failed.append(name)
    if failed:
        raise errors.NotStarted(", ".join(failed))
    return 0


@command(
    "container exec", "exec",
    synopsis="[OPTIONS] CONTAINER COMMAND [ARG...]",
    least=2,
    most=None,
    interspersed=False,
    flags=(
        Flag("detach", "Detached mode: run command in the background", BOOL, "d"),
        VARIABLES, VARIABLES_FILE, INTERACTIVE, TTY,
        Flag("user", 'Username or UID (format: "<name|uid>[:<group|gid>]")', STRING, "u"),
        WORKDIR,
        *refused("there is nothing to detach from", "detach-keys"),
        *refused("no process is started that could have privileges", "privileged!"),
    ),
)  # fmt: skip
def exec_(
    console: Console, name: str, *words: str, detach: bool, env: Sequence[str], env_file: Sequence[str],
    interactive: bool, tty: bool, user: str, workdir: str,
) -> int:  # fmt: skip
    """Execute a command in a running container"""
    if interactive and tty and not console.stdin.isatty():
        raise errors.NotATerminal
    try:
        ended = console.engine.exec(
            name, words, env=[*variables(console, env_file, env)], user=user, cwd=workdir,
            stdin=console.stdin.read() if interactive else b"",
            out=_nowhere if detach else console.output,
        )  # fmt: skip
    except (errors.ExecFailed, errors.NoSuchUser, errors.NoSuchGroup, errors.NoWorkdir) as failure:
        refusal = (
            errors.NotExecuted(failure.program, failure.why)
            if isinstance(failure, errors.ExecFailed)
            else failure
        )
        console.output("stdout", f"{refusal}\r\n".encode())  # as if the program had said it
        return 126
    return 0 if detach else ended.code
