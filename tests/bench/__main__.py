"""`make bench`: whole commands, side by side with the programs that do the same, in one run.

    python -m tests.bench [--root FOLDER] [--only TEXT] [--no-growth]

Programs take turns within a round, and each round begins with another one, so that what else
the machine does falls on all alike; only ratios mean something.  docker, podman and buildah
unpack what they load and skopeo does not, nor do we: read a ratio with that in mind.
"""

import argparse
import json
import os
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from .peers import Lab, Took, run
from .plots import curves
from .report import report, verdict
from .rows import Row, growth, rows
from .workloads import MAKERS, make

HERE = Path(__file__).parent
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


def profiled(lab: Lab, row: Row) -> list[str]:
    """The functions in which our command spends its own time, the greediest first."""
    command = row.commands["labimg"]
    if command[1:3] != ["-m", "labimg"] or row.rounds == 1:  # what was done once cannot be done again
        return []
    row.before.get("labimg", lambda: None)()
    told = lab.ask([command[0], "-m", "cProfile", "-s", "tottime", *command[1:]]).splitlines()
    start = next((at for at, line in enumerate(told) if line.lstrip().startswith("ncalls")), len(told))
    lines = [line.split(None, 5) for line in told[start + 1 : start + 9]]
    return [f"{parts[1]} s  {Path(parts[5]).name}" for parts in lines if len(parts) == 6]


def grown(lab: Lab, made: Path) -> dict[str, dict[int, float]]:
    """How our commands grow with the number of images: seconds of processor time."""
    found: dict[str, dict[int, float]] = {}
    for name, size, command, before in growth(lab, made):
        before()
        found.setdefault(name, {})[size] = round(run(command, lab.env).cpu, 3)
    return found


def main() -> None:
    """Measure, and write REPORT.md, report.json and growth.svg."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    reader.add_argument("--root", type=Path, help="where workloads and stores are kept (best in memory)")
    reader.add_argument("--only", default="", help="only rows whose name has this text")
    reader.add_argument("--no-growth", action="store_true")
    told = reader.parse_args()
    goals = json.loads((HERE / "goals.json").read_text())
    shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=told.root or shm, ignore_cleanup_errors=True) as folder:
        lab, made = Lab(Path(folder)), Path(told.root or folder) / "workloads"
        make(made, list(MAKERS))
        found: dict[str, Any] = {"cores": os.cpu_count(), "rows": {}, "growth": {}}
        with lab.daemons():
            for row in rows(lab, made):
                took = measure(lab, row if told.only in row.name else replace(row, rounds=1))
                missed = [
                    peer for peer, goal in goals.get(row.name, {}).items()
                    if verdict(took, peer, goal).startswith("missed")
                ]  # fmt: skip
                if missed:
                    took["profile"] = profiled(lab, row)
                if told.only in row.name:  # the others were run once, since what follows stands on them
                    found["rows"][row.name] = took
                    print(row.name, found["rows"][row.name]["ratios"], flush=True)
        if not told.no_growth:
            found["growth"] = grown(lab, made)
    (HERE / "report.json").write_text(json.dumps(found, indent=1) + "\n")
    (HERE / "REPORT.md").write_text(report(found, goals))
    if found["growth"]:
        (HERE / "growth.svg").write_text(curves(found["growth"]))


if __name__ == "__main__":
    main()
