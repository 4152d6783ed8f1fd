"""Compression: streams as what they hold, told by their first bytes, and bytes as gzip.

inflate   gzip, zstd, xz, bzip2 or none; bounds to how far a stream may swell
deflate   gzip, always the same bytes for the same; in blocks that can be made side by side
"""

from labimg.compression.deflate import BLOCK, Squeeze, blocks, deflate, fastest
from labimg.compression.inflate import BOUNDED, UNBOUNDED, Bounds, Counted, Inflated, Peeked, inflate

__all__ = [
    "BOUNDED", "UNBOUNDED", "Bounds", "Counted", "Inflated", "Peeked", "inflate",
    "BLOCK", "Squeeze", "blocks", "deflate", "fastest",
]  # fmt: skip
