"""A workbench: a lab as a level needs it, with other machines and registries beside it.

Nothing here reaches a network.  docker.io is the lab's own Hub, a registry is there if
the level says so, and every other address is one that nobody answers at.  A command for
another machine names it as Docker does: `docker --context cloud pull web`.
"""

import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from labimg import errors
from labimg.course.annex import Annex
from labimg.course.lab import Lab, Result, World
from labimg.engine import Engine
from labimg.files import Snapshot
from labimg.reference import HUB
from labimg.registry import Registry
from labimg.remote import Here, Transport
from labimg.seeds.hub import hub

CONTEXT = ("--context", "-c")


@dataclass(frozen=True, slots=True)
class Ground:
    """A state of a bench to begin from."""

    files: Snapshot
    now: int  # ns since the epoch
    count: int  # commands so far
    texts: Mapping[str, bytes]  # what lies in the folder
    executable: frozenset[str] = frozenset()  # which of these are


@dataclass(frozen=True, slots=True)
class Typed:
    """One command that was given, and its exit code."""

    words: tuple[str, ...]
    code: int
    world: int  # the number of the world it led to


class Bench(Lab):
    """A lab with the machines `machines` beside it, and the registries `registries` within reach."""

    def __init__(
        self, seed: str = "labimg", *, files: Mapping[str, str | bytes] | None = None,
        machines: Sequence[str] = (), registries: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._others = tuple(machines)
        self._registries = tuple(registries)
        super().__init__(seed, files=files or {})

    def reset(self) -> None:
        """Begin anew: at the ground if there is one, else with an empty store."""
        super().reset()
        self.typed: list[Typed] = []
        self._packed: Ground | None = None  # whose files nobody has needed yet
        self.engine = self._engine()
        self.machines = {name: self._engine(f"machines/{name}") for name in self._others}

    def _engine(self, folder: str = "") -> Engine:
        return Engine(
            Annex(self._files, folder) if folder else self._files,
            clock=self._clock,
            chance=lambda size: self._random.randbytes(size),
            transport=self._reach,
            report=self._hear,
        )

    def _reach(self, domain: str) -> Transport:
        if domain == HUB:
            return Here(hub(self._files))
        if domain in self._registries:
            return Here(Registry(Annex(self._files, f"registries/{domain}")))
        raise errors.Unreachable(
            f"https://{domain}/v2/", f"dial tcp: lookup {domain.partition(':')[0]}: no such host"
        )

    def _run(self, words: list[str], stdin: BinaryIO, stdout: BinaryIO, stderr: BinaryIO) -> int:
        """Run on the machine that is named, or on this one."""
        self._spread()
        here = self.engine
        if len(words) > 1 and words[0] in CONTEXT and words[1] in self.machines:
            self.engine, words = self.machines[words[1]], words[2:]
        try:
            return super()._run(words, stdin, stdout, stderr)
        finally:
            self.engine = here

    def docker(self, line: str | Sequence[str], *, stdin: bytes = b"") -> Result:
        """Run one docker command and remember that it was given."""
        before = self.at
        result = super().docker(line, stdin=stdin)
        if self.at != before:  # what had been undone is forgotten now
            self.typed = [one for one in self.typed if one.world <= before]
        words = line.split() if isinstance(line, str) else line
        self.typed.append(Typed(tuple(words), int(result.code), self.at))
        return result

    @property
    def transcript(self) -> list[Typed]:
        """The commands that worked and were not undone."""
        return [one for one in self.typed if one.code == 0 and one.world <= self.at]

    @property
    def ground(self) -> Ground:
        """Where it stands now, to begin from."""
        texts, executable = _texts(self.folder), _executable(self.folder)
        if self._packed is not None:
            texts, executable = self._packed.texts, self._packed.executable
        return Ground(self._files.snapshot(), self._clock.now, self._count, texts, executable)

    def settle(self, ground: Ground) -> None:
        """Stand on `ground`, as if nothing had been before."""
        self.reset()
        self._files.restore(ground.files)
        self._clock.now, self._count = ground.now, ground.count
        self._random = random.Random(f"{self.seed} {ground.count}")
        self.worlds, self.at = [World("", ground.files, ground.now)], 0
        self._packed = ground

    def write(self, path: str, content: str | bytes, *, executable: bool = False) -> None:
        """Put a file into the folder."""
        self._spread()
        super().write(path, content, executable=executable)

    def _spread(self) -> None:
        """Let the folder hold what it is to hold, now that somebody looks."""
        packed, self._packed = self._packed, None
        if packed is None:
            return
        for path in self.folder.iterdir() if self.folder else ():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        for name, data in packed.texts.items():
            self.write(name, data, executable=name in packed.executable)

    def fork(self) -> "Bench":
        """Another bench in the same state."""
        twin = Bench(self.seed, machines=self._others, registries=self._registries)
        twin.settle(self.ground)
        return twin


def _texts(folder: Path | None) -> Mapping[str, bytes]:
    return {name: path.read_bytes() for name, path in _files(folder)}


def _executable(folder: Path | None) -> frozenset[str]:
    return frozenset(name for name, path in _files(folder) if path.stat().st_mode & 0o100)


def _files(folder: Path | None) -> Iterator[tuple[str, Path]]:
    if folder is None:
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path
