"""A screen before the commands of an answer: they act on the lab, and on nothing else.

A replay runs what somebody else has typed.  So it lets pass Docker's own commands alone,
and those may name files of the level's folder only: no absolute path, no way up, no link
that leads out.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from labimg.cli.command import Command
from labimg.cli.flags import FlagError, parse
from labimg.cli.table import GROUPS, NAMES
from labimg.course.bench import CONTEXT

FILES = {  # flags that name a file, by command
    "save": ("output",), "export": ("output",), "load": ("input",), "build": ("file", "iidfile"),
    "run": ("cidfile", "env_file"), "create": ("cidfile", "env_file"), "exec": ("env_file",),
}  # fmt: skip
LARGEST = 200 << 20  # bytes of a level's folder
OPERANDS = {"build": 0, "import": 0}  # which operand names one


def named(typed: Sequence[str]) -> tuple[str, Command | None, list[str]]:
    """The command that is meant, by its short name, and the words after it."""
    rest = list(typed)
    if len(rest) > 1 and rest[0] in CONTEXT:
        rest = rest[2:]
    if not rest:
        return "", None, []
    name = f"{rest[0]} {rest[1]}" if rest[0] in GROUPS and len(rest) > 1 else rest[0]
    found = NAMES.get(name)
    short = min(found.names, key=len) if found else name
    return short, found, rest[name.count(" ") + 1 :]


def unknown(typed: Sequence[str]) -> str:
    """What to say of a line that is no command of Docker's; "" if it is one."""
    found = named(typed)[1]
    if found is None or found.ours:
        said = " ".join(typed)[:60]
        return f"`{said}` is no docker command. An answer has docker commands only, one on a line."
    return ""


def harmless(typed: Sequence[str], folder: Path | None) -> bool:
    """May this command be replayed?"""
    name, found, rest = named(typed)
    if found is None or found.ours:
        return False
    try:
        flags, operands = parse(found.all_flags, rest, interspersed=found.interspersed)
    except FlagError:
        return True  # it will only be refused
    return all(_inside(path, folder) for path in _paths(name, flags, operands))


def full(folder: Path | None) -> bool:
    """Does the folder hold as much as a replay may write?"""
    return folder is not None and sum(path.lstat().st_size for path in folder.rglob("*")) > LARGEST


def sweep(typed: Sequence[str], folder: Path | None) -> None:
    """Take links away that a copied file brought and that lead out of the folder."""
    if folder is None or "cp" not in typed:
        return
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            path.unlink()


def _paths(name: str, flags: dict[str, Any], operands: list[str]) -> Iterator[str]:
    for flag in FILES.get(name, ()):
        value = flags.get(flag)
        yield from (value if isinstance(value, list) else [value] if value else [])
    if name in OPERANDS and operands:
        yield operands[OPERANDS[name]]
    if name == "cp":
        yield from (word for word in operands if ":" not in word or word.startswith((".", "/")))


def _inside(path: str, folder: Path | None) -> bool:
    """Does `path` lead to a place in `folder`, whatever links are on the way?"""
    if path == "-":
        return True
    if folder is None or Path(path).is_absolute() or "\0" in path:
        return False
    whole = folder.resolve()
    return (whole / path).resolve().is_relative_to(whole)
