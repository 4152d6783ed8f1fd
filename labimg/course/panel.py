"""The panel of a level: the world beside the goal, live criteria, and a button for everything.

Each button does what the magic of the same name does, and says it in a live region.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
from IPython.display import display
from IPython.utils.capture import capture_output

from labimg.course.bench import Bench
from labimg.course.desk import Desk
from labimg.course.level import BadLevel
from labimg.engine import Engine
from labimg.units import human_size

BUTTONS = ("check", "hint", "undo", "redo", "reset", "solution")
MEANS = {
    "check": "Judge where you stand", "hint": "The next hint", "undo": "One command back",
    "redo": "One command forward again", "reset": "The exercise from the start",
    "solution": "A right answer; seen is not solved",
}  # fmt: skip
HELP = ("hint", "solution")  # what an exam has not

LEFT = "style='text-align: left'"
EDGE = "'padding: .1em 1em .1em 0'"

World = Mapping[str, tuple[str, ...]]  # what there is -> what is told of it


class Task:
    """The task as text, which a notebook sets as Markdown: it is read without any widget."""

    def __init__(self, told: str) -> None:
        self._told = told

    def _repr_markdown_(self) -> str:
        return self._told

    def __repr__(self) -> str:
        return self._told


class Panel:
    """The widgets of one level, and how to keep them up to date."""

    def __init__(self, desk: Desk, magics: Any, task: str) -> None:
        self._desk, self._magics, self._task = desk, magics, Task(task)
        level = desk.level
        shown = level.kind in ("commands", "dockerfile") and not level.exam
        self._wanted: World | None = world(desk.stage.goal.bench) if shown else None
        beside = {"width": "auto", "flex": "0 0 auto"}
        self._here, self._goal = widgets.HTML(layout=beside), widgets.HTML(layout=beside)
        self._criteria, self._said = widgets.HTML(), widgets.HTML()
        self._buttons = [self._button(name) for name in BUTTONS if not (level.exam and name in HELP)]
        side = widgets.Layout(flex_flow="row wrap", grid_gap="0 3em", align_items="flex-start")
        row = widgets.Layout(flex_flow="row wrap")
        self.box = widgets.VBox(
            [
                widgets.HBox([self._here, self._goal], layout=side),
                self._criteria,
                widgets.HBox(self._buttons, layout=row),
                self._said,
            ]
        )
        self.refresh()

    def _button(self, name: str) -> widgets.Button:
        button = widgets.Button(description=name.capitalize(), tooltip=MEANS[name])
        button.layout.width = "7em"
        button.on_click(lambda _: self._press(name))
        return button

    def _press(self, name: str) -> None:
        """Do what the magic of that name does, and say it here."""
        if name == "check":
            said = self._desk.told(self._desk.check())
            self.refresh()
        else:
            with capture_output() as printed:
                getattr(self._magics, name)("")
            said = printed.stdout
        style = "white-space: pre-wrap; line-height: 1.5; margin: .5em 0"
        self._said.value = f"<p role='status' aria-live='polite' style='{style}'>{escape(said)}</p>"

    def display(self) -> None:
        """Show the task, and below it the living part."""
        show: Any = display
        show(self._task)
        show(self.box)

    def refresh(self) -> None:
        """Show how things stand."""
        try:
            here = world(self._desk.bench)
            criteria = self._desk.criteria()
        except BadLevel:
            return
        goal = self._wanted
        self._here.value = table("Now", here, {} if goal is None else here.keys() - goal.keys(), "× to go")
        if goal is not None:
            missing = [name for name in goal if here.get(name) != goal[name]]
            self._goal.value = table("Goal", goal, missing, "○ to come")
        rows = "".join(f"<li>{escape(row)}</li>" for row in criteria)
        style = "list-style: none; padding: 0; margin: .5em 0; line-height: 1.6"
        self._criteria.value = f'<ul aria-label="Criteria" style="{style}">{rows}</ul>'


def world(bench: Bench) -> World:
    """What there is: names with their images, images without one, containers; on all machines."""
    found: dict[str, tuple[str, ...]] = {}
    for machine, engine in {"": bench.engine, **bench.machines}.items():
        prefix = f"{machine}: " if machine else ""
        found |= {prefix + name: told for name, told in _one(engine).items()}
    return found


def _one(engine: Engine) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in engine.images():
        told = (human_size(row.size), row.id.short)
        found |= {name.familiar: told for name in row.tags}
        if not row.tags:
            found["<none>"] = told
    for box in sorted(engine.store.containers.all(), key=lambda one: one.name):
        found[f"container {box.name}"] = (box.state.status, box.image.short)
    return found


def table(title: str, rows: World, marked: Any, mark: str) -> str:
    """A world as a table; what is `marked` has a word beside it."""
    lines: Sequence[str] = [
        f"<tr>{''.join(f'<td style={EDGE}>{escape(word)}</td>' for word in (name, *told))}"
        f"<td style={EDGE}><strong>{mark if name in marked else ''}</strong></td></tr>"
        for name, told in rows.items()
    ]
    columns = ("name", "state or size", "image", "")
    head = f"<tr>{''.join(f'<th style={EDGE}>{word}</th>' for word in columns)}</tr>"
    body = head + "".join(lines) if lines else "<tr><td>nothing yet</td></tr>"
    caption = f"<caption {LEFT}><strong>{title}</strong></caption>"
    return f"<table {LEFT}>{caption}{body}</table>"
