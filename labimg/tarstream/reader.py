"""The bytes of a tar to entries: USTAR, PAX and GNU long names, every header checked, nothing unpacked."""

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, BinaryIO, cast
from zlib import adler32

from labimg import errors
from labimg.entry import CHUNK, Bytes, Entry, Kind, Stream
from labimg.tarstream.writer import BLOCK, FLAGS

LIMIT = 1 << 20  # bytes of one PAX header or long name, as Go has it
LARGEST = 1 << 62  # bytes of one file; no disk holds more
KINDS: dict[bytes, Kind] = {flag: kind for kind, flag in FLAGS.items()} | {b"\0": "file", b"7": "file"}
_DEVICES = ("char", "block")


class Window:
    """A stream read in large pieces and handed out in small ones; knows how far it has come."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._piece = b""
        self._at = 0
        self._before = 0
        self.mark = 0

    def header(self) -> bytes:
        """The next block, whose place is marked, in case that it is found to be wrong."""
        at = self._at
        self.mark = self._before + at
        if at + BLOCK <= len(self._piece):
            self._at = at + BLOCK
            return self._piece[at : at + BLOCK]
        return self.take(BLOCK)

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
        if self._at + size <= len(self._piece):
            self._at += size
            return size
        left = size
        while left:
            ahead = min(left, len(self._piece) - self._at)
            self._at += ahead
            left -= ahead
            if left and not self._refill():
                break
        return size - left

    def _refill(self) -> bool:
        self._before += len(self._piece)
        self._piece = self._stream.read(4 * CHUNK)
        self._at = 0
        return bool(self._piece)


class Leaps:
    """A stream one can seek in, which is read only where a header stands."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at = 0
        self.mark = 0

    def header(self) -> bytes:
        """The next block, whose place is marked."""
        self.mark = self._at
        return self.take(BLOCK)

    def take(self, size: int) -> bytes:
        """The next `size` bytes, or fewer where the stream ends."""
        taken = self._stream.read(size)
        self._at += len(taken)
        return taken

    def skip(self, size: int) -> int:
        """Pass over `size` bytes, as if they were there."""
        self._stream.seek(size, io.SEEK_CUR)
        self._at += size
        return size


def read(stream: Stream, *, skipping: bool = False) -> Iterator[Entry]:
    """The entries of a tar, in its order, each with the offset of its bytes; `source` is left open.

    Reads the stream to its end, so that a hash taken on the way is that of the whole;
    or seeks past the bytes of files, if it may be `skipping`, and then ends where the tar does.

    Raises:
        InvalidTar: a header that is none, or an end in the middle.
    """
    window = Leaps(cast(BinaryIO, stream)) if skipping else Window(stream)
    try:
        yield from _entries(window)
    except errors.InvalidTar as bad:
        bad.add_note(f"at byte {window.mark} of the tar")
        raise
    while not skipping and window.skip(1 << 30):
        pass


def unpacked(tar: bytes) -> Iterator[Entry]:
    """The entries of a tar that is in memory, each with its bytes.

    Raises:
        InvalidTar: as `read`.
    """
    source = Bytes(tar)
    for entry in read(io.BytesIO(tar)):
        yield entry._replace(source=source)


def _entries(window: Window | Leaps) -> Iterator[Entry]:
    pax: dict[str, str] = {}
    while block := window.header():
        if len(block) < BLOCK:
            raise errors.InvalidTar("unexpected EOF")
        if not block[0] and not any(block):
            if any(window.take(BLOCK)):
                raise errors.InvalidTar("archive/tar: invalid tar header")
            break
        if _sum(block) != _told(block[148:156]):
            _check_signed(block)
        size, flag = _length(block[124:136]), block[156:157]
        if flag in b"xgLK":
            data = _special(window, flag, size)
            if flag != b"g":
                pax |= data
            continue
        if "size" in pax:
            size = _whole(pax["size"])
        if size >= LARGEST:
            raise errors.InvalidTar("archive/tar: invalid tar header")
        entry = _entry(block, flag, pax, size if KINDS.get(flag) == "file" else 0, window.mark + BLOCK)
        if pax:
            pax = {}
        size = entry.size
        if size and window.skip(size + -size % BLOCK) < size:
            raise errors.InvalidTar("unexpected EOF")
        yield entry


def _check_signed(block: bytes) -> None:
    """Refuse a header, unless its checksum holds as some wrote it, who had signed bytes."""
    high = sum(byte > 127 for byte in block[:148] + block[156:])
    if sum(block) - 256 * high != _told(block[148:156]):
        raise errors.InvalidTar("archive/tar: invalid tar header")


