"""The JSON documents of Docker and OCI: their keys, their order, what is left out when empty.

An image's ID is the digest of its config's bytes, so order and omission count.
Sources: moby/image/image.go and api/types/container/config.go at v20.10.24;
image-spec v1.1.1 config.md, manifest.md.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Self

from labimg import errors, units
from labimg.digest import DiffID
from labimg.go import gojson

Document = dict[str, Any]

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER_GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"

VERSION = "20.10.24"  # of the engine whose documents these are
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NEVER = "0001-01-01T00:00:00Z"  # Go's zero time


class RunConfig(NamedTuple):
    """How to run a container of an image: `config` and `container_config`, in the order of Go's struct."""

    hostname: str = ""
    domainname: str = ""
    user: str = ""
    attach_stdin: bool = False
    attach_stdout: bool = False
    attach_stderr: bool = False
    exposed_ports: Mapping[str, Document] | None = None
    tty: bool = False
    open_stdin: bool = False
    stdin_once: bool = False
    env: Sequence[str] | None = None
    cmd: Sequence[str] | None = None
    healthcheck: Document | None = None
    args_escaped: bool = False
    image: str = ""
    volumes: Mapping[str, Document] | None = None
    working_dir: str = ""
    entrypoint: Sequence[str] | None = None
    network_disabled: bool = False
    mac_address: str = ""
    on_build: Sequence[str] | None = None
    labels: Mapping[str, str] | None = None
    stop_signal: str = ""
    stop_timeout: int | None = None
    shell: Sequence[str] | None = None

    @property
    def document(self) -> Document:
        """The JSON object Docker writes: maps sorted, some keys left out when empty."""
        found: Document = {}
        for name, value in self._asdict().items():
            if isinstance(value, Mapping) and name != "healthcheck":
                value = dict(sorted(value.items()))
            if value or name not in _OMITTED or type(value) is int:
                found[_KEYS[name]] = value
        return found

    @classmethod
    def parse(cls, document: Document | None) -> Self:
        """The config in `document`; keys it does not know are passed over."""
        known = {}
        for key, value in (document or {}).items():
            if value is not None and (name := _NAMES.get(key)):
                if not _SHAPES[name](value):
                    raise TypeError(f"{key} cannot be {value!r}")
                known[name] = value
        return cls(**known)

    @property
    def oci(self) -> Document:
        """What the 28 client knows of it: OCI's keys, the empty ones left out."""
        whole = self.document
        return {key: whole[key] for key in _OCI if whole.get(key)}


_OMITTED = {
    "exposed_ports", "healthcheck", "args_escaped", "network_disabled", "mac_address", "stop_signal",
    "stop_timeout", "shell",
}  # fmt: skip
_OCI = (
    "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal",
    "ArgsEscaped", "Healthcheck", "OnBuild", "Shell",
)  # fmt: skip


def _strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _objects(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(part, dict) for part in value.values())


def _words(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(part, str) for part in value.values())


def _is(kind: type) -> Callable[[object], bool]:
    return lambda value: type(value) is kind


# What each field of a config may be: what the file says may be anything.
_KEYS = {name: "".join(word.capitalize() for word in name.split("_")) for name in RunConfig._fields}
_NAMES = {key: name for name, key in _KEYS.items()}
_SHAPES: dict[str, Callable[[object], bool]] = {
    **{name: _is(type(zero)) for name, zero in RunConfig._field_defaults.items()},
    **dict.fromkeys(("env", "cmd", "entrypoint", "on_build", "shell"), _strings),
    **dict.fromkeys(("exposed_ports", "volumes"), _objects),
    "healthcheck": _is(dict),
    "labels": _words,
    "stop_timeout": _is(int),
}


class History(NamedTuple):
    """One step of an image's history; `empty_layer` where it made no layer."""

    created: str = NEVER  # RFC 3339
    author: str = ""
    created_by: str = ""
    comment: str = ""
    empty_layer: bool = False

    @property
    def document(self) -> Document:
        """The JSON object, in the order of Go's struct."""
        found: Document = {"created": self.created}
        for field in ("author", "created_by", "comment", "empty_layer"):
            if value := getattr(self, field):
                found[field] = value
        return found

    @classmethod
    def parse(cls, document: Document) -> Self:
        """The step in `document`."""
        told = []
        for key, zero in cls._field_defaults.items():
            value = document.get(key)
            if value is not None and type(value) is not type(zero):
                raise TypeError(f"{key} cannot be {value!r}")
            told.append(zero if value is None else value)
        step = cls._make(told)
        units.parse_time(step.created)
        return step


class ImageDocument(NamedTuple):
    """An image's config: what to run, and the diff IDs of what to stack."""

    diff_ids: tuple[DiffID, ...]
    config: RunConfig = RunConfig()
    history: tuple[History, ...] = ()
    created: str = NEVER  # RFC 3339
    architecture: str = "amd64"
    os: str = "linux"
    variant: str = ""
    os_version: str = ""
    author: str = ""
    comment: str = ""
    container: str = ""
    container_config: RunConfig | None = None
    docker_version: str = ""

    def encode(self) -> bytes:
        """The bytes Docker stores: one line, top-level keys sorted, empty ones left out."""
        found: Document = {
            "architecture": self.architecture,
            "author": self.author,
            "comment": self.comment,
            "config": self.config.document,
            "container": self.container,
            "container_config": self.container_config.document if self.container_config else None,
            "created": self.created,
            "docker_version": self.docker_version,
            "history": [step.document for step in self.history],
            "os": self.os,
            "os.version": self.os_version,
            "rootfs": {"type": "layers", "diff_ids": list(self.diff_ids)},
            "variant": self.variant,
        }
        if not self.diff_ids:
            found["rootfs"] = {"type": "layers"}
        return gojson.encode({key: value for key, value in found.items() if value or key == "architecture"})

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """The document in `raw`.

        Raises:
            InvalidJSON, NoRootFS, InvalidImage: not JSON, or not the keys that make it an image.
        """
        document = gojson.decode(raw)
        if not isinstance(document, dict) or not isinstance(document.get("rootfs"), dict):
            raise errors.NoRootFS
        try:
            container_config = document.get("container_config")
            for key in ("created", *_PLAIN):
                if type(document.get(key) or "") is not str:
                    raise TypeError(f"{key} cannot be {document[key]!r}")
            units.parse_time(document.get("created") or NEVER)
            return cls(
                diff_ids=tuple(DiffID.parse(diff) for diff in document["rootfs"].get("diff_ids") or ()),
                config=RunConfig.parse(document.get("config")),
                history=tuple(History.parse(step) for step in document.get("history") or ()),
                created=document.get("created") or NEVER,
                container_config=RunConfig.parse(container_config) if container_config else None,
                os_version=document.get("os.version") or "",
                **{key: document.get(key) or "" for key in _PLAIN},
            )
        except (TypeError, AttributeError, ValueError) as bad:
            raise errors.InvalidImage(str(bad)) from bad


_PLAIN = ("architecture", "os", "variant", "author", "comment", "container", "docker_version")
