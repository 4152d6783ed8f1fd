"""The shelf of layers: `image/overlay2/layerdb`, a folder for each chain ID, and the bytes under `overlay2`.

    image/overlay2/layerdb/sha256/<chain ID>/diff      the diff ID
                                             parent    the chain ID below (the bottom layer has none)
                                             size      bytes of its files
                                             cache-id  where its bytes lie:
    overlay2/<cache-id>/layer.tar                      the layer's tar, as it came
    overlay2/<cache-id>/toc.json                       its table of contents

Where Docker keeps the unpacked files (`overlay2/<cache-id>/diff`), the tar lies here:
nothing is unpacked, and its bytes are what the diff ID names.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import repeat
from typing import Any, BinaryIO, NamedTuple

from labimg import errors, tarstream
from labimg.digest import ChainID, DiffID, Hasher, chain_id
from labimg.entry import MARK, Entry, Stream
from labimg.files import Files
from labimg.layer import stored_size

SHELF = "image/overlay2/layerdb/sha256"
DEPTH = 125  # layers in one image, as Docker allows
NAME, PATH = 255, 4096  # bytes of one name, and of a path with its end, as Linux allows


class StoredTar:
    """The tar of a stored layer, as the source its files are read from."""

    def __init__(self, files: Files, path: str) -> None:
        self._files = files
        self._path = path

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`."""
        with self._files.open(self._path) as tar:
            tar.seek(offset)
            return tar.read(size)


class _Record(NamedTuple):
    """What the shelf says of a layer."""

    chain_id: ChainID
    diff_id: DiffID
    parent: ChainID | None
    size: int  # bytes of its files, as Docker counts them
    cache_id: str  # 64 hex digits
    files: Files


class StoredLayer(_Record):
    """One layer on the shelf; its table of contents is read when first asked for."""

    @property
    def tar_path(self) -> str:
        """Where its tar lies in the store."""
        return f"overlay2/{self.cache_id}/layer.tar"

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Its table of contents, in the order of its tar."""
        return read_contents(self.files, f"overlay2/{self.cache_id}")

    def open(self) -> BinaryIO:
        """Its tar."""
        return self.files.open(self.tar_path)


class Layers:
    """The layers of a store.  `name` gives fresh cache IDs."""

    def __init__(self, files: Files, name: Callable[[], str]) -> None:
        self._files = files
        self._name = name
        self._known: dict[str, StoredLayer] = {}
        self._sizes: dict[ChainID, int] = {}
        self._below: dict[ChainID, ChainID | None] = {}  # like its size, what a layer lies on never changes

    def put(
        self, stream: Stream, parent: ChainID | None, *, expected: DiffID | None = None, lanes: int = 1
    ) -> StoredLayer:
        """Keep the layer whose uncompressed tar is `stream`, upon `parent`; one that is there already stays.

        Nothing is on the shelf until the whole tar is read, hashed and found sound.

        Raises:
            InvalidTar, InvalidLayer: not a layer's tar.
            WrongLayer: its digest is not the one `expected`.
            TooDeep: more than 125 layers.
        """
        if parent and self.depth(parent) >= DEPTH:
            raise errors.TooDeep
        cache_id = self._name()
        folder = f"overlay2/{cache_id}"
        try:
            diff_id, entries = _keep(self._files, folder, stream, lanes)
            if expected and diff_id != expected:
                raise errors.WrongLayer(0, expected, diff_id)
            chain = chain_id([parent, diff_id] if parent else [diff_id])
            layer = StoredLayer(chain, diff_id, parent, stored_size(entries), cache_id, self._files)
            if self.has(chain):
                drop_contents(self._files, folder)
                return self.find(chain)
        except BaseException:
            drop_contents(self._files, folder)
            raise
        self._register(layer)
        self._below[chain] = parent
        return layer

    def _register(self, layer: StoredLayer) -> None:
        """Write the records; `cache-id` comes last, since a layer is there once that is."""
        records = {
            "diff": layer.diff_id,
            "parent": layer.parent,
            "size": layer.size,
            "cache-id": layer.cache_id,
        }
        for name, value in records.items():
            if value is not None:
                self._files.write(f"{SHELF}/{layer.chain_id.hex}/{name}", str(value).encode())

    def has(self, chain: ChainID) -> bool:
        """Is the layer on the shelf?"""
        return self._files.exists(f"{SHELF}/{chain.hex}/cache-id")

    def find(self, chain: ChainID) -> StoredLayer:
        """The layer named `chain`.

        Raises:
            NoSuchLayer: it is not on the shelf.
        """
        folder = f"{SHELF}/{chain.hex}"
        try:
            cache_id = self._files.read(f"{folder}/cache-id").decode()
        except FileNotFoundError:
            raise errors.NoSuchLayer(chain) from None
        if cache_id not in self._known:
            parent = f"{folder}/parent"
            self._known[cache_id] = StoredLayer(
                chain,
                DiffID.parse(self._files.read(f"{folder}/diff").decode()),
                ChainID.parse(self._files.read(parent).decode()) if self._files.exists(parent) else None,
                int(self._files.read(f"{folder}/size")),
                cache_id,
                self._files,
            )
        self._below[chain] = self._known[cache_id].parent
        return self._known[cache_id]

    def stack(self, top: ChainID | None) -> list[StoredLayer]:
        """The layer named `top` and all below it, bottom first."""
        found = []
        while top:
            layer = self.find(top)
            found.append(layer)
            top = layer.parent
        return found[::-1]

    def depth(self, top: ChainID | None) -> int:
        """How many layers lie one upon the other up to `top`."""
        depth, at = 0, top
        while at:
            depth += 1
            at = self._below[at] if at in self._below else self.find(at).parent
        return depth

    def size(self, chain: ChainID) -> int:
        """Bytes of a layer's files.

        Raises:
            NoSuchLayer: it is not on the shelf.
        """
        if chain not in self._sizes:
            try:
                self._sizes[chain] = int(self._files.read(f"{SHELF}/{chain.hex}/size"))
            except FileNotFoundError:
                raise errors.NoSuchLayer(chain) from None
        return self._sizes[chain]

    def delete(self, chain: ChainID) -> int:
        """Take a layer off the shelf; give the bytes freed.  The record goes first, then its bytes."""
        layer = self.find(chain)
        for name in ("cache-id", "diff", "parent", "size"):
            self._files.delete(f"{SHELF}/{chain.hex}/{name}")
        drop_contents(self._files, f"overlay2/{layer.cache_id}")
        self._known.pop(layer.cache_id, None)
        return layer.size

    def all(self) -> Iterator[ChainID]:
        """Every layer on the shelf."""
        names = self._files.children(SHELF)
        return filter(self.has, (ChainID.from_hex(name) for name in names if len(name) == 64))


class _Hashed:
    """A stream that hashes all that is read from it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.hasher = Hasher()

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._stream.read(size)
        self.hasher.update(chunk)
        return chunk


