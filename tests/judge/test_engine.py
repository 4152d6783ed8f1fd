"""A real Docker Engine beside ours: archives go both ways, and Dockerfiles are built on both.

What only chance or the wall clock decides is set equal first: container IDs, host names, creation
times, and the times of files written while building.  All the rest is compared to the byte.
"""

import gzip
import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from pprint import pformat
from typing import Any, NamedTuple

import pytest
from judge.daemon import PROGRAMS, Daemon, Saved, entries
from judge.recipes import RECIPES, Recipe
from pages import Site, opened
from worlds import build, world

from labimg import archive, tarstream
from labimg.build import BuildOptions, Context
from labimg.compression import BLOCK
from labimg.digest import DiffID
from labimg.engine import Engine
from labimg.entry import Entry
from labimg.layer import apply
from labimg.remote.http import Http

pytestmark = pytest.mark.judge(*PROGRAMS)

PAST = 1_700_000_000  # seconds since the epoch: the time of every file that is not made while building
NOW = 1_767_225_600  # the lab clock's: what is later counts as this

# What a container has beside its image: Docker makes these for every one.
INIT = (
    "/.dockerenv",
    "/dev",
    "/proc",
    "/sys",
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/mtab",
)


def parcel(text: str) -> bytes:
    """A small tar for ADD to unpack, gzipped if its name says so."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, kind in (
            ("pack", tarfile.DIRTYPE),
            ("pack/file", tarfile.REGTYPE),
            ("pack/link", tarfile.SYMTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.mtime, member.mode, member.uid = kind, PAST, 0o750, 12
            member.size = 4 * (kind == tarfile.REGTYPE)
            member.linkname = "file" * (kind == tarfile.SYMTYPE)
            tar.addfile(member, io.BytesIO(b"pack"))
    return gzip.compress(out.getvalue(), mtime=0) if text.endswith(".gz") else out.getvalue()


def lay(folder: Path, recipe: Recipe, dockerfile: str) -> None:
    """Write a recipe's context; a name that ends in `*` is executable, and `@tar` stands for a tar."""
    for name, text in (recipe.files | {"Dockerfile": dockerfile}).items():
        path = folder / name.rstrip("*")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(parcel(name) if text == "@tar" else text.encode())
        path.chmod(0o755 if name.endswith("*") else 0o644)
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
        os.utime(path, (PAST, PAST))


