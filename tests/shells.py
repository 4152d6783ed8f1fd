"""Worlds to run scripts in: the seeds' trees, a frozen clock, and what came of a run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from labimg import seeds
from labimg.entry import Entry, directory
from labimg.layer import apply
from labimg.shell import Shell
from labimg.union.overlay import Overlay

# [image, script, output, exit code] as dash with the GNU programs, and busybox, gave them.
RECORDED: list[tuple[str, str, str, int]] = json.loads(
    (Path(__file__).parent / "golden" / "scripts.json").read_text("utf-8")
)
NOW = 1_720_000_000_000_000_000  # ns: 2024-07-03 09:46:40


@dataclass
class Ended:
    """What a run printed, how it ended, what it wrote."""

    out: str
    err: str
    code: int
    running: bool = False
    mount: Overlay = field(default_factory=lambda: Overlay({}, lambda: NOW))

    @property
    def changed(self) -> dict[str, str]:
        """What the layer of the run would hold: path -> kind."""
        return {entry.path: entry.kind for entry in self.mount.changes()}


@cache
def tree(name: str) -> Mapping[str, Entry]:
    """The merged tree of a seed image, with an empty `/w`."""
    found: Mapping[str, Entry] = {}
    for layer in seeds.catalogue()[name].tags["latest"]().layers:
        found = apply(found, layer)
    return {**found, "/w": directory("/w")}


def run(
    image: str | Mapping[str, Entry],
    script: str | Sequence[str],
    *,
    cwd: str = "/",
    user: str = "",
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    now: int = NOW,
    shell: Shell | None = None,
    mount: Overlay | None = None,
) -> Ended:
    """Run a line by `/bin/sh -c`, or a list of words as it is."""
    if mount is None:
        mount = Overlay(tree(image) if isinstance(image, str) else image, lambda: now)
    out: dict[Literal["stdout", "stderr"], list[bytes]] = {"stdout": [], "stderr": []}
    argv = ["/bin/sh", "-c", script] if isinstance(script, str) else list(script)
    path = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    ended = (shell or Shell()).run(
        mount,
        argv,
        env={**path, **(env or {})},
        cwd=cwd,
        user=user,
        stdin=stdin,
        out=lambda stream, data: out[stream].append(data),
        clock=lambda: now,
    )
    texts = [b"".join(out[stream]).decode(errors="surrogateescape") for stream in ("stdout", "stderr")]
    return Ended(texts[0], texts[1], ended.code, ended.running, mount)
