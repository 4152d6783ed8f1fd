"""A blob on its way in: pieces with a place in the row, until the client says its digest.

Each piece is one file, named by where it starts and by its digest.  So a blob that
came in one piece, as nearly all do, is proved and then renamed, not copied.
"""

import re
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

from labimg import units
from labimg.digest import BlobID, Digest, Hasher
from labimg.registry.refusal import Refusal, too_long
from labimg.registry.shelf import Repository, data
from labimg.registry.wire import CHUNK

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _uuid(chance: bytes) -> str:
    """Those 16 bytes as a UUID of the fourth kind."""
    digits = chance.hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


class Upload(NamedTuple):
    """One session of pushing a blob into a repository."""

    repository: Repository
    id: str

    @classmethod
    def begin(cls, repository: Repository) -> "Upload":
        """A new session, with nothing in it."""
        shelf = repository.shelf
        upload = cls(repository, _uuid(shelf.chance(16)))
        started = units.rfc3339nano(shelf.clock())
        shelf.files.write(f"{upload.folder}/startedat", started.encode())
        return upload

    @classmethod
    def find(cls, repository: Repository, id: str) -> "Upload":
        """The session with that ID.

        Raises:
            Refusal: there is none.
        """
        upload = cls(repository, id)
        if not _UUID.fullmatch(id) or not repository.shelf.files.exists(f"{upload.folder}/startedat"):
            raise Refusal("BLOB_UPLOAD_UNKNOWN", id)
        return upload

    @property
    def folder(self) -> str:
        """Where its pieces lie."""
        return f"{self.repository.folder}/_uploads/{self.id}"

    @property
    def pieces(self) -> list[str]:
        """The paths of what has come so far, in order."""
        folder = f"{self.folder}/pieces"
        return [f"{folder}/{name}" for name in self.repository.shelf.files.children(folder)]

    @property
    def size(self) -> int:
        """Bytes that have come so far."""
        if not (pieces := self.pieces):
            return 0
        start = int(pieces[-1].rpartition("/")[2].partition("-")[0])
        return start + self.repository.shelf.files.size(pieces[-1])

    def append(self, chunks: Iterable[bytes], *, start: int, length: int | None = None) -> None:
        """Add what comes in `chunks`, which belongs at byte `start` and should be `length` bytes.

        Raises:
            Refusal: another piece came first; or it is too long, or not as long as was said.
        """
        shelf = self.repository.shelf
        coming = f"{self.folder}/coming-{shelf.chance(8).hex()}"
        with shelf.files.create(coming) as out:
            seen = _copy(chunks, out, limit=shelf.limits.blob - start)
            if length is not None and seen.size != length:
                raise Refusal("SIZE_INVALID", {"expected": length, "received": seen.size})
        with shelf.files.lock():
            if not seen.size or start != self.size:
                shelf.files.delete(coming)
            if start != self.size:
                raise Refusal("RANGE_INVALID", {"expected": self.size, "start": start}, status=416)
            if seen.size:
                shelf.files.rename(coming, f"{self.folder}/pieces/{start:020d}-{seen.digest(BlobID).hex}")

    def finish(self, digest: BlobID) -> None:
        """Make the blob of the pieces, if they have that digest; end the session either way.

        Raises:
            Refusal: they have another digest.
        """
        files, pieces = self.repository.shelf.files, self.pieces
        try:
            if len(pieces) == 1 and pieces[0].endswith("-" + digest.hex):
                files.rename(pieces[0], data(digest))
            else:
                with files.create(data(digest)) as out:
                    _prove(self._joined(pieces, out), digest)
            self.repository.link(digest)
        finally:
            self.cancel()

    def _joined(self, pieces: list[str], out: BinaryIO) -> Hasher:
        seen = Hasher()
        for piece in pieces:
            with self.repository.shelf.files.open(piece) as source:
                while chunk := source.read(CHUNK):
                    seen.update(chunk)
                    out.write(chunk)
        return seen

    def cancel(self) -> None:
        """End the session; what has come is gone."""
        files = self.repository.shelf.files
        for path in list(files.paths(self.folder)):
            files.delete(path)


def _copy(chunks: Iterable[bytes], out: BinaryIO, *, limit: int) -> Hasher:
    seen = Hasher()
    for chunk in chunks:
        seen.update(chunk)
        if seen.size > limit:
            raise too_long("blob")
        out.write(chunk)
    return seen


def _prove(seen: Hasher, digest: Digest) -> None:
    if seen.digest(BlobID) != digest:
        raise Refusal("DIGEST_INVALID", {"digest": digest, "received": seen.digest(BlobID)})
