"""One copy of a file or a tree, as `cp` and `mv` make it."""

import posixpath
from dataclasses import dataclass, field

from labimg.entry import Entry
from labimg.shell.kernel import join, why
from labimg.shell.machine import Call


@dataclass(slots=True, kw_only=True)
class Copy:
    """How to copy; a `Copy` is called with a source and the place of the copy, and gives an exit code."""

    call: Call = field(kw_only=False)
    recursive: bool
    times: bool  # keep times and mode
    owner: bool
    links: bool  # copy symbolic links as links
    force: bool
    told: bool  # print what is done
    _first: dict[str, str] = field(default_factory=dict)  # first name of a file with several -> its copy

    def __call__(self, source: str, place: str) -> int:
        """Copy `source` to `place`."""
        call = self.call
        try:
            entry = call.kernel.stat(source, follow=not self.links)
        except OSError as error:
            return call.cannot("stat", source, error)
        there = call.kernel.find(place, follow=False)
        if there is not None and there.path == entry.path:
            return call.complain(f"'{source}' and '{place}' are the same file")
        if entry.is_dir and not self.recursive:
            return call.unlike(
                f"-r not specified; omitting directory '{source}'", f"omitting directory '{source}'"
            )
        if entry.is_dir:
            return self._directory(source, place, entry)
        try:
            self._file(place, entry, there)
        except OSError as error:
            return (
                call.unlike(
                    f"cannot create regular file '{place}': {why(error)}",
                    f"can't create '{place}': {why(error)}",
                )
                if not isinstance(error, PermissionError) or there is None
                else call.cannot("open", source, error)
            )
        if self.told:
            call.say(f"'{source}' -> '{place}'\n")
        return 0

    def _directory(self, source: str, place: str, entry: Entry) -> int:
        call = self.call
        target = call.kernel.path(place)
        if target == entry.path or target.startswith(entry.path.rstrip("/") + "/"):
            return call.complain(f"cannot copy a directory, '{source}', into itself, '{place}'")
        made = call.kernel.find(place) is None
        try:
            names = call.kernel.names(source)
            if made:
                call.kernel.mkdir(place, entry.mode | 0o700)
        except OSError as error:
            return call.cannot("create directory", place, error)
        status = 0
        for name in names:
            status = self(join(source, name), join(place, name)) or status
        if made:
            self._finish(place, entry)
        return status

    def _file(self, place: str, entry: Entry, there: Entry | None) -> None:
        kernel = self.call.kernel
        if entry.kind == "symlink":
            if there is not None:
                kernel.unlink(place)
            kernel.symlink(entry.target, place)
            if self.times:
                kernel.overlay.utime(kernel.path(place, follow=False), entry.mtime)
            return
        if not entry.is_file and self.recursive:
            kernel.mknod(place, entry.kind, entry.mode, entry.device)
            return
        first = self._first.setdefault(self._identity(entry), place)
        if self.links and self.recursive and first != place:
            kernel.link(first, place)
            return
        if there is not None and self.force and not kernel.allowed(place, 2):
            kernel.unlink(place)
        kernel.write(place, kernel.read(entry.path), mode=entry.mode & 0o7777)
        self._finish(place, entry)

    def _identity(self, entry: Entry) -> str:
        """The one name by which all names of a file are known."""
        return entry.target if entry.kind == "link" else entry.path

    def _finish(self, place: str, entry: Entry) -> None:
        kernel = self.call.kernel
        if self.owner and kernel.uid == 0:
            kernel.chown(place, entry.uid, entry.gid)
        if self.times:
            kernel.chmod(place, entry.mode)
            kernel.utime(place, entry.mtime)


def basename(path: str) -> str:
    """The last part of `path`."""
    return posixpath.basename(path.rstrip("/")) or "/"
