"""What every test stands on: the judges' rules, and how hard hypothesis tries.

A judge is the real thing beside ours.  Where it is missing its tests are skipped and say why;
with `LABIMG_JUDGE=require` (as in CI) such a skip is a failure.
"""

import os
import shutil
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("LABIMG_STATIC", "1")  # the notebooks' stored pictures are the static ones

settings.register_profile(
    "fast", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("fast"), max_examples=100, derandomize=True)
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
