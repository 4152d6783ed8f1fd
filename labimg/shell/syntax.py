"""The parts of a shell script: commands, and the words they are made of."""

from dataclasses import dataclass

# Words.


@dataclass(frozen=True, slots=True)
class Text:
    """Plain letters; `quoted` ones are never split nor matched as a pattern."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$name`, or `${name<op>word}`.

    `op` is "" or one of `- = ? + :- := :? :+ # ## % %%`, or "length"; in ash and bash also
    `/` and `//` (`other` replaces what matches `word`) and `:` (`other` letters from `word` on).
    """

    name: str
    op: str = ""
    word: "Word" = ()
    quoted: bool = False
    other: "Word | None" = None


@dataclass(frozen=True, slots=True)
class Output:
    """`$(list)`: what the commands print."""

    body: "Sequence"
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """`$((expression))`."""

    expression: "Word"
    quoted: bool = False


Part = Text | Parameter | Output | Sum
Word = tuple[Part, ...]


@dataclass(slots=True)
class Here:
    """A here-document: its body is read once the line that asks for it has ended."""

    delimiter: str
    quoted: bool
    stripped: bool  # <<- takes leading tabs away
    body: Word = ()


# Commands.


@dataclass(frozen=True, slots=True)
class Redirect:
    """`2> file`: what happens to one open file of a command."""

    number: int | None
    op: str  # < > >> >| <> <& >& &> <<
    word: Word
    here: "Here | None" = None


@dataclass(frozen=True, slots=True)
class Simple:
    """`A=1 command words > file`."""

    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`a | b | c`."""

    stages: tuple["Command", ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """`! command`."""

    command: "Command"


@dataclass(frozen=True, slots=True)
class AndOr:
    """`left && right`, `left || right`."""

    left: "Command"
    op: str
    right: "Command"


@dataclass(frozen=True, slots=True)
class Sequence:
    """`a; b & c`: commands one after the other, those in `background` without waiting."""

    commands: tuple["Command", ...] = ()
    background: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Subshell:
    """`( list )`: commands in a copy of the shell."""

    body: Sequence


@dataclass(frozen=True, slots=True)
class If:
    """`if test; then body; elif ...; else otherwise; fi`."""

    branches: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence


@dataclass(frozen=True, slots=True)
class Loop:
    """`while test; do body; done`; with `until`, as long as the test fails."""

    test: Sequence
    body: Sequence
    until: bool


@dataclass(frozen=True, slots=True)
class For:
    """`for name in words; do body; done`; without `in`, over the arguments."""

    name: str
    words: tuple[Word, ...] | None
    body: Sequence


@dataclass(frozen=True, slots=True)
class Case:
    """`case subject in pattern|pattern) body;; esac`."""

    subject: Word
    arms: tuple[tuple[tuple[Word, ...], Sequence], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """`name() { list; }`."""

    name: str
    body: "Command"


@dataclass(frozen=True, slots=True)
class Redirected:
    """A compound command with redirections."""

    body: "Command"
    redirects: tuple[Redirect, ...]


Command = (
    Simple | Pipeline | Negated | AndOr | Sequence | Subshell | If | Loop | For | Case | Function | Redirected
)
