"""The flags of a command, as data; from it come both the parser and the help.

The rules are those of the docker client (pflag): names in full, short ones in groups (`-aq`),
`--flag=false`, `--` ends the flags.  https://pkg.go.dev/github.com/spf13/pflag@v1.0.6
"""

import optparse
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from labimg.errors.quote import quote

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_SIZE = r"(.*[0-9. ])([^0-9. ]*)"  # the number and its unit


class FlagError(Exception):
    """A flag that is not one, or not so; the text is the docker client's."""


class Kind(NamedTuple):
    """What a flag's value is: `read` makes it of the value so far and a word.

    `noun` is what help writes behind the name (a flag without one needs no value), `zero` the default that
    help does not mention.
    `read` raises ValueError with the reason.
    """

    noun: str
    zero: Any
    read: Callable[[Any, str], Any]


def _bool(_: Any, word: str) -> bool:
    if word not in _TRUE | _FALSE:
        raise ValueError(f"strconv.ParseBool: parsing {quote(word)}: invalid syntax")
    return word in _TRUE


def _int(_: Any, word: str) -> int:
    try:
        number = int(word, 0) if not re.fullmatch(r"[+-]?0\d+", word) else int(word, 8)
    except ValueError:
        raise ValueError(f"strconv.ParseInt: parsing {quote(word)}: invalid syntax") from None
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"strconv.ParseInt: parsing {quote(word)}: value out of range")
    return number


def _filter(filters: dict[str, list[str]], word: str) -> dict[str, list[str]]:
    if not word:
        return filters
    name, equals, value = word.partition("=")
    if not equals:
        raise ValueError("bad format of filter (expected name=value)")
    name = name.strip().lower()
    return filters | {name: [*filters.get(name, []), value.strip()]}


def _strings(words: list[str], word: str) -> list[str]:
    import csv

    return [*words, *next(csv.reader([word]), [])]


def _bytes(_: Any, word: str) -> int:
    found = re.fullmatch(_SIZE, word)
    if not found or word.startswith("-"):
        raise ValueError(f"invalid size: '{word}'")
    number, unit = found[1].removesuffix(" "), found[2].lower()
    if not re.fullmatch(r"[+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", number):
        raise ValueError(f"strconv.ParseFloat: parsing {quote(number)}: invalid syntax")
    if not re.fullmatch(r"(|b|[kmgtp](i?b)?)", unit):
        raise ValueError(f"invalid suffix: '{unit if len(unit) < 4 else found[2]}'")
    return int(float(number) * 1024 ** " kmgtp".index(unit[:1].replace("b", "") or " "))


def checked(check: Callable[[str], str]) -> Kind:
    """A list of words, each one passed through `check`."""
    return Kind("list", [], lambda words, word: [*words, check(word)])


BOOL = Kind("", False, _bool)
INT = Kind("int", 0, _int)
SECONDS = Kind("int", None, _int)  # None unless it was given
STRING = Kind("string", "", lambda _, word: word)
LIST = checked(str)
STRINGS = Kind("strings", [], _strings)
FILTER = Kind("filter", {}, _filter)
BYTES = Kind("bytes", 0, _bytes)


class Flag(NamedTuple):
    """One flag; its value goes to the parameter of the same name (`--no-trunc` -> `no_trunc`).

    A flag may have a short name only; a hidden one is left out of the help.  One of Docker's that is not
    carried says in `without` what there is not, and is refused by name.
    """

    name: str
    help: str
    kind: Kind = STRING
    short: str = ""
    default: Any = None
    hidden: bool = False
    without: str = ""

    @property
    def value(self) -> Any:
        """What it is when it is not given."""
        return self.kind.zero if self.default is None else self.default

    @property
    def parameter(self) -> str:
        """The name of the command's parameter."""
        return (self.name or self.short).replace("-", "_")

    @property
    def spelled(self) -> str:
        """Both its spellings, as errors name it: `-f, --filter`."""
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


class _Option(optparse.Option):
    """A flag that reads its own values."""

    def __init__(self, flag: Flag) -> None:
        spelled = [f"-{flag.short}"] * bool(flag.short) + [f"--{flag.name}"] * bool(flag.name)
        super().__init__(*spelled, dest=flag.parameter, default=flag.value)
        self.flag = flag

    def process(self, opt: str, value: Any, values: Any, parser: Any) -> int:
        """Put what `value` says into `values`."""
        flag = self.flag
        if flag.without:
            raise FlagError(f"labimg does not carry --{flag.name}: {flag.without}")
        try:
            setattr(values, flag.parameter, flag.kind.read(getattr(values, flag.parameter), value))
        except ValueError as reason:
            raise FlagError(f'invalid argument {quote(value)} for "{flag.spelled}" flag: {reason}') from None
        return 1


class _Parser(optparse.OptionParser):
    """optparse, taught the docker client's ways with a flag."""

    def __init__(self, flags: Sequence[Flag], *, interspersed: bool) -> None:
        super().__init__(add_help_option=False, usage="")
        for flag in flags:
            self.add_option(_Option(flag))
        if not interspersed:
            self.disable_interspersed_args()

    def _process_long_opt(self, rargs: list[str], values: Any) -> None:
        word, equals, value = rargs.pop(0).partition("=")
        if len(word) == 2 or word[2] == "-":
            raise FlagError(f"bad flag syntax: {word}{equals}{value}")
        option = self._long_opt.get(word)
        if option is None:
            raise FlagError(f"unknown flag: {word}")
        if not equals:
            value = self._value(option, rargs, missing=word)
        option.process(word, value, values, self)

    def _process_short_opts(self, rargs: list[str], values: Any) -> None:
        group = rargs.pop(0)[1:]
        letters = group
        while letters:
            letter, letters = letters[0], letters[1:]
            option = self._short_opt.get(f"-{letter}")
            if option is None:
                raise FlagError(f"unknown shorthand flag: {letter!r} in -{letter}{letters}")
            if letters.startswith("="):
                value, letters = letters[1:], ""
            elif letters and not _is_bool(option):
                value, letters = letters, ""
            else:
                value = self._value(option, rargs, missing=f"{letter!r} in -{letter}{letters}")
            option.process(f"-{letter}", value, values, self)

    def _value(self, option: optparse.Option, rargs: list[str], *, missing: str) -> str:
        """The value of a flag that stands alone: the next word, or simply true."""
        if _is_bool(option):
            return "true"
        if not rargs:
            raise FlagError(f"flag needs an argument: {missing}")
        return rargs.pop(0)


def _is_bool(option: optparse.Option) -> bool:
    return isinstance(option, _Option) and not option.flag.kind.noun


def parse(
    flags: Sequence[Flag], words: Sequence[str], *, interspersed: bool = True
) -> tuple[dict[str, Any], list[str]]:
    """The value of every flag by its parameter, and the words that are no flags.

    Not `interspersed`: the first word that is no flag ends them (`docker run IMAGE -x`).

    >>> parse([Flag("quiet", "", BOOL, "q"), Flag("tag", "", LIST, "t")], ["-qta", "x", "--tag=b"])
    ({'quiet': True, 'tag': ['a', 'b']}, ['x'])

    Raises:
        FlagError: a flag that is unknown, lacks its value, or has a wrong one.
    """
    values, rest = _Parser(flags, interspersed=interspersed).parse_args(list(words))
    carried = {flag.parameter for flag in flags if not flag.without}
    return {name: value for name, value in vars(values).items() if name in carried}, rest
