"""The commands about containers that are there: list, stop, remove, look into, commit."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from labimg import errors, units
from labimg.cli.command import PROG, command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, INT, LIST, SECONDS, STRING, Flag
from labimg.cli.options import FILTERS, LIST_FORMAT, NO_TRUNC, UNTIL, YES, refused
from labimg.cli.rows import CONTAINERS, container
from labimg.cli.words import reclaimed
from labimg.container import signals
from labimg.errors import DockerError, NotFound
from labimg.filters import Filters
from labimg.reference import Reference

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
    if format:
        if quiet:
            console.warn("WARNING: Ignoring custom format, because both --format and --quiet are set.")
        _tried(format)
    found = console.engine.ps(filters=filter, all=all, last=1 if latest else max(last, 0))
    template = CONTAINERS.template(format if not quiet or format == "raw" else "", quiet=quiet)
    if size and template == CONTAINERS.template(""):
        template += "\t{{.Size}}"
    if size and template == CONTAINERS.raw:
        template += "size: {{.Size}}\n"
    whole = size or "{{.Size}}" in template
    fields = container(now=console.now, trunc=not no_trunc, size=whole)
    console.say(CONTAINERS.render(template, found, fields), end="")


def _tried(template: str) -> None:
    """Try a format on a container of which nothing is known, as Docker's client does it for `ps` alone.

    Raises:
        UntriedTemplate: it is none, or asks for what there is not.
    """
    from labimg.cli.gotemplate import Function, Row, Template, TemplateError

    doing = "parse"
    try:
        made = Template(template)
        doing = "execute"
        blank = dict.fromkeys(CONTAINERS.headings, str)
        made.render(Row(CONTAINERS.type, {**blank, "Label": Function(lambda name: "", ("string",))}))
    except TemplateError as error:
        raise errors.UntriedTemplate(doing, str(error)) from None


@command(
    "container stop", "stop",
    synopsis="[OPTIONS] CONTAINER [CONTAINER...]",
    least=1,
    most=None,
    flags=(
        _SIGNAL,
        Flag("time", "", SECONDS, hidden=True),
        Flag("timeout", "Seconds to wait before killing the container", SECONDS, "t"),
    ),
)  # fmt: skip
def stop(console: Console, *names: str, signal: str, time: int | None, timeout: int | None) -> int:
    """Stop one or more running containers"""
    if time is not None:
        console.say("Flag --time has been deprecated, use --timeout instead")
        if timeout is not None:
            raise errors.TwoTimeouts
    return bool(_each(console, names, lambda name: console.engine.stop(name, signal)))


@command(
    "container kill", "kill",
    synopsis="[OPTIONS] CONTAINER [CONTAINER...]",
    least=1,
    most=None,
    flags=(_SIGNAL,),
)  # fmt: skip
def kill(console: Console, *names: str, signal: str) -> int:
    """Kill one or more running containers"""
    number = signals.number(signal or "KILL")

    def one(name: str) -> None:
        try:
            console.engine.kill(name, number)
        except errors.NoSuchContainer as error:
            raise errors.NotKilled(name, error) from None

    return bool(_each(console, names, one))


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
    if not name.strip() or not wanted.strip():
        raise errors.NoNewName
    try:
        console.engine.rename(name, wanted)
    except DockerError as error:
        console.complain([error])
        raise errors.NotRenamed(name) from None


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
        *refused("no container is connected to another", "link/l!"),
    ),
)  # fmt: skip
def rm(console: Console, *names: str, force: bool, volumes: bool) -> int:
    """Remove one or more containers"""
    known = {name: _known(console, name) for name in names} if len(names) > 1 else {}
    gone: set[str] = set()

    def removed(name: str) -> None:
        if not name.strip("/"):
            raise errors.NoRemovedName
        if (container_id := known.get(name, "")) in gone:
            raise errors.AlreadyGoing(name)
        console.engine.rm(name, force=force, volumes=volumes)
        gone.update(filter(None, [container_id]))

    failed = _each(console, names, removed)
    return not all(force and isinstance(error, NotFound) for error in failed)


def _known(console: Console, name: str) -> str:
    """The ID of a container, if there is one: all of them are sought before the first is gone."""
    with suppress(DockerError):
        return str(console.engine.inspect_container(name)["Id"])
    return ""


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
    interspersed=False,
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
        raise errors.DigestAsTag
    console.say(
        console.engine.commit(name, reference, author=author, message=message, changes=change, pause=pause)
    )


@command("container diff", "diff", synopsis="CONTAINER", least=1, most=1)
def diff(console: Console, name: str) -> None:
    """Inspect changes to files or directories on a container's filesystem"""
    if not name:
        raise errors.NoComparedName
    for change in console.engine.diff(name):
        console.say(f"{change.kind} {change.path}")


_SINCE = 'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)'


def _moment(console: Console, flag: str, text: str) -> int | None:
    """The moment a flag tells, in ns since the epoch."""
    try:
        return units.moment(text, console.now) if text else None
    except DockerError as cause:
        raise errors.NoMoment(flag, cause) from None


@command(
    "container logs", "logs",
    synopsis="[OPTIONS] CONTAINER",
    least=1,
    most=1,
    flags=(
        Flag("details", "Show extra details provided to logs", BOOL),
        Flag("follow", "Follow log output", BOOL, "f"),
        Flag("since", _SINCE),
        Flag("tail", "Number of lines to show from the end of the logs", STRING, "n", default="all"),
        Flag("timestamps", "Show timestamps", BOOL, "t"),
        Flag("until", _SINCE.replace("since timestamp", "before a timestamp")),
    ),
)  # fmt: skip
def logs(
    console: Console, name: str, *, details: bool, follow: bool, since: str, tail: str, timestamps: bool,
    until: str,
) -> None:  # fmt: skip
    """Fetch the logs of a container"""
    found = console.engine.logs(name)
    first, last = (_moment(console, *told) for told in (("since", since), ("until", until)))
    lines = [
        line
        for line in found
        if (first is None or first <= units.parse_time(line["time"]))
        and (last is None or units.parse_time(line["time"]) <= last)
    ]
    if tail.isdecimal():
        lines = lines[len(lines) - min(int(tail), len(lines)) :]
    for line in lines:
        stamp = f"{line['time']} " * timestamps + " " * details
        console.output(line["stream"], f"{stamp}{line['log']}".encode())
