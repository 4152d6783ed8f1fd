"""The table of commands, and the way from the words typed to one of them."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

from labimg.cli.command import DEPRECATED, PROG, Command, Group, UsageError, misused
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, STRING, Flag, FlagError, Kind, parse
from labimg.cli.options import refused

# The rooms of `cli`, and the commands in each under all their names.  A room is entered when one
# of its commands is called: what a command does not need need not be there when it starts.
ROOMS = {
    "running": "run, container run, exec, container exec, create, container create, start, container start",
    "containers": "ps, container ls, container list, container ps, stop, container stop, "
    "kill, container kill, pause, container pause, unpause, container unpause, rename, container rename, "
    "wait, container wait, rm, container rm, container remove, container prune, commit, container commit, "
    "diff, container diff, logs, container logs",
    "build": "build, image build, builder build",
    "registry": "pull, image pull, push, image push, login, logout, search",
    "images": "images, image ls, image list, tag, image tag, rmi, image rm, image remove, image prune, "
    "history, image history",
    "system": "version, info, system info, system df, system prune, system check, builder prune",
    "objects": "image inspect, container inspect, inspect",
    "archives": "save, image save, load, image load, import, image import, export, container export",
    "cp": "cp, container cp",
    "lab": "view, registry serve, doctor, lab",
    "report": "report",
    "teaching": "grade, course check, course diff, course key, course merge, course new, "
    "course source, course tidy",
}
COMMON = "run exec ps build pull push images login logout search version info".split()
GROUPS = {
    "builder": "Manage builds", "container": "Manage containers", "course": "Prepare exercises",
    "image": "Manage images", "registry": "Serve a registry", "system": "Manage Docker",
}  # fmt: skip

_ROOM = {name: room for room, names in ROOMS.items() for name in names.split(", ")}


class _Names(Mapping[str, Command]):
    """The commands by name."""

    def __getitem__(self, name: str) -> Command:
        room = import_module(f"labimg.cli.{_ROOM[name]}")
        return next(
            found for found in vars(room).values() if isinstance(found, Command) and name in found.names
        )

    def __iter__(self) -> Iterator[str]:
        return iter(_ROOM)

    def __len__(self) -> int:
        return len(_ROOM)

    def __contains__(self, name: object) -> bool:
        return name in _ROOM


NAMES = _Names()


def table() -> tuple[Command, ...]:
    """All commands."""
    return tuple({id(command): command for command in NAMES.values()}.values())


_HELP = (Flag("help", "Print usage", BOOL, hidden=True), Flag("", "", BOOL, "h", hidden=True))


def _hub(_: str, word: str) -> str:
    if word not in ("lab", "real"):
        raise ValueError("must be lab or real")
    return word


_HUB = Kind("string", "", _hub)
GLOBAL = (
    *_HELP,
    Flag("debug", "Enable debug mode", BOOL, "D"),
    Flag("hub", "Whose Docker Hub is asked: lab or real (default is LABIMG_HUB, or the lab's own)", _HUB),
    Flag("root", "Folder of the image store (default is LABIMG_ROOT, or one for data of yours)", STRING),
    Flag("version", "Print version information and quit", BOOL, "v"),
    *refused(
        "no daemon is asked, the engine is in this very process",
        "config context/c host/H log-level/l tls! tlscacert tlscert tlskey tlsverify!",
    ),
)
# Docker's commands that are not here: there is no process, no network, no volume with a name, no swarm.
LACKED = frozenset(
    "attach buildx compose config context events manifest network node plugin port restart secret service "
    "stack stats swarm top trust update volume".split()
)


def group(name: str) -> Group:
    """A management command, with the proper name of each of its commands."""
    members = {
        full.removeprefix(f"{name} "): command.summary
        for command in table()
        for full in command.names
        if full.startswith(f"{name} ") and command.proper(full) == full
    }
    return Group(name, GROUPS[name], tuple(sorted(members.items())))


def overview() -> str:
    """What `docker --help` prints."""
    from labimg.cli.usage import commands, options

    plain = {name: command for name, command in NAMES.items() if " " not in name}
    rest = sorted(name for name in plain if name not in COMMON and not plain[name].ours)
    own = [name for name in plain if plain[name].ours]
    blocks = [
        f"Usage:  {PROG} [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n",
        commands("Common Commands", {name: plain[name].summary for name in COMMON}),
        commands("Management Commands", GROUPS),
        commands("Commands", {name: plain[name].summary for name in rest}),
        commands("Lab Commands", {name: plain[name].summary for name in own}),
        f"Global Options:\n{options(GLOBAL)}",
        f"Run '{PROG} COMMAND --help' for more information on a command.\n",
    ]
    return "\n".join(blocks)


def serve(console: Console, words: Sequence[str]) -> int:
    """Do what the `words` after `docker` say; give the exit code.

    Raises:
        UsageError, DockerError, TemplateError: it was called wrongly, or refused.
    """
    try:
        flags, words = parse(GLOBAL, words, interspersed=False)
    except FlagError as error:
        fault = misused(str(error), f"{PROG} [OPTIONS] COMMAND [ARG...]", path=PROG)
        raise UsageError(fault, code=125) from None
    console.debug = flags["debug"]
    if flags["version"] and not words:
        from labimg.cli.system import SPEAKS, ours

        console.say(f"labimg version {ours()}, which speaks as Docker {SPEAKS}")
        return 0
    if flags["help"] or flags["h"]:
        known = words and (" ".join(words[:2]) in NAMES or words[0] in {*NAMES, *GROUPS})
        return _answer(console, _topic(_named(words)) if known else overview(), short=flags["h"])
    if not words:
        console.warn(overview(), end="")
        return 0
    first, *rest = words
    if first == "help":
        return _answer(console, _topic(rest))
    name = " ".join(_named(words))
    if name in NAMES:
        console.name = name
        return NAMES[name].call(console, name, rest[name.count(" ") :])
    if first in GROUPS:
        return _grouped(console, first, rest)
    if {"-h", "--help"} & set(rest):
        return _answer(console, overview())
    fault = "labimg does not carry" if first in LACKED else "unknown command"
    raise UsageError(f"{PROG}: {fault}: {PROG} {first}\n\nRun '{PROG} --help' for more information\n", code=1)


def _named(words: Sequence[str]) -> Sequence[str]:
    """The words that name a command."""
    return words[: 2 if words[0] in GROUPS else 1]


def _grouped(console: Console, name: str, words: Sequence[str]) -> int:
    """A management command without a command it knows."""
    path = f"{PROG} {name}"
    try:
        flags, rest = parse(_HELP, words)
    except FlagError as error:
        raise UsageError(misused(str(error), path, path=path), code=125) from None
    if flags["help"] or flags["h"]:
        return _answer(console, group(name).help(), short=flags["h"])
    if rest:
        fault = "labimg does not carry" if rest[0] in LACKED else "unknown command"
        raise UsageError(misused(f"{PROG}: {fault}: {path} {rest[0]}", path, path=path), code=1)
    console.warn(group(name).help(), end="")
    return 0


def _answer(console: Console, text: str, *, short: bool = False) -> int:
    console.say(*[DEPRECATED] * short, text, end="")
    return 0


def _topic(words: Sequence[str]) -> str:
    """What `docker help COMMAND` prints."""
    name = " ".join(words)
    if not words:
        return overview()
    if name in NAMES:
        return NAMES[name].help(name)
    if name in GROUPS:
        return group(name).help()
    unknown = words[1:] if words[0] in GROUPS else words
    raise UsageError(f"unknown help topic: {' '.join(unknown)}\n", code=1)
