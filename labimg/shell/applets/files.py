"""Programs that make, copy, move and delete files."""

import errno
import posixpath
import re

import labimg.shell.mode as mode
from labimg.entry import Entry, Kind
from labimg.shell.applets.copying import Copy
from labimg.shell.kernel import join, why
from labimg.shell.machine import Call, Usage, applet
from labimg.shell.options import operands, options
from labimg.shell.when import parse


@applet("cat")
def cat(call: Call) -> int:
    """Print files one after the other."""
    found = options(call, "nbsuvetAET")
    status, number = 0, 0
    for path in found.operands or ["-"]:
        try:
            data = call.open(path).read()
        except OSError as error:
            if call.busybox and error.errno == errno.EISDIR:
                status = call.complain(f"read error: {why(error)}")
            elif call.busybox:
                status = call.complain(f"can't open '{path}': {why(error)}")
            else:
                status = call.refuse(path, error)
            continue
        if "n" not in found and "b" not in found:
            call.put(data)
            continue
        for line in data.splitlines(keepends=True):
            number += bool("n" in found or line.strip())
            call.put((f"{number:6}\t".encode() if "n" in found or line.strip() else b"") + line)
    return status


@applet("mkdir")
def mkdir(call: Call) -> int:
    """Make directories."""
    found = options(call, "pm:v", {"parents": "p", "mode": "m", "verbose": "v"})
    status = 0
    for path in operands(call, found):
        try:
            made = _make(call, path, parents="p" in found)
            wanted = mode.changed(found.value("m", "777"), Entry("", mode=0o777), call.kernel.umask)
            if wanted is None:
                raise Usage(f"invalid mode '{found.value('m')}'")
            if "m" in found and made:
                call.kernel.chmod(path, wanted)
            if "v" in found and made:
                call.say(f"mkdir: created directory '{path}'\n")
        except OSError as error:
            status = call.cannot("create directory", path, error)
    return status


def _make(call: Call, path: str, *, parents: bool) -> bool:
    """Make one directory; with `parents` also those above it, and no fuss if it is there."""
    if parents:
        above = posixpath.dirname(path.rstrip("/"))
        if above and call.kernel.find(above) is None:
            _make(call, above, parents=True)
        there = call.kernel.find(path)
        if there is not None and there.is_dir:
            return False
    call.kernel.mkdir(path)
    return True


@applet("rmdir")
def rmdir(call: Call) -> int:
    """Delete empty directories."""
    found = options(call, "pv", {"parents": "p", "ignore-fail-on-non-empty": "i"})
    status = 0
    for path in operands(call, found):
        while path:
            try:
                call.kernel.rmdir(path)
            except OSError as error:
                status = call.unlike(f"failed to remove '{path}': {why(error)}", f"'{path}': {why(error)}")
                break
            path = posixpath.dirname(path.rstrip("/")) if "p" in found else ""
            path = "" if path == "/" else path
    return status


@applet("rm")
def rm(call: Call) -> int:
    """Delete files, and with -r directories."""
    found = options(call, "rRfiv", {"recursive": "r", "force": "f", "verbose": "v"})
    recursive, force = "r" in found or "R" in found, "f" in found
    if not found.operands and not force:
        operands(call, found)
    status = 0
    for path in found.operands:
        name = path.rstrip("/").rpartition("/")[2]
        if name in (".", "..") or not path.strip("/"):
            if path.strip("/"):
                status = call.unlike(
                    f"refusing to remove '.' or '..' directory: skipping '{path}'",
                    "can't remove '.' or '..'",
                )
            else:
                status = call.unlike(
                    "it is dangerous to operate recursively on '/'",
                    "can't remove '/': Device or resource busy",
                )
            continue
        try:
            _delete(call, path, recursive=recursive)
        except OSError as error:
            if force and error.errno in (errno.ENOENT, errno.ENOTDIR):
                continue
            if error.errno == errno.EISDIR and call.busybox:
                status = call.complain(f"'{path}' is a directory")
            else:
                status = call.cannot("remove", error.filename or path, error)
    return status


