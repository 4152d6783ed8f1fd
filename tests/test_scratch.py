"""A lab's folder: what is put there is the same for everybody, and nothing of it is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labimg import Lab
from labimg.course.bench import Bench
from labimg.course.scratch import LOCK, PREFIX, YOUNG

RECIPE = "FROM scratch\nCOPY . /srv\n"
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="files have no modes there")


@UNIX
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_layer_is_the_same_whatever_the_umask(mask: int) -> None:
    before = os.umask(mask)
    try:
        lab = Lab(files={"Dockerfile": RECIPE, "a/b/page": "one"})
        lab.write("a/start", "#!/bin/sh\n", executable=True)
        lab.docker("build -q -t web .")
    finally:
        os.umask(before)
    entries = {entry.path: oct(entry.mode) for entry in lab.engine.view("web").values()}
    wanted = {"/srv/a": "0o755", "/srv/a/b": "0o755", "/srv/a/b/page": "0o644", "/srv/a/start": "0o755"}
    assert entries | wanted == entries


@UNIX
def test_a_fork_keeps_what_is_executable() -> None:
    bench = Bench(files={"Dockerfile": RECIPE})
    bench.write("start", "#!/bin/sh\n", executable=True)
    twin = bench.fork()
    for lab in (bench, twin):
        assert not lab.docker("build -q -t web .").code
    assert bench.engine.find("web") == twin.engine.find("web")


SCRIPT = """
import sys
from labimg import Lab
lab = Lab(files={"page": "one"})
print(lab.folder, flush=True)
sys.stdin.readline()
"""


def started(folder: Path) -> tuple["subprocess.Popen[str]", Path]:
    """A process with a lab that lives until a line comes, and the lab's folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], env={**os.environ, "TMPDIR": str(folder)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def ended(process: "subprocess.Popen[str]") -> None:
    process.communicate("\n")


@UNIX
def test_the_folder_goes_with_its_process_and_with_the_next_one_if_it_was_killed(tmp_path: Path) -> None:
    process, place = started(tmp_path)
    assert (place / "page").read_text() == "one"
    ended(process)
    assert not list(tmp_path.iterdir())
    killed, _ = started(tmp_path)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    alive, kept = started(tmp_path)
    (left,) = (place for place in tmp_path.glob(f"{PREFIX}*") if place != kept.parent)
    for old in (left, kept.parent):
        os.utime(old, (time.time() - 2 * YOUNG,) * 2)
    last, _ = started(tmp_path)
    assert not left.exists() and (kept / "page").exists() and (kept.parent / LOCK).exists()
    ended(alive)
    ended(last)
    assert not list(tmp_path.iterdir())
