"""Progress: what a learner has done, in one JSON file that is theirs.

It holds the best of each level and a chain of all attempts, in which each link is the
digest of the link before it and of what was done.  It holds no times and no names.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from labimg.course.report import write
from labimg.digest import Digest

SCHEMA = 1
NAME = "labimg-progress.json"

Record = dict[str, Any]  # state, score, points, tries, hints, shown


class Progress:
    """The progress in the file `path`; a folder that cannot be written to is borne in silence."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(os.environ.get("LABIMG_PROGRESS", NAME))
        self.levels: dict[str, Record] = {}
        self.chain: list[list[Any]] = []
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return
        if isinstance(found, dict) and found.get("schema") == SCHEMA:
            self.levels, self.chain = found["levels"], found["chain"]

    def of(self, level: str) -> Record:
        """What is known of one level."""
        blank: Record = {
            "state": "missing",
            "score": 0.0,
            "points": 0.0,
            "tries": 0,
            "hints": 0,
            "shown": False,
        }
        return self.levels.setdefault(level, blank)

    def attempt(self, level: str, state: str, score: float, points: float, sealed: str = "") -> None:
        """Note an attempt; the best one is kept, and one after the solution was shown counts for nothing."""
        record = self.of(level)
        record["tries"] += 1
        record["points"] = points
        if score >= record["score"] and not record["shown"]:
            record["score"], record["state"] = score, state
        link = self.chain[-1][-1] if self.chain else ""
        event = [level, state, score, sealed]
        self.chain.append([*event, Digest.of(json.dumps([link, *event]).encode()).short])
        self.save()

    def hint(self, level: str) -> int:
        """Note a hint; give its number, 1 for the first.  Hints cost nothing."""
        record = self.of(level)
        record["hints"] += 1
        self.save()
        return int(record["hints"])

    def show(self, level: str) -> None:
        """Note that the solution was shown: seen is not solved."""
        self.of(level)["shown"] = True
        self.save()

    def forget(self, level: str = "") -> None:
        """Begin anew, with one level or with all."""
        if level:
            self.levels.pop(level, None)
        else:
            self.levels, self.chain = {}, []
        self.save()

    @property
    def whole(self) -> bool:
        """Is the chain as it was written?"""
        link = ""
        for *event, digest in self.chain:
            if Digest.of(json.dumps([link, *event]).encode()).short != digest:
                return False
            link = digest
        return True

    def merge(self, other: "Progress") -> None:
        """Take over what is better in another file."""
        for level, record in other.levels.items():
            if record["score"] > self.of(level)["score"]:
                self.levels[level] = dict(record)
        if len(other.chain) > len(self.chain):
            self.chain = list(other.chain)
        self.save()

    @property
    def document(self) -> Mapping[str, Any]:
        """All of it, as the file holds it."""
        return {"schema": SCHEMA, "levels": dict(sorted(self.levels.items())), "chain": self.chain}

    def save(self) -> None:
        """Write the file, if its folder can be written to."""
        with suppress(OSError):
            write(self.path, json.dumps(self.document, indent=1) + "\n")

    def __repr__(self) -> str:
        if not self.levels:
            return "Nothing has been tried yet."
        rows = [
            f"{level}  {record['score']:>4g} of {record['points']:<4g} {record['state']}"
            + (" (solution shown)" if record["shown"] else "")
            for level, record in sorted(self.levels.items())
            if record["tries"] or record["shown"]
        ]
        return "\n".join(rows)
