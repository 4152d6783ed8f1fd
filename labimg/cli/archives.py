"""The commands that write and read tars: save, load, import, export."""

import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, LIST, STRING, Flag
from labimg.cli.words import loaded
from labimg.errors import DockerError, NoOutputFolder, NothingOnStdin, NotOpened, OntoTerminal, OutputIsFolder
from labimg.reference import Reference

_OUTPUT = Flag("output", "Write to a file, instead of STDOUT", STRING, "o")


@command(
    "image save", "save", synopsis="[OPTIONS] IMAGE [IMAGE...]", least=1, most=None, flags=(_OUTPUT,)
)  # fmt: skip
def save(console: Console, *names: str, output: str) -> None:
    """Save one or more images to a tar archive (streamed to STDOUT by default)"""
    _pour(console, output, "save image", lambda out: console.engine.save(names, out))


@command("container export", "export", synopsis="[OPTIONS] CONTAINER", least=1, most=1, flags=(_OUTPUT,))
def export(console: Console, name: str, *, output: str) -> None:
    """Export a container's filesystem as a tar archive"""
    _pour(console, output, "export container", lambda out: console.engine.export(name, out))


def _pour(console: Console, output: str, what: str, write: Callable[[BinaryIO], None]) -> None:
    """Write to the file `output`, whole or not at all, or to stdout."""
    if output:
        with published(Path(output), what) as file:
            write(file)
    elif console.stdout.isatty():
        raise OntoTerminal(verb=what.split()[0])
    else:
        whole = io.BytesIO()
        write(whole)
        console.stdout.write(whole.getbuffer())


@contextmanager
def published(path: Path, what: str) -> Iterator[BinaryIO]:
    """A file that appears under its name when it is complete, readable by its owner alone."""
    if not path.parent.is_dir():
        raise NoOutputFolder(str(path.parent), what=what)
    if path.is_dir():
        raise OutputIsFolder(what=what)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".tmp-{path.name}", delete=False) as file:
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
    """The file at `path`, or stdin for "" and "-"."""
    if path in ("", "-"):
        yield console.stdin
        return
    try:
        with open(path, "rb") as file:
            yield file
    except FileNotFoundError:
        raise NotOpened(path) from None


@command(
    "image load", "load",
    synopsis="[OPTIONS]",
    flags=(
        Flag("input", "Read from tar archive file, instead of STDIN", STRING, "i"),
        Flag("quiet", "Suppress the load output", BOOL, "q"),
    ),
)  # fmt: skip
def load(console: Console, *, input: str, quiet: bool) -> None:
    """Load an image from a tar archive or STDIN"""
    if not input and console.stdin.isatty():
        raise NothingOnStdin
    with opened(console, input) as stream:
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
    if reference:
        Reference.typed(reference)
    with opened(console, source) as stream:
        image_id = console.engine.import_(
            stream, reference, changes=change, message=message, platform=platform
        )
    console.say(image_id)
