"""The command that builds: gather the context, tell the steps, give the image's ID."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labimg import errors
from labimg.build import BuildOptions, Context
from labimg.build.events import ContextSent
from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, STRING, STRINGS, Flag, Kind, checked
from labimg.cli.host import walk
from labimg.cli.options import ENV, LABELS, TRUST, refused
from labimg.cli.progress import built
from labimg.errors import DockerError
from labimg.reference import Reference
from labimg.remote.platform import LINUX, parse
from labimg.units import SECOND


def _tag(word: str) -> str:
    try:
        return Reference.typed(word).tagged.familiar
    except errors.InvalidReference as error:
        raise ValueError(str(error)) from None


def _platform(_: str, word: str) -> str:
    try:
        wanted = parse(word)
    except DockerError as error:
        raise ValueError(str(error)) from None
    if wanted[:2] != LINUX[:2]:
        raise ValueError("labimg does not carry another platform: what is built here is for linux/amd64")
    return word


def _network(_: str, word: str) -> str:
    if word not in ("default", "bridge", "host"):
        raise ValueError("labimg does not carry another network: RUN reaches the lab's own packages alone")
    return word


def _named(word: str) -> str:
    if not any(part.startswith("id=") and len(part) > 3 for part in word.split(",")):
        raise ValueError("a secret has a name: id=NAME,src=FILE")
    return word


_REFUSED = (
    *refused("the context is sent nowhere", "compress!"),
    *refused("RUN knows the lab's own packages alone", "add-host"),
    *refused(
        "no process is started that a kernel could limit",
        "cgroup-parent cpu-period cpu-quota cpu-shares/c cpuset-cpus cpuset-mems isolation memory/m "
        "memory-swap security-opt shm-size ulimit",
    ),
    *refused(
        "the classic builder has them not",
        "allow annotation attest build-context builder cache-to check! load! metadata-file no-cache-filter "
        "output/o progress provenance push! sbom ssh",
    ),
)


@command(
    "image build", "build", "builder build",
    synopsis="[OPTIONS] PATH | URL | -",
    least=1,
    most=1,
    flags=(
        Flag("build-arg", "Set build-time variables", ENV),
        Flag("cache-from", "Images to consider as cache sources", STRINGS), TRUST,
        Flag("file", 'Name of the Dockerfile (Default is "PATH/Dockerfile")', STRING, "f"),
        Flag("force-rm", "Always remove intermediate containers", BOOL),
        Flag("iidfile", "Write the image ID to the file"),
        Flag("label", "Set metadata for an image", LABELS),
        Flag(
            "network", "Set the networking mode for the RUN instructions during build",
            Kind("string", "", _network), default="default",
        ),
        Flag("no-cache", "Do not use cache when building the image", BOOL),
        Flag("platform", "Set platform if server is multi-platform capable", Kind("string", "", _platform)),
        Flag("pull", "Always attempt to pull a newer version of the image", BOOL),
        Flag("quiet", "Suppress the build output and print image ID on success", BOOL, "q"),
        Flag("rm", "Remove intermediate containers after a successful build", BOOL, default=True),
        Flag("secret", "", checked(_named), hidden=True),
        Flag("squash", "Squash newly built layers into a single new layer", BOOL),
        Flag("tag", 'Name and optionally a tag in the "name:tag" format', checked(_tag), "t"),
        Flag("target", "Set the target build stage to build."),
        Flag("why", "Say of each step why it is not taken from the cache", BOOL, hidden=True),
        *_REFUSED,
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
        labels={name: value for name, _, value in (word.partition("=") for word in flags["label"])},
        target=flags["target"],
        no_cache=flags["no_cache"],
        cache_from=flags["cache_from"],
        pull=flags["pull"],
        remove=flags["rm"],
        force_remove=flags["force_rm"],
        squash=flags["squash"],
        secrets=dict(_secret(console, word) for word in flags["secret"]),
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


def _secret(console: Console, word: str) -> tuple[str, bytes]:
    """The name and the bytes of "id=NAME,src=FILE" or "id=NAME,env=VARIABLE".

    Raises:
        NotOpened: there is no such file.
    """
    told = dict(part.partition("=")[::2] for part in word.split(","))
    name = told["id"]
    path = told.get("src") or told.get("source", "")
    variable = told.get("env") or ("" if path else name)
    if variable in console.env or "env" in told:
        return name, console.env.get(variable, "").encode()
    path = path or name
    try:
        return name, Path(path).read_bytes()
    except FileNotFoundError:
        raise errors.NotOpened(path) from None


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
    if place == "-" == dockerfile:
        raise errors.TwiceFromStdin
    if place == "-":
        return _piped(console.stdin.read(), dockerfile or "Dockerfile")
    if place.startswith(("http://", "https://", "git://", "git@", "github.com/")):
        raise errors.FarContext(place)
    folder = Path(place)
    if not place or not folder.exists():
        raise errors.NoContext(place)
    if not folder.is_dir():
        raise errors.ContextIsFile(str(folder.absolute()))
    found = {entry.path: entry for entry in walk(folder)}
    now = console.now // SECOND
    name, text = dockerfile or "Dockerfile", None
    if dockerfile == "-":
        data = console.stdin.read()
        context = Context.of(found, "", now=now).receiving(len(data))
        return context, "Dockerfile", data.decode("utf-8", "surrogateescape")
    else:
        path = Path(dockerfile) if dockerfile else folder / "Dockerfile"
        if not path.exists():
            raise errors.NoDockerfile(str(path.absolute()))
        if path.resolve().is_relative_to(folder.resolve()):
            name = path.resolve().relative_to(folder.resolve()).as_posix()
        else:
            name, text = path.name, path.read_text("utf-8", "surrogateescape")
    return Context.of(found, name, now=now), name, text


def _piped(data: bytes, dockerfile: str) -> tuple[Context, str, str | None]:
    """A context from stdin: a tar, compressed or not, or else a Dockerfile alone."""
    if _packed(data):
        return Context.from_tar(io.BytesIO(data), dockerfile)._replace(size=len(data)), dockerfile, None
    return Context.from_texts({"Dockerfile": data}), "Dockerfile", None


def _packed(data: bytes) -> bool:
    magics = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
    return data.startswith(magics) or data[257:262] == b"ustar"
