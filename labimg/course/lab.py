"""A lab: one engine to play with, and every world it has been in.

A command that changes something makes a new world and keeps the old one, so that undo,
redo and a look back cost nothing.  Time stands still between commands and moves by a
second with each; chance is seeded: the same commands give the same IDs, every day, everywhere.
"""

import io
import os
import random
import shlex
import shutil
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from labimg import units
from labimg.build.events import Step
from labimg.clock import LAB_START, LabClock
from labimg.course import scratch
from labimg.course.sights import Sights
from labimg.course.why import Watched, Why, why
from labimg.engine import Engine
from labimg.files import Snapshot
from labimg.show.names import harmless

if TYPE_CHECKING:
    from labimg.course.resume import Resumed
    from labimg.show.picture import Picture

Stream = Literal["stdout", "stderr"]
STREAMS: tuple[Stream, Stream] = ("stdout", "stderr")


@dataclass(frozen=True, slots=True)
class Result:
    """What a command printed, in the order it did, and its exit code."""

    pieces: tuple[tuple[Stream, str], ...]
    code: int

    @property
    def stdout(self) -> str:
        """What it printed."""
        return "".join(text for stream, text in self.pieces if stream == "stdout")

    @property
    def stderr(self) -> str:
        """What it complained."""
        return "".join(text for stream, text in self.pieces if stream == "stderr")

    @property
    def lines(self) -> list[str]:
        """What it printed, line by line."""
        return self.stdout.splitlines()

    def __repr__(self) -> str:
        told = "".join(text for _, text in self.pieces).rstrip("\n")
        return f"{told}\n[exit code {self.code}]".lstrip("\n") if self.code else told


@dataclass(frozen=True, slots=True)
class World:
    """The state of a lab, and the command that led to it."""

    command: str
    files: Snapshot
    now: int  # ns since the epoch


class _Pipe(io.RawIOBase):
    """A stream that keeps what is written, in order with its sibling.

    It says it is a terminal, so that nobody pours the bytes of an archive into it.
    """

    def __init__(self, stream: Stream, pieces: list[tuple[Stream, bytes]]) -> None:
        self._stream = stream
        self._pieces = pieces

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raw = bytes(data)  # type: ignore[call-overload]
        self._pieces.append((self._stream, raw))
        return len(raw)


