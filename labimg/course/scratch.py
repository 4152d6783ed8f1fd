"""Scratch folders, in which the commands of labs run.

All of one process lie in one folder of its own, which goes when the process ends.  A process
that is killed leaves its folder behind, unlocked: the next one that needs a folder takes it away.
"""

import atexit
import shutil
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX, LOCK = "labimg-lab-", "lock"
YOUNG = 60  # seconds in which a folder may not be locked yet


def folder() -> Path:
    """A fresh folder."""
    return Path(tempfile.mkdtemp(dir=_ground()))


@cache
def _ground() -> Path:
    """The folder of this process."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        _sweep(left)
    made = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = FileLock(made / LOCK)
    lock.acquire()
    atexit.register(_leave, made, lock)
    return made


def _leave(made: Path, lock: FileLock) -> None:
    lock.release()
    shutil.rmtree(made, ignore_errors=True)


def _sweep(left: Path) -> None:
    """Take a folder away if no process holds it."""
    with suppress(OSError, Timeout):  # it is another user's, or in use
        if time.time() - left.stat().st_mtime >= YOUNG:
            with FileLock(left / LOCK, timeout=0):
                shutil.rmtree(left, ignore_errors=True)
