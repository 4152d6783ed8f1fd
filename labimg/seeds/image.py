"""A seed: an image as plain data, before there are digests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labimg.entry import Entry

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an image's history."""

    created: str  # RFC 3339
    created_by: str
    empty: bool = False  # it made no layer
    comment: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """As it stands in the image's config."""
        row: dict[str, Any] = {"created": self.created, "created_by": self.created_by}
        if self.comment:
            row["comment"] = self.comment
        if self.empty:
            row["empty_layer"] = True
        return row


@dataclass(frozen=True, slots=True)
class SeedImage:
    """Layers, bottom first, and all of the config but the digests of the layers."""

    layers: Sequence[Sequence[Entry]]
    created: str  # RFC 3339
    run: Mapping[str, Any]  # the config's "config": Env, Cmd, Entrypoint, ...
    history: Sequence[Row] = field(default=())

    @property
    def config(self) -> dict[str, Any]:
        """The image's config document, but for its `rootfs`."""
        return {
            "architecture": "amd64",
            "config": dict(self.run),
            "created": self.created,
            "history": [row.document for row in self.history],
            "os": "linux",
        }


@dataclass(frozen=True, slots=True)
class SeedRepository:
    """A repository as a registry's search shows it, and how to make the image of each tag."""

    description: str
    stars: int
    official: bool
    tags: Mapping[str, Callable[[], SeedImage]]
