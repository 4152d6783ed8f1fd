"""The shelf of images: `image/overlay2/imagedb`.

content/sha256/<image ID>                 the config, byte for byte
metadata/sha256/<image ID>/parent         the image it was built upon, if that was built here
lastUpdated    when it last got a name
"""

from collections.abc import Iterator

from labimg.digest import ImageID
from labimg.errors import NoSuchImage
from labimg.files import Files
from labimg.image import Image

CONTENT = "image/overlay2/imagedb/content/sha256"
METADATA = "image/overlay2/imagedb/metadata/sha256"


class Images:
    """The images of a store."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._known: dict[ImageID, Image] = {}

    def put(self, image: Image, parent: ImageID | None = None) -> ImageID:
        """Keep `image`, built upon `parent`."""
        if parent:
            self._files.write(f"{METADATA}/{image.id.hex}/parent", parent.encode())
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
        if image_id in self._known and self.has(image_id):
            return self._known[image_id]
        try:
            raw = self._files.read(f"{CONTENT}/{image_id.hex}")
        except FileNotFoundError:
            raise NoSuchImage(image_id) from None
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
        known = set(self.all())
        told = (ImageID.from_hex(name) for name in self._files.children(METADATA) if len(name) == 64)
        return {child: parent for child in told if child in known and (parent := self.parent(child))}

    def orphan(self, image_id: ImageID) -> None:
        """Forget what it was built upon."""
        self._files.delete(f"{METADATA}/{image_id.hex}/parent")

    def touch(self, image_id: ImageID, when: str) -> None:
        """Note that it got a name at `when` (RFC 3339)."""
        self._files.write(f"{METADATA}/{image_id.hex}/lastUpdated", when.encode())

    def touched(self, image_id: ImageID) -> str:
        """When it last got a name (RFC 3339), or "" if never."""
        path = f"{METADATA}/{image_id.hex}/lastUpdated"
        return self._files.read(path).decode() if self._files.exists(path) else ""
