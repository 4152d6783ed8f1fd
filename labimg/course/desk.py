"""A desk: one learner with one level in front of them, and all that can be asked for.

What the magics and the panel show, they ask here; nothing here prints.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from labimg.course import answer, score, screen, seal
from labimg.course.bench import Bench
from labimg.course.check import Mark, Verdict, look
from labimg.course.lab import Result
from labimg.course.level import BadLevel, Level, filled, find
from labimg.course.progress import Progress
from labimg.course.stage import Stage
from labimg.course.variant import visible
from labimg.show.line import NeedsShell

SIGNS = {True: "✓", False: "✗"}


@dataclass(frozen=True, slots=True)
class Done:
    """One command of an answer, and what it printed."""

    command: str
    printed: str


class Desk:
    """The level that is being worked on; a `student` who is named has a world of their own."""

    def __init__(self, progress: Progress | None = None, student: str | None = None) -> None:
        self.progress = progress or Progress()
        self.student = os.environ.get("LABIMG_STUDENT", "") if student is None else student
        self._stage: Stage | None = None
        self._given = ""
        self._revealed = False

    @property
    def stage(self) -> Stage:
        """The level in its world.

        Raises:
            BadLevel: none has been begun.
        """
        if self._stage is None:
            raise BadLevel("begin with a level: %level 00-E1")
        return self._stage

    @property
    def opened(self) -> Stage | None:
        """The level in its world, None if none has been begun."""
        return self._stage

    def leave(self) -> None:
        """Put the level away."""
        self._stage = None

    @property
    def level(self) -> Level:
        """The level that is being worked on."""
        return self.stage.level

    @property
    def bench(self) -> Bench:
        """The lab to work in."""
        return self.stage.bench

    def begin(self, name: str) -> Stage:
        """Begin a level, in a world of its own.

        Raises:
            BadLevel: there is none of that name.
        """
        found = find(name)
        self._stage = Stage(found, visible(found, self.student))
        self._given, self._revealed = "", False
        return self._stage

    def reset(self) -> Stage:
        """Begin the level anew."""
        return self.begin(self.level.id)

    def look(self) -> Verdict:
        """What can be told now; in an exam, only whether the form is right."""
        return look(self.stage, self._given)

    def check(self) -> Verdict:
        """Look, and note it as an attempt."""
        verdict = self.look()
        self._note(verdict)
        return verdict

    def _note(self, verdict: Verdict) -> None:
        sealed = seal.seal(verdict.level, self._given, salt=self._salt) if self._given else ""
        if self.level.exam:  # nothing may be told before it is graded
            self.progress.attempt(verdict.level, "handed in", 0.0, verdict.points, sealed)
            return
        late = " (after the reveal)" if self._revealed else ""
        self.progress.attempt(verdict.level, verdict.state + late, verdict.score, verdict.points, sealed)

    @property
    def _salt(self) -> str:
        return f"{self.bench.seed} {self.student} {self.level.id}"

    def answer(self, name: str, text: str) -> Iterator[Done | Verdict]:
        """Give an answer from a cell: what it does, step by step, and at the end the verdict.

        A level that is not open is begun; commands begin in the level's own first world.
        """
        if (
            self._stage is None
            or self.level.id != name.upper()
            or self.level.kind in ("commands", "dockerfile")
        ):
            self.begin(name)
        self._given = answer.bare(text)
        score.given[self.level.id] = self._given
        if self.level.kind == "commands":
            yield from self._commands()
        elif self.level.kind == "dockerfile" and self._given:
            self.bench.write("Dockerfile", self._given + "\n")
            yield self._ran(["build", "-t", self.level.image, "."])
        verdict = self.look()
        self._note(verdict)
        yield verdict

    def _commands(self) -> Iterator[Done]:
        for line in answer.lines(self._given):
            try:
                typed = answer.spoken(line)
            except NeedsShell as needs:
                yield Done(line, f"labimg: {needs}\n")
                continue
            if screen.harmless(typed, self.bench.folder):
                yield self._ran(typed)
            else:
                yield Done(line, "labimg: this command does not work here\n")

    def _ran(self, typed: list[str]) -> Done:
        result: Result = self.bench.docker(typed)
        return Done(" ".join(typed), "".join(text for _, text in result.pieces))

    @property
    def sealed(self) -> str:
        """The seal of the prediction that was given, "" if there is none."""
        return seal.seal(self.level.id, self._given, salt=self._salt) if self._given else ""

    def reveal(self) -> tuple[list[Done], list[str]]:
        """Show what was predicted: the commands with what they print, and each question with its truth.

        Raises:
            BadLevel: there is no prediction yet, or this is an exam.
        """
        if self.level.kind != "prediction" or self.level.exam:
            raise BadLevel(f"{self.level.id} has nothing to reveal")
        if not self._given or look(self.stage, self._given).state in ("missing", "wrong kind"):
            raise BadLevel(
                "first predict: give an answer with %%answer; it is sealed, and then the truth is shown"
            )
        self._revealed = True
        self.progress.show(self.level.id)
        names = self.stage.names(answer.given(self.level, self._given).value)
        told = [f"{filled(ask.text, names)}  {self.stage.truth(ask)!r}" for ask in self.level.asks]
        copy = self.bench.fork()
        lines = answer.lines(filled(self.level.reveal, self.stage.values))
        shown = [Done(line, repr(copy.docker(answer.spoken(line))) + "\n") for line in lines]
        return shown, told

    def hint(self) -> str:
        """The next hint, from the far to the near."""
        if self.level.exam:
            return "This is an exam: there are no hints."
        hints = self.level.hints
        number = min(self.progress.hint(self.level.id), len(hints))
        return f"Hint {number} of {len(hints)}: {filled(hints[number - 1], self.stage.values)}"

    def solution(self) -> str:
        """A right answer.  To have seen it is not to have solved it."""
        if self.level.exam:
            return "This is an exam: there is no solution yet."
        self.progress.show(self.level.id)
        return self.stage.solution

    def told(self, verdict: Verdict) -> str:
        """A verdict in words: the state, the situation, and where help is."""
        if self.level.exam and verdict.state not in ("missing", "wrong kind"):
            return f"{verdict.level}: the form is right. This is an exam: it is judged when it is graded."
        lines = [f"{verdict.level}: {verdict.state}"]
        if verdict.say and verdict.state != "correct":
            lines.append(verdict.say)
        if verdict.state == "correct" and self._more:
            passed = f"{verdict.met}/{len(verdict.marks)}"
            lines.append(f"Public checks passed ({passed}); hidden checks run at grading.")
        if verdict.state == "correct" and verdict.bonus:
            lines.append("And nobody does it in fewer commands.")
        if verdict.state not in ("correct", "missing"):
            lines.append("%hint helps on.")
        return "\n".join(lines)

    @property
    def _more(self) -> bool:
        """Is there anything that is judged at grading only?"""
        level = self.level
        hidden = [one.hidden for one in level.criteria] + [not ask.open for ask in level.asks]
        return bool(level.hidden) or any(hidden)

    def criteria(self) -> list[str]:
        """What is judged, each with a sign, as things stand now."""
        return [*(f"{SIGNS[mark.met]} {mark.name}" for mark in self.marks), *self.later]

    @property
    def marks(self) -> list[Mark]:
        """What is judged, as things stand now; in an exam nothing is told."""
        return [] if self.level.exam else [mark for mark in self.look().marks if mark.open]

    @property
    def later(self) -> list[str]:
        """What is judged at grading only."""
        if self.level.exam:
            return ["This is an exam: what you reach is told when it is graded."]
        hidden = sum(one.hidden for one in self.level.criteria) + sum(not ask.open for ask in self.level.asks)
        rows = [f"· {hidden} more at grading"] if hidden else []
        return [*rows, "· the same again at grading, in other worlds"] if self.level.hidden else rows