@lru_cache(maxsize=1 << 12)  # they repeat
def _told(field: bytes) -> int:
    """The sum of a block's bytes, if the checksum in `field` is right: it counts `field` itself as spaces."""
    return _number(field) + sum(field) - 8 * ord(" ")


def _sum(block: bytes) -> int:
    """The sum of a block's bytes.

    The low half of an adler32 is one more than that sum modulo 65,521, which 512 bytes of ASCII do not reach.
    """
    return (adler32(block) & 0xFFFF) - 1 if block.isascii() else sum(block)


def _length(field: bytes) -> int:
    """The number of bytes in a size: most files have their own, so that it is not worth keeping."""
    digits = field[:-1]
    if digits.isdigit() and not field[-1]:
        try:
            return int(digits, 8)
        except ValueError:
            pass
    return _number(field)


@lru_cache(maxsize=1 << 10)  # few are in use
def _rights(field: bytes) -> tuple[int, int, int]:
    """Mode, owner and group, which stand side by side."""
    return _number(field[:8]) & 0o7777, _number(field[8:16]), _number(field[16:])


@lru_cache(maxsize=1 << 12)  # modes, owners and times repeat
def _number(field: bytes) -> int:
    """A number in octal, or in base 256 as GNU writes large ones."""
    if field[0] & 0x80:
        number = int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
        return number - (1 << (8 * len(field) - 1)) if field[0] & 0x40 else number
    text = field.strip(b" \0")
    if text.strip(b"01234567"):
        raise errors.InvalidTar("archive/tar: invalid tar header")
    return int(text, 8) if text else 0


_DECIMAL = re.compile(r"(-?[0-9]{1,18})(\.[0-9]*)?")  # what fits into 64 bits


def _whole(text: str) -> int:
    """A PAX number; a fraction of a second is cut off."""
    found = _DECIMAL.fullmatch(text)
    if not found:
        raise errors.InvalidTar("archive/tar: invalid tar header")
    return int(found[1]) - (1 if found[2] and text.startswith("-") else 0)


def _special(window: Window | Leaps, flag: bytes, size: int) -> dict[str, str]:
    """What a PAX header or a GNU long name says of the entry after it."""
    if not 0 <= size <= LIMIT:
        raise errors.InvalidTar("archive/tar: header field too long")
    data = window.take(size)
    window.skip(-size % BLOCK)
    if len(data) < size:
        raise errors.InvalidTar("unexpected EOF")
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
            raise errors.InvalidTar("archive/tar: invalid tar header") from None
        records[_text(key)] = _text(value)
        data = data[end:]
    return records


def _entry(block: bytes, flag: bytes, pax: dict[str, str], size: int, offset: int) -> Entry:
    name = _until_nul(block[:100])
    if block[345] and block[257:263] == b"ustar\0":
        name = _until_nul(block[345:500]) + b"/" + name
    raw, target = _text(name), _text(_until_nul(block[157:257])) if block[157] else ""
    if pax:
        raw, target = pax.get("path") or raw, pax.get("linkpath") or target
    kind = KINDS.get(flag)
    if kind is None or size < 0 or (pax and any(key.startswith("GNU.sparse.") for key in pax)):
        raise errors.InvalidTar(
            f"archive/tar: {raw!r} is of a kind no layer holds (flag {flag.decode('latin-1')!r})"
        )
    if kind == "file" and raw[-1:] == "/":
        kind = "dir"
    mode, uid, gid = _rights(block[100:124])
    row = (
        clean(raw), kind, mode, uid, gid, size, _number(block[136:148]), _target(kind, target),
        (_number(block[329:337]), _number(block[337:345])) if kind in _DEVICES else (0, 0), (), offset, None,
    )  # fmt: skip
    entry = tuple.__new__(Entry, row)  # `Entry(*row)`, in a third of the time
    return entry._replace(**_extended(pax)) if pax else entry


def _extended(pax: dict[str, str]) -> dict[str, Any]:
    """What a PAX header says of an entry beside its names and size."""
    found: dict[str, Any] = {key: _whole(pax[key]) for key in ("uid", "gid", "mtime") if key in pax}
    xattrs = ((key[13:], value) for key, value in pax.items() if key.startswith("SCHILY.xattr."))
    return {**found, "xattrs": tuple(xattrs)}


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
    return name.decode("utf-8", "surrogateescape")
