"""A batch: a folder of submissions becomes results, one file for each student.

A result is kept beside a key made of all that it follows from; so a batch that was
interrupted goes on where it was, and one that is done costs nothing.  Submissions are
independent of each other: some may be graded here and some elsewhere.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Timer
from typing import Any

from labimg.course import notebook
from labimg.course.attempts import Attempts
from labimg.course.level import Lesson, Level, home
from labimg.course.report import write
from labimg.digest import Digest

VERSION = 1  # of the results; another number, and all is graded anew
SECONDS = 60.0  # of the wall, for one answer; that of the processor is up long before
OVERRUNS = 3  # answers of one student that may take too long

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a batch is graded."""

    lesson: Lesson
    secret: str
    personal: bool = False
    seconds: float = SECONDS
    attempts: int = 0  # submissions of one student that are graded; 0: all
    cool_down: float = 0  # seconds that must pass before another one is

    def key(self, raw: bytes) -> str:
        """What a result follows from, as one digest."""
        levels = (home() / "levels" / f"{self.lesson.number}.toml").read_bytes()
        terms = json.dumps([VERSION, self.secret, self.personal]).encode()
        return str(Digest.of(b"\0".join([raw, levels, terms])))


class Worker:
    """A process that grades answers; it is begun anew when it had to be ended."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._folder = ""

    def ask(self, asked: Any) -> dict[str, Any]:
        """The reply to one request; `failed` says why there is none."""
        if self._process is None or self._process.poll() is not None:
            self._begin()
        assert self._process
        process = self._process
        assert process.stdin and process.stdout
        timer = Timer(self._seconds, process.kill)
        timer.start()
        try:
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            timer.cancel()
        try:
            found = json.loads(line)
        except ValueError:
            self._begin()
            return {"failed": "it takes too much time or memory"}
        return dict(found)

    def _begin(self) -> None:
        """Begin a process, which takes no module from where it is begun, and leaves nothing behind."""
        self.end()
        self._folder = tempfile.mkdtemp(prefix="labimg-grade-")
        env = {**os.environ, "TMPDIR": self._folder, "PYTHONPATH": str(Path(__file__).parents[2])}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "labimg.course.replay"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8", env=env,
        )  # fmt: skip

    def end(self) -> None:
        """Let the process go, with its files."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


def grade(terms: Terms, student: str, path: Path, worker: Worker) -> Result:
    """The result of one submission."""
    try:
        found = notebook.read(path, student, terms.lesson)
    except notebook.Unreadable as error:
        return _refused(terms, student, str(error), _raw(path))
    if found.assignment != terms.lesson.number:
        said = f"lesson {found.assignment}" if found.assignment else "no lesson of the course"
        return _refused(
            terms, student, f"this notebook is about {said}, not {terms.lesson.number}", found.raw
        )
    verdicts: list[dict[str, Any]] = []
    overruns = 0
    for level in terms.lesson.levels:
        asked = {
            "level": level.id, "text": found.answers.get(level.id, ""), "student": student,
            "secret": terms.secret, "personal": terms.personal,
        }  # fmt: skip
        told = worker.ask(asked) if overruns < OVERRUNS else {"failed": "earlier answers took too long"}
        if "failed" in told:
            overruns += 1
            told = _nothing(level, told["failed"])
        verdicts.append(told)
    return {
        "student": student, "assignment": terms.lesson.number, "key": terms.key(found.raw), "refused": "",
        "odd": list(found.odd), "score": round(sum(one["score"] for one in verdicts), 2),
        "points": terms.lesson.points, "timestamp": _stamp(path), "verdicts": verdicts,
    }  # fmt: skip


def _refused(terms: Terms, student: str, why: str, raw: bytes) -> Result:
    return {
        "student": student, "assignment": terms.lesson.number, "key": terms.key(raw), "refused": why,
        "odd": [], "score": 0.0, "points": terms.lesson.points, "timestamp": "", "verdicts": [],
    }  # fmt: skip


def _raw(path: Path) -> bytes:
    """What a result follows from: the bytes of a submission, or why it has none."""
    try:
        return notebook.content(path)
    except notebook.Unreadable as error:
        return f"{error}".encode()


def _nothing(level: Level, why: str) -> dict[str, Any]:
    """The verdict on an answer that could not be judged."""
    return {
        "level": level.id, "state": "wrong because", "score": 0.0, "points": level.points, "marks": [],
        "say": f"The answer could not be judged: {why}.", "id": "overrun", "bonus": 0.0,
    }  # fmt: skip


def _stamp(path: Path) -> str:
    """When it was handed in, if the collecting program has noted it."""
    note = path.parent / "timestamp.txt"
    return note.read_text("utf-8").strip() if note.exists() else ""


def run(
    terms: Terms, folder: Path, out: Path, *, jobs: int = 1, shard: tuple[int, int] = (1, 1),
    tell: Callable[[int, int], object] = lambda done, total: None,
) -> list[Result]:  # fmt: skip
    """Grade what is in `folder`, or its part `shard`; give the results, by student."""
    handed_in = notebook.collected(folder, terms.lesson.number)
    mine = [one for at, one in enumerate(handed_in) if at % shard[1] == shard[0] - 1]
    attempts = Attempts(out, terms.attempts, terms.cool_down)
    results: dict[str, Result] = {}
    todo = []
    for student, path in mine:
        raw = _raw(path)
        kept = _kept(out, student, terms.key(raw))
        if why := attempts.refused(student, raw):
            kept = _earlier(terms, out, student, raw, why)
        if kept:
            results[student] = kept
        else:
            todo.append((student, path))
    workers: SimpleQueue[Worker] = SimpleQueue()
    for _ in range(jobs):
        workers.put(Worker(terms.seconds))

    def one(student: str, path: Path) -> Result:
        worker = workers.get()
        try:
            found = grade(terms, student, path, worker)
        finally:
            workers.put(worker)
        write(out / "results" / f"{student}.json", json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        return found

    try:
        with ThreadPoolExecutor(jobs) as pool:
            for future in as_completed([pool.submit(one, *each) for each in todo]):
                results[future.result()["student"]] = future.result()
                tell(len(results), len(mine))
    finally:
        for _ in range(jobs):
            workers.get().end()
    return [results[student] for student in sorted(results)]


def _earlier(terms: Terms, out: Path, student: str, raw: bytes, why: str) -> Result:
    """What a student had got before a submission that may not be graded."""
    found = _kept(out, student) or _refused(terms, student, f"{why}, and no earlier result is there", raw)
    return {**found, "odd": [*found["odd"], f"{why}: an earlier one counts"]}


def _kept(out: Path, student: str, key: str = "") -> Result | None:
    """The result that is there, if it follows from what `key` names, or with none of whatever."""
    path = out / "results" / f"{student}.json"
    try:
        found: Result = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if not key or found.get("key") == key else None


def results(folders: Sequence[Path]) -> Iterator[Result]:
    """The results in these folders, by student; of two for one student the last."""
    found = {}
    for folder in folders:
        for path in sorted((folder / "results").glob("*.json")):
            one = json.loads(path.read_text("utf-8"))
            found[one["student"]] = one
    return (found[student] for student in sorted(found))
