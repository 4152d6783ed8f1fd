"""Attempts: how often a student has had something graded, and when, for a teacher who sets a limit.

It is kept beside the results, with the teacher, and never in what the student can change;
the time is that of the teacher's clock.  The same submission, graded again, is no further attempt.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from labimg.course.report import write
from labimg.digest import Digest


class Attempts:
    """The attempts noted in the folder `out`.

    Each student has `limit` of them, and from one to the next `cool_down` seconds pass; 0 is no
    limit.  Where there is neither, nothing is noted.
    """

    def __init__(
        self, out: Path, limit: int, cool_down: float = 0, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._out = out
        self._limit = limit
        self._cool_down = cool_down
        self._clock = clock

    def refused(self, student: str, raw: bytes) -> str:
        """Why this submission may not be graded; "" if it may, and then it is noted."""
        if not self._limit and not self._cool_down:
            return ""
        path = self._out / "attempts" / f"{student}.json"
        known: dict[str, float] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        digest, now = str(Digest.of(raw)), self._clock()
        if digest in known:
            return ""
        if self._limit and len(known) >= self._limit:
            return f"more than {self._limit} attempts"
        if (until := max(known.values(), default=float("-inf")) + self._cool_down) > now:
            return f"handed in again before {datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M:%S} UTC"
        write(path, json.dumps(known | {digest: now}, indent=1) + "\n")
        return ""
