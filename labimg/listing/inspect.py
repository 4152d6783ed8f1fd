"""inspect: an image and a container as the JSON documents Docker shows, fields in its order.

Source: moby/api/types/types.go at v20.10.24.
"""

from labimg.container.hostconfig import HostConfig
from labimg.containers import Container
from labimg.digest import ImageID
from labimg.go import gojson
from labimg.spec import NEVER, Document, RunConfig
from labimg.store import Store, steady

ROOT = "/var/lib/docker"
# How far a start came that failed, by the first word of why: to no network, to a network without its ports.
REACHED = {"": 0, "network": 0, "driver": 1}


@steady
def image(store: Store, image_id: ImageID) -> Document:
    """What `docker image inspect` shows of an image."""
    found = store.images.find(image_id)
    told = found.document
    names = store.tags.of(image_id)
    comment = told.comment or (told.history[-1].comment if told.history else "")
    layers = store.layers.stack(found.top)
    size = sum(layer.size for layer in layers)
    document: Document = {
        "Id": image_id,
        "RepoTags": [name.familiar for name in names if not name.digest],
        "RepoDigests": [name.familiar for name in names if name.digest],
        "Parent": store.images.parent(image_id) or "",
        "Comment": comment,
        "Created": told.created,
        "Container": told.container,
        "ContainerConfig": (told.container_config or RunConfig()).document,
        "DockerVersion": told.docker_version,
        "Author": told.author,
        "Config": told.config.document if "config" in gojson.decode(found.raw) else None,
        "Architecture": told.architecture,
    }
    if told.variant:
        document["Variant"] = told.variant
    document["Os"] = told.os
    if told.os_version:
        document["OsVersion"] = told.os_version
    return document | {
        "Size": size,
        "VirtualSize": size,
        "GraphDriver": {"Data": _folders([layer.cache_id for layer in layers]), "Name": "overlay2"},
        "RootFS": {"Type": "layers", "Layers": list(told.diff_ids)} if told.diff_ids else {"Type": "layers"},
        "Metadata": {"LastTagTime": store.images.touched(image_id) or NEVER},
    }


def _folders(cache_ids: list[str]) -> Document | None:
    """The overlay mount of a stack of layers, the uppermost first, as overlay2 would make it."""
    if not cache_ids:
        return None
    *below, top = cache_ids
    at = f"{ROOT}/overlay2/{top}"
    lower = {"LowerDir": ":".join(f"{ROOT}/overlay2/{cache_id}/diff" for cache_id in reversed(below))}
    return (lower if below else {}) | {
        "MergedDir": f"{at}/merged", "UpperDir": f"{at}/diff", "WorkDir": f"{at}/work",
    }  # fmt: skip


@steady
def container(store: Store, found: Container) -> Document:
    """What `docker container inspect` shows of a container."""
    state = found.state
    layers = [layer.cache_id for layer in store.layers.stack(store.containers.top(found))]
    folder = f"{ROOT}/containers/{found.id}"
    started = state.started_at != NEVER or state.exit_code in (126, 127)  # or tried to
    reached = 3 if started else REACHED.get(state.error.partition(" ")[0], 2)
    health: Document = {"Status": state.health, "FailingStreak": 0, "Log": []}
    return {
        "Id": found.id,
        "Created": found.created,
        "Path": found.path,
        "Args": list(found.args),
        "State": {
            "Status": state.status,
            "Running": state.running,
            "Paused": state.status == "paused",
            "Restarting": False,
            "OOMKilled": False,
            "Dead": state.status == "dead",
            "Pid": 0,
            "ExitCode": state.exit_code,
            "Error": state.error,
            "StartedAt": state.started_at,
            "FinishedAt": state.finished_at,
            **({"Health": health} if state.health else {}),
        },
        "Image": found.image,
        "ResolvConfPath": f"{folder}/resolv.conf" if reached >= 1 else "",
        "HostnamePath": f"{folder}/hostname" if reached >= 2 else "",
        "HostsPath": f"{folder}/hosts" if reached >= 1 else "",
        "LogPath": f"{folder}/{found.id}-json.log" if reached >= 3 else "",
        "Name": "/" + found.name,
        "RestartCount": 0,
        "Driver": "overlay2",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "",
        "ExecIDs": None,
        "HostConfig": HostConfig().document | dict(found.host_config),
        "GraphDriver": {
            "Data": _folders([*layers, f"{found.mount_id}-init", found.mount_id]),
            "Name": "overlay2",
        },
        "Mounts": [_mount(path, name) for path, name in sorted(found.mounts.items())],
        "Config": found.config.document,
        "NetworkSettings": _network(found),
    }


def _mount(path: str, name: str) -> Document:
    return {
        "Type": "volume", "Name": name, "Source": f"{ROOT}/volumes/{name}/_data", "Destination": path,
        "Driver": "local", "Mode": "", "RW": True, "Propagation": "",
    }  # fmt: skip


def _network(found: Container) -> Document:
    """What a container has of networks: its ports, and no address, since nothing is connected to anything."""
    address = {
        "EndpointID": "", "Gateway": "", "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0, "IPAddress": "",
        "IPPrefixLen": 0, "IPv6Gateway": "", "MacAddress": "",
    }  # fmt: skip
    endpoint = {
        "IPAMConfig": None, "Links": None, "Aliases": None, "NetworkID": "", "EndpointID": "", "Gateway": "",
        "IPAddress": "", "IPPrefixLen": 0, "IPv6Gateway": "", "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0, "MacAddress": "", "DriverOpts": None,
    }  # fmt: skip
    return {
        "Bridge": "",
        "SandboxID": "",
        "HairpinMode": False,
        "LinkLocalIPv6Address": "",
        "LinkLocalIPv6PrefixLen": 0,
        "Ports": dict(found.ports),
        "SandboxKey": "",
        "SecondaryIPAddresses": None,
        "SecondaryIPv6Addresses": None,
        **address,
        "Networks": {found.network: endpoint},
    }
