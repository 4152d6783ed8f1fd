"""The shelf of names: `image/overlay2/repositories.json`, one file for all of them.

{"Repositories": {"<name>": {"<name>:<tag>": "<image ID>", "<name>@<digest>": "<image ID>"}}}
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from labimg import errors
from labimg.digest import ImageID
from labimg.errors import DockerError
from labimg.files import Files
from labimg.late import late
from labimg.reference import Reference

if TYPE_CHECKING:
    import json
else:
    json = late("json")

PATH = "image/overlay2/repositories.json"


class Tags:
    """The names of a store: which image each one leads to."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._read: tuple[bytes | None, dict[Reference, ImageID]] = (None, {})

    def all(self) -> dict[Reference, ImageID]:
        """Every name and the image it leads to, sorted by the full name.

        Raises:
            DamagedStore: the file is not what we wrote.
        """
        if not self._files.exists(PATH):
            return {}
        raw = self._files.read(PATH)
        if raw != self._read[0]:
            self._read = raw, _parse(raw)
        return dict(self._read[1])

    def get(self, reference: Reference) -> ImageID | None:
        """The image `reference` leads to."""
        return self.all().get(reference)

    def of(self, image_id: ImageID) -> list[Reference]:
        """The names of an image, sorted by the full name."""
        return [reference for reference, at in self.all().items() if at == image_id]

    def set(self, reference: Reference, image_id: ImageID) -> None:
        """Let `reference` lead to `image_id`, wherever it led before."""
        self.update({reference: image_id})

    def update(self, names: Mapping[Reference, ImageID]) -> None:
        """Let each of `names` lead to its image, all at once."""
        if names:
            self._write({**self.all(), **names})

    def delete(self, reference: Reference) -> None:
        """Forget a name."""
        self.forget([reference])

    def forget(self, references: Iterable[Reference]) -> None:
        """Forget names, all at once."""
        gone = set(references)
        if gone:
            self._write({name: image_id for name, image_id in self.all().items() if name not in gone})

    def _write(self, names: Mapping[Reference, ImageID]) -> None:
        repositories: dict[str, dict[str, str]] = {}
        for reference, image_id in names.items():
            repositories.setdefault(reference.familiar_name, {})[reference.familiar] = image_id
        text = json.dumps({"Repositories": repositories}, sort_keys=True, separators=(",", ":"))
        raw = text.encode()  # names are of letters that every encoder writes alike
        self._files.write(PATH, raw)
        self._read = raw, _sorted(names)


def _sorted(names: Mapping[Reference, ImageID]) -> dict[Reference, ImageID]:
    return {name: names[name] for name in sorted(names, key=str)}


def _read(repository: str, names: Iterable[str]) -> list[Reference]:
    """The references that `names` are; those with a tag of their repository differ in that tag alone."""
    start = f"{repository}:"
    plain = Reference.parse(f"{repository}:latest")
    return [
        plain.with_tag(name[len(start) :])
        if name.startswith(start) and "@" not in name
        else Reference.parse(name)
        for name in names
    ]


def _parse(raw: bytes) -> dict[Reference, ImageID]:
    try:
        written = json.loads(raw)["Repositories"]
        ids = {at: ImageID.parse(at) for names in written.values() for at in set(names.values())}
        names = {
            reference: ids[at]
            for repository, names in written.items()
            for reference, at in zip(_read(repository, names), names.values(), strict=True)
        }
    except (DockerError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as bad:
        raise errors.DamagedStore(PATH, f"{bad}") from None
    return _sorted(names)
