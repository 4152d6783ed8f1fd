"""The record of a container: making one, naming it, taking it away."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from labimg import errors, units
from labimg import filters as say
from labimg.container.host import absolute, checked, healthy
from labimg.container.hostconfig import HostConfig
from labimg.container.names import pick
from labimg.container.signals import number
from labimg.container.volumes import furnished
from labimg.containers import Container
from labimg.errors import DockerError
from labimg.filters import Filters
from labimg.layer import stored_size
from labimg.spec import Document, RunConfig
from labimg.store import Store

_NAME = re.compile(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_CHECK = ("Test", "Interval", "Timeout", "StartPeriod", "Retries")  # in Go's order
HOSTNAME = "labimg"  # the name of the host, which is none


class Run(NamedTuple):
    """What `create` and `run` are told besides the image."""

    command: tuple[str, ...] = ()
    name: str = ""
    entrypoint: tuple[str, ...] | None = None
    env: tuple[str, ...] = ()
    user: str = ""
    working_dir: str = ""
    labels: Mapping[str, str] = MappingProxyType({})
    exposed: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    hostname: str = ""
    domainname: str = ""
    tty: bool = False
    stdin: bool = False
    attach: tuple[str, ...] = ("stdout", "stderr")
    stop_signal: str = ""
    stop_timeout: int | None = None  # seconds
    healthcheck: Document | None = None
    host: HostConfig = HostConfig()


def create(store: Store, typed: str, run: Run, *, now: str) -> Container:
    """A new container on an image that is called `typed`; `now` is RFC 3339.

    Raises:
        DockerError: what is asked for makes no sense, there is no such image or no command, or another
            container has the name.
    """
    folder = absolute(run.working_dir)
    if run.stop_signal:
        number(run.stop_signal)
    healthy(run.healthcheck)
    host = checked(run.host)
    image_id = store.find(typed)
    image = store.images.find(image_id)
    container_id = store.name()
    config = merged(_asked(run, typed, container_id)._replace(working_dir=folder), image.config)
    if config.entrypoint == [""]:  # told to have none
        config = config._replace(entrypoint=None)
    command = [*(config.entrypoint or ()), *(config.cmd or ())]
    if not command:
        raise errors.NoCommand
    name = _named(store, run.name, container_id)
    container = Container(
        container_id, name, now, image_id, command[0], tuple(command[1:]), config,
        mount_id=store.name(), host_config=host.document,
    )  # fmt: skip
    container = furnished(store, container, image.top)
    store.containers.put(container, image.top)
    return container


def _asked(run: Run, typed: str, container_id: str) -> RunConfig:
    return RunConfig(
        hostname=run.hostname or (HOSTNAME if run.host.network_mode == "host" else container_id[:12]),
        domainname=run.domainname,
        user=run.user,
        attach_stdin="stdin" in run.attach,
        attach_stdout="stdout" in run.attach,
        attach_stderr="stderr" in run.attach,
        exposed_ports={port: {} for port in run.exposed} or None,
        tty=run.tty,
        open_stdin=run.stdin,
        stdin_once=run.stdin and "stdin" in run.attach,
        env=list(run.env) or None,
        cmd=list(run.command) or None,
        image=typed,
        volumes={path: {} for path in run.volumes} or None,
        healthcheck=run.healthcheck,
        entrypoint=list(run.entrypoint) if run.entrypoint is not None else None,
        labels=dict(run.labels),
        stop_signal=run.stop_signal,
        stop_timeout=run.stop_timeout,
    )


def merged(asked: RunConfig, image: RunConfig) -> RunConfig:
    """What was `asked`, filled up with what the image says (moby/daemon/commit.go, merge)."""
    cmd, entrypoint = asked.cmd, asked.entrypoint
    if not entrypoint:
        cmd = cmd or image.cmd
        entrypoint = image.entrypoint if entrypoint is None else None
    known = {variable.partition("=")[0] for variable in asked.env or ()}
    inherited = [variable for variable in image.env or () if variable.partition("=")[0] not in known]
    return asked._replace(
        user=asked.user or image.user,
        exposed_ports={**(image.exposed_ports or {}), **(asked.exposed_ports or {})} or None,
        env=[*(asked.env or ()), *inherited] or None,
        cmd=cmd,
        entrypoint=entrypoint,
        healthcheck=_check(asked.healthcheck, image.healthcheck),
        volumes={**(image.volumes or {}), **(asked.volumes or {})} or None,
        working_dir=asked.working_dir or image.working_dir,
        labels={**(image.labels or {}), **(asked.labels or {})},
        stop_signal=asked.stop_signal or image.stop_signal,
    )


def _check(asked: Document | None, image: Document | None) -> Document | None:
    """The health check that was `asked` for; what it leaves open is as the image has it."""
    if not asked or not image:
        return asked or image
    return {key: asked.get(key) or image[key] for key in _CHECK if asked.get(key) or image.get(key)}


def _named(store: Store, wanted: str, container_id: str) -> str:
    taken = {container.name: container.id for container in store.containers.all()}
    if not wanted:
        return pick(container_id, taken)
    check_name(wanted, taken)
    return wanted.removeprefix("/")


def check_name(wanted: str, taken: Mapping[str, str]) -> None:
    """Refuse a name that is none or that another container has.

    Raises:
        BadContainerName, NameTaken.
    """
    if not _NAME.fullmatch(wanted):
        raise errors.BadContainerName(wanted)
    name = wanted.removeprefix("/")
    if name in taken:
        raise errors.NameTaken(name, taken[name])


def rename(store: Store, container: Container, wanted: str) -> None:
    """Give a container another name.

    Raises:
        SameName: it has it already.
        NotAllocated: another container has it, or it is no name.
    """
    if wanted.removeprefix("/") == container.name:
        raise errors.SameName
    taken = {other.name: other.id for other in store.containers.all()}
    try:
        check_name("/" + wanted.removeprefix("/"), taken)
    except DockerError as cause:
        raise errors.NotAllocated(cause) from None
    store.containers.put(container._replace(name=wanted.removeprefix("/")))


def remove(store: Store, container: Container, *, force: bool = False, volumes: bool = False) -> None:
    """Remove a container with all it has written, and the layers only it held; its `volumes` stay or go.

    Raises:
        StillRunning, StillPaused: without `force`.
    """
    if container.state.running and not force:
        raise (errors.StillPaused if container.state.status == "paused" else errors.StillRunning)(
            container.id
        )
    chains = [layer.chain_id for layer in store.layers.stack(store.containers.top(container))]
    store.containers.delete(container)
    store.release(chains)
    for name in container.mounts.values() if volumes else ():
        store.volumes.delete(name)


def left(store: Store, container: Container) -> Container:
    """Keep a container in its new state; one that has ended and was to go then (`--rm`) goes."""
    store.containers.put(container)
    if container.auto_remove and not container.state.running:
        remove(store, container, volumes=True)
    return container


class PrunedContainers(NamedTuple):
    """What a prune took away, and the bytes that were in it."""

    ids: tuple[str, ...] = ()
    reclaimed: int = 0
    volumes: tuple[str, ...] = ()


def prune(store: Store, filters: Filters, now: int, *, volumes: bool = False) -> PrunedContainers:
    """Remove the containers that do not run, oldest first, then the `volumes` that none has mounted.

    `now` is in ns since the epoch.
    """
    say.known(filters, ("label", "label!", "until"))
    until = say.until(filters)
    limit = units.moment(until, now) if until is not None else None
    gone, reclaimed = [], 0
    for container in sorted(store.containers.all(), key=lambda one: one.created):
        young = limit is not None and units.parse_time(container.created) > limit
        if container.state.running or young or not say.labelled(filters, container.config.labels):
            continue
        reclaimed += stored_size(store.containers.upper(container))
        remove(store, container)
        gone.append(container.id)
    held = {name for container in store.containers.all() for name in container.mounts.values()}
    volumes = volumes and say.labelled(filters, {})  # a volume has no label
    idle = [name for name in store.volumes.all() if name not in held] if volumes else []
    for name in idle:
        reclaimed += stored_size(store.volumes.entries(name))
        store.volumes.delete(name)
    return PrunedContainers(tuple(gone), reclaimed, tuple(idle))
