"""build: a Dockerfile becomes an image, step by step, as Docker's classic builder does it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from labimg import dockerfile, errors
from labimg.build import events
from labimg.build.arguments import Arguments
from labimg.build.context import Context
from labimg.build.download import download
from labimg.build.settings import configured
from labimg.build.sources import Origin
from labimg.build.squash import squash
from labimg.build.stage import Habits, Stage, World
from labimg.digest import ImageID
from labimg.dockerfile import Dockerfile, expand
from labimg.errors import DockerError
from labimg.union import UnionView
from labimg.union.overlay import Overlay

__all__ = ["BuildOptions", "Context", "World", "build", "configured", "events"]


class BuildOptions(NamedTuple):
    """What `build` is told besides the context."""

    dockerfile: str = "Dockerfile"  # its path in the context
    text: str | None = None  # the Dockerfile itself, where it comes from elsewhere
    tags: Sequence[str] = ()
    build_args: Mapping[str, str] = MappingProxyType({})
    labels: Mapping[str, str] = MappingProxyType({})
    target: str = ""
    no_cache: bool = False
    cache_from: Sequence[str] = ()  # images whose history may stand for steps
    pull: bool = False
    remove: bool = True
    force_remove: bool = False
    squash: bool = False
    secrets: Mapping[str, bytes] = MappingProxyType({})


def build(world: World, context: Context, options: BuildOptions) -> ImageID:
    """Build the image that the context's Dockerfile describes; each step is reported.

    Raises:
        DockerError: in the parser's, the builder's or a command's words; images made so far stay.
    """
    parsed = dockerfile.parse(_text(context, options), options.dockerfile)
    return _Build(world, context, options, parsed).run()


def _text(context: Context, options: BuildOptions) -> str:
    if options.text is not None:
        return options.text
    path = "/" + options.dockerfile.strip("/")
    if path not in context.tree:
        raise errors.NotLocated(options.dockerfile)
    if context.tree[path].is_dir:
        raise errors.DockerfileIsFolder(path[1:])
    return context.tree[path].read().decode(errors="replace")


class _Build:
    """One build on its way: the stages so far, and the number of the step."""

    def __init__(self, world: World, context: Context, options: BuildOptions, parsed: Dockerfile) -> None:
        self._world = world
        self._options = options
        self._parsed = parsed
        self._stages = parsed.upto(options.target)
        self._done: list[tuple[str, ImageID | None]] = []  # name and image of each stage
        self._step = 0
        self._last_base: ImageID | None = None
        self._arguments = Arguments(options.build_args)
        self._habits = Habits(
            options.no_cache, options.cache_from, options.remove, options.force_remove, parsed.escape,
            options.secrets,
        )  # fmt: skip
        fetch = partial(download, web=world.web, report=world.report)
        self._context = Origin(Overlay(context.visible(options.dockerfile), world.clock), fetch=fetch)
        self._labels = _labels(options.labels)
        self._total = len(parsed.arguments) + sum(1 + len(stage.instructions) for stage in self._stages)
        self._total += len(self._labels)

    def run(self) -> ImageID:
        """Do all stages; give the last one's image."""
        if self._parsed.gaps:
            self._world.report(events.Gaps(self._parsed.gaps))
        for argument in self._parsed.arguments:
            self._announce(argument.text)
            for word in argument.words:
                name, equals, value = word.partition("=")
                default = expand(value, self._arguments.for_from, self._parsed.escape) if equals else None
                self._arguments.declare_before_from(name, default)
        for stage in self._stages:
            self._done.append((stage.name, self._one(stage)))
        image = self._done[-1][1]
        if unused := self._arguments.unused:
            self._world.report(events.Unused(unused))
        if image is None:
            raise errors.NothingBuilt
        if self._options.squash:
            image = squash(self._world, image, self._last_base)
        self._world.report(events.Built(image.short))
        return image

    def _announce(self, text: str) -> None:
        self._step += 1
        self._world.report(events.Step(self._step, self._total, text))

    def _one(self, parsed: dockerfile.Stage) -> ImageID | None:
        if parsed.name and any(parsed.name == name for name, _ in self._done):
            raise errors.StageNameTaken(parsed.name)
        self._announce(parsed.start.text)
        stage = Stage(self._world, self._habits, self._arguments.stage(), self._origin)
        self._last_base = self._base(parsed.base)
        stage.begin(self._last_base)
        self._made(stage)
        last = parsed is self._stages[-1]
        for instruction in [*parsed.instructions, *(self._labels if last else ())]:
            self._announce(instruction.text)
            stage.step(instruction)
            self._made(stage)
        return stage.image

    def _made(self, stage: Stage) -> None:
        self._world.report(events.Made(stage.image.short if stage.image else ""))

    def _base(self, text: str) -> ImageID | None:
        """The image FROM names: an earlier stage, one that is here, or one that is pulled."""
        name = expand(text, self._arguments.for_from, self._parsed.escape)
        if not name:
            raise errors.BlankBase(text)
        for known, image in self._done:
            if known == name.lower():
                return image
        try:
            return None if name == "scratch" else self._image(name)
        except errors.InvalidReference as error:
            raise error.said_by("stream") from None

    def _image(self, name: str) -> ImageID:
        if not self._options.pull:
            with suppress(errors.NoSuchImage):
                return self._world.store.find(name)
        try:
            return self._world.pull(name)
        except DockerError as refused:
            raise refused.said_by("stream") from None

    def _origin(self, text: str) -> Origin:
        """What `--from` means: nothing the context, else a stage by name or number, else an image."""
        if not text:
            return self._context
        image: ImageID | None = None
        named = {name: made for name, made in self._done if name}
        if text.lower() in named:
            image = named[text.lower()]
        elif text.isdecimal():
            if int(text) >= len(self._done):
                raise errors.BadStage(text)
            image = self._done[int(text)][1]
        else:
            try:
                image = self._image(text)
            except DockerError as cause:
                raise errors.BadOrigin(text, cause) from None
        store = self._world.store
        layers = store.layers.stack(store.images.find(image).top) if image else []
        return Origin(Overlay(UnionView(layers).tree, self._world.clock), image=True)


def _labels(labels: Mapping[str, str]) -> tuple[dockerfile.Instruction, ...]:
    """The LABELs that `--label` adds at the end, sorted."""
    return tuple(
        dockerfile.Instruction("LABEL", (f"'{key}'", f"'{value}'"), f"LABEL {key}={value}", 0, 0)
        for key, value in sorted(labels.items())
    )
