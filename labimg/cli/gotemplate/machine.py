"""Walking a template's tree over a value, and saying where it went wrong.

Rules: https://pkg.go.dev/text/template@go1.24.3.  An error names the node that was being
looked at: `template: NAME:LINE:COLUMN: executing "NAME" at <NODE>: …` (column in bytes, from 0).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from labimg.cli.gotemplate.functions import ANY, Function
from labimg.cli.gotemplate.nodes import (
    Action,
    Branch,
    Call,
    Chain,
    Command,
    Dot,
    Field,
    Jump,
    Literal,
    Nil,
    Node,
    Operand,
    Pipe,
    Text,
    Variable,
)
from labimg.cli.gotemplate.nodes import Function as Name
from labimg.cli.gotemplate.parser import TemplateError
from labimg.cli.gotemplate.values import Pointer, Row, Struct, Value, kind, text, truth
from labimg.errors.quote import quote

DEEPEST = 100  # templates that call one another; Go allows more, Python fewer
_NONE = object()  # no value comes down the pipe


class _Leave(Exception):
    """`{{break}}` or `{{continue}}` on its way to its `{{range}}`."""

    def __init__(self, word: str) -> None:
        self.word = word


class Machine:
    """One run of one template over one value."""

    def __init__(
        self, source: str, name: str, *, templates: Mapping[str, Sequence[Node]],
        functions: Mapping[str, Function], strict: bool,
    ) -> None:  # fmt: skip
        self.source = source
        self.name = name
        self.templates = templates
        self.functions = functions
        self.strict = strict  # a key that a map has not is an error
        self.out: list[str] = []
        self.variables: list[tuple[str, Value]] = []
        self.depth = 0
        self.node: Node | Operand | Command = Text(0, "")

    def run(self, value: Value) -> str:
        """What the template prints for `value`."""
        self.variables = [("$", value)]
        self.walk(self.templates[self.name], value)
        return "".join(self.out)

    def fail(self, fault: str) -> NoReturn:
        """Stop here, at the node last looked at."""
        before = self.source[: self.node.at]
        column = len(before[before.rfind("\n") + 1 :].encode("utf-8", "surrogateescape"))
        place = f"{self.name}:{1 + before.count(chr(10))}:{column}"
        raise TemplateError(f'template: {place}: executing "{self.name}" at <{self.node}>: {fault}')

    # statements

    def walk(self, nodes: Iterable[Node], dot: Value) -> None:
        """Run statement after statement."""
        for node in nodes:
            self.node = node
            match node:
                case Text():
                    self.out.append(node.text)
                case Action():
                    value = self.pipe(node.pipe, dot)
                    if not node.pipe.names:
                        self.out.append("<no value>" if value is None else text(value))
                case Jump():
                    raise _Leave(node.word)
                case Call():
                    self.template(node, dot)
                case Branch(word="range"):
                    self.range(node, dot)
                case Branch():
                    self.branch(node, dot)

    def template(self, node: Call, dot: Value) -> None:
        """`{{template}}` and `{{block}}`."""
        if node.name not in self.templates:
            self.fail(f"template {quote(node.name)} not defined")
        if self.depth == DEEPEST:
            self.fail(f"exceeded maximum template depth ({DEEPEST})")
        value = self.pipe(node.pipe, dot) if node.pipe else None
        outer, self.variables = self.variables, [("$", value)]
        self.depth += 1
        self.walk(self.templates[node.name], value)
        self.depth -= 1
        self.variables = outer

    def branch(self, node: Branch, dot: Value) -> None:
        """`{{if}}` and `{{with}}`."""
        known = len(self.variables)
        value = self.pipe(node.pipe, dot)
        if truth(value):
            self.walk(node.then, value if node.word == "with" else dot)
        else:
            self.walk(node.otherwise, dot)
        del self.variables[known:]

    def range(self, node: Branch, dot: Value) -> None:
        """`{{range}}`, with its variables and jumps."""
        known = len(self.variables)
        value = self.pipe(node.pipe, dot, keep=False)
        names = node.pipe.names
        pairs = self.pairs(value, many=len(names) > 1)
        for key, element in pairs:
            mark = len(self.variables)
            if names:
                kept = (key, element) if len(names) > 1 else (element,)
                for name, part in zip(names, kept, strict=True):
                    self.keep(name, part, node.pipe.sign)
            try:
                self.walk(node.then, element)
            except _Leave as leave:
                if leave.word == "break":
                    break
            finally:
                del self.variables[mark:]
        if not pairs:
            self.walk(node.otherwise, dot)
        del self.variables[known:]

    def pairs(self, value: Value, *, many: bool) -> list[tuple[Value, Value]]:
        """The keys and elements that `{{range}}` goes over."""
        match value:
            case dict():
                return [(key, value[key]) for key in sorted(value)]
            case list() | tuple():
                return list(enumerate(value))
            case int() if not isinstance(value, bool):
                if many:
                    self.fail(f"can't use {value} to iterate over more than one variable")
                return [(i, i) for i in range(value)]
            case None:
                return []
        self.fail(f"range can't iterate over {text(value)}")

    def keep(self, name: str, value: Value, sign: str) -> None:
        """Make a variable (`:=`), or set the nearest one of that name (`=`)."""
        if sign == ":=":
            self.variables.append((name, value))
            return
        for place in range(len(self.variables) - 1, -1, -1):
            if self.variables[place][0] == name:
                self.variables[place] = (name, value)
                return
        self.fail(f"undefined variable: {name}")

    # expressions

    def pipe(self, node: Pipe, dot: Value, *, keep: bool = True) -> Value:
        """The value at the end of a pipeline, kept in its variables."""
        self.node = node
        value: Value = _NONE
        for command in node.commands:
            value = self.command(command, dot, last=value)
        if keep:
            for name in node.names:
                self.keep(name, value, node.sign)
        return value

    def command(self, node: Command, dot: Value, *, last: Value) -> Value:
        """One stage; `last` is what the stage before it gave."""
        first = node.words[0]
        given = len(node.words) > 1 or last is not _NONE
        match first:
            case Name():
                self.node = first
                return self.call(node, dot, last=last)
            case Field() | Variable() | Chain():
                return self.fields(first, dot, words=node.words[1:], last=last)
        if not isinstance(first, Pipe):
            self.node = first
        if given:
            self.fail(f"can't give argument to non-function {first}")
        if isinstance(first, Nil):
            self.fail("nil is not a command")
        return self.operand(first, dot)

    def operand(self, node: Operand, dot: Value) -> Value:
        """The value of one word."""
        self.node = node
        match node:
            case Dot():
                return dot
            case Nil():
                return None
            case Literal():
                return node.value
            case Pipe():
                return self.pipe(node, dot)
            case Name():
                return self.call(Command(node.at, (node,)), dot, last=_NONE)
        return self.fields(node, dot)

    def fields(
        self, node: Field | Variable | Chain, dot: Value, *,
        words: Sequence[Operand] = (), last: Value = _NONE,
    ) -> Value:  # fmt: skip
        """Follow the names of `node` from where it starts; the last may be a method taking `words`."""
        self.node = node
        match node:
            case Field():
                value = dot
            case Variable():
                value = next(value for name, value in reversed(self.variables) if name == node.name)
            case Chain():
                if isinstance(node.node, Nil):
                    self.fail(f"indirection through explicit nil in {node}")
                value = self.operand(node.node, dot)
        given = len(words) + (last is not _NONE)
        if not node.names and given:
            self.fail(f"can't give argument to non-function {node}")
        boxed = False  # it came out of a map of anything, so that its own type is hidden
        for name in node.names[:-1]:
            owner, value = value, self.field(value, name, boxed=boxed)
            boxed = kind(owner) == f"map[string]{ANY}"
        for name in node.names[-1:]:
            if isinstance(value, Row) and name in value:
                return self.method(value, name, dot, words=words, last=last)
            value = self.field(value, name, given=given, boxed=boxed)
        return value

    def field(self, value: Value, name: str, *, given: int = 0, boxed: bool = False) -> Value:
        """The field or entry `name` of `value`; `given` counts arguments it cannot take."""
        match value:
            case None:
                if self.strict:
                    self.fail(
                        f"nil pointer evaluating {ANY}.{name}"
                        if boxed
                        else f'nil data; no entry for key "{name}"'
                    )
                return None
            case Pointer():
                self.fail(f"nil pointer evaluating {value.type}.{name}")
            case Struct() if name in value:
                if given:
                    self.fail(f"{name} has arguments but cannot be invoked as function")
                return value[name]
            case dict():
                if given:
                    self.fail(f"{name} is not a method but has arguments")
                if name not in value and self.strict:
                    self.fail(f'map has no entry for key "{name}"')
                return value.get(name)
        self.fail(f"can't evaluate field {name} in type {ANY if boxed else kind(value)}")

    def method(self, row: Row, name: str, dot: Value, *, words: Sequence[Operand], last: Value) -> Value:
        """What a method of `row` gives for its arguments."""
        method = row.methods[name]
        takes = method.takes if isinstance(method, Function) else ()
        values = self.arguments(name, Function(row.methods[name], takes), dot, words=words, last=last)
        return method.call(*values) if isinstance(method, Function) else method()

    # calls

    def call(self, node: Command, dot: Value, *, last: Value) -> Value:
        """Call a function, if it takes what it is given."""
        name = str(node.words[0])
        function = self.functions[name]
        if name in ("and", "or") and (len(node.words) > 1 or last is not _NONE):
            return self.logic(node, dot, last=last)
        values = self.arguments(name, function, dot, words=node.words[1:], last=last)
        try:
            if name == "call":
                raise TemplateError(_uncallable(node, values))
            return function.call(*values)
        except TemplateError as fault:
            self.node = node
            self.fail(f"error calling {name}: {fault}")

    def arguments(
        self, name: str, function: Function, dot: Value, *, words: Sequence[Operand], last: Value
    ) -> list[Value]:
        """What `name` is called with: its words, and the value that comes down the pipe."""
        count, least = len(words) + (last is not _NONE), len(function.takes)
        if count < least if function.more else count != least:
            want = f"at least {least}" if function.more else f"{least}"
            self.fail(f"wrong number of args for {name}: want {want} got {count}")
        types = [*function.takes, *[function.more] * (count - least)]
        values = [self.argument(word, dot, wanted) for word, wanted in zip(words, types, strict=False)]
        return values if last is _NONE else [*values, self.fitting(last, types[-1])]

    def logic(self, node: Command, dot: Value, *, last: Value) -> Value:
        """`and` and `or`: the first value that settles it, and no further."""
        value: Value = None
        for word in node.words[1:]:
            value = self.operand(word, dot)
            if truth(value) == (str(node.words[0]) == "or"):
                return value
        return value if last is _NONE else last

    def argument(self, node: Operand, dot: Value, wanted: str) -> Value:
        """One argument, of the type the function takes."""
        self.node = node
        match node:
            case Nil() if wanted in ("string", "int"):
                self.fail(f"cannot assign nil to {wanted}")
            case Literal() if wanted == "[]string":
                self.fail(f"can't handle {node} for arg of type {wanted}")
            case Literal() if wanted != ANY and type(node.value) is not {"string": str, "int": int}[wanted]:
                self.fail(f"expected {'integer' if wanted == 'int' else wanted}; found {node}")
        return self.fitting(self.operand(node, dot), wanted)

    def fitting(self, value: Value, wanted: str) -> Value:
        """`value`, if it is of the type that is wanted."""
        if value is None and wanted in ("string", "int"):
            self.fail(f"invalid value; expected {wanted}")
        if value is None or wanted in (ANY, kind(value)):
            return value
        self.fail(f"wrong type for value; expected {wanted}; got {kind(value)}")


def _uncallable(node: Command, values: Sequence[Value]) -> str:
    """Why `call` does not call: nothing that docker hands to a template is a function."""
    if values[0] is None:
        return "call of nil"
    said = node.words[1] if len(node.words) > 1 else text(values[0])
    return f"non-function {said} of type {kind(values[0])}"
