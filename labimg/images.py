"""The shelf of images: `image/overlay2/imagedb`.

content/sha256/<image ID>                 the config, byte for byte
metadata/sha256/<image ID>/parent         the image it was built upon, if that was built here
lastUpdated    when it last got a name
summaries                                 what a list tells of each image, once there are many
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from labimg import errors
from labimg.digest import ImageID
from labimg.files import Files

if TYPE_CHECKING:
    from labimg.image import Image

CONTENT = "image/overlay2/imagedb/content/sha256"
METADATA = "image/overlay2/imagedb/metadata/sha256"
SUMMARIES = "image/overlay2/imagedb/summaries"


class Summary(NamedTuple):
    """What a list tells of an image; it follows from the image's ID, and so never changes."""

    created: int  # ns since the epoch
    size: int  # bytes of its layers
    labels: dict[str, str]


class Images:
    """The images of a store."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._known: dict[ImageID, Image] = {}

    def put(self, image: Image, parent: ImageID | None = None) -> ImageID:
        """Keep `image`, built upon `parent`."""
        if parent:
            self.adopt(image.id, parent)
        self._files.write(f"{CONTENT}/{image.id.hex}", image.raw)
        return image.id

    def has(self, image_id: ImageID) -> bool:
        """Is the image on the shelf?"""
        return self._files.exists(f"{CONTENT}/{image_id.hex}")

    def find(self, image_id: ImageID) -> Image:
        """The image named `image_id`.

        Raises:
            NoSuchImage: it is not on the shelf.
        """
        from labimg.image import Image

        if image_id in self._known and self.has(image_id):
            return self._known[image_id]
        try:
            raw = self._files.read(f"{CONTENT}/{image_id.hex}")
        except FileNotFoundError:
            raise errors.NoSuchImage(image_id) from None
        return self._known.setdefault(image_id, Image.parse(raw))

    def everything(self) -> dict[ImageID, Image]:
        """Every image on the shelf, looked at once."""
        return {image_id: self._known.get(image_id) or self.find(image_id) for image_id in self.all()}

    def delete(self, image_id: ImageID) -> None:
        """Take an image off the shelf; it goes first, then what is known about it."""
        self._files.delete(f"{CONTENT}/{image_id.hex}")
        for name in ("parent", "lastUpdated"):
            self._files.delete(f"{METADATA}/{image_id.hex}/{name}")

    def all(self) -> Iterator[ImageID]:
        """Every image on the shelf."""
        return (ImageID.from_hex(name) for name in self._files.children(CONTENT) if len(name) == 64)

    def parent(self, image_id: ImageID) -> ImageID | None:
        """The image it was built upon, if that link is known."""
        path = f"{METADATA}/{image_id.hex}/parent"
        return ImageID.parse(self._files.read(path).decode()) if self._files.exists(path) else None

    def parents(self) -> dict[ImageID, ImageID]:
        """Each image with such a link, and where it leads."""
        told = (ImageID.from_hex(name) for name in self._files.children(METADATA) if len(name) == 64)
        return {child: parent for child in told if (parent := self.parent(child)) and self.has(child)}

    def adopt(self, image_id: ImageID, parent: ImageID) -> None:
        """Note what it was built upon."""
        self._files.write(f"{METADATA}/{image_id.hex}/parent", parent.encode())

    def orphan(self, image_id: ImageID) -> None:
        """Forget what it was built upon."""
        self._files.delete(f"{METADATA}/{image_id.hex}/parent")

    def summaries(self) -> dict[str, Summary]:
        """The summaries that were kept, by image ID; what cannot be read counts as not kept."""
        if not self._files.exists(SUMMARIES):
            return {}
        import json
        from zlib import crc32

        try:
            seal, _, text = self._files.read(SUMMARIES).partition(b"\n")
            kept = json.loads(text) if seal == b"%08x" % crc32(text) else {}
            return {key: Summary(*told) for key, told in kept.items() if _sound(*told)}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def summarize(self, summaries: Mapping[ImageID, Summary]) -> None:
        """Keep `summaries`, and no others; who only reads may do it too, so it brings its own seal."""
        import json
        from zlib import crc32

        text = json.dumps(summaries, separators=(",", ":")).encode()
        with self._files.create(SUMMARIES) as file:
            file.write(b"%08x\n%b" % (crc32(text), text))

    def touch(self, image_id: ImageID, when: str) -> None:
        """Note that it got a name at `when` (RFC 3339)."""
        self._files.write(f"{METADATA}/{image_id.hex}/lastUpdated", when.encode())

    def touched(self, image_id: ImageID) -> str:
        """When it last got a name (RFC 3339), or "" if never."""
        path = f"{METADATA}/{image_id.hex}/lastUpdated"
        return self._files.read(path).decode() if self._files.exists(path) else ""


def _sound(created: object, size: object, labels: object) -> bool:
    """Can a summary say that?"""
    if type(created) is not int or type(size) is not int or type(labels) is not dict:
        return False
    return not labels or all(type(value) is str for value in labels.values())
