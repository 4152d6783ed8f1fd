"""What pull and push tell while they work, and what they give back: records, not lines."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from labimg.digest import ManifestID

State = Literal[
    "Pulling fs layer", "Waiting", "Downloading", "Verifying Checksum", "Download complete", "Extracting",
    "Pull complete", "Already exists", "Preparing", "Pushing", "Pushed", "Layer already exists",
    "Mounted from", "Retrying",
]  # fmt: skip


class PullingFrom(NamedTuple):
    """A tag or digest is being pulled from a repository."""

    reference: str  # "1", or "sha256:..."
    path: str  # "library/busybox"


class LayerProgress(NamedTuple):
    """A layer has come so far.

    The states with numbers ("Downloading", "Extracting", "Pushing") are for a progress
    bar; a log that is no terminal leaves them out.
    """

    id: str  # 12 digits: of the blob while pulling, of the diff ID while pushing
    state: State
    done: int = 0  # bytes
    total: int = 0  # bytes; 0 is unknown
    source: str = ""  # of "Mounted from"


class Pulled(NamedTuple):
    """One manifest, or index, has been pulled."""

    digest: ManifestID


class PullDone(NamedTuple):
    """A pull has ended; `newer` says whether any name leads elsewhere than before."""

    reference: str  # familiar form
    newer: bool


class PushingTo(NamedTuple):
    """A push has begun."""

    repository: str  # with its domain


class PushDone(NamedTuple):
    """A tag has been pushed, with a manifest of so many bytes."""

    tag: str
    digest: ManifestID
    size: int


Record = PullingFrom | LayerProgress | Pulled | PullDone | PushingTo | PushDone
Report = Callable[[Record], None]