def packed(folder: Path) -> io.BytesIO:
    """A context as a tar that belongs to root."""

    def owned(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        return member

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.add(folder, ".", filter=owned)
    out.seek(0)
    return out


def seen(tree: Mapping[str, Entry]) -> dict[str, tuple[object, ...]]:
    """What can be told of each path of an image; times made while building count as one."""
    told: dict[str, tuple[object, ...]] = {}
    for path, entry in tree.items():
        if path == "/" or any(path == each or path.startswith(each + "/") for each in INIT):
            continue
        target = entry.target if entry.kind != "file" else ""
        data = hashlib.sha256(entry.read()).digest() if entry.kind == "file" else b""  # a link has no own
        mtime = 0 if entry.is_dir else min(entry.mtime, NOW)
        told[path] = (entry.kind, entry.mode, entry.uid, entry.gid, data, mtime, target, entry.device)
    return told


def exported(docker: Daemon, name: str) -> dict[str, tuple[object, ...]]:
    """The tree of an image as Docker exports it."""
    container = docker.ask("create", "--network", "none", name, "x").decode().strip()
    found = entries(docker.ask("export", container))
    docker.ask("rm", container)
    return seen(apply({}, found))


def kept(tree: Mapping[str, Entry]) -> dict[str, tuple[object, ...]]:
    """A view as an export tells it: the first name of a file, in the order of a walk, is the file."""
    out: dict[str, Entry] = {}
    names: dict[str, str] = {}
    for path in sorted(tree, key=lambda path: tuple(map(os.fsencode, path.split("/")))):
        entry = tree[path]
        if entry.is_file:
            first = names.setdefault(entry.target or path, path)
            entry = entry._replace(
                kind="file" if first == path else "link", target="" if first == path else first
            )
        out[path] = entry
    return seen(out)


def masked(config: bytes) -> str:
    """A config with all that chance and the clock decide taken out; the order of its keys counts."""
    text = re.sub(rb'"(created|container|Hostname)":"[^"]*"', rb'"\1":""', config)
    text = text.replace(b"+dfsg1", b"")  # Debian's mark on the version
    text = re.sub(rb'"Image":"sha256:[0-9a-f]{64}"', b'"Image":"parent"', text)
    document = json.loads(text)
    document["rootfs"]["diff_ids"] = len(document["rootfs"].get("diff_ids") or ())
    return json.dumps(document, indent=1)


def timeless(tar: bytes) -> bytes:
    """A layer's tar in which all that was written while building was written at one moment."""
    out = io.BytesIO()
    tarstream.write((entry._replace(mtime=min(entry.mtime, NOW)) for entry in entries(tar)), out)
    return out.getvalue()


def summary(tars: Iterable[bytes]) -> list[list[tuple[object, ...]]]:
    """Layers as lists one can read."""
    return [
        [(e.path, e.kind, oct(e.mode), e.uid, e.gid, e.size, min(e.mtime, NOW), e.target) for e in entries(t)]
        for t in tars
    ]


def saved(engine: Engine, name: str) -> Saved:
    """An image as we save it."""
    out = io.BytesIO()
    engine.save([name], out, layout="docker")
    return Saved(out.getvalue())


def same(ours: Any, theirs: Any) -> None:
    """Two mappings or lists are equal; if not, only where they differ is told: equal files are no news."""
    one, two = (thing if isinstance(thing, dict) else dict(enumerate(thing)) for thing in (ours, theirs))
    differing = {key: (one.get(key), two.get(key)) for key in one | two if one.get(key) != two.get(key)}
    assert not differing, pformat(differing)


class Built(NamedTuple):
    """An image of Docker's, and what Docker says of it."""

    name: str
    saved: Saved
    tree: dict[str, tuple[object, ...]]
    told: dict[str, Any]
    steps: list[str]  # size and text of each, newest first


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a web site."""
    with opened(Site()) as address:
        yield address


@pytest.fixture(scope="module")
def theirs(dockerd: Daemon, site: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """Every recipe built by Docker, what a container left committed, and `base` itself."""
    for recipe in RECIPES:
        folder = tmp_path_factory.mktemp(recipe.name)
        args = [word for key, value in recipe.args.items() for word in ("--build-arg", f"{key}={value}")]
        for name, dockerfile in recipe.stages:
            lay(folder, recipe, dockerfile.replace("{site}", site))
            dockerd.ask("build", "-t", name, *args, str(folder))
    left = "rm -r /root; mkfifo /p; mkdir /root; ln /etc/passwd /twin; mv /bin/yes /moved"
    dockerd.ask("run", "--name", "made", "--network", "none", "base", "sh", "-c", left)
    dockerd.ask("commit", "-m", "said so", "-a", "Ada", "-c", "ENV X=1", "made", "committed")
    return {name: look(dockerd, name) for name in [*(recipe.name for recipe in RECIPES), "committed", "base"]}


def look(docker: Daemon, name: str) -> Built:
    """Ask Docker all about an image."""
    steps = docker.ask(
        "history", "--no-trunc", "--human=false", "--format", "{{.Size}}\t{{.CreatedBy}}", name
    )
    return Built(
        name, docker.saved(name), exported(docker, name), docker.inspect(name), steps.decode().splitlines()
    )


def built(theirs: dict[str, Built], site: str, folder: Path, recipes: Iterable[Recipe]) -> Engine:
    """Ours, with these recipes built upon the same `base`."""
    engine = Engine.memory()
    engine.web = Http
    engine.load(io.BytesIO(theirs["base"].saved.data))
    for recipe in recipes:
        for name, dockerfile in recipe.stages:
            lay(folder / recipe.name, recipe, dockerfile.replace("{site}", site))
            options = BuildOptions(tags=[name], build_args=recipe.args)
            engine.build(Context.from_tar(packed(folder / recipe.name)), options=options)
    return engine


each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
each_name = pytest.mark.parametrize("name", [*(recipe.name for recipe in RECIPES), "committed", "base"])


@each_recipe
def test_a_dockerfile_builds_the_same_image_on_both(
    theirs: dict[str, Built], site: str, tmp_path: Path, recipe: Recipe
) -> None:
    engine = built(theirs, site, tmp_path, [recipe])
    docker, ours = theirs[recipe.name], saved(engine, recipe.name)
    same(masked(ours.config()).splitlines(), masked(docker.saved.config()).splitlines())
    same(summary(ours.layers()), summary(docker.saved.layers()))
    same(map(timeless, ours.layers()), map(timeless, docker.saved.layers()))
    same(kept(engine.view(recipe.name)), docker.tree)


@each_name
def test_what_docker_saved_loads_here_as_the_same_image(theirs: dict[str, Built], name: str) -> None:
    docker, engine = theirs[name], Engine.memory()
    engine.load(io.BytesIO(docker.saved.data))
    assert engine.find(name) == docker.told["Id"]
    assert engine.image(name).raw == docker.saved.config()
    assert list(engine.image(name).document.diff_ids) == docker.told["RootFS"]["Layers"]
    assert [row.size for row in engine.images(name)] == [docker.told["Size"]]
    assert [f"{step.size}\t{step.created_by}" for step in engine.history(name)] == docker.steps
    same(kept(engine.view(name)), docker.tree)
    same(saved(engine, name).layers(), docker.saved.layers())


@pytest.mark.parametrize("layout", ["docker", "oci"])
def test_what_is_saved_here_loads_in_docker_as_the_same_image(
    dockerd: Daemon, theirs: dict[str, Built], site: str, tmp_path: Path, layout: archive.Layout
) -> None:
    engine = built(theirs, site, tmp_path, RECIPES)
    names = [f"{layout}-{recipe.name}" for recipe in RECIPES]
    for recipe, name in zip(RECIPES, names, strict=True):
        engine.tag(recipe.name, name)
    out = io.BytesIO()
    engine.save(names, out, layout=layout)
    dockerd.ask("load", stdin=out.getvalue())
    for name in names:
        assert dockerd.id(name) == engine.find(name)
        same(kept(engine.view(name)), exported(dockerd, name))


def test_gzipped_layers_load_in_docker_as_the_same_image(dockerd: Daemon) -> None:
    """One of them in several blocks."""
    engine, out = world(), io.BytesIO()
    build(engine, "FROM base:1\nCOPY one two /\n", "some:1", {"one": "1\n" * BLOCK, "two": "2\n"})
    engine.save(["some:1"], out, compress=True)
    dockerd.ask("load", stdin=out.getvalue())
    assert dockerd.id("some:1") == engine.find("some:1")
    same(kept(engine.view("some:1")), exported(dockerd, "some:1"))


@each_name
def test_a_layer_that_docker_wrote_is_written_here_with_the_same_bytes(
    theirs: dict[str, Built], name: str
) -> None:
    foreign = theirs["base"].saved.layers()  # Python's tarfile wrote it
    for tar in theirs[name].saved.layers():
        out = io.BytesIO()
        tarstream.write(entries(tar), out)
        if tar not in foreign:
            same(summary([out.getvalue()]), summary([tar]))
            assert DiffID.of(out.getvalue()) == DiffID.of(tar)
