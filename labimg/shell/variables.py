"""The builtins that set what a shell knows: variables, arguments, options."""

import re
from dataclasses import replace
from typing import Final

from labimg.shell.builtins import number
from labimg.shell.stream import Stream
from labimg.shell.walk import Shell, builtin
from labimg.shell.wrong import Failed

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@builtin("export", "readonly")
def _export(shell: Shell, argv: list[str]) -> int:
    state = shell.state
    marked = state.exported if argv[0] == "export" else state.readonly
    words = [word for word in argv[1:] if word != "-p"]
    for word in words:
        name, given, value = word.partition("=")
        if not NAME.fullmatch(name):
            raise Failed(f"{name}: bad variable name", by=argv[0])
        if given:
            shell.words.assign(name, value)
        marked.add(name)
    if not words:
        for name in sorted(marked):
            told = f"='{state.variables[name]}'" if name in state.variables else ""
            shell.say(1, f"{argv[0]} {name}{told}\n")
    return 0


@builtin("unset")
def _unset(shell: Shell, argv: list[str]) -> int:
    functions = "-f" in argv[1:2]
    for name in argv[1:]:
        if name in shell.state.readonly:
            raise Failed(f"{name}: is read only", by="unset")
        if functions:
            shell.state.functions.pop(name, None)
        elif not name.startswith("-"):
            shell.state.variables.pop(name, None)
            shell.state.exported.discard(name)
    return 0


@builtin("local")
def _local(shell: Shell, argv: list[str]) -> int:
    if not shell.state.locals:
        raise Failed("not in a function", by="local")
    for word in argv[1:]:
        name, given, value = word.partition("=")
        shell.state.locals[-1].setdefault(name, shell.state.variables.get(name))
        if given:
            shell.words.assign(name, value)
    return 0


@builtin("set")
def _set(shell: Shell, argv: list[str]) -> int:
    state = shell.state
    words = argv[1:]
    if not words:
        for name in sorted(state.variables):
            shell.say(1, f"{name}='{state.variables[name]}'\n")
    while words:
        word = words.pop(0)
        if word == "--":
            state.arguments = words
            return 0
        if word[:1] not in ("-", "+") or len(word) == 1:
            state.arguments = [word, *words]
            return 0
        for letter in word[1:]:
            if letter == "o":
                _switch(shell, words.pop(0) if words else "", on=word[0] == "-")
            elif letter in "aefuxCnvmbhE":
                (state.options.add if word[0] == "-" else state.options.discard)(letter)
            else:
                raise Failed(f"{_illegal(shell)} {word[0]}{letter}", by="set")
    return 0


LONG: Final = {
    "errexit": "e", "nounset": "u", "xtrace": "x", "noglob": "f", "noclobber": "C", "allexport": "a",
    "noexec": "n", "verbose": "v", "pipefail": "pipefail", "errtrace": "E", "monitor": "m", "notify": "b",
}  # fmt: skip


def _illegal(shell: Shell) -> str:
    return "Illegal option" if shell.kind == "dash" else "illegal option"


def _switch(shell: Shell, name: str, *, on: bool) -> None:
    option = LONG.get(name)
    if option is None or (name == "pipefail" and shell.kind == "dash"):
        raise Failed(f"{_illegal(shell)} -o {name}", by="set")
    (shell.state.options.add if on else shell.state.options.discard)(option)


@builtin("shift")
def _shift(shell: Shell, argv: list[str]) -> int:
    count = number(shell, argv, 1)
    if count > len(shell.state.arguments):
        if shell.kind == "dash":
            raise Failed("can't shift that many", by="shift")
        return 1
    del shell.state.arguments[:count]
    return 0


@builtin("read")
def _read(shell: Shell, argv: list[str]) -> int:
    """Read one line into variables; the last takes what is left."""
    words, raw = argv[1:], False
    while words and words[0].startswith("-"):
        option = words.pop(0)
        raw = raw or "r" in option
        if option[-1] in "pntd" and words:
            words.pop(0)
    stream = shell.state.files.get(0, Stream())
    line = stream.line().decode(errors="surrogateescape")
    ended = line.endswith("\n")
    line = line.removesuffix("\n")
    while not raw and line.endswith("\\") and ended:
        more = stream.line().decode(errors="surrogateescape")
        ended = more.endswith("\n")
        line = line[:-1] + more.removesuffix("\n")
    if not raw:
        line = re.sub(r"\\(.)", r"\1", line)
    separators = shell.state.variables.get("IFS", " \t\n")
    names = words or ["REPLY"]
    for name in names[:-1]:
        first, line = _first_field(line, separators)
        shell.words.assign(name, first)
    blank = "".join(sign for sign in separators if sign in " \t\n")
    shell.words.assign(names[-1], line.strip(blank) if blank else line)
    return 0 if ended else 1


def _first_field(line: str, separators: str) -> tuple[str, str]:
    blank = "".join(sign for sign in separators if sign in " \t\n")
    line = line.lstrip(blank) if blank else line
    end = next((at for at, sign in enumerate(line) if sign in separators), len(line))
    rest = line[end:].lstrip(blank) if blank else line[end:]
    if rest and rest[0] in separators and rest[0] not in blank:
        rest = rest[1:]
    return line[:end], rest


@builtin("umask")
def _umask(shell: Shell, argv: list[str]) -> int:
    if len(argv) > 1:
        if not re.fullmatch("[0-7]+", argv[1]):
            raise Failed(f"Illegal mode: {argv[1]}", by="umask")
        shell.state.kernel = replace(shell.state.kernel, umask=int(argv[1], 8))
    else:
        shell.say(1, f"{shell.state.kernel.umask:04o}\n")
    return 0


@builtin("getopts")
def _getopts(shell: Shell, argv: list[str]) -> int:
    """The next option of the arguments, into a variable."""
    state = shell.state
    letters, name = argv[1], argv[2]
    arguments = argv[3:] or state.arguments
    at = int(state.variables.get("OPTIND", "1"))
    inner = int(state.variables.get("_OPTAT", "1"))
    word = arguments[at - 1] if at <= len(arguments) else ""
    if word == "--" or not word.startswith("-") or word == "-":
        state.variables["OPTIND"] = str(at + (word == "--"))
        shell.words.assign(name, "?")
        return 1
    letter = word[inner]
    last = inner + 1 >= len(word)
    value = ""
    if letters.find(letter) < 0 or letter == ":":
        if not letters.startswith(":"):
            shell.say(2, f"Illegal option -{letter}\n")
        value, letter = letter, "?"
    elif letters[letters.find(letter) + 1 :].startswith(":"):
        value = word[inner + 1 :] if not last else arguments[at] if at < len(arguments) else ""
        at, last = at + last, True
    state.variables["OPTARG"] = value
    state.variables["OPTIND"] = str(at + 1 if last else at)
    state.variables["_OPTAT"] = "1" if last else str(inner + 1)
    shell.words.assign(name, letter)
    return 0
