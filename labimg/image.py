"""An image: the raw bytes of its config, which name it, and what they say."""

from typing import Any, NamedTuple, Self

from labimg.digest import ChainID, DiffID, ImageID, chain_ids
from labimg.spec import VERSION, History, ImageDocument, RunConfig


class Image(NamedTuple):
    """A read-only template: config bytes that are never encoded again, since they are the ID."""

    raw: bytes
    document: ImageDocument

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Image) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """The image whose config is `raw`."""
        return cls(raw, ImageDocument.parse(raw))

    @classmethod
    def of(cls, document: ImageDocument) -> Self:
        """The image Docker would store for `document`."""
        return cls(document.encode(), document)

    @property
    def id(self) -> ImageID:
        """The digest of the config's bytes."""
        return ImageID.of(self.raw)

    @property
    def config(self) -> RunConfig:
        """How its containers run."""
        return self.document.config

    @property
    def history(self) -> tuple[History, ...]:
        """Its steps, oldest first."""
        return self.document.history

    @property
    def chain_ids(self) -> list[ChainID]:
        """Its layers, bottom first, each named with all below it."""
        return chain_ids(self.document.diff_ids)

    @property
    def top(self) -> ChainID | None:
        """The chain ID of its topmost layer; an image may have none."""
        chains = self.chain_ids
        return chains[-1] if chains else None

    def but(self, **changes: Any) -> "Image":
        """Another image: this one's document with `changes`."""
        return Image.of(self.document._replace(**changes))


def child(
    parent: Image | None, *, config: RunConfig, container_config: RunConfig, created: str,
    diff_id: DiffID | None, container: str = "", author: str = "", comment: str = "",
) -> Image:  # fmt: skip
    """The image that one step makes of `parent`: it ran `container_config`, and made the layer `diff_id`.

    Source: moby/image/image.go, NewChildImage, at v20.10.24.
    """
    below = parent.document if parent else ImageDocument(())
    step = History(
        created, author, " ".join(container_config.cmd or ()), comment, empty_layer=diff_id is None
    )
    return Image.of(
        ImageDocument(
            diff_ids=(*below.diff_ids, *([diff_id] if diff_id else [])),
            config=config,
            history=(*below.history, step),
            created=created,
            architecture=below.architecture or "amd64",
            os=below.os or "linux",
            os_version=below.os_version,
            author=author,
            container=container,
            container_config=container_config,
            docker_version=VERSION,
        )
    )
