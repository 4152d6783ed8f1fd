"""One logical line, read as an instruction: what its arguments are depends on its name."""

import re

from labimg import errors
from labimg.dockerfile.instruction import Flag, Instruction
from labimg.dockerfile.words import SPACE
from labimg.go import gojson

Arguments = tuple[tuple[str, ...], bool]  # the words, and whether they were a JSON array

_BLANKS = re.compile(r"[\t\v\f\r ]+")


def read(text: str, escape: str, *, line: int = 1, last: int = 1) -> Instruction:
    """The instruction in `text`, which may be of a name nobody knows.

    Raises:
        TwoArguments, NoEqualsSign: ENV or LABEL is in neither of its forms.
        NotStrings: a JSON array of something else.
    """
    text = text.strip(SPACE)
    name, rest = _first(text)
    flags, rest = _flags(rest)
    words, json = _arguments(name.upper(), rest.strip(SPACE), escape)
    return Instruction(name.upper(), words, text, line, last, flags, json=json)


def _first(text: str) -> tuple[str, str]:
    """The first word of `text`, and what follows the blanks after it."""
    first, *rest = _BLANKS.split(text, maxsplit=1)
    return first, rest[0] if rest else ""


def _flags(rest: str) -> tuple[tuple[Flag, ...], str]:
    """The words with `--` that `rest` begins with, and all after them; a bare `--` ends them."""
    rest = _bytewise(rest)
    flags: list[Flag] = []
    while (rest := rest.lstrip(SPACE)).startswith("--"):
        word, rest = _flag(rest)
        if word == "--":
            break
        name, equals, value = word[2:].partition("=")
        flags.append(Flag(name, value if equals else None))
    return tuple(flags), _text(rest)


def _flag(rest: str) -> tuple[str, str]:
    """The first word of `rest` without its quotes and backslashes, and what follows it."""
    word, quote = "", ""
    letters = iter(range(len(rest)))
    for at in letters:
        letter = rest[at]
        if quote == "" and letter in SPACE:
            return word, rest[at:]
        if letter == quote:
            quote = ""
        elif quote == "" and letter in "'\"":
            quote = letter
        elif letter == "\\":  # whatever the escape letter is
            following = next(letters, None)
            word += rest[following] if following is not None else ""
        else:
            word += letter
    return word, ""


def _bytewise(text: str) -> str:
    """Each byte of `text` as a letter; so Docker reads flags and HEALTHCHECK, where half of à is a space."""
    return text.encode(errors="surrogateescape").decode("latin-1")


def _text(letters: str) -> str:
    """The text whose bytes those letters stand for."""
    return letters.encode("latin-1").decode(errors="surrogateescape")


def _arguments(name: str, rest: str, escape: str) -> Arguments:
    """How the arguments of an instruction called `name` fall into words."""
    match name:
        case "ENV" | "LABEL":
            return _pairs(name, rest, escape), False
        case "ARG":
            return tuple(_quoted_words(rest, escape)), False
        case "ADD" | "COPY" | "VOLUME":
            return _array(rest) or (_blank_separated(rest), False)
        case "CMD" | "ENTRYPOINT" | "RUN" | "SHELL":
            return _array(rest) or (_whole(rest), False)
        case "EXPOSE" | "FROM":
            return _blank_separated(rest), False
        case "HEALTHCHECK":
            kind, *command = map(_text, re.split(rf"[{SPACE}]+", _bytewise(rest), maxsplit=1))
            words, json = _array("".join(command)) or (_whole("".join(command)), False)
            return _whole(kind) + words, json
        case "ONBUILD" if rest and not rest.upper().startswith("ONBUILD"):
            read(rest, escape)  # what it keeps must fall into words as well
    return _whole(rest), False


def _whole(rest: str) -> tuple[str, ...]:
    return (rest,) if rest else ()


def _blank_separated(rest: str) -> tuple[str, ...]:
    return tuple(_BLANKS.split(rest)) if rest else ()


def _array(rest: str) -> Arguments | None:
    """The members of a JSON array of strings; None if `rest` is no JSON array at all."""
    if not (rest := rest.lstrip(SPACE)).startswith("["):
        return None
    try:
        members = gojson.decode(rest.encode(errors="surrogateescape"), whole=False)  # what follows it is lost
    except (errors.InvalidJSON, errors.WrongJSON):
        return None
    if not all(isinstance(member, str) for member in members):
        raise errors.NotStrings()
    return tuple(members), True


def _pairs(name: str, rest: str, escape: str) -> tuple[str, ...]:
    """Names and values in turn, from `name=value name=value` or the old `name value with spaces`."""
    words = _quoted_words(rest, escape)
    if words and "=" not in words[0]:
        key, *value = _BLANKS.split(rest, maxsplit=1)
        if not value:
            raise errors.TwoArguments(name)
        return key, value[0]
    for word in words:
        if "=" not in word:
            raise errors.NoEqualsSign(word)
    return tuple(part for word in words for part in word.split("=", 1))


def _quoted_words(rest: str, escape: str) -> list[str]:
    """The words of `rest`, which quotes and escapes hold together; these stay in them."""
    words, word, quote = [], "", ""
    letters = iter(range(len(rest)))
    for at in letters:
        letter = rest[at]
        if quote == "" and letter in SPACE:
            words += [word] if word else []
            word = ""
            continue
        if letter == escape and quote != "'":
            if at + 1 == len(rest):
                continue  # at the very end an escape means nothing
            letter += rest[next(letters)]
        elif letter == quote:
            quote = ""
        elif quote == "" and letter in "'\"":
            quote = letter
        word += letter
    return [*words, word] if word else words
