"""Attempts: how often a student has had something graded, for a teacher who sets a limit.

It is kept beside the results, with the teacher, and never in what the student can change.
The same submission, graded again, is no further attempt.
"""

import json
from pathlib import Path

from labimg.course.report import write
from labimg.digest import Digest


class Attempts:
    """The attempts noted in the folder `out`; with a `limit` of 0 there is none, and nothing is noted."""

    def __init__(self, out: Path, limit: int) -> None:
        self._out = out
        self._limit = limit

    def allow(self, student: str, raw: bytes) -> bool:
        """May this submission be graded?  It is noted, if it may."""
        if not self._limit:
            return True
        path = self._out / "attempts" / f"{student}.json"
        known: list[str] = json.loads(path.read_text("utf-8")) if path.exists() else []
        digest = str(Digest.of(raw))
        if digest not in known and len(known) >= self._limit:
            return False
        write(path, json.dumps(list(dict.fromkeys([*known, digest])), indent=1) + "\n")
        return True
