"""The words of an instruction: quotes, escapes, and variables as a shell would put them in.

    $name ${name}
    ${name:-word} ${name-word}    word if name is empty or unset; if it is unset
    ${name:+word} ${name+word}    word if name has a value; if it is set
    ${name:?word} ${name?word}    refuse if name is empty or unset; if it is unset
    ${name#glob} ${name##glob}    without the shortest, the longest beginning that fits
    ${name%glob} ${name%%glob}    without the shortest, the longest end that fits
    ${name/glob/word} ${name//glob/word}    with the first, with every fitting part replaced

Source: https://github.com/moby/buildkit/blob/v0.22.0/frontend/dockerfile/shell/lex.go
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from labimg import errors
from labimg.dockerfile.substitution import replaced, without_beginning, without_end
from labimg.errors import DockerError

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_SPECIAL = "@*#?-$!0"  # the shell's own parameters, which no Dockerfile sets


def expand(word: str, env: Mapping[str, str], escape: str = "\\", *, quotes: bool = True) -> str:
    """`word` with its variables put in and its quotes and escapes used up.

    Without `quotes` they are letters like others: so in a heredoc.

    >>> expand("${A:-x}/'$A'", {"A": "b c"})
    'b c/$A'

    Raises:
        BadWord: a quote or brace is open, a variable that must be set is not.
    """
    return Lexer(env, escape, quotes=quotes).result(word)


def split(word: str, env: Mapping[str, str], escape: str = "\\") -> list[str]:
    """The words in `word` once its variables are put in; quotes keep spaces together.

    >>> split("$A 'd e'", {"A": "b c"})
    ['b', 'c', 'd e']

    Raises:
        BadWord: as `expand`.
    """
    return Lexer(env, escape).words(word)


class Piece(NamedTuple):
    """Some letters of a result; spaces in them part words unless they are `bound`."""

    text: str
    bound: bool


class Lexer:
    """Reads a word once from left to right.

    What it shall `keep` stays in the result as it stands: "quotes", "escapes" and "unset" variables.
    """

    def __init__(
        self, env: Mapping[str, str], escape: str = "\\", *, quotes: bool = True, keep: Iterable[str] = ()
    ) -> None:
        self.env = env
        self.escape = escape
        self.quotes = "'\"" if quotes else ""
        self.keep = frozenset(keep)
        self.word = ""
        self.at = 0

    def result(self, word: str) -> str:
        """What `word` becomes."""
        return "".join(piece.text for piece in self._read(word))

    def words(self, word: str) -> list[str]:
        """The words that `word` becomes; empty ones are dropped, quoted or not."""
        words, current = [], ""
        for text, bound in self._read(word):
            for letter in [text] if bound else text:
                if bound or letter not in SPACE:
                    current += letter
                elif current:
                    words.append(current)
                    current = ""
        return [*words, current] if current else words

    def _read(self, word: str) -> list[Piece]:
        self.word, self.at = word, 0
        try:
            return list(self._until("", escapes="escapes" in self.keep))
        except DockerError as cause:
            raise errors.BadWord(word, cause) from None
        except RecursionError:  # braces in braces in braces, some hundred times
            raise errors.BadWord(word, errors.BadSubstitution()) from None

    def _peek(self) -> str:
        return self.word[self.at : self.at + 1]

    def _next(self) -> str:
        letter = self._peek()
        self.at += 1
        return letter

    def _until(self, stop: str, *, escapes: bool) -> Iterator[Piece]:
        """The pieces before `stop`; `escapes` says whether escape letters stay."""
        while (letter := self._peek()) != stop:
            if not letter:
                raise errors.OpenQuote(stop)
            if letter == "$":
                yield Piece(self._dollar(escapes=escapes), bound=False)
            elif letter in self.quotes:
                yield Piece(self._single() if letter == "'" else self._double(escapes=escapes), bound=True)
            elif self._next() == self.escape:
                yield Piece((self.escape if escapes else "") + self._next(), bound=True)
            else:
                yield Piece(letter, bound=False)
        self.at += len(stop)

    def _single(self) -> str:
        """What stands between single quotes, as it stands."""
        end = self.word.find("'", self.at + 1)
        if end < 0:
            self.at = len(self.word)
            raise errors.OpenQuote("single-quote")
        start, self.at = self.at, end + 1
        return self.word[start : end + 1] if "quotes" in self.keep else self.word[start + 1 : end]

    def _double(self, *, escapes: bool) -> str:
        """What stands between double quotes; an escape letter works on `"`, `$` and itself only."""
        mark = '"' if "quotes" in self.keep else ""
        text = mark
        self.at += 1
        while (letter := self._peek()) != '"':
            if not letter:
                raise errors.OpenQuote("double-quote")
            if letter == "$":
                text += self._dollar(escapes=escapes)
                continue
            self.at += 1
            if letter == self.escape:
                text += letter if escapes else ""
                if not self._peek():
                    continue
                if self._peek() in ('"', "$", self.escape):
                    letter = self._next()
            text += letter
        self.at += 1
        return text + mark

    def _dollar(self, *, escapes: bool) -> str:
        """What the variable that begins here stands for."""
        self.at += 1
        if self._peek() != "{":
            name = self._name()
            return self._value(name, f"${name}") if name else "$"
        self.at += 1
        if not self._peek():
            raise errors.MissingBrace()
        if self._peek() in "{}:":
            raise errors.BadSubstitution()
        name = self._name()
        modifier = self._next()
        if modifier == "}":
            return self._value(name, f"${{{name}}}")
        if modifier == "/":
            return self._replaced(name)
        if modifier == ":":
            modifier += self._next()
        if modifier[:1] not in ":+-?#%" or not modifier:
            raise errors.UnsupportedModifier(modifier or "\ufffd")
        word = self._inside("}", errors.MissingBrace(), escapes=modifier[-1] in "#%")
        if self._kept(name):
            return f"${{{name}{modifier}{word}}}"
        return self._modified(name, modifier, word)

    def _modified(self, name: str, modifier: str, word: str) -> str:
        value = self.env.get(name, "")
        there = bool(value) if modifier[0] == ":" else name in self.env
        match modifier[-1]:
            case "-":
                return value if there else word
            case "+":
                return word if there else ""
            case "?":
                if not there:
                    state = "unset" if name not in self.env else "empty"
                    raise errors.NotSet(name, word or f"is not allowed to be {state}")
                return value
            case "#":
                return without_beginning(value, word)
            case "%":
                return without_end(value, word)
        raise errors.UnsupportedModifier(modifier)

    def _replaced(self, name: str) -> str:
        """The value of `name` with what fits a pattern replaced; we stand after the first slash."""
        every = self._peek() == "/"
        self.at += every
        pattern = self._inside("/", errors.MissingSlash(), escapes=True)
        replacement = self._inside("}", errors.MissingBrace(), escapes=True)
        if self._kept(name):
            return f"${{{name}/{pattern}/{replacement}}}"
        return replaced(self.env.get(name, ""), pattern, replacement, every=every)

    def _inside(self, stop: str, missing: DockerError, *, escapes: bool) -> str:
        """The result of what stands before `stop` inside braces."""
        try:
            return "".join(piece.text for piece in self._until(stop, escapes=escapes))
        except DockerError:
            if self.at >= len(self.word):
                raise missing from None
            raise

    def _name(self) -> str:
        """The name that begins here: letters, digits and `_`; or digits alone; or one special sign."""
        start = self.at
        first = self._peek()
        if first.isdecimal():
            while self._peek().isdecimal():
                self.at += 1
        elif first and first in _SPECIAL:
            self.at += 1
        else:
            while self._peek().isalpha() or self._peek().isdecimal() or self._peek() == "_":
                self.at += 1
        return self.word[start : self.at]

    def _value(self, name: str, written: str) -> str:
        return written if self._kept(name) else self.env.get(name, "")

    def _kept(self, name: str) -> bool:
        return "unset" in self.keep and name not in self.env
