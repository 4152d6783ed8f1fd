"""Programs that pack and unpack: tar, gzip, and the sums that name bytes."""

import fnmatch
import gzip as deflate
import posixpath
import re
import time
import zlib
from functools import cached_property

import labimg.shell.mode as mode
from labimg import tarstream
from labimg.digest import checksum
from labimg.entry import Bytes, Entry
from labimg.errors import DockerError
from labimg.shell.kernel import join, why
from labimg.shell.machine import Call, Usage, applet
from labimg.shell.options import Options, operands, options


@applet("tar")
def tar(call: Call) -> int:
    """Pack files into an archive, list it, unpack it."""
    if len(call.argv) > 1 and not call.argv[1].startswith("-"):
        call.argv[1] = "-" + call.argv[1]
    long = {
        "create": "c", "extract": "x", "list": "t", "file": "f", "directory": "C", "gzip": "z",
        "verbose": "v",
        "strip-components": "s", "exclude": "X", "no-same-owner": "o", "numeric-owner": "n",
        "auto-compress": "a",
        "to-stdout": "O", "get": "x", "no-same-permissions": "o", "preserve-permissions": "p",
    }  # fmt: skip
    found = options(call, "cxtf:C:zvjJaps:X:onOhk", long, code=1 if call.busybox else 2)
    action = found.last("cxt")
    if not action:
        if call.busybox:
            raise Usage("")
        raise Usage("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options", 2)
    if action == "c":
        return _pack(call, found)
    name = found.value("f", "-")
    try:
        data = call.open(name).read()
    except OSError as error:
        if call.busybox:
            return call.complain(f"can't open '{name}': {why(error)}")
        call.complain(f"{name}: Cannot open: {why(error)}")
        call.complain("Error is not recoverable: exiting now")
        return 2
    try:
        return _unpack(call, found, data, listing=action == "t")
    except (DockerError, zlib.error, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            call.complain(f"{error.filename}: Cannot open: {why(error)}")
            return 2
        if call.busybox:
            return call.complain("short read" if len(data) < 512 else "invalid tar magic")
        call.complain("This does not look like a tar archive")
        call.complain("Exiting with failure status due to previous errors")
        return 2


def _pack(call: Call, found: Options) -> int:
    kernel = call.kernel.enter(found.value("C")) if "C" in found else call.kernel
    if not found.operands:
        call.unlike("Cowardly refusing to create an empty archive", "empty archive")
        return 1 if call.busybox else 2
    entries: list[Entry] = []
    names: list[str] = []
    called = _Called(call, many=len(found.operands) > 1)
    status = 0
    for word in found.operands:
        try:
            for path in kernel.walk(word):
                if any(
                    fnmatch.fnmatchcase(path, one) or fnmatch.fnmatchcase(posixpath.basename(path), one)
                    for one in found.values("X")
                ):
                    continue
                name = "" if call.busybox else called.name(path)  # GNU's says it before it looks
                entry = kernel.stat(path, follow=False)
                data = kernel.read(path) if entry.is_file else b""
                name = name or called.name(path)
                stored = "/" + name.removeprefix("./")
                kind = "file" if entry.is_file else entry.kind
                entries.append(
                    entry._replace(path=stored, kind=kind, size=len(data), offset=0, source=Bytes(data))
                )
                names.append((name if call.busybox else path) + "/" * entry.is_dir)
                called.link(entry, path)
        except OSError as error:
            call.unlike(f"{word}: Cannot stat: {why(error)}", f"{word}: {why(error)}")
            status = 1 if call.busybox else 2
    packed = tarstream.packed(entry for entry in entries if entry.path not in ("/.", "/"))
    if "z" in found or ("a" in found and found.value("f").endswith("gz")):
        packed = deflate.compress(packed, mtime=0)
    listed = "".join(name + "\n" for name in names) if "v" in found else ""
    if found.value("f", "-") == "-":
        call.put(packed)
        call.warn(listed) if listed else None
    else:
        call.say(listed)
        call.kernel.write(found.value("f"), packed)
    if status:
        call.unlike(
            "Exiting with failure status due to previous errors", "error exit delayed from previous errors"
        )
    return status


class _Called:
    """What files are called in an archive: nothing from the root on, or through "..".

    What is cut off is said: by busybox once, by GNU's tar once of each, and once more of files
    whose other names it looks for, which with several operands are all.
    """

    def __init__(self, call: Call, *, many: bool) -> None:
        self._call, self._many = call, many
        self._said: set[tuple[str, str]] = set()
        self._met: set[str] = set()
        self._cut = re.compile(
            r"(?:(?:.*/)?\.\./)?/*" if call.busybox else r"(?:(?:.*/)?\.\.(?=/|$))?/*", re.S
        )

    @cached_property
    def _firsts(self) -> set[str]:
        """The files that have another name."""
        return {one.target for one in self._call.kernel.overlay.values() if one.kind == "link"}

    def name(self, path: str, what: str = "member names") -> str:
        """`path` without what is unsafe."""
        cut = self._cut.match(path)[0]  # type: ignore[index]
        if cut and (what, cut) not in self._said and not (self._said and self._call.busybox):
            self._said.add((what, cut))
            self._call.unlike(
                f"Removing leading `{cut}' from {what}", f"removing leading '{cut}' from {what}"
            )
        return path[len(cut) :]

    def link(self, entry: Entry, path: str) -> None:
        """See whether a file has other names; once they are looked for, the next is no news."""
        file = entry.target if entry.kind == "link" else entry.path
        several = self._many or file in self._firsts
        if several and file not in self._met and not entry.is_dir and not self._call.busybox:
            self._met.add(file)
            self.name(path, "hard link targets")


def _unpack(call: Call, found: Options, data: bytes, *, listing: bool) -> int:
    if data.startswith(b"\x1f\x8b"):
        data = deflate.decompress(data)
    kernel = call.kernel.enter(found.value("C")) if "C" in found else call.kernel
    if len(data) < 512:
        raise EOFError
    wanted = [word.removeprefix("./").rstrip("/") for word in found.operands]
    met: set[str] = set()
    for entry in tarstream.unpacked(data):
        name = entry.path.strip("/")
        asked = [word for word in wanted if name == word or name.startswith(word + "/")]
        if wanted and not asked:
            continue
        met.update(asked)
        shown = name + ("/" if entry.is_dir else "")
        if listing:
            call.say(_listed(call, entry, shown) if "v" in found else shown + "\n")
            continue
        stripped = name.split("/")[int(found.value("s", "0")) :]
        if not stripped or not stripped[0]:
            continue
        if "v" in found:
            call.say(shown + "\n")
        if "O" in found:
            call.put(entry.read())
            continue
        place = join(kernel.cwd, "/".join(stripped))
        _folders(call, posixpath.dirname(place))
        target = join(kernel.cwd, entry.target.lstrip("/")) if entry.kind == "link" else entry.target
        owner = (entry.uid, entry.gid) if "o" not in found else (kernel.uid, kernel.gid)
        call.kernel.put(entry._replace(path=place, target=target, uid=owner[0], gid=owner[1]))
    missing = [word for word in wanted if word not in met]
    for word in missing:
        call.unlike(f"{word}: Not found in archive", f"{word}: not found in archive")
    if missing and not call.busybox:
        call.complain("Exiting with failure status due to previous errors")
    return (1 if call.busybox else 2) if missing else 0


def _listed(call: Call, entry: Entry, name: str) -> str:
    accounts = call.kernel.accounts
    owner = f"{accounts.user_name(entry.uid)}/{accounts.group_name(entry.gid)}"
    date = time.strftime("%Y-%m-%d %H:%M", time.gmtime(entry.mtime))
    arrow = f" -> {entry.target}" if entry.kind == "symlink" else ""
    return f"{mode.shown(entry)} {owner} {entry.size:>{max(1, 18 - len(owner))}} {date} {name}{arrow}\n"


def _folders(call: Call, path: str) -> None:
    if path not in ("", "/") and call.kernel.find(path) is None:
        _folders(call, posixpath.dirname(path))
        call.kernel.mkdir(path)


@applet("gzip", "gunzip", "zcat")
def gzip(call: Call) -> int:
    """Compress files, each in its place; or the other way."""
    found = options(call, "cdkf123456789nvt", {"stdout": "c", "decompress": "d", "keep": "k", "force": "f"})
    name = call.argv[0].rpartition("/")[2]
    expanding = "d" in found or name in ("gunzip", "zcat")
    to_stdout = "c" in found or name == "zcat"
    status = 0
    for path in found.operands or ["-"]:
        try:
            data = call.open(path).read()
            entry = call.kernel.stat(path) if path != "-" else None
        except OSError as error:
            status = call.refuse(path, error)
            continue
        if entry is not None and not to_stdout and expanding and not path.endswith((".gz", ".tgz")):
            status = call.unlike(f"{path}: unknown suffix -- ignored", f"{path}: unknown suffix - ignored")
            continue
        try:
            changed = deflate.decompress(data) if expanding else deflate.compress(data, mtime=0)
        except (OSError, EOFError, zlib.error):
            shown = "stdin" if path == "-" else path
            status = call.unlike(f"{shown}: not in gzip format", "invalid magic")
            continue
        if path == "-" or to_stdout or entry is None:
            call.put(changed)
            continue
        target = path.removesuffix(".gz") if expanding else path + ".gz"
        call.kernel.write(target, changed, mode=entry.mode)
        call.kernel.utime(target, entry.mtime)
        if "k" not in found:
            call.kernel.unlink(path)
    return status


@applet("md5sum", "sha1sum", "sha256sum", "sha512sum")
def sums(call: Call) -> int:
    """Print the digests of files, or with -c check them."""
    found = options(call, "cbtsw", {"check": "c", "quiet": "s", "status": "s"})
    status = 0
    for path in found.operands or ["-"]:
        try:
            data = call.open(path).read()
        except OSError as error:
            status = call.unlike(f"{path}: {why(error)}", f"can't open '{path}': {why(error)}")
            continue
        if "c" in found:
            status = _check(call, data.decode(errors="surrogateescape")) or status
        else:
            call.say(f"{_sum(call, data)}  {path}\n")
    return status


def _sum(call: Call, data: bytes) -> str:
    """The sum that the program is named for, as hex digits."""
    return checksum((call.program or call.name).rpartition("/")[2].removesuffix("sum"), data)


def _check(call: Call, text: str) -> int:
    failed = 0
    for line in text.splitlines():
        digest, _, path = line.partition(" ")
        path = path.lstrip(" *")
        try:
            same = _sum(call, call.open(path).read()) == digest
        except OSError as error:
            call.refuse(path, error)
            same = False
        call.say(f"{path}: {'OK' if same else 'FAILED'}\n")
        failed += not same
    if failed:
        call.complain(f"WARNING: {failed} computed checksum{'s' if failed > 1 else ''} did NOT match")
    return int(failed > 0)


@applet("base64")
def base64(call: Call) -> int:
    """Write bytes as letters, or with -d the other way."""
    import base64 as letters
    import textwrap

    found = options(call, "dw:", {"decode": "d", "wrap": "w"})
    data = call.open((operands(call, found, 0) or ["-"])[0]).read()
    if "d" in found:
        call.put(letters.b64decode(data))
        return 0
    text = letters.b64encode(data).decode()
    width = int(found.value("w", "76"))
    call.say("\n".join(textwrap.wrap(text, width)) + "\n" if width else text)
    return 0
