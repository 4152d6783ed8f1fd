"""Help, judged by the docker client: what it prints for `--help`, as recorded from 28.2.2."""

import io
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from labimg.cli import run
from labimg.cli.table import NAMES
from labimg.engine import Engine

RECORDS = Path(__file__).parent / "golden"
GOLDEN: dict[str, str] = json.loads((RECORDS / "help.json").read_text("utf-8"))
USAGE: dict[str, tuple[int, str]] = json.loads((RECORDS / "usage.json").read_text("utf-8"))

# Flags of the docker client that we do not carry: what they ask for is not there to be had.
LEFT_OUT = {
    "build": "add-host cgroup-parent compress cpu-period cpu-quota cpu-shares cpuset-cpus "
    "cpuset-mems isolation memory memory-swap security-opt shm-size ulimit",
    "builder prune": "keep-storage",
    "exec": "detach-keys privileged",
    "history": "platform", "image inspect": "platform", "images": "tree", "load": "platform",
    "push": "platform",
    "rm": "link", "rmi": "platform", "save": "platform",
    "start": "checkpoint checkpoint-dir detach-keys",
}  # fmt: skip


def docker(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run(Engine.memory(), words, stdout=out, stderr=err)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def in_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)


def head(text: str) -> str:
    return text.partition("\nOptions:\n")[0]


def flags(text: str) -> dict[str, str]:
    """The flags of a help text by name, each with its whole description on one line."""
    block = text.partition("\nOptions:\n")[2]
    items = re.split(r"\n(?=  -\w, --|      --)", "\n" + block)[1:]
    found = (re.sub(r"\s+", " ", item).strip() for item in items)
    return {re.search(r"--([\w-]+)", item)[1]: item for item in found}  # type: ignore[index]


@pytest.mark.parametrize("name", GOLDEN)
def test_help_is_dockers(name: str) -> None:
    code, ours, _ = docker(*name.split(), "--help")
    assert code == 0
    assert head(ours) == head(GOLDEN[name])
    left_out = next((LEFT_OUT[other] for other in NAMES[name].names if other in LEFT_OUT), "").split()
    if name == "run":
        carried = flags(ours)
        assert carried == {flag: text for flag, text in flags(GOLDEN[name]).items() if flag in carried}
    elif not left_out:
        assert ours == GOLDEN[name]
    else:
        there = flags(GOLDEN[name])
        assert flags(ours) == {flag: text for flag, text in there.items() if flag not in left_out}


@pytest.mark.judge("docker")
@pytest.mark.parametrize("name", ["images", "rmi", "inspect", "commit", "image prune", "run"])
def test_the_record_is_what_the_docker_client_prints(name: str) -> None:
    client = subprocess.run(["docker", *name.split(), "--help"], capture_output=True, text=True)
    assert client.stdout == GOLDEN[name]


def test_every_command_says_what_it_is() -> None:
    assert all(command.summary for command in NAMES.values())


@pytest.mark.parametrize("line", USAGE)
def test_a_command_called_wrongly_says_what_docker_says(line: str, in_nowhere: None) -> None:
    assert docker(*line.split(" ")) == (USAGE[line][0], "", USAGE[line][1])


@pytest.mark.judge("docker")
@pytest.mark.parametrize("line", USAGE)
def test_the_docker_client_says_so_too(line: str, in_nowhere: None) -> None:
    where = {"PATH": os.environ["PATH"], "HOME": os.getcwd()}
    client = subprocess.run(
        ["docker", *line.split(" ")], capture_output=True, text=True, env=where, stdin=subprocess.DEVNULL
    )
    said = client.stderr.rpartition("docs.docker.com/go/buildx/\n\n")[2]
    assert (client.returncode, said) == tuple(USAGE[line])


def test_help_goes_to_stdout_when_asked_for_and_to_stderr_when_not() -> None:
    _, asked, _ = docker("image", "--help")
    assert asked.startswith("Usage:  docker image COMMAND\n\nManage images\n\nCommands:\n  build       Build")
    assert docker("image") == (0, "", asked)
    assert docker("help", "image") == (0, asked, "")
    _, whole, _ = docker("--help")
    assert docker() == (0, "", whole)
    assert docker("foo", "--help") == (0, whole, "")


def test_the_short_help_flag_is_deprecated_where_it_is_one() -> None:
    _, asked, _ = docker("images", "--help")
    assert docker("images", "-h")[1] == f"Flag shorthand -h has been deprecated, use --help\n{asked}"


def test_version_says_whose_engine_this_is() -> None:
    assert "labimg" in docker("version")[1] and "labimg" in docker("--version")[1]
