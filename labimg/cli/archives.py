"""The commands that write and read tars: save, load, import, export."""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from labimg import errors
from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, LIST, STRING, Flag, Kind
from labimg.cli.options import ONE_PLATFORM
from labimg.cli.words import loaded
from labimg.errors import DockerError
from labimg.reference import Reference

if TYPE_CHECKING:
    from labimg.archive import Layout

_OUTPUT = Flag("output", "Write to a file, instead of STDOUT", STRING, "o")


def _layout(_: str, word: str) -> str:
    if word not in ("oci", "docker"):
        raise ValueError("must be oci or docker")
    return word


@command(
    "image save", "save", synopsis="[OPTIONS] IMAGE [IMAGE...]", least=1, most=None,
    flags=(
        _OUTPUT,
        Flag("format", "", Kind("string", "oci", _layout), hidden=True),
        Flag("compress", "", BOOL, hidden=True),
        *ONE_PLATFORM,
    ),
)  # fmt: skip
def save(console: Console, *names: str, output: str, format: "Layout", compress: bool) -> None:
    """Save one or more images to a tar archive (streamed to STDOUT by default)"""

    def write(out: BinaryIO) -> None:
        console.engine.save(names, out, layout=format, compress=compress)

    _pour(console, output, "save image", write)


@command("container export", "export", synopsis="[OPTIONS] CONTAINER", least=1, most=1, flags=(_OUTPUT,))
def export(console: Console, name: str, *, output: str) -> None:
    """Export a container's filesystem as a tar archive"""
    _pour(console, output, "export container", lambda out: console.engine.export(name, out))


def _pour(console: Console, output: str, what: str, write: Callable[[BinaryIO], None]) -> None:
    """Write to the file `output`, whole or not at all, or to stdout."""
    if output:
        with published(output, what) as file:
            write(file)
    elif console.stdout.isatty():
        raise errors.OntoTerminal(verb=what.split()[0])
    else:
        import shutil
        import tempfile

        with tempfile.TemporaryFile() as whole:
            write(whole)
            whole.seek(0)
            shutil.copyfileobj(whole, console.stdout)


@contextmanager
def published(path: str, what: str) -> Iterator[BinaryIO]:
    """A file that appears under its name when it is complete, readable by its owner alone."""
    import tempfile

    path = os.path.normpath(path)
    folder, name = os.path.dirname(path) or ".", os.path.basename(path)
    if not os.path.isdir(folder):
        raise errors.NoOutputFolder(folder, what=what)
    if os.path.isdir(path):
        raise errors.OutputIsFolder(what=what)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=f".tmp-{name}", delete=False) as file:
        try:
            yield file  # type: ignore[misc]
            file.close()
            os.replace(file.name, path)
        except BaseException:
            file.close()
            os.unlink(file.name)
            raise


@contextmanager
def opened(console: Console, path: str) -> Iterator[BinaryIO]:
    """The file at `path`, or stdin for "-"."""
    if path == "-":
        yield console.stdin
        return
    try:
        with open(path, "rb") as file:
            yield file
    except FileNotFoundError:
        raise errors.NotOpened(path) from None


@contextmanager
def fetched(console: Console, url: str) -> Iterator[BinaryIO]:
    """The file at `url`; whatever is wrong with it is said in the stream that it comes with."""
    from labimg.remote.web import fetch

    begun = f"Downloading from {url}"
    try:
        data = fetch(url, console.engine.web()).data
    except errors.BrokenOff as error:
        console.say(begun, "")
        raise error.said_by("stream") from None
    console.say(begun)
    try:
        yield io.BytesIO(data)
    except DockerError as error:
        console.say("")
        raise error.said_by("stream") from None


@command(
    "image load", "load",
    synopsis="[OPTIONS]",
    flags=(
        Flag("input", "Read from tar archive file, instead of STDIN", STRING, "i"),
        Flag("quiet", "Suppress the load output", BOOL, "q"),
        *ONE_PLATFORM,
    ),
)  # fmt: skip
def load(console: Console, *, input: str, quiet: bool) -> None:
    """Load an image from a tar archive or STDIN"""
    if not input and console.stdin.isatty():
        raise errors.NothingOnStdin
    with opened(console, input or "-") as stream:
        try:
            records = console.engine.load(stream)
        except DockerError as error:
            raise error.said_by("stream") from None  # it comes after the daemon has said that all is well
    console.say(*loaded(records))


@command(
    "image import", "import",
    synopsis="[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
    least=1,
    most=None,
    flags=(
        Flag("change", "Apply Dockerfile instruction to the created image", LIST, "c"),
        Flag("message", "Set commit message for imported image", STRING, "m"),
        Flag("platform", "Set platform if server is multi-platform capable"),
    ),
)  # fmt: skip
def import_(
    console: Console, source: str, reference: str = "", *_: str, change: Sequence[str], message: str,
    platform: str,
) -> None:  # fmt: skip
    """Import the contents from a tarball to create a filesystem image"""
    from labimg.remote.web import far

    if far(source) and reference:
        Reference.typed(reference)
    with (fetched if far(source) else opened)(console, source) as stream:
        if reference and Reference.typed(reference).digest:
            raise errors.DigestImported
        image_id = console.engine.import_(
            stream, reference, changes=change, message=message, platform=_system(platform)
        )
    console.say(image_id)


def _system(platform: str) -> str:
    """The operating system that a platform names.

    Raises:
        BadPlatform: it is none.
        NotSupported: it is not Linux.
    """
    if not platform:
        return ""
    from labimg.remote.platform import parse

    system = parse(platform).os
    if system != "linux":
        raise errors.NotSupported
    return system
