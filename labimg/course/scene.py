"""A scene: what a level's formulas may ask of a world.

    has('web')              is there such an image?          names()       all names, familiar form
    id('web')               its image ID                     floors('web') how many layers it has
    see('web')              path -> text of every file seen  size('web')   bytes, as `docker images` counts
    status('box')           a container's state, or ''       containers()  the names of all containers
    lines('images -q')      what a command prints            after('rmi web').has('web')

`before` is the scene at the start of the level, `goal` the one a solution leads to.
Looking changes nothing: a command that is asked for here runs in a copy of the world.
"""

import json
import shlex
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from labimg.containers import Container
from labimg.course import cases
from labimg.course.bench import Bench
from labimg.digest import DiffID, chain_ids
from labimg.engine import Engine
from labimg.entry import Entry
from labimg.errors import DockerError
from labimg.go import gojson
from labimg.image import Image
from labimg.layer import stored_size
from labimg.tags import PATH as NAMES
from labimg.union import UnionView

_OWN = ("questions", "bench")
LONG = 4_000  # bytes of a file that are compared as text; a longer one by its length


class Scene:
    """A world, as formulas see it."""

    def __init__(self, bench: Bench, engine: Engine | None = None) -> None:
        self._bench = bench
        self._engine = engine or bench.engine

    @property
    def bench(self) -> Bench:
        """The bench that is looked at."""
        return self._bench

    @property
    def questions(self) -> Mapping[str, Any]:
        """Every question by its name, for a formula."""
        return {name: getattr(self, name) for name in dir(type(self)) if name[0] != "_" and name not in _OWN}

    def machine(self, name: str) -> "Scene":
        """The scene on another machine."""
        return Scene(self._bench, self._bench.machines[name])

    # Images.

    def _image(self, name: str) -> Image:
        return self._engine.image(name)

    def has(self, name: str) -> bool:
        """Is there an image of that name?"""
        try:
            self._engine.find(name)
        except DockerError:
            return False
        return True

    def _stands(self, name: str) -> bool:
        return self.has(name) or self._container(name) is not None

    def names(self) -> list[str]:
        """The names of all images, in the familiar form; digests left out."""
        return sorted(name.familiar for name in self._engine.store.tags.all() if not name.digest)

    def tags(self, name: str) -> list[str]:
        """All names of one image; none if it is not there."""
        return self.document(name)["RepoTags"] if self.has(name) else []

    def id(self, name: str) -> str:
        """The ID of an image, "" if there is none."""
        return str(self._engine.find(name)) if self.has(name) else ""

    def images(self) -> list[str]:
        """The IDs of all images that `docker images` lists."""
        return [str(row.id) for row in self._engine.images()]

    def dangling(self) -> list[str]:
        """The IDs of the images that dangle."""
        return [str(row.id) for row in self._engine.images(filters={"dangling": ["true"]})]

    def document(self, name: str) -> dict[str, Any]:
        """What `docker image inspect` shows."""
        return self._engine.inspect_image(name)

    def inspected(self, template: str, name: str) -> str:
        """What `docker inspect -f TEMPLATE NAME` prints."""
        return self._copy().docker(["inspect", "-f", template, name]).stdout.strip()

    def digest(self, name: str) -> str:
        """The digest under which an image was pulled or pushed, "" if it was not."""
        found = self.document(name)["RepoDigests"] if self.has(name) else []
        return found[0].partition("@")[2] if found else ""

    def config(self, name: str) -> dict[str, Any]:
        """How the containers of an image run."""
        found: dict[str, Any] = self.document(name)["Config"]
        return found

    def history(self, name: str) -> list[tuple[str, int]]:
        """The steps of an image, newest first: what it says it did, and bytes."""
        return [(row.created_by, row.size) for row in self._engine.history(name)]

    def steps(self, name: str) -> list[bool]:
        """For each step of an image, oldest first: did it make a floor?"""
        return [not step.empty_layer for step in self._image(name).history]

    def size(self, name: str) -> int:
        """Bytes, as `docker images` counts them."""
        return self._engine.store.size(self._image(name)) if self.has(name) else 0

    def disk(self) -> int:
        """Bytes of all layers, each once."""
        return self._engine.df().layers

    def shared(self, one: str, other: str) -> int:
        """How many floors two images share."""
        pairs = zip(self._image(one).chain_ids, self._image(other).chain_ids, strict=False)
        return sum(mine == yours for mine, yours in pairs)

    def dirs(self) -> list[str]:
        """The chain IDs of all layers in the store."""
        return sorted(self._engine.store.layers.all())

    def chain(self, name: str) -> list[str]:
        """The chain IDs of an image, bottom first."""
        return [str(chain) for chain in self._image(name).chain_ids]

    def chain_of(self, diffs: Sequence[str]) -> list[str]:
        """The chain IDs that these diff IDs lead to."""
        return [str(chain) for chain in chain_ids([DiffID.parse(diff) for diff in diffs])]

    def diffs(self, name: str) -> list[str]:
        """The diff IDs of an image, bottom first."""
        return [str(diff) for diff in self._image(name).document.diff_ids]

    def names_file(self) -> dict[str, Any]:
        """What stands in repositories.json."""
        found: dict[str, Any] = json.loads(self._engine.files.read(NAMES))["Repositories"]
        return found

    # Floors.

    def _view(self, name: str, upto: int | None = None) -> UnionView:
        return self._engine.view(name, upto)

    def floors(self, name: str) -> int:
        """How many layers an image has; a container has one more."""
        return len(self._view(name).layers) if self._stands(name) else 0

    def floor(self, name: str, number: int) -> dict[str, str]:
        """What floor `number` holds (1 is the ground floor): path -> text; whiteouts by their own names."""
        return _told(entry for entry in self._view(name).layers[number - 1].entries)

    def see(self, name: str, under: str = "/") -> dict[str, str]:
        """All that is seen through the floors below `under`: path -> text."""
        return self.seen(name, None, under) if self._stands(name) else {}

    def seen(self, name: str, upto: int | None, under: str = "/") -> dict[str, str]:
        """The same, seen from floor `upto`."""
        folder = under.rstrip("/") + "/"
        tree = self._view(name, upto).tree
        return _told(entry for path, entry in tree.items() if path.startswith(folder))

    def content(self, name: str, path: str) -> str:
        """The text of one file as it is seen, "" if there is none."""
        return self.see(name, path.rpartition("/")[0] or "/").get(path, "")

    def owner(self, name: str, path: str) -> int:
        """The number of the floor that provides `path`, 0 if it is not seen."""
        view = self._view(name)
        return view.owner(path) + 1 if path in view else 0

    def anywhere(self, name: str, path: str) -> bool:
        """Does any layer hold `path`, seen or hidden?"""
        return any(entry.path == path for layer in self._view(name).layers for entry in layer.entries)

    def leaks(self, name: str, text: str) -> bool:
        """Does `text` stand in any layer, in the history or in the config of an image?"""
        if not self.has(name):
            return False
        image = self._image(name)
        stack = self._engine.store.layers.stack(image.top)
        wanted = text.encode()
        return wanted in image.raw or any(wanted in layer.open().read() for layer in stack)

    def wasted(self, name: str) -> int:
        """Bytes that an image stores and nobody sees."""
        return sum(share.shadowed for share in self._view(name).ledger)

    # Containers.

    def _container(self, name: str) -> Container | None:
        try:
            return self._engine.store.container(name)
        except DockerError:
            return None

    def containers(self) -> list[str]:
        """The names of all containers, running or not."""
        return sorted(one.name for one in self._engine.store.containers.all())

    def status(self, name: str) -> str:
        """How a container does, "" if there is none."""
        found = self._container(name)
        return found.state.status if found else ""

    def stands_on(self, name: str) -> str:
        """The ID of the image a container was made of."""
        found = self._container(name)
        return str(found.image) if found else ""

    def wrote(self, name: str) -> list[str]:
        """What `docker diff` says of a container."""
        return [str(change) for change in self._engine.diff(name)] if self._container(name) else []

    def written(self, name: str) -> int:
        """Bytes that a container has written."""
        found = self._container(name)
        return stored_size(self._engine.store.containers.upper(found)) if found else 0

    def printed(self, name: str) -> str:
        """What a container has printed."""
        return "".join(row["log"] for row in self._engine.logs(name)) if self._container(name) else ""

    # Commands.

    @cached_property
    def _given(self) -> list[tuple[str, ...]]:
        return [one.words for one in self._bench.transcript]

    def used(self, *words: str) -> bool:
        """Was any of these words, or flags, in a command that worked?"""
        return any(_spoken(given) & set(words) for given in self._given)

    def ran(self, line: str) -> int:
        """How many commands that worked began so."""
        wanted = tuple(line.split())
        return sum(given[: len(wanted)] == wanted for given in self._given)

    def tried(self, text: str) -> bool:
        """Did any command hold `text`, whether it worked or not?"""
        return any(text in word for one in self._bench.typed for word in one.words)

    def typed(self) -> list[str]:
        """The commands that worked, each as one line."""
        return [" ".join(given) for given in self._given]

    def commands(self) -> int:
        """How many commands worked."""
        return len(self._given)

    def out(self, line: str) -> str:
        """What a command would print."""
        return self._copy().docker(shlex.split(line)).stdout

    def lines(self, line: str) -> list[str]:
        """What a command would print, by lines."""
        return self.out(line).splitlines()

    def error(self, line: str) -> str:
        """What a command would complain, "" if it works."""
        return self._copy().docker(shlex.split(line)).stderr

    def works(self, line: str) -> bool:
        """Would a command work?"""
        return self._copy().docker(shlex.split(line)).code == 0

    def after(self, *lines: str) -> "Scene":
        """The scene that these commands would lead to."""
        copy = self._copy()
        for line in lines:
            copy.docker(shlex.split(line))
        return Scene(copy)

    def redone(self, name: str, edits: Mapping[str, str]) -> list[str]:
        """The instructions that a build does again, and not from the cache, after files were edited."""
        copy = self._copy()
        for path, text in edits.items():
            copy.write(path, text)
        found: list[str] = []
        for line in copy.docker(["build", "-t", name, "."]).lines:
            if line.startswith("Step "):
                found.append(line.partition(" : ")[2])
            elif line == " ---> Using cache":
                found.pop()
        return [text for text in found if not text.startswith("FROM")]

    def _copy(self) -> Bench:
        twin = self._bench.fork()
        for name, engine in self._bench.machines.items():
            if engine is self._engine:
                twin.engine = twin.machines[name]
        return twin

    def folder(self, name: str) -> str:
        """The text of a file in the folder one works in, "" if there is none."""
        texts = self._bench.ground.texts
        return texts[name].decode("utf-8", "replace") if name in texts else ""

    def files(self) -> list[str]:
        """The files in the folder one works in."""
        return sorted(self._bench.ground.texts)

    def file_size(self, name: str) -> int:
        """Bytes of a file in the folder one works in."""
        return len(self._bench.ground.texts.get(name, b""))

    def merged(self, layers: Sequence[Mapping[str, str | None]]) -> dict[str, str]:
        """What is seen through layers in the simple form: path -> text, None for a whiteout."""
        return cases.merged(layers)

    def landed(self, branches: cases.Stacked, path: str, text: str | None) -> str:
        """The branch that receives a write to `path`, or with None its deletion; "" if it is refused."""
        return cases.landed(branches, path, text)

    def through(self, branches: cases.Stacked) -> list[str]:
        """The paths that one sees through branches, each as its name, its kind and what it holds."""
        return sorted(cases.stacked(branches).tree)

    def equal_json(self, one: Any, other: Any) -> bool:
        """Are two JSON values equal, whatever the order of their keys?"""
        return gojson.encode(one, sort=True) == gojson.encode(other, sort=True)


def _spoken(words: tuple[str, ...]) -> set[str]:
    """The words of a command, each short flag of a group by itself too."""
    found = set(words)
    for word in words:
        if word.startswith("-") and not word.startswith("--"):
            found |= {f"-{letter}" for letter in word[1:]}
    return found


def _told(entries: Any) -> dict[str, str]:
    return {entry.path: _text(entry) for entry in entries if entry.kind != "dir"}


def _text(entry: Entry) -> str:
    """A file as text: its content, or its length; a link as where it leads."""
    if not entry.is_file:
        return f"-> {entry.target}" if entry.kind == "symlink" else entry.kind
    if entry.size > LONG:
        return f"{entry.size} bytes"
    return entry.read().decode("utf-8", "surrogateescape")
