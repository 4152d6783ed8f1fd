"""A prediction: a question, an answer that is sealed before the truth is known, and the gap between them.

A seal is the digest of a salt and an answer.  The salt is told when the seal is broken,
so that everybody can make the digest anew and see that nothing was changed meanwhile.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from labimg.digest import Digest
from labimg.show import marks
from labimg.show.names import harmless
from labimg.show.panel import Panel
from labimg.show.prose import drawn, plain, wrapped
from labimg.show.svg import Drawing, Element, el, page, words

Truth = Callable[[], object]


class Session(Protocol):
    """What a prediction asks of a lab."""

    seed: str
    at: int

    @property
    def predictions(self) -> "list[Prediction]":
        """All that was asked."""


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
        known = self.truth or (None if self.later else self._texts(self._answer))
        told = {"yours": self.given, "the lab's": known}
        return {whose: str(self._sealed(answer)) for whose, answer in told.items() if answer is not None}

    def _texts(self, answer: object) -> tuple[str, ...]:
        """An answer as texts, in the order of the choices."""
        listed = answer if isinstance(answer, list | tuple | set | frozenset) else [answer]
        found = [self._meant(str(one).strip()) for one in listed]
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

    @property
    def later(self) -> bool:
        """Is the truth still to be worked out?  Then only `reveal` tells it, once all has been done."""
        return self.truth is None and callable(self._answer)

    def reveal(self, because: str | Mapping[Any, str] = "") -> "Prediction":
        """Break the seals: tell what is right, and why; the reason may be given only now.

        Raises:
            ValueError: what is right is none of the choices.
        """
        self.because = because or self.because
        if self.truth is None:
            truth = self._texts(self._answer() if callable(self._answer) else self._answer)
            strange = [one for one in truth if self.choices and one not in self.choices]
            if strange:
                raise ValueError(f"{strange[0]!r} is none of the choices {list(self.choices)}")
            self._answer = self.truth = truth
        return self

    def recall(self, known: "Prediction") -> None:
        """Go on where the same question was left."""
        self.given, self.world, self.truth = known.given, known.world, known.truth
        self.because = self.because or known.because

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
        told = {self._meant(str(choice)): said for choice, said in self.because.items()}
        wrong = [one for one in self.given or () if one not in (self.truth or ())]
        missed = [one for one in self.truth or () if one not in wrong]
        return [told[one] for one in dict.fromkeys([*wrong, *missed, ""]) if one in told]

    @property
    def verdict(self) -> str:
        """How the prediction stands, in one sentence."""
        if self.truth is None:
            if self.given is None:
                return self.fault or "Not sealed yet."
            said = f"Sealed in world {self.world}: {_listed(self.given)}. It cannot be changed."
            return f"{said} Read on: the truth comes below." if self.later else said
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

    @property
    def _hint(self) -> str:
        """How to go on, where nothing is said yet."""
        several = "More than one may be right. " if self.many else ""
        how = ", if this page runs, or " if self.choices else " or "
        return f'{several}Answer before you read on: here{how}by .seal("a").'

    @property
    def _proof(self) -> list[str]:
        """The seals, and how to make them anew; what nobody has sealed has no need of any."""
        if self.given is None:
            return []
        anew = f"make one anew: printf '%s\\n%s' {self.salt} ANSWER | sha256sum"
        told = [f"seal, {whose}: {seal}" for whose, seal in self.seals.items()]
        return [*told, anew] if self.truth is not None else told

    @property
    def _open(self) -> bool:
        return self.given is None and self.truth is None

    @property
    def _standing(self) -> list[str]:
        """The verdict, where the marks of the choices do not say it all."""
        plain = self.given is None and (
            not self.fault if self.truth is None else bool(self.choices and self.truth)
        )
        return [] if plain else [self.verdict]

    def __repr__(self) -> str:
        lines = ["Predict", *self.question.splitlines(), ""]
        for letter, choice, mark in self.options:
            lines.append(f"{SIGNS[mark]} {letter}) {choice}{f'   ({mark})' if mark else ''}")
        told = [
            *self._standing,
            *(line for why in self.why for line in wrapped(why) if self.truth is not None),
        ]
        lines += ["", *told] if told else []
        last = [self._hint] if self._open else self._proof
        return "\n".join(map(harmless, [*lines, *([""] if last else []), *last]))

    def describe(self) -> str:
        """The picture in one sentence."""
        return harmless(f"A question: {self.question} {self.verdict}")

    def draw(self) -> str:
        """The picture as SVG: the question, its choices; once it is revealed the answer and the reason."""
        parts: list[Element] = []
        y = 0.0
        for line in (part for told in self.question.splitlines() for part in wrapped(told, 88)):
            y += 20
            parts.append(drawn(line, 12, y, size=14, weight="600"))
        y += 12
        for letter, choice, mark in self.options:
            y = _choice(parts, y, letter, choice, mark)
        y = _told(parts, y, self._standing, weight="600")
        if self.truth is not None:
            y = _told(parts, y, self.why)
        y = _told(parts, y, [self._hint] if self._open else self._proof, size=11, fill=marks.SOFT)
        parts.insert(0, el("rect", x=0, y=0, width=4, height=y + 4, rx=2, fill=marks.BAR))
        return page(Drawing(WIDTH, y + 4, tuple(parts)), title="Predict", description=self.describe(),
                    heading="Predict")  # fmt: skip

    @property
    def state(self) -> dict[str, Any]:
        """What the browser shows; before the end there is no truth in it."""
        unsealed = self.truth is not None and self.given is None  # there is nothing to prove
        return {
            "question": harmless(self.question),
            "choices": [[letter, harmless(choice), mark] for letter, choice, mark in self.options],
            "many": self.many,
            "stage": "revealed" if self.truth is not None else "sealed" if self.given is not None else "open",
            "later": self.later,
            "verdict": harmless(plain(self.verdict)),
            "right": self.right,
            "why": list(map(harmless, self.why)) if self.truth is not None else [],
            "seals": [] if unsealed else [[whose, seal] for whose, seal in self.seals.items()],
            "salt": self.salt if self.truth is not None and not unsealed else "",
        }

    def typed(self, asked: Mapping[str, Any]) -> str:
        """What the browser asks for, as a line for a cell: which question it is, and what is answered."""
        mine = f"lab.predictions[{self.session.predictions.index(self)}]"
        match asked:
            case {"do": "seal", "answer": list(answer)}:
                return f"{mine}.seal(*{answer!r})"
            case {"do": "reveal" | "again" as act}:
                return f"{mine}.{act}()"
        return ""

    def heed(self, asked: Mapping[str, Any]) -> None:
        """Do what the browser asks for."""
        match asked:
            case {"do": "seal", "answer": list(answer)}:
                self.seal(*answer)
            case {"do": "reveal"} if self.given is not None and not self.later:
                self.reveal()
            case {"do": "again"} if self.truth is not None:
                self.again()


SIGNS = {"chosen": "●", "right": "✓", "wrong": "✗", "missed": "→", "": "○"}
SAID = {"chosen": "your answer", "right": "right", "wrong": "your answer, wrong", "missed": "the answer"}
WASHES = {"right": marks.GOOD_WASH, "missed": marks.GOOD_WASH, "wrong": marks.BAD_WASH}
INKS = {"right": marks.GOOD, "missed": marks.GOOD, "wrong": marks.ALARM}
WIDTH, LINE = 720.0, 19.0


def _choice(parts: list[Element], y: float, letter: str, choice: str, mark: str) -> float:
    """Draw a choice at `y`, with its mark as sign, word and colour; where the next one goes."""
    told = [part for line in choice.splitlines() or [""] for part in wrapped(line, 84)]
    high = LINE * len(told) + 9
    fill = INKS.get(mark, marks.INK)
    parts += [
        el("rect", x=12, y=y, width=WIDTH - 12, height=high, rx=6, fill=WASHES.get(mark, marks.WASH)),
        words(SIGNS[mark], 28, y + LINE, size=14, weight="700", fill=fill, anchor="middle"),
        words(f"{letter})", 44, y + LINE, size=13, weight="700"),
        *(drawn(line, 66, y + LINE * (at + 1), size=13) for at, line in enumerate(told)),
        words(SAID.get(mark, ""), WIDTH - 10, y + LINE, size=12, weight="700", fill=fill, anchor="end"),
    ]
    return y + high + 4


def _told(parts: list[Element], y: float, told: Iterable[str], **look: str | float) -> float:
    """Draw paragraphs below `y`; where the next one goes."""
    for paragraph in told:
        for line in wrapped(paragraph, 116 if look.get("size") == 11 else 102):
            y += LINE
            parts.append(drawn(line, 12, y, **look))
        y += 3
    return y + 3


def _letter(at: int) -> str:
    return chr(ord("a") + at) if at < 26 else str(at + 1)


def _listed(answer: Sequence[str]) -> str:
    return ("; " if any("," in one for one in answer) else ", ").join(answer) or "none of them"
