"""A prediction: a question, an answer that is sealed before the truth is known, and the gap between them.

A seal is the digest of a salt and an answer.  The salt is told when the seal is broken,
so that everybody can make the digest anew and see that nothing was changed meanwhile.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from labimg.digest import Digest
from labimg.show import sheet
from labimg.show.names import harmless
from labimg.show.panel import Panel

Truth = Callable[[], object]


class Session(Protocol):
    """What a prediction asks of a lab."""

    seed: str
    at: int


class Prediction(Panel):
    """One question; put it last in a cell, or answer by `seal` and `reveal`."""

    part = "predict"

    def __init__(
        self, session: Session, question: str, choices: Sequence[object] = (), *, answer: object,
        because: str | Mapping[Any, str] = "", many: bool = False,
    ) -> None:  # fmt: skip
        self.session = session
        self.question = question
        self.choices = tuple(map(str, choices))
        self.because = because
        self.many = many or isinstance(answer, list | tuple | set | frozenset)
        self._answer = answer
        self.given: tuple[str, ...] | None = None
        self.world = -1  # the world in which it was sealed
        self.truth: tuple[str, ...] | None = None  # once it is revealed
        self.fault = ""  # why what was last offered is no answer

    # The seals.

    @cached_property
    def salt(self) -> str:
        """What makes a seal unguessable; the same for the same lab and question, and told at the end only."""
        return Digest.of(
            f"{self.session.seed}\0{self.question}\0{self.choices}".encode(errors="surrogatepass")
        ).hex[:32]

    def _sealed(self, answer: Iterable[str]) -> Digest:
        return Digest.of("\n".join([self.salt, *answer]).encode(errors="surrogatepass"))

    @property
    def seals(self) -> dict[str, str]:
        """The digests of what was said and, if it is known already, of what is right."""
        known = self.truth or (None if callable(self._answer) else self._texts(self._answer))
        told = {"yours": self.given, "the lab's": known}
        return {whose: str(self._sealed(answer)) for whose, answer in told.items() if answer is not None}

    def _texts(self, answer: object) -> tuple[str, ...]:
        """An answer as texts, in the order of the choices."""
        listed = answer if isinstance(answer, list | tuple | set | frozenset) else [answer]
        found = [str(one).strip() for one in listed]
        return tuple(
            sorted(found, key=lambda one: (self.choices.index(one) if one in self.choices else -1, one))
        )

    def seal(self, *answer: object) -> "Prediction":
        """Fix an answer: a choice, its letter, or a text; it cannot be changed any more."""
        if self.given is None:
            found = [self._meant(str(one).strip()) for one in answer if str(one).strip()]
            strange = [one for one in found if self.choices and one not in self.choices]
            self.fault = ""
            if strange:
                self.fault = f"{strange[0]!r} is none of the choices."
            elif not found and not self.many:
                self.fault = "Choose an answer first."
            elif len(found) > 1 and not self.many:
                self.fault = "Only one of them is right: choose one."
            else:
                self.given, self.world = self._texts(found), self.session.at
        return self

    def _meant(self, said: str) -> str:
        """The choice that a letter stands for, if it is not a choice itself."""
        letters = dict(zip(map(_letter, range(len(self.choices))), self.choices, strict=True))
        return said if said in self.choices else letters.get(said.lower().rstrip(")"), said)

    def reveal(self) -> "Prediction":
        """Break the seals: tell what is right, and why."""
        if self.truth is None:
            self.truth = self._texts(self._answer() if callable(self._answer) else self._answer)
        return self

    def again(self) -> "Prediction":
        """Forget the answer, and ask once more."""
        self.given = self.truth = None
        self.fault = ""
        return self

    @property
    def right(self) -> bool | None:
        """Was it right?  None before it is revealed, or where nothing was said."""
        return None if self.truth is None or self.given is None else self.given == self.truth

    # What there is to say.

    @property
    def why(self) -> list[str]:
        """The gap explained: what each wrong answer believes, then why the right one is right."""
        if isinstance(self.because, str):
            return [self.because] if self.because else []
        told = {str(choice): said for choice, said in self.because.items()}
        wrong = [one for one in self.given or () if one not in (self.truth or ())]
        missed = [one for one in self.truth or () if one not in wrong]
        return [told[one] for one in dict.fromkeys([*wrong, *missed, ""]) if one in told]

    @property
    def verdict(self) -> str:
        """How the prediction stands, in one sentence."""
        if self.truth is None:
            if self.given is None:
                return self.fault or "Not sealed yet."
            return f"Sealed in world {self.world}: {_listed(self.given)}. It cannot be changed."
        if self.given is None:
            return f"It is: {_listed(self.truth)}."
        if self.right:
            return f"Right: {_listed(self.truth)}."
        return f"You said {_listed(self.given)}; it is {_listed(self.truth)}."

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """Letter, text and mark of each choice: chosen, right, wrong, missed, or nothing."""
        told = []
        for at, choice in enumerate(self.choices):
            chosen, true = choice in (self.given or ()), choice in (self.truth or ())
            mark = "chosen" if chosen else ""
            if self.truth is not None:
                mark = ("right" if chosen or self.given is None else "missed") if true else "wrong" * chosen
            told.append((_letter(at), choice, mark))
        return told

    def _lines(self) -> list[tuple[str, str]]:
        signs = {"chosen": "●", "right": "✓", "wrong": "✗", "missed": "→", "": "○"}
        lines = [("strong", line) for line in self.question.splitlines()] + [("plain", "")]
        for letter, choice, mark in self.options:
            said = f"   ({mark})" if mark else ""
            lines.append(("strong" if mark else "plain", f"{signs[mark]} {letter}) {choice}{said}"))
        if self.truth is not None or self.given is not None or self.fault:
            lines += [("plain", ""), ("strong", self.verdict)]
        if self.truth is not None:
            lines += [("plain", line) for why in self.why for line in wrapped(why)]
        lines.append(("plain", ""))
        if self.given is None and self.truth is None:
            lines.append(("soft", 'answer with .seal("a"), then look with .reveal()'))
        lines += [("soft", f"seal, {whose}: {seal}") for whose, seal in self.seals.items()]
        if self.truth is not None and self.seals:
            lines.append(("soft", f"make one anew: printf '%s\\n%s' {self.salt} ANSWER | sha256sum"))
        return lines

    def __repr__(self) -> str:
        return "\n".join(["Predict", *(harmless(line) for _, line in self._lines())])

    def describe(self) -> str:
        """The picture in one sentence."""
        return harmless(f"A question: {self.question} {self.verdict}")

    def draw(self) -> str:
        """The picture as SVG."""
        lines = [(look, part) for look, line in self._lines() for part in wrapped(line)]
        return sheet.lines("Predict", self.describe(), lines)

    @property
    def state(self) -> dict[str, Any]:
        """What the browser shows; before the end there is no truth in it."""
        return {
            "question": harmless(self.question),
            "choices": [[letter, harmless(choice), mark] for letter, choice, mark in self.options],
            "many": self.many,
            "stage": "revealed" if self.truth is not None else "sealed" if self.given is not None else "open",
            "verdict": harmless(self.verdict),
            "right": self.right,
            "why": list(map(harmless, self.why)) if self.truth is not None else [],
            "seals": [[whose, seal] for whose, seal in self.seals.items()],
            "salt": self.salt if self.truth is not None else "",
        }

    def heed(self, asked: Mapping[str, Any]) -> None:
        """Do what the browser asks for."""
        match asked:
            case {"do": "seal", "answer": list(answer)}:
                self.seal(*answer)
            case {"do": "reveal"} if self.given is not None:
                self.reveal()
            case {"do": "again"} if self.truth is not None:
                self.again()


def _letter(at: int) -> str:
    return chr(ord("a") + at) if at < 26 else str(at + 1)


def _listed(answer: Sequence[str]) -> str:
    return ", ".join(answer) or "none of them"


def wrapped(line: str, width: int = 94) -> list[str]:
    """A long line of running text in several."""
    import textwrap

    return textwrap.wrap(line, width, break_on_hyphens=False, drop_whitespace=True) or [""]
