"""A manifest: its own bytes, what kind it is, and what it points to.

An image's manifest names a config and layers; an index names manifests, one for each
platform.  Docker and OCI have each their own media types for the same two shapes.

Spec: https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md and image-index.md
"""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from labimg import spec
from labimg.digest import Digest, ManifestID
from labimg.registry.refusal import Refusal

MANIFESTS = (spec.MANIFEST, spec.OCI_MANIFEST)
INDEXES = (spec.MANIFEST_LIST, spec.OCI_INDEX)


class Platform(NamedTuple):
    """What a machine must be to run an image."""

    os: str = ""
    architecture: str = ""
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


ANY = Platform()


class Descriptor(NamedTuple):
    """How one document points to another: by media type, digest and size in bytes."""

    media: str
    digest: Digest
    size: int
    platform: Platform = ANY
    foreign: bool = False  # it is fetched elsewhere, and a registry need not have it

    @classmethod
    def parse(cls, value: object) -> "Descriptor":
        """The descriptor in a JSON `value`.

        Raises:
            Refusal: it is none.
        """
        if not isinstance(value, dict) or not isinstance(media := value.get("mediaType"), str):
            raise Refusal("MANIFEST_INVALID", "a descriptor has no mediaType")
        size, digest = value.get("size"), value.get("digest")
        if not isinstance(size, int) or size < 0:
            raise Refusal("MANIFEST_INVALID", f"a descriptor's size is {size}")
        try:
            named = Digest.parse(digest)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise Refusal("DIGEST_INVALID", f"{digest}") from None
        return cls(media, named, size, _platform(value.get("platform")), foreign=bool(value.get("urls")))


def _platform(value: object) -> Platform:
    if not isinstance(value, dict):
        return ANY
    return Platform(*(str(value.get(key, "")) for key in Platform._fields))


class Manifest(NamedTuple):
    """One manifest or index, read but never written anew: its bytes are its name."""

    raw: bytes
    media: str
    config: Descriptor | None = None  # an index has none
    layers: tuple[Descriptor, ...] = ()  # bottom first
    manifests: tuple[Descriptor, ...] = ()  # what an index lists
    subject: Digest | None = None
    artifact: str = ""  # the artifact type, for which the media type of the config may stand
    annotations: Mapping[str, str] = MappingProxyType({})

    @property
    def id(self) -> ManifestID:
        """Its digest."""
        return ManifestID.of(self.raw)

    @property
    def blobs(self) -> list[Digest]:
        """What a repository must have before it takes this: the config, and layers that are not foreign."""
        named = [self.config] if self.config else []
        return [one.digest for one in [*named, *self.layers] if not one.foreign]

    @property
    def descriptor(self) -> dict[str, object]:
        """How a list of referrers names it."""
        named: dict[str, object] = {"mediaType": self.media, "digest": self.id, "size": len(self.raw)}
        if self.artifact:
            named["artifactType"] = self.artifact
        if self.annotations:
            named["annotations"] = dict(self.annotations)
        return named

    @classmethod
    def parse(cls, raw: bytes, media: str = "") -> "Manifest":
        """The manifest in `raw`, said to be of media type `media`.

        Raises:
            Refusal: it is none, or of another type than said.
        """
        value = _document(raw)
        kind = value.get("mediaType") or _guess(value)
        if media and media != kind:
            raise Refusal("MANIFEST_INVALID", f"Content-Type is {media}, the manifest says {kind}")
        if value.get("schemaVersion") != 2 or kind not in MANIFESTS + INDEXES:
            raise Refusal("MANIFEST_INVALID", f"unsupported manifest: {kind or 'no media type'}")
        annotations = value.get("annotations") or {}
        if not isinstance(annotations, dict):
            raise Refusal("MANIFEST_INVALID", "annotations is not an object")
        index = kind in INDEXES
        config = None if index else Descriptor.parse(value.get("config"))
        return cls(
            raw,
            kind,
            config,
            layers=() if index else tuple(_descriptors(value, "layers")),
            manifests=tuple(_descriptors(value, "manifests")) if index else (),
            subject=Descriptor.parse(value["subject"]).digest if value.get("subject") else None,
            artifact=str(value.get("artifactType") or (config.media if config else "")),
            annotations=annotations,
        )


def _document(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refusal("MANIFEST_INVALID", f"not JSON: {error}") from None
    if not isinstance(value, dict) or not isinstance(value.get("mediaType", ""), str):
        raise Refusal("MANIFEST_INVALID", "not a JSON object with a media type")
    return value


def _guess(value: Mapping[str, Any]) -> str:
    """OCI documents may leave out their media type; their shape tells it."""
    if "manifests" in value:
        return spec.OCI_INDEX
    return spec.OCI_MANIFEST if "config" in value else ""


def _descriptors(value: Mapping[str, Any], key: str) -> Iterator[Descriptor]:
    if not isinstance(listed := value.get(key), list):
        raise Refusal("MANIFEST_INVALID", f"{key} is not a list")
    yield from map(Descriptor.parse, listed)
