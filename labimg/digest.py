"""The five things a sha256 can name, each a type of its own so that none is taken for another.

    DiffID      the bytes of a layer's uncompressed tar
    ChainID     a layer *and* all layers below it
    ImageID     the bytes of an image's config
    BlobID      the bytes a registry stores (a gzipped layer, a config)
    ManifestID  the bytes of a manifest: what `name@sha256:...` means

Spec: https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
and config.md#layer-chainid.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Self, TypeVar

from labimg.late import late

if TYPE_CHECKING:
    import hashlib
else:
    hashlib = late("hashlib")

_DIGITS = "0123456789abcdef"


class Digest(str):
    """A digest as it is written: `sha256:` and 64 lower-case hex digits."""

    __slots__ = ()

    @classmethod
    def of(cls, data: bytes) -> Self:
        """The digest of `data`."""
        return cls("sha256:" + hashlib.sha256(data).hexdigest())

    @classmethod
    def parse(cls, text: str) -> Self:
        """`text` as a digest.

        Raises:
            ValueError: not "sha256:" and 64 lower-case hex digits.
        """
        if len(text) != 71 or text[:7] != "sha256:" or text[7:].strip(_DIGITS):
            raise ValueError(f"not a sha256 digest: {text!r}")
        return cls(text)

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """The digest whose 64 hex digits are `text`."""
        return cls.parse("sha256:" + text)

    @property
    def hex(self) -> str:
        """The 64 digits alone, as Docker names files."""
        return self[7:]

    @property
    def short(self) -> str:
        """The first 12 digits, as Docker's tables show it."""
        return self[7:19]


class DiffID(Digest):
    """Names the bytes of one uncompressed layer tar."""


class ChainID(Digest):
    """Names a layer together with everything below it."""


class ImageID(Digest):
    """Names the bytes of an image's config."""


class BlobID(Digest):
    """Names the bytes of a blob as a registry stores it."""


class ManifestID(Digest):
    """Names the bytes of a manifest."""


def checksum(algorithm: str, data: bytes) -> str:
    """The hex digits of `data` by "md5", "sha1", "sha256" or "sha512", for programs that print such sums."""
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


D = TypeVar("D", bound=Digest)


class Hasher:
    """A sha256 fed piece by piece, and the number of bytes it has seen."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self.size = 0

    def update(self, chunk: bytes | memoryview) -> None:
        """Add `chunk` to what is hashed."""
        self._sha256.update(chunk)
        self.size += len(chunk)

    def digest(self, kind: type[D]) -> D:
        """The digest of all bytes so far, as `kind`."""
        return kind("sha256:" + self._sha256.hexdigest())


def chain_ids(diff_ids: Iterable[Digest]) -> list[ChainID]:
    """The chain ID at each floor: the first equals its diff ID, the next hashes "<chain below> <diff>"."""
    return list(_chain(tuple(diff_ids)))


@lru_cache(maxsize=1 << 13)  # a verb asks for those of an image many times
def _chain(diff_ids: tuple[Digest, ...]) -> tuple[ChainID, ...]:
    return tuple(ChainID(link) for link in accumulate(diff_ids, _link))


@lru_cache(maxsize=1 << 14)
def _link(chain: Digest, diff: Digest) -> Digest:
    return Digest.of(f"{chain} {diff}".encode())


def chain_id(diff_ids: Sequence[Digest]) -> ChainID:
    """The chain ID of the topmost of `diff_ids` (bottom first)."""
    return chain_ids(diff_ids)[-1]
