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
_RUN_CONFIG = ("*container.Config", {
    "Hostname": "string", "Domainname": "string", "User": "string", "AttachStdin": "bool",
    "AttachStdout": "bool", "AttachStderr": "bool", "ExposedPorts?": SET, "Tty": "bool",
    "OpenStdin": "bool", "StdinOnce": "bool", "Env": STRINGS, "Cmd": STRINGS,
    "Healthcheck?": _HEALTH, "ArgsEscaped?": "bool", "Image": "string", "Volumes": SET,
    "WorkingDir": "string", "Entrypoint": STRINGS, "NetworkDisabled?": "bool", "OnBuild": STRINGS,
    "Labels": {"": "string"}, "StopSignal?": "string", "StopTimeout?": "*int", "Shell?": STRINGS,
})  # fmt: skip
_DRIVER = ("storage.DriverData", {"Data": {"": "string"}, "Name": "string"})

IMAGE = ("image.InspectResponse", {
    "ID": "string", "RepoTags": STRINGS, "RepoDigests": STRINGS, "Parent": "string", "Comment": "string",
    "Created": "string", "Container?": "string", "ContainerConfig?": _RUN_CONFIG,
    "DockerVersion": "string", "Author": "string", "Config": _CONFIG, "Architecture": "string",
    "Variant?": "string", "Os": "string", "OsVersion?": "string", "Size": "int",
    "VirtualSize?": "int", "GraphDriver": _DRIVER,
    "RootFS": ("image.RootFS", {"Type?": "string", "Layers?": STRINGS}),
    "Metadata": ("image.Metadata", {"LastTagTime": "time"}),
})  # fmt: skip

_BINDINGS = {"": [("nat.PortBinding", {"HostIP": "string", "HostPort": "string"})]}
_THROTTLE = [("*blkiodev.ThrottleDevice", {"Path": "string", "Rate": "int"})]
_HOST = ("*container.HostConfig", {
    "Binds": STRINGS, "ContainerIDFile": "string",
    "LogConfig": ("container.LogConfig", {"Type": "string", "Config": {"": "string"}}),
    "NetworkMode": "string", "PortBindings": _BINDINGS,
    "RestartPolicy": ("container.RestartPolicy", {"Name": "string", "MaximumRetryCount": "int"}),
    "AutoRemove": "bool", "VolumeDriver": "string", "VolumesFrom": STRINGS, "ConsoleSize": ["int"],
    "Annotations?": {"": "string"}, "CapAdd": STRINGS, "CapDrop": STRINGS, "CgroupnsMode": "string",
    "DNS": STRINGS, "DNSOptions": STRINGS, "DNSSearch": STRINGS, "ExtraHosts": STRINGS, "GroupAdd": STRINGS,
    "IpcMode": "string", "Cgroup": "string", "Links": STRINGS, "OomScoreAdj": "int", "PidMode": "string",
    "Privileged": "bool", "PublishAllPorts": "bool", "ReadonlyRootfs": "bool", "SecurityOpt": STRINGS,
    "StorageOpt?": {"": "string"}, "Tmpfs?": {"": "string"}, "UTSMode": "string", "UsernsMode": "string",
    "ShmSize": "int", "Sysctls?": {"": "string"}, "Runtime": "string", "Isolation": "string",
    ".Resources": ("container.Resources", {
        "CPUShares": "int", "Memory": "int", "NanoCPUs": "int", "CgroupParent": "string",
        "BlkioWeight": "int", "BlkioWeightDevice": _THROTTLE, "BlkioDeviceReadBps": _THROTTLE,
        "BlkioDeviceWriteBps": _THROTTLE, "BlkioDeviceReadIOps": _THROTTLE,
        "BlkioDeviceWriteIOps": _THROTTLE, "CPUPeriod": "int", "CPUQuota": "int", "CPURealtimePeriod": "int",
        "CPURealtimeRuntime": "int", "CpusetCpus": "string", "CpusetMems": "string", "Devices": STRINGS,
        "DeviceCgroupRules": STRINGS, "DeviceRequests": STRINGS, "KernelMemory?": "int",
        "KernelMemoryTCP?": "int", "MemoryReservation": "int", "MemorySwap": "int",
        "MemorySwappiness": "*int64", "OomKillDisable": "*bool", "PidsLimit": "*int64", "Ulimits": STRINGS,
        "CPUCount": "int", "CPUPercent": "int", "IOMaximumIOps": "int", "IOMaximumBandwidth": "int",
    }),
    "Mounts?": STRINGS, "MaskedPaths": STRINGS, "ReadonlyPaths": STRINGS, "Init?": "*bool",
})  # fmt: skip
_ENDPOINT = ("*network.EndpointSettings", {
    "IPAMConfig": "*network.EndpointIPAMConfig", "Links": STRINGS, "Aliases": STRINGS,
    "MacAddress": "string", "DriverOpts": {"": "string"}, "GwPriority": "int", "NetworkID": "string",
    "EndpointID": "string", "Gateway": "string", "IPAddress": "string", "IPPrefixLen": "int",
    "IPv6Gateway": "string", "GlobalIPv6Address": "string", "GlobalIPv6PrefixLen": "int",
    "DNSNames": STRINGS,
})  # fmt: skip
_NETWORKS = ("*container.NetworkSettings", {
    ".NetworkSettingsBase": ("container.NetworkSettingsBase", {
        "Bridge": "string", "SandboxID": "string", "SandboxKey": "string", "Ports": _BINDINGS,
        "HairpinMode": "bool", "LinkLocalIPv6Address": "string", "LinkLocalIPv6PrefixLen": "int",
        "SecondaryIPAddresses": STRINGS, "SecondaryIPv6Addresses": STRINGS,
    }),
    ".DefaultNetworkSettings": ("container.DefaultNetworkSettings", {
        "EndpointID": "string", "Gateway": "string", "GlobalIPv6Address": "string",
        "GlobalIPv6PrefixLen": "int", "IPAddress": "string", "IPPrefixLen": "int", "IPv6Gateway": "string",
        "MacAddress": "string",
    }),
    "Networks": {"": _ENDPOINT},
})  # fmt: skip
_MOUNT = ("container.MountPoint", {
    "Type?": "string", "Name?": "string", "Source": "string", "Destination": "string", "Driver?": "string",
    "Mode": "string", "RW": "bool", "Propagation": "string",
})  # fmt: skip

