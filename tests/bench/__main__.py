"""`make bench`: whole commands, side by side with the programs that do the same, in one run.

    python -m tests.bench [--root FOLDER] [--only TEXT] [--parts rows,growth,course,lecture]

Parts that are not measured stay in the report as they were.  Programs take turns within a round,
and each round begins with another one, so that what else the machine does falls on all alike;
only ratios mean something.  docker, podman and buildah unpack what they load and skopeo does not,
nor do we: read a ratio with that in mind.
"""

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .growing import grown
from .lecture import measured
from .peers import Lab, Took, run
from .plots import picture
from .report import report, verdict
from .rows import Row, rows
from .workloads import MAKERS, make

HERE = Path(__file__).parent
Goals = Mapping[str, Mapping[str, float]]  # row -> peer -> our share of its time

NEEDS = {"docker": "dockerd"}


def measure(lab: Lab, row: Row) -> dict[str, Any]:
    """One row: what each program took, and ours as a share of each peer's."""
    names = [
        name
        for name in row.commands
        if NEEDS.get(name, name) in lab.present | {"labimg", "python", "tarfile"}
    ]
    took: dict[str, list[Took]] = {name: [] for name in names}
    for turn in range(row.rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            row.before.get(name, lambda: None)()
            took[name].append(run(row.commands[name], lab.env))
    found: dict[str, Any] = {"missing": sorted(row.commands.keys() - set(names)), "programs": {}}
    for name, runs in took.items():
        found["programs"][name] = {
            "wall": [round(one.wall, 4) for one in runs],
            "cpu": round(min(one.cpu for one in runs), 4),
            "peak": round(max(one.peak for one in runs), 1),
            "failed": any(one.code for one in runs),
        }
    ours = took["labimg"]
    found["ratios"] = {
        name: round(statistics.median(a.wall / b.wall for a, b in zip(ours, runs, strict=True)), 3)
        for name, runs in took.items()
        if name != "labimg"
    }
    return found


PROFILED = f"{sys.executable} -m cProfile -s tottime"
SPENT = re.compile(r" *\S+ +(\d+\.\d+) +\d+\.\d+ +\d+\.\d+ +\d+\.\d+ (.+)")  # calls, own time, ..., function


def profiled(lab: Lab, row: Row) -> list[str]:
    """The functions in which our command spends its own time, the greediest first."""
    command = list(row.commands["labimg"])
    if command[-2] == "-c" and command[0] == sys.executable:
        script = lab.root / "profiled.py"
        script.write_text(command[-1])
        command = [sys.executable, str(script)]
    line = " ".join(command[2:] if command[0] == "sh" else command)
    row.before.get("labimg", lambda: None)()
    told = lab.ask(["sh", "-c", line.replace(sys.executable, PROFILED)])
    spent = sorted(((float(own), where) for own, where in SPENT.findall(told)), reverse=True)
    return [f"{own} s  {Path(where).name}" for own, where in spent[:8]]


def compared(lab: Lab, made: Path, only: str, goals: Goals) -> dict[str, Any]:
    """The rows whose name has the text `only`; the others are run once, since rows stand on one another."""
    found = {}
    with lab.daemons():
        for row in rows(lab, made):
            took = measure(lab, row if only in row.name else replace(row, rounds=1))
            wanted = goals.get(row.name, {}).items()
            if any(verdict(took, peer, goal).startswith("missed") for peer, goal in wanted):
                took["profile"] = profiled(lab, row)
            if only in row.name:
                found[row.name] = took
                print(row.name, took["ratios"], flush=True)
    return found


def main() -> None:
    """Measure, and write REPORT.md, report.json and the pictures."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    reader.add_argument("--root", type=Path, help="where workloads and stores are kept (best in memory)")
    reader.add_argument("--only", default="", help="only rows whose name has this text")
    reader.add_argument("--parts", default="rows,growth,course,lecture", help="what to measure")
    told = reader.parse_args()
    goals: Goals = json.loads((HERE / "goals.json").read_text())
    place = HERE / "report.json"
    found: dict[str, Any] = json.loads(place.read_text()) if place.exists() else {}
    found |= {"cores": os.cpu_count(), "memory": _memory()}
    shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=told.root or shm, ignore_cleanup_errors=True) as folder:
        lab, made = Lab(Path(folder)), Path(told.root or folder) / "workloads"
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:  # a child's peak begins with its parent's
            apart.submit(make, made, list(MAKERS)).result()
        measures: dict[str, Callable[[], Any]] = {
            "rows": lambda: compared(lab, made, told.only, goals),
            "growth": lambda: grown(lab, made),
            "course": waited,
            "lecture": measured,
        }
        for part in told.parts.split(","):
            kept = found.get(part, {}) if part == "rows" and told.only else {}
            found[part] = kept | measures[part]()
            publish(found, goals)


def publish(found: Mapping[str, Any], goals: Goals) -> None:
    """Write what has been measured so far."""
    text = json.dumps(found, indent=1) + "\n"
    found = json.loads(text)  # where sizes are texts
    (HERE / "report.json").write_text(text)
    (HERE / "REPORT.md").write_text(report(found, goals))
    for unit, curves in found.get("growth", {}).items():
        of = {name: {int(size): cost for size, cost in curve.items()} for name, curve in curves.items()}
        (HERE / f"growth-{unit}.svg").write_text(picture(of, unit))


def waited() -> dict[str, Any]:
    """What a student waits for; its rooms come in late, since a child's peak begins with its parent's."""
    from .course import course

    return course()


def _memory() -> int:
    """GiB of this machine."""
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30))


if __name__ == "__main__":
    main()
