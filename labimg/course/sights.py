"""What a lab can show, one method for each picture (the table is in `labimg.show`).

`Lab` has these by inheritance.  Whatever needs a drawing is imported when it is asked for.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labimg.engine import Engine
    from labimg.show.atlas import NameMap
    from labimg.show.panel import Listing
    from labimg.show.predict import Prediction
    from labimg.show.terminal import Terminal
    from labimg.show.travel import Travel


class Sights(ABC):
    """The pictures of a lab."""

    engine: "Engine"
    folder: Path | None
    seed: str
    worlds: Any
    at: int
    heard: Sequence[tuple[str, Sequence[Any]]] = ()  # commands, and what the engine told while they ran

    @abstractmethod
    def goto(self, number: int) -> Any:
        """Go to another world."""

    def predict(
        self, question: str, choices: Sequence[object] = (), *, answer: object,
        because: str | Mapping[Any, str] = "", many: bool = False,
    ) -> "Prediction":  # fmt: skip
        """A question, to be answered before the truth is known; `because` explains it, or each choice.

        `answer` may be a function: then the truth is worked out when it is revealed.  A question
        that was asked before keeps its answer; all of them are in `predictions`.
        """
        from labimg.show.predict import Prediction

        asked = Prediction(self, question, choices, answer=answer, because=because, many=many)
        for known in self.predictions:
            if (known.question, known.choices) == (asked.question, asked.choices):
                asked.recall(known)
                self.predictions.remove(known)
                break
        self.predictions.append(asked)
        return asked

    @property
    def predictions(self) -> "list[Prediction]":
        """The record of what was predicted."""
        found: list[Prediction] = self.__dict__.setdefault("_predictions", [])
        return found

    def travel(self) -> "Travel":
        """All worlds of the lab, to go through."""
        from labimg.show.travel import Track, Travel

        return Travel(self.__dict__.setdefault("_track", Track(self)))

    def compare(self, before: int | None = None, after: int | None = None) -> "Listing":
        """What is other in one world than in another; by default what the last change did."""
        return self.travel().compare(before, after)

    def terminal(self, *lines: str) -> "Terminal":
        """A place to type docker commands; `lines` are typed at once."""
        from labimg.show.terminal import Terminal

        made = Terminal(self)
        for line in lines:
            made.run(line)
        return made

    def names(self, before: int | None = None, after: int | None = None) -> "NameMap":
        """From the names to image IDs to layers; with `before`, what is other than in that world."""
        from labimg.show.atlas import namemap

        now = self.engine.files if after is None else self.worlds[after].files
        return namemap(now, None if before is None else self.worlds[before].files)

    def disk(self) -> "Listing":
        """Whose bytes lie in the store: each image's own, and shared ones; reconciled with `system df`."""
        from labimg.show.disk import disk

        return disk(self.engine)

    def cache(self) -> "Listing":
        """The steps of the last build: which came from the cache, and why the others did not."""
        from labimg.show.cache import cache

        return cache(self.engine.store, self.heard)

    def archive(self, path: str) -> "Listing":
        """What is in a saved archive: its manifest, configs and layers, and who shares them."""
        from labimg.show.suitcase import suitcase

        return suitcase((self.folder or Path()) / path, self.engine.store)

    def transfer(self) -> "Listing":
        """The last pull or push: which layers were here, which there, and which travelled."""
        from labimg.show.trip import trip

        return trip(self.engine, self.heard)

    def goal(self, goal: Any) -> "Listing":
        """This lab's world beside another one, that is the goal: a lab, a scene, an engine or a store."""
        from labimg.show.goal import goal as panel

        return panel(self, goal)

    def progress(self, path: str = "") -> "Listing":
        """All levels of the course, with a tick for each that is solved in a learner's file."""
        from labimg.course.level import lessons
        from labimg.course.progress import Progress
        from labimg.show.goal import progress

        titles = {level.id: level.title for lesson in lessons().values() for level in lesson.levels}
        return progress(Progress(Path(path) if path else None).levels, titles)
