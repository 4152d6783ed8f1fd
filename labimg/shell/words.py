"""Expansion: the words of a command become the arguments of a program.

The order is POSIX's (XCU 2.6): tilde, parameters, commands and sums from left to right,
then what came of them is split at blanks, then patterns become file names.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from labimg.shell.arithmetic import BadSum, Variables, evaluate
from labimg.shell.kernel import join
from labimg.shell.pattern import SPECIAL, compiled, protect
from labimg.shell.state import State
from labimg.shell.syntax import Output, Parameter, Part, Sequence, Sum, Text, Word
from labimg.shell.wrong import Failed

_NUMBERED: Final = re.compile(r"[0-9]+")


@dataclass(slots=True)
class Field:
    """One argument in the making: its letters, and the pattern they make."""

    text: str = ""
    pattern: str = ""
    quoted: bool = False  # it stays even if empty

    def add(self, text: str, *, quoted: bool) -> None:
        """Add letters; quoted ones match only themselves."""
        self.text += text
        self.pattern += protect(text) if quoted else text
        self.quoted |= quoted


@dataclass(slots=True)
class Words:
    """Expands words in the light of `state`; `output` runs commands and gives what they print."""

    state: State
    output: Callable[[Sequence], bytes]
    plain: bool = False  # POSIX and no more: dash
    _fields: list[Field] = field(default_factory=list)
    _open: bool = False  # the last field may still grow

    def arguments(self, words: Iterable[Word]) -> list[str]:
        """All arguments that `words` make."""
        made: list[str] = []
        for word in words:
            for one in self._split(word):
                made += self._names(one)
        return made

    def text(self, word: Word) -> str:
        """`word` as one text: an assignment, a file name, a here-document."""
        return "".join(self._joined(part) for part in self._tilde(word))

    def pattern(self, word: Word) -> str:
        """`word` as a pattern, its quoted letters protected."""
        return "".join(
            protect(self._joined(part)) if part.quoted else self._joined(part) for part in self._tilde(word)
        )

    # Fields.

    def _split(self, word: Word) -> list[Field]:
        if len(word) == 1 and isinstance(word[0], Text):
            only = Field()
            for part in self._tilde(word):
                assert isinstance(part, Text)
                only.add(part.text, quoted=part.quoted)
            return [only]
        outer = self._fields, self._open
        self._fields, self._open = [], False
        for part in self._tilde(word):
            self._add(part)
        fields, (self._fields, self._open) = self._fields, outer
        return fields

    def _add(self, part: Part) -> None:
        if isinstance(part, Parameter) and part.name in "@*" and part.op != "length":
            self._add_arguments(part)
        elif isinstance(part, Parameter) and part.op in ("-", ":-", "+", ":+") and not part.quoted:
            chosen = self._chosen(part)
            if isinstance(chosen, str):
                self._add_split(chosen)
            else:
                for inner in chosen:
                    self._add(inner)
        elif isinstance(part, Text) or part.quoted:
            self._last().add(self._joined(part), quoted=part.quoted)
        else:
            self._add_split(self._joined(part))

    def _add_arguments(self, part: Parameter) -> None:
        """`$@` and `$*`: each argument a field of its own, unless quoted as "$*"."""
        arguments = self.state.arguments
        if part.op and not (arguments and part.op in ("-", ":-", "=", ":=", "?", ":?")):
            self._last().add(self._joined(part), quoted=part.quoted)
            return
        if part.quoted and part.name == "*":
            self._last().add(self._separator().join(arguments), quoted=True)
            return
        for index, argument in enumerate(arguments):
            self._open = self._open and index == 0
            if part.quoted:
                self._last().add(argument, quoted=True)
            else:
                self._add_split(argument)

    def _add_split(self, text: str) -> None:
        """Add what an expansion gave, split at the letters of IFS."""
        blanks = self.state.variables.get("IFS", " \t\n")
        if not blanks:
            if text:
                self._last().add(text, quoted=False)
            return
        for index, piece in enumerate(split(text, blanks)):
            if index or piece is None:
                self._open = False
            if piece is not None:
                self._last().add(piece, quoted=not piece)
                self._open = True

    def _last(self) -> Field:
        if not self._open:
            self._fields.append(Field())
            self._open = True
        return self._fields[-1]

    # Values.

    def _joined(self, part: Part) -> str:
        match part:
            case Text():
                return part.text
            case Output():
                return (
                    self.output(part.body).replace(b"\0", b"").decode(errors="surrogateescape").rstrip("\n")
                )
            case Sum():
                return str(self.sum(self.text(part.expression)))
            case Parameter():
                return self._parameter(part)

    def sum(self, expression: str) -> int:
        """The value of an arithmetic expression."""
        try:
            variables = Variables(lambda name: self.value(name) or "", self.assign)
            return evaluate(expression, variables, plain=self.plain)
        except BadSum as bad:
            raise Failed(f'arithmetic expression: {bad}: "{expression}"') from None

    def _parameter(self, part: Parameter) -> str:
        value = self.value(part.name)
        if part.op == "length":
            return str(len(value or "")) if part.name not in "@*" else str(len(self.state.arguments))
        if part.op and part.op[0] in "#%":
            return _trimmed(value or "", part.op, self.pattern(part.word))
        if part.op in ("/", "//"):
            return _replaced(value or "", part.op, self.pattern(part.word), self.text(part.other or ()))
        if part.op == ":":
            start = self.sum(self.text(part.word))
            start = max(0, start + len(value or "")) if start < 0 else start
            count = self.sum(self.text(part.other)) if part.other is not None else len(value or "")
            return (value or "")[start : start + count if count >= 0 else count]
        chosen = self._chosen(part)
        return chosen if isinstance(chosen, str) else self.text(chosen)

    def _chosen(self, part: Parameter) -> str | Word:
        """The value, or the word that stands for it."""
        value = self.value(part.name)
        missing = value is None or (part.op.startswith(":") and not value)
        match part.op[-1:]:
            case "-" if missing:
                return part.word
            case "+":
                return "" if missing else part.word
            case "=" if missing:
                self.assign(part.name, self.text(part.word))
            case "?" if missing:
                message = self.text(part.word) or (
                    "parameter not set or null" if ":" in part.op else "parameter not set"
                )
                raise Failed(f"{part.name}: {message}")
            case "" if value is None and "u" in self.state.options and part.name not in "@*":
                raise Failed(f"{part.name}: parameter not set")
        return self.value(part.name) or ""

    def value(self, name: str) -> str | None:
        """The value of a parameter; None if it is not set."""
        state = self.state
        if _NUMBERED.fullmatch(name):
            number = int(name)
            if number == 0:
                return state.name
            return state.arguments[number - 1] if number <= len(state.arguments) else None
        match name:
            case "#":
                return str(len(state.arguments))
            case "?":
                return str(state.status)
            case "$":
                return str(state.pid)
            case "!":
                return str(state.job) if state.job else None
            case "-":
                return "".join(sorted(option for option in state.options if len(option) == 1))
            case "@" | "*":
                return self._separator().join(state.arguments) if state.arguments else None
            case "LINENO":
                return str(state.line)
        return state.variables.get(name)

    def assign(self, name: str, value: str) -> None:
        """Give the variable `name` a value."""
        if name in self.state.readonly:
            raise Failed(f"{name}: is read only")
        self.state.variables[name] = value
        if "a" in self.state.options:
            self.state.exported.add(name)

    def _separator(self) -> str:
        return self.state.variables.get("IFS", " ")[:1]

    def _tilde(self, word: Word) -> Iterator[Part]:
        """The parts, a leading `~` or `~user` made a home directory."""
        parts = iter(word)
        first = next(parts, None)
        if isinstance(first, Text) and not first.quoted and first.text.startswith("~"):
            name, slash, rest = first.text[1:].partition("/")
            home = self.state.variables.get("HOME") if not name else None
            if name and (user := self.state.kernel.accounts.user(name)):
                home = user.home
            if home is not None and (slash or len(word) == 1):
                yield Text(home, quoted=True)
                first = Text(slash + rest)
        if first is not None:
            yield first
        yield from parts

    # File names.

    def _names(self, one: Field) -> list[str]:
        """The names a field's pattern matches; itself if none."""
        if not one.text and not one.quoted:
            return []
        if "f" in self.state.options or not SPECIAL & set(one.text) or one.pattern == protect(one.text):
            return [one.text]
        found = self._matches(one.pattern)
        return sorted(found, key=lambda name: name.encode(errors="surrogateescape")) or [one.text]

    def _matches(self, pattern: str) -> list[str]:
        places = ["/"] if pattern.startswith("/") else [""]
        parts = [part for part in pattern.split("/") if part]
        for index, part in enumerate(parts):
            more = index < len(parts) - 1 or pattern.endswith("/")
            places = [name for place in places for name in self._inside(place, part)]
            if more:
                places = [place + "/" for place in places if self._is_directory(place)]
        return places

    def _inside(self, place: str, part: str) -> list[str]:
        plain = re.sub(r"\\(.)", r"\1", part)
        if protect(plain) == part or not SPECIAL & set(part):
            return [place + plain] if self.state.kernel.find(place + plain, follow=False) else []
        try:
            names = self.state.kernel.names(place or ".")
        except OSError:
            return []
        if part.startswith("."):
            names = [".", "..", *names]
        match = compiled(part)
        return [
            join(place, name) if place else name
            for name in names
            if match.fullmatch(name) and (part.startswith(".") or not name.startswith("."))
        ]

    def _is_directory(self, path: str) -> bool:
        entry = self.state.kernel.find(path)
        return entry is not None and entry.is_dir


