"""Running a command in a container, by a `Runner` that acts upon the union view."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from labimg.container.mount import Mounted, mount, prepare, written
from labimg.container.record import left
from labimg.containers import Container
from labimg.errors import ExecFailed
from labimg.overlay import Overlay
from labimg.spec import PATH, RunConfig
from labimg.store import Store

Out = Callable[[Literal["stdout", "stderr"], bytes], None]


@dataclass(frozen=True, slots=True)
class Exit:
    """How a command ended; `running` says that it would not have."""

    code: int = 0
    running: bool = False


class Runner(Protocol):
    """Runs one command inside a union view."""

    def run(
        self, mount: Overlay, argv: Sequence[str], *, env: Mapping[str, str], cwd: str, user: str,
        stdin: bytes, out: Out, clock: Callable[[], int],
    ) -> Exit:  # fmt: skip
        """Run `argv`; what it prints goes to `out`, what it writes into `mount`."""


def start(
    store: Store, container: Container, runner: Runner, *, out: Out, clock: Callable[[], int],
    stamp: Callable[[], str], stdin: bytes = b"", mounted: Sequence[Mounted] = (),
) -> Container:  # fmt: skip
    """Run a container's command; give the container as it is afterwards.

    Raises:
        ExecFailed: the command is not there, or cannot be run; the container stays `created`.
    """
    overlay = mount(store, container, clock, mounted)
    lower = dict(overlay)
    prepare(overlay, container.config)
    began = stamp()

    def both(stream: Literal["stdout", "stderr"], text: bytes) -> None:
        store.containers.log(container, stream, text, stamp())
        out(stream, text)

    config = container.config
    try:
        ended = runner.run(
            overlay, [container.path, *container.args], env=environment(config),
            cwd=config.working_dir or "/", user=config.user, stdin=stdin, out=both, clock=clock,
        )  # fmt: skip
    except ExecFailed as failure:
        left(store, container.but(exit_code=failure.exit_code, error=str(failure)))
        raise
    for one in mounted:
        one.keep([entry for path, entry in overlay.items() if path.startswith(one.target + "/")])
    targets, volumes = [one.target for one in mounted], tuple(container.config.volumes or ())
    store.containers.write(container, written(overlay, lower, targets, volumes))
    after = container.but(
        status="running" if ended.running else "exited", exit_code=ended.code, error="", started_at=began,
        finished_at=container.state.finished_at if ended.running else stamp(),
    )  # fmt: skip
    return left(store, after)


def execute(
    store: Store, container: Container, argv: Sequence[str], runner: Runner, *, out: Out,
    clock: Callable[[], int], env: Sequence[str] = (), user: str = "", cwd: str = "", stdin: bytes = b"",
) -> Exit:  # fmt: skip
    """Run one more command in a running container."""
    overlay = mount(store, container, clock)
    lower = dict(overlay)
    config = container.config
    variables = environment(replace(config, env=[*(config.env or ()), *env]))
    ended = runner.run(
        overlay, argv, env=variables, cwd=cwd or config.working_dir or "/", user=user or config.user,
        stdin=stdin, out=out, clock=clock,
    )  # fmt: skip
    store.containers.write(container, written(overlay, lower))
    return ended


def environment(config: RunConfig) -> dict[str, str]:
    """The variables a container's command finds."""
    fixed = [PATH, f"HOSTNAME={config.hostname}", *(["TERM=xterm"] if config.tty else [])]
    pairs = [variable.partition("=") for variable in [*fixed, *(config.env or ())]]
    return {name: value for name, _, value in pairs}
