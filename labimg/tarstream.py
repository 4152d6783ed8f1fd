"""Entries to exact tar bytes, and back: the bytes Docker writes, header by header.

A layer's name is the digest of its tar, so every byte counts.  The writer follows
Go's `archive/tar` as Docker 20.10 drives it: USTAR where that can say it, else a PAX
header before the entry.  The reader takes USTAR, PAX and GNU long names, checks
every header, and remembers where each file's bytes lie; nothing is unpacked.
"""

import io
import re
import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import BinaryIO, cast
from zlib import adler32

from labimg.entry import CHUNK, Entry, Kind, Stream
from labimg.errors import InvalidTar

BLOCK = 512  # bytes
LIMIT = 1 << 20  # bytes of one PAX header or long name, as Go has it
LARGEST = 1 << 62  # bytes of one file; no disk holds more
END = bytes(2 * BLOCK)

FLAGS: dict[Kind, bytes] = {
    "file": b"0", "link": b"1", "symlink": b"2", "char": b"3", "block": b"4", "dir": b"5", "fifo": b"6",
}  # fmt: skip
KINDS: dict[bytes, Kind] = {flag: kind for kind, flag in FLAGS.items()} | {b"\0": "file", b"7": "file"}
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


def header(entry: Entry) -> bytes:
    """The header blocks of one entry: a PAX header where USTAR cannot say it, then the entry's own."""
    name = _bytes(entry.path[1:]) + (b"/" if entry.is_dir else b"")
    link = _bytes(entry.target.removeprefix("/") if entry.kind != "symlink" else entry.target)
    size = entry.size if entry.kind == "file" else 0
    hole = entry.whiteout
    mode = entry.mode | (0 if hole else TYPE_BITS[entry.kind])
    prefix, short, pax = b"", name, _pax(entry, name, link, size)
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


class Window:
    """A stream read in large pieces and handed out in small ones; knows how far it has come."""

    def __init__(self, stream: Stream, *, skipping: bool = False) -> None:
        self._stream = stream
        self._skipping = skipping
        self._piece = b""
        self._at = 0
        self._before = 0
        self.mark = 0

    def header(self) -> bytes:
        """The next block, whose place is marked, in case that it is found to be wrong."""
        self.mark = self._before + self._at
        return self.take(BLOCK)

    @property
    def offset(self) -> int:
        """Bytes handed out so far."""
        return self._before + self._at

    def take(self, size: int) -> bytes:
        """The next `size` bytes, or fewer where the stream ends."""
        end = self._at + size
        if end <= len(self._piece):
            taken = self._piece[self._at : end]
            self._at = end
            return taken
        taken = self._piece[self._at :]
        self._at = len(self._piece)
        while len(taken) < size and self._refill():
            more = self._piece[: size - len(taken)]
            self._at = len(more)
            taken += more
        return taken

    def skip(self, size: int) -> int:
        """Pass over `size` bytes; give how many there were."""
        left = size
        while left:
            ahead = min(left, len(self._piece) - self._at)
            self._at += ahead
            left -= ahead
            if left and self._skipping:
                self._before = cast(BinaryIO, self._stream).seek(left, io.SEEK_CUR)
                self._piece, self._at, left = b"", 0, 0
            elif left and not self._refill():
                break
        return size - left

    def _refill(self) -> bool:
        self._before += len(self._piece)
        self._piece = self._stream.read(4 * CHUNK)
        self._at = 0
        return bool(self._piece)


def read(stream: Stream, *, skipping: bool = False) -> Iterator[Entry]:
    """The entries of a tar, in its order, each with the offset of its bytes; `source` is left open.

    Reads the stream to its end, so that a hash taken on the way is that of the whole;
    or seeks past the bytes of files, if it may be `skipping`, and then ends where the tar does.

    Raises:
        InvalidTar: a header that is none, or an end in the middle.
    """
    window = Window(stream, skipping=skipping)
    try:
        yield from _entries(window)
    except InvalidTar as bad:
        bad.add_note(f"at byte {window.mark} of the tar")
        raise
    while not skipping and window.skip(1 << 30):
        pass


def _entries(window: Window) -> Iterator[Entry]:
    pax: dict[str, str] = {}
    while block := window.header():
        if len(block) < BLOCK:
            raise InvalidTar("unexpected EOF")
        if not block[0] and not any(block):
            if any(window.take(BLOCK)):
                raise InvalidTar("archive/tar: invalid tar header")
            break
        flag, size = _checked(block), _number(block[124:136])
        if flag in b"xgLK":
            data = _special(window, flag, size)
            if flag != b"g":
                pax |= data
            continue
        if "size" in pax:
            size = _whole(pax["size"])
        if size >= LARGEST:
            raise InvalidTar("archive/tar: invalid tar header")
        entry = _entry(block, flag, pax, size if KINDS.get(flag) == "file" else 0, window.mark + BLOCK)
        pax = {}
        if entry.size and window.skip(entry.size + -entry.size % BLOCK) < entry.size:
            raise InvalidTar("unexpected EOF")
        yield entry


