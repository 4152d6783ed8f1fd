"""The commands a shell has in itself: those that change the shell, and a few that save a program."""

from labimg.shell.conditions import BadTest, evaluate
from labimg.shell.echo import echo, printf
from labimg.shell.kernel import join, why
from labimg.shell.machine import Missing, Unusable, locate
from labimg.shell.walk import SPECIAL, Shell, builtin, builtin_called, quoted
from labimg.shell.wrong import Failed, Jump, Leave, Return, Running


def number(shell: Shell, argv: list[str], default: int) -> int:
    """The number a builtin is given, or `default`."""
    if len(argv) < 2:
        return default
    if not argv[1].isdigit():
        raise Failed(f"Illegal number: {argv[1]}", by=argv[0])
    return int(argv[1])


@builtin(":", "true")
def _true(shell: Shell, argv: list[str]) -> int:
    return 0


@builtin("false")
def _false(shell: Shell, argv: list[str]) -> int:
    return 1


@builtin("exit")
def _exit(shell: Shell, argv: list[str]) -> int:
    raise Leave(number(shell, argv, shell.state.status) & 255)


@builtin("return")
def _return(shell: Shell, argv: list[str]) -> int:
    raise Return(number(shell, argv, shell.state.status) & 255)


@builtin("break", "continue")
def _jump(shell: Shell, argv: list[str]) -> int:
    if shell.state.loops:
        raise Jump(number(shell, argv, 1), again=argv[0] == "continue")
    return 0


@builtin("cd")
def _cd(shell: Shell, argv: list[str]) -> int:
    """Change the directory; `-` is the one before."""
    state = shell.state
    words = [word for word in argv[1:] if word not in ("-L", "-P", "--")]
    target = words[0] if words else state.variables.get("HOME", "")
    if target == "-":
        target = state.variables.get("OLDPWD", "")
        shell.say(1, f"{target}\n")
    if not target:
        return 0
    try:
        kernel = state.kernel.enter(target)
    except OSError as error:
        reason = why(error)
        sentences = {"dash": f"can't cd to {target}", "ash": f"can't cd to {target}: {reason}"}
        shell.complain(sentences.get(shell.kind, f"{target}: {reason}"), "cd")
        return 1 if shell.kind == "bash" else 2
    state.variables["OLDPWD"] = state.variables.get("PWD", state.kernel.cwd)
    plain = target if target.startswith("/") else join(state.variables["OLDPWD"], target)
    state.kernel = kernel
    state.variables["PWD"] = kernel.cwd if "-P" in argv else _tidy(plain)
    return 0


