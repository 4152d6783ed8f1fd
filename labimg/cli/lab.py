"""The commands that Docker has not: look through an image's floors, check this machine, open the course."""

import json
import locale
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from labimg import errors
from labimg.cli.command import UsageError, command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, INT, STRING, Flag
from labimg.errors import DockerError

if TYPE_CHECKING:
    from labimg.show.building import Building
    from labimg.union import UnionView

COURSE = "labimg-course"  # the folder that `labimg lab` makes
FIRST = "00-start.ipynb"  # the notebook it opens


@command(
    "view",
    synopsis="[OPTIONS] IMAGE [PATH]",
    least=1,
    most=2,
    ours=True,
    flags=(
        Flag("bytes", "Show what each floor weighs: seen, shadowed, markers", BOOL, "b"),
        Flag("floors", "Show the floors of the image, and no tree", BOOL, "f"),
        Flag("layer", "Show what is seen from this floor (1 is the ground floor)", INT, "n"),
        Flag("limit", "Fold folders until about so many lines remain; 0 folds none", INT, default=40),
        Flag("trace", "Tell the life of this path, floor by floor"),
    ),
)  # fmt: skip
def view(
    console: Console, name: str, path: str = "", *, bytes: bool, floors: bool, layer: int, limit: int,
    trace: str,
) -> None:  # fmt: skip
    """Show the union view of an image, and which floor provides each file"""
    from labimg.show import text
    from labimg.show.bytemap import weigh
    from labimg.show.merged import merge

    seen = console.engine.view(name)
    building = _building(console, seen, name)
    if path := path or trace:
        console.say(_life(seen, building, path))
    elif floors:
        console.say(text.stack(building))
    elif bytes:
        console.say(text.ledger(weigh(seen, building=building)))
    else:
        console.say(text.tree(merge(seen, building=building, upto=layer or None), limit=limit))


def _building(console: Console, seen: "UnionView", name: str) -> "Building":
    """The floors of an image, or of a container with its own floor on top."""
    from labimg.show.building import erect

    try:
        image = console.engine.image(name)
        return erect(seen.layers, image.history, name=name, digest=console.engine.find(name))
    except DockerError:
        found = console.engine.inspect_container(name)
        image = console.engine.image(found["Image"])
        return erect(seen.layers, image.history, name=name, writable=True)


def _life(seen: "UnionView", building: "Building", path: str) -> str:
    """The biography of a path.

    Raises:
        NothingThere: no floor ever had it.
    """
    from labimg.show import story, text

    whole = "/" + path.strip("/")
    try:
        return text.biography(story.biography(seen, whole, building=building))
    except KeyError:
        raise errors.NothingThere(whole) from None


class Check(NamedTuple):
    """One thing the course needs, whether it is there, and what mends it."""

    what: str
    fine: bool
    found: str
    mend: str = ""


def checks(root: Path | None) -> Iterator[Check]:
    """What the course needs of this machine; `root` is the folder of the store, if it is on a disk."""
    release = ".".join(map(str, sys.version_info[:3]))
    yield Check("Python", sys.version_info >= (3, 11), release, "install Python 3.11 or newer")
    if root is None:
        yield Check("store", True, "in memory, as long as this session lasts")
    else:
        yield Check("store", _writable(root), str(root), "set LABIMG_ROOT to a folder you may write to")
    encoding = locale.getpreferredencoding(False).lower()
    yield Check("locale", encoding.startswith("utf"), encoding, "set PYTHONUTF8=1")
    parts = {"jupyterlab": "JupyterLab", "ipywidgets": "widgets", "anywidget": "union view"}
    for module, what in parts.items():
        there = find_spec(module) is not None
        yield Check(what, there, module if there else "not installed", 'pip install "labimg[lab]"')
    dot = shutil.which("dot") or (find_spec("graphviz_pure") and "graphviz-pure")
    yield Check("graphs", bool(dot), str(dot or "no dot"), 'pip install "labimg[lab]", or install Graphviz')


