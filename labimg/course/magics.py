"""Levels in a cell:

%level 07-E1     begin an exercise in a world of its own; `docker ...` works in it
%check           judge where you stand          %hint        the next hint
%undo  %redo     one command back, or again     %reset       the exercise from the start
%%answer 07-E1   give an answer from a cell, and have it judged
%reveal          after a prediction: the truth  %solution    seen is not solved
%progress        what you have done
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class

from labimg.course.author import task
from labimg.course.check import Verdict
from labimg.course.desk import Desk, Done
from labimg.course.diary import Diary, at_hand
from labimg.course.level import BadLevel
from labimg.course.panel import Panel


@magics_class
class LevelMagics(Magics):
    """The magics of a learner's desk."""

    def __init__(self, shell: Any, desk: Desk | None = None) -> None:
        super().__init__(shell)
        self._shell = shell
        self.desk = desk or Desk()
        self.diary = Diary(at_hand(shell.user_ns))
        self._panel: Any = None
        self._plain_reset = shell.find_line_magic("reset")

    def _tried(self, act: Callable[[], str]) -> None:
        try:
            said = act()
        except BadLevel as error:
            said = f"labimg: {error}"
        if said:
            print(said)
        self.refresh()

    @line_magic
    def level(self, line: str) -> None:
        """Begin an exercise: `%level 07-E1`; without a name, show the one that is open."""
        self._tried(lambda: self._began(line.strip()))

    def _began(self, name: str) -> str:
        stage = self.desk.begin(name) if name else self.desk.stage
        self._shell.user_ns["lab"] = self.desk.bench
        self._panel = Panel(self.desk, self, task(stage.level, stage.values))
        self._panel.display()
        return ""

    @line_magic
    def check(self, line: str) -> None:
        """Judge where you stand."""
        self._tried(lambda: told(self.desk, self.desk.check()))

    @cell_magic
    def answer(self, line: str, cell: str) -> None:
        """Give an answer from a cell: `%%answer 07-E1`."""
        self._tried(lambda: self._answered(line.strip(), cell))

    def _answered(self, name: str, cell: str) -> str:
        said = ""
        for step in self.desk.answer(name, cell):
            self._shell.user_ns["lab"] = self.desk.bench
            if isinstance(step, Done):
                print(f"$ docker {step.command}\n{step.printed}", end="")
            else:
                said = told(self.desk, step)
        return said

    @line_magic
    def hint(self, line: str) -> None:
        """The next hint."""
        self._tried(self.desk.hint)

    @line_magic
    def solution(self, line: str) -> None:
        """A right answer."""
        self._tried(self.desk.solution)

    @line_magic
    def reveal(self, line: str) -> None:
        """Show what was predicted."""
        self._tried(self._revealed)

    def _revealed(self) -> str:
        shown, truths = self.desk.reveal()
        steps = [f"$ docker {done.command}\n{done.printed}" for done in shown]
        return "".join(steps) + "\n".join([f"Your answer is sealed: {self.desk.sealed}", *truths])

    @line_magic
    def undo(self, line: str) -> None:
        """One command back."""
        self._tried(lambda: self._moved("undo"))

    @line_magic
    def redo(self, line: str) -> None:
        """One command forward again."""
        self._tried(lambda: self._moved("redo"))

    def _moved(self, verb: str) -> str:
        lab: Any = self._shell.user_ns.get("lab") or self.desk.bench
        getattr(lab, verb)()
        return f"world {lab.at} of {len(lab.worlds) - 1}"

    @line_magic
    def reset(self, line: str) -> None:
        """The exercise from the start; with options it is IPython's own `%reset`."""
        if line.strip() and self._plain_reset:
            self._plain_reset(line)
        else:
            self._tried(self._anew)

    def _anew(self) -> str:
        self.desk.reset()
        self._shell.user_ns["lab"] = self.desk.bench
        return f"{self.desk.level.id}: a new beginning"

    @line_magic
    def progress(self, line: str) -> None:
        """What you have done."""
        self._tried(lambda: repr(self.desk.progress))

    def note(self, done: Any) -> None:
        """Put a cell that was run into the diary, one that was broken off not; called after each."""
        if not isinstance(done.error_in_exec, KeyboardInterrupt) and done.info.store_history:
            self.diary.note(done.info.raw_cell)

    def hear(self, panel: Any, asked: Mapping[str, Any]) -> None:
        """Put what was done in a panel of the lab at hand into the diary, as a line that does the same."""
        if panel.session is self._shell.user_ns.get("lab"):
            self.diary.note(panel.typed(asked))

    def refresh(self, *_: object) -> None:
        """Let the panel show how things stand; called after each cell."""
        if self._panel is not None:
            self._panel.refresh()


def told(desk: Desk, verdict: Verdict) -> str:
    """A verdict in words, with what is judged."""
    first, *rest = desk.told(verdict).splitlines()
    return "\n".join([first, *desk.criteria(), *rest])


def load(shell: InteractiveShell) -> None:
    """Give a notebook its levels; a second time, only a new desk."""
    unload(shell)
    magics = LevelMagics(shell)
    shell.register_magics(magics)
    for heard in (magics.refresh, magics.note):
        shell.events.register("post_run_cell", heard)
    with suppress(ImportError):  # no widgets, nothing to hear
        from labimg.show import alive

        alive.hear(magics.hear)
    shell.labimg_levels = magics  # type: ignore[attr-defined]


def unload(shell: InteractiveShell) -> None:
    """Take them away again."""
    magics = getattr(shell, "labimg_levels", None)
    if magics is not None:
        for heard in (magics.refresh, magics.note):
            shell.events.unregister("post_run_cell", heard)
        del shell.labimg_levels  # type: ignore[attr-defined]
