"""What the docker client knows of a document's fields, so that a template sees Go's values.

`inspect -f` first runs on this typed view (`.ID`, `.Config.Volumes` is an empty map, a time is a time),
and only if that fails on the JSON as it came.
"""

from collections.abc import Mapping
from typing import Any

from labimg import units
from labimg.cli.gotemplate import Map, Number, Pointer, Slice, Struct, Value

# A type's name; [shape] is a slice, {"": shape} a map, (type's name, {field: shape}) a struct.
# A field with a dot before it is an embedded struct; one with `?` behind it is left out of JSON when empty.
Shape = Any

STRINGS = ["string"]
SET = {"": "struct {}"}

_HEALTH = ("*v1.HealthcheckConfig", {
    "Test?": STRINGS, "Interval?": "duration", "Timeout?": "duration", "StartPeriod?": "duration",
    "StartInterval?": "duration", "Retries?": "int",
})  # fmt: skip
_CONFIG = ("*v1.DockerOCIImageConfig", {
    ".ImageConfig": ("v1.ImageConfig", {
        "User?": "string", "ExposedPorts?": SET, "Env?": STRINGS, "Entrypoint?": STRINGS, "Cmd?": STRINGS,
        "Volumes?": SET, "WorkingDir?": "string", "Labels?": {"": "string"}, "StopSignal?": "string",
        "ArgsEscaped?": "bool",
    }),
    ".DockerOCIImageConfigExt": ("v1.DockerOCIImageConfigExt", {
        "Healthcheck?": _HEALTH, "OnBuild?": STRINGS, "Shell?": STRINGS,
    }),
})  # fmt: skip
_DRIVER = ("storage.DriverData", {"Data": {"": "string"}, "Name": "string"})

IMAGE = ("image.InspectResponse", {
    "ID": "string", "RepoTags": STRINGS, "RepoDigests": STRINGS, "Parent": "string", "Comment": "string",
    "Created": "string", "DockerVersion": "string", "Author": "string", "Config": _CONFIG,
    "Architecture": "string", "Variant?": "string", "Os": "string", "OsVersion?": "string", "Size": "int",
    "VirtualSize?": "int", "GraphDriver": _DRIVER,
    "RootFS": ("image.RootFS", {"Type?": "string", "Layers?": STRINGS}),
    "Metadata": ("image.Metadata", {"LastTagTime": "time"}),
})  # fmt: skip

CONTAINER = ("container.InspectResponse", {
    "ID": "string", "Created": "string", "Path": "string", "Args": STRINGS,
    "State": ("container.State", {
        "Status": "string", "Running": "bool", "Paused": "bool", "Restarting": "bool", "OOMKilled": "bool",
        "Dead": "bool", "Pid": "int", "ExitCode": "int", "Error": "string", "StartedAt": "string",
        "FinishedAt": "string",
    }),
    "Image": "string", "ResolvConfPath": "string", "HostnamePath": "string", "HostsPath": "string",
    "LogPath": "string", "Name": "string", "RestartCount": "int", "Driver": "string", "Platform": "string",
    "MountLabel": "string", "ProcessLabel": "string", "AppArmorProfile": "string", "ExecIDs": STRINGS,
    "GraphDriver": _DRIVER,
    "Config": ("*container.Config", {
        "Hostname": "string", "Domainname": "string", "User": "string", "AttachStdin": "bool",
        "AttachStdout": "bool", "AttachStderr": "bool", "ExposedPorts?": SET, "Tty": "bool",
        "OpenStdin": "bool", "StdinOnce": "bool", "Env": STRINGS, "Cmd": STRINGS,
        "Healthcheck?": _HEALTH, "ArgsEscaped?": "bool", "Image": "string", "Volumes": SET,
        "WorkingDir": "string", "Entrypoint": STRINGS, "NetworkDisabled?": "bool", "OnBuild": STRINGS,
        "Labels": {"": "string"}, "StopSignal?": "string", "StopTimeout?": "*int", "Shell?": STRINGS,
    }),
})  # fmt: skip

_KEYS = {"ID": "Id"}  # where JSON's name is not the field's
_ZERO: Mapping[str, Value] = {"string": "", "bool": False, "int": 0}


def typed(shape: Shape, value: Any) -> Value:
    """`value`, from JSON, as the type `shape` says."""
    match shape:
        case [of]:
            return Slice([typed(of, part) for part in value or ()], of=of, nil=value is None)
        case {"": of}:
            parts = {key: typed(of, part) for key, part in (value or {}).items()}
            return Map(parts, of=of, zero=_ZERO.get(of), nil=value is None)
        case (name, fields):
            if value is None and name.startswith("*"):
                return Pointer(name)
            return _struct(name, fields, value or {})
        case "struct {}":
            return Struct(shape, {})
        case "time":
            return _time(value)
        case "duration":
            return units.duration(value or 0)
    if shape.startswith("*"):
        return Pointer(shape) if value is None else value
    return _ZERO[shape] if value is None else value


def _struct(name: str, fields: Mapping[str, Shape], value: Mapping[str, Any]) -> Struct:
    """A struct, and what JSON is to say of it: the document's own values, in the order of the fields."""
    read: dict[str, Value] = {}
    told: dict[str, Any] = {}
    for field, shape in fields.items():
        plain = field.removesuffix("?")
        key = _KEYS.get(plain, plain)
        if field.startswith("."):
            read[plain] = typed(shape, value)
            told |= read[plain].json
            continue
        read[plain] = typed(shape, value.get(key))
        said = read[plain].json if isinstance(read[plain], Struct) else value.get(key)
        if said or plain == field:
            told[key] = said
    return Struct(name, read, json=told)


def _time(stamp: str | None) -> str:
    """A moment as Go prints it; `stamp` is RFC 3339 in UTC."""
    date, _, clock = (stamp or "0001-01-01T00:00:00Z").partition("T")
    return f"{date} {clock.removesuffix('Z')} +0000 UTC"


def untyped(value: Any) -> Value:
    """`value` from JSON as Go reads it without knowing its type: numbers stay text."""
    match value:
        case dict():
            return {key: untyped(part) for key, part in value.items()}
        case list():
            return [untyped(part) for part in value]
        case bool() | None | str():
            return value
    return Number(value)