def _writable(root: Path) -> bool:
    place = next(folder for folder in (root, *root.absolute().parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


@command(
    "registry serve",
    synopsis="[OPTIONS]",
    ours=True,
    flags=(
        Flag("host", "Address to listen on", STRING, default="127.0.0.1"),
        Flag("password-stdin", "Take the password from stdin", BOOL),
        Flag("port", "Port to listen on; 0 is any that is free", INT, "p", default=5000),
        Flag("username", "Let in only who knows this name and its password", STRING, "u"),
    ),
)  # fmt: skip
def registry(console: Console, *, host: str, password_stdin: bool, port: int, username: str) -> int:
    """Serve a registry, to this machine unless told otherwise, until interrupted"""
    if find_spec("waitress") is None:
        console.warn('a registry needs waitress; this installs it: pip install "labimg[registry]"')
        return 1
    if bool(username) != password_stdin:
        raise UsageError("--username and --password-stdin go together\n", code=125)
    from labimg.cli import registryserver
    from labimg.files import DiskFiles

    secret = console.stdin.read().decode().rstrip("\r\n") if password_stdin else ""
    served = registryserver.registry(
        DiskFiles(Path(console.root, "registry")), {username: secret} if username else None
    )
    server = registryserver.Server(served, host=host, port=port)
    console.say(f"The registry is at {server.domain}; Ctrl-C ends it.")
    console.stdout.flush()
    server.run()
    return 0


@command("doctor", ours=True)
def doctor(console: Console) -> int:
    """Check that this machine has what the course needs"""
    from labimg.files import MemoryFiles

    in_memory = isinstance(console.engine.files, MemoryFiles)
    found = list(checks(None if in_memory else Path(console.root)))
    for check in found:
        console.say(f"{'ok' if check.fine else '--':<4}{check.what:<12}{check.found}")
        if not check.fine:
            console.say(f"    {'':<12}mend: {check.mend}")
    return int(not all(check.fine for check in found))


@command(
    "lab",
    synopsis="[OPTIONS] [FOLDER] [-- JUPYTERLAB OPTIONS]",
    most=None,
    ours=True,
    flags=(
        Flag("no-browser", "Open no browser, only print the address", BOOL),
        Flag("port", "Port to listen on (default: the first free one from 8888 on)", INT, "p"),
    ),
)  # fmt: skip
def lab(console: Console, *words: str, no_browser: bool, port: int) -> int:
    """Put the course's notebooks into a folder and open them in JupyterLab"""
    named = words[:1] if words and not words[0].startswith("-") else ()
    folder, options = (*named, COURSE)[0], words[len(named) :]
    place = Path(folder)
    source = notebooks()
    if source is None:
        console.warn("the course's notebooks are not part of this installation")
        return 1
    for notebook in sorted(source.rglob("*.ipynb")):
        copy = place / notebook.relative_to(source)
        if not copy.exists():  # what a student has written stays
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(blank(notebook.read_text("utf-8")), "utf-8", newline="\n")
    if find_spec("jupyterlab") is None:
        console.warn('JupyterLab is not installed; this installs it: pip install "labimg[lab]"')
        return 1
    console.say(f"The course is in {place}; JupyterLab opens it in a browser, Ctrl-C ends it.")
    console.stdout.flush()
    root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    asked = [f"--ServerApp.port={port}"] * bool(port) + ["--no-browser"] * no_browser
    first = f"--LabApp.default_url=/lab/tree/{FIRST}"
    words = (sys.executable, "-m", "jupyterlab", os.fspath(place), *root, first, *asked, *options)
    with subprocess.Popen(words, env=_without_news(os.environ)) as server:
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            return server.wait()
        finally:
            server.terminate()  # Ctrl-C ends it at once


def _without_news(env: Mapping[str, str]) -> dict[str, str]:
    """An environment in which JupyterLab does not ask whether it may fetch news."""
    ours = Path(__file__).parent.parent / "course" / "jupyter"
    places = [os.fspath(ours), env.get("JUPYTER_CONFIG_PATH", "")]
    return {**env, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, places))}


def blank(notebook: str) -> str:
    """A notebook as it is given out: nothing is run yet, so that no prediction is spoilt."""
    document = json.loads(notebook)
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"execution_count": None, "outputs": []}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def notebooks() -> Path | None:
    """Where the notebooks lie: in the installed package, or beside it in the source tree."""
    package = Path(__file__).parent.parent
    places = (package / "course" / "notebooks", package.parent / "notebooks")
    return next((place for place in places if any(place.glob("*.ipynb"))), None)