def _delete(call: Call, path: str, *, recursive: bool) -> None:
    entry = call.kernel.stat(path, follow=False)
    if entry.is_dir and not recursive:
        raise IsADirectoryError(errno.EISDIR, "Is a directory", path)
    if not entry.is_dir:
        call.kernel.unlink(path)
        return
    for name in call.kernel.names(path):
        _delete(call, join(path, name), recursive=True)
    call.kernel.rmdir(path)


@applet("unlink")
def unlink(call: Call) -> int:
    """Delete one file."""
    path = operands(call, options(call, ""))[0]
    try:
        call.kernel.unlink(path)
    except OSError as error:
        return call.cannot("unlink", path, error)
    return 0


@applet("touch")
def touch(call: Call) -> int:
    """Set files' times to now; make those that are missing."""
    found = options(call, "camd:t:r:h", {"no-create": "c", "date": "d", "reference": "r"})
    paths = operands(call, found)
    moment: int | None = call.machine.now()
    if "r" in found:
        moment = call.kernel.stat(found.value("r")).mtime
    elif "d" in found or "t" in found:
        moment = parse(found.value("d") or found.value("t"), call.machine.now(), stamp="t" in found)
    if moment is None:
        return call.unlike(
            f"invalid date format '{found.value('d') or found.value('t')}'",
            f"invalid date '{found.value('d') or found.value('t')}'",
        )
    status = 0
    for path in paths:
        try:
            if call.kernel.find(path) is None:
                if "c" in found:
                    continue
                call.kernel.write(path, b"", append=True)
            if moment != call.kernel.stat(path).mtime:
                call.kernel.utime(path, moment)
        except OSError as error:
            status = call.unlike(f"cannot touch '{path}': {why(error)}", f"{path}: {why(error)}")
    return status


@applet("cp")
def cp(call: Call) -> int:
    """Copy files, and with -r directories."""
    found = options(
        call, "rRapdfiLPHTtuvnl",
        {"recursive": "r", "archive": "a", "preserve": "p", "force": "f", "no-dereference": "P",
         "verbose": "v"},
    )  # fmt: skip
    sources, target = _ends(call, found.operands, "file")
    into = _directory(call, target, len(sources))
    if into is None:
        return 1
    archive = "a" in found
    recursive = archive or "r" in found or "R" in found
    copy = Copy(
        call, recursive=recursive, times=archive or "p" in found, owner=archive or "p" in found,
        links="L" not in found and (recursive or "d" in found or "P" in found), force="f" in found,
        told="v" in found,
    )  # fmt: skip
    status = 0
    for source in sources:
        place = join(target, posixpath.basename(source.rstrip("/"))) if into and "T" not in found else target
        status = copy(source, place) or status
    return status


@applet("mv")
def mv(call: Call) -> int:
    """Move or rename files and directories."""
    found = options(call, "finTtvu", {"force": "f", "verbose": "v"})
    sources, target = _ends(call, found.operands, "file")
    into = _directory(call, target, len(sources))
    if into is None:
        return 1
    status = 0
    for source in sources:
        place = join(target, posixpath.basename(source.rstrip("/"))) if into and "T" not in found else target
        status = _move(call, source, place) or status
    return status


