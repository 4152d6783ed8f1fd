"""The inside of the cage: a program by itself, which imports nothing of the package.

It is begun twice.  The first time it asks the system for limits, and begins itself anew
within them, so that nothing is left of what it needed for that.  The second time it reads
one JSON document from its input, locks itself in, runs what it was given, and writes one
JSON document to its output.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable

CPU = 2  # seconds
MEMORY = 512 << 20  # bytes of address space
LOCKED = "locked"  # said to the second beginning
ALLOWED = (
    "abc bisect collections copy dataclasses decimal enum fractions functools hashlib heapq itertools json "
    "math operator posixpath random re statistics string textwrap typing"
).split()


def _limit() -> None:
    """Ask the system for limits, where it has them, and for a network with nobody in it."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_CPU, CPU), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        with contextlib.suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(what, (most, most))
    if hasattr(resource, "RLIMIT_NPROC") and os.geteuid():
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None, use_errno=True).unshare(0x40000000 | (0 if os.geteuid() == 0 else 0x10000000))
    os.execv(sys.executable, [sys.executable, "-I", "-S", "-B", __file__, LOCKED])


def _strip() -> None:
    """Take away what reaches the outside and tells no audit hook."""
    for module in map(sys.modules.__getitem__, (os.name, "_signal", "_imp")):
        for name, value in list(vars(module).items()):
            if type(value) is type(len) and name not in ("fspath", "acquire_lock", "release_lock"):
                setattr(module, name, _missing(name))
                if hasattr(os, name):
                    setattr(os, name, _missing(name))


def _missing(name: str) -> Callable[..., None]:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(f"not here: {name}")

    return refuse


def _hook(event: str, args: tuple[object, ...]) -> None:
    """Refuse what touches the outside; the list is in the code itself, where nobody can change it."""
    if event.startswith((
        "open", "socket", "subprocess", "os.", "shutil", "ctypes", "import_c", "pty", "signal", "gc.",
        "sys._getframe", "winreg", "mmap", "ftplib", "urllib", "http", "smtplib", "tempfile", "glob", "fcntl",
        "resource", "marshal", "import", "cpython.run", "code.__new__", "object.__setattr__", "sys.settrace",
        "sys.setprofile",
    )):  # fmt: skip
        raise PermissionError(f"not here: {event}")


def _answer(asked: dict) -> dict:  # type: ignore[type-arg]
    """Run the text, call the function."""
    scope: dict[str, object] = {"__name__": "answer"}
    try:
        exec(compile(asked["text"], "answer", "exec"), scope)
        function = scope[asked["function"]]
    except MemoryError:
        return {"values": [], "fault": "memory", "say": "It takes too much memory."}
    except PermissionError as error:
        return {"values": [], "fault": "forbidden", "say": f"{error}"}
    except KeyError:
        return {"values": [], "fault": "error", "say": f"There is no function {asked['function']}."}
    except BaseException as error:
        return {"values": [], "fault": "error", "say": f"{type(error).__name__}: {error}"}
    values, fault, say = [], "", ""
    for arguments in asked["arguments"]:
        try:
            values.append([json.loads(json.dumps(function(*arguments), allow_nan=False))])  # type: ignore[operator]
        except BaseException as error:
            values.append([])
            kind = {"MemoryError": "memory", "PermissionError": "forbidden"}.get(
                type(error).__name__, "error"
            )
            fault, say = fault or kind, say or f"{type(error).__name__}: {error}"
    return {"values": values, "fault": fault, "say": say}


def main() -> None:
    """Read, lock, run, write."""
    if LOCKED not in sys.argv:
        _limit()
    asked = json.loads(sys.stdin.buffer.read())
    for name in ALLOWED:
        if name in asked["text"]:
            __import__(name)
    out = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    dumps, write, leave = json.dumps, os.write, os._exit
    _strip()
    sys.addaudithook(_hook)
    told = _answer(asked)
    data = dumps(told).encode()
    while data:
        data = data[write(out, data) :]
    leave(0)


if __name__ == "__main__":
    main()
