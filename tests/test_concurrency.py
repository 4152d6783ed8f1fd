"""Many processes at one store: no error that a serial run would not give, no lost update, no waiting to read.

Every process minds names and containers of its own, beside images that all share, so each of
its commands must succeed in whatever order the others come.
"""

import io
import os
import random
import threading
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from test_crash import Scribe
from worlds import ROOT, build, tar

from labimg.check import check
from labimg.clock import LabClock
from labimg.container import Run
from labimg.engine import Engine
from labimg.entry import file

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
PROCESSES = 8


def engine(root: Path, seed: str) -> Engine:
    return Engine.disk(root, clock=LabClock(), chance=random.Random(seed).randbytes, runner=Scribe())


class Student:
    """One process: what it does at random, and the names that it must find at the end."""

    def __init__(self, root: Path, number: int) -> None:
        self.engine = engine(root, f"student {number}")
        self.chance = random.Random(number)
        self.number = number
        self.names = {f"mine-{number}:0": str(self.engine.find("app:1"))}
        self.engine.tag("app:1", f"mine-{number}:0")
        self.boxes: list[str] = []

    def step(self) -> None:
        """Do one thing."""
        self.chance.choice(ACTS)(self)

    def name(self) -> str:
        return f"mine-{self.number}:{self.chance.randrange(6)}"

    def keep(self, name: str, image: object) -> None:
        self.names[name] = str(image)

    def tag(self) -> None:
        name = self.name()
        self.engine.tag("app:1", name)
        self.keep(name, self.engine.find("app:1"))

    def untag(self) -> None:
        if self.names:
            name = self.chance.choice(sorted(self.names))
            self.engine.rmi(name)
            del self.names[name]

    def import_(self) -> None:
        name, data = self.name(), self.chance.randbytes(50)
        self.keep(name, self.engine.import_(tar(*ROOT, file("/x", data)), name))

    def build(self) -> None:
        name = self.name()
        text = f"FROM app:1\nCOPY one /{self.chance.randrange(3)}\nENV n={self.number}"
        self.keep(name, build(self.engine, text, name, {"one": str(self.chance.random())}))

    def box(self) -> None:
        found = self.engine.create("app:1", Run(command=("sh", "-c", "f")))
        self.engine.start(found.id, out=lambda *_: None)
        self.boxes.append(found.id)

    def commit(self) -> None:
        if self.boxes:
            name = self.name()
            self.keep(name, self.engine.commit(self.chance.choice(self.boxes), name))

    def unbox(self) -> None:
        if self.boxes:
            self.engine.rm(self.boxes.pop())

    def prune(self) -> None:
        self.engine.image_prune()

    def look(self) -> None:
        assert any("app:1" in map(str, (tag.familiar for tag in row.tags)) for row in self.engine.images())
        assert self.engine.view("app:1").read("/one") == b"1"
        self.engine.ps(all=True)
        self.engine.df()
        self.engine.inspect_image("app:1")

    def move(self) -> None:
        out = io.BytesIO()
        self.engine.save(["app:1"], out)
        out.seek(0)
        self.engine.load(out)


ACTS: tuple[Callable[[Student], None], ...] = (
    Student.tag, Student.tag, Student.untag, Student.untag, Student.import_, Student.build, Student.box,
    Student.commit, Student.unbox, Student.prune, Student.look, Student.look, Student.look, Student.move,
)  # fmt: skip


def forked(work: Callable[[], None], report: Path) -> int:
    """Do `work` in a process of its own; what goes wrong is written to `report`."""
    with warnings.catch_warnings(action="ignore"):
        child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException:
        report.write_text(traceback.format_exc())
        os._exit(1)


@pytest.mark.parametrize("steps", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_eight_processes_lose_nothing(tmp_path: Path, steps: int) -> None:
    root = tmp_path / "store"
    first = engine(root, "first")
    first.import_(tar(*ROOT), "base:1")
    build(first, "FROM base:1\nCOPY one /\nCOPY two /", "app:1", {"one": "1", "two": "2"})

    def student(number: int) -> None:
        one = Student(root, number)
        for _ in range(steps):
            one.step()
        (tmp_path / f"names-{number}").write_text("".join(f"{n} {i}\n" for n, i in one.names.items()))

    children = [
        forked(lambda number=number: student(number), tmp_path / f"fault-{number}")  # type: ignore[misc]
        for number in range(PROCESSES)
    ]
    for child in children:
        os.waitpid(child, 0)
    assert [path.read_text() for path in tmp_path.glob("fault-*")] == []
    last = engine(root, "last")
    promised = dict(
        line.split() for path in tmp_path.glob("names-*") for line in path.read_text().splitlines()
    )
    told = {name.familiar: str(image) for name, image in last.store.tags.all().items()}
    assert {name: image for name, image in told.items() if name.startswith("mine-")} == promised
    assert check(last.store) == []


def test_a_reader_does_not_wait_for_a_long_writer(tmp_path: Path) -> None:
    writer, reader = engine(tmp_path, "writer"), engine(tmp_path, "reader")
    writer.import_(tar(*ROOT), "base:1")
    begun, done = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            begun.set()
            done.wait(60)
            return super().read(size)

        def seekable(self) -> bool:
            return False

    slow = Slow(tar(*ROOT, file("/late", b"")).getvalue())
    thread = threading.Thread(target=writer.import_, args=(slow, "late:1"))
    thread.start()
    assert begun.wait(60)
    assert [tag.familiar for row in reader.images() for tag in row.tags] == ["base:1"]
    assert reader.view("base:1").read("/etc/passwd")
    reader.save(["base:1"], io.BytesIO())
    assert thread.is_alive(), "the reader has waited until the writer was done"
    done.set()
    thread.join()
    assert len(reader.images()) == 2