def split(text: str, separators: str) -> Iterator[str | None]:
    """`text` in fields: blanks among `separators` count as one, others each end a field.

    A None at the beginning or the end says that a field ends there, before or after all letters.
    """
    blank = "".join(sign for sign in separators if sign in " \t\n")
    other = "".join(sign for sign in separators if sign not in " \t\n")
    if text and text[0] in blank:
        yield None
    rest = text.lstrip(blank) if blank else text
    while rest:
        end = next((at for at, sign in enumerate(rest) if sign in separators), len(rest))
        yield rest[:end]
        after = rest[end:]
        rest = after.lstrip(blank) if blank else after
        if rest and rest[0] in other:
            rest = rest[1:].lstrip(blank) if blank else rest[1:]
            if not rest:
                yield None
        elif after and not rest:
            yield None


def _trimmed(value: str, op: str, pattern: str) -> str:
    """`value` without the shortest (`#`, `%`) or longest match of `pattern` at its beginning or end."""
    match = compiled(pattern)
    cuts: Iterable[int] = range(len(value) + 1)
    if op in ("##", "%"):
        cuts = reversed(range(len(value) + 1))
    for cut in cuts:
        head, tail = value[:cut], value[cut:]
        if op[0] == "#" and match.fullmatch(head):
            return tail
        if op[0] == "%" and match.fullmatch(tail):
            return head
    return value


def _replaced(value: str, op: str, pattern: str, other: str) -> str:
    """`value` with `other` in place of the first longest match of `pattern`, or (`//`) of all."""
    if not pattern:
        return value
    return compiled(pattern).sub(lambda _: other, value, count=0 if op == "//" else 1)
