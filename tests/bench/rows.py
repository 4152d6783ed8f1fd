"""The rows: what is measured, how each program is asked for it, and what is set back between two runs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .peers import Lab

Command = list[str]
REGISTRY = "127.0.0.1:5963"


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of work, by several programs."""

    name: str
    commands: Mapping[str, Command]  # program -> command; "labimg" is ours
    before: Mapping[str, Callable[[], object]] = field(default_factory=dict)  # program -> what sets it back
    rounds: int = 3


def rows(lab: Lab, made: Path) -> Iterator[Row]:
    """Every row; what a row needs is prepared when it is its turn."""
    yield from _loads(lab, made)
    yield from _savings(lab)
    yield from _views(lab)
    yield from _builds(lab, made)
    yield from _registries(lab, made)
    yield from _crowds(lab, made)
    yield from _starts(lab)


def _wipe(*places: Path) -> Callable[[], object]:
    """What removes those folders and files."""

    def wipe() -> None:
        for place in places:
            shutil.rmtree(place, ignore_errors=True)
            if place.is_file():
                place.unlink()

    return wipe


def _loads(lab: Lab, made: Path) -> Iterator[Row]:
    """Archives into a store."""
    for number in (1, 2, 3, 5):
        name, tar = f"bench/w{number}:latest", str(made / f"w{number}.tar")
        out = lab.root / "dir"
        commands = {
            "labimg": lab.ours("load", "-i", tar, store=f"w{number}"),
            "skopeo": lab.skopeo(f"docker-archive:{tar}", f"dir:{out}"),
            "cp": ["cp", tar, str(lab.root / "copy.tar")],
        }
        before = {
            "labimg": _wipe(lab.root / f"w{number}"),
            "skopeo": _wipe(out),
            "cp": _wipe(lab.root / "copy.tar"),
        }
        if number != 5:
            commands |= {
                "docker": lab.docker("load", "-i", tar),
                "podman": lab.contained("podman", "load", "-i", tar),
            }
            before |= {
                "docker": lambda name=name: lab.ask(lab.docker("rmi", "-f", name)),  # type: ignore[misc]
                "podman": lambda name=name: lab.ask(lab.contained("podman", "rmi", "-f", name)),  # type: ignore[misc]
            }
        yield Row(f"load W{number}", commands, before, rounds=2 if number == 5 else 3)


def _savings(lab: Lab) -> Iterator[Row]:
    """Archives out of a store, and a container's tree as one tar."""
    out = str(lab.root / "out.tar")
    gone = dict.fromkeys(("labimg", "docker", "podman"), _wipe(Path(out)))
    yield Row(
        "save W2",
        {
            "labimg": lab.ours("save", "-o", out, "bench/w2", store="w2"),
            "docker": lab.docker("save", "-o", out, "bench/w2"),
            "podman": lab.contained("podman", "save", "-o", out, "bench/w2"),
        },
        gone,
    )
    lab.ask(lab.ours("create", "--name", "box", "bench/w2", store="w2"))
    lab.ask(lab.docker("create", "--name", "box", "bench/w2"))
    lab.ask(lab.contained("podman", "create", "--name", "box", "bench/w2"))
    yield Row(
        "export W2",
        {
            "labimg": lab.ours("export", "-o", out, "box", store="w2"),
            "docker": lab.docker("export", "-o", out, "box"),
            "podman": lab.contained("podman", "export", "-o", out, "box"),
        },
        gone,
    )


def _views(lab: Lab) -> Iterator[Row]:
    """The merged tree, ten times in a process; `tarfile` lists the same tars as often."""
    store = lab.root / "w2"
    tars = f"import glob;tars=sorted(glob.glob('{store}/overlay2/*/layer.tar'));"
    listed = "import tarfile;[tarfile.open(tar).getmembers() for _ in range(10) for tar in tars]"
    fold = "from labimg import tarstream\nfrom labimg.layer import Growing\n"
    fold += "for _ in range(10): tree=Growing();"
    ours = "[tree.lay(tuple(tarstream.read(open(tar,'rb'),skipping=True))) for tar in tars]"
    start = f"from pathlib import Path;from labimg.engine import Engine;root=Path({str(store)!r})\n"
    stored = start + "for _ in range(10): Engine.disk(root).view('bench/w2').tree"
    python = [sys.executable, "-W", "ignore", "-c"]
    yield Row(
        "view W2 from tars", {"labimg": [*python, tars + fold + ours], "tarfile": [*python, tars + listed]}
    )
    yield Row(
        "view W2 from tables",
        {"labimg": [*python, stored], "tarfile": [*python, tars + listed]},
    )


