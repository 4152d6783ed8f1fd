"""Where a registry keeps what it has: the folder of Docker's own registry.

    blobs/sha256/<2 digits>/<digest>/data                     bytes, once for all repositories
    repositories/<name>/_layers/sha256/<digest>/link          "this repository may give that blob"
    repositories/<name>/_manifests/revisions/sha256/<digest>/link
    repositories/<name>/_manifests/tags/<tag>/current/link    what the tag names now
    repositories/<name>/_manifests/tags/<tag>/index/...       what it ever named
    repositories/<name>/_manifests/referrers/sha256/<subject>/sha256/<digest>/link
    repositories/<name>/_uploads/<id>/...                     blobs on their way in

A link is a file that holds a digest.  Writing goes data, link, tag, so a kill leaves
at worst bytes that no link names.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from labimg.digest import BlobID, Digest, ManifestID
from labimg.files import Files

ROOT = "docker/registry/v2"
TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_NAME = re.compile(f"{_PART}(?:/{_PART})*")


def named(text: str) -> bool:
    """May a repository have that name?  None that may leads out of the folder.

    >>> named("team/app"), named("team/../app"), named("_uploads")
    (True, False, False)
    """
    return len(text) <= 255 and _NAME.fullmatch(text) is not None


class Limits(NamedTuple):
    """How much a registry takes at once, in bytes."""

    blob: int = 10 << 30
    manifest: int = 4 << 20


LIMITS = Limits()


def counting() -> Callable[[int], bytes]:
    """A chance that is none: 1, 2, 3, ... as bytes.  A registry others can reach is given a real one."""
    numbers = itertools.count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


class Shelf(NamedTuple):
    """All that one registry has."""

    files: Files
    limits: Limits
    chance: Callable[[int], bytes]  # number of bytes -> so many bytes nobody can guess
    clock: Callable[[], int]  # -> ns since the epoch

    def repository(self, name: str) -> "Repository":
        """The part of the shelf with that name, which need not exist yet."""
        return Repository(self, name)

    def names(self, folder: str = "") -> Iterator[str]:
        """The names of all repositories, sorted."""
        path = f"{ROOT}/repositories/{folder}".rstrip("/")
        inside = self.files.children(path)
        if "_manifests" in inside:
            yield folder
        for name in inside:
            if not name.startswith("_"):
                yield from self.names(f"{folder}/{name}".lstrip("/"))

    def read(self, digest: Digest) -> bytes:
        """The bytes of a small blob."""
        return self.files.read(data(digest))

    def open(self, digest: Digest) -> BinaryIO:
        """The bytes of a blob, to read and seek in."""
        return self.files.open(data(digest))

    def size(self, digest: Digest) -> int:
        """Bytes of a blob."""
        return self.files.size(data(digest))

    def put(self, digest: Digest, content: bytes) -> None:
        """Keep `content`, whose digest this is; a second time changes nothing."""
        if not self.files.exists(data(digest)):
            self.files.write(data(digest), content)

    def sweep(self) -> list[BlobID]:
        """Remove the bytes no link of any repository names; give their digests.

        Not while something is pushed: its bytes come before its links.
        """
        linked = set()
        for name in self.names():
            here = self.repository(name)
            linked |= {digest.hex for digest in (*here.blobs(), *here.manifests())}
        gone = []
        for path in list(self.files.paths(f"{ROOT}/blobs/sha256")):
            blob = BlobID.from_hex(path.split("/")[-2])
            if blob.hex not in linked:
                self.files.delete(path)
                gone.append(blob)
        return gone


def data(digest: Digest) -> str:
    """The path of a blob's bytes."""
    return f"{ROOT}/blobs/sha256/{digest.hex[:2]}/{digest.hex}/data"


