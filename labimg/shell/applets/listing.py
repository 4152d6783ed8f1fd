"""Programs that tell what files there are: ls, stat, du, df."""

import math
import re
import time
from collections import Counter

import labimg.shell.mode as mode
from labimg.entry import Entry
from labimg.shell.kernel import join, why
from labimg.shell.machine import Call, applet
from labimg.shell.options import Options, options

BLOCK = 4096  # bytes a disk gives out at once
HALF_A_YEAR = 15_778_476  # seconds


@applet("ls", "dir", "ll")
def ls(call: Call) -> int:
    """List files."""
    long = {
        "all": "a",
        "almost-all": "A",
        "recursive": "R",
        "human-readable": "h",
        "directory": "d",
        "color": "z",
    }
    found = options(call, "laA1dRhrtSiFpnsgoLHXxCkzc", long, code=1 if call.busybox else 2)
    listing = _Listing(call, found)
    files: list[tuple[str, Entry]] = []
    folders: list[tuple[str, Entry]] = []
    for path in found.operands or ["."]:
        try:
            entry = call.kernel.stat(path, follow=not listing.long or path.endswith("/"))
            if entry.kind == "symlink" and not listing.long:
                entry = call.kernel.stat(path)
        except OSError as error:
            if call.kernel.find(path, follow=False) is None:
                listing.status = call.unlike(f"cannot access '{path}': {why(error)}", f"{path}: {why(error)}")
                listing.status = 1 if call.busybox else 2
                continue
            entry = call.kernel.stat(path, follow=False)
        (folders if entry.is_dir and "d" not in found else files).append((path, entry))
    listing.rows(listing.sorted(files))
    headed = len(found.operands) > 1 or "R" in found
    for index, (path, _) in enumerate(listing.sorted(folders)):
        listing.folder(path, headed=headed, first=index == 0 and not files)
    return listing.status


class _Listing:
    def __init__(self, call: Call, found: Options) -> None:
        self.call = call
        self.found = found
        self.long = any(letter in found for letter in "lnog")
        self.status = 0
        self.names: Counter[str] | None = None

    def folder(self, path: str, *, headed: bool, first: bool) -> None:
        """One directory, and with -R those below it."""
        call = self.call
        try:
            names = call.kernel.names(path)
        except OSError as error:
            call.unlike(f"cannot open directory '{path}': {why(error)}", f"can't open '{path}': {why(error)}")
            self.status = 1 if call.busybox else 2
            return
        if headed:
            call.say(("" if first else "\n") + f"{path}:\n")
        if "a" in self.found:
            names = [".", "..", *names]
        elif "A" not in self.found:
            names = [name for name in names if not name.startswith(".")]
        rows = [(name, call.kernel.stat(join(path, name), follow=False)) for name in names]
        rows = self.sorted(rows)
        if self.long or "s" in self.found:
            total = sum(_blocks(entry) for _, entry in rows)
            call.say(f"total {_human(total * 1024) if 'h' in self.found else total}\n")
        self.rows(rows)
        if "R" in self.found:
            for name, entry in rows:
                if entry.is_dir and name not in (".", ".."):
                    self.folder(join(path, name), headed=True, first=False)

    def sorted(self, rows: list[tuple[str, Entry]]) -> list[tuple[str, Entry]]:
        """The rows in the order asked for."""
        by = self.found.last("tS")
        rows = sorted(rows, key=lambda row: row[0].encode(errors="surrogateescape"))
        if by == "t":
            rows.sort(key=lambda row: -row[1].mtime)
        elif by == "S":
            rows.sort(key=lambda row: -row[1].size)
        return rows[::-1] if "r" in self.found else rows

    def rows(self, rows: list[tuple[str, Entry]]) -> None:
        """The lines of files."""
        if not self.long:
            for name, entry in rows:
                number = f"{_inode(entry)} " if "i" in self.found else ""
                self.call.say(f"{number}{name}{self._mark(entry)}\n")
            return
        cells = [self._cells(entry) for _, entry in rows]
        widths = [max((len(row[column]) for row in cells), default=0) for column in range(4)]
        for (name, entry), (links, user, group, size, date) in zip(rows, cells, strict=True):
            arrow = f" -> {entry.target}" if entry.kind == "symlink" else ""
            number = f"{_inode(entry)} " if "i" in self.found else ""
            if self.call.busybox:
                places = f"{links:>5} {user:<8} {group:<8} {size:>9}"
            else:
                places = f" {links:>{widths[0]}} {user:<{widths[1]}} {group:<{widths[2]}} {size:>{widths[3]}}"
            self.call.say(f"{number}{mode.shown(entry)}{places} {date} {name}{arrow}{self._mark(entry)}\n")

    def _cells(self, entry: Entry) -> tuple[str, str, str, str, str]:
        accounts = self.call.kernel.accounts
        numeric = "n" in self.found
        user = str(entry.uid) if numeric else accounts.user_name(entry.uid)
        group = str(entry.gid) if numeric else accounts.group_name(entry.gid)
        size = _size(entry)
        text = _human(size) if "h" in self.found else str(size)
        if entry.kind in ("char", "block"):
            text = f"{entry.device[0]}, {entry.device[1]:>3}"
        recent = 0 <= self.call.machine.now() - entry.mtime < HALF_A_YEAR
        moment = time.gmtime(entry.mtime)
        date = time.strftime("%b %e %H:%M" if recent else "%b %e  %Y", moment)
        return str(self._links(entry)), user, group, text, date

    def _links(self, entry: Entry) -> int:
        """How many names the file has."""
        if entry.is_dir:
            inside = self.call.kernel.overlay.children(entry.path)
            return 2 + sum(self.call.kernel.overlay[join(entry.path, name)].is_dir for name in inside)
        if self.names is None:
            self.names = Counter(
                one.target for one in self.call.kernel.overlay.values() if one.kind == "link"
            )
        return 1 + self.names[entry.target if entry.kind == "link" else entry.path]

    def _mark(self, entry: Entry) -> str:
        if entry.is_dir and ("F" in self.found or "p" in self.found):
            return "/"
        if "F" in self.found:
            return (
                "@"
                if entry.kind == "symlink" and not self.long
                else "*"
                if entry.is_file and entry.mode & 0o111
                else ""
            )
        return ""


