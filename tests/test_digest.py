"""Digests: five names that are never taken for each other, and chains of known values."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.digest import BlobID, ChainID, DiffID, Digest, Hasher, ImageID, chain_id, chain_ids, checksum

EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

# From a real Docker Engine 20.10.24: an image's diff IDs, and the names of its folders in layerdb.
LAYERS = [
    "sha256:d0814feb8a992fe6595b5eb9d15f84214b82bd66c82ea2c0f26943cb8b19f4c6",
    "sha256:796bf52d5f1ec0bf5b72fb49edcdb2d7510e8d385a1df2b5d22a0fef4d86f380",
]
FOLDERS = [
    "sha256:d0814feb8a992fe6595b5eb9d15f84214b82bd66c82ea2c0f26943cb8b19f4c6",
    "sha256:4c9abcb0c57532ce95e5f47c585cfda5411411f33c99546bf3637f276d9bd669",
]


def test_chain_ids_are_the_folders_docker_makes() -> None:
    assert chain_ids(map(DiffID, LAYERS)) == FOLDERS
    assert chain_id([*map(DiffID, LAYERS)]) == FOLDERS[1]
    assert chain_id([ChainID(FOLDERS[0]), DiffID(LAYERS[1])]) == FOLDERS[1]


diffs = st.lists(st.binary(max_size=4).map(DiffID.of), min_size=1, max_size=5)


@given(diffs)
def test_the_bottom_layer_is_its_own_chain_and_each_next_hashes_what_is_below(found: list[DiffID]) -> None:
    chains = chain_ids(found)
    assert str(chains[0]) == str(found[0]) and len(chains) == len(found)
    for below, diff, chain in zip(chains, found[1:], chains[1:], strict=False):
        assert chain == "sha256:" + hashlib.sha256(f"{below} {diff}".encode()).hexdigest()


@given(diffs, diffs)
def test_a_chain_can_be_continued_from_any_floor(lower: list[DiffID], upper: list[DiffID]) -> None:
    assert chain_id([chain_id(lower), *upper]) == chain_id([*lower, *upper])


def test_a_digest_is_of_its_kind_and_knows_its_digits() -> None:
    found = ImageID.of(b"")
    assert type(found) is ImageID and found == EMPTY
    assert (
        found.hex == EMPTY[7:]
        and found.short == "e3b0c44298fc"
        and str(BlobID.from_hex(found.hex)) == str(found)
    )


@pytest.mark.parametrize(
    "text", ["", EMPTY[7:], EMPTY[:-1], EMPTY + "0", EMPTY.upper(), EMPTY + "\n", "sha512:" + EMPTY[7:]]
)
def test_what_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a sha256 digest"):
        Digest.parse(text)


@given(st.lists(st.binary(max_size=10)))
def test_a_hasher_sees_the_same_bytes_in_any_pieces(pieces: list[bytes]) -> None:
    hasher = Hasher()
    for piece in pieces:
        hasher.update(piece)
    whole = b"".join(pieces)
    assert hasher.digest(DiffID) == DiffID.of(whole) and hasher.size == len(whole)


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_checksums_are_those_of_the_programs(algorithm: str) -> None:
    assert checksum(algorithm, b"hi\n") == hashlib.new(algorithm, b"hi\n").hexdigest()
