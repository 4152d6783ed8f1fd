"""The real shells judge the recorded scripts: what stands in the record is what they print.

dash and the GNU programs judge what runs in debian, busybox what runs in busybox; the first
complaint of the shell itself must be ours to the letter too.
"""

import subprocess
import time
from pathlib import Path

import pytest
from shells import RECORDED, Ended, run

DEBIAN = [row[1:] for row in RECORDED if row[0] == "debian"]
BUSYBOX = [row[1:] for row in RECORDED if row[0] == "busybox"]


def ask(argv: list[str], folder: Path, path: str) -> Ended:
    """What a real shell makes of it."""
    done = subprocess.run(
        ["env", "-i", f"PATH={path}", "HOME=/root", "LC_ALL=C", *argv],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
        umask=0o022,
    )
    return Ended(done.stdout.decode(), done.stderr.decode(), done.returncode)


def check(theirs: Ended, recorded: tuple[str, int], ours: Ended, shell: str) -> None:
    """They print what is recorded, and complain as we do."""
    assert (theirs.out, theirs.code) == recorded
    named = theirs.err.replace(f"{shell}: ", "/bin/sh: ")
    if "/bin/sh: " in ours.err + named:
        assert ours.err.split("\n")[0] == named.split("\n")[0]


@pytest.fixture(scope="session")
def applets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with busybox under all its names."""
    folder = tmp_path_factory.mktemp("busybox")
    subprocess.run(["busybox", "--install", "-s", str(folder)], check=True)
    return folder


@pytest.mark.judge("dash", "root")
@pytest.mark.parametrize(("script", "out", "code"), DEBIAN)
def test_dash_and_gnu_print_what_is_recorded(script: str, out: str, code: int, tmp_path: Path) -> None:
    theirs = ask(["/usr/bin/dash", "-c", script], tmp_path, "/usr/sbin:/usr/bin:/sbin:/bin")
    check(theirs, (out, code), run("debian", script, cwd="/w", now=time.time_ns()), "/usr/bin/dash")


@pytest.mark.judge("busybox", "root")
@pytest.mark.parametrize(("script", "out", "code"), BUSYBOX)
def test_busybox_prints_what_is_recorded(
    script: str, out: str, code: int, tmp_path: Path, applets: Path
) -> None:
    theirs = ask(["/usr/bin/busybox", "sh", "-c", script], tmp_path, str(applets))
    check(theirs, (out, code), run("busybox", script, cwd="/w", now=time.time_ns()), "sh")
