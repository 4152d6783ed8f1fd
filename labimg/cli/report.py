"""The command that makes a page about an image."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from labimg import tarstream
from labimg.archive.load import Loaded, LoadedID
from labimg.cli.archives import published
from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import STRING, Flag
from labimg.entry import Entry
from labimg.errors import DockerError

if TYPE_CHECKING:
    from labimg.engine import Engine
    from labimg.show.findings import Findings


@command(
    "report",
    synopsis="[OPTIONS] IMAGE|ARCHIVE|FOLDER",
    least=1,
    most=1,
    ours=True,
    flags=(
        Flag("against", "Compare with this image, archive or folder", STRING),
        Flag("output", "Write to a file, instead of STDOUT", STRING, "o"),
    ),
)  # fmt: skip
def report(console: Console, name: str, *, against: str, output: str) -> None:
    """Write a page about an image: floors, union view, wasted bytes, secrets"""
    from labimg.show.report import report as written

    other = _findings(console, against) if against else None
    page = written(_findings(console, name), against=other).encode()
    if not output:
        console.stdout.write(page)
        return
    with published(output, "write report") as file:
        file.write(page)


def _findings(console: Console, name: str) -> "Findings":
    """What there is to say about an image of the store, or about what lies at a path.

    Raises:
        DockerError: there is neither.
    """
    from labimg.engine import Engine
    from labimg.show.findings import examine

    engine = console.engine
    try:
        engine.find(name)
    except DockerError:
        if not Path(name).exists():
            raise
        engine, told = Engine.memory(), name
        name = _loaded(engine, Path(name))
        return examine(engine.view(name), engine.image(name), name=f"{told} ({name})"[:200])
    return examine(engine.view(name), engine.image(name), name=name)


def _loaded(engine: "Engine", path: Path) -> str:
    """Load an archive, or a folder with an OCI layout; give the name of its first image."""
    if path.is_dir():
        with tempfile.TemporaryFile() as spool:
            tarstream.write(_inside(path), spool)
            spool.seek(0)
            records = engine.load(spool)
    else:
        with path.open("rb") as stream:
            records = engine.load(stream)
    return next(_called(record) for record in records if isinstance(record, Loaded | LoadedID))


def _called(record: Loaded | LoadedID) -> str:
    return str(record[0])


class _OnDisk:
    """A source of bytes that is a file of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`."""
        with self._path.open("rb") as file:
            file.seek(offset)
            return file.read(size)


def _inside(folder: Path) -> Iterator[Entry]:
    """The files of a folder, as an archive of it would hold them."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = f"/{path.relative_to(folder).as_posix()}"
            yield Entry(name, size=path.stat().st_size, source=_OnDisk(path))
