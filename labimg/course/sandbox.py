"""A cage for the few answers that are programs.

The learner's function runs in a child process: isolated, with an empty environment, in an
empty folder, with limits on time, memory, files and processes, and without a network.
Arguments go in as JSON and values come out as JSON; what is expected stays outside.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 10  # of the wall, for all calls together
LARGEST = 2_000_000  # bytes of what comes out


@dataclass(frozen=True, slots=True)
class Outcome:
    """A list of one value for each call, an empty list where it raised; and what went wrong in all."""

    values: tuple[Any, ...]
    fault: str = ""  # "", "error", "time", "memory", "forbidden" or "here"
    say: str = ""


def call(
    text: str, function: str, arguments: Sequence[Sequence[Any]], *, seconds: float = SECONDS
) -> Outcome:
    """Define what `text` defines, and call `function` with each of `arguments`."""
    asked = json.dumps({"text": text, "function": function, "arguments": list(arguments)})
    inmate = Path(__file__).with_name("inmate.py")
    with tempfile.TemporaryDirectory(prefix="labimg-cage-") as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-S", "-B", str(inmate)], input=asked.encode(), capture_output=True,
                timeout=seconds, cwd=folder, env={}, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Outcome((), "time", f"It did not come to an end within {seconds:g} seconds.")
        except OSError:
            return Outcome((), "here", "No second process can be begun here, so no function can be tried.")
    return _read(done.stdout[:LARGEST], done.returncode)


def _read(raw: bytes, code: int) -> Outcome:
    try:
        told = json.loads(raw)
        values = tuple(one if isinstance(one, list) and len(one) < 2 else [] for one in told["values"])
        return Outcome(values, str(told.get("fault", "")), str(told.get("say", ""))[:300])
    except (ValueError, KeyError, TypeError):
        say = "It ended its own process." if code >= 0 else "It was ended: too much time, memory or output."
        return Outcome((), "forbidden" if code >= 0 else "time", say)
