"""One stage of a build: each instruction makes an image of the one before it.

An instruction that only changes the config makes an image with the same layers; RUN,
COPY, ADD and WORKDIR make a layer, if anything changed.  Every one of these images is
kept and remembers what it was built upon: that is the cache, and what `images -a` shows.

Source: moby/builder/dockerfile/dispatchers.go and internals.go at v20.10.24.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from labimg import container, errors
from labimg.build.arguments import Arguments
from labimg.build.cache import Given, probe, reason
from labimg.build.download import check, prove
from labimg.build.events import Cached, Missed, Output, RemovedContainer, RunningIn, Triggers
from labimg.build.mounts import mounts
from labimg.build.place import Manner, anchor, make_folders, owner_of, place
from labimg.build.settings import SHELL, changed, command, commanded, workdir
from labimg.build.sources import Found, Origin, told
from labimg.container.names import pick
from labimg.containers import Container
from labimg.digest import DiffID, ImageID
from labimg.dockerfile import Instruction, expand, parse_trigger, split
from labimg.entry import file
from labimg.errors import DockerError
from labimg.image import Image, child
from labimg.remote import Transport
from labimg.spec import PATH, RunConfig
from labimg.store import Store
from labimg.union import UnionView
from labimg.union.overlay import Overlay

EXPANDED = frozenset("ADD COPY ENV EXPOSE LABEL STOPSIGNAL USER VOLUME WORKDIR ARG".split())


class World(NamedTuple):
    """What a build acts upon and reports to."""

    store: Store
    runner: Callable[[], container.Runner]
    clock: Callable[[], int]
    now: Callable[[], str]  # RFC 3339
    report: Callable[[object], None]
    pull: Callable[[str], ImageID]  # an image that is not here
    web: Callable[[], Transport]  # the way to a file that is not here


class Habits(NamedTuple):
    """How a build goes about its steps."""

    no_cache: bool = False
    cache_from: Sequence[str] = ()  # names of images: without any, all that were built here
    remove: bool = True  # the container of a step that went well
    force_remove: bool = False  # also of one that failed
    escape: str = "\\"
    secrets: Mapping[str, bytes] = MappingProxyType({})


class Stage:
    """The state of a stage between two instructions."""

    def __init__(
        self, world: World, habits: Habits, arguments: Arguments, origins: Callable[[str], Origin]
    ) -> None:
        self.world = world
        self.habits = habits
        self.arguments = arguments
        self.origins = origins  # what COPY copies from: "" is the context, else what --from says
        self.image: ImageID | None = None
        self.config = RunConfig()
        self.maintainer = ""
        self.cmd_set = False
        self.given = Given(world.store, habits.cache_from) if habits.cache_from else None
        self.missed = False  # a step had to be done, so all after it have to be

    def begin(self, base: ImageID | None) -> None:
        """Start from an image, or (None) from scratch, with its ONBUILD instructions."""
        self.image = base
        config = self.world.store.images.find(base).config if base else RunConfig()
        env = list(config.env or ())
        if not any(variable.startswith("PATH=") for variable in env):
            env.append(PATH)
        triggers = config.on_build or ()
        self.config = config._replace(env=env, open_stdin=False, stdin_once=False, on_build=None)
        if triggers:
            self.world.report(Triggers(len(triggers)))
        for trigger in triggers:
            self.step(parse_trigger(trigger))

    def step(self, instruction: Instruction) -> None:
        """Do one instruction."""
        self.config = self.config._replace(image=self.image or "")
        instruction = self._expanded(instruction)
        match instruction.name:
            case "RUN":
                self._run(instruction)
            case "COPY" | "ADD":
                self._copy(instruction)
            case "WORKDIR":
                self._workdir(instruction)
            case "ARG":
                self._arg(instruction)
            case _:
                self._setting(instruction)

    @property
    def _env(self) -> dict[str, str]:
        pairs = [variable.partition("=") for variable in self.config.env or ()]
        return {name: value for name, _, value in pairs}

    def _expanded(self, instruction: Instruction) -> Instruction:
        """The instruction with the values of variables in its words."""
        if instruction.name not in EXPANDED:
            return instruction
        env = self._env | self.arguments.allowed(self._env)
        escape = self.habits.escape
        if instruction.name == "EXPOSE":
            words = [part for word in sorted(instruction.words) for part in split(word, env, escape)]
        elif instruction.name == "ARG":
            parts = [word.partition("=") for word in instruction.words]
            words = [name + equals + expand(value, env, escape) for name, equals, value in parts]
        else:
            words = [expand(word, env, escape) for word in instruction.words]
        flags = [
            flag._replace(value=expand(flag.value, env, escape)) if flag.value else flag
            for flag in instruction.flags
        ]
        return instruction._replace(words=tuple(words), flags=tuple(flags))

    def _setting(self, instruction: Instruction) -> None:
        """An instruction that only changes the config."""
        self.config, comment = changed(self.config, instruction)
        if instruction.name == "MAINTAINER":
            self.maintainer = instruction.words[0]
        self.config, self.cmd_set = commanded(self.config, instruction, cmd_set=self.cmd_set)
        self._remember(comment)

    def _arg(self, instruction: Instruction) -> None:
        for word in instruction.words:
            name, equals, value = word.partition("=")
            self.arguments.declare(name, value if equals else None)
        self._remember("ARG " + instruction.value)

    def _remember(self, comment: str) -> None:
        """Make the image of a step that changes nothing but the config."""
        step = self._commented(comment, apart=True)
        if not self._cached(step):
            self._commit(self._container(step), None)

    def _commented(self, comment: str, *, apart: bool = False) -> RunConfig:
        """The step as history tells it: a command that does nothing, and `comment`."""
        shell = self.config.shell or SHELL
        cmd = [*shell, "#(nop) ", comment] if apart else [*shell, f"#(nop) {comment}"]
        return self.config._replace(cmd=cmd)

    def _cached(self, step: RunConfig) -> bool:
        """Was the step done before?  Then go on from its image."""
        store, report = self.world.store, self.world.report
        if self.habits.no_cache:
            why = "--no-cache was given"
        elif self.missed:
            why = "the step before was done anew"
        elif found := self.given.probe(self.image, step) if self.given else probe(store, self.image, step):
            report(Cached())
            self.image = found
            return True
        elif self.given:
            why = "no image of --cache-from goes on like this"
        else:
            why = reason(store, self.image, step)
        self.missed = True
        report(Missed(why))
        return False

    def _container(self, config: RunConfig) -> Container:
        """A container for a step, in the record until the step is done."""
        store = self.world.store
        container_id = store.name()
        config = config._replace(hostname=container_id[:12])
        if self.image:
            config = config._replace(labels=dict(config.labels or {}))
        words = [word for word in (*(config.entrypoint or ()), *(config.cmd or ())) if word]
        taken = {other.name: other.id for other in store.containers.all()}
        made = Container(
            container_id, pick(container_id, taken), self.world.now(),
            self.image or ImageID(""), words[0], tuple(words[1:]), config, mount_id=store.name(),
        )  # fmt: skip
        top = self._parent.top if self._parent else None
        try:
            made = container.furnished(store, made, top)
        except DockerError as failure:
            raise failure.said_by("stream") from None
        store.containers.put(made, top)
        self.world.report(RunningIn(made.short))
        return made

    @property
    def _parent(self) -> Image | None:
        return self.world.store.images.find(self.image) if self.image else None

    def _commit(self, made: Container, step: RunConfig | None) -> None:
        """Make the image of what a step's container has written, and let the container go."""
        store = self.world.store
        diff_id = container.committed(store, made, self._parent)
        self._keep(diff_id, step or made.config, made.id)
        if self.habits.remove:
            self._discard(made)

    def _discard(self, made: Container) -> None:
        self.world.store.containers.delete(made)
        for name in made.mounts.values():
            self.world.store.volumes.delete(name)
        self.world.report(RemovedContainer(made.short))

    def _keep(self, diff_id: DiffID | None, step: RunConfig, container_id: str) -> None:
        image = child(
            self._parent, config=self.config, container_config=step, created=self.world.now(),
            diff_id=diff_id, container=container_id, author=self.maintainer,
        )  # fmt: skip
        self.image = self.world.store.images.put(image, self.image)

    def _run(self, instruction: Instruction) -> None:
        line = command(self.config, _with_heredocs(instruction))
        allowed = self.arguments.allowed(self._env)
        shown = self.arguments.shown(allowed)
        saved = [f"|{len(shown)}", *shown, *line] if allowed else line
        step = self.config._replace(cmd=saved, entrypoint=None if saved else self.config.entrypoint)
        if self._cached(step):
            return
        env = [*(self.config.env or ()), *(f"{name}={value}" for name, value in allowed.items())]
        mounted = mounts(
            instruction, self.config.working_dir, origins=self.origins, files=self.world.store.files,
            secrets=self.habits.secrets,
        )  # fmt: skip
        made = self._container(
            self.config._replace(cmd=line, env=env, healthcheck={"Test": ["NONE"]}, entrypoint=None)
        )
        try:
            ended = container.start(
                self.world.store, made, self.world.runner(), clock=self.world.clock, stamp=self.world.now,
                out=lambda stream, text: self.world.report(Output(stream, text)), mounted=mounted,
            )  # fmt: skip
        except DockerError as failure:
            self._failed(made)
            failure.exit_code = 1
            raise failure.said_by("stream") from None
        if ended.state.exit_code:
            self._failed(made)
            raise errors.CommandFailed(" ".join(line), ended.state.exit_code)
        self._commit(ended, step)

    def _failed(self, made: Container) -> None:
        if self.habits.force_remove:
            self._discard(made)

    def _workdir(self, instruction: Instruction) -> None:
        self.config, comment = changed(self.config, instruction)
        step = self._commented(comment)
        if self._cached(step):
            return
        make_folders(tree := self._tree(), anchor(tree, self.config.working_dir))  # or there is no container
        made = self._container(step)
        tree = container.mount(self.world.store, made, self.world.clock)
        lower = dict(tree)
        make_folders(tree, anchor(tree, self.config.working_dir))
        container.settle(self.world.store, made, tree, lower)
        self._commit(made, None)

    def _copy(self, instruction: Instruction) -> None:
        name, dest = instruction.name, instruction.words[-1]
        origin = self.origins(instruction.flag("from"))
        inline = {word: doc for word in instruction.words[:-1] if (doc := instruction.inline(word))}
        words = [word for word in instruction.words[:-1] if word not in inline]
        if checksum := instruction.flag("checksum"):
            check(instruction.words[:-1], checksum)
        found = origin.find(name, words, dest) if words else []
        if checksum:
            prove(found[0].entry, checksum)
        env = self._env | self.arguments.allowed(self._env)
        for doc in inline.values():
            text = expand(doc.text, env, self.habits.escape, quotes=False) if doc.expand else doc.text
            entry = file("/" + doc.name, text.encode(), mtime=self.world.clock() // 1_000_000_000)
            found.append(Found(entry.path, entry, "file:" + origin.hash(entry)))
        owner = instruction.flag("chown")
        shown = f"--chown={owner}" if owner else ""
        step = self._commented(f"{name} {shown}{told(found)} in {dest} ")
        if self._cached(step):
            return
        tree = self._tree()
        at = workdir(self.config.working_dir, dest) + (
            "/" if dest.endswith(("/", "/.")) or dest == "." else ""
        )
        place(tree, origin, found, at, _manner(instruction, tree, owner))
        self._keep(container.layered(self.world.store, tree.changes(), self._parent), step, "")

    def _tree(self) -> Overlay:
        layers = self.world.store.layers.stack(self._parent.top if self._parent else None)
        return Overlay(UnionView(layers).tree, self.world.clock)


def _manner(instruction: Instruction, tree: Overlay, owner: str) -> Manner:
    mode, unpack = instruction.flag("chmod"), instruction.flag("unpack").lower()
    kept = None if instruction.flag("from") else (0, 0)
    return Manner(
        owner=owner_of(tree, owner) if owner else kept,
        mode=int(mode, 8) if mode else None,
        exclude=tuple(instruction.options("exclude")),
        parents=instruction.flag("parents") == "true",
        unpack=instruction.name == "ADD" and unpack != "false",
        unpack_fetched=unpack == "true",
    )


def _with_heredocs(instruction: Instruction) -> Instruction:
    """RUN with its heredocs: alone, one is the script; else the shell reads them after the line."""
    if not instruction.heredocs:
        return instruction
    line = instruction.value
    if len(instruction.heredocs) == 1 and instruction.inline(line):
        return instruction._replace(words=(instruction.heredocs[0].text,))
    return instruction._replace(
        words=(line + "".join(f"\n{doc.content}{doc.name}" for doc in instruction.heredocs),)
    )
