"""The judges that need a process of their own."""

from collections.abc import Iterator

import pytest
from judge.daemon import Daemon, busybox


@pytest.fixture(scope="session")
def rootfs() -> bytes:
    """The tar of a small real system, with busybox in it."""
    return busybox()


@pytest.fixture(scope="session")
def dockerd(tmp_path_factory: pytest.TempPathFactory, rootfs: bytes) -> Iterator[Daemon]:
    """A real Docker Engine that has one image, `base`, imported from `rootfs`."""
    daemon = Daemon(tmp_path_factory.mktemp("dockerd"))
    try:
        if trouble := daemon.wait():
            pytest.skip(f"dockerd did not start: {trouble}")
        daemon.found(rootfs)
        yield daemon
    finally:
        daemon.stop()
