"""A worker that grades: it takes one answer after the other, and gives back what each is worth.

It is a process of its own, so that an answer that takes too much time or memory costs
only itself.  A request and a reply are a line of JSON each.
"""

import json
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from labimg.course import stage
from labimg.course.check import Verdict, mark
from labimg.course.level import find
from labimg.course.variant import hidden, visible

MEMORY = 2 << 30  # bytes of address space
FILE = 64 << 20  # bytes of one file
SECONDS = 15  # of the processor, for one answer: how busy the machine is makes no difference
KEPT = 60  # grounds that are kept


def graded(level: str, text: str, *, student: str, secret: str, personal: bool = False) -> Verdict:
    """What an answer is worth: replayed in the world the student saw, and in those nobody saw."""
    found = find(level)
    here = visible(found, student if personal else "")
    others = hidden(found, secret=secret, student=student, seen=here.values)
    return mark(found, text, [here, *others], seed=f"{secret} {student}")


def reply(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The reply to one request."""
    try:
        verdict = graded(
            asked["level"], asked["text"], student=asked["student"], secret=asked["secret"],
            personal=asked.get("personal", False),
        )  # fmt: skip
        return asdict(verdict)
    except MemoryError:
        return {"failed": "it takes too much memory"}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"[:300]}
    finally:
        stage.forget(KEPT)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # there are none on this system
        return
    limits = {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_FSIZE: FILE, resource.RLIMIT_CORE: 0}
    for what, most in limits.items():
        with suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(what, (most, most))


def main() -> None:
    """Reply until there are no more requests."""
    _limit()
    out = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, SECONDS)  # when that time is up, the process is ended
        out.write(json.dumps(reply(json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
