"""The command that copies between a container and the host.

Where DEST is a directory the source goes into it; else DEST is its new name.  `DIR/.` is what is in DIR.
https://docs.docker.com/reference/cli/docker/container/cp/
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from labimg import errors, tarstream
from labimg.build import Context
from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, Flag
from labimg.cli.host import entry, walk
from labimg.entry import Entry, moved
from labimg.errors import DockerError
from labimg.units import human_size


class Place(NamedTuple):
    """One end of a copy: a path on the host (`container` is "") or in a container."""

    container: str
    path: str

    @property
    def folder(self) -> bool:
        """Does it say that it is a directory?"""
        return self.path.endswith(("/", "/.")) or self.path in ("", ".")

    @property
    def inside(self) -> bool:
        """Does it mean what is in the directory, without the directory?"""
        return self.path == "." or self.path.endswith("/.")


def place(text: str) -> Place:
    """`CONTAINER:PATH`, or a path of the host if a slash or a dot begins it."""
    container, colon, path = text.partition(":")
    if not colon or text.startswith(("/", ".")) or os.path.isabs(text):
        return Place("", text)
    return Place(container, path)


@command(
    "container cp", "cp",
    synopsis=("[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-", "[OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH"),
    least=2,
    most=2,
    flags=(
        Flag("archive", "Archive mode (copy all uid/gid information)", BOOL, "a"),
        Flag("follow-link", "Always follow symbol link in SRC_PATH", BOOL, "L"),
        Flag(
            "quiet",
            "Suppress progress output during copy. Progress output is automatically suppressed if no "
            "terminal is attached",
            BOOL, "q",
        ),
    ),
)  # fmt: skip
def cp(console: Console, source: str, target: str, *, archive: bool, follow_link: bool, quiet: bool) -> None:
    """Copy files/folders between a container and the local filesystem

    Use '-' as the source to read a tar archive from stdin
    and extract it to a directory destination in a container.
    Use '-' as the destination to stream a tar archive of a
    container source to stdout.
    """
    for end, text in (("source", source), ("destination", target)):
        if not text:
            raise errors.EmptyCopyPath(end)
    here, there = place(source), place(target)
    if here.container and there.container:
        raise errors.CopyBetween
    if here.container:
        copied = _out(console, here, target, follow=follow_link)
    elif there.container:
        copied = _in(console, source, there, follow=follow_link, keep=archive)
    else:
        raise errors.CopyWithout
    if not quiet and target != "-" and console.stderr.isatty():
        console.warn(f"Successfully copied {human_size(copied, 3)} to {target}")


def _in(console: Console, source: str, there: Place, *, follow: bool, keep: bool) -> int:
    """From the host into a container; give the bytes of the files."""
    if source == "-":
        old = _stat(console, there)
        if old is None or not old.is_dir:
            raise errors.NotUnpacked(there.container, there.path)
        folder, entries = there.path, list(Context.from_tar(console.stdin).tree.values())
    else:
        entries = _gathered(source, follow=follow)
        old, inside = _stat(console, there), Place("", source).inside
        folder, entries = _aimed(entries, there.path, old, inside=inside, said=there.folder)
    if not there.path:
        raise errors.NoPath
    console.engine.copy_in(there.container, folder or "/", entries, keep_owner=keep)
    return sum(found.size for found in entries)


def _stat(console: Console, there: Place) -> Entry | None:
    """What stands there; whatever is wrong with the place will be said when something is put there."""
    with suppress(DockerError):
        return console.engine.stat(there.container, there.path, follow=True) if there.path else None
    return None


def _gathered(source: str, *, follow: bool) -> list[Entry]:
    """A file of the host, or a directory and all below it, under its own name."""
    path = Path(source.removesuffix("/.") or "/")
    path = path.resolve() if follow or source.endswith("/") else path.absolute()
    try:
        top = entry(path, f"/{path.name}")
    except FileNotFoundError:
        raise errors.NothingToCopy(f"{path.parent}/{path.name}") from None
    if top is None:
        return []
    return [top, *walk(path, f"/{path.name}")] if top.is_dir else [top]


def _aimed(
    entries: Sequence[Entry], path: str, old: Entry | None, *, inside: bool, said: bool
) -> tuple[str, list[Entry]]:
    """The folder to copy into, and the entries under the names they get there.

    Raises:
        NoSuchFolder: a file is to go into a directory that is not there.
        NotAFolder: a directory is to go onto a file.
    """
    top = entries[0]
    if old is not None and old.is_dir:
        return path, _renamed(entries, "") if inside and top.is_dir else list(entries)
    if top.is_dir and old is not None:
        raise errors.NotAFolder(path)
    if said and not top.is_dir:
        raise errors.NoSuchFolder(path)
    folder, _, name = path.rstrip("/").rpartition("/")
    return folder, _renamed(entries, f"/{name}")


def _renamed(entries: Iterable[Entry], name: str) -> list[Entry]:
    """`entries` with another name for the first of them; with none, only what is in it."""
    whole = list(entries)
    renamed = list(moved(whole, whole[0].path, name))
    return renamed if name else renamed[1:]


def _out(console: Console, here: Place, target: str, *, follow: bool) -> int:
    """From a container to the host, or as a tar to stdout; give the bytes of the files."""
    path = Path(target)
    if target != "-" and not path.absolute().parent.is_dir():
        raise errors.NoCopyFolder(str(path.absolute().parent))
    if not here.path:
        raise errors.NoPath
    entries = console.engine.copy_out(here.container, here.path.removesuffix("/.") or "/", follow=follow)
    if target == "-":
        tarstream.write(entries, console.stdout)
        return 0
    if path.is_dir():
        old: Entry | None = Entry("/", "dir")
    else:
        old = Entry("/", "file") if path.exists() else None
    folder, entries = _aimed(
        entries, path.absolute().as_posix(), old, inside=here.inside, said=Place("", target).folder
    )
    placed = [(found, Path((folder or "") + found.path)) for found in entries]
    for pair in placed:
        _write(*pair)
    for pair in reversed(placed):
        _finish(*pair)
    return sum(found.size for found in entries)


def _write(found: Entry, path: Path) -> None:
    """Make what `found` is at `path`; devices and pipes are left out."""
    match found.kind:
        case "dir":
            path.mkdir(exist_ok=True)
        case "symlink":
            path.unlink(missing_ok=True)
            os.symlink(found.target, path)
        case "file":
            path.unlink(missing_ok=True)
            with open(path, "wb") as file:
                file.writelines(found.chunks())


def _finish(found: Entry, path: Path) -> None:
    """Mode and time, once nothing more is written there."""
    if found.kind in ("dir", "file"):
        path.chmod(found.mode & 0o777)
        os.utime(path, (found.mtime, found.mtime))
