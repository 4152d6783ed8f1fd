"""A submitted notebook, read as text: which answers are in it, and what is odd about it.

Nothing in it is run.  A cell is an answer if it says so: by its first line `%%answer 07-E1`,
or by the mark that the assignment put into its metadata.
"""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labimg.course.level import Lesson

LARGEST = 20_000_000  # bytes of a notebook
_MAGIC = re.compile(r"^\s*%%answer[ \t]+(\d\d-[Ee]\d+)", re.MULTILINE)
_MARKED = re.compile(r"answer-(\d\d-E\d+)")
_ENCODINGS = ("utf-8-sig", "gb18030")


class Unreadable(ValueError):
    """A file that is no notebook, and why."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in."""

    student: str
    path: Path
    assignment: str  # as the notebook says, "" if it does not
    answers: Mapping[str, str]  # level -> text
    odd: tuple[str, ...] = field(default=())  # what a teacher should know
    raw: bytes = b""


def document(raw: bytes) -> dict[str, Any]:
    """The notebook in these bytes, whatever encoding an editor has put it in.

    Raises:
        Unreadable: it is none.
    """
    if len(raw) > LARGEST:
        raise Unreadable(f"the file has more than {LARGEST} bytes")
    encodings = ("utf-16",) if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else _ENCODINGS
    for encoding in encodings:
        try:
            found = json.loads(raw.decode(encoding))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get("cells"), list):
            return found
    raise Unreadable("it is no notebook: not JSON with a list of cells")


def source(cell: Any) -> str:
    """The text of a cell."""
    found = cell.get("source", "") if isinstance(cell, dict) else ""
    lines = found if isinstance(found, list) else [found]
    return "".join(line for line in lines if isinstance(line, str))


def level_of(cell: Any) -> str:
    """The level that a cell answers, "" if none."""
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return ""
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    for key, name in (("labimg", "level"), ("nbgrader", "grade_id")):
        table = metadata.get(key)
        marked = str(table.get(name, "")) if isinstance(table, dict) else ""
        if key == "labimg" and re.fullmatch(r"\d\d-E\d+", marked):
            return marked
        if found := _MARKED.fullmatch(marked):
            return found[1]
    magic = _MAGIC.match(source(cell))
    return magic[1].upper() if magic else ""


def cells(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each answer of a notebook: its level, and its text."""
    for cell in found["cells"]:
        if level := level_of(cell):
            yield level, source(cell)


def read(path: Path, student: str, lesson: Lesson) -> Submission:
    """What a student handed in for `lesson`.

    Of two answers to one level the first counts: copies at the end of a notebook are
    common, and never meant.

    Raises:
        Unreadable: it is no notebook.
    """
    raw = path.read_bytes()
    found = document(raw)
    answers: dict[str, str] = {}
    odd = []
    for level, text in cells(found):
        if level in answers and text != answers[level]:
            odd.append(f"{level}: there are two answers, and the first counts")
        answers.setdefault(level, text)
    known = {level.id for level in lesson.levels}
    odd += [f"{level}: the cell for the answer is missing" for level in sorted(known - answers.keys())]
    mine = {level: text for level, text in answers.items() if level in known}
    return Submission(student, path, _assignment(found, answers), mine, tuple(odd), raw)


def _assignment(found: Mapping[str, Any], answers: Mapping[str, str]) -> str:
    """The lesson that a notebook is about: as it says, else as most of its answers do."""
    metadata = found.get("metadata")
    table = metadata.get("labimg") if isinstance(metadata, dict) else None
    told = table.get("assignment") if isinstance(table, dict) else None
    if isinstance(told, str):
        return told
    lessons = [level.partition("-")[0] for level in answers]
    return max(sorted(set(lessons)), key=lessons.count, default="")


def collected(folder: Path) -> list[tuple[str, Path]]:
    """The notebooks in a folder, with the student each is from.

    A folder for each student (with or without one for the assignment in it), or a file
    for each, called after the student up to the first underscore.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.ipynb")):
        inside = path.relative_to(folder)
        if any(part.startswith(".") for part in inside.parts) or path.is_symlink():
            continue
        student = inside.parts[0] if len(inside.parts) > 1 else path.stem.partition("_")[0]
        found.setdefault(student, path)
    return list(found.items())
