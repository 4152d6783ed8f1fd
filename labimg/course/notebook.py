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
_UNSOUND = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
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
    encodings = ("utf-16",) if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else _ENCODINGS
    for encoding in encodings:
        try:
            found = json.loads(raw.decode(encoding))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get("cells"), list):
            return found
        if isinstance(found, dict) and "worksheets" in found:
            raise Unreadable("its format is older than Jupyter: open it in Jupyter, and save it again")
    raise Unreadable("it is no notebook: not JSON with a list of cells")


def content(path: Path) -> bytes:
    """The bytes of a submission, without going where a link leads.

    Raises:
        Unreadable: it is a link, no file, or too large.
    """
    if any(one.is_symlink() for one in (path, path.parent)):
        raise Unreadable("it is a link to another file")
    if not path.is_file():
        raise Unreadable("it is no file")
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"the file has more than {LARGEST} bytes")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror}") from None


def sound(text: str) -> str:
    """A text that can be written down: control characters and halves of characters become question marks."""
    return _UNSOUND.sub("?", text)


def source(cell: Any) -> str:
    """The text of a cell."""
    found = cell.get("source", "") if isinstance(cell, dict) else ""
    lines = found if isinstance(found, list) else [found]
    return sound("".join(line for line in lines if isinstance(line, str)))


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
    raw = content(path)
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
        return sound(told)
    lessons = [level.partition("-")[0] for level in answers]
    return max(sorted(set(lessons)), key=lessons.count, default="")


def every(folder: Path) -> Iterator[tuple[str, Path]]:
    """All notebooks in a folder, with the student each is from; links to folders, which lead nowhere, too.

    A folder for each student (with or without one for the assignment in it), or a file
    for each, called after the student up to the first underscore.
    """
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if not hidden and (path.suffix == ".ipynb" or (path.is_symlink() and path.is_dir())):
            name = inside.parts[0] if len(inside.parts) > 1 else path.stem.partition("_")[0]
            yield sound(name), path


def collected(folder: Path, assignment: str = "") -> list[tuple[str, Path]]:
    """One notebook for each student: of several the first that is called, or lies, as the assignment."""
    found: dict[str, list[Path]] = {}
    for student, path in every(folder):
        found.setdefault(student, []).append(path)
    return [
        (student, next((path for path in paths if assignment in _words(path)), paths[0]))
        for student, paths in found.items()
    ]


def _words(path: Path) -> set[str]:
    return {path.parent.name, *path.stem.split("_")}
