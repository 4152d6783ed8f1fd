"""Bytes as gzip: always the same bytes for the same, with no time and no name in them.

A blob's digest is that of its gzip bytes, so a time in the header would give every push
of one layer another name.  Another library, too, finds other bytes for the same: so the
fast one is used only where it is asked for.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.util import find_spec
from typing import BinaryIO

from labimg.entry import CHUNK

HEADER = (
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate; no name, no time; system unknown, as Go has it
)
QUICK = 1  # level: a layer is sent once, and the time for a better one is never earned back
BRISK = 2  # level of the fast library: no slower there than 1, and a fiftieth smaller
BLOCK = 1 << 23  # bytes that are squeezed apart from all others

Squeeze = Callable[[Iterable[bytes]], Iterable[bytes]]  # bytes -> the same, gzipped
Work = Callable[[], list[bytes]]  # gives a block, gzipped, in pieces


def fastest() -> Squeeze:
    """The fastest way there is here: with the extra `labimg[fast]` five times as fast as `deflate`."""
    if find_spec("isal") is None:
        return deflate
    from isal import isal_zlib

    def squeeze(chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Each chunk as a member: a small one stays in the processor's cache, and is done in less time."""
        return (isal_zlib.compress(chunk, BRISK, zlib.MAX_WBITS | 16) for chunk in chunks)

    return squeeze


def deflate(chunks: Iterable[bytes], level: int = QUICK) -> Iterator[bytes]:
    """`chunks` as one gzip member, in pieces.

    >>> import gzip
    >>> gzip.decompress(b"".join(deflate([b"layer ", b"cake"])))
    b'layer cake'
    """
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    crc = size = 0
    yield HEADER
    for chunk in chunks:
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
        yield squeeze.compress(chunk)
    yield squeeze.flush() + crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")


def blocks(opener: Callable[[], BinaryIO], size: int, squeeze: Squeeze = deflate) -> list[Work]:
    """The `size` bytes that `opener` opens, as gzip: for every `BLOCK` of them the work of squeezing it.

    Each becomes members of its own.  Members stand one after the other (RFC 1952, 2.2) and know nothing of
    each other: so they can be made side by side, and in their order they are always the same bytes.
    """
    starts = range(0, size or 1, BLOCK)
    return [partial(_block, opener, start, min(start + BLOCK, size), squeeze) for start in starts]


def _block(opener: Callable[[], BinaryIO], start: int, end: int, squeeze: Squeeze) -> list[bytes]:
    with opener() as file:
        file.seek(start)
        chunks = (file.read(min(CHUNK, end - at)) for at in range(start, end or 1, CHUNK))
        return list(filter(None, squeeze(chunks)))
