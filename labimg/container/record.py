"""The record of a container: making one, naming it, taking it away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from labimg import filters as say
from labimg import units
from labimg.container.names import pick
from labimg.containers import Container
from labimg.digest import ImageID
from labimg.errors import (
    BadContainerName,
    DockerError,
    NameTaken,
    NoCommand,
    NotAllocated,
    SameName,
    StillPaused,
    StillRunning,
)
from labimg.filters import Filters
from labimg.layer import stored_size
from labimg.spec import RunConfig
from labimg.store import Store

_NAME = re.compile(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Run:
    """What `create` and `run` are told besides the image."""

    command: tuple[str, ...] = ()
    name: str = ""
    entrypoint: tuple[str, ...] | None = None
    env: tuple[str, ...] = ()
    user: str = ""
    working_dir: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    exposed: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    hostname: str = ""
    tty: bool = False
    stdin: bool = False
    attach: bool = True
    auto_remove: bool = False
    stop_signal: str = ""


def create(store: Store, image_id: ImageID, typed: str, run: Run, *, now: str) -> Container:
    """A new container on an image that was called `typed`; `now` is RFC 3339.

    Raises:
        NoCommand, NameTaken, BadContainerName.
    """
    image = store.images.find(image_id)
    container_id = store.name()
    config = merged(_asked(run, typed, container_id), image.config)
    command = [*(config.entrypoint or ()), *(config.cmd or ())]
    if not command:
        raise NoCommand
    name = _named(store, run.name, container_id)
    container = Container(
        container_id, name, now, image_id, command[0], tuple(command[1:]), config,
        auto_remove=run.auto_remove, mount_id=store.name(),
    )  # fmt: skip
    store.containers.put(container, image.top)
    return container


def _asked(run: Run, typed: str, container_id: str) -> RunConfig:
    return RunConfig(
        hostname=run.hostname or container_id[:12],
        user=run.user,
        attach_stdin=run.stdin and run.attach,
        attach_stdout=run.attach,
        attach_stderr=run.attach,
        exposed_ports={port: {} for port in run.exposed} or None,
        tty=run.tty,
        open_stdin=run.stdin,
        stdin_once=run.stdin and run.attach,
        env=list(run.env) or None,
        cmd=list(run.command) or None,
        image=typed,
        volumes={path: {} for path in run.volumes} or None,
        working_dir=run.working_dir,
        entrypoint=list(run.entrypoint) if run.entrypoint is not None else None,
        labels=dict(run.labels),
        stop_signal=run.stop_signal,
    )


def merged(asked: RunConfig, image: RunConfig) -> RunConfig:
    """What was `asked`, filled up with what the image says (moby/daemon/commit.go, merge)."""
    cmd, entrypoint = asked.cmd, asked.entrypoint
    if not entrypoint:
        cmd = cmd or image.cmd
        entrypoint = image.entrypoint if entrypoint is None else None
    known = {variable.partition("=")[0] for variable in asked.env or ()}
    inherited = [variable for variable in image.env or () if variable.partition("=")[0] not in known]
    return replace(
        asked,
        user=asked.user or image.user,
        exposed_ports={**(image.exposed_ports or {}), **(asked.exposed_ports or {})} or None,
        env=[*(asked.env or ()), *inherited] or None,
        cmd=cmd,
        entrypoint=entrypoint,
        healthcheck=asked.healthcheck or image.healthcheck,
        volumes={**(image.volumes or {}), **(asked.volumes or {})} or None,
        working_dir=asked.working_dir or image.working_dir,
        labels={**(image.labels or {}), **(asked.labels or {})},
        stop_signal=asked.stop_signal or image.stop_signal,
    )


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
        raise BadContainerName(wanted)
    name = wanted.removeprefix("/")
    if name in taken:
        raise NameTaken(name, taken[name])


def rename(store: Store, container: Container, wanted: str) -> None:
    """Give a container another name.

    Raises:
        SameName: it has it already.
        NotAllocated: another container has it, or it is no name.
    """
    if wanted.removeprefix("/") == container.name:
        raise SameName
    taken = {other.name: other.id for other in store.containers.all()}
    try:
        check_name(wanted, taken)
    except DockerError as cause:
        raise NotAllocated(cause) from None
    store.containers.put(replace(container, name=wanted.removeprefix("/")))


def remove(store: Store, container: Container, *, force: bool = False) -> None:
    """Remove a container with all it has written, and the layers only it held.

    Raises:
        StillRunning, StillPaused: without `force`.
    """
    if container.state.running and not force:
        raise (StillPaused if container.state.status == "paused" else StillRunning)(container.id)
    chains = [layer.chain_id for layer in store.layers.stack(store.containers.top(container))]
    store.containers.delete(container)
    store.release(chains)


def left(store: Store, container: Container) -> Container:
    """Keep a container in its new state; one that has ended and was to go then (`--rm`) goes."""
    store.containers.put(container)
    if container.auto_remove and not container.state.running:
        remove(store, container)
    return container


@dataclass(frozen=True, slots=True)
class PrunedContainers:
    """What a prune took away, and the bytes it had written."""

    ids: tuple[str, ...] = ()
    reclaimed: int = 0


def prune(store: Store, filters: Filters, now: int) -> PrunedContainers:
    """Remove the containers that do not run, oldest first; `now` is in ns since the epoch."""
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
    return PrunedContainers(tuple(gone), reclaimed)
