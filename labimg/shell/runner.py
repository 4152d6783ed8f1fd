"""The runner: what `RUN`, `docker run` and `docker exec` hand their command to."""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from labimg import errors
from labimg.container import Exit, Out
from labimg.shell.kernel import Kernel
from labimg.shell.machine import Machine, Missing, Unusable, locate
from labimg.shell.stream import Stream
from labimg.shell.wrong import Exhausted, Running
from labimg.union.overlay import Overlay


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs commands inside an `Overlay`, the same way every time.

    A program that sleeps longer than `patience` (seconds, in all) counts as running;
    one that takes more than `steps` steps is stopped, so that nothing ever hangs.
    """

    patience: float = 10.0
    steps: int = 100_000

    def run(
        self, mount: Overlay, argv: Sequence[str], *, env: Mapping[str, str], cwd: str = "/", user: str = "",
        stdin: bytes | None = b"", out: Out, clock: Callable[[], int],
    ) -> Exit:  # fmt: skip
        """Run `argv`; what it prints goes to `out`, what it writes into `mount`; no `stdin` never ends.

        Raises:
            ExecNotFound: no such program.
            ExecDenied: a directory, or a file without the right to run it.
            NoSuchUser: the image does not know the user.
        """
        import labimg.shell.applets  # noqa: F401  the programs enter themselves

        kernel = _kernel(mount, user)
        environment = {"PATH": "", **env}
        if home := kernel.accounts.user(str(kernel.uid)):
            environment.setdefault("HOME", home.home)
        if mount.get(posixpath.normpath(cwd)) is not None:
            kernel = replace(kernel, cwd=mount.resolve(cwd))
        machine = Machine(clock, self.patience, self.steps, command=list(argv))
        terminal = "TERM" in environment and not stdin
        files = {
            0: Stream(stdin or b"", terminal=terminal, open=stdin is None),
            1: Stream(sink=lambda data: out("stdout", data)),
            2: Stream(sink=lambda data: out("stderr", data)),
        }
        path = environment["PATH"]
        try:
            locate(argv[0], kernel, path)
            return Exit(machine.run(argv, environment, kernel, files, path=path))
        except Missing:
            raise errors.ExecNotFound(argv[0]) from None
        except Unusable as unusable:
            raise (errors.ExecDenied if unusable.reason == "Permission denied" else errors.ExecFailed)(
                argv[0]
            ) from None
        except Running:
            return Exit(0, running=True)
        except Exhausted:
            out("stderr", b"stopped: more steps than a lesson lasts (a loop without an end?)\n")
            return Exit(137)


def _kernel(mount: Overlay, user: str) -> Kernel:
    """The kernel as the user "name[:group]" sees it; names and numbers as in the image's own files."""
    kernel = Kernel(mount)
    name, _, group = user.partition(":")
    if not name and not group:
        return replace(kernel, groups=kernel.accounts.groups_of("root", 0))
    accounts = kernel.accounts
    known = accounts.user(name or "0")
    if known is None and not name.isdigit():
        raise errors.NoSuchUser(name)
    uid, gid = (known.uid, known.gid) if known else (int(name), 0)
    groups = accounts.groups_of(known.name if known else name, gid)
    if group:
        found = accounts.group(group)
        if found is None and not group.isdigit():
            raise errors.NoSuchGroup(group)
        groups = (found.gid if found else int(group),)
    return replace(kernel, uid=uid, groups=groups)
