"""The laws of the house: who stands where, who may know whom, and what each room keeps to itself.

The street is data; the laws read the source by `ast`.  Every law is shown a planted fault as
well, so that a law that has gone blind is seen.
"""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import takewhile
from pathlib import Path
from pprint import pformat

import pytest

import labimg

HOME = Path(labimg.__file__).parent

STREET = [
    ("words", "errors go digest reference units ignore filters clock late"),
    ("nouns", "entry layer changes tarstream compression union spec image dockerfile"),
    ("shelves", "files layers images tags containers volumes logins store check"),
    ("verbs", "remove container listing shell build archive registry remote seeds"),
    ("door", "engine"),
    ("skins", "cli show course"),
]
FLOOR = {room: floor for floor, (_, rooms) in enumerate(STREET) for room in rooms.split()}
GATE = {"__init__", "__main__"}  # the package's own two files, above every floor
DOOR, SKINS = 4, 5

LINES, FUNCTION = 400, 60

HOST = {"files", "archive", "engine", "cli", "show", "course"}  # may name a path of the host
HOST_OS = {"strerror", "fsencode", "fsdecode", "PathLike"}  # of `os`, what touches no file
HOST_MODULES = {"glob", "shutil", "subprocess", "tempfile"}
CHANCE = {"engine", "cli", "show", "course"}  # may ask the time, chance or the environment
CHANCE_MODULES = {"random", "secrets", "uuid"}
ASKING = {
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep"},
    "datetime": {"now", "today", "utcnow"},
    "date": {"today"},
    "os": {"environ", "environb", "getenv", "urandom", "getpid", "getuid", "getlogin", "cpu_count"},
}

FILES = sorted(path for path in HOME.rglob("*.py") if "notebooks" not in path.parts)


def module(path: Path) -> str:
    """The dotted name below labimg: `build.cache` for labimg/build/cache.py, `build` for its __init__."""
    parts = path.relative_to(HOME).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {module(path): path.read_text("utf-8") for path in FILES}


def room(name: str) -> str:
    return name.split(".")[0]


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module of labimg that is named in an import, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                alias.name.removeprefix("labimg.") for alias in node.names if alias.name.startswith("labimg.")
            )
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module == "labimg":
                yield from (alias.name for alias in node.names)
            elif node.module.startswith("labimg."):
                place = node.module.removeprefix("labimg.")
                inside = [f"{place}.{alias.name}" for alias in node.names]
                yield from (name if name in MODULES else place for name in inside)


def calls(tree: ast.AST, *names: str) -> Iterator[int]:
    """The lines on which a builtin of one of these names is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node.lineno


def dotted(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    """Every `owner.name` the source speaks of, also where it is imported `from` its owner."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name, node.lineno) for alias in node.names)


def modules(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every top-level package that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0], node.lineno


# The laws.  Each takes a module's name and source, and gives back its faults.

Law = Callable[[str, str], list[str]]


def knows_only_below(name: str, source: str) -> list[str]:
    """A room imports from its own floor and from those below."""
    here = FLOOR.get(room(name), len(STREET))
    there = {room(found) for found in imports(parsed(source))} & FLOOR.keys()
    return [f"{name} reaches up to {other}" for other in sorted(there) if FLOOR[other] > here]


def names_its_relatives_in_full(name: str, source: str) -> list[str]:
    """Imports are absolute, so that the street can be read off them."""
    nodes = [node for node in ast.walk(parsed(source)) if isinstance(node, ast.ImportFrom) and node.level]
    return [f"line {node.lineno}: a relative import" for node in nodes]


def is_short(name: str, source: str) -> list[str]:
    """No file over 400 lines, no function over 60."""
    faults = [f"{count} lines"] if (count := len(source.splitlines())) > LINES else []
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            faults += [f"line {node.lineno}: {node.name} has {length} lines"] if length > FUNCTION else []
    return faults


def leaves_whiteouts_to_entry(name: str, source: str) -> list[str]:
    """Only `entry` knows the letters of a whiteout (a docstring may tell of them)."""
    tree = parsed(source)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    spelt = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in told
        if ".wh." in (node.value if isinstance(node.value, str) else repr(node.value))
    ]
    return [] if room(name) in {"entry", "show", "course"} else [f'line {line}: ".wh."' for line in spelt]


def prints_only_in_skins(name: str, source: str) -> list[str]:
    """Nothing prints below floor 5."""
    if FLOOR.get(room(name), SKINS) >= SKINS:
        return []
    tree = parsed(source)
    streams = [line for owner, attr, line in dotted(tree) if owner == "sys" and attr in {"stdout", "stderr"}]
    return [f"line {line}: prints" for line in [*calls(tree, "print", "input"), *streams]]


def leaves_hashing_to_digest(name: str, source: str) -> list[str]:
    """Only `digest` hashes."""
    found = [line for module, line in modules(parsed(source)) if module == "hashlib"]
    return [] if room(name) == "digest" else [f"line {line}: hashlib" for line in found]


def leaves_tar_to_tarstream(name: str, source: str) -> list[str]:
    """Tar bytes are made and read by `tarstream` alone."""
    found = [line for module, line in modules(parsed(source)) if module == "tarfile"]
    return [f"line {line}: tarfile" for line in found]