def _checked(block: bytes) -> bytes:
    """The type flag of a header whose checksum holds."""
    field = block[148:156]
    told, right = _number(field), _sum(block) - sum(field) + 8 * ord(" ")
    if told != right:
        signed = right - 256 * sum(byte > 127 for byte in block[:148] + block[156:])  # as some wrote it
        if told != signed:
            raise InvalidTar("archive/tar: invalid tar header")
    return block[156:157]


def _sum(block: bytes) -> int:
    """The sum of a block's bytes.

    The low half of an adler32 is one more than that sum modulo 65,521, which 512 bytes of ASCII do not reach.
    """
    return (adler32(block) & 0xFFFF) - 1 if block.isascii() else sum(block)


@lru_cache(maxsize=1 << 12)  # modes, owners and times repeat
def _number(field: bytes) -> int:
    """A number in octal, or in base 256 as GNU writes large ones."""
    if field[0] & 0x80:
        number = int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
        return number - (1 << (8 * len(field) - 1)) if field[0] & 0x40 else number
    text = field.strip(b" \0")
    if text.strip(b"01234567"):
        raise InvalidTar("archive/tar: invalid tar header")
    return int(text, 8) if text else 0


_DECIMAL = re.compile(r"(-?[0-9]{1,18})(\.[0-9]*)?")  # what fits into 64 bits


def _whole(text: str) -> int:
    """A PAX number; a fraction of a second is cut off."""
    found = _DECIMAL.fullmatch(text)
    if not found:
        raise InvalidTar("archive/tar: invalid tar header")
    return int(found[1]) - (1 if found[2] and text.startswith("-") else 0)


def _special(window: Window, flag: bytes, size: int) -> dict[str, str]:
    """What a PAX header or a GNU long name says of the entry after it."""
    if not 0 <= size <= LIMIT:
        raise InvalidTar("archive/tar: header field too long")
    data = window.take(size)
    window.skip(-size % BLOCK)
    if len(data) < size:
        raise InvalidTar("unexpected EOF")
    if flag in b"LK":
        return {"path" if flag == b"L" else "linkpath": _text(data.partition(b"\0")[0])}
    records = {}
    while data:
        length, _, _ = data.partition(b" ")
        try:
            end = int(length) if length.isdigit() else 0
            key, equals, value = data[len(length) + 1 : end - 1].partition(b"=")
            if not equals or data[end - 1 : end] != b"\n":
                raise ValueError(length)
        except ValueError:
            raise InvalidTar("archive/tar: invalid tar header") from None
        records[_text(key)] = _text(value)
        data = data[end:]
    return records


def _entry(block: bytes, flag: bytes, pax: dict[str, str], size: int, offset: int) -> Entry:
    name, link = _until_nul(block[:100]), _until_nul(block[157:257]) if block[157] else b""
    if block[257:263] == b"ustar\0" and block[345]:
        name = _until_nul(block[345:500]) + b"/" + name
    raw = pax.get("path") or _text(name)
    target = pax.get("linkpath") or _text(link)
    kind = KINDS.get(flag)
    if kind is None or size < 0 or (pax and any(key.startswith("GNU.sparse.") for key in pax)):
        raise InvalidTar(
            f"archive/tar: {raw!r} is of a kind no layer holds (flag {flag.decode('latin-1')!r})"
        )
    if kind == "file" and raw.endswith("/"):
        kind = "dir"
    return Entry(
        clean(raw), kind, _number(block[100:108]) & 0o7777,
        _whole(pax["uid"]) if "uid" in pax else _number(block[108:116]),
        _whole(pax["gid"]) if "gid" in pax else _number(block[116:124]),
        size, _whole(pax["mtime"]) if "mtime" in pax else _number(block[136:148]),
        _target(kind, target),
        (_number(block[329:337]), _number(block[337:345])) if kind in ("char", "block") else (0, 0),
        tuple((key[13:], value) for key, value in pax.items() if key.startswith("SCHILY.xattr."))
        if pax else (),
        offset,
    )  # fmt: skip


def _target(kind: Kind, text: str) -> str:
    """Where an entry leads; for a file it means nothing, but Docker leaves a name there in whiteouts."""
    return text if kind == "symlink" or not text else clean(text)


def clean(name: str) -> str:
    """A tar's name as an absolute path; ".." cannot climb out."""
    if "//" not in name and "/." not in name and name[:1] not in ("/", "."):
        return "/" + name.rstrip("/")
    kept: list[str] = []
    for part in name.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    return "/" + "/".join(kept)


def _until_nul(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _text(name: bytes) -> str:
    return name.decode(errors="surrogateescape")
