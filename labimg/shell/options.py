"""The options of a program: letters, letters with a value, long names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from labimg.shell.machine import Call, Usage


@dataclass(slots=True)
class Options:
    """What a program was told: options in their order, and operands."""

    given: list[tuple[str, str]] = field(default_factory=list)
    operands: list[str] = field(default_factory=list)

    def __contains__(self, letter: str) -> bool:
        return any(name == letter for name, _ in self.given)

    def value(self, letter: str, default: str = "") -> str:
        """The last value of an option."""
        return next((value for name, value in reversed(self.given) if name == letter), default)

    def values(self, letter: str) -> list[str]:
        """All values of an option."""
        return [value for name, value in self.given if name == letter]

    def last(self, letters: str, default: str = "") -> str:
        """Whichever of `letters` came last."""
        return next((name for name, _ in reversed(self.given) if name in letters), default)


def options(
    call: Call, letters: str, long: Mapping[str, str] | None = None, *, code: int = 1, inside: bool = True
) -> Options:
    """The options of `call`: `letters` as for getopt ("al" flags, "n:" with a value).

    `long` maps long names to letters; `code` is the exit code of a wrong use; with
    `inside` off the first operand ends the options.

    Raises:
        Usage: an option that is unknown, or lacks its value.
    """
    found = Options()
    words = iter(call.argv[1:])
    for word in words:
        if word == "--":
            found.operands += words
        elif word.startswith("--"):
            _long(word, words, letters, long or {}, found, code)
        elif len(word) > 1 and word[0] == "-":
            _letters(word, words, letters, found, code)
        else:
            found.operands.append(word)
            if not inside:
                found.operands += words
    return found


def _letters(word: str, words: Iterator[str], letters: str, found: Options, code: int) -> None:
    at = 1
    while at < len(word):
        letter = word[at]
        at += 1
        place = letters.find(letter)
        if place < 0 or letter == ":":
            raise Usage(f"invalid option -- '{letter}'", code)
        if letters[place + 1 : place + 2] != ":":
            found.given.append((letter, ""))
            continue
        value = word[at:] or next(words, None)
        if value is None:
            raise Usage(f"option requires an argument -- '{letter}'", code)
        found.given.append((letter, value))
        return


def _long(
    word: str,
    words: Iterator[str],
    letters: str,
    long: Mapping[str, str],
    found: Options,
    code: int,
) -> None:
    name, given, value = word[2:].partition("=")
    near = [known for known in long if known.startswith(name)]
    known = name if name in long else near[0] if len(near) == 1 else None
    if known is None:
        raise Usage(f"unrecognized option '--{name}'", code)
    letter = long[known]
    if letter + ":" not in letters:
        found.given.append((letter, value))
        return
    if not given:
        following = next(words, None)
        if following is None:
            raise Usage(f"option '--{known}' requires an argument", code)
        value = following
    found.given.append((letter, value))


def operands(call: Call, found: Options, least: int = 1, *, code: int = 1) -> list[str]:
    """The operands, of which there must be at least so many.

    Raises:
        Usage: there are fewer.
    """
    if len(found.operands) < least:
        sentence = "missing operand"
        if found.operands:
            sentence = f"missing operand after '{found.operands[-1]}'"
        raise Usage("" if call.busybox else sentence, code)
    return found.operands
