"""The program: its environment, its streams, and how it ends when something is wrong."""

import errno
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from labimg.cli import run
from labimg.cli.command import Command
from labimg.cli.console import Console
from labimg.cli.table import NAMES
from labimg.engine import Engine

ROOT = Path(__file__).parent.parent
PROGRAM = [sys.executable, "-c", "import sys; from labimg.cli import main; sys.exit(main())"]


def labimg(
    *words: str, root: Path, stdin: bytes = b"", env: dict[str, str] | None = None
) -> tuple[int, bytes, bytes]:
    """One run of the program, in a process of its own."""
    whole = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LABIMG_ROOT": str(root)} | (env or {})
    done = subprocess.run([*PROGRAM, *words], input=stdin, capture_output=True, env=whole, cwd=root)
    return done.returncode, done.stdout, done.stderr


def test_the_store_lasts_from_one_command_to_the_next(tmp_path: Path) -> None:
    assert labimg("pull", "-q", "busybox", root=tmp_path)[0] == 0
    assert labimg("images", "--format", "{{.Repository}}", root=tmp_path) == (0, b"busybox\n", b"")
    elsewhere = tmp_path / "elsewhere"
    assert labimg("--root", str(elsewhere), "images", "-q", root=tmp_path) == (0, b"", b"")


def test_a_fixed_clock_and_seed_give_the_same_ids_again(tmp_path: Path) -> None:
    fixed = {"SOURCE_DATE_EPOCH": "1767225600", "LABIMG_SEED": "a lesson"}
    worlds = []
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        labimg("pull", "-q", "busybox", root=root, env=fixed)
        made = [labimg("create", "busybox", root=root, env=fixed)[1] for _ in range(2)]
        assert made[0] != made[1]
        worlds.append([*made, labimg("commit", made[0].decode().strip(), root=root, env=fixed)[1]])
    assert worlds[0] == worlds[1]


def test_save_writes_bytes_to_stdout_and_load_reads_them_from_stdin(tmp_path: Path) -> None:
    labimg("pull", "-q", "busybox", root=tmp_path)
    code, tar, _ = labimg("save", "busybox", root=tmp_path)
    assert code == 0 and tar[257:262] == b"ustar"
    again = tmp_path / "again"
    again.mkdir()
    assert labimg("load", root=again, stdin=tar) == (0, b"Loaded image: busybox:latest\n", b"")


def test_a_reader_who_leaves_is_no_error(tmp_path: Path) -> None:
    labimg("pull", "-q", "busybox", root=tmp_path)
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LABIMG_ROOT": str(tmp_path)}
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as stdout:
        done = subprocess.run([*PROGRAM, "save", "busybox"], stdout=stdout, stderr=subprocess.PIPE, env=env)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_mistake_of_ours_is_one_line_and_with_debug_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(console: Console) -> None:
        raise ZeroDivisionError("nobody can")

    mistaken = Command(("info",), ("",), broken, NAMES["info"].operands)
    monkeypatch.setattr(type(NAMES), "__getitem__", lambda self, name: mistaken)
    out, err = io.StringIO(), io.StringIO()
    assert run(Engine.memory(), ["info"], stdout=out, stderr=err) == 1
    assert err.getvalue() == "docker: ZeroDivisionError: nobody can (LABIMG_DEBUG=1 shows where)\n"
    for words, env in ((["-D", "info"], {}), (["info"], {"LABIMG_DEBUG": "1"})):
        err = io.StringIO()
        run(Engine.memory(), words, stdout=out, stderr=err, env=env)
        assert err.getvalue().startswith("Traceback ")


def test_streams_may_be_of_text_or_of_bytes() -> None:
    text, raw = io.StringIO(), io.BytesIO()
    for out in (text, raw):
        assert run(Engine.memory(), ["images"], stdout=out) == 0
    assert text.getvalue().encode() == raw.getvalue()


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    engine, err = Engine.memory(), io.StringIO()
    run(engine, ["pull", "-q", "busybox"], stdout=io.StringIO())
    place = tmp_path / "no" / "file"
    words = ["create", "--cidfile", str(place), "busybox"]
    assert run(engine, words, stdout=io.StringIO(), stderr=err) == 1
    told = f"failed to create the container ID file: open {place}: no such file or directory\n"
    assert err.getvalue() == told


