"""Running a command in a container, by a `Runner` that acts upon the union view."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from labimg import errors
from labimg.container.host import probed
from labimg.container.mount import Mounted, mount, prepare, settle
from labimg.container.ports import joined
from labimg.container.record import left
from labimg.container.volumes import planted
from labimg.containers import Container
from labimg.errors import DockerError
from labimg.spec import PATH, RunConfig
from labimg.store import Store
from labimg.union.overlay import Overlay

Out = Callable[[Literal["stdout", "stderr"], bytes], None]


class Exit(NamedTuple):
    """How a command ended; `running` says that it would not have."""

    code: int = 0
    running: bool = False


class Runner(Protocol):
    """Runs one command inside a union view."""

    def run(
        self, mount: Overlay, argv: Sequence[str], *, env: Mapping[str, str], cwd: str, user: str,
        stdin: bytes | None, out: Out, clock: Callable[[], int],
    ) -> Exit:  # fmt: skip
        """Run `argv`; what it prints goes to `out`, what it writes into `mount`; no `stdin` never ends."""


def start(
    store: Store, container: Container, runner: Runner, *, out: Out, clock: Callable[[], int],
    stamp: Callable[[], str], stdin: bytes | None = None, mounted: Sequence[Mounted] = (),
) -> Container:  # fmt: skip
    """Run a container's command; give the container as it is afterwards.

    With `open_stdin` it waits at the end of its input for more, unless `stdin` was attached and has ended.

    Raises:
        NoSuchNetwork, PortTaken: what it asks of the host cannot be had; it stays `created`.
        ExecFailed: the command is not there, or cannot be run; the container stays `created`.
    """
    try:
        container = container._replace(ports=joined(store, container))
    except DockerError as failure:
        store.containers.put(container.but(exit_code=128, error=str(failure)))
        raise
    mounted = [*planted(store, container, clock), *mounted]
    overlay = mount(store, container, clock, mounted)
    lower = dict(overlay)
    prepare(overlay, container)
    began = stamp()

    def both(stream: Literal["stdout", "stderr"], text: bytes) -> None:
        store.containers.log(container, stream, text, stamp())
        out(stream, text)

    config = container.config
    if stdin is None and not config.open_stdin:
        stdin = b""
    try:
        ended = runner.run(
            overlay, [container.path, *container.args], env=environment(config),
            cwd=config.working_dir or "/", user=config.user, stdin=stdin, out=both, clock=clock,
        )  # fmt: skip
    except (errors.ExecFailed, errors.NoSuchUser, errors.NoSuchGroup) as failure:
        code = failure.exit_code if isinstance(failure, errors.ExecFailed) else 128
        left(store, container.but(exit_code=code, error=str(failure)))
        raise
    settle(store, container, overlay, lower, mounted)
    after = container.but(
        status="running" if ended.running else "exited", exit_code=ended.code, error="", started_at=began,
        health="starting" if probed(config.healthcheck) else "",
        finished_at=container.state.finished_at if ended.running else stamp(),
    )  # fmt: skip
    return left(store, after)


def execute(
    store: Store, container: Container, argv: Sequence[str], runner: Runner, *, out: Out,
    clock: Callable[[], int], env: Sequence[str] = (), user: str = "", cwd: str = "", stdin: bytes = b"",
) -> Exit:  # fmt: skip
    """Run one more command in a running container."""
    mounted = planted(store, container, clock)
    overlay = mount(store, container, clock, mounted)
    lower = dict(overlay)
    prepare(overlay, container)
    config = container.config
    variables = environment(config._replace(env=[*(config.env or ()), *env]))
    cwd = cwd or config.working_dir or "/"
    _enter(overlay, cwd)
    ended = runner.run(
        overlay, argv, env=variables, cwd=cwd, user=user or config.user,
        stdin=stdin, out=out, clock=clock,
    )  # fmt: skip
    settle(store, container, overlay, lower, mounted)
    return ended


def _enter(overlay: Overlay, path: str) -> None:
    try:
        found = overlay.resolve(path)
    except OSError:
        raise errors.NoWorkdir(path) from None
    if found != "/" and found not in overlay:
        raise errors.NoWorkdir(path)


def environment(config: RunConfig) -> dict[str, str]:
    """The variables a container's command finds; a name alone takes away the one of that name."""
    fixed = [PATH, f"HOSTNAME={config.hostname}", *(["TERM=xterm"] if config.tty else [])]
    found: dict[str, str] = {}
    for variable in [*fixed, *(config.env or ())]:
        name, equals, value = variable.partition("=")
        found.pop(name, None) if not equals else found.update({name: value})
    return found
