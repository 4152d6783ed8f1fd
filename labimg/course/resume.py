"""To resume: come back into the middle of a lesson by doing again what led there.

    %lab resume 07                 as far as you had got: your own cells, from the diary
    %lab resume 07 What blocks it  the lesson's cells above the heading with these words

Both begin with an empty lab.  Nothing that is run again shows anything, and none of it counts
as an attempt.  What the cells define is there again too: worlds, variables, an open exercise.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from labimg.cli.lab import notebooks
from labimg.course import notebook, scratch
from labimg.course.diary import Diary
from labimg.course.progress import Progress


class Nowhere(LookupError):
    """A lesson or a place in it that is not known, and those that are."""


class Cell(NamedTuple):
    """A cell of a lesson."""

    id: str
    kind: str  # code or markdown
    source: str
    may_fail: bool = False

    @property
    def heading(self) -> str:
        """The heading with which a text begins."""
        first = self.source.lstrip().partition("\n")[0]
        return first.lstrip("#").strip() if self.kind == "markdown" and first.startswith("#") else ""


class Resumed(NamedTuple):
    """What was run again."""

    lesson: str
    ran: int  # cells
    until: str  # the heading or cell before which it stopped, "" where the learner was
    open: str = ""  # the exercise that is open

    def __repr__(self) -> str:
        cells = f"{self.ran} {'cell' if self.ran == 1 else 'cells'} run again"
        where = f", all above “{self.until}”" if self.until else ", as you had left it"
        level = f"\n{self.open} is open: %level shows it." if self.open else ""
        return f"Lesson {self.lesson}: {cells}{where}.{level}"


def resume(shell: Any, lesson: str, place: str = "") -> Resumed:
    """Come back into `lesson`: to where the learner was, or to before `place`.

    Raises:
        Nowhere: there is no such lesson or place, or nothing was noted and no place is named.
        RuntimeError: a cell of the lesson failed that is not meant to.
    """
    diary = shell.labimg_levels.diary
    if diary.lesson != lesson:
        diary = shell.labimg_levels.diary = Diary(lesson)
    cells = _above(lesson, place) if place else [Cell("", "code", text, True) for text in diary.past]
    if not cells and not place:
        told = "\n  ".join(_headings(_lesson(lesson)))
        raise Nowhere(
            f"nothing is noted of what you did in lesson {lesson}; say where to begin, with words of "
            f"a heading: %lab resume {lesson} WORDS\n  {told}"
        )
    _replay(shell, lesson, cells)
    diary.begin([cell.source for cell in cells])
    stage = shell.labimg_levels.desk.opened
    return Resumed(lesson, len(cells), place, stage.level.id if stage else "")


def here() -> Any:
    """The shell of the notebook this runs in.

    Raises:
        RuntimeError: there is none with a lab in it.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None or not hasattr(shell, "labimg_levels"):
        raise RuntimeError("only a notebook can be resumed, after %load_ext labimg")
    return shell


def _lesson(number: str) -> list[Cell]:
    """The cells of a lesson: of the notebook at hand, else of the one that travels with the package."""
    for shelf in (Path(), notebooks()):
        for path in sorted(shelf.glob(f"{number}-*.ipynb")) if shelf and number else ():
            return [_cell(raw) for raw in notebook.document(path.read_bytes())["cells"]]
    raise Nowhere(f"there is no lesson {number!r}: they are 00 to 12")


def _cell(raw: Any) -> Cell:
    tags = raw.get("metadata", {}).get("tags", ())
    return Cell(raw.get("id", ""), raw["cell_type"], notebook.source(raw), "raises-exception" in tags)


def _headings(cells: Sequence[Cell]) -> list[str]:
    return [cell.heading for cell in cells if cell.heading]


def _above(lesson: str, place: str) -> list[Cell]:
    """The code above a cell of this name, or above the first heading with these words."""
    cells = _lesson(lesson)
    words = place.casefold()
    found = [at for at, cell in enumerate(cells) if cell.id == place]
    found += [at for at, cell in enumerate(cells) if words in cell.heading.casefold()]
    if not found:
        told = "\n  ".join(_headings(cells))
        raise Nowhere(f"lesson {lesson} has no heading with {place!r}; it has\n  {told}")
    code = [cell for cell in cells[: found[0]] if cell.kind == "code"]
    return [cell for cell in code if not cell.source.lstrip().startswith(("%load_ext", "%lab resume"))]


def _replay(shell: Any, lesson: str, cells: Sequence[Cell]) -> None:
    """Begin anew and run `cells`, unseen."""
    session = shell.labimg.first
    session.reset()
    shell.user_ns["lab"] = session
    shell.labimg_levels.desk.leave()
    with _quiet(shell):
        for cell in cells:
            done = shell.run_cell(cell.source, store_history=False, silent=True)
            error = done.error_before_exec or done.error_in_exec
            if isinstance(error, KeyboardInterrupt):
                raise error
            if error is not None and not cell.may_fail:
                raise RuntimeError(f"lesson {lesson}, cell {cell.id}: {type(error).__name__}: {error}")


@contextmanager
def _quiet(shell: Any) -> Iterator[None]:
    """Show nothing, not even an error, and let nothing count as an attempt."""
    from IPython.utils.capture import capture_output

    desk, told = shell.labimg_levels.desk, shell._showtraceback
    progress, desk.progress = desk.progress, Progress(scratch.folder() / "progress.json")
    shell._showtraceback = lambda *_: None
    try:
        with capture_output():
            yield
    finally:
        shell._showtraceback, desk.progress = told, progress
