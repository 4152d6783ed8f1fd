"""The commands about containers that are there: list, stop, remove, look into, commit."""

from collections.abc import Callable, Iterable, Sequence

from labimg.cli.command import PROG, command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, INT, LIST, STRING, Flag
from labimg.cli.options import FILTERS, LIST_FORMAT, NO_TRUNC, UNTIL, YES
from labimg.cli.rows import CONTAINERS, container
from labimg.cli.words import reclaimed
from labimg.errors import BadSignal, DigestAsTag, DockerError, NotFound, NotRenamed
from labimg.filters import Filters
from labimg.reference import Reference

_SIGNALS = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN "
    "TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split()
_SIGNAL = Flag("signal", "Signal to send to the container", STRING, "s")


def _each(console: Console, names: Iterable[str], act: Callable[[str], object]) -> list[DockerError]:
    """Do it to each, say whom it was done to, and complain about the others at the end."""
    errors = []
    for name in names:
        try:
            act(name)
        except DockerError as error:
            errors.append(error)
        else:
            console.say(name)
    console.complain(errors)
    return errors


@command(
    "container ls", "container list", "container ps", "ps",
    synopsis="[OPTIONS]",
    flags=(
        Flag("all", "Show all containers (default shows just running)", BOOL, "a"),
        FILTERS, LIST_FORMAT,
        Flag("last", "Show n last created containers (includes all states)", INT, "n", default=-1),
        Flag("latest", "Show the latest created container (includes all states)", BOOL, "l"),
        NO_TRUNC,
        Flag("quiet", "Only display container IDs", BOOL, "q"),
        Flag("size", "Display total file sizes", BOOL, "s"),
    ),
)  # fmt: skip
def ps(
    console: Console, *, all: bool, filter: Filters, format: str, last: int, latest: bool, no_trunc: bool,
    quiet: bool, size: bool,
) -> None:  # fmt: skip
    """List containers"""
    found = console.engine.ps(filters=filter, all=all, last=1 if latest else max(last, 0))
    template = CONTAINERS.template(format, quiet=quiet)
    if size and template == CONTAINERS.template(""):
        template += "\t{{.Size}}"
    if size and template == CONTAINERS.raw:
        template += "size: {{.Size}}\n"
    whole = size or "{{.Size}}" in template
    shown = [container(row, now=console.now, trunc=not no_trunc, size=whole) for row in found]
    console.say(CONTAINERS.render(template, shown), end="")


@command(
    "container stop", "stop",
    synopsis="[OPTIONS] CONTAINER [CONTAINER...]",
    least=1,
    most=None,
    flags=(_SIGNAL, Flag("timeout", "Seconds to wait before killing the container", INT, "t")),
)  # fmt: skip
def stop(console: Console, *names: str, signal: str, timeout: int) -> int:
    """Stop one or more running containers"""
    return bool(_each(console, names, console.engine.stop))


@command(
    "container kill", "kill",
    synopsis="[OPTIONS] CONTAINER [CONTAINER...]",
    least=1,
    most=None,
    flags=(_SIGNAL,),
)  # fmt: skip
def kill(console: Console, *names: str, signal: str) -> int:
    """Kill one or more running containers"""
    number = _signal(signal or "KILL")
    return bool(_each(console, names, lambda name: console.engine.kill(name, number)))


def _signal(word: str) -> int:
    """The number of a signal, whether named (with or without SIG) or numbered."""
    name = word.upper().removeprefix("SIG")
    if name in _SIGNALS:
        return _SIGNALS.index(name) + 1
    if word.isdecimal() and 0 < int(word) < 65:
        return int(word)
    raise BadSignal(word)


@command("container pause", "pause", synopsis="CONTAINER [CONTAINER...]", least=1, most=None)
def pause(console: Console, *names: str) -> int:
    """Pause all processes within one or more containers"""
    return bool(_each(console, names, console.engine.pause))