class _Copied(NamedTuple):
    """A stream that copies to `out` all that is read from it."""

    stream: Stream
    out: BinaryIO

    def read(self, size: int = -1, /) -> bytes:
        chunk = self.stream.read(size)
        self.out.write(chunk)
        return chunk


def _keep(files: Files, folder: str, stream: Stream, lanes: int) -> tuple[DiffID, list[Entry]]:
    """Copy a layer's tar into `folder` with its table of contents, in one pass."""
    with files.create(f"{folder}/layer.tar") as out:
        diff_id, entries = survey(stream, out, lanes)
        _check(entries)
    write_contents(files, folder, entries)
    return diff_id, entries


def survey(stream: Stream, out: BinaryIO | None = None, lanes: int = 1) -> tuple[DiffID, list[Entry]]:
    """The diff ID and the table of contents of a layer's tar, read once and copied to `out` on the way.

    With several `lanes` it is read and hashed in one, and copied and scanned in another.
    """
    from labimg.compression.lanes import ahead

    hashed = _Hashed(stream)
    with ahead(hashed, lanes) as pieces:
        entries = list(tarstream.read(_Copied(pieces, out) if out else pieces))
    return hashed.hasher.digest(DiffID), entries


def _check(entries: list[Entry]) -> None:
    """Refuse what Docker refuses to unpack: one path twice, a hard link to what the layer does not hold."""
    seen: set[str] = set()
    for entry in entries:
        if len(entry.path) > NAME and _too_long(entry.path):
            raise errors.InvalidLayer(entry.path, f"open {entry.path}: file name too long")
        if MARK in entry.path and (hole := entry.whiteout) and not hole.opaque and hole.path.endswith("/"):
            raise errors.InvalidLayer(entry.path, f"{entry.path}: a whiteout of nothing")
        if entry.path in seen and entry.path != "/":
            repeated = errors.RepeatedPath()
            repeated.add_note(f"{entry.path} is in it twice")
            raise repeated
        if entry.kind == "link" and entry.target not in seen:
            raise errors.InvalidLayer(
                entry.path, f"link {entry.target} {entry.path}: no such file or directory"
            )
        seen.add(entry.path)


def _too_long(path: str) -> bool:
    """Could no Linux open it?"""
    name = path.encode(errors="surrogateescape")
    return len(name) >= PATH or max(map(len, name.split(b"/"))) > NAME


def write_contents(files: Files, folder: str, entries: list[Entry]) -> None:
    """Write the table of contents: a column for each field, `{"all": value}` where all say the same."""
    columns = {
        name: {"all": column[0]} if name != "path" and column.count(column[0]) == len(column) else column
        for name, column in zip(_COLUMNS, zip(*entries, strict=True), strict=False)
    }
    files.write(f"{folder}/toc.json", json.dumps(columns, separators=(",", ":")).encode())


def read_contents(files: Files, folder: str) -> tuple[Entry, ...]:
    """The table of contents in `folder`, each entry with the tar as its source."""
    told = json.loads(files.read(f"{folder}/toc.json"))
    if not told:
        return ()
    columns = [told["path"], *(_column(name, told[name]) for name in _COLUMNS[1:])]
    rows = zip(*columns, repeat(StoredTar(files, f"{folder}/layer.tar")), strict=False)
    return tuple(map(tuple.__new__, repeat(Entry), rows))  # `Entry(*row)` of each, in half the time


_COLUMNS = Entry._fields[:-1]  # all but the source


def _column(name: str, told: Any) -> Iterable[Any]:
    """The values of one field; JSON knows no tuples."""
    alike = isinstance(told, dict)
    values = [told["all"]] if alike else told
    if name == "device":
        values = list(map(tuple, values))
    elif name == "xattrs":
        values = [tuple(map(tuple, pairs)) for pairs in values]
    return repeat(values[0]) if alike else values


def drop_contents(files: Files, folder: str) -> None:
    """Delete a layer's bytes."""
    for name in ("toc.json", "layer.tar"):
        files.delete(f"{folder}/{name}")
