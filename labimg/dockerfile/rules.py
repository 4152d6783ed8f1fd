"""What each instruction must and may have: its arguments and its flags."""

import re
from collections.abc import Callable

from labimg import errors
from labimg.dockerfile.heredoc import announced
from labimg.dockerfile.instruction import Instruction
from labimg.units import parse_duration

_STAGE = re.compile(r"[a-z][a-z0-9-_.]*")
_SWITCHES = {"link", "parents", "keep-git-dir", "unpack"}
_MANY = {"exclude", "mount"}
_INTERVALS = ("interval", "timeout", "start-period", "start-interval")
_FLAGS = {
    "FROM": {"platform"},
    "ADD": {"chown", "chmod", "link", "exclude", "checksum", "keep-git-dir", "unpack"},
    "COPY": {"chown", "chmod", "link", "exclude", "from", "parents"},
    "RUN": {"mount", "network", "security"},
    "HEALTHCHECK": {*_INTERVALS, "retries"},
}


def check(instruction: Instruction) -> None:
    """Raise what Docker says of `instruction`, if it has anything against it.

    Raises:
        InvalidParameter: without the line, which the caller knows.
    """
    if instruction.name not in _RULES:
        raise errors.UnknownInstruction(instruction.name)
    _RULES[instruction.name](instruction)


def _flags(instruction: Instruction) -> None:
    known = _FLAGS.get(instruction.name, set())
    seen = set()
    for name, value in instruction.flags:
        if name not in known:
            raise errors.UnknownFlag(name)
        if name in seen and name not in _MANY:
            raise errors.RepeatedFlag(name)
        seen.add(name)
        if (value is None and name not in _SWITCHES) or (value == "" and name in _SWITCHES):
            raise errors.FlagWithoutValue(name)
        if name in _SWITCHES and value and value.lower() not in ("true", "false"):
            raise errors.NotBoolean(name, value)


def _one(instruction: Instruction) -> None:
    if len(instruction.words) != 1:
        raise errors.OneArgument(instruction.name)
    _flags(instruction)


def _some(instruction: Instruction) -> None:
    if not instruction.words:
        raise errors.SomeArgument(instruction.name)
    _flags(instruction)


def _pairs(instruction: Instruction) -> None:
    _flags(instruction)
    _some(instruction)
    if not all(name for name, _ in instruction.pairs):
        raise errors.BlankName(instruction.name)


def _arg(instruction: Instruction) -> None:
    _some(instruction)
    if any(word.startswith("=") for word in instruction.words):
        raise errors.BlankName(instruction.name)


def _from(instruction: Instruction) -> None:
    words = instruction.words
    if len(words) == 3 and words[1].lower() == "as":
        if not _STAGE.fullmatch(words[2].lower()):
            raise errors.BadStageName(words[2])
    elif len(words) != 1:
        raise errors.FromArguments()
    _flags(instruction)


def _copy(instruction: Instruction) -> None:
    if len(instruction.words) < 2:
        raise errors.NoDestination(instruction.name)
    _flags(instruction)
    try:
        if announced(instruction.words[-1]):
            raise errors.HeredocAsDestination(instruction.name)
    except errors.BadWord:
        pass  # an open quote: then it is a plain name


def _volume(instruction: Instruction) -> None:
    _some(instruction)
    if not all(word.strip() for word in instruction.words):
        raise errors.EmptyVolume()


def _shell(instruction: Instruction) -> None:
    _flags(instruction)
    _some(instruction)
    if not instruction.json:
        raise errors.NotJSONForm(instruction.name)


def _onbuild(instruction: Instruction) -> None:
    _some(instruction)
    trigger = instruction.value.split(maxsplit=1)[0].upper()
    if trigger == "ONBUILD":
        raise errors.ChainedOnbuild()
    if trigger in ("MAINTAINER", "FROM"):
        raise errors.NotATrigger(trigger)


def _healthcheck(instruction: Instruction) -> None:
    if not instruction.words:
        raise errors.SomeArgument(instruction.name)
    kind, *command = instruction.words
    if kind.upper() == "NONE":
        if command:
            raise errors.HealthNone()
        return
    _flags(instruction)
    if kind.upper() != "CMD":
        raise errors.HealthType(kind.upper())
    if not command:
        raise errors.HealthCommand()
    for name in _INTERVALS:
        if (value := instruction.flag(name)) and parse_duration(value) < 1_000_000:
            raise errors.ShortInterval(name)
    if retries := instruction.flag("retries"):
        if not re.fullmatch(r"[+-]?[0-9]+", retries):
            raise errors.NotANumber(retries)
        if int(retries) < 1:
            raise errors.BadRetries(int(retries))


_RULES: dict[str, Callable[[Instruction], None]] = {
    "ADD": _copy,
    "ARG": _arg,
    "CMD": _flags,
    "COPY": _copy,
    "ENTRYPOINT": _flags,
    "ENV": _pairs,
    "EXPOSE": _some,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _pairs,
    "MAINTAINER": _one,
    "ONBUILD": _onbuild,
    "RUN": _flags,
    "SHELL": _shell,
    "STOPSIGNAL": _one,
    "USER": _one,
    "VOLUME": _volume,
    "WORKDIR": _one,
}