def _tidy(path: str) -> str:
    """`path` without "." and "..", symlinks kept."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


@builtin("pwd")
def _pwd(shell: Shell, argv: list[str]) -> int:
    here = (
        shell.state.kernel.cwd if "-P" in argv else shell.state.variables.get("PWD", shell.state.kernel.cwd)
    )
    shell.say(1, here + "\n")
    return 0


@builtin("echo")
def _echo(shell: Shell, argv: list[str]) -> int:
    shell.say(1, echo(argv[1:], shell.kind))
    return 0


@builtin("printf")
def _printf(shell: Shell, argv: list[str]) -> int:
    if len(argv) < 2:
        shell.complain("usage: printf format [arg ...]", "printf")
        return 2
    text, wrong = printf(argv[1], argv[2:])
    shell.say(1, text)
    for sentence in wrong:
        shell.complain(sentence, "printf")
    return int(bool(wrong))


@builtin("test", "[")
def _test(shell: Shell, argv: list[str]) -> int:
    words = argv[1:]
    if argv[0] == "[":
        if not words or words[-1] != "]":
            shell.complain("missing ]", "[")
            return 2
        words = words[:-1]
    try:
        return int(not evaluate(words, shell.state.kernel))
    except BadTest as bad:
        shell.complain(str(bad), argv[0])
        return 2


@builtin("eval")
def _eval(shell: Shell, argv: list[str]) -> int:
    return shell.source(" ".join(argv[1:]))


@builtin(".", "source")
def _source(shell: Shell, argv: list[str]) -> int:
    if len(argv) < 2:
        raise Failed("filename argument required", by=argv[0])
    name = argv[1]
    if "/" not in name:
        folders = shell.state.variables.get("PATH", "").split(":")
        found = [place for folder in folders if shell.state.kernel.find(place := f"{folder}/{name}")]
        name = found[0] if found else name if shell.kind != "dash" else ""
    try:
        text = shell.state.kernel.read(name).decode(errors="surrogateescape")
    except OSError as error:
        if not name:
            raise Failed(f"{argv[1]}: not found", by=argv[0]) from None
        opening = "cannot open" if shell.kind == "dash" else "can't open"
        raise Failed(f"{opening} {name}: {why(error)}", by=argv[0]) from None
    try:
        return shell.source(text)
    except Return as returned:
        return returned.code


@builtin("exec")
def _exec(shell: Shell, argv: list[str]) -> int:
    if len(argv) == 1:
        return 0
    raise Leave(shell.external(argv[1:], {}))


@builtin("command", "type")
def _command(shell: Shell, argv: list[str]) -> int:
    """`command -v name` tells what a name is; without `-v` runs it, functions left aside."""
    words = argv[1:]
    telling = argv[0] == "type"
    while argv[0] == "command" and words and words[0] in ("-v", "-V", "-p", "--"):
        telling = telling or words[0] in ("-v", "-V")
        words.pop(0)
    if not telling:
        if not words:
            return 0
        builtin = builtin_called(words[0], shell.kind)
        return builtin(shell, words) if builtin else shell.external(words, {})
    status = 0
    for name in words:
        known = _known(shell, name)
        if known is None:
            status = 127
            if argv[0] == "type":
                shell.say(1, f"{name}: not found\n")
        elif argv[0] == "type":
            shell.say(1, f"{name} is {known[1]}\n")
        else:
            shell.say(1, known[0] + "\n")
    return status


def _known(shell: Shell, name: str) -> tuple[str, str] | None:
    """How `command -v` and `type` tell of `name`."""
    if name in shell.state.functions:
        return name, "a shell function"
    if builtin_called(name, shell.kind):
        return name, "a special shell builtin" if name in SPECIAL else "a shell builtin"
    try:
        place = locate(name, shell.state.kernel, shell.state.variables.get("PATH", ""))
    except (Missing, Unusable):
        return None
    return place, place


@builtin("trap")
def _trap(shell: Shell, argv: list[str]) -> int:
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    if not words:
        for name, action in shell.state.traps.items():
            shell.say(1, f"trap -- {quoted(action)} {name}\n")
        return 0
    for name in words[1:]:
        name = {"0": "EXIT", "2": "INT", "15": "TERM", "1": "HUP", "3": "QUIT"}.get(
            name, name.removeprefix("SIG")
        )
        if words[0] == "-":
            shell.state.traps.pop(name, None)
        else:
            shell.state.traps[name] = words[0]
    return 0


@builtin("wait")
def _wait(shell: Shell, argv: list[str]) -> int:
    if shell.machine.jobs:
        raise Running
    return 0


@builtin("kill")
def _kill(shell: Shell, argv: list[str]) -> int:
    status = 0
    for word in argv[1:]:
        if word.startswith("-"):
            continue
        if word.isdigit() and int(word) in shell.machine.jobs:
            shell.machine.jobs.remove(int(word))
        elif word.isdigit() and int(word) in (1, shell.state.pid):
            continue
        else:
            if shell.kind == "dash":
                shell.complain("No such process\n", "kill")
            else:
                shell.complain(f"can't kill pid {word}: No such process")
            status = 1
    return status


@builtin("hash", "alias", "unalias", "ulimit", "jobs", "times", "shopt")
def _nothing(shell: Shell, argv: list[str]) -> int:
    return 0
