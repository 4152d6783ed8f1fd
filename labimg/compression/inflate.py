"""Compressed streams, told by their first bytes, as what they hold."""

import io
from collections.abc import Callable
from typing import Any, NamedTuple

from labimg import errors
from labimg.entry import CHUNK, Stream
from labimg.errors import DockerError


class Bounds(NamedTuple):
    """How far a stream may swell: a few bytes that become a disk full are a bomb, not an image.

    `free` bytes may always come out; beyond them no more than `ratio` times what went in, and
    never more than `most`.
    """

    free: int = 1 << 30  # bytes
    ratio: int = 200
    most: int = 1 << 37  # bytes

    def check(self, came: int, went: int) -> None:
        """Refuse that `went` bytes have become `came`.

        Raises:
            InvalidTar: it is too much.
        """
        if came > self.free and (came > self.ratio * went or came > self.most):
            raise errors.InvalidTar(
                f"{went} bytes swell to more than {came}, as a bomb does (LABIMG_UNBOUNDED=1 lets them)"
            )


BOUNDED = Bounds()
UNBOUNDED = Bounds(free=1 << 62)


class Counted:
    """A stream that counts what is read from it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.size = 0  # bytes

    def read(self, size: int = -1, /) -> bytes:
        """The next `size` bytes."""
        chunk = self._stream.read(size)
        self.size += len(chunk)
        return chunk

    def readinto(self, buffer: memoryview) -> int:
        """The next bytes into `buffer`; how many there were."""
        chunk = self.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


class Inflated:
    """A compressed stream as what it holds; damage is told as Docker tells it."""

    def __init__(self, opener: Callable[[Any], Stream], packed: Stream, bounds: Bounds) -> None:
        self._packed = Counted(packed)
        self._stream = opener(self._packed)
        self._bounds = bounds
        self._size = 0

    def read(self, size: int = -1, /) -> bytes:
        """The next `size` bytes."""
        if size < 0:
            return b"".join(iter(lambda: self.read(CHUNK), b""))
        try:
            chunk = self._stream.read(size)
        except EOFError:
            raise errors.InvalidTar("unexpected EOF") from None
        except DockerError:
            raise
        except Exception as damage:  # each library has its own
            raise errors.InvalidTar(str(damage)) from None
        self._size += len(chunk)
        self._bounds.check(self._size, self._packed.size)
        return chunk


class Peeked:
    """A stream of which the first bytes have been read already."""

    def __init__(self, start: bytes, stream: Stream) -> None:
        self._start = start
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        """The next `size` bytes, or fewer where the two parts meet."""
        if not self._start:
            return self._stream.read(size)
        if size < 0:
            taken, self._start = self._start + self._stream.read(), b""
            return taken
        taken, self._start = self._start[:size], self._start[size:]
        return taken + self._stream.read(size - len(taken))


def _zstd(stream: Any) -> Stream:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # Python 3.14
    except ImportError:
        pass
    else:
        return zstd.ZstdFile(stream)  # type: ignore[no-any-return,unused-ignore]
    try:
        import zstandard
    except ImportError:
        raise errors.InvalidTar("zstd needs Python 3.14, or the extra: pip install 'labimg[fast]'") from None
    return zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)


def _gzip(stream: Any) -> Stream:
    try:
        from isal import igzip  # twice as fast; the extra `fast` brings it
    except ImportError:
        import gzip

        return gzip.GzipFile(fileobj=stream)
    opened: Stream = igzip.IGzipFile(fileobj=stream)  # type: ignore[no-untyped-call,unused-ignore]
    return opened


def _bzip2(stream: Any) -> Stream:
    import bz2

    return bz2.BZ2File(stream)


def _xz(stream: Any) -> Stream:
    import lzma

    return lzma.LZMAFile(stream)


OPENERS: dict[bytes, Callable[[Any], Stream]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bzip2,
    b"\xfd7zXZ\0": _xz,
    b"\x28\xb5\x2f\xfd": _zstd,
}


def inflate(stream: Stream, bounds: Bounds = BOUNDED) -> Stream:
    """`stream` without its compression: gzip, bzip2, xz, zstd or none; with none a seekable one stays itself.

    Raises:
        InvalidTar: when read, if it is damaged or swells beyond `bounds`.
    """
    start = stream.read(6)
    if isinstance(stream, io.IOBase) and stream.seekable():
        stream.seek(-len(start), io.SEEK_CUR)
        whole: Stream = stream
    else:
        whole = Peeked(start, stream)
    for magic, opener in OPENERS.items():
        if start.startswith(magic):
            return Inflated(opener, whole, bounds)
    return whole