@command("container unpause", "unpause", synopsis="CONTAINER [CONTAINER...]", least=1, most=None)
def unpause(console: Console, *names: str) -> int:
    """Unpause all processes within one or more containers"""
    return bool(_each(console, names, console.engine.unpause))


@command("container rename", "rename", synopsis="CONTAINER NEW_NAME", least=2, most=2)
def rename(console: Console, name: str, wanted: str) -> None:
    """Rename a container"""
    try:
        console.engine.rename(name, wanted)
    except DockerError as error:
        console.complain([error])
        raise NotRenamed(name) from None


@command("container wait", "wait", synopsis="CONTAINER [CONTAINER...]", least=1, most=None)
def wait(console: Console, *names: str) -> int:
    """Block until one or more containers stop, then print their exit codes"""
    errors = []
    for name in names:
        try:
            state = console.engine.inspect_container(name)["State"]
            if state["Running"]:
                console.warn(f"({name} runs on; where Docker would wait, {PROG} does not)")
            else:
                console.say(str(state["ExitCode"]))
        except DockerError as error:
            errors.append(error)
    console.complain(errors)
    return bool(errors)


@command(
    "container rm", "container remove", "rm",
    synopsis="[OPTIONS] CONTAINER [CONTAINER...]",
    least=1,
    most=None,
    flags=(
        Flag("force", "Force the removal of a running container (uses SIGKILL)", BOOL, "f"),
        Flag("volumes", "Remove anonymous volumes associated with the container", BOOL, "v"),
    ),
)  # fmt: skip
def rm(console: Console, *names: str, force: bool, volumes: bool) -> int:
    """Remove one or more containers"""
    errors = _each(console, names, lambda name: console.engine.rm(name, force=force))
    return not all(force and isinstance(error, NotFound) for error in errors)


@command("container prune", synopsis="[OPTIONS]", flags=(UNTIL, YES))
def prune(console: Console, *, filter: Filters, force: bool) -> None:
    """Remove all stopped containers"""
    if not force and not console.confirmed("WARNING! This will remove all stopped containers."):
        return
    found = console.engine.container_prune(filters=filter)
    if found.ids:
        console.say("Deleted Containers:", *found.ids, "")
    console.say(reclaimed(found.reclaimed))


@command(
    "container commit", "commit",
    synopsis="[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
    least=1,
    most=2,
    flags=(
        Flag("author", 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', STRING, "a"),
        Flag("change", "Apply Dockerfile instruction to the created image", LIST, "c"),
        Flag("message", "Commit message", STRING, "m"),
        Flag("pause", "Pause container during commit", BOOL, "p", default=True),
    ),
)  # fmt: skip
def commit(
    console: Console, name: str, reference: str = "", *, author: str, change: Sequence[str], message: str,
    pause: bool,
) -> None:  # fmt: skip
    """Create a new image from a container's changes"""
    if reference and Reference.typed(reference).digest:
        raise DigestAsTag
    console.say(
        console.engine.commit(name, reference, author=author, message=message, changes=change, pause=pause)
    )


@command("container diff", "diff", synopsis="CONTAINER", least=1, most=1)
def diff(console: Console, name: str) -> None:
    """Inspect changes to files or directories on a container's filesystem"""
    for change in console.engine.diff(name):
        console.say(f"{change.kind} {change.path}")


@command(
    "container logs", "logs",
    synopsis="[OPTIONS] CONTAINER",
    least=1,
    most=1,
    flags=(
        Flag("follow", "Follow log output", BOOL, "f"),
        Flag("tail", "Number of lines to show from the end of the logs", STRING, "n", default="all"),
        Flag("timestamps", "Show timestamps", BOOL, "t"),
    ),
)  # fmt: skip
def logs(console: Console, name: str, *, follow: bool, tail: str, timestamps: bool) -> None:
    """Fetch the logs of a container"""
    lines = console.engine.logs(name)
    if tail.isdecimal():
        lines = lines[len(lines) - min(int(tail), len(lines)) :]
    for line in lines:
        stamp = f"{line['time']} " if timestamps else ""
        console.output(line["stream"], f"{stamp}{line['log']}".encode())
