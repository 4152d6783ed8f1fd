"""The panel of a level: the task, the goal beside the world one is in, and a button for everything.

What is judged and what is there is the picture of `labimg.show.goal`.  Each button does what
the magic of the same name does, and says it in a live region.
"""

from html import escape
from typing import Any

from IPython.display import display
from IPython.utils.capture import capture_output

from labimg.course.check import Mark
from labimg.course.desk import Desk
from labimg.show.goal import Goal, goal
from labimg.show.panel import static

BUTTONS = ("check", "hint", "undo", "redo", "reset", "solution")
MEANS = {
    "check": "Judge where you stand", "hint": "The next hint", "undo": "One command back",
    "redo": "One command forward again", "reset": "The exercise from the start",
    "solution": "A right answer; seen is not solved",
}  # fmt: skip
HELP = ("hint", "solution")  # what an exam has not
SAID = "white-space: pre-wrap; line-height: 1.5; margin: .5em 0"


class Task:
    """The task as text, which a notebook sets as Markdown: it is read without any widget."""

    def __init__(self, told: str) -> None:
        self._told = told

    def _repr_markdown_(self) -> str:
        return self._told

    def __repr__(self) -> str:
        return self._told


def standing(desk: Desk) -> Goal:
    """Where one stands in a level: what is judged, and in a level of commands the goal."""
    level = desk.level
    shown = level.kind in ("commands", "dockerfile") and not level.exam
    wanted = desk.stage.goal.bench if shown else None
    known = list(desk.marks)

    def marks() -> list[Mark]:
        """What is judged; as it was at last, once another level is open."""
        if is_open(desk, level.id):
            known[:] = desk.marks
        return known

    return goal(desk.bench, wanted, marks, "  ".join(desk.later))


def is_open(desk: Desk, level: str) -> bool:
    """Is this the level that is being worked on?"""
    return desk.opened is not None and desk.level.id == level


class Panel:
    """The task, and below it the goal and the buttons of one level."""

    def __init__(self, desk: Desk, magics: Any, task: str) -> None:
        self._desk, self._magics, self._task = desk, magics, Task(task)
        self._level = desk.level.id
        self.standing = standing(desk)
        self.buttons: list[Any] = []
        self.said: Any = None
        self.box = None if static() else self._box()

    def _box(self) -> Any:
        """The living part; None where there are no widgets."""
        if self.standing.widget is None:
            return None
        import ipywidgets as widgets

        names = [name for name in BUTTONS if not (self._desk.level.exam and name in HELP)]
        self.buttons = [self._button(widgets, name) for name in names]
        self.said = widgets.HTML()
        row = widgets.HBox(self.buttons, layout=widgets.Layout(flex_flow="row wrap"))
        return widgets.VBox([self.standing.widget, row, self.said])

    def _button(self, widgets: Any, name: str) -> Any:
        button = widgets.Button(description=name.capitalize(), tooltip=MEANS[name])
        button.layout.width = "7em"
        button.on_click(lambda _: self._press(name))
        return button

    def _press(self, name: str) -> None:
        """Do what the magic of that name does, and say it here."""
        if not is_open(self._desk, self._level):
            said = f"Another exercise is open. %level {self._level} begins this one anew."
        elif name == "check":
            said = self._desk.told(self._desk.check())
        else:
            with capture_output() as printed:
                getattr(self._magics, name)("")
            said = printed.stdout
            self._magics.diary.note(f"%{name}" if name in ("undo", "redo", "reset") else "")
        self.refresh()
        self.said.value = f"<p role='status' aria-live='polite' style='{SAID}'>{escape(said)}</p>"

    def display(self) -> None:
        """Show the task, and below it where one stands, alive or as a picture."""
        show: Any = display
        show(self._task)
        show(self.standing if self.box is None else self.box)

    def refresh(self) -> None:
        """Show how things stand, in the world that the level is in now."""
        if self.box is not None and is_open(self._desk, self._level):
            self.standing.follow(standing(self._desk))
            self.standing.widget.refresh()
