"""A look into a saved archive: its lists, its configs, its layers, and which of them are shared.

Nothing is taken into the store; an archive that makes no sense is shown as far as it goes.
"""

import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from labimg import tarstream
from labimg.compression import inflate
from labimg.digest import DiffID, Digest
from labimg.entry import Entry
from labimg.errors import DockerError
from labimg.show.board import OWN, SHARED, Part, Row, board, some
from labimg.show.names import counted, spelled
from labimg.show.panel import Listing
from labimg.store import Store

LISTS = {
    "/manifest.json": "Docker's list: images, their names, configs and layers",
    "/index.json": "OCI's list: a manifest for each name",
    "/oci-layout": "says that this is an OCI layout",
    "/repositories": "the old list of names",
}


def suitcase(path: Path, store: Store) -> Listing:
    """The archive at `path`; `store` tells which layers are here already.

    Raises:
        FileNotFoundError: there is none.
    """
    raw = path.read_bytes()
    entries = _entries(raw)
    roles, users = _roles(entries)
    here = {layer.diff_id for layer in map(store.layers.find, store.layers.all())}
    groups: dict[str, list[Row]] = {
        "lists": [],
        "manifests": [],
        "configs": [],
        "layers": [],
        "other files": [],
    }
    for entry in sorted(entries.values(), key=lambda one: (_order(roles, one.path), one.path)):
        if entry.is_dir:
            continue
        role = roles.get(entry.path, "list" if entry.path in LISTS else "")
        number = int(role.removeprefix("layer ")) if role.startswith("layer") else 0
        groups[_GROUPS.get(role.split(" ")[0], "other files")].append(_row(entry, role, users, here, number))
    images = {name for names in users.values() for name in names}
    layers = groups["layers"]
    shared = sum(bool(row.parts) and row.parts[0].kind == SHARED for row in layers)
    said = f"{counted(len(images), 'image')}, {counted(len(layers), 'layer')}, {shared} of them shared"
    bars = {OWN: "in one image of the archive", SHARED: "in several: packed once"} if layers else {}
    return Listing(board(f"The archive {path.name}", said, groups, bars=bars))


_GROUPS = {"list": "lists", "manifest": "manifests", "config": "configs", "layer": "layers"}


def _order(roles: dict[str, str], path: str) -> int:
    role = roles.get(path, "")
    return int(role.removeprefix("layer ")) if role.startswith("layer") else 0


def _entries(raw: bytes) -> dict[str, Entry]:
    """The files of the tar, as far as it is one."""
    found: dict[str, Entry] = {}
    with suppress(DockerError, ValueError, EOFError):
        plain = inflate(io.BytesIO(raw))
        data = b"".join(iter(lambda: plain.read(1 << 20), b""))
        for entry in tarstream.unpacked(data):
            found[entry.path] = entry
    return found


def _roles(entries: dict[str, Entry]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What each file is for, and which images use it."""
    roles: dict[str, str] = {}
    users: dict[str, list[str]] = defaultdict(list)
    listed = _json(entries.get("/manifest.json"))
    for at, item in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(item, dict):
            continue
        names = [str(name) for name in item.get("RepoTags") or []]
        name = ", ".join(names) or f"image {at + 1}"
        config = tarstream.clean(str(item.get("Config", "")))
        roles[config] = "config"
        users[config].append(name)
        for number, layer in enumerate(item.get("Layers") or [], start=1):
            path = tarstream.clean(str(layer))
            roles.setdefault(path, f"layer {number}")
            users[path].append(name)
    for descriptor in _manifests(_json(entries.get("/index.json"))):
        roles.setdefault(
            f"/blobs/sha256/{str(descriptor.get('digest', '')).removeprefix('sha256:')}", "manifest"
        )
    return roles, users


def _manifests(index: Any) -> Iterator[dict[str, Any]]:
    listed = index.get("manifests") if isinstance(index, dict) else None
    yield from (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _json(entry: Entry | None) -> Any:
    if entry is None or not entry.is_file or entry.source is None:
        return None
    with suppress(ValueError, RecursionError):
        return json.loads(entry.source.read(entry.offset, entry.size))
    return None


def _row(entry: Entry, role: str, users: dict[str, list[str]], here: set[DiffID], number: int) -> Row:
    whole = spelled(entry.path.removeprefix("/"))
    path = re.sub(r"([0-9a-f]{12})[0-9a-f]{52}", r"\1…", whole)
    names = list(dict.fromkeys(users.get(entry.path, [])))
    if number:
        shared = len(names) > 1
        diff = _diff(entry)
        note = f"of {'; '.join(names)}" + (", in this store too" if diff in here else "")
        told = [whole, f"diff ID {diff}" if diff else f"a link to {entry.target}", *_inside(entry)]
        sign = ("∞", "shared") if shared else ("▤", "layer")
        return Row(*sign, path, note, entry.size, (Part(SHARED if shared else OWN, entry.size),), number,
                   detail=some(told, 24))  # fmt: skip
    note = LISTS.get(entry.path, f"{role} of {'; '.join(names)}" if names else role)
    if entry.kind == "symlink":
        return Row("→", "link", path, f"leads to {spelled(entry.target)}", detail=())
    return Row("≡", role or "file", path, note, entry.size, detail=some(_printed(entry), 60))


def _diff(entry: Entry) -> DiffID | None:
    """The diff ID of a layer's bytes, compressed or not."""
    if not entry.is_file or entry.source is None:
        return None
    with suppress(DockerError, ValueError, EOFError):
        plain = inflate(io.BytesIO(entry.source.read(entry.offset, entry.size)))
        return DiffID(Digest.of(b"".join(iter(lambda: plain.read(1 << 20), b""))))
    return None


def _inside(entry: Entry) -> list[str]:
    """The paths in a layer."""
    if not entry.is_file or entry.source is None:
        return []
    return [spelled(path) for path in _entries(entry.source.read(entry.offset, entry.size))]


def _printed(entry: Entry) -> list[str]:
    """What a small file holds; JSON in lines."""
    if entry.source is None or entry.size > 1 << 20:
        return []
    if (document := _json(entry)) is not None:
        return json.dumps(document, indent=2, ensure_ascii=False).splitlines()
    raw = entry.source.read(entry.offset, min(entry.size, 2000))
    return ["(not text)"] if b"\0" in raw else raw.decode("utf-8", "replace").splitlines()
