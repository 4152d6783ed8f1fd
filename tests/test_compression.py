"""Compressed streams are known by their first bytes, and bombs are known in time."""

import bz2
import gzip
import io
import lzma
import sys
import threading
from collections.abc import Callable
from functools import partial
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labimg.compression import (
    BLOCK,
    BOUNDED,
    UNBOUNDED,
    Bounds,
    Counted,
    Inflated,
    Peeked,
    Squeeze,
    blocks,
    deflate,
    fastest,
    inflate,
)
from labimg.compression.lanes import ahead, in_order, lanes
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


# To squeeze, in blocks and lanes


def squeezed(data: bytes, squeeze: Squeeze = deflate, number: int = 1) -> bytes:
    """`data` as gzip, its blocks made in so many lanes."""
    works = blocks(lambda: io.BytesIO(data), len(data), squeeze)
    return b"".join(piece for block in in_order(works, number) for piece in block)


@given(st.binary(max_size=200), st.integers(2, 4), st.sampled_from([deflate, fastest()]))
@example(b"", 2, fastest())
@example(bytes(31), 2, deflate)
@example(bytes(32), 2, deflate)
@example(bytes(64), 3, fastest())
@example(bytes(65), 3, fastest())
def test_blocks_are_the_same_bytes_in_any_lanes_and_anybody_reads_them(
    data: bytes, number: int, squeeze: Squeeze
) -> None:
    with patch.multiple(sys.modules[blocks.__module__], BLOCK=32, CHUNK=8):
        alone, together = squeezed(data, squeeze), squeezed(data, squeeze, number)
    assert alone == together
    assert gzip.decompress(alone) == inflate(io.BytesIO(alone)).read() == data


@pytest.mark.parametrize(("size", "members"), [(0, 1), (1, 1), (BLOCK, 1), (BLOCK + 1, 2), (2 * BLOCK, 2)])
def test_what_fits_into_one_block_is_one_member(size: int, members: int) -> None:
    data = bytes(size)
    assert squeezed(data) == b"".join(
        b"".join(deflate([data[at : at + BLOCK]])) for at in range(0, members * BLOCK, BLOCK)
    )
    assert gzip.decompress(squeezed(data)) == data


@pytest.mark.parametrize("number", [1, 2, 5])
def test_works_come_in_their_order_and_none_is_done_long_before_its_turn(number: int) -> None:
    begun: list[int] = []

    def work(which: int) -> int:
        begun.append(which)
        return which

    for taken, found in enumerate(in_order([partial(work, which) for which in range(40)], number)):
        assert found == taken
        assert len(begun) <= taken + 2 * number
    assert sorted(begun) == [*range(40)]


@pytest.mark.parametrize("number", [1, 2, 5])
def test_a_work_that_fails_is_told_in_its_turn_and_the_later_ones_are_left(number: int) -> None:
    begun: list[int] = []
    running = threading.active_count()

    def work(which: int) -> int:
        begun.append(which)
        return 1 // (3 - which)

    coming = in_order([partial(work, which) for which in range(40)], number)
    assert [next(coming) for _ in range(3)] == [0, 0, 1]
    with pytest.raises(ZeroDivisionError):
        next(coming)
    assert max(begun) < 3 + 2 * number
    assert threading.active_count() == running


def test_whoever_takes_no_more_leaves_no_lane_behind() -> None:
    running = threading.active_count()
    coming = in_order([lambda: 1] * 40, 3)
    assert next(coming) == 1 and threading.active_count() > running
    coming.close()
    assert threading.active_count() == running


def test_where_no_thread_can_begin_all_is_done_in_one() -> None:
    stream = io.BytesIO(DATA)
    with patch.object(sys.modules[lanes.__module__], "ALONE", True):
        with ahead(stream, 4) as same:
            assert same is stream
        assert set(in_order([threading.current_thread] * 9, 4)) == {threading.current_thread()}
