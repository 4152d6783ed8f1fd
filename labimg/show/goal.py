"""The goal beside the world one is in, and the levels one has solved."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from labimg.digest import Digest, ImageID
from labimg.engine import Engine
from labimg.entry import Entry
from labimg.errors import DockerError
from labimg.show.board import Board, Row, board, some
from labimg.show.names import spelled
from labimg.show.panel import Listing

THERE, LACKING, OTHER, MORE = (
    ("✓", "as it should be"),
    ("○", "still missing"),
    ("~", "not yet right"),
    ("+", "not asked for"),
)


Wants = Callable[[], Sequence[Any]]
Seen = dict[ImageID, dict[str, str]]  # what one sees in each image, by its ID: it never changes


class Scene(Protocol):
    """A world, as a level sees it."""

    def names(self) -> list[str]:
        """The names of all images."""

    def see(self, name: str) -> dict[str, str]:
        """Every file one sees in an image, and what it holds."""

    def containers(self) -> list[str]:
        """The names of all containers."""

    def status(self, name: str) -> str:
        """How a container does."""


class Sight:
    """An engine as a scene; what is `seen` already is not looked at again."""

    def __init__(self, engine: Engine, seen: Seen | None = None) -> None:
        self._engine = engine
        self._seen: Seen = {} if seen is None else seen

    def names(self) -> list[str]:
        """The names of all images."""
        return sorted(name.familiar for name in self._engine.store.tags.all() if not name.digest)

    def see(self, name: str) -> dict[str, str]:
        """Every path one sees in an image, and what stands there."""
        image_id = self._engine.store.find(name)
        if image_id not in self._seen:
            view = self._engine.view(image_id)
            self._seen[image_id] = {path: _told(entry) for path, entry in view.items() if path != "/"}
        return self._seen[image_id]

    def containers(self) -> list[str]:
        """The names of all containers."""
        return sorted(box.name for box in self._engine.store.containers.all())

    def status(self, name: str) -> str:
        """How a container does."""
        try:
            return self._engine.store.container(name).state.status
        except DockerError:
            return ""


def _told(entry: Entry) -> str:
    """An entry without its times."""
    held = f" {Digest.of(entry.read())}" if entry.is_file else ""
    return f"{entry.kind} {entry.mode:o} {entry.uid}:{entry.gid} {entry.target}{held}"


def scene(thing: Any, seen: Seen | None = None) -> Scene:
    """A lab, an engine or a scene, as a scene."""
    thing = getattr(thing, "engine", thing)
    found: Scene = Sight(thing, seen) if isinstance(thing, Engine) else thing
    return found


def machines(thing: Any, seen: Seen) -> dict[str, Scene]:
    """The scene of a lab, and those of the machines beside it, each by its name and a colon."""
    others = getattr(thing, "machines", {})
    return {"": scene(thing, seen), **{f"{name}: ": scene(one, seen) for name, one in others.items()}}


class Goal(Listing):
    """The goal panel: it looks anew whenever something was done; without a goal it tells what is judged."""

    live = True

    def __init__(self, here: Any, goal: Any, wants: Wants = list, note: str = "") -> None:
        self._here, self._goal, self._wants, self._note = here, goal, wants, note
        self._seen: Seen = {}
        self._known: tuple[Any, tuple[Any, ...], Board] | None = None  # a world, what was wanted, the board

    @property
    def model(self) -> Board:  # type: ignore[override]
        """The goal and the world, compared now; a world that is still the same is not looked at again."""
        worlds = getattr(self._here, "worlds", None)
        world = worlds[self._here.at] if worlds else object()
        wants = tuple(self._wants())
        if self._known is None or self._known[0] is not world or wants != self._known[1]:
            here = machines(self._here, self._seen)
            goals = {} if self._goal is None else machines(self._goal, self._seen)
            self._known = world, wants, compare(here, goals, wants, note=self._note)
        return self._known[2]

    def follow(self, other: "Goal") -> None:
        """Look at what another one looks at: a level may have been begun anew."""
        if other._here is not self._here:
            self._here, self._goal, self._wants = other._here, other._goal, other._wants
            self._known = None


def compare(
    here: Mapping[str, Scene], goal: Mapping[str, Scene], wants: Sequence[Any] = (), *, note: str = ""
) -> Board:
    """What of `goal` is there already, and what is not; `wants` are marks with `name`, `met` and `why`."""
    asked_for = [
        Row(*THERE, one.name, tone="new", prose=True)
        if one.met
        else Row(*LACKING, one.name, one.why, prose=True)
        for one in wants
    ]
    groups = {"what is asked for": asked_for}
    for machine in goal:
        groups[f"{machine}images"] = _images(here[machine], goal[machine])
        groups[f"{machine}containers"] = _containers(here[machine], goal[machine])
    rows = [row for rows in groups.values() for row in rows]
    done, asked = sum(row.sign == "✓" for row in rows), sum(row.sign != "+" for row in rows)
    said = "all is as it should be" if done == asked else f"{done} of {asked} as it should be"
    more = len(rows) - asked
    said += f", and {more} more that nobody asked for" if more else ""
    said = said if goal or wants else "not told before it is graded"
    return board("The goal and where you are" if goal else "Where you are", said, groups, note=note)


def _images(here: Scene, goal: Scene) -> list[Row]:
    wanted, mine = goal.names(), here.names()
    rows = []
    for name in wanted:
        if name not in mine:
            rows.append(Row(*LACKING, name, "no image has this name", detail=some(_paths(goal.see(name)))))
            continue
        other = _apart(here.see(name), goal.see(name))
        if other:
            said = f"{len(other)} {'path is' if len(other) == 1 else 'paths are'} other than in the goal"
            rows.append(Row(*OTHER, name, said, tone="gone", detail=some(other)))
        else:
            rows.append(Row(*THERE, name, "one sees what one should", tone="new"))
    return rows + [
        Row(*MORE, name, "it is not in the goal", tone="quiet") for name in mine if name not in wanted
    ]


def _paths(view: Mapping[str, str]) -> list[str]:
    return [f"+ {spelled(path)}" for path in sorted(view)]


def _apart(mine: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """The paths in which two views differ, from where one is to the goal."""
    signs = {path: "+" if path not in mine else "−" if path not in wanted else "~"
             for path in sorted({*mine, *wanted}) if mine.get(path) != wanted.get(path)}  # fmt: skip
    words = {"+": "is missing", "−": "should not be there", "~": "is another"}
    return [f"{sign} {spelled(path)}  {words[sign]}" for path, sign in signs.items()]


def _containers(here: Scene, goal: Scene) -> list[Row]:
    wanted, mine = goal.containers(), here.containers()
    rows = []
    for name in wanted:
        status = goal.status(name)
        if name not in mine:
            rows.append(Row(*LACKING, name, f"a container that is {status}"))
        elif here.status(name) != status:
            rows.append(Row(*OTHER, name, f"it is {here.status(name)}, and should be {status}", tone="gone"))
        else:
            rows.append(Row(*THERE, name, status, tone="new"))
    return rows + [
        Row(*MORE, name, "it is not in the goal", tone="quiet") for name in mine if name not in wanted
    ]


def goal(here: Any, wanted: Any, wants: Wants = list, note: str = "") -> Goal:
    """The goal panel of a lab; `wants` gives marks with `name`, `met` and `why`, as they are now.

    For a level: `goal(stage.bench, stage.goal.bench, lambda: look(stage).marks)`.
    """
    return Goal(here, wanted, wants, note)


# Progress.


def progress(done: Mapping[str, Mapping[str, Any]], titles: Mapping[str, str]) -> Listing:
    """The levels by lesson, each with a tick once it is solved.

    `done` tells of each level that was tried its `state`, `score`, `points`, and whether its solution was
    `shown`; `titles` names every level there is.
    """
    groups: dict[str, list[Row]] = {}
    for level, title in titles.items():
        row = _level(f"{level}  {title}", done.get(level, {}))
        groups.setdefault(f"lesson {level.partition('-')[0]}", []).append(row)
    solved = {name: sum(row.sign == SOLVED[0] for row in rows) for name, rows in groups.items()}
    counted = {f"{name}: {solved[name]} of {len(rows)}": rows for name, rows in groups.items()}
    said = f"{sum(solved.values())} of {len(titles)} levels solved"
    return Listing(board("Your progress", said, counted))


SOLVED, SHOWN, TRIED, OPEN = ("✓", "solved"), ("◎", "solution seen"), ("~", "tried"), ("○", "open")


def _level(name: str, record: Mapping[str, Any]) -> Row:
    """One level: solved, tried, or still open; a solution that was seen is not solved."""
    note = f"{record.get('score', 0):g} of {record.get('points', 0):g} points" if record.get("points") else ""
    if str(record.get("state", "")).startswith("correct"):
        return Row(*SOLVED, name, note, tone="new")
    if record.get("shown"):
        return Row(*SHOWN, name, note)
    tried = record.get("tries")
    return Row(*(TRIED if tried else OPEN), name, note if tried else "", tone="plain" if tried else "quiet")
