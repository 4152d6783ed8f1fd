"""Entries to exact tar bytes, and back: the bytes Docker writes, header by header.

A layer's name is the digest of its tar, so every byte counts.  `writer` follows Go's
`archive/tar`; `reader` takes what tars there are, and remembers where each file's bytes lie.
"""

from labimg.tarstream.reader import clean, read, unpacked
from labimg.tarstream.writer import FLAGS, GROUPS, TYPE_BITS, USERS, header, packed, pour, write

__all__ = [
    "FLAGS", "GROUPS", "TYPE_BITS", "USERS", "clean", "header", "packed", "pour", "read", "unpacked", "write",
]  # fmt: skip