def _builds(lab: Lab, made: Path) -> Iterator[Row]:
    """Eleven COPY instructions, done and found in the cache; then the commit of 300 files."""
    context = str(made / "w2-context")
    for name, fresh in (("build W2", ["--no-cache"]), ("build W2 cached", [])):
        yield Row(
            name,
            {
                "labimg": lab.ours("build", "-q", *fresh, "-t", "built", context, store="built"),
                "docker": lab.docker("build", "-q", *fresh, "-t", "built", context),
                "buildah": lab.contained(
                    "buildah",
                    "build",
                    "-q",
                    "--layers",
                    *fresh,
                    "--isolation",
                    "chroot",
                    "-t",
                    "built",
                    context,
                ),
            },
            rounds=2,
        )
    script = "for i in $(seq 300); do echo $i > /tmp/f$i; done"
    lab.ask(lab.ours("pull", "busybox", store="w1"))
    lab.ask(lab.ours("run", "--name", "many", "busybox", "sh", "-c", script, store="w1"))
    folder = lab.root / "many"
    folder.mkdir(exist_ok=True)
    for number in range(300):
        (folder / f"f{number}").write_text(f"{number}\n")
    lab.ask(lab.docker("create", "--name", "many", "bench/w1", "x"))
    lab.ask(lab.docker("cp", f"{folder}/.", "many:/etc/"))
    yield Row(
        "commit 300 files",
        {"labimg": lab.ours("commit", "many", store="w1"), "docker": lab.docker("commit", "many")},
    )


def _registries(lab: Lab, made: Path) -> Iterator[Row]:
    """Layers to a registry and back."""
    name = f"{REGISTRY}/bench/w2"
    lab.ask(lab.ours("tag", "bench/w2", f"{name}:ours", store="w2"))
    wipe = _wipe(lab.root / "registry")
    plain = [f"--{end}-tls-verify=false" for end in ("dest",)]
    yield Row(
        "push W2",
        {
            "labimg": lab.ours("push", f"{name}:ours", store="w2"),
            "skopeo": lab.skopeo(*plain, f"docker-archive:{made / 'w2.tar'}", f"docker://{name}:skopeo"),
        },
        {"labimg": lambda: (wipe(), _wipe(lab.root / "w2/image/overlay2/distribution")()), "skopeo": wipe},
    )
    lab.ask(lab.ours("push", f"{name}:ours", store="w2"))
    out = lab.root / "dir"
    yield Row(
        "pull W2",
        {
            "labimg": lab.ours("pull", f"{name}:ours", store="pulled"),
            "skopeo": lab.skopeo("--src-tls-verify=false", f"docker://{name}:ours", f"dir:{out}"),
        },
        {"labimg": _wipe(lab.root / "pulled"), "skopeo": _wipe(out)},
    )


def _crowds(lab: Lab, made: Path) -> Iterator[Row]:
    """A thousand images: to list, to remove by ID, to prune."""
    tar = str(made / "w4-1000.tar")
    lab.ask(lab.ours("load", "-i", tar, store="w4"))
    lab.ask(lab.docker("load", "-i", tar))
    yield Row(
        "images, 1000 images", {"labimg": lab.ours("images", store="w4"), "docker": lab.docker("images")}
    )
    ids = {
        "labimg": lab.ask(lab.ours("images", "-q", "--no-trunc", store="w4")),
        "docker": lab.ask(lab.docker("images", "-q", "--no-trunc", "bench/w4-*")),
    }
    chosen = {name: list(dict.fromkeys(text.split()))[:100] for name, text in ids.items()}
    yield Row(
        "rmi of 100",
        {
            "labimg": lab.ours("rmi", "-f", *chosen["labimg"], store="w4"),
            "docker": lab.docker("rmi", "-f", *chosen["docker"]),
        },
        rounds=1,
    )
    yield Row(
        "prune of 800",
        {
            "labimg": lab.ours("image", "prune", "-af", store="w4"),
            "docker": lab.docker("image", "prune", "-af"),
        },
        rounds=1,
    )


def _starts(lab: Lab) -> Iterator[Row]:
    """How long it takes to begin."""
    python = [sys.executable, "-c"]
    yield Row(
        "images, empty store",
        {
            "labimg": lab.ours("images", store="empty"),
            "python": [*python, "pass"],
            "podman": lab.contained("podman", "images"),
            "docker": lab.docker("images"),
        },
        rounds=7,
    )
    yield Row(
        "import labimg.cli",
        {"labimg": [*python, "import labimg.cli"], "python": [*python, "pass"]},
        rounds=7,
    )


def growth(lab: Lab, made: Path) -> Iterator[tuple[str, int, Command, Callable[[], object]]]:
    """What is plotted against size: a label, the size, our command, and what sets it back."""

    def again(count: int) -> None:
        _wipe(lab.root / "grow")()
        subprocess.run(["cp", "-r", str(lab.root / f"grow-{count}"), str(lab.root / "grow")], check=True)

    for count in (250, 500, 1000, 2000):
        store, tar = f"grow-{count}", str(made / f"w4-{count}.tar")
        yield "load", count, lab.ours("load", "-i", tar, store=store), _wipe(lab.root / store)
        yield "images", count, lab.ours("images", store=store), lambda: None
        fresh = lambda count=count: again(count)  # noqa: E731
        yield "rmi of 20", count, lab.ours("rmi", "-f", *_some(lab, store), store="grow"), fresh
        yield "prune --all", count, lab.ours("image", "prune", "-af", store="grow"), fresh


def _some(lab: Lab, store: str) -> list[str]:
    found = lab.ask(lab.ours("images", "-q", "--no-trunc", store=store)).split()
    return list(dict.fromkeys(found))[:20]


if os.name != "posix":
    raise SystemExit("the bench measures processes as Linux does")
