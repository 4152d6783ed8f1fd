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


@contextmanager
def debian(folder: Path) -> Iterator[str]:
    """Debian's docker-registry upon `folder`; its domain."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        domain = f"127.0.0.1:{free.getsockname()[1]}"
    config = folder.parent / "config.yml"
    config.write_text(
        "version: 0.1\n"
        "log: {level: error, accesslog: {disabled: true}}\n"
        f"storage: {{filesystem: {{rootdirectory: {folder}}}, delete: {{enabled: true}}}}\n"
        f"http: {{addr: {domain}, relativeurls: true}}\n"
    )
    process = subprocess.Popen(["docker-registry", "serve", str(config)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://{domain}/v2/").close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            pytest.skip("docker-registry did not start")
        yield domain
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
