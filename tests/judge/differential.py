"""The same commands on a real Docker and on ours."""

import io
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from judge.daemon import Daemon, Done
from judge.known import Row
from judge.script import Command, Scenario
from judge.telling import UNORDERED, Names, Turn, apart, masked, ordered
from judge.world import world

from labimg import cli
from labimg.clock import LabClock
from labimg.engine import Engine
from labimg.files import MemoryFiles
from labimg.remote.http import Http

SIDES = ("docker", "ours")
LISTED = re.compile(r"docker (?:ps|container (?:ls|list|ps)|system df)\b")  # from the daemon's own list
PAST = 1_700_000_000  # seconds since the epoch: the time of every file that a scenario finds


class Clock(LabClock):
    """A clock that no two looks at find the same, as in the world."""

    def __call__(self) -> int:
        """The moment, in ns since the epoch."""
        self.now += 1_000_000
        return self.now


@dataclass
class Pair:
    """Two worlds that should be alike: the real daemon's and our engine's."""

    docker: Daemon
    engine: Engine
    clock: Clock
    folder: Path
    names: Names = field(default_factory=Names)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    @classmethod
    def fresh(cls, docker: Daemon, folder: Path) -> "Pair":
        """Both with nothing but the same `base`."""
        docker.sweep()
        clock = Clock(time.time_ns())
        engine = Engine(MemoryFiles(), clock=clock, chance=Random(0).randbytes, web=Http)
        engine.load(io.BytesIO(docker.base))
        return cls(docker, engine, clock, folder)

    def lay(self, files: Iterable[tuple[str, str]]) -> None:
        """Write the same files for both."""
        for side in SIDES:
            (self.folder / side).mkdir(parents=True)
            for name, text in files:
                path = self.folder / side / name.removesuffix("*")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                path.chmod(0o755 if name.endswith("*") else 0o644)
            for path in [self.folder / side, *(self.folder / side).rglob("*")]:
                os.utime(path, (PAST, PAST))

    def run(self, command: Command) -> tuple[Turn, Turn]:
        """Run one command on both; give what Docker and what we did."""
        self.clock.tick()
        future = self.pool.submit(self._done, "docker", command)
        ours, theirs = self._done("ours", command), future.result()
        rows = bool(UNORDERED.match(command.line))
        if not rows:
            for one, two in ((theirs.out, ours.out), (theirs.err, ours.err)):
                self.names.acquaint(one.decode(errors="replace"), two.decode(errors="replace"))
        return self._told("docker", theirs, rows=rows), self._told("ours", ours, rows=rows)

    def states(self) -> tuple[list[str], list[str]]:
        """All that Docker and all that we have."""

        def save(ids: list[str]) -> bytes:
            out = io.BytesIO()
            self.engine.save(ids, out, layout="docker")
            return out.getvalue()

        future = self.pool.submit(world, self.docker.ask, lambda ids: self.docker.ask("save", *ids))
        ours = world(lambda *words: self._ours(words).out, save)
        return future.result(), ours

    def _done(self, side: str, command: Command) -> Done:
        line, stdin = self._named(command.line, side), command.stdin.encode()
        here = self.folder / side
        if not line.startswith("docker"):
            ran = subprocess.run(
                ["sh", "-c", line], cwd=here, input=stdin, capture_output=True, env=os.environ | {"TZ": "UTC"}
            )
            return Done(ran.returncode, ran.stdout, ran.stderr)
        words, into = shlex.split(line)[1:], ""
        if words[-2:-1] == [">"]:
            words, into = words[:-2], words[-1]
        if words[-2:-1] == ["<"]:
            file = here / words[-1]
            words, stdin = words[:-2], file.read_bytes() if file.exists() else b""
        if side == "docker":
            if LISTED.match(line):
                self.docker.settle()
            done = self.docker(*words, stdin=stdin, cwd=here)
            if {"start", "-d"} & set(words):
                self.docker.settle()
        else:
            done = self._ours(words, stdin, here)
        if into:
            (here / into).write_bytes(done.out)
            return done._replace(out=b"")
        return done

    def _ours(self, words: Iterable[str], stdin: bytes = b"", here: Path | None = None) -> Done:
        out, err = io.BytesIO(), io.BytesIO()
        before = Path.cwd()
        os.chdir(here or before)
        try:
            code = cli.run(self.engine, list(words), stdin=io.BytesIO(stdin), stdout=out, stderr=err)
        finally:
            os.chdir(before)
        return Done(code, out.getvalue(), err.getvalue())

    def _named(self, line: str, side: str) -> str:
        """`{id:NAME}` and the like become an image's or container's ID on that side."""

        def found(match: re.Match[str]) -> str:
            ask = self.docker if side == "docker" else lambda *words: self._ours(words)
            whole = ask("inspect", "-f", "{{.Id}}", match[2]).out.decode().strip() or match[2]
            whole = whole.removeprefix("sha256:")
            return {"id": f"sha256:{whole}", "hex": whole, "short": whole[:12], "four": whole[:4]}[match[1]]

        return re.sub(r"\{(id|hex|short|four):([^}]*)\}", found, line)

    def _told(self, side: str, done: Done, *, rows: bool) -> Turn:
        known = self.names.docker if side == "docker" else self.names.ours

        def lines(text: bytes) -> list[str]:
            plain = text.decode(errors="replace").replace(str(self.folder / side), "<here>")
            plain = plain.replace(f"{self.docker.folder}/data", "<root>")
            told = self.names.put(masked(plain), known).split("\n")
            return ordered(told) if rows else told

        return Turn(done.code, lines(done.out), lines(done.err))


@dataclass
class Played:
    """What became of a session: how many commands it was, and where the two went apart."""

    commands: int = 0
    meant: list[Row] = field(default_factory=list)
    unmeant: list[str] = field(default_factory=list)


def play(docker: Daemon, folder: Path, scenario: Scenario, known: Iterable[Row]) -> Played:
    """Play a session on both, and compare each turn and what is there at the end."""
    pair = Pair.fresh(docker, folder)
    pair.lay(scenario.files.items())
    played = Played()

    def judge(what: str, theirs: list[str], ours: list[str]) -> None:
        lines = apart(theirs, ours)
        meant = {line: row for line in lines for row in known if row.excuses(what, line)}
        played.meant += meant.values()
        left = [line for line in lines if line not in meant and (line[1:].split()[1:] or not meant)]
        if left:
            played.unmeant += [f"$ {what}", *(f"    {line}" for line in left)]

    for command in scenario.commands:
        theirs, ours = pair.run(command)
        played.commands += 1
        judge(command.line, theirs.lines, ours.lines)
    judge("the state", *pair.states())
    return played