CONTAINER = ("container.InspectResponse", {
    "ID": "string", "Created": "string", "Path": "string", "Args": STRINGS,
    "State": ("container.State", {
        "Status": "string", "Running": "bool", "Paused": "bool", "Restarting": "bool", "OOMKilled": "bool",
        "Dead": "bool", "Pid": "int", "ExitCode": "int", "Error": "string", "StartedAt": "string",
        "FinishedAt": "string",
        "Health?": ("*container.Health", {"Status": "string", "FailingStreak": "int", "Log": STRINGS}),
    }),
    "Image": "string", "ResolvConfPath": "string", "HostnamePath": "string", "HostsPath": "string",
    "LogPath": "string", "Name": "string", "RestartCount": "int", "Driver": "string", "Platform": "string",
    "MountLabel": "string", "ProcessLabel": "string", "AppArmorProfile": "string", "ExecIDs": STRINGS,
    "HostConfig": _HOST, "GraphDriver": _DRIVER, "SizeRw?": "*int64", "SizeRootFs?": "*int64",
    "Mounts": [_MOUNT], "Config": _RUN_CONFIG, "NetworkSettings": _NETWORKS,
})  # fmt: skip

# Where JSON's name is not the field's.
_KEYS = (
    {"ID": "Id", "DNS": "Dns", "DNSOptions": "DnsOptions", "DNSSearch": "DnsSearch", "HostIP": "HostIp"}
    | {
        f"CPU{name}": f"Cpu{name}"
        for name in ("Shares", "Period", "Quota", "RealtimePeriod", "RealtimeRuntime", "Count", "Percent")
    }
    | {"NanoCPUs": "NanoCpus"}
)
_ZERO: Mapping[str, Value] = {"string": "", "bool": False, "int": 0}


def typed(shape: Shape, value: Any) -> Value:
    """`value`, from JSON, as the type `shape` says."""
    match shape:
        case [of]:
            return Slice([typed(of, part) for part in value or ()], of=_called(of), nil=value is None)
        case {"": of}:
            parts = {key: typed(of, part) for key, part in (value or {}).items()}
            return Map(parts, of=_called(of), zero=_ZERO.get(_called(of)), nil=value is None)
        case (name, fields):
            if value is None and name.startswith("*"):
                return Pointer(name)
            return _struct(name, fields, value or {})
        case "struct {}":
            return Struct(shape, {}, json={})
        case "time":
            return _time(value)
        case "duration":
            return units.duration(value or 0)
    if shape.startswith("*"):
        return Pointer(shape) if value is None else value
    return _ZERO[shape] if value is None else value


def _called(shape: Shape) -> str:
    """Go's name of a type."""
    match shape:
        case [of]:
            return f"[]{_called(of)}"
        case (str(name), _):
            return name
    return str(shape)


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
        said = _said(read[plain], value.get(key))
        if said or plain == field:
            told[key] = said
    return Struct(name, read, json=told)


def _said(read: Value, value: Any) -> Any:
    """What JSON is to say of a field that was `read` from `value`."""
    match read:
        case Struct():
            return read.json
        case Map() if value:
            return {key: _said(part, value[key]) for key, part in read.items()}
        case Slice() if value:
            return [_said(part, one) for part, one in zip(read, value, strict=True)]
        case int() if value is None:
            return read
    return value


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
