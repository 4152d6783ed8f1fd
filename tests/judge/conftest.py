"""The judges that need a process of their own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from judge.daemon import Daemon, busybox


@pytest.fixture(scope="session")
def rootfs() -> bytes:
    """The tar of a small real system, with busybox in it."""
    return busybox()


MEMORY = Path("/dev/shm")  # a file system there makes a daemon a quarter faster
ROOM = 1 << 30  # bytes that a daemon may need


@pytest.fixture(scope="module")
def dockerd(running: Daemon) -> Daemon:
    """A real Docker Engine that has one image, `base`, whatever an earlier judge left in it."""
    running.sweep()
    return running


@pytest.fixture(scope="session")
def running(rootfs: bytes) -> Iterator[Daemon]:
    """A real Docker Engine, with the image `base` imported from `rootfs`."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(dir=MEMORY if roomy else None, ignore_cleanup_errors=True) as folder:
        daemon = Daemon(Path(folder))
        try:
            if trouble := daemon.wait():
                pytest.skip(f"dockerd did not start: {trouble}")
            daemon.found(rootfs)
            yield daemon
        finally:
            daemon.stop()


@pytest.fixture(scope="session")
def client() -> None:
    """The words are those of the 28.2 client."""
    told = subprocess.run(["docker", "--version"], capture_output=True, text=True).stdout
    if "version 28.2" not in told:
        pytest.skip(f"another client: {told.strip()}")
