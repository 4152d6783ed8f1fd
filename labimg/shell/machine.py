"""The machine runs programs: it finds a file, sees what it is, and calls the applet it stands for.

A file decides whether there is a program.  What a program is, its first bytes say:
`#!labimg ls` in the images made here; an ELF file is known by its name; `#!/bin/sh`
names an interpreter.  So a program that was moved, copied or linked still works, and
one that a layer deleted is gone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from labimg.seeds.matter import MARK
from labimg.shell.kernel import ENTER, Kernel, why
from labimg.shell.state import Files
from labimg.shell.stream import Stream
from labimg.shell.wrong import Exhausted, Running

SHEBANG: Final = re.compile(rb"#!\s*(\S+)[ \t]*([^\n]*)\n?")
NESTED: Final = 40  # programs that start one another


@dataclass
class Missing(Exception):
    """There is no program called `name`."""

    name: str


@dataclass
class Unusable(Exception):
    """There is a file, but it cannot be run; with `text`, a shell may try it as a script."""

    name: str
    reason: str
    text: str | None = None


@dataclass
class Usage(Exception):
    """A program called in a way it does not know."""

    sentence: str
    code: int = 1


@dataclass(slots=True)
class Call:
    """One run of an applet: its arguments, its open files, and the world it sees."""

    argv: list[str]
    environment: dict[str, str]
    kernel: Kernel
    files: Files
    machine: "Machine"
    busybox: bool = False
    program: str = ""  # what the file says it is
    place: str = ""  # where the file is
    printed: bytearray = field(default_factory=bytearray)

    @property
    def name(self) -> str:
        """The name it calls itself."""
        return self.argv[0].rpartition("/")[2] if self.busybox else self.argv[0]

    def say(self, text: str) -> None:
        """Print `text`."""
        self.put(text.encode(errors="surrogateescape"))

    def put(self, data: bytes) -> None:
        """Print bytes; they are written when the applet ends."""
        self.printed += data

    def complain(self, text: str) -> int:
        """Print `text` on stderr after the program's name; gives exit code 1."""
        self.warn(f"{self.name}: {text}\n")
        return 1

    def refuse(self, path: str, error: OSError) -> int:
        """Complain of `path` with the kernel's reason; gives exit code 1."""
        return self.complain(f"{path}: {why(error)}")

    def cannot(self, deed: str, path: str, error: OSError) -> int:
        """Complain that `deed` ("remove") cannot be done to `path`; gives exit code 1."""
        unable = "can't" if self.busybox else "cannot"
        return self.complain(f"{unable} {deed} '{path}': {why(error)}")

    def unlike(self, gnu: str, busybox: str) -> int:
        """Complain in the words of GNU's program or of busybox's; gives exit code 1."""
        return self.complain(busybox if self.busybox else gnu)

    def warn(self, text: str) -> None:
        """Print `text` on stderr as it is."""
        self.flush()
        if stream := self.files.get(2):
            stream.write(text.encode(errors="surrogateescape"))

    def flush(self) -> None:
        """Write what was printed so far."""
        if self.printed and (stream := self.files.get(1)):
            data = bytes(self.printed)
            self.printed.clear()
            stream.write(data)

    @property
    def stdin(self) -> Stream:
        """Where it reads from if it is told no file."""
        return self.files.get(0) or Stream()

    def open(self, path: str) -> Stream:
        """The file at `path`; "-" and `/dev/stdin` are the standard input."""
        return self.stdin if path in ("-", "/dev/stdin") else self.kernel.open(path)

    def run(self, argv: Sequence[str], *, stdin: Stream | None = None, kernel: Kernel | None = None) -> int:
        """Run another program from this one; give its exit code.

        Raises:
            Missing: there is none.
            Unusable: it cannot be run.
        """
        self.flush()
        files = {**self.files, 0: stdin} if stdin else self.files
        path = self.environment.get("PATH", "")
        return self.machine.run(argv, self.environment, kernel or self.kernel, files, path=path)


Applet = Callable[[Call], int]
APPLETS: Final[dict[str, Applet]] = {}


def applet(*names: str) -> Callable[[Applet], Applet]:
    """The function below is the program of these names."""

    def enter(function: Applet) -> Applet:
        for name in names:
            APPLETS[name] = function
        return function

    return enter


