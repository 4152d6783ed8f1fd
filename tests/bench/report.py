"""The report: each row beside its goals, as a page."""

from collections.abc import Mapping
from itertools import pairwise
from math import log
from statistics import median
from typing import Any

from . import lecture
from .growing import STEP

HEAD = """# Measured side by side

`make bench` wrote this page: whole processes, programs in rotating order, on {cores} shared cores with
{memory} GiB, stores in memory.  Only the ratios mean something: the median over the rounds of our time
by a peer's in the same round.

What is compared with what: docker, podman and buildah **unpack** what they load and keep files; so a load
costs them more, and a commit or an export starts from files that are there.  umoci's `raw unpack` and
`repack` go from and to files as well.  skopeo, to a folder, **keeps layers as tars**, as we do: it is the
peer to read first.  `tar` and `cp` only list, pack or copy the same bytes, and show what the least is.
`cpu` is the command's own, in seconds; what a daemon does for its client is not in it.
"""
TABLE = """
| work | program | wall: min – median – max, s | cpu, s | peak, MiB | ours / theirs | goal |
|---|---|---|---|---|---|---|
"""
Goals = Mapping[str, Mapping[str, float]]


def report(found: Mapping[str, Any], goals: Goals) -> str:
    """The page."""
    lines = [HEAD.format(**found)]
    if rows := found.get("rows"):
        lines.append(TABLE)
        for name, row in rows.items():
            lines += [_line(name, program, row, goals.get(name, {})) for program in row["programs"]]
            lines += [
                f"| {name} | {program} | not installed, skipped | | | | |\n" for program in row["missing"]
            ]
        lines += ["\n## Goals\n\n", *_verdicts(rows, goals), *_profiles(rows)]
    if growth := found.get("growth"):
        lines.append("\n## Growth\n\nProcessor time of whole commands, the interpreter's start included.\n")
        lines += [part for unit, curves in growth.items() for part in _growth(unit, curves)]
    if course := found.get("course"):
        lines += _course(course, goals.get("course", {}))
    if found.get("lecture"):
        lines += ["\n## A lecture of 300\n\n", *(f"- {line}\n" for line in lecture.told(found["lecture"]))]
    return "".join(lines)


def _profiles(rows: Mapping[str, Any]) -> list[str]:
    profiles = {name: row["profile"] for name, row in rows.items() if row.get("profile")}
    if not profiles:
        return []
    return [
        "\n## Where the time goes, where a goal is missed\n\n",
        "Under a profiler, which slows Python and not what is in C; most of the rest is imports.\n\n",
        *(f"- {name}: {'; '.join(f'`{part}`' for part in parts)}\n" for name, parts in profiles.items()),
    ]


def _line(name: str, program: str, row: Mapping[str, Any], goals: Mapping[str, float]) -> str:
    took = row["programs"][program]
    wall = sorted(took["wall"])
    times = "failed" if took["failed"] else f"{wall[0]:.3f} – {wall[len(wall) // 2]:.3f} – {wall[-1]:.3f}"
    ratio = row["ratios"].get(program, "")
    goal = f"≤ {goals[program]}" if program in goals else ""
    return f"| {name} | {program} | {times} | {took['cpu']:.3f} | {took['peak']:.0f} | {ratio} | {goal} |\n"


def verdict(row: Mapping[str, Any], peer: str, goal: float) -> str:
    """Is one goal reached?"""
    programs = row["programs"]
    if peer == "MiB":
        peak = programs["labimg"]["peak"]
        return f"{'reached' if peak <= goal else 'missed'}: {peak} MiB"
    ratios = {name: ratio for name, ratio in row["ratios"].items() if not programs[name]["failed"]}
    if peer == "best":
        ratios["best"] = max(ratios.values(), default=None)  # ours by the fastest of them
    if ratios.get(peer) is None or programs["labimg"]["failed"]:
        return "not measured"
    return f"{'reached' if ratios[peer] <= goal else 'missed'}: {ratios[peer]}"


def _verdicts(rows: Mapping[str, Any], goals: Mapping[str, Mapping[str, float]]) -> list[str]:
    return [
        f"- {name}: ≤ {goal} {'' if peer == 'MiB' else '× '}{peer} — {verdict(rows[name], peer, goal)}\n"
        for name, wanted in goals.items()
        if name in rows
        for peer, goal in wanted.items()
    ]


def _growth(unit: str, curves: Mapping[str, Mapping[str, float]]) -> list[str]:
    sizes = sorted({int(size) for curve in curves.values() for size in curve})
    lines = [f"\n![processor time against the number of {unit}](growth-{unit}.svg)\n\n"]
    lines.append(f"| {unit} | {' | '.join(f'{size:,}' for size in sizes)} | twice the size costs |\n")
    lines.append(f"|---|{'---|' * (len(sizes) + 1)}\n")
    for name, curve in curves.items():
        told = " | ".join(f"{curve[str(size)]:.2f} s" for size in sizes)
        # where a step is not twice the size (64 to 125 layers), the cost is brought to a doubling
        most = max((curve[str(b)] / curve[str(a)]) ** (log(2) / log(b / a)) for a, b in pairwise(sizes))
        lines.append(f"| {name} | {told} | ≤ {most:.1f} ×, {'reached' if most <= STEP else 'missed'} |\n")
    return lines


def _course(course: Mapping[str, Any], goals: Mapping[str, float]) -> list[str]:
    """What a student waits for."""
    took, checks = course["notebooks"], course["checks"]
    slowest = max(checks, key=checks.__getitem__)
    told = {
        "check of a level: median, ms": median(checks.values()),
        "check of a level: slowest, ms": checks[slowest],
        **course["browser"],
    }
    lines = ["\n## The course\n\n| notebook, executed headless | s |\n|---|---|\n"]
    lines += [f"| {name} | {seconds:.1f} |\n" for name, seconds in took.items()]
    lines.append(f"| **all of them** | **{sum(took.values()):.1f}** |\n")
    lines.append(
        f"\nA right answer's check, in {len(checks)} levels; the slowest is {slowest}.  In the browser: "
    )
    lines.append("from a move of the slider until the page is laid out anew, and from asking for the lab's ")
    lines.append("page until the notebook is seen.\n\n| what a student waits for | | goal |\n|---|---|---|\n")
    for name, value in told.items():
        goal = goals.get(name)
        said = "" if goal is None else f"< {goal}, {'reached' if value < goal else 'missed'}"
        lines.append(f"| {name} | {value:g} | {said} |\n")
    lines += [f"| {name} | no browser, skipped | < {goals[name]} |\n" for name in goals if name not in told]
    return lines
