"""The rows: what is measured, how each program is asked for it, and what is set back between two runs."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from .peers import Lab

Command = list[str]
REGISTRY = "127.0.0.1:5963"
SHORT = 9  # rounds of what takes a tenth of a second, where noise weighs more


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of work, by several programs."""

    name: str
    commands: Mapping[str, Command]  # program -> command; "labimg" is ours
    before: Mapping[str, Callable[[], object]] = field(default_factory=dict)  # program -> what sets it back
    rounds: int = 5


def rows(lab: Lab, made: Path) -> Iterator[Row]:
    """Every row; what a row needs is prepared when it is its turn."""
    yield from _loads(lab, made)
    yield from _savings(lab, made)
    yield from _views(lab)
    yield from _builds(lab, made)
    yield from _commits(lab)
    yield from _registries(lab, made)
    yield from _crowds(lab, made)
    yield from _starts(lab)


def _loads(lab: Lab, made: Path) -> Iterator[Row]:
    """Archives into a store."""
    for number in (1, 2, 3, 5):
        name, tar = f"bench/w{number}:latest", str(made / f"w{number}.tar")
        out, copy = lab.root / "dir", lab.root / "copy.tar"
        commands = {
            "labimg": lab.ours("load", "-i", tar, store=f"w{number}"),
            "skopeo": lab.skopeo(f"docker-archive:{tar}", f"dir:{out}"),
            "cp": ["cp", tar, str(copy)],
        }
        before: dict[str, Callable[[], object]] = {
            "labimg": lab.wiped(lab.root / f"w{number}"),
            "skopeo": lab.wiped(out),
            "cp": lab.wiped(copy),
        }
        if number != 5:
            commands |= {
                "docker": lab.docker("load", "-i", tar),
                "podman": lab.contained("podman", "load", "-i", tar),
            }
            before |= {
                "docker": partial(lab.ask, lab.docker("rmi", "-f", name)),
                "podman": partial(lab.ask, lab.contained("podman", "rmi", "-f", name)),
            }
        yield Row(f"load W{number}", commands, before, rounds={1: SHORT, 5: 2}.get(number, 5))


def _savings(lab: Lab, made: Path) -> Iterator[Row]:
    """Archives out of a store, and a container's tree as one tar."""
    out, tree = str(lab.root / "out.tar"), lab.root / "unpacked"
    yield Row(
        "save W2",
        {
            "labimg": lab.ours("save", "-o", out, "bench/w2", store="w2"),
            "docker": lab.docker("save", "-o", out, "bench/w2"),
            "podman": lab.contained("podman", "save", "-o", out, "bench/w2"),
            "cp": ["cp", str(made / "w2.tar"), out],
        },
        dict.fromkeys(("labimg", "docker", "podman", "cp"), lab.wiped(Path(out))),
    )
    yield from _gzipped(lab, made)
    for box in (lab.ours("create", "--name", "box", "bench/w2", store="w2"),
                lab.docker("create", "--name", "box", "bench/w2"),
                lab.contained("podman", "create", "--name", "box", "bench/w2")):  # fmt: skip
        lab.ask(box)
    raw = ["umoci", "raw", "unpack", "--image", f"{lab.layout('w2')}:latest"]
    lab.ask([*raw, str(tree)])
    yield Row(
        "export W2",
        {
            "labimg": lab.ours("export", "-o", out, "box", store="w2"),
            "docker": lab.docker("export", "-o", out, "box"),
            "podman": lab.contained("podman", "export", "-o", out, "box"),
            "umoci": [*raw, str(lab.root / "raw")],
            "tar": ["tar", "-cf", out, "-C", str(tree), "."],
        },
        dict.fromkeys(("labimg", "docker", "podman", "tar"), lab.wiped(Path(out)))
        | {"umoci": lab.wiped(lab.root / "raw")},
    )


def _gzipped(lab: Lab, made: Path) -> Iterator[Row]:
    """An archive with plain layers as an OCI layout with gzipped ones."""
    tar, out, layout = str(made / "w2.tar"), str(lab.root / "out.tar"), lab.root / "gzipped"
    small = lab.ours("save", "--compress", "-o", out, "bench/w2", store="passed")
    both = [*lab.ours("load", "-qi", tar, store="passed"), "&&", *small]
    yield Row(
        "archive to OCI with gzip, W2",
        {
            "labimg": ["sh", "-c", " ".join(both)],
            "skopeo": lab.skopeo(f"docker-archive:{tar}", f"oci:{layout}:w2"),
        },
        {"labimg": lab.wiped(lab.root / "passed"), "skopeo": lab.wiped(layout)},
    )
    yield Row(
        "save W2 with gzip",
        {
            "labimg": small,
            "podman": lab.contained("podman", "push", "-q", "bench/w2", f"oci:{layout}:w2"),
        },
        {"labimg": lab.wiped(Path(out)), "podman": lab.wiped(layout)},
    )


