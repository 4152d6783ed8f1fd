"""What grows: our commands against the number of images, of layers, of paths."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from .peers import Lab, run
from .workloads import IMAGES, LAYERS, PATHS

Command = list[str]
Step = tuple[str, int, Command, Callable[[], object]]  # a label, the size, our command, what sets it back
Grown = dict[str, dict[str, dict[int, float]]]  # unit -> label -> size -> seconds of processor time

STEP = 2.3  # twice the size may cost so much


def grown(lab: Lab, made: Path) -> Grown:
    """Processor time of whole commands: the better of two runs."""
    found: Grown = {}
    for unit, steps in {"images": _images, "layers": _layers, "paths": _paths}.items():
        for name, size, command, before in steps(lab, made):
            took = []
            for _ in range(2):
                before()
                took.append(run(command, lab.env))
            if any(one.code for one in took):
                raise SystemExit(f"{name} of {size} {unit} failed: {' '.join(command)[:200]}")
            found.setdefault(unit, {}).setdefault(name, {})[size] = round(min(one.cpu for one in took), 3)
    return found


def _images(lab: Lab, made: Path) -> Iterator[Step]:
    """Images that share their lower layers, with three names each."""
    for count in IMAGES:
        store = lab.root / f"grow-{count}"
        yield from _shelved(lab, store, made / f"w4-{count}.tar", "bench/w4-000:v0.0", count)
        yield "images", count, lab.ours("images", store=store.name), _nothing
        again, chosen = lab.copied(store, lab.root / "grow"), _some(lab, store.name)
        yield "rmi of 20", count, lab.ours("rmi", "-f", *chosen, store="grow"), again
        yield "prune --all", count, lab.ours("image", "prune", "-af", store="grow"), again
        shutil.rmtree(store)


def _layers(lab: Lab, made: Path) -> Iterator[Step]:
    """One image upon so many layers."""
    for count in LAYERS:
        yield from _shelved(
            lab, lab.root / f"deep-{count}", made / f"deep-{count}.tar", "bench/deep:latest", count
        )


def _paths(lab: Lab, made: Path) -> Iterator[Step]:
    """One image of so many paths in three layers."""
    for count in PATHS:
        yield from _shelved(
            lab, lab.root / f"wide-{count}", made / f"wide-{count}.tar", "bench/wide:latest", count
        )


def _shelved(lab: Lab, store: Path, tar: Path, name: str, size: int) -> Iterator[Step]:
    """An archive into a store, and one of its images looked at."""
    yield "load", size, lab.ours("load", "-qi", str(tar), store=store.name), lab.wiped(store)
    look = f"from labimg.engine import Engine; assert len(Engine.disk({str(store)!r}).view({name!r}).tree)"
    yield "view", size, [sys.executable, "-c", look], _nothing


def _some(lab: Lab, store: str) -> list[str]:
    found = lab.ask(lab.ours("images", "-q", "--no-trunc", store=store)).split()
    return list(dict.fromkeys(found))[:20]


def _nothing() -> None:
    """Nothing has to be set back."""
