"""What one does to a container that runs, or runs no more."""

from typing import Any

from labimg.container.record import left
from labimg.containers import Container
from labimg.errors import AlreadyPaused, ExecInPaused, NotKilled, NotPaused, NotRunning
from labimg.store import Store


def _set(store: Store, container: Container, **state: Any) -> Container:
    return left(store, container.but(**state))


def stop(store: Store, container: Container, *, now: str) -> Container:
    """End a running container as SIGTERM and then SIGKILL would; one that does not run stays as it is."""
    if not container.state.running:
        return container
    return _set(store, container, status="exited", exit_code=137, finished_at=now)


def kill(store: Store, container: Container, typed: str, signal: int, *, now: str) -> Container:
    """End a running container, called `typed`, by a signal.

    Raises:
        NotKilled: it does not run.
    """
    if not container.state.running:
        raise NotKilled(typed, NotRunning(container.id))
    return _set(store, container, status="exited", exit_code=128 + signal, finished_at=now)


def pause(store: Store, container: Container) -> Container:
    """Let a running container stand still.

    Raises:
        AlreadyPaused, NotRunning.
    """
    if container.state.status == "paused":
        raise AlreadyPaused(container.id)
    if not container.state.running:
        raise NotRunning(container.id)
    return _set(store, container, status="paused")


def unpause(store: Store, container: Container) -> Container:
    """Let a paused container go on.

    Raises:
        NotPaused.
    """
    if container.state.status != "paused":
        raise NotPaused(container.id)
    return _set(store, container, status="running")


def running(container: Container) -> Container:
    """The container, if a command can be run in it.

    Raises:
        NotRunning, ExecInPaused.
    """
    if container.state.status == "paused":
        raise ExecInPaused(container.id)
    if not container.state.running:
        raise NotRunning(container.id)
    return container
