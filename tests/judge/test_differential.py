"""A real Docker beside ours, command by command: exit code, standard output, standard error."""

import subprocess
from pathlib import Path

import pytest
from judge.chance import session
from judge.daemon import PROGRAMS, Daemon
from judge.differential import Pair, apart, script
from judge.stories import FILES, STORIES

SESSIONS, LENGTH = 30, 30

pytestmark = pytest.mark.judge(*PROGRAMS)


@pytest.fixture(scope="module", autouse=True)
def client() -> None:
    """The words are those of the 28.2 client."""
    told = subprocess.run(["docker", "--version"], capture_output=True, text=True).stdout
    if "version 28.2" not in told:
        pytest.skip(f"another client: {told.strip()}")


def play(dockerd: Daemon, folder: Path, story: str) -> None:
    """Play a session on both; tell every line at which they go apart."""
    pair = Pair.fresh(dockerd, folder)
    pair.lay(FILES)
    found = [line for words, stdin in script(story) for line in apart(words, *pair.run(words, stdin))]
    assert not found, "\n".join(["they differ:", *found])


@pytest.mark.parametrize("name", STORIES)
def test_a_session_reads_the_same_on_both(dockerd: Daemon, tmp_path: Path, name: str) -> None:
    play(dockerd, tmp_path, STORIES[name])


@pytest.mark.parametrize("seed", range(SESSIONS))
def test_a_session_by_chance_reads_the_same_on_both(dockerd: Daemon, tmp_path: Path, seed: int) -> None:
    play(dockerd, tmp_path, session(seed, LENGTH))
