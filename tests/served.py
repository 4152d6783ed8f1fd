"""A JupyterLab that looks for a free port itself, and where it says that it is."""

import json
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

SECONDS = 240  # for whatever is waited for: a busy machine is slow, and only a failure takes as long


def address(server: "subprocess.Popen[Any]", runtime: Path) -> str:
    """The address of a server that notes it in `runtime`, as soon as it answers."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, f"JupyterLab has ended: {server.returncode}"
        for note in runtime.glob("jpserver-*.json"):
            try:
                url = str(json.loads(note.read_text("utf-8"))["url"])
                urllib.request.urlopen(f"{url}api/status", timeout=10).close()
            except (OSError, ValueError):  # not whole yet, or not listening
                continue
            return url
        time.sleep(0.1)
    raise TimeoutError(f"no server has noted its address in {runtime}")
