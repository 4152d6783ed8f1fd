"""Debian's docker-registry as a judge: its own process, on a free port of this machine, upon a folder."""

import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 60  # seconds to wait for it to answer, and to end
ATTEMPTS = 5  # ports to ask for: another process may take one before it does


@contextmanager
def debian(folder: Path) -> Iterator[str]:
    """Debian's docker-registry upon `folder`; its domain."""
    config = folder.parent / "config.yml"
    for _ in range(ATTEMPTS):
        with socket.create_server(("127.0.0.1", 0)) as free:
            domain = f"127.0.0.1:{free.getsockname()[1]}"
        config.write_text(
            "version: 0.1\n"
            "log: {level: error, accesslog: {disabled: true}}\n"
            f"storage: {{filesystem: {{rootdirectory: {folder}}}, delete: {{enabled: true}}}}\n"
            f"http: {{addr: {domain}, relativeurls: true}}\n"
        )
        process = subprocess.Popen(["docker-registry", "serve", str(config)], stderr=subprocess.DEVNULL)
        try:
            if _answers(process, domain):
                yield domain
                return
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
    pytest.skip("docker-registry did not start")


def _answers(process: subprocess.Popen[bytes], domain: str) -> bool:
    """Wait until it answers; whether it does."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://{domain}/v2/").close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
