"""A verb that is killed, or meets a full or broken disk, at every point: the store stays sound.

Each verb runs once to count its points, then once for each of them on a fresh copy of the same
store.  Afterwards a new engine finds every name leading where it led before or should lead now,
no damage, at most orphans; `repair` frees those; and the verb, given again, does its work.
"""

import io
import os
import random
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import pytest
from faults import Faults, Killed
from worlds import ROOT, build, tar

from labimg.check import check, repair
from labimg.clock import LabClock
from labimg.container import Exit, Out, Run
from labimg.engine import Engine
from labimg.entry import file
from labimg.errors import DockerError, NameTaken, NotFound
from labimg.files import MemoryFiles
from labimg.registry import Registry
from labimg.remote import Here
from labimg.union.overlay import Overlay


class Scribe:
    """A runner that writes its words into a file."""

    def run(
        self, mount: Overlay, argv: Sequence[str], *, env: Mapping[str, str], cwd: str, user: str,
        stdin: bytes, out: Out, clock: Callable[[], int],
    ) -> Exit:  # fmt: skip
        mount.write("/tmp/" + argv[-1].split()[-1], b"written\n" * 100)
        out("stdout", b"done\n")
        return Exit(0)


SHM = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
REGISTRY = Registry(MemoryFiles())
FILES = {"one": "1\n" * 500, "two": "2\n"}


def engine(root: Path, seed: str = "crash") -> Engine:
    return Engine.disk(
        root, clock=LabClock(), chance=random.Random(seed).randbytes, runner=Scribe(),
        transport=lambda domain: Here(REGISTRY),
    )  # fmt: skip


def _prepare(root: Path) -> bytes:
    """A store with names that share images, a dangling image, and a container; give an archive for it."""
    there = engine(root, "before")
    there.import_(tar(*ROOT), "base:1")
    for number in range(2):
        build(there, f"FROM base:1\nCOPY one /{number}\nLABEL n={number}\nCOPY two /", "app:1", FILES)
    there.tag("app:1", "other:1")
    there.start(there.create("app:1", Run(command=("sh", "file"), name="box")).id, out=lambda *_: None)
    there.create("base:1", Run(command=("sh",), name="idle"))
    far = engine(root.parent / "far", "far")
    far.import_(tar(*ROOT, file("/far", b"x" * 3000)), "reg.lab/far:1")
    build(far, "FROM reg.lab/far:1\nCOPY one /\nCOPY two /", "reg.lab/far:2", FILES)
    far.push("reg.lab/far:2")
    out = io.BytesIO()
    far.save(["reg.lab/far:1", "reg.lab/far:2"], out)
    return out.getvalue()


Ground = tuple[dict[str, bytes], bytes]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """The store that every run starts from, and the archive to load."""
    with tempfile.TemporaryDirectory(dir=SHM) as folder, Faults().reign():
        root = Path(folder) / "store"
        archive = _prepare(root)
        assert check(engine(root).store) == []
        files = found(root)
    yield files, archive


@pytest.fixture
def root() -> Iterator[Path]:
    """Where a store may be broken; in memory, where the system has such a place."""
    with tempfile.TemporaryDirectory(dir=SHM) as folder:
        yield Path(folder) / "store"


VERBS: dict[str, Callable[[Engine, bytes], Any]] = {
    "load": lambda one, archive: one.load(io.BytesIO(archive)),
    "build": lambda one, archive: build(one, "FROM app:1\nRUN note\nCOPY one two /new/", "built:1", FILES),
    "tag": lambda one, archive: one.tag("app:1", "new:1"),
    "retag": lambda one, archive: one.tag("base:1", "app:1"),
    "rmi": lambda one, archive: one.rmi("app:1"),
    "rmi --force": lambda one, archive: one.rmi(one.find("app:1"), force=True),
    "prune": lambda one, archive: one.image_prune(),
    "prune --all": lambda one, archive: one.image_prune(filters={"dangling": ["false"]}),
    "commit": lambda one, archive: one.commit("box", "kept:1"),
    "pull": lambda one, archive: one.pull("reg.lab/far:2"),
    "import": lambda one, archive: one.import_(tar(*ROOT, file("/x", b"x" * 5000)), "flat:1"),
    "create": lambda one, archive: one.create("app:1", Run(command=("sh",), name="more")),
    "start": lambda one, archive: one.start("idle", out=lambda *_: None),
    "rm": lambda one, archive: one.rm("box"),
    "container prune": lambda one, archive: one.container_prune(),
}