def _views(lab: Lab) -> Iterator[Row]:
    """The merged tree, ten times in a process; `tarfile` and `tar` list the same tars as often."""
    store = lab.root / "w2"
    tars = f"import glob;tars=sorted(glob.glob('{store}/overlay2/*/layer.tar'));"
    listed = "import tarfile;[tarfile.open(tar).getmembers() for _ in range(10) for tar in tars]"
    fold = "from labimg import tarstream\nfrom labimg.layer import Growing\n"
    fold += "for _ in range(10): tree=Growing();"
    ours = "[tree.lay(tuple(tarstream.read(open(tar,'rb'),skipping=True))) for tar in tars]"
    start = f"from pathlib import Path;from labimg.engine import Engine;root=Path({str(store)!r})\n"
    stored = start + "for _ in range(10): Engine.disk(root).view('bench/w2').tree"
    python = [sys.executable, "-W", "ignore", "-c"]
    told = f"for n in $(seq 10); do for t in {store}/overlay2/*/layer.tar; do tar -tf $t; done; done"
    others = {"tarfile": [*python, tars + listed], "tar": ["sh", "-c", told]}
    yield Row("view W2 from tars", {"labimg": [*python, tars + fold + ours], **others})
    yield Row("view W2 from tables", {"labimg": [*python, stored], **others})


def _builds(lab: Lab, made: Path) -> Iterator[Row]:
    """Eleven COPY instructions, done and found in the cache."""
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


def _commits(lab: Lab) -> Iterator[Row]:
    """300 new files as a layer."""
    script = "for i in $(seq 300); do echo $i > /tmp/f$i; done"
    lab.ask(lab.ours("pull", "busybox", store="w1"))
    lab.ask(lab.ours("run", "--name", "many", "busybox", "sh", "-c", script, store="w1"))
    folder, bundle, layout = lab.root / "many", lab.root / "bundle", lab.layout("w1")
    lab.ask(["umoci", "unpack", "--image", f"{layout}:latest", str(bundle)])
    for place in (folder, bundle / "rootfs/etc"):
        place.mkdir(parents=True, exist_ok=True)
        for number in range(300):
            (place / f"f{number}").write_text(f"{number}\n")
    for create in (
        lab.docker("create", "--name", "many", "bench/w1", "x"),
        lab.docker("cp", f"{folder}/.", "many:/etc/"),
        lab.contained("podman", "create", "--name", "many", "bench/w1", "x"),
        lab.contained("podman", "cp", f"{folder}/.", "many:/etc/"),
        lab.contained("buildah", "from", "--name", "built-many", "localhost/bench/w1"),
        lab.contained("buildah", "copy", "built-many", str(folder), "/etc"),
    ):
        lab.ask(create)
    yield Row(
        "commit 300 files",
        {
            "labimg": lab.ours("commit", "many", store="w1"),
            "docker": lab.docker("commit", "many"),
            "podman": lab.contained("podman", "commit", "-q", "many"),
            "buildah": lab.contained("buildah", "commit", "-q", "built-many"),
            "umoci": ["umoci", "repack", "--image", f"{layout}:more", str(bundle)],
        },
        rounds=SHORT,
    )


def _registries(lab: Lab, made: Path) -> Iterator[Row]:
    """Layers to a registry and back."""
    name = f"{REGISTRY}/bench/w2"
    lab.ask(lab.ours("tag", "bench/w2", f"{name}:ours", store="w2"))
    known = lab.root / "w2/image/overlay2/distribution"  # what we remember of blobs there
    yield Row(
        "push W2",
        {
            "labimg": lab.ours("push", f"{name}:ours", store="w2"),
            "skopeo": lab.skopeo(
                "--dest-tls-verify=false", f"docker-archive:{made / 'w2.tar'}", f"docker://{name}:skopeo"
            ),
        },
        {"labimg": lab.wiped(lab.root / "registry", known), "skopeo": lab.wiped(lab.root / "registry")},
    )
    lab.ask(lab.ours("push", f"{name}:ours", store="w2"))
    out = lab.root / "dir"
    yield Row(
        "pull W2",
        {
            "labimg": lab.ours("pull", f"{name}:ours", store="pulled"),
            "skopeo": lab.skopeo("--src-tls-verify=false", f"docker://{name}:ours", f"dir:{out}"),
        },
        {"labimg": lab.wiped(lab.root / "pulled"), "skopeo": lab.wiped(out)},
    )


def _crowds(lab: Lab, made: Path) -> Iterator[Row]:
    """A thousand images: to list, to remove by ID, to prune."""
    tar = str(made / "w4-1000.tar")
    lab.ask(lab.ours("load", "-i", tar, store="w4"))
    lab.ask(lab.docker("load", "-i", tar))
    yield Row(
        "images, 1000 images",
        {"labimg": lab.ours("images", store="w4"), "docker": lab.docker("images")},
        rounds=SHORT,
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
        {"labimg": _kept(lab, "w4")},
        rounds=1,
    )
    yield Row(
        "prune of 800",
        {
            "labimg": lab.ours("image", "prune", "-af", store="w4"),
            "docker": lab.docker("image", "prune", "-af"),
        },
        {"labimg": _kept(lab, "w4")},
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
        rounds=SHORT,
    )
    yield Row(
        "import labimg.cli",
        {"labimg": [*python, "import labimg.cli"], "python": [*python, "pass"]},
        rounds=SHORT,
    )


def _kept(lab: Lab, store: str) -> Callable[[], None]:
    """What gives one of our stores back as it is now."""
    lab.copied(lab.root / store, lab.root / f"{store}-kept")()
    return lab.copied(lab.root / f"{store}-kept", lab.root / store)


if os.name != "posix":
    raise SystemExit("the bench measures processes as Linux does")
