"""Tar bytes, out and in."""

import io
import tarfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import trees

from labimg import tarstream
from labimg.changes import in_tar_order
from labimg.digest import DiffID
from labimg.entry import Bytes, Entry, directory, file, opaque, symlink, whiteout
from labimg.errors import InvalidTar


def packed(entries: list[Entry]) -> bytes:
    out = io.BytesIO()
    tarstream.write(entries, out)
    return out.getvalue()


def unpacked(tar: bytes) -> list[Entry]:
    return [entry._replace(source=Bytes(tar)) for entry in tarstream.read(io.BytesIO(tar))]


def bare(entry: Entry) -> tuple[object, ...]:
    """An entry without the place of its bytes, but with them."""
    return (*entry[:10], entry.read() if entry.kind == "file" else b"")


def test_empty_layer_is_the_one_docker_knows() -> None:
    known = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
    assert DiffID.of(packed([])) == known


@given(trees())
def test_law_what_is_written_is_read_again(tree: dict[str, Entry]) -> None:
    entries = sorted(tree.values(), key=in_tar_order)
    assert [bare(entry) for entry in unpacked(packed(entries))] == [bare(entry) for entry in entries]


ODD = [
    file("/" + "n" * 101, b"long"),
    file("/" + "d" * 90 + "/" + "n" * 90, b"fits the prefix"),
    file("/" + "d" * 160 + "/" + "n" * 90, b"does not"),
    file("/é/中", b"not ASCII"),
    file("/old", b"before 1970", mtime=-5),
    file("/rich", uid=3_000_000, gid=2**31),
    symlink("/link", "t" * 150),
    Entry("/cap", xattrs=(("security.capability", "\x01\x00\x00\x02"),)),
    Entry("/null", "char", 0o666, device=(1, 3)),
    Entry("/pipe", "fifo", 0o600),
    whiteout("/gone"),
    directory("/dir", mode=0o1777),
    opaque("/dir", mode=0o1777),
    file("/bytes-\udcff", b"no UTF-8"),
]


@pytest.mark.parametrize("entry", ODD, ids=lambda entry: ascii(entry.path[:12]))
def test_odd_entries_come_back(entry: Entry) -> None:
    assert [bare(found) for found in unpacked(packed([entry]))] == [bare(entry)]


@pytest.mark.parametrize("entry", ODD[:13], ids=lambda entry: ascii(entry.path[:12]))
def test_pythons_own_reader_agrees(entry: Entry) -> None:
    with tarfile.open(fileobj=io.BytesIO(packed([entry]))) as tar:
        (member,) = tar.getmembers()
    assert (member.name, member.mode & 0o7777, member.uid, member.mtime) == (
        entry.path[1:], entry.mode, entry.uid, entry.mtime,
    )  # fmt: skip


@pytest.mark.parametrize("layout", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_tars_of_others_are_read(layout: int) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=layout) as tar:
        for name in ("./", "./a", "./" + "d" * 80 + "/" + "n" * 60):
            info = tarfile.TarInfo(name)
            info.type = tarfile.DIRTYPE if name == "./" else tarfile.REGTYPE
            info.size = 0 if name == "./" else 3
            tar.addfile(info, io.BytesIO(b"abc"))
    entries = unpacked(out.getvalue())
    assert [entry.path for entry in entries] == ["/", "/a", "/" + "d" * 80 + "/" + "n" * 60]
    assert entries[1].read() == b"abc"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a", "/a"),
        ("./a", "/a"),
        ("/abs", "/abs"),
        ("a//b/", "/a/b"),
        ("../../etc/passwd", "/etc/passwd"),
        ("a/../../b", "/b"),
    ],
)
def test_no_name_climbs_out(name: str, path: str) -> None:
    assert tarstream.clean(name) == path


def test_an_end_in_the_middle_is_told() -> None:
    tar = packed([file("/a", b"x" * 2000)])
    for length in (300, 514, 1500):
        with pytest.raises(InvalidTar, match="unexpected EOF"):
            unpacked(tar[:length])


def test_missing_padding_and_missing_end_are_forgiven() -> None:
    assert [entry.path for entry in unpacked(packed([file("/a", b"xyz")])[: 512 + 3])] == ["/a"]


@given(st.integers(0, 511), st.integers(1, 255))
def test_law_no_flipped_byte_of_a_header_goes_unseen(at: int, flip: int) -> None:
    tar = bytearray(packed([file("/a", b"x", mode=0o600, uid=5)]))
    before = [bare(entry) for entry in unpacked(bytes(tar))]
    tar[at] ^= flip
    with suppress(InvalidTar):
        assert [bare(entry) for entry in unpacked(bytes(tar))] == before


def test_skipping_reads_no_content() -> None:
    tar = packed([file("/a", b"x" * 5_000_000), file("/b", b"y")])

    class Counted(io.BytesIO):
        read_bytes = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.read_bytes += len(data)
            return data

    stream = Counted(tar)
    assert [entry.path for entry in tarstream.read(stream, skipping=True)] == ["/a", "/b"]
    assert stream.read_bytes == 4 * 512  # two headers, and the end


@given(trees())
def test_law_skipping_finds_what_reading_finds(tree: dict[str, Entry]) -> None:
    tar = packed(sorted(tree.values(), key=in_tar_order))
    assert list(tarstream.read(io.BytesIO(tar), skipping=True)) == list(tarstream.read(io.BytesIO(tar)))


@given(st.lists(st.binary(max_size=700), max_size=4), st.binary(max_size=3))
def test_what_is_poured_is_named_when_it_is_there(pieces: list[bytes], before: bytes) -> None:
    """It may stand anywhere; whoever reads the tar finds it under the name it was given in the end."""
    out, data = io.BytesIO(), b"".join(pieces)
    tarstream.pour([before], out, lambda size: Entry("/before", size=size))
    tarstream.pour(pieces, out, lambda size: Entry(f"/{len(data)}", size=size, mtime=7))
    tarstream.write([file("/after")], out)
    expected = {"before": before, str(len(data)): data, "after": b""}
    assert {entry.path[1:]: entry.read() for entry in unpacked(out.getvalue())} == expected
    with tarfile.open(fileobj=io.BytesIO(out.getvalue())) as theirs:
        assert {member.name: theirs.extractfile(member).read() for member in theirs} == expected  # type: ignore[union-attr]


@given(st.integers(0, 10**18 - 1))
def test_law_the_place_left_for_a_header_fits_every_size(size: int) -> None:
    header = tarstream.header(Entry("/" + "n" * 80, size=size), sized=True)
    assert len(header) == 3 * 512
    [entry] = tarstream.read(io.BytesIO(header), skipping=True)
    assert entry.size == size
