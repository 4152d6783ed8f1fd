"""What every test stands on: the judges' rules, and how hard hypothesis tries.

The laws are tried on the same examples every time, so that what is green stays green;
`HYPOTHESIS_PROFILE=hunt` goes after new ones.

A judge is the real thing beside ours.  Where it is missing its tests are skipped and say why;
with `LABIMG_JUDGE=require` (as in CI) such a skip is a failure.  What a test records as `judged`
(how many cases it has put before its judge) is told at the end.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("LABIMG_STATIC", "1")  # the notebooks' stored pictures are the static ones

settings.register_profile(
    "fast", max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("fast"), max_examples=100)
settings.register_profile("hunt", settings.get_profile("fast"), max_examples=500, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

REQUIRED = os.environ.get("LABIMG_JUDGE") == "require"


def missing(programs: tuple[str, ...]) -> str:
    """Why these judges cannot sit, or nothing; "root" is the right to mount and to chown."""
    absent = [name for name in programs if name != "root" and not shutil.which(name)]
    if absent:
        return f"not installed: {', '.join(absent)} (see `make judge-deps`)"
    if "root" in programs and getattr(os, "geteuid", lambda: 1)() != 0:
        return "needs root"
    return ""


def pytest_configure(config: pytest.Config) -> None:
    """Kernels have a folder for themselves: nobody's profile, and no history to quarrel about."""
    folder = TemporaryDirectory(prefix="labimg-ipython-", ignore_cleanup_errors=True)
    os.environ["IPYTHONDIR"] = folder.name
    config.add_cleanup(folder.cleanup)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a judge's test where its judge is missing."""
    for mark in item.iter_markers("judge"):
        if reason := missing(mark.args):
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """A judge that is required and yet skipped has failed."""
    report = yield
    if REQUIRED and report.skipped and item.get_closest_marker("judge"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"this judge is required: {reason}"
    return report


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Count what a judge has compared, to be told at the end of the run: `tally(commands=30)`."""

    def count(**counts: int) -> None:
        for name, number in counts.items():
            record_property(f"judged {name}", number)

    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how much has been judged."""
    total: Counter[str] = Counter()
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, counted in report.user_properties:
            if name == "judged":
                terminalreporter.write_line(f"judged: {counted}")
            elif name.startswith("judged "):
                total[name.removeprefix("judged ")] += counted
    if total["commands"]:
        terminalreporter.write_line(
            f"judged: Docker beside ours, {total['scenarios']} scenarios and {total['sessions']} sessions by "
            f"chance, {total['commands']} commands: {total['unmeant']} lines differ, "
            f"but for {total['meant']} that differ as ARCHITECTURE.md says"
        )


@pytest.fixture(scope="module")
def ipython(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One IPython shell without history; a second one would quarrel with it."""
    from IPython.core.interactiveshell import InteractiveShell

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        InteractiveShell.clear_instance()
        shell: Any = InteractiveShell.instance(user_ns={})
        shell.history_manager.enabled = False
        yield shell
        shell.history_manager.end_session()
        InteractiveShell.clear_instance()
