"""Entries to the bytes of a tar, as Go's `archive/tar` writes them where Docker 20.10 drives it.

USTAR where that can say it, else a PAX header before the entry.
"""

import io
import struct
from collections.abc import Callable, Iterable
from typing import BinaryIO

from labimg.entry import Entry, Kind

BLOCK = 512  # bytes
END = bytes(2 * BLOCK)

FLAGS: dict[Kind, bytes] = {
    "file": b"0", "link": b"1", "symlink": b"2", "char": b"3", "block": b"4", "dir": b"5", "fifo": b"6",
}  # fmt: skip
TYPE_BITS: dict[Kind, int] = {
    "file": 0o100000, "link": 0o100000, "symlink": 0o120000, "char": 0o020000, "block": 0o060000,
    "dir": 0o040000, "fifo": 0o010000,
}  # fmt: skip

# The names a Debian host gives to owners; Docker writes those of the machine its engine runs on.
USERS = dict(enumerate("root daemon bin sys sync games man lp mail news uucp".split())) | {
    13: "proxy", 33: "www-data", 34: "backup", 38: "list", 39: "irc", 65534: "nobody",
}  # fmt: skip
GROUPS = dict(enumerate("root daemon bin sys adm tty disk lp mail news uucp".split())) | {
    12: "man", 13: "proxy", 15: "kmem", 20: "dialout", 21: "fax", 22: "voice", 24: "cdrom", 25: "floppy",
    26: "tape", 27: "sudo", 29: "audio", 30: "dip", 33: "www-data", 34: "backup", 37: "operator",
    38: "list", 39: "irc", 42: "shadow", 43: "utmp", 44: "video", 45: "sasl", 46: "plugdev", 50: "staff",
    60: "games", 100: "users", 65534: "nogroup",
}  # fmt: skip


def write(entries: Iterable[Entry], out: BinaryIO) -> None:
    """Write the tar of `entries`, in their order, with the two zero blocks that end it."""
    for entry in entries:
        out.write(header(entry))
        if entry.kind == "file" and entry.size:
            for chunk in entry.chunks():
                out.write(chunk)
            out.write(bytes(-entry.size % BLOCK))
    out.write(END)


def pour(pieces: Iterable[bytes], out: BinaryIO, named: Callable[[int], Entry]) -> None:
    """Write a file whose entry is `named` when its bytes are written, and their number is known.

    The place of its header is left until then, so that `out` must be one to seek in.
    """
    start = out.seek(0, io.SEEK_CUR)
    out.write(bytes(3 * BLOCK))
    size = sum(map(out.write, pieces))
    out.write(bytes(-size % BLOCK))
    end = out.seek(0, io.SEEK_CUR)
    out.seek(start)
    out.write(header(named(size), sized=True))
    out.seek(end)


def packed(entries: Iterable[Entry]) -> bytes:
    """The tar of `entries`, in memory."""
    out = io.BytesIO()
    write(entries, out)
    return out.getvalue()


def header(entry: Entry, *, sized: bool = False) -> bytes:
    """The header blocks of one entry: a PAX header where USTAR cannot say it, then the entry's own.

    With `sized` a PAX header tells the size, so that however large it is they are three blocks.
    """
    name = _bytes(entry.path[1:]) + (b"/" if entry.is_dir else b"")
    link = _bytes(entry.target.removeprefix("/") if entry.kind != "symlink" else entry.target)
    size = entry.size if entry.kind == "file" else 0
    hole = entry.whiteout
    mode = entry.mode | (0 if hole else TYPE_BITS[entry.kind])
    prefix, short, pax = b"", name, _pax(entry, name, link, size)
    if sized:
        pax[b"size"] = b"%d" % size
    if set(pax) == {b"path"} and (split := _split(name)):
        (prefix, short), pax = split, {}
    elif pax:
        short = _ascii(name)[:100]
    body = _ustar(
        short, mode, entry.uid, entry.gid, size, max(entry.mtime, 0), FLAGS[entry.kind], _ascii(link)[:100],
        owners=_owners(entry), device=entry.device, prefix=prefix,
    )  # fmt: skip
    if not pax:
        return body
    records = b"".join(_record(key, pax[key]) for key in sorted(pax))
    folder, _, last = name.rpartition(b"/")
    pax_name = b"/".join(part for part in (folder, b"PaxHeaders.0", last) if part)
    extended = _ustar(_ascii(pax_name)[:100].rstrip(b"/"), 0, 0, 0, len(records), 0, b"x", b"", owners=None)
    return extended + records + bytes(-len(records) % BLOCK) + body


def _owners(entry: Entry) -> tuple[str, str]:
    """The names of an entry's owners; a whiteout without rights is none of a disk's, and has none."""
    if entry.whiteout and not entry.mode:
        return "", ""
    return USERS.get(entry.uid, ""), GROUPS.get(entry.gid, "")


def _pax(entry: Entry, name: bytes, link: bytes, size: int) -> dict[bytes, bytes]:
    """What USTAR cannot say of `entry`."""
    pax = {b"SCHILY.xattr." + _bytes(key): _bytes(value) for key, value in entry.xattrs}
    if len(name) > 100 or not name.isascii():
        pax[b"path"] = name
    if len(link) > 100 or not link.isascii():
        pax[b"linkpath"] = link
    if entry.mtime < 0:
        pax[b"mtime"] = b"%d" % entry.mtime
    for key, number, digits in ((b"uid", entry.uid, 7), (b"gid", entry.gid, 7), (b"size", size, 11)):
        if number >= 8**digits:
            pax[key] = b"%d" % number
    return pax


def _split(name: bytes) -> tuple[bytes, bytes] | None:
    """`name` as USTAR's prefix and name, cut at a slash, or None where it does not fit."""
    if len(name) <= 100 or not name.isascii():
        return None
    cut = name[: min(len(name) - name.endswith(b"/"), 156)].rfind(b"/")
    rest = name[cut + 1 :]
    return (name[:cut], rest) if cut > 0 and 0 < len(rest) <= 100 else None


def _record(key: bytes, value: bytes) -> bytes:
    """One PAX record; the number it begins with counts itself."""
    length = len(key) + len(value) + 3
    length += len(str(length + len(str(length))))
    return b"%d %s=%s\n" % (length, key, value)


def _ustar(
    name: bytes, mode: int, uid: int, gid: int, size: int, mtime: int, flag: bytes, link: bytes,
    *, owners: tuple[str, str] | None, device: tuple[int, int] = (0, 0), prefix: bytes = b"",
) -> bytes:  # fmt: skip
    """One USTAR block; a PAX header has no `owners`, and its device fields stay empty."""
    devices = b"%07o\0%07o\0" % device if owners else b""
    user, group = (owner.encode() for owner in owners or ("", ""))
    fields = (
        name, b"%07o\0" % mode, _octal(uid, 7), _octal(gid, 7), _octal(size, 11), _octal(mtime, 11),
        b" " * 8, flag, link, b"ustar\x0000", user, group, devices, prefix,
    )  # fmt: skip
    block = struct.pack("100s8s8s8s12s12s8sc100s8s32s32s16s155s12x", *fields)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def _octal(number: int, digits: int) -> bytes:
    return b"%0*o\0" % (digits, number if number < 8**digits else 0)


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _ascii(name: bytes) -> bytes:
    return bytes(byte for byte in name if byte < 0x80)
