"""Compressed streams are known by their first bytes, and bombs are known in time."""

import bz2
import gzip
import io
import lzma
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.compression import BOUNDED, UNBOUNDED, Bounds, Counted, Inflated, Peeked, inflate
from labimg.errors import DockerError, InvalidTar

DATA = bytes(range(256)) * 40


def _zstd(data: bytes) -> bytes:
    return bytes(pytest.importorskip("zstandard").ZstdCompressor().compress(data))


PACKERS: list[Callable[[bytes], bytes]] = [gzip.compress, bz2.compress, lzma.compress, _zstd]
packed = pytest.mark.parametrize("pack", PACKERS, ids=["gzip", "bzip2", "xz", "zstd"])


class Pipe:
    """A stream that cannot be sought in."""

    def __init__(self, data: bytes) -> None:
        self._bytes = io.BytesIO(data)

    def read(self, size: int = -1, /) -> bytes:
        return self._bytes.read(size)


@packed
def test_what_was_packed_is_read_as_it_was(pack: Callable[[bytes], bytes]) -> None:
    assert inflate(io.BytesIO(pack(DATA))).read() == DATA
    assert inflate(Pipe(pack(DATA))).read(5) == DATA[:5]


@packed
def test_what_was_packed_in_parts_is_read_as_one(pack: Callable[[bytes], bytes]) -> None:
    assert inflate(io.BytesIO(pack(DATA) + pack(b"more"))).read() == DATA + b"more"


@packed
def test_damage_is_told_when_it_is_read(pack: Callable[[bytes], bytes]) -> None:
    whole = pack(DATA)
    middle = len(whole) // 2
    damaged = inflate(io.BytesIO(whole[:middle] + bytes(len(whole) - middle)))
    with pytest.raises(InvalidTar):
        damaged.read()


@pytest.mark.parametrize("pack", PACKERS[:3], ids=["gzip", "bzip2", "xz"])
def test_what_ends_too_soon_is_told_as_go_tells_it(pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(InvalidTar, match=r": unexpected EOF$"):
        inflate(io.BytesIO(pack(DATA)[:-10])).read()


@pytest.mark.parametrize("data", [b"", b"\x1f", b"BZ", b"plain bytes", b"\xfd7zX"])
def test_what_is_not_packed_stays_itself(data: bytes) -> None:
    seekable = io.BytesIO(data)
    assert inflate(seekable) is seekable and seekable.read() == data
    assert inflate(Pipe(data)).read() == data


@given(st.binary(max_size=20), st.integers(0, 20), st.lists(st.integers(0, 7)))
def test_a_peeked_stream_is_read_from_the_front_in_any_pieces(
    data: bytes, cut: int, sizes: list[int]
) -> None:
    stream = Peeked(data[:cut], io.BytesIO(data[cut:]))
    assert b"".join(map(stream.read, sizes)) + stream.read() == data


def test_a_counted_stream_knows_how_much_went_through() -> None:
    stream = Counted(io.BytesIO(DATA))
    assert stream.read(10) == DATA[:10] and stream.size == 10
    buffer = bytearray(20)
    assert stream.readinto(memoryview(buffer)) == 20 and buffer == DATA[10:30]
    stream.read()
    assert stream.readinto(memoryview(buffer)) == 0 and stream.size == len(DATA)


@pytest.mark.parametrize(
    ("came", "went", "bomb"),
    [
        (100, 0, False),
        (101, 1, True),
        (101, 60, False),
        (1000, 500, False),
        (1001, 999, True),
    ],
)
def test_a_bomb_is_more_than_is_free_and_more_than_so_many_times_what_went_in(
    came: int, went: int, bomb: bool
) -> None:
    bounds = Bounds(free=100, ratio=2, most=1000)
    if not bomb:
        return bounds.check(came, went)
    with pytest.raises(InvalidTar, match=f": {went} bytes swell to more than {came}, as a bomb does"):
        bounds.check(came, went)


def test_a_bomb_is_stopped_while_it_swells() -> None:
    zeros = gzip.compress(bytes(1 << 20))
    stream = inflate(io.BytesIO(zeros), Bounds(free=1 << 16, ratio=10))
    assert stream.read(1 << 16) == bytes(1 << 16)
    with pytest.raises(InvalidTar):
        stream.read()
    assert len(inflate(io.BytesIO(zeros), UNBOUNDED).read()) == 1 << 20


def test_a_refusal_of_the_packed_stream_itself_is_passed_on() -> None:
    class Refusing:
        def read(self, size: int = -1, /) -> bytes:
            raise DockerError

    with pytest.raises(DockerError) as refused:
        Inflated(lambda stream: stream, Refusing(), BOUNDED).read(1)
    assert type(refused.value) is DockerError