class Lab(Sights):
    """A lab with an engine of its own.

    `files` are laid into a folder in which commands run (`docker build .` finds them
    there); without, commands run where the notebook is.

    >>> lab = Lab()
    >>> lab.docker("images -q").code
    0
    """

    def __init__(self, seed: str = "labimg", *, files: Mapping[str, str | bytes] | None = None) -> None:
        self.seed = seed
        self.folder = None if files is None else _laid(self, files)
        self.reset()

    def reset(self) -> None:
        """Begin anew with an empty store, and the clock where it was at first."""
        self._count = 0
        self._random = random.Random(self.seed)
        self._files = Watched()
        self._clock = LabClock(LAB_START)
        self.engine = Engine(
            self._files,
            clock=self._clock,
            chance=lambda size: self._random.randbytes(size),
            report=self._hear,
        )
        self.worlds = [World("", self._files.snapshot(), self._clock.now)]
        self.at = 0
        self.heard = ()
        self._told: list[object] = []  # what the engine told while the last command ran
        self.why = Why("", ())  # what the last command did to the store

    def write(self, path: str, content: str | bytes, *, executable: bool = False) -> None:
        """Put a file into the lab's folder, where its commands run from now on."""
        if self.folder is None:
            self.folder = _laid(self, {})
        _put(self.folder, path, content, executable=executable)

    def _hear(self, event: object) -> None:
        """A step of a build takes a second, so that its images have an order."""
        self._told.append(event)
        if isinstance(event, Step):
            self._clock.tick(1)

    def docker(self, line: str | Sequence[str], *, stdin: bytes = b"") -> Result:
        """Run one command, without the word docker; what changes the store makes a new world."""
        words = shlex.split(line) if isinstance(line, str) else list(line)
        pieces: list[tuple[Stream, bytes]] = []
        out, err = (cast(BinaryIO, _Pipe(stream, pieces)) for stream in STREAMS)
        before = self._files.snapshot()
        self._files.forget()
        self._told = []
        code = self._run(words, io.BytesIO(stdin), out, err)
        self.why = why(shlex.join(words), self._files.seen, before, self._files.snapshot())
        self._keep(shlex.join(words))
        self.heard = [*self.heard[-19:], (shlex.join(words), tuple(self._told))] if self._told else self.heard
        return Result(tuple(_joined(pieces)), code)

    def _run(self, words: list[str], stdin: BinaryIO, stdout: BinaryIO, stderr: BinaryIO) -> int:
        from labimg import cli

        self._count += 1
        self._random = random.Random(f"{self.seed} {self._count}")
        self._clock.tick(1)
        with chdir(self.folder) if self.folder else nullcontext():
            return cli.run(self.engine, words, stdin=stdin, stdout=stdout, stderr=stderr, env={})

    def _keep(self, command: str) -> None:
        """Keep this world if it is a new one; what had been undone is then forgotten."""
        now = self._files.snapshot()
        if now != self.worlds[self.at].files:
            self.worlds[self.at + 1 :] = [World(command, now, self._clock.now)]
            self.at += 1

    def undo(self, steps: int = 1) -> World:
        """Go back to the world before the last command that changed something."""
        return self.goto(self.at - steps)

    def redo(self, steps: int = 1) -> World:
        """Go forward again."""
        return self.goto(self.at + steps)

    def goto(self, number: int) -> World:
        """Go to world `number`; 0 is the empty one, and one out of reach is the nearest."""
        self.at = max(0, min(number, len(self.worlds) - 1))
        world: World = self.worlds[self.at]
        self._files.restore(world.files)
        self._clock.now = max(self._clock.now, world.now)
        return world

    def fork(self) -> "Lab":
        """Another lab in the same state, to try things in; this one stays as it is."""
        twin = Lab(self.seed, files=None if self.folder is None else {})
        if self.folder and twin.folder:
            shutil.copytree(self.folder, twin.folder, dirs_exist_ok=True, symlinks=True)
        twin._files.restore(self._files.snapshot())
        twin._clock.now, twin._count = self._clock.now, self._count
        twin.worlds = [World("", twin._files.snapshot(), twin._clock.now)]
        return twin

    def resume(self, lesson: str, place: str = "") -> "Resumed":
        """Come back into a lesson, in the notebook this runs in: `lab.resume("07")`.

        An empty lab, and then your own cells of that lesson are run again, unseen, up to where
        you were when the kernel stopped; or, with words of a heading as `place`, the cells of the
        lesson above that heading.  What they define is there again.

        Raises:
            Nowhere: there is no such lesson or place, or nothing of yours was noted.
            RuntimeError: this is no notebook.
        """
        from labimg.course.resume import here, resume

        return resume(here(), lesson, place)

    def suggest(self, typed: Sequence[str]) -> list[str]:
        """What may stand after the words `typed`: commands, then names and options."""
        from labimg.cli import table

        group = bool(typed) and typed[0] in table.GROUPS
        if len(typed) == group:
            before = f"{typed[0]} " if group else ""
            known = (name.removeprefix(before) for name in table.NAMES if name.startswith(before))
            return sorted(
                {name for name in known if " " not in name} | (set() if group else set(table.GROUPS))
            )
        command = table.NAMES.get(" ".join(typed[: 1 + group]))
        if command is None:
            return []
        options = [f"--{flag.name}" for flag in command.all_flags if flag.name and not flag.hidden]
        store = self.engine.store
        images = (
            [reference.familiar for reference in store.tags.all()] if "IMAGE" in str(command.synopsis) else []
        )
        boxes = [box.name for box in store.containers.all()] if "CONTAINER" in str(command.synopsis) else []
        return [*images, *boxes, *options]

    @property
    def clock(self) -> str:
        """The lab's time, in RFC 3339."""
        return units.rfc3339nano(self._clock.now)

    @property
    def status(self) -> str:
        """Where the lab stands among its worlds."""
        rows = (
            f"{'->' if i == self.at else '  '} {i:>3}  {_called(world)}"
            for i, world in enumerate(self.worlds)
        )
        return "\n".join([*rows, f"clock {self.clock}, seed {self.seed!r}"])

    def show(self, name: str = "", *, floor: int | None = None) -> "Picture":
        """The union view of an image or a container, seen from `floor`; without a name, all names."""
        from labimg.show import picture

        return picture.show(self.engine, name, floor=floor)

    def stack(self, name: str) -> "Picture":
        """An image or a container as a building."""
        from labimg.show import picture

        return picture.stack(self.engine, name)

    def biography(self, name: str, path: str) -> "Picture":
        """The life of one path of an image or a container."""
        from labimg.show import picture

        return picture.biography(self.engine, name, path)

    def ledger(self, name: str) -> "Picture":
        """Where the bytes of an image or a container are."""
        from labimg.show import picture

        return picture.ledger(self.engine, name)

    def holders(self, name: str) -> "Picture":
        """What keeps an image from being removed."""
        from labimg.show import picture

        return picture.holders(self.engine, name)

    def __repr__(self) -> str:
        return f"<Lab {self.seed!r}: world {self.at} of {len(self.worlds) - 1}, {self.clock}>"


def _called(world: World) -> str:
    return f"docker {harmless(world.command)}" if world.command else "an empty store"


def _joined(pieces: list[tuple[Stream, bytes]]) -> Iterator[tuple[Stream, str]]:
    """The pieces with neighbours of one stream put together, as text."""
    whole: list[tuple[Stream, bytearray]] = []
    for stream, raw in pieces:
        if not whole or whole[-1][0] != stream:
            whole.append((stream, bytearray()))
        whole[-1][1].extend(raw)
    return ((stream, raw.decode("utf-8", "replace")) for stream, raw in whole)


def _laid(owner: Lab, files: Mapping[str, str | bytes]) -> Path:
    """A fresh folder with `files` in it, which goes when its owner goes."""
    folder = scratch.folder()
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    for path, content in files.items():
        _put(folder, path, content)
    return folder


def _put(folder: Path, path: str, content: str | bytes, *, executable: bool = False) -> None:
    """Write a file in `folder`: its time is the lab's first day, its mode what the lab says.

    So a layer is the same every day and for everybody, whatever the umask.
    """
    place = folder / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    place.chmod(0o755 if executable else 0o644)
    for made in place.relative_to(folder).parents[:-1]:
        (folder / made).chmod(0o755)
    for made in (place, *place.relative_to(folder).parents):
        os.utime(folder / made, ns=(LAB_START, LAB_START))
