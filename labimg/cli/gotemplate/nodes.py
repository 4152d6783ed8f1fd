"""What a template says, as a tree; `str(node)` is its text in error sentences."""

from typing import NamedTuple

from labimg.errors.quote import quote


class Text(NamedTuple):
    """Plain text between actions."""

    at: int
    text: str


class Dot(NamedTuple):
    """`.`, what the template is about just now."""

    at: int

    def __str__(self) -> str:
        return "."


class Nil(NamedTuple):
    """The word `nil`."""

    at: int

    def __str__(self) -> str:
        return "nil"


class Literal(NamedTuple):
    """A constant: its value, and the way it was written."""

    at: int
    value: bool | int | float | str
    text: str

    def __str__(self) -> str:
        return self.text


class Field(NamedTuple):
    """`.A.B`: fields of dot."""

    at: int
    names: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.names)


class Variable(NamedTuple):
    """`$x.A.B`: a variable, and fields of what it holds."""

    at: int
    name: str
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name + "".join(f".{name}" for name in self.names)


class Function(NamedTuple):
    """The name of a function."""

    at: int
    name: str

    def __str__(self) -> str:
        return self.name


class Chain(NamedTuple):
    """`(pipeline).A.B`: fields of what a pipeline in parentheses gives."""

    at: int
    node: "Operand"
    names: tuple[str, ...]

    def __str__(self) -> str:
        inner = f"({self.node})" if isinstance(self.node, Pipe) else str(self.node)
        return inner + "".join(f".{name}" for name in self.names)


class Command(NamedTuple):
    """A value, or a function and its arguments."""

    at: int
    words: tuple["Operand", ...]

    def __str__(self) -> str:
        return " ".join(f"({word})" if isinstance(word, Pipe) else str(word) for word in self.words)


class Pipe(NamedTuple):
    """Commands, each one's value the last argument of the next; maybe kept in variables."""

    at: int
    commands: tuple[Command, ...]
    names: tuple[str, ...] = ()
    sign: str = ""  # ":=" makes the variables, "=" sets them

    def __str__(self) -> str:
        kept = f"{', '.join(self.names)} {self.sign} " if self.names else ""
        return kept + " | ".join(map(str, self.commands))


class Action(NamedTuple):
    """`{{pipeline}}`: print what it gives."""

    at: int
    pipe: Pipe

    def __str__(self) -> str:
        return f"{{{{{self.pipe}}}}}"


class Branch(NamedTuple):
    """`{{if}}`, `{{with}}` or `{{range}}`, and its `{{else}}`."""

    at: int
    word: str
    pipe: Pipe
    then: "tuple[Node, ...]"
    otherwise: "tuple[Node, ...]" = ()

    def __str__(self) -> str:
        return f"{{{{{self.word} {self.pipe}}}}}"


class Jump(NamedTuple):
    """`{{break}}` or `{{continue}}`."""

    at: int
    word: str

    def __str__(self) -> str:
        return f"{{{{{self.word}}}}}"


class Call(NamedTuple):
    """`{{template "name" pipeline}}`: another template, for what the pipeline gives."""

    at: int
    name: str
    pipe: Pipe | None

    def __str__(self) -> str:
        return f"{{{{template {quote(self.name)}{f' {self.pipe}' if self.pipe else ''}}}}}"


class Mark(NamedTuple):
    """`{{else}}` or `{{end}}`, while parsing."""

    at: int
    word: str

    def __str__(self) -> str:
        return f"{{{{{self.word}}}}}"


Operand = Dot | Nil | Literal | Field | Variable | Function | Chain | Pipe
Node = Text | Action | Branch | Jump | Call