def found(root: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


AGAIN = 4  # so many states are looked at for each in which the verb is given again


def lay_out(root: Path, files: Mapping[str, bytes]) -> None:
    shutil.rmtree(root, ignore_errors=True)
    for path, data in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def names(one: Engine) -> dict[str, str]:
    return {name.familiar: str(at) for name, at in one.store.tags.all().items()}


class Trial:
    """One verb on one store, to be broken off."""

    def __init__(self, root: Path, ground: Ground, verb: str) -> None:
        self.root, self.verb = root, VERBS[verb]
        self.files, self.archive = ground
        lay_out(root, self.files)
        self.before = names(engine(root))
        with Faults().reign() as counting:
            self.verb(engine(root), self.archive)
        self.points = counting.points
        self.after = names(engine(root))
        self.seen: set[frozenset[tuple[str, bytes]]] = set()

    def broken(self, at: int, kind: str) -> None:
        """Break the verb off at one point, and see what is left."""
        lay_out(self.root, self.files)
        with Faults(at, kind).reign():
            one = engine(self.root)
            with suppress(Killed, OSError, DockerError):
                self.verb(one, self.archive)
        self.judge(at, kind)

    def killed(self, at: int) -> None:
        """Have a process of its own killed at one point."""
        lay_out(self.root, self.files)
        with warnings.catch_warnings(action="ignore"):
            child = os.fork()
        if not child:
            with Faults(at, "sigkill").reign():
                self.verb(engine(self.root), self.archive)
            os._exit(0)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
        self.judge(at, "sigkill")

    def judge(self, at: int, kind: str) -> None:
        """Is the store sound, and can the verb be given again?  A state seen before need not be judged."""
        where = f"{kind} at point {at} of {self.points}"
        state = frozenset(
            (path, data if path[:4] != "tmp/" else b"") for path, data in found(self.root).items()
        )
        if state in self.seen:
            return
        self.seen.add(state)
        with Faults().reign():
            one = engine(self.root, "after")
            told = names(one)
            for name, image in told.items():
                assert image in (self.before.get(name), self.after.get(name)), where
            assert set(self.before) & set(self.after) <= set(told), where
            assert not [problem for problem in repair(one.store) if not problem.orphan], where
            assert check(one.store) == [], where
            if len(self.seen) % AGAIN:
                return
            with suppress(NotFound, NameTaken):  # what was to go may be gone, what was to come be there
                self.verb(one, self.archive)
            assert set(self.after) <= set(names(one)) <= {*self.before, *self.after}, where
            assert check(one.store) == [], where


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_may_be_killed_at_every_point(verb: str, ground: Ground, root: Path) -> None:
    trial = Trial(root, ground, verb)
    for at in range(trial.points):
        trial.broken(at, "kill")
    print(f"{verb}: killed at each of {trial.points} points")


@pytest.mark.parametrize("verb", VERBS)
def test_the_power_may_fail_at_many_points(verb: str, ground: Ground, root: Path) -> None:
    trial = Trial(root, ground, verb)
    for at in range(0, trial.points, 5):
        trial.broken(at, "power")


@pytest.mark.parametrize("kind", ["full", "broken"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_disk_may_fail_at_many_points(
    verb: str, kind: Literal["full", "broken"], ground: Ground, root: Path
) -> None:
    trial = Trial(root, ground, verb)
    for at in range(0, trial.points, 17):
        trial.broken(at, kind)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["full", "broken"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_disk_may_fail_at_every_point(
    verb: str, kind: Literal["full", "broken"], ground: Ground, root: Path
) -> None:
    trial = Trial(root, ground, verb)
    for at in range(trial.points):
        trial.broken(at, kind)
    print(f"{verb}: a {kind} disk at each of {trial.points} points")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("verb", ["load", "build", "rmi --force"])
def test_sigkill_leaves_what_the_simulation_leaves(verb: str, ground: Ground, root: Path) -> None:
    trial = Trial(root, ground, verb)
    for at in range(0, trial.points, 19):
        trial.killed(at)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("verb", VERBS)
def test_sigkill_at_every_point(verb: str, ground: Ground, root: Path) -> None:
    trial = Trial(root, ground, verb)
    for at in range(trial.points):
        trial.killed(at)
    print(f"{verb}: SIGKILL at each of {trial.points} points")
