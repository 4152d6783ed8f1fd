"""A diary: the cells that a learner ran in a lesson, in their order, in a file beside the notebook.

The file is `.labimg/07.json`.  It holds what was typed and nothing else, no outputs and no times:
to come back to where one was is to do the same again.
"""

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from labimg.course.progress import NAME
from labimg.course.report import write

SCHEMA = 1
FOLDER = ".labimg"
_PASSED = re.compile(r"%(?:re)?load_ext\s+labimg|%lab\s+resume|lab\.resume\(")  # these make the diary


def at_hand(names: Any) -> str:
    """The number of the lesson whose notebook this kernel serves, "" if that is not known.

    `names` are the notebook's variables, in which one editor leaves the notebook's path.
    """
    told = os.environ.get("JPY_SESSION_NAME") or str(names.get("__vsc_ipynb_file__", ""))
    found = re.match(r"(\d\d)-", told.replace("\\", "/").rpartition("/")[2])
    return found[1] if found else ""


class Diary:
    """The diary of one lesson; a folder that cannot be written to is borne in silence."""

    def __init__(self, lesson: str, folder: Path | None = None) -> None:
        self.lesson = lesson
        place = folder or Path(os.environ.get("LABIMG_PROGRESS", NAME)).parent
        self.path = place / FOLDER / f"{lesson}.json"
        self.cells: list[str] = []  # what was run in this kernel
        self.before = self._read()  # and in the one before it
        self._resumed = False

    def _read(self) -> list[str]:
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return []
        if not isinstance(found, dict) or found.get("schema") != SCHEMA:
            return []
        return [cell for cell in found["cells"] or found["before"] if isinstance(cell, str)]

    @property
    def past(self) -> list[str]:
        """What leads to where the learner is: what was run before a restart, or again and since."""
        return self.cells if self._resumed else self.before or self.cells

    def begin(self, cells: list[str]) -> None:
        """Go on from these cells, which have been run again."""
        self.cells, self._resumed = list(cells), True
        self._write()

    def note(self, cell: str) -> None:
        """Put down a cell that was run."""
        if self.lesson and cell.strip() and not _PASSED.match(cell.lstrip()):
            self.cells.append(cell)
            self._write()

    def _write(self) -> None:
        told = {"schema": SCHEMA, "cells": self.cells, "before": self.before}
        with suppress(OSError):
            write(self.path, json.dumps(told, indent=1, ensure_ascii=False) + "\n")
