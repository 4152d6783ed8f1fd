"""The command that builds: gather the context, tell the steps, give the image's ID."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labimg.build import BuildOptions, Context
from labimg.build.events import ContextSent
from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, STRING, Flag, checked
from labimg.cli.host import walk
from labimg.cli.options import ENV, LABELS
from labimg.cli.progress import built
from labimg.errors import DockerError, InvalidReference, NoContext, NoDockerfile
from labimg.reference import Reference


def _tag(word: str) -> str:
    try:
        return Reference.typed(word).tagged.familiar
    except InvalidReference as error:
        raise ValueError(str(error)) from None


@command(
    "image build", "build", "builder build",
    synopsis="[OPTIONS] PATH | URL | -",
    least=1,
    most=1,
    flags=(
        Flag("build-arg", "Set build-time variables", ENV),
        Flag("file", 'Name of the Dockerfile (Default is "PATH/Dockerfile")', STRING, "f"),
        Flag("force-rm", "Always remove intermediate containers", BOOL),
        Flag("iidfile", "Write the image ID to the file"),
        Flag("label", "Set metadata for an image", LABELS),
        Flag("no-cache", "Do not use cache when building the image", BOOL),
        Flag("pull", "Always attempt to pull a newer version of the image", BOOL),
        Flag("quiet", "Suppress the build output and print image ID on success", BOOL, "q"),
        Flag("rm", "Remove intermediate containers after a successful build", BOOL, default=True),
        Flag("tag", 'Name and optionally a tag in the "name:tag" format', checked(_tag), "t"),
        Flag("target", "Set the target build stage to build."),
        Flag("why", "Say of each step why it is not taken from the cache", BOOL, hidden=True),
    ),
)  # fmt: skip
def build(console: Console, place: str, *, quiet: bool, why: bool, iidfile: str, **flags: Any) -> None:
    """Build an image from a Dockerfile"""
    context, dockerfile, text = _gathered(console, place, flags["file"])
    options = BuildOptions(
        dockerfile=dockerfile,
        text=text,
        tags=flags["tag"],
        build_args=_pairs(console, flags["build_arg"]),
        labels=_pairs(console, flags["label"]),
        target=flags["target"],
        no_cache=flags["no_cache"],
        pull=flags["pull"],
        remove=flags["rm"],
        force_remove=flags["force_rm"],
    )
    log = io.BytesIO()

    def tell(event: Any) -> None:
        (log if quiet else console.stdout).write(built(event, why=why))

    try:
        with console.listening(tell):
            tell(ContextSent(context.size))
            image_id = console.engine.build(context, options=options)
    except DockerError:
        console.warn(log.getvalue().decode("utf-8", "surrogateescape"), end="")
        raise
    if quiet:
        console.say(image_id)
    if iidfile:
        Path(iidfile).write_text(image_id, encoding="utf-8")


def _pairs(console: Console, words: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE; a name alone has the value it has in the environment, or none."""
    pairs = {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals:
            pairs[name] = value
        elif name in console.env:
            pairs[name] = console.env[name]
    return pairs


def _gathered(console: Console, place: str, dockerfile: str) -> tuple[Context, str, str | None]:
    """The context, the Dockerfile's name in it, and its text if it comes from elsewhere."""
    if place == "-":
        return _piped(console.stdin.read(), dockerfile or "Dockerfile")
    folder = Path(place)
    if not folder.is_dir():
        raise NoContext(place)
    name, text = dockerfile or "Dockerfile", None
    if dockerfile == "-":
        name, text = "Dockerfile", console.stdin.read().decode("utf-8", "surrogateescape")
    else:
        path = Path(dockerfile) if dockerfile else folder / "Dockerfile"
        if not path.is_file():
            raise NoDockerfile(str(path.absolute()))
        if path.resolve().is_relative_to(folder.resolve()):
            name = path.resolve().relative_to(folder.resolve()).as_posix()
        else:
            name, text = path.name, path.read_text("utf-8", "surrogateescape")
    return Context.of({entry.path: entry for entry in walk(folder)}, name), name, text


def _piped(data: bytes, dockerfile: str) -> tuple[Context, str, str | None]:
    """A context from stdin: a tar, compressed or not, or else a Dockerfile alone."""
    if _packed(data):
        return Context.from_tar(io.BytesIO(data), dockerfile), dockerfile, None
    return Context.from_texts({"Dockerfile": data}), "Dockerfile", None


def _packed(data: bytes) -> bool:
    magics = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
    return data.startswith(magics) or data[257:262] == b"ustar"
