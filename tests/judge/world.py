"""All that a side has at the end of a session, as lines: images layer by layer, and containers.

IDs, times and the order of things of the same age are left out; parents are told by what they are.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from judge.daemon import Saved, entries
from judge.telling import ID

Ask = Callable[..., bytes]  # words after `docker` -> what is printed
Save = Callable[[list[str]], bytes]  # image IDs -> an archive as Docker 20.10 writes it

PAST = 1_750_000_000  # seconds since the epoch: what is later was written in the session
MANY = 100  # entries: the ground floor, which both have from the same archive, is told by its ID
CONTAINER = "Name Path Args Config".split()
IMAGE = "Comment Author Architecture Os Size Config ContainerConfig".split()
STATE = "Status Running Paused ExitCode Error".split()


def world(ask: Ask, save: Save) -> list[str]:
    """Everything, as lines."""
    ids = sorted(set(ask("images", "-aq", "--no-trunc").decode().split()))
    images = {each["Id"]: each for each in json.loads(ask("image", "inspect", *ids))} if ids else {}
    full = [name for name in ids if images[name]["RootFS"].get("Layers")]  # one of no layers is not saved
    layers = _layers(Saved(save(full))) if full else {}
    told = {name: _image(image, layers.get(name, [])) for name, image in images.items()}
    lines = [
        line
        for name in sorted(images, key=lambda name: _line_of_descent(name, images, told))
        for line in [
            *told[name],
            f"  upon {'; '.join(_ancestors(name, images, told)) or 'nothing'}",
        ]
    ]
    containers = ask("ps", "-aq", "--no-trunc").decode().split()
    found = json.loads(ask("container", "inspect", *containers)) if containers else []
    return lines + sorted(line for each in found for line in _container(each, ask))


def _layers(archive: Saved) -> dict[str, list[str]]:
    """The layers of each image ID, bottom first, told by what is in them."""
    known: dict[str, list[str]] = {}
    out = {}
    for number, item in enumerate(archive.manifest):
        told: list[str] = []
        for path, tar in zip(item["Layers"], archive.layers(number), strict=True):
            if path not in known:
                known[path] = _layer(tar)
            told += known[path]
        out["sha256:" + item["Config"].removesuffix(".json")] = told
    return out


_TOLD: dict[bytes, list[str]] = {}


def _layer(tar: bytes) -> list[str]:
    """A layer: its diff ID if its times are fixed, and its entries one by one."""
    key = hashlib.sha256(tar).digest()
    if key not in _TOLD:
        found = entries(tar)
        fixed = all(entry.mtime < PAST for entry in found)
        told = [] if fixed and len(found) > MANY else [_entry(entry) for entry in found]
        _TOLD[key] = [f"  layer {key.hex() if fixed else 'of now'}", *told]
    return _TOLD[key]


def _entry(entry: Any) -> str:
    data = hashlib.sha256(entry.read()).hexdigest()[:8] if entry.is_file and entry.size else ""
    when = entry.mtime if entry.mtime < PAST else "now"
    return (
        f"    {entry.kind} {entry.mode:o} {entry.uid}:{entry.gid} {when} {entry.path} {entry.target} {data}"
    )


def _image(image: dict[str, Any], layers: list[str]) -> list[str]:
    """An image: its names, what its config says, its layers."""
    config = {key: image.get(key) for key in IMAGE}
    names = " ".join(sorted(image["RepoTags"])) or "<none>"
    return [f"image {names}", f"  {_plain(config)}", *layers]


def _ancestors(name: str, images: dict[str, Any], told: dict[str, list[str]]) -> list[str]:
    """The parents of an image, nearest first, each told in a word."""
    out = []
    while name := images[name].get("Parent", ""):
        out.append(hashlib.sha256("\n".join(told[name]).encode()).hexdigest()[:12])
    return out


def _line_of_descent(
    name: str, images: dict[str, Any], told: dict[str, list[str]]
) -> tuple[list[str], list[str]]:
    return told[name], _ancestors(name, images, told)


def _container(container: dict[str, Any], ask: Ask) -> Iterable[str]:
    """A container: what it is, how it fares, what it changed."""
    told = {key: container[key] for key in CONTAINER}
    state = {key: container["State"][key] for key in STATE}
    changed = sorted(ask("diff", container["Id"]).decode().splitlines())
    yield f"container {_plain(told)} {_plain(state)} {' '.join(changed)}"


def _plain(document: dict[str, Any]) -> str:
    for config in (document.get("Config"), document.get("ContainerConfig")):
        if config:
            config.pop("NetworkDisabled", None)  # the judge's daemon has no bridge
    text = ID.sub("<id>", json.dumps(document, sort_keys=True)).replace("+dfsg1", "")
    return re.sub(r'"(/?)[a-z]+_[a-z]+"', r'"\1<name>"', text)