def test_a_full_disk_is_told_in_its_own_words(tmp_path: Path) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    engine, err = Engine.memory(), io.StringIO()
    run(engine, ["pull", "-q", "busybox"], stdout=io.StringIO())
    assert run(engine, ["save", "busybox"], stdout=Full(), stderr=err) == 1
    assert err.getvalue() == "docker: no space left on device\n"


def test_a_build_needs_a_dockerfile_and_a_context_that_are_here(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for words, told in (
        (["-f", f"{tmp_path}/folder", str(tmp_path)], "docker-builder0000000000/folder: is a directory\n"),
        (["https://host/x.git"], "https://host/x.git: a context is a folder or a tar here\n"),
    ):
        err = io.StringIO()
        assert run(Engine.memory(), ["build", *words], stdout=io.StringIO(), stderr=err) == 1
        assert err.getvalue().endswith(told)


def test_variables_and_labels_come_from_files_and_the_environment(tmp_path: Path) -> None:
    engine, out = Engine.memory(), io.StringIO()
    run(engine, ["pull", "-q", "busybox"], stdout=io.StringIO())
    names = tmp_path / "names"
    names.write_text("# a comment\n\n A=1\nB=two words\nHERE\n")
    line = "echo $A-$B-$C-$HERE-$THERE"
    words = ["run", "--env-file", str(names), "-e", "C=3", "-e", "THERE", "busybox", "sh", "-c", line]
    assert run(engine, words, stdout=out, env={"HERE": "4", "A": "5"}) == 0
    assert out.getvalue() == "1-two words-3-4-\n"


def test_a_secret_is_there_for_one_step_and_in_no_layer(tmp_path: Path) -> None:
    engine, err = Engine.memory(), io.StringIO()
    run(engine, ["pull", "-q", "busybox"], stdout=io.StringIO())
    key = tmp_path / "key"
    key.write_text("hello")
    (tmp_path / "Dockerfile").write_text(
        "FROM busybox\nRUN --mount=type=secret,id=k --mount=type=secret,id=HERE "
        "cat /run/secrets/k /run/secrets/HERE | wc -c > /n\n"
    )
    words = ["build", "-q", "-t", "app", "--secret", f"id=k,src={key}", "--secret", "id=HERE", str(tmp_path)]
    assert run(engine, words, stdout=io.StringIO(), stderr=err, env={"HERE": "abc"}) == 0, err.getvalue()
    seen = engine.view("app").tree
    assert seen["/n"].read() == b"8\n" and "/run/secrets/k" not in seen
    words[5] = f"id=k,src={tmp_path / 'no'}"
    assert run(engine, words, stdout=io.StringIO(), stderr=err) == 1
    assert err.getvalue() == f"open {tmp_path / 'no'}: no such file or directory\n"


def test_an_archive_may_have_the_layout_of_today_or_of_yesterday() -> None:
    engine = Engine.memory()
    run(engine, ["pull", "-q", "busybox"], stdout=io.StringIO())
    names = {}
    for layout in ("oci", "docker"):
        out = io.BytesIO()
        assert run(engine, ["save", "--format", layout, "busybox"], stdout=out) == 0
        with tarfile.open(fileobj=io.BytesIO(out.getvalue())) as tar:
            names[layout] = set(tar.getnames())
    assert "oci-layout" in names["oci"] and "oci-layout" not in names["docker"]
    assert run(engine, ["save", "--format", "zip", "busybox"], stdout=out, stderr=io.StringIO()) == 125


def test_the_doctor_finds_a_healthy_machine_or_says_what_mends_it(tmp_path: Path) -> None:
    out = io.StringIO()
    code = run(Engine.memory(), ["doctor"], stdout=out, root=tmp_path)
    assert (code == 0) == ("mend: " not in out.getvalue())
    assert out.getvalue().startswith("ok  Python")
