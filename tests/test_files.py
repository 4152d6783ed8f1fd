"""The contract of the store's ground, for both that keep it."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from labimg.files import DiskFiles, Files, MemoryFiles


@pytest.fixture(params=["memory", "disk"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return MemoryFiles() if request.param == "memory" else DiskFiles(tmp_path / "store")


def test_what_is_written_is_read(files: Files) -> None:
    files.write("a/b/c", b"1")
    files.write("a/b/c", b"22")
    assert (files.read("a/b/c"), files.size("a/b/c"), files.exists("a/b/c")) == (b"22", 2, True)
    with files.open("a/b/c") as file:
        file.seek(1)
        assert file.read() == b"2"


def test_what_is_not_there_is_told(files: Files) -> None:
    for act in (files.read, files.open, files.size):
        with pytest.raises(FileNotFoundError):
            act("nothing")
    assert (
        not files.exists("nothing") and files.children("nothing") == [] and list(files.paths("nothing")) == []
    )


def test_folders_list_their_names_and_paths(files: Files) -> None:
    for path in ("x/1", "x/y/2", "x/y/3", "xy"):
        files.write(path, b"")
    assert files.children("x") == ["1", "y"]
    assert files.children("") == ["x", "xy"]
    assert list(files.paths("x")) == ["x/1", "x/y/2", "x/y/3"]
    assert list(files.paths()) == ["x/1", "x/y/2", "x/y/3", "xy"]


def test_deleting_is_idempotent_and_leaves_no_empty_folder(files: Files) -> None:
    files.write("x/y/z", b"")
    files.delete("x/y/z")
    files.delete("x/y/z")
    assert files.children("") == []


def test_renaming_moves(files: Files) -> None:
    files.write("old/a", b"1")
    files.rename("old/a", "new/b")
    assert list(files.paths()) == ["new/b"] and files.read("new/b") == b"1"


def test_a_file_is_there_whole_or_not_at_all(files: Files) -> None:
    with files.create("ok") as out:
        out.write(b"1")
        assert not files.exists("ok")
        out.write(b"2")
    with pytest.raises(RuntimeError), files.create("ok") as out:
        out.write(b"half")
        raise RuntimeError
    assert files.read("ok") == b"12" and list(files.paths()) == ["ok"]


def test_an_open_file_stays_what_it_was(files: Files) -> None:
    files.write("a", b"old")
    with files.open("a") as file:
        files.write("a", b"new")
        assert file.read() == b"old"


def test_a_lock_may_be_taken_again_from_within(files: Files) -> None:
    with files.lock(), files.lock():
        files.write("a", b"")


def test_writers_take_turns(tmp_path: Path) -> None:
    def add() -> None:
        files = DiskFiles(tmp_path)
        for _ in range(20):
            with files.lock():
                files.write("n", b"%d" % (int(files.read("n")) + 1))

    DiskFiles(tmp_path).write("n", b"0")
    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert DiskFiles(tmp_path).read("n") == b"80"


def test_a_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    script = "import sys, time; from labimg.files import DiskFiles\n"
    script += "with DiskFiles(sys.argv[1]).lock(): print('mine', flush=True); time.sleep(60)"
    words = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline() == b"mine\n"
        taken: list[float] = []

        def take() -> None:
            with DiskFiles(tmp_path).lock():
                taken.append(time.monotonic())

        waiting = threading.Thread(target=take)
        waiting.start()
        waiting.join(0.2)
        assert not taken
        other.kill()
        waiting.join(20)
    assert taken


def test_a_snapshot_is_a_world_to_come_back_to() -> None:
    files = MemoryFiles()
    files.write("a", b"1")
    before = files.snapshot()
    files.write("a", b"2")
    files.write("b", b"")
    after = files.snapshot()
    files.restore(before)
    assert files.read("a") == b"1" and not files.exists("b")
    files.restore(after)
    assert files.read("a") == b"2" and files.exists("b")
