"""The report: each row beside its goals, as a page."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

HEAD = """# Measured side by side

`make bench` wrote this page: whole processes, programs in rotating order, on {cores} shared cores, stores
in memory.  Only the ratios mean something: the median over the rounds of our time by a peer's in the
same round.  docker, podman and buildah unpack what they load; skopeo keeps layers as tars, as we do.
`cpu` is the command's own, in seconds; what a daemon does for its client is not in it.

| work | program | wall: min – median – max, s | cpu, s | peak, MiB | ours / theirs | goal |
|---|---|---|---|---|---|---|
"""


def report(found: Mapping[str, Any], goals: Mapping[str, Mapping[str, float]]) -> str:
    """The page."""
    lines = [HEAD.format(cores=found["cores"])]
    for name, row in found["rows"].items():
        lines += [_line(name, program, row, goals.get(name, {})) for program in row["programs"]]
        lines += [f"| {name} | {program} | not installed, skipped | | | | |\n" for program in row["missing"]]
    lines.append("\n## Goals\n\n" + "".join(_verdicts(found["rows"], goals)))
    profiles = {name: row["profile"] for name, row in found["rows"].items() if row.get("profile")}
    if profiles:
        lines.append("\n## Where the time goes, where a goal is missed\n\n")
        lines.append(
            "Under a profiler, which slows Python and not what is in C; most of the rest is imports.\n\n"
        )
        lines += [
            f"- {name}: {'; '.join(f'`{part}`' for part in parts)}\n" for name, parts in profiles.items()
        ]
    if found["growth"]:
        lines.append("\n## Growth\n\n![processor time against the number of images](growth.svg)\n\n")
        lines.append(_growth(found["growth"]))
    return "".join(lines)


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


def _growth(growth: Mapping[str, Mapping[int, float]]) -> str:
    sizes = sorted({size for curve in growth.values() for size in curve})
    lines = [f"| images | {' | '.join(map(str, sizes))} | twice the size costs |\n"]
    lines.append(f"|---|{'---|' * (len(sizes) + 1)}\n")
    for name, curve in growth.items():
        told = " | ".join(f"{curve[size]:.2f} s" for size in sizes)
        steps = [curve[b] / curve[a] for a, b in pairwise(sizes) if curve[a]]
        lines.append(f"| {name} | {told} | ≤ {max(steps):.1f} × |\n")
    return "".join(lines)
