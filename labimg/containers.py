"""The shelf of containers: `containers/<id>`, and what each has written.

containers/<id>/config.v2.json                     what it is and how it does
containers/<id>/<id>-json.log                      what it printed, a line of JSON each
image/overlay2/layerdb/mounts/<id>/mount-id        where its writable layer lies:
init-id         the layer Docker slips below it
parent          the chain ID of the image's topmost layer
overlay2/<mount-id>/layer.tar                      its writable layer
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from labimg import tarstream
from labimg.digest import ChainID, ImageID
from labimg.entry import Entry
from labimg.files import Files
from labimg.go import gojson
from labimg.layers import drop_contents
from labimg.spec import NEVER, RunConfig

SHELF = "containers"
MOUNTS = "image/overlay2/layerdb/mounts"

Status = Literal["created", "running", "paused", "exited", "dead"]


class State(NamedTuple):
    """How a container does."""

    status: Status = "created"
    exit_code: int = 0
    error: str = ""
    started_at: str = NEVER  # RFC 3339
    finished_at: str = NEVER  # RFC 3339
    health: str = ""  # of one whose health is checked: starting, healthy or unhealthy

    @property
    def running(self) -> bool:
        """Has it a process?  A paused one has."""
        return self.status in ("running", "paused")


class Container(NamedTuple):
    """A container: an image to stand on, a command, a state, and a writable layer of its own."""

    id: str  # 64 hex digits
    name: str  # without the slash
    created: str  # RFC 3339
    image: ImageID
    path: str
    args: tuple[str, ...]
    config: RunConfig
    state: State = State()
    mount_id: str = ""
    host_config: Mapping[str, Any] = MappingProxyType({})
    ports: Mapping[str, Any] = MappingProxyType({})  # while it runs: "80/tcp" -> where it is published
    mounts: Mapping[str, str] = MappingProxyType({})  # "/data" -> the volume that is mounted there

    @property
    def short(self) -> str:
        """The first 12 digits of its ID."""
        return self.id[:12]

    @property
    def auto_remove(self) -> bool:
        """Is it to go when it ends (`--rm`)?"""
        return bool(self.host_config.get("AutoRemove"))

    @property
    def network(self) -> str:
        """The network it was made for."""
        mode = str(self.host_config.get("NetworkMode", "default"))
        return "bridge" if mode == "default" else mode

    def but(self, **state: Any) -> "Container":
        """The same container in another state.

        One that has ended publishes no port; one whose health nobody can look after is unhealthy.
        """
        after = self.state._replace(**state)
        if after.health and after.status != "running":
            after = after._replace(health="unhealthy")
        return self._replace(state=after, ports=self.ports if after.running else {})


class Upper(NamedTuple):
    """The writable layer of a container, as the uppermost floor of its view."""

    entries: tuple[Entry, ...]


class Containers:
    """The containers of a store."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def put(self, container: Container, top: ChainID | None = None) -> None:
        """Keep `container`; a new one stands on the layer named `top`."""
        if top is not None or not self.has(container.id):
            mount = f"{MOUNTS}/{container.id}"
            self._files.write(f"{mount}/mount-id", container.mount_id.encode())
            self._files.write(f"{mount}/init-id", f"{container.mount_id}-init".encode())
            if top is not None:
                self._files.write(f"{mount}/parent", top.encode())
        self._files.write(f"{SHELF}/{container.id}/config.v2.json", gojson.encode(_document(container)))

    def has(self, container_id: str) -> bool:
        """Is the container on the shelf?"""
        return self._files.exists(f"{SHELF}/{container_id}/config.v2.json")

    def find(self, container_id: str) -> Container:
        """The container whose whole ID is `container_id`; FileNotFoundError if there is none."""
        return _parse(json.loads(self._files.read(f"{SHELF}/{container_id}/config.v2.json")))

    def all(self) -> Iterator[Container]:
        """Every container on the shelf; one that is taken off meanwhile is passed over."""
        for container_id in self._files.children(SHELF):
            with suppress(FileNotFoundError):
                yield self.find(container_id)

    def delete(self, container: Container) -> None:
        """Take a container off the shelf; it goes first, then its log and its writable layer."""
        self._files.delete(f"{SHELF}/{container.id}/config.v2.json")
        for path in list(self._files.paths(f"{SHELF}/{container.id}")):
            self._files.delete(path)
        for name in ("mount-id", "init-id", "parent"):
            self._files.delete(f"{MOUNTS}/{container.id}/{name}")
        drop_contents(self._files, f"overlay2/{container.mount_id}")

    def top(self, container: Container) -> ChainID | None:
        """The topmost layer it stands on; it stays even if its image goes."""
        path = f"{MOUNTS}/{container.id}/parent"
        return ChainID.parse(self._files.read(path).decode()) if self._files.exists(path) else None

    def upper(self, container: Container) -> tuple[Entry, ...]:
        """What it has written so far: the entries of its writable layer."""
        try:
            tar = self._files.read(f"overlay2/{container.mount_id}/layer.tar")
        except FileNotFoundError:
            return ()
        return tuple(tarstream.unpacked(tar))  # held, since it may be written anew while one reads

    def write(self, container: Container, upper: Iterable[Entry]) -> None:
        """Keep `upper` as its writable layer."""
        self._files.write(f"overlay2/{container.mount_id}/layer.tar", tarstream.packed(upper))

    def log(self, container: Container, stream: str, text: bytes, when: str) -> None:
        """Add to what it has printed."""
        path = f"{SHELF}/{container.id}/{container.id}-json.log"
        before = self._files.read(path) if self._files.exists(path) else b""
        lines = [
            gojson.encode({"log": line.decode(errors="replace"), "stream": stream, "time": when}) + b"\n"
            for line in text.splitlines(keepends=True)
        ]
        self._files.write(path, before + b"".join(lines))

    def logged(self, container: Container) -> list[dict[str, str]]:
        """What it has printed: `log`, `stream` and `time` of each line."""
        path = f"{SHELF}/{container.id}/{container.id}-json.log"
        lines = self._files.read(path).splitlines() if self._files.exists(path) else []
        return [json.loads(line) for line in lines]


def _document(container: Container) -> dict[str, Any]:
    state = container.state._asdict()
    return {
        "ID": container.id,
        "Created": container.created,
        "Path": container.path,
        "Args": list(container.args),
        "State": {_key(name): state[name] for name in state},
        "Config": container.config.document,
        "Image": container.image,
        "Name": "/" + container.name,
        "Driver": "overlay2",
        "HostConfig": dict(container.host_config),
        "MountID": container.mount_id,
        "MountPoints": {
            path: {"Destination": path, "RW": True, "Name": name, "Driver": "local", "Type": "volume"}
            for path, name in container.mounts.items()
        },
        "NetworkSettings": {"Ports": dict(container.ports)},
    }


def _parse(document: dict[str, Any]) -> Container:
    told = document["State"]
    state = {name: told[_key(name)] for name in State._fields if _key(name) in told}
    return Container(
        document["ID"], document["Name"][1:], document["Created"], ImageID(document["Image"]),
        document["Path"], tuple(document["Args"]), RunConfig.parse(document["Config"]),
        State(**state), document["MountID"], document["HostConfig"],
        document.get("NetworkSettings", {}).get("Ports", {}),
        {path: mount["Name"] for path, mount in document.get("MountPoints", {}).items()},
    )  # fmt: skip


def _key(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
