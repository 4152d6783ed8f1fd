"""The same commands on a real Docker and on ours, and what each printed, made comparable.

Only what chance or the clock decides is set aside: an ID counts by where it first appeared, a time
and an age count as a time and an age, and columns may be as wide as they are.
"""

import io
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from random import Random
from typing import NamedTuple

from judge.daemon import Daemon, Done

from labimg import cli
from labimg.clock import LabClock
from labimg.engine import Engine
from labimg.files import MemoryFiles

ID = re.compile(r"(?<![0-9a-zA-Z])(?:[0-9a-f]{64}|[0-9a-f]{12})(?![0-9a-zA-Z])")
MASKS = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4} \w+"), "<time>"),
    (re.compile(r"(?:Less than a second|About an? \w+|\d+ (?:second|minute|hour)s?)(?: ago)?"), "<age>"),
    (re.compile(r"/var/lib/docker|/[^ ]*/data(?=/)"), "<root>"),
    (re.compile(r"\+dfsg1"), ""),
    (re.compile(r"\r"), ""),
    (re.compile(r"\b[a-z]+_[a-z]+$", re.M), "<name>"),
    (re.compile(r'Get "https?://\S+": .*|pull access denied for .*'), "<no registry has it>"),
    (re.compile(r"  +"), "  "),
    (re.compile(r"[ \t]+$", re.M), ""),
]
LEGACY = re.compile(r"\ADEPRECATED: The legacy builder.*?\n\n", re.S)  # the 28 client says it each time
# Docker leaves the order of these rows to chance.
CHANCE = ("images", "image ls", "image list", "ps", "prune", "system df", "docker diff", "docker load")


class Turn(NamedTuple):
    """What one line did on one side, made comparable."""

    code: int
    out: list[str]
    err: list[str]

    @property
    def lines(self) -> list[str]:
        """All of it as one text."""
        return [
            f"exit {self.code}",
            *(f"out {line}" for line in self.out),
            *(f"err {line}" for line in self.err),
        ]


def apart(line: str, theirs: Turn, ours: Turn) -> list[str]:
    """Where the two differ: `-` is what only Docker said, `+` what only we did."""
    told = list(unified_diff(theirs.lines, ours.lines, n=0, lineterm=""))[2:]
    return [f"$ {line}", *(f"  {each}" for each in told if not each.startswith("@@"))] if told else []


@dataclass
class Pair:
    """Two worlds that should be alike: the real daemon's and our engine's."""

    docker: Daemon
    engine: Engine
    clock: LabClock
    folder: Path
    _names: dict[str, dict[str, str]] = field(default_factory=lambda: {"docker": {}, "ours": {}})

    @classmethod
    def fresh(cls, docker: Daemon, folder: Path) -> "Pair":
        """Both with nothing but the same `base`."""
        docker.sweep()
        clock = LabClock()
        engine = Engine(MemoryFiles(), clock=clock, chance=Random(0).randbytes)
        engine.load(io.BytesIO(docker.base))
        for side in ("docker", "ours"):
            (folder / side).mkdir(parents=True)
        return cls(docker, engine, clock, folder)

    def lay(self, files: dict[str, str]) -> None:
        """Write the same files for both."""
        for side in ("docker", "ours"):
            for name, text in files.items():
                path = self.folder / side / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                path.chmod(0o644)
                os.utime(path, (1_700_000_000, 1_700_000_000))

    def run(self, line: str, stdin: str = "") -> tuple[Turn, Turn]:
        """Run one line on both; give what Docker and what we did."""
        self.clock.tick()
        theirs, ours = self._docker(line, stdin.encode()), self._ours(line, stdin.encode())
        if theirs.code == 0 and ours.code == 0:
            self._acquaint(theirs, ours)
        rows = any(word in line for word in CHANCE)
        return self._told("docker", theirs, rows=rows), self._told("ours", ours, rows=rows)

    def _docker(self, line: str, stdin: bytes) -> Done:
        words = [self._named(word, "docker") for word in shlex.split(line)]
        return self.docker(*words[1:], stdin=stdin, cwd=self.folder / "docker")

    def _ours(self, line: str, stdin: bytes) -> Done:
        words = [self._named(word, "ours") for word in shlex.split(line)]
        out, err = io.BytesIO(), io.BytesIO()
        here = Path.cwd()
        os.chdir(self.folder / "ours")
        try:
            code = cli.run(self.engine, words[1:], stdin=io.BytesIO(stdin), stdout=out, stderr=err)
        finally:
            os.chdir(here)
        return Done(code, out.getvalue(), err.getvalue())

    def _named(self, word: str, side: str) -> str:
        """`{id:NAME}` and `{short:NAME}` become an image's or container's ID on that side."""

        def found(match: re.Match[str]) -> str:
            whole = self._id(match[2], side).removeprefix("sha256:")
            return {"id": f"sha256:{whole}", "hex": whole, "short": whole[:12], "four": whole[:4]}[match[1]]

        return re.sub(r"\{(id|hex|short|four):([^}]*)\}", found, word)

    def _id(self, name: str, side: str) -> str:
        if side == "docker":
            return self.docker("inspect", "-f", "{{.Id}}", name).out.decode().strip() or name
        out = io.BytesIO()
        cli.run(self.engine, ["inspect", "-f", "{{.Id}}", name], stdout=out, stderr=io.BytesIO())
        return out.getvalue().decode().strip() or name

    def _acquaint(self, theirs: Done, ours: Done) -> None:
        """What stands in the same place of two like outputs is the same thing."""
        known, here = self._names["docker"], self._names["ours"]
        for one, two in ((theirs.out, ours.out), (theirs.err, ours.err)):
            left, right = one.decode(errors="replace"), two.decode(errors="replace")
            if masked(ID.sub("", left)) != masked(ID.sub("", right)):
                continue
            for a, b in zip(ID.findall(left), ID.findall(right), strict=True):
                if a[:12] not in known and b[:12] not in here:
                    known[a[:12]] = here[b[:12]] = f"<{len(known) + 1}>"

    def _told(self, side: str, done: Done, *, rows: bool) -> Turn:
        names = self._names[side]

        def name(match: re.Match[str]) -> str:
            return names.get(match[0][:12], "<new>")

        def lines(text: bytes) -> list[str]:
            plain = text.decode(errors="replace").replace(str(self.folder / side), "<here>")
            told = masked(ID.sub(name, LEGACY.sub("", plain))).split("\n")
            return sorted(told) if rows else told

        return Turn(done.code, lines(done.out), lines(done.err))


def masked(text: str) -> str:
    """`text` without what the clock and the width of columns decide."""
    for pattern, word in MASKS:
        text = pattern.sub(word, text)
    return text


def script(text: str) -> Iterator[tuple[str, str]]:
    """The lines of a story, each with its standard input: the lines after it that begin with `>`."""
    line, stdin = "", []
    for each in [*text.splitlines(), "docker"]:
        if each.startswith(">"):
            stdin.append(each[2:] + "\n")
        elif each and not each.startswith("#"):
            if line:
                yield line, "".join(stdin)
            line, stdin = each, []
