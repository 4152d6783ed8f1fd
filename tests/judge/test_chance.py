"""A real Docker beside ours, command by command: sessions by chance, and what each left behind."""

from collections.abc import Callable
from pathlib import Path

import pytest
from judge.chance import session
from judge.daemon import PROGRAMS, Daemon
from judge.differential import play
from judge.known import rows

SESSIONS = 200
KNOWN = rows(Path(__file__).parents[2] / "ARCHITECTURE.md")

pytestmark = [pytest.mark.judge(*PROGRAMS), pytest.mark.usefixtures("client")]


@pytest.mark.parametrize("seed", range(SESSIONS))
def test_a_session_by_chance_reads_the_same_on_both(
    dockerd: Daemon, tmp_path: Path, tally: Callable[..., None], seed: int
) -> None:
    played = play(dockerd, tmp_path, session(seed), KNOWN)
    tally(sessions=1, commands=played.commands, meant=len(played.meant), unmeant=len(played.unmeant))
    assert not played.unmeant, "\n".join(["they differ:", *played.unmeant])
