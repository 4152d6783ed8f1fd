"""The command line: Docker's commands, in Docker's words, asked of an `Engine` in this process.

Read `table` (which commands there are), then `command` and `flags` (how one is called), then
`images`, whose commands are as short as a command should be: read, ask, print.

`main` is the program; `run` is the same within a program, and serves the notebook's magics.
"""

import gc
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labimg.cli.console import Console, Stream
    from labimg.engine import Engine
    from labimg.remote import Transport


def run(
    engine: "Engine",
    argv: Sequence[str],
    *,
    stdin: "Stream | None" = None,
    stdout: "Stream | None" = None,
    stderr: "Stream | None" = None,
    env: Mapping[str, str] | None = None,
    root: "str | os.PathLike[str]" = ".",
) -> int:
    """Do what `argv`, the words after `docker`, say; give the exit code.

    Streams may be of text or of bytes; `save` without `-o` needs one of bytes.
    """
    from labimg.cli.console import Console, as_bytes

    console = Console(
        engine,
        as_bytes(stdin or io.BytesIO()),
        as_bytes(stdout or sys.stdout),
        as_bytes(stderr or sys.stderr),
        env=env or {},
        root=root,
    )
    try:
        return _code(console, argv)
    finally:
        console.stdout.flush()


def _code(console: "Console", argv: Sequence[str]) -> int:
    """Serve, and make of whatever goes wrong a line on stderr and an exit code."""
    from labimg.cli.table import serve

    try:
        return serve(console, argv)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        if console.debug or console.env.get("LABIMG_DEBUG") == "1":
            import traceback

            console.warn(traceback.format_exc(), end="")
        return _complained(console, error)


def _complained(console: "Console", error: Exception) -> int:
    """Say on stderr what went wrong; give the exit code."""
    from labimg.cli.command import PROG, UsageError
    from labimg.cli.console import told
    from labimg.cli.gotemplate import TemplateError
    from labimg.errors import DockerError

    match error:
        case UsageError():
            console.warn(str(error), end="")
            return error.code
        case TemplateError():
            console.warn(f"template parsing error: {error}")
        case DockerError():
            console.warn(told(error))
            return error.exit_code
        case OSError(strerror=str(why), filename=str(path)):
            console.warn(f"{path}: {why.lower()}")
        case OSError(strerror=str(why)):
            console.warn(f"{PROG}: {why.lower()}")
        case _:
            console.warn(f"{PROG}: {type(error).__name__}: {error} (LABIMG_DEBUG=1 shows where)")
    return 1


def main() -> int:
    """The program `labimg`: an engine on the disk, and the command of the command line."""
    argv, env = sys.argv[1:], os.environ
    gc.set_threshold(20_000)  # a command is short, and few of the things it makes hold each other
    try:
        root, hub = _asked(argv, env)
        return run(_engine(root, env, hub=hub), argv, stdin=sys.stdin, env=env, root=root)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at exit
        return 141
    finally:
        gc.freeze()  # what is left goes with the process, and need not be looked through


def _asked(argv: Sequence[str], env: Mapping[str, str]) -> tuple[str, str]:
    """The folder of the store, and whose Docker Hub: `--root` and `--hub` before the command, else variables.

    Without either the store lies where users' data do, and the Hub is the lab's own.
    """
    from labimg.cli.flags import FlagError, parse
    from labimg.cli.table import GLOBAL

    told: Mapping[str, str] = {"root": "", "hub": ""}
    with suppress(FlagError):  # `run` will say so
        told = parse(GLOBAL, argv, interspersed=False)[0]
    return told["root"] or env.get("LABIMG_ROOT") or _home(), told["hub"] or env.get("LABIMG_HUB", "")


def _home() -> str:
    """The folder that the system has for a user's data of this program."""
    from platformdirs import user_data_dir

    return user_data_dir("labimg", appauthor=False)


def _engine(root: str, env: Mapping[str, str], *, hub: str) -> "Engine":
    """An engine on `root`, with the clock and the chance that the environment may fix."""
    from labimg.engine import Engine

    how: dict[str, Any] = {"web": _http}
    if (epoch := env.get("SOURCE_DATE_EPOCH", "")).isdecimal():
        how["clock"] = lambda: int(epoch) * 1_000_000_000
    if seed := env.get("LABIMG_SEED"):
        how["chance"] = _fixed(root, seed)
    if hub == "real":
        how["transport"] = lambda domain: _http()
    engine = Engine.disk(root, **how)
    if env.get("LABIMG_UNBOUNDED") == "1":
        from labimg.compression import UNBOUNDED

        engine.store.bounds = UNBOUNDED
    return engine


def _http() -> "Transport":
    """The way to the network."""
    from labimg.remote.http import Http

    return Http()


def _fixed(root: str, seed: str) -> Callable[[int], bytes]:
    """Chance that `seed` decides, and the number of commands before this one in the store."""
    import random
    from pathlib import Path

    turns = Path(root, "turns")
    turn = int(turns.read_text()) if turns.exists() else 0
    turns.parent.mkdir(parents=True, exist_ok=True)
    turns.write_text(str(turn + 1))
    return random.Random(f"{seed} {turn}").randbytes
