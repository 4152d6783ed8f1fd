"""A real Docker beside ours, command by command: every scenario of `scenarios`, and what it left behind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from judge.daemon import PROGRAMS, Daemon
from judge.differential import play
from judge.known import Row, rows
from judge.script import scenarios
from pages import Site, opened

HERE = Path(__file__).parent
SCENARIOS = scenarios(HERE / "scenarios")
KNOWN = rows(HERE.parents[1] / "ARCHITECTURE.md")

pytestmark = [pytest.mark.judge(*PROGRAMS), pytest.mark.usefixtures("client")]


@pytest.fixture(scope="module")
def met() -> dict[str, list[Row]]:
    """The differences that are meant, and were met in each scenario that was played."""
    return {}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a web site."""
    with opened(Site()) as address:
        yield address


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_reads_the_same_on_both(
    dockerd: Daemon, site: str, tmp_path: Path, tally: Callable[..., None], met: dict[str, list[Row]],
    name: str,
) -> None:  # fmt: skip
    played = play(dockerd, tmp_path, SCENARIOS[name].beside(site), KNOWN)
    met[name] = played.meant
    tally(scenarios=1, commands=played.commands, meant=len(played.meant), unmeant=len(played.unmeant))
    assert not played.unmeant, "\n".join(["they differ:", *played.unmeant])


def test_each_difference_that_is_meant_occurs(met: dict[str, list[Row]]) -> None:
    if met.keys() != SCENARIOS.keys():
        pytest.skip("only all scenarios together meet them all")
    demanded = [row for row in KNOWN if "by chance" not in row.why]
    never = [row.why for row in demanded if not any(row in found for found in met.values())]
    assert not never, f"in ARCHITECTURE.md, and nowhere else: {never}"