class Repository(NamedTuple):
    """One name of a registry: the blobs it may give, its manifests, its tags."""

    shelf: Shelf
    name: str

    @property
    def folder(self) -> str:
        """Its folder."""
        return f"{ROOT}/repositories/{self.name}"

    @property
    def exists(self) -> bool:
        """Was anything ever kept under this name?"""
        return not {"_manifests", "_layers"}.isdisjoint(self.shelf.files.children(self.folder))

    # blobs

    def _layer(self, digest: Digest) -> str:
        return f"{self.folder}/_layers/sha256/{digest.hex}/link"

    def blobs(self) -> list[BlobID]:
        """The blobs it may give, apart from manifests."""
        return [BlobID.from_hex(name) for name in self._digests("_layers/sha256")]

    def has(self, digest: Digest) -> bool:
        """May it give that blob?"""
        return self.shelf.files.exists(self._layer(digest)) and self.shelf.files.exists(data(digest))

    def link(self, digest: Digest) -> None:
        """From now on it may give that blob, whose bytes are there."""
        self.shelf.files.write(self._layer(digest), digest.encode())

    def unlink(self, digest: Digest) -> None:
        """It gives that blob no longer."""
        self.shelf.files.delete(self._layer(digest))

    # manifests

    def _revision(self, digest: Digest) -> str:
        return f"{self.folder}/_manifests/revisions/sha256/{digest.hex}/link"

    def manifests(self) -> list[ManifestID]:
        """All its manifests, tagged or not."""
        return [ManifestID.from_hex(name) for name in self._digests("_manifests/revisions/sha256")]

    def holds(self, digest: Digest) -> bool:
        """Has it that manifest?"""
        return self.shelf.files.exists(self._revision(digest)) and self.shelf.files.exists(data(digest))

    def keep(self, manifest: ManifestID, content: bytes) -> None:
        """Keep a manifest."""
        self.shelf.put(manifest, content)
        self.shelf.files.write(self._revision(manifest), manifest.encode())

    def forget(self, manifest: ManifestID, *, subject: Digest | None) -> None:
        """Remove a manifest with all tags that name it, and from what refers to its `subject`."""
        for tag in self.tags():
            if self.tagged(tag) == manifest:
                self.untag(tag)
        if subject:
            self.shelf.files.delete(self._referrer(subject, manifest))
        self.shelf.files.delete(self._revision(manifest))

    # tags

    def _tag(self, tag: str) -> str:
        return f"{self.folder}/_manifests/tags/{tag}"

    def tags(self) -> list[str]:
        """All its tags, sorted by bytes."""
        names = self.shelf.files.children(f"{self.folder}/_manifests/tags")
        return sorted(name for name in names if self.tagged(name))

    def tagged(self, tag: str) -> ManifestID | None:
        """The manifest a tag names."""
        try:
            return ManifestID.parse(self.shelf.files.read(self._tag(tag) + "/current/link").decode())
        except FileNotFoundError:
            return None

    def tag(self, tag: str, manifest: ManifestID) -> None:
        """Let `tag` name a manifest."""
        files = self.shelf.files
        files.write(f"{self._tag(tag)}/index/sha256/{manifest.hex}/link", manifest.encode())
        files.write(f"{self._tag(tag)}/current/link", manifest.encode())

    def untag(self, tag: str) -> None:
        """Remove a tag; the manifest stays."""
        self.shelf.files.delete(f"{self._tag(tag)}/current/link")
        for path in list(self.shelf.files.paths(f"{self._tag(tag)}/index")):
            self.shelf.files.delete(path)

    # referrers

    def _referrer(self, subject: Digest, manifest: Digest) -> str:
        return f"{self.folder}/_manifests/referrers/sha256/{subject.hex}/sha256/{manifest.hex}/link"

    def refer(self, manifest: ManifestID, subject: Digest) -> None:
        """Note that a manifest refers to `subject`, which need not be here."""
        self.shelf.files.write(self._referrer(subject, manifest), manifest.encode())

    def referrers(self, subject: Digest) -> list[ManifestID]:
        """The manifests that refer to `subject`."""
        found = self._digests(f"_manifests/referrers/sha256/{subject.hex}/sha256")
        return [digest for digest in map(ManifestID.from_hex, found) if self.holds(digest)]

    def _digests(self, folder: str) -> list[str]:
        names = self.shelf.files.children(f"{self.folder}/{folder}")
        return [name for name in names if self.shelf.files.exists(f"{self.folder}/{folder}/{name}/link")]
