"""What COPY and ADD copy: finding it, and the hash by which the cache knows it again.

The hash of a file covers name, mode, size, kind and content, and no times or owners;
that of a directory all that is in it.

Source: moby/builder/dockerfile/copy.go and pkg/tarsum/versioning.go at v20.10.24.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from posixpath import dirname, normpath
from typing import NamedTuple

from labimg import errors, tarstream
from labimg.digest import Digest, Hasher
from labimg.entry import Entry
from labimg.go import glob
from labimg.remote.web import far
from labimg.union.overlay import Overlay


class Found(NamedTuple):
    """One thing to copy: its path, and what stands there, symlinks followed."""

    path: str  # as found, absolute
    entry: Entry
    hash: str  # "file:…" or "dir:…"; of one that was fetched, the digits alone
    fetched: bool = False  # from a URL


class Origin(NamedTuple):
    """Where an instruction copies from: the context, or (`image`) another image's tree."""

    tree: Overlay
    image: bool = False
    fetch: Callable[[str, str], Entry] | None = None  # URL and destination -> the file ADD finds there

    def find(self, name: str, words: Sequence[str], dest: str) -> list[Found]:
        """What the source `words` of the instruction `name` mean.

        Raises:
            OutsideContext, NotInContext, NotInImage, NoSources, ManySources, CopiedUrl, NotAdded.
        """
        found = [one for word in words for one in self._one(name, word, dest)]
        if not found:
            raise errors.NoSources(name)
        if len(found) > 1 and not dest.endswith("/"):
            raise errors.ManySources(name)
        return found

    def _one(self, name: str, word: str, dest: str) -> Iterator[Found]:
        if far(word):
            if name != "ADD" or self.fetch is None:
                raise errors.CopiedUrl
            entry = self.fetch(word, dest)
            yield Found(entry.path, entry, self._replace(image=True).hash(entry), fetched=True)
            return
        shown = word.removeprefix("/").removeprefix("./")
        climbs, path = normpath(shown).startswith(".."), tarstream.clean(word)
        if any(letter in word for letter in "*?["):
            if climbs:
                return
            with suppress(errors.BadPattern):  # which fits nothing
                fitting = [candidate for candidate in self.tree if glob.match(path[1:], candidate[1:])]
                yield from (self._found(candidate, self._followed(candidate)) for candidate in fitting)
            return
        if climbs or self._blocked(path):
            raise errors.OutsideContext(shown, name)
        try:
            entry = self._followed(path)
        except OSError:
            raise (
                errors.NotInImage(shown, name) if self.image else errors.NotInContext(shown, name)
            ) from None
        yield self._found(path, entry)

    def _blocked(self, path: str) -> bool:
        """Does a file stand on the way, where a directory should?"""
        try:
            above = self.tree.resolve(dirname(path))
        except OSError as error:
            return isinstance(error, NotADirectoryError)
        return above != "/" and above in self.tree and not self.tree[above].is_dir

    def _followed(self, path: str) -> Entry:
        """What stands at `path`, symlinks followed; the root is a directory without a name."""
        end = self.tree.resolve(path)
        if end == "/":
            return Entry("/", "dir", 0o755)
        if end not in self.tree:
            raise FileNotFoundError(path)
        return self.tree[end]

    def _found(self, path: str, entry: Entry) -> Found:
        if not entry.is_dir:
            return Found(path, entry, "file:" + self.hash(entry))
        inside = sorted(self.hash(self._target(one)) for one in self.below(entry.path, itself=True))
        return Found(path, entry, "dir:" + joined(inside))

    def _target(self, entry: Entry) -> Entry:
        """A symlink inside a directory counts as what it leads to, if that is there."""
        if entry.kind != "symlink":
            return entry
        try:
            return self._followed(entry.path)
        except OSError:
            return entry

    def below(self, path: str, *, itself: bool = False) -> list[Entry]:
        """All in directory `path`, in walk order, and perhaps the directory."""
        found = [self.tree[path]] if itself and path in self.tree else []
        ahead = [path]
        while ahead:
            at = ahead.pop()
            if at != path:
                found.append(self.tree[at])
            ahead += [f"{at.rstrip('/')}/{name}" for name in reversed(self.tree.children(at))]
        return found

    def hash(self, entry: Entry) -> str:
        """64 hex digits for one entry."""
        kind = "file" if entry.kind == "link" else entry.kind
        bits, owner = (tarstream.TYPE_BITS[kind], (entry.uid, entry.gid)) if self.image else (0, (0, 0))
        names = ("", "")
        if self.image:
            names = tarstream.USERS.get(entry.uid, ""), tarstream.GROUPS.get(entry.gid, "")
        fields = (
            ("name", entry.path[1:] + ("/" if entry.is_dir else "")), ("mode", entry.mode | bits),
            ("uid", owner[0]), ("gid", owner[1]), ("size", entry.size if entry.is_file else 0),
            ("typeflag", tarstream.FLAGS[kind].decode()),
            ("linkname", entry.target if kind == "symlink" else ""), ("uname", names[0]), ("gname", names[1]),
            ("devmajor", entry.device[0]), ("devminor", entry.device[1]),
        )  # fmt: skip
        hasher = Hasher()
        hasher.update("".join(f"{key}{value}" for key, value in fields).encode(errors="surrogateescape"))
        if entry.is_file:
            for chunk in entry.chunks():
                hasher.update(chunk)
        return hasher.digest(Digest).hex


def joined(hashes: Iterable[str]) -> str:
    """64 hex digits for several hashes."""
    return Digest.of(",".join(hashes).encode()).hex


def told(found: Sequence[Found]) -> str:
    """What history says was copied."""
    return found[0].hash if len(found) == 1 else "multi:" + joined(one.hash for one in found)
