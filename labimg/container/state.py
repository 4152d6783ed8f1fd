"""What one does to a container that runs, or runs no more."""

from typing import Any

from labimg import errors
from labimg.container.record import left
from labimg.container.signals import KILL, LAST, ended, number
from labimg.containers import Container
from labimg.store import Store


def _set(store: Store, container: Container, **state: Any) -> Container:
    return left(store, container.but(**state))


def stop(store: Store, container: Container, signal: str = "", *, now: str) -> Container:
    """End a running container by its stop signal, else by KILL; one that does not run stays as it is."""
    if not container.state.running:
        return container
    code = _ended(container, number(signal or container.config.stop_signal or "TERM"))
    code = 128 + KILL if code is None else code
    return _set(store, container, status="exited", exit_code=code, finished_at=now)


def kill(store: Store, container: Container, typed: str, signal: int, *, now: str) -> Container:
    """Send a running container, called `typed`, a signal, which may end it.

    Raises:
        NotKilled: it does not run, or there is no such signal.
    """
    if not container.state.running:
        raise errors.NotKilled(typed, errors.NotRunning(container.id))
    if signal > LAST:
        raise errors.NotKilled(typed, errors.NoSuchSignal(signal))
    code = _ended(container, signal)
    if code is None:
        return container
    return _set(store, container, status="exited", exit_code=code, finished_at=now)


def _ended(container: Container, signal: int) -> int | None:
    init = bool(container.host_config.get("Init"))
    return ended([container.path, *container.args], signal, init=init)


def pause(store: Store, container: Container) -> Container:
    """Let a running container stand still.

    Raises:
        AlreadyPaused, NotRunning.
    """
    if container.state.status == "paused":
        raise errors.AlreadyPaused(container.id)
    if not container.state.running:
        raise errors.NotRunning(container.id)
    return _set(store, container, status="paused")


def unpause(store: Store, container: Container) -> Container:
    """Let a paused container go on.

    Raises:
        NotPaused.
    """
    if container.state.status != "paused":
        raise errors.NotPaused(container.id)
    return _set(store, container, status="running")


def running(container: Container, typed: str) -> Container:
    """The container, called `typed`, if a command can be run in it.

    Raises:
        NotRunning, ExecInPaused.
    """
    if container.state.status == "paused":
        raise errors.ExecInPaused(typed)
    if not container.state.running:
        raise errors.NotRunning(container.id)
    return container