def _size(entry: Entry) -> int:
    if entry.is_dir:
        return BLOCK
    return len(entry.target.encode(errors="surrogateescape")) if entry.kind == "symlink" else entry.size


def _blocks(entry: Entry) -> int:
    """KiB on disk."""
    if entry.is_dir:
        return BLOCK // 1024
    return -(-entry.size // BLOCK) * (BLOCK // 1024) if entry.is_file else 0


def _inode(entry: Entry) -> int:
    """A number for the file, the same for all its names."""
    name = entry.target if entry.kind == "link" else entry.path
    return sum((index + 1) * ord(letter) for index, letter in enumerate(name)) + 1000


def _human(size: float) -> str:
    """Bytes as `ls -h` and `du -h` show them: rounded up, two digits.

    >>> _human(900), _human(4096), _human(7_400_063)
    ('900', '4.0K', '7.1M')
    """
    units = " KMGT"
    power = 0
    while size >= 1023.5 and power < 4:
        size /= 1024
        power += 1
    if power == 0:
        return f"{size:.0f}"
    tenths = math.ceil(size * 10)
    return f"{tenths / 10:.1f}{units[power]}" if tenths < 100 else f"{math.ceil(size)}{units[power]}"


@applet("stat")
def stat(call: Call) -> int:
    """Tell all that is known of files."""
    found = options(call, "c:f:Lt", {"format": "c", "printf": "f", "dereference": "L"})
    status = 0
    for path in found.operands:
        try:
            entry = call.kernel.stat(path, follow="L" in found)
        except OSError as error:
            status = call.unlike(f"cannot statx '{path}': {why(error)}", f"can't stat '{path}': {why(error)}")
            continue
        form = found.value("c") or found.value("f") or _STAT
        call.say(_stat(call, path, entry, form) + ("" if "f" in found else "\n"))
    return status


_STAT = (
    "  File: %N\n  Size: %-9s\tBlocks: %-10b IO Block: %-6o %F\n"
    "Device: 801h/2049d\tInode: %-10i  Links: %h\n"
    "Access: (%a04/%A)  Uid: (%u5/%U8)   Gid: (%g5/%G8)\n"
    "Access: %x\nModify: %y\nChange: %z"
)
_KINDS = {
    "dir": "directory", "symlink": "symbolic link", "char": "character special file",
    "block": "block special file", "fifo": "fifo",
}  # fmt: skip


def _stat(call: Call, path: str, entry: Entry, form: str) -> str:
    accounts = call.kernel.accounts
    moment = time.strftime("%Y-%m-%d %H:%M:%S.000000000 +0000", time.gmtime(entry.mtime))
    kind = _KINDS.get(entry.kind) or ("regular file" if entry.size else "regular empty file")
    named = f"{path} -> {entry.target}" if entry.kind == "symlink" else path
    if not call.busybox and entry.kind == "symlink":
        named = f"'{path}' -> '{entry.target}'"
    values = {
        "n": path, "N": named, "s": _size(entry), "b": _blocks(entry) * 2, "B": 512, "o": BLOCK, "F": kind,
        "i": _inode(entry), "h": _Listing(call, Options())._links(entry), "a": f"{entry.mode:o}",
        "a04": f"{entry.mode:04o}", "A": mode.shown(entry), "u": entry.uid, "g": entry.gid,
        "u5": f"{entry.uid:>5}", "g5": f"{entry.gid:>5}", "U": accounts.user_name(entry.uid),
        "G": accounts.group_name(entry.gid), "U8": f"{accounts.user_name(entry.uid):>8}",
        "G8": f"{accounts.group_name(entry.gid):>8}", "x": moment, "y": moment, "z": moment, "w": "-",
        "X": entry.mtime, "Y": entry.mtime, "Z": entry.mtime, "t": f"{entry.device[0]:x}",
        "T": f"{entry.device[1]:x}", "f": "81a4", "m": "/", "D": 801, "d": 2049, "%": "%",
    }  # fmt: skip

    def value(found: re.Match[str]) -> str:
        return format(str(values.get(found[2], f"%{found[2]}")), found[1].replace("-", "<"))

    return re.sub(r"%(-?\d*)([a-zA-Z](?:04|5|8)?|%)", value, form.replace("\\n", "\n").replace("\\t", "\t"))


@applet("du")
def du(call: Call) -> int:
    """Tell how much room files take."""
    long = {"summarize": "s", "human-readable": "h", "all": "a", "bytes": "b", "total": "c", "max-depth": "d"}
    found = options(call, "shackbmxLd:0", long)
    depth = 0 if "s" in found else int(found.value("d", "1000000"))
    status, total = 0, 0
    for path in found.operands or ["."]:
        if call.kernel.find(path, follow=False) is None:
            status = call.unlike(
                f"cannot access '{path}': No such file or directory", f"{path}: No such file or directory"
            )
            continue
        total += _measure(call, found, path, depth, top=True)
    if "c" in found:
        _measured(call, found, total, "total")
    return status


def _measure(call: Call, found: Options, path: str, depth: int, *, top: bool = False) -> int:
    """Bytes below `path`; prints the directories down to `depth` on the way back up."""
    entry = call.kernel.stat(path, follow=False)
    size = _size(entry) if "b" in found else _blocks(entry) * 1024
    if entry.kind == "link" and not top:
        size = 0
    if entry.is_dir:
        try:
            for name in call.kernel.names(path):
                size += _measure(call, found, join(path, name), depth - 1)
        except OSError as error:
            call.unlike(f"cannot read directory '{path}': {why(error)}", f"{path}: {why(error)}")
    if top or (depth >= 0 and (entry.is_dir or "a" in found)):
        _measured(call, found, size, path)
    return size


def _measured(call: Call, found: Options, size: int, path: str) -> None:
    if "h" in found:
        text = _human(size)
        text = "0" if size == 0 else text
    else:
        unit = 1 if "b" in found else 1 << 20 if "m" in found else 1024
        text = str(-(-size // unit))
    call.say(f"{text}\t{path}\n")


@applet("df")
def df(call: Call) -> int:
    """Tell how much room the file system has: toy numbers, the use is real."""
    found = options(call, "hkPTmia", {"human-readable": "h"})
    used = sum(_blocks(entry) for entry in call.kernel.overlay.values() if entry.kind != "link")
    all_blocks = 10_485_760
    cells = [all_blocks, used, all_blocks - used]
    shown = [_human(cell * 1024) if "h" in found else str(cell) for cell in cells]
    share = -(-used * 100 // all_blocks)
    if "h" in found:
        call.say("Filesystem      Size  Used Avail Use% Mounted on\n")
        call.say(f"{'overlay':<14}{shown[0]:>6}{shown[1]:>6}{shown[2]:>6}{share:>4}% /\n")
        return 0
    call.say("Filesystem     1K-blocks    Used Available Use% Mounted on\n")
    call.say(f"{'overlay':<14}{shown[0]:>10}{shown[1]:>8}{shown[2]:>10}{share:>4}% /\n")
    return 0