@dataclass(slots=True)
class Machine:
    """What all programs of one run share: the clock, patience, the jobs left running."""

    clock: Callable[[], int]  # ns since the epoch
    patience: float  # seconds a program may sleep before it counts as running
    steps: int  # commands a run may take
    command: list[str] = field(default_factory=list)  # process 1
    jobs: list[int] = field(default_factory=list)  # processes left running
    slept: float = 0.0  # seconds
    _pid: int = 0
    _nested: int = 0

    def step(self) -> None:
        """Count one step.

        Raises:
            Exhausted: there have been too many.
        """
        self.steps -= 1
        if self.steps < 0:
            raise Exhausted

    def now(self) -> int:
        """The time, seconds since the epoch, sleep included."""
        return self.clock() // 1_000_000_000 + int(self.slept)

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass; nobody waits for them.

        Raises:
            Running: this run has slept longer than anybody's patience.
        """
        self.slept += seconds
        if self.slept >= self.patience or seconds == float("inf"):
            raise Running

    def new_pid(self) -> int:
        """The number of the next process; the first is 1."""
        self._pid = self._pid + 1 if self._pid != 1 else 7
        return self._pid

    def run(
        self, argv: Sequence[str], environment: Mapping[str, str], kernel: Kernel, files: Files, *, path: str
    ) -> int:
        """Run the program `argv[0]`, looked up in `path` unless it names a place itself; give its exit code.

        Raises:
            Missing: there is none.
            Unusable: it may not be run, or is no program.
        """
        self.step()
        self._nested += 1
        if self._nested > NESTED:
            raise Exhausted
        try:
            place = locate(argv[0], kernel, path)
            return self._start(place, list(argv), dict(environment), kernel, dict(files))
        finally:
            self._nested -= 1

    def _start(
        self, place: str, argv: list[str], environment: dict[str, str], kernel: Kernel, files: Files
    ) -> int:
        entry = kernel.stat(place)
        head = kernel.overlay[entry.path].read()
        if head.startswith(MARK):
            name = head[len(MARK) : head.find(b"\n")].decode()
            call = Call(argv, environment, kernel, files, self, busybox=name == "busybox", place=place)
            return self._call(call, name)
        if head.startswith(b"\x7fELF"):
            real = entry.path.rpartition("/")[2]
            multi = real == "busybox" or b"BusyBox v" in head
            known = real if real in APPLETS or multi else argv[0].rpartition("/")[2]
            call = Call(argv, environment, kernel, files, self, busybox=multi, place=place)
            if multi or known in APPLETS:
                return self._call(call, "busybox" if multi else known)
            raise Unusable(argv[0], "Exec format error")
        if found := SHEBANG.match(head):
            interpreter = found[1].decode(errors="surrogateescape")
            option = found[2].decode(errors="surrogateescape").strip()
            words = [interpreter, *([option] if option else []), place, *argv[1:]]
            try:
                return self._start(locate(interpreter, kernel, ""), words, environment, kernel, files)
            except Missing:
                raise Missing(argv[0]) from None
        text = None if b"\0" in head[:256] else head.decode(errors="surrogateescape")
        raise Unusable(argv[0], "Exec format error", text)

    def _call(self, call: Call, name: str) -> int:
        if name == "busybox":
            name = call.argv[0].rpartition("/")[2]
            if name == "busybox" and len(call.argv) > 1 and not call.argv[1].startswith("-"):
                call.argv.pop(0)
                name = call.argv[0]
        call.program = name
        program = APPLETS.get(name)
        if program is None:
            call.warn(f"{name}: applet not found\n")
            return 127
        try:
            return program(call)
        except Usage as usage:
            return _refuse(call, usage)
        except OSError as error:
            return call.complain(f"{error.filename}: {why(error)}" if error.filename else why(error))
        except ValueError:  # a word that had to be a number
            return _refuse(call, Usage("invalid argument"))
        finally:
            call.flush()


def _refuse(call: Call, usage: Usage) -> int:
    """How a program says that it was called wrongly."""
    if usage.sentence:
        call.complain(usage.sentence)
    if call.busybox:
        call.warn(f"BusyBox v1.36.1 multi-call binary.\n\nUsage: {call.name} [OPTIONS]\n")
        return usage.code
    call.warn(f"Try '{call.name} --help' for more information.\n")
    return usage.code


def locate(name: str, kernel: Kernel, path: str) -> str:
    """The place of program `name`.

    Raises:
        Missing: nothing of that name.
        Unusable: a directory, or a file without the right to run it.
    """
    if not name:
        raise Missing(name)
    places = [name] if "/" in name else [f"{folder or '.'}/{name}" for folder in path.split(":")]
    denied = False
    for place in places:
        entry = kernel.find(place)
        if entry is None:
            continue
        if entry.is_file and kernel.allowed(place, ENTER):
            return place
        denied = denied or entry.is_file or "/" in name
    if denied:
        raise Unusable(name, "Permission denied")
    raise Missing(name)
