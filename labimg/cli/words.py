"""What is said of things that went well, and the questions before things go.

Refusals are not here; they are in `labimg.errors`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from labimg import units

if TYPE_CHECKING:
    from labimg.archive import Record
    from labimg.remove import Pruned, Removed

CUT = (
    "WARNING! This will remove all dangling images.",
    "WARNING! This will remove all images without at least one container associated to them.",
)


def removed(record: "Removed") -> str:
    """One line of `docker rmi`."""
    from labimg.remove import Untagged

    return f"Untagged: {record.reference}" if isinstance(record, Untagged) else f"Deleted: {record.digest}"


def pruned(found: "Pruned") -> str:
    """The report of `docker image prune`."""
    return "\n".join([*(deleted(found) if found.records else ()), reclaimed(found.reclaimed)])


def deleted(found: "Pruned") -> list[str]:
    """What a prune took away, and an empty line."""
    return ["Deleted Images:", *(_small(removed(record)) for record in found.records), ""]


def _small(line: str) -> str:
    return line[0].lower() + line[1:]


def reclaimed(size: int) -> str:
    """The last line of every prune; `size` in bytes."""
    return f"Total reclaimed space: {units.human_size(size)}"


def loaded(records: "Iterable[Record]") -> list[str]:
    """The lines of `docker load`."""
    return [_loaded(record) for record in records]


def _loaded(record: "Record") -> str:
    from labimg.archive import Loaded, LoadedID, Renamed

    match record:
        case Loaded():
            return f"Loaded image: {record.reference}"
        case LoadedID():
            return f"Loaded image ID: {record.id}"
        case Renamed():
            return (
                f"The image {record.reference} already exists, renaming the old one with ID {record.old} "
                "to empty string"
            )