def names_no_host_path(name: str, source: str) -> list[str]:
    """The host's files are named by `files`, `archive` and the skins."""
    if room(name) in HOST | GATE:
        return []
    tree = parsed(source)
    faults = [f"line {line}: open()" for line in calls(tree, "open")]
    faults += [f"line {line}: {found}" for found, line in modules(tree) if found in HOST_MODULES]
    for owner, attr, line in dotted(tree):
        if owner == "os" and attr not in HOST_OS | ASKING["os"]:
            faults.append(f"line {line}: os.{attr}")
        if (owner, attr) in {("pathlib", "Path"), ("io", "open"), ("io", "FileIO")}:
            faults.append(f"line {line}: {owner}.{attr}")
    return faults


def asks_no_oracle(name: str, source: str) -> list[str]:
    """Time, chance and the environment come in by the engine; all others are given a clock."""
    if room(name) in CHANCE | GATE:
        return []
    tree = parsed(source)
    faults = [f"line {line}: {found}" for found, line in modules(tree) if found in CHANCE_MODULES]
    return faults + [
        f"line {ln}: {own}.{attr}" for own, attr, ln in dotted(tree) if attr in ASKING.get(own, ())
    ]


def has_one_word_for_a_name(name: str, source: str) -> list[str]:
    """A module has one plain word for a name, and opens by saying what it is."""
    word = name.split(".")[-1]
    faults = [] if word.isalpha() or word in GATE else [f"{word} is not one word"]
    if any(part in word for part in ("util", "helper", "manager", "common", "misc")):
        faults.append(f"{word} says nothing")
    return faults if ast.get_docstring(parsed(source)) else [*faults, "no docstring"]


LAWS: list[Law] = [
    knows_only_below,
    names_its_relatives_in_full,
    is_short,
    leaves_whiteouts_to_entry,
    prints_only_in_skins,
    leaves_hashing_to_digest,
    leaves_tar_to_tarstream,
    names_no_host_path,
    asks_no_oracle,
    has_one_word_for_a_name,
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_every_file_keeps_the_law(law: Law) -> None:
    faults = {name: found for name, source in MODULES.items() if (found := law(name, source))}
    assert not faults, pformat(faults)


def test_every_file_stands_on_a_floor() -> None:
    assert not [name for name in MODULES if room(name) not in FLOOR.keys() | GATE]


def test_every_room_on_the_street_is_there() -> None:
    assert not [name for name in FLOOR if name not in {room(each) for each in MODULES}]


def test_no_room_needs_itself_in_a_circle() -> None:
    graph = {
        name: {found for found in imports(parsed(source)) if found != name}
        for name, source in MODULES.items()
        if name not in GATE
    }
    rooms: dict[str, set[str]] = {}
    for name, found in graph.items():
        rooms.setdefault(room(name), set()).update({room(other) for other in found} - {room(name)})
    assert not circle(rooms)
    inside = {
        name: {o for o in found & graph.keys() if room(o) == room(name)} for name, found in graph.items()
    }
    assert not circle(inside)


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of a circle, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


FAULTS: list[tuple[Law, str, str]] = [
    (knows_only_below, "layer", "from labimg.store import Store"),
    (knows_only_below, "digest", "def f():\n    import labimg.engine"),
    (knows_only_below, "build.cache", "from labimg import cli"),
    (names_its_relatives_in_full, "build", "from .cache import Cache"),
    (is_short, "layer", "x = 1\n" * 401),
    (is_short, "layer", "def long():\n" + "    x = 1\n" * 60),
    (leaves_whiteouts_to_entry, "layer", 'hidden = name.startswith(".wh.")'),
    (leaves_whiteouts_to_entry, "tarstream", 'prefix = b".wh."'),
    (prints_only_in_skins, "engine", "print('done')"),
    (prints_only_in_skins, "build", "import sys\nsys.stderr.write('x')"),
    (leaves_hashing_to_digest, "layers", "from hashlib import sha256"),
    (leaves_tar_to_tarstream, "archive", "import tarfile"),
    (names_no_host_path, "layer", "open('/etc/hosts')"),
    (names_no_host_path, "image", "from pathlib import Path"),
    (names_no_host_path, "store", "import os\nos.listdir('.')"),
    (asks_no_oracle, "build", "import time\nnow = time.time_ns()"),
    (asks_no_oracle, "store", "from os import environ"),
    (asks_no_oracle, "container", "from datetime import datetime\nborn = datetime.now()"),
    (asks_no_oracle, "container", "import secrets"),
    (has_one_word_for_a_name, "tar_stream", '"""A room."""'),
    (has_one_word_for_a_name, "build.utils", '"""A room."""'),
    (has_one_word_for_a_name, "layer", "x = 1"),
]


@pytest.mark.parametrize(
    ("law", "name", "source"), FAULTS, ids=[f"{law.__name__}-{n}" for law, n, _ in FAULTS]
)
def test_every_law_sees_a_planted_fault(law: Law, name: str, source: str) -> None:
    assert law(name, source)


def test_a_circle_is_seen() -> None:
    assert circle({"tags": {"images"}, "images": {"layers"}, "layers": {"tags"}})
    assert not circle({"tags": {"images"}, "images": {"layers"}})


def test_architecture_tells_of_every_room() -> None:
    told = (HOME.parent / "ARCHITECTURE.md").read_text("utf-8")
    table = list(takewhile(lambda line: line.startswith("|"), told[told.index("| room |") :].splitlines()))
    missing = [name for name in FLOOR if not any(f"`{name}`" in line for line in table)]
    assert not missing