def _move(call: Call, source: str, place: str) -> int:
    kernel = call.kernel
    try:
        kernel.stat(source, follow=False)
    except OSError as error:
        return call.unlike(f"cannot stat '{source}': {why(error)}", f"can't rename '{source}': {why(error)}")
    if kernel.find(place, follow=False) and kernel.path(source, follow=False) == kernel.path(
        place, follow=False
    ):
        return call.complain(f"'{source}' and '{place}' are the same file")
    try:
        kernel.rename(source, place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            if error.errno == errno.EINVAL and not call.busybox:
                return call.complain(f"cannot move '{source}' to a subdirectory of itself, '{place}'")
            return call.unlike(
                f"cannot move '{source}' to '{place}': {why(error)}", f"can't rename '{source}': {why(error)}"
            )
        # A directory of a lower layer cannot be renamed: mv copies it, then deletes it.
        status = Copy(call, recursive=True, times=True, owner=True, links=True, force=True, told=False)(
            source, place
        )
        if status == 0:
            _delete(call, source, recursive=True)
        return status
    return 0


@applet("ln")
def ln(call: Call) -> int:
    """Make links: hard ones, with -s symbolic ones."""
    found = options(call, "sfnTvrib", {"symbolic": "s", "force": "f", "no-dereference": "n"})
    words = list(operands(call, found))
    target = words.pop() if len(words) > 1 else posixpath.basename(words[0])
    there = call.kernel.find(target, follow="n" not in found)
    into = there is not None and there.is_dir and "T" not in found
    if len(words) > 1 and not into:
        return call.complain(f"target '{target}' is not a directory")
    status = 0
    for word in words:
        place = join(target, posixpath.basename(word.rstrip("/"))) if into else target
        try:
            if "f" in found and call.kernel.find(place, follow=False):
                call.kernel.unlink(place)
            if "s" in found:
                call.kernel.symlink(word, place)
            else:
                _hard(call, word, place)
        except OSError as error:
            if "s" in found:
                deed = f"failed to create symbolic link '{place}': {why(error)}"
            elif call.kernel.find(word, follow=False) is None:
                deed = f"failed to access '{word}': {why(error)}"
                place = word
            else:
                deed = f"failed to create hard link '{place}' => '{word}': {why(error)}"
            status = call.unlike(deed, f"{place}: {why(error)}")
    return status


def _hard(call: Call, word: str, place: str) -> None:
    if call.kernel.stat(word, follow=False).is_dir:
        raise PermissionError(errno.EPERM, "hard link not allowed for directory", word)
    call.kernel.link(word, place)


def _ends(call: Call, words: list[str], kind: str) -> tuple[list[str], str]:
    """What is copied, and where to.

    Raises:
        Usage: one of them is missing.
    """
    if not words:
        raise Usage("" if call.busybox else f"missing {kind} operand")
    if len(words) == 1:
        raise Usage("" if call.busybox else f"missing destination file operand after '{words[0]}'")
    return words[:-1], words[-1]


def _directory(call: Call, target: str, count: int) -> bool | None:
    """Is the target a directory to put things in?  None, with a complaint, if it had to be one."""
    there = call.kernel.find(target)
    if there is not None and there.is_dir:
        return True
    if count > 1 or target.endswith("/"):
        reason = "Not a directory" if there else "No such file or directory"
        if count == 1:
            call.unlike(
                f"cannot create regular file '{target}': Not a directory",
                f"can't create '{target}': Not a directory",
            )
            return None
        call.unlike(f"target '{target}': {reason}", f"target '{target}' is not a directory")
        return None
    return False


@applet("mkfifo")
def mkfifo(call: Call) -> int:
    """Make fifos."""
    for path in operands(call, options(call, "m:")):
        call.kernel.mknod(path, "fifo", 0o666)
    return 0


@applet("mknod")
def mknod(call: Call) -> int:
    """Make a device or a fifo."""
    words = operands(call, options(call, "m:"), 2)
    kinds: dict[str, Kind] = {"c": "char", "u": "char", "b": "block", "p": "fifo"}
    if words[1] not in kinds:
        raise Usage(f"invalid device type '{words[1]}'")
    numbers = [int(word) for word in words[2:4] if re.fullmatch(r"\d+", word)]
    device = (numbers[0], numbers[1]) if len(numbers) == 2 else (0, 0)
    call.kernel.mknod(words[0], kinds[words[1]], 0o666, device)
    return 0
