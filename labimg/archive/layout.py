"""What an archive says it holds: Docker's list, or an OCI image layout told in the same words.

An archive may say anything.  Whatever is not of the shape it must have is refused with the
file it stands in, and a blob of a layout that is not what its descriptor says as well.
"""

from collections.abc import Iterator
from typing import Any

from labimg import errors
from labimg.archive.members import Archive, placed
from labimg.digest import BlobID
from labimg.go import gojson
from labimg.spec import MANIFEST_LIST, OCI_INDEX

INDEX = "index.json"
NESTED = 8  # indexes, one in the other
MOST = 1 << 26  # bytes of one document


def contents(archive: Archive) -> list[dict[str, Any]]:
    """The images of an archive: each with its `Config`, `RepoTags` and `Layers`.

    Raises:
        NotInArchive, NullManifest, WrongJSON, InvalidJSON, BadLayout.
    """
    if not archive.has("manifest.json") and archive.has(INDEX):
        return list(_images(archive, _document(archive, INDEX), INDEX))
    if not archive.has("manifest.json"):
        raise errors.NotInArchive(
            f"{archive.root}/{archive.folder + '/json' if archive.folder else 'repositories'}"
        )
    with placed("in manifest.json"):
        return _manifest(gojson.decode(_read(archive, "manifest.json"), whole=False))


def _manifest(items: Any) -> list[dict[str, Any]]:
    """The items of `manifest.json`, in the shape that Go would take them in."""
    if items is None:
        raise errors.NullManifest
    if not isinstance(items, list):
        raise errors.WrongJSON(_go(items), "[]tarexport.manifestItem")
    for item in items:
        if not isinstance(item, dict):
            raise errors.WrongJSON(_go(item), "tarexport.manifestItem")
        for key, kind in (("Config", str), ("Parent", str), ("RepoTags", list), ("Layers", list)):
            _shaped(item.get(key), kind)
    return items


def _shaped(value: object, kind: type) -> None:
    """Refuse a value that Go would not take for a string, or for a list of strings."""
    if value is None:
        return
    if not isinstance(value, kind):
        raise errors.WrongJSON(_go(value), "string" if kind is str else "[]string")
    for part in value if isinstance(value, list) else ():
        if not isinstance(part, str):
            raise errors.WrongJSON(_go(part), "string")


def _go(value: object) -> str:
    """What Go calls the shape of `value`."""
    kinds = {dict: "object", list: "array", str: "string", bool: "bool", type(None): "null"}
    return kinds.get(type(value), "number")


def _read(archive: Archive, path: str) -> bytes:
    if archive.find(path).size > MOST:
        raise errors.BadLayout(path, f"more than {MOST} bytes")
    return archive.read(path)


def _document(archive: Archive, path: str) -> dict[str, Any]:
    """The JSON object in a file."""
    found = gojson.decode(_read(archive, path))
    if not isinstance(found, dict):
        raise errors.BadLayout(path, f"is a JSON {_go(found)}, and no object")
    return found


def _images(archive: Archive, index: dict[str, Any], at: str, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The images of the index that lies `at`, each once, with all its names."""
    if depth > NESTED:
        raise errors.BadLayout(at, f"is nested more than {NESTED} deep")
    items: dict[str, dict[str, Any]] = {}
    for descriptor in _list(index, "manifests", at):
        path = _blob(archive, descriptor, at)
        document = _document(archive, path)
        if descriptor.get("mediaType") in (OCI_INDEX, MANIFEST_LIST) or "manifests" in document:
            yield from _images(archive, document, path, depth + 1)
        elif "config" in document:
            layers = _list(document, "layers", path)
            item = items.setdefault(
                path,
                {
                    "Config": _blob(archive, document["config"], path),
                    "RepoTags": [],
                    "Layers": [_blob(archive, layer, path, whole=False) for layer in layers],
                },
            )
            item["RepoTags"] += _names(descriptor, at)
    yield from items.values()


def _list(document: dict[str, Any], key: str, at: str) -> list[dict[str, Any]]:
    found = document.get(key) or []
    if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
        raise errors.BadLayout(at, f"its {key} are no list of descriptors")
    return found


def _names(descriptor: dict[str, Any], at: str) -> Iterator[str]:
    """The name of an image, if its annotations tell a whole one."""
    annotations = descriptor.get("annotations") or {}
    if not isinstance(annotations, dict):
        raise errors.BadLayout(at, "annotations that are no object")
    name = annotations.get("io.containerd.image.name") or annotations.get("org.opencontainers.image.ref.name")
    if isinstance(name, str) and ("/" in name or ":" in name):
        yield name


def _blob(archive: Archive, descriptor: object, at: str, *, whole: bool = True) -> str:
    """Where a blob lies; its size is compared, and if it is read `whole` its digest too."""
    if not isinstance(descriptor, dict):
        raise errors.BadLayout(at, f"a descriptor that is a JSON {_go(descriptor)}")
    try:
        digest = BlobID.parse(str(descriptor.get("digest")))
    except ValueError as bad:
        raise errors.BadLayout(at, str(bad)) from None
    path = f"blobs/sha256/{digest.hex}"
    size = archive.find(path).size
    if size != descriptor.get("size", size):
        raise errors.BadLayout(path, f"has {size} bytes, and {at} says {descriptor['size']}")
    if whole and (got := BlobID.of(_read(archive, path))) != digest:
        raise errors.BadLayout(path, f"is {got}")
    return path
