"""ADD of a URL: the file that is fetched, as if it lay in the context.

It is its owner's alone, root's unless told otherwise, as old as the server says, and not
unpacked.  It is fetched each time: whether it has changed, only its content tells.

Source: moby/builder/dockerfile/copy.go at v20.10.24.
"""

from collections.abc import Callable, Sequence

from labimg import errors
from labimg.build.events import Downloaded
from labimg.digest import checksum
from labimg.entry import Entry, file
from labimg.errors import DockerError
from labimg.reference import check_digest
from labimg.remote.transport import Transport
from labimg.remote.web import far, fetch

UNNAMED = "__unnamed__"  # a file without a name, where it needs none


def download(url: str, dest: str, web: Callable[[], Transport], report: Callable[[object], None]) -> Entry:
    """The file at `url`, named for `dest`.

    Raises:
        NotAdded: it is not to be had, or has no name in a directory.
    """
    try:
        fetched = fetch(url, web())
    except DockerError as cause:
        if isinstance(cause, errors.BrokenOff):
            report(Downloaded(0, whole=False))
        raise errors.NotAdded(cause) from None
    report(Downloaded(len(fetched.data), fetched.endless))
    if not fetched.name and dest.endswith("/"):
        raise errors.NotAdded(errors.NoFileName(url))
    return file(f"/{fetched.name or UNNAMED}", fetched.data, mode=0o600, mtime=fetched.mtime)


def check(words: Sequence[str], wanted: str) -> None:
    """Raise unless `--checksum=wanted` can be meant of the sources `words`.

    Raises:
        ManyChecked, CheckedLocally, InvalidReference.
    """
    if len(words) != 1:
        raise errors.ManyChecked
    if not far(words[0]):
        raise errors.CheckedLocally
    try:
        check_digest(wanted)
    except errors.InvalidReference as error:
        raise error.said_by("stream") from None


def prove(entry: Entry, wanted: str) -> None:
    """Raise unless a file is what `wanted` names.

    Raises:
        NotAdded: it is another.
    """
    algorithm = wanted.partition(":")[0]
    found = f"{algorithm}:{checksum(algorithm, entry.read())}"
    if found != wanted:
        raise errors.NotAdded(errors.WrongChecksum(found, wanted))
