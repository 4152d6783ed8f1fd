"""The shell as a program: `sh -c "..."`, `sh script`, `sh` alone."""

from labimg.shell.machine import Call, applet
from labimg.shell.state import State
from labimg.shell.variables import LONG, NAME
from labimg.shell.walk import Shell
from labimg.shell.wrong import Running


@applet("sh", "ash", "dash", "bash")
def sh(call: Call) -> int:
    """Run a line, a script, or what comes from the standard input."""
    kind = "ash" if call.busybox else "bash" if call.program == "bash" else "dash"
    words = call.argv[1:]
    options: set[str] = set()
    line: str | None = None
    wanted = False
    while words and len(words[0]) > 1 and words[0][0] in "-+":
        word = words.pop(0)
        if word == "--":
            break
        for letter in word[1:] if not word.startswith("--") else "":
            if letter == "c":
                wanted = True
            elif letter == "o" and words:
                option = LONG.get(words.pop(0))
                options |= {option} if option else set()
            else:
                options.add(letter)
    if wanted:
        if not words:
            call.warn(f"{call.argv[0]}: {'' if call.busybox else '0: '}-c requires an argument\n")
            return 2
        line = words.pop(0)
    state = State(
        call.kernel, call.files, _variables(call),
        {name for name in call.environment if NAME.fullmatch(name)},
        name=call.argv[0], options=options - {"i", "s", "l"}, pid=call.machine.new_pid(),
    )  # fmt: skip
    shell = Shell(call.machine, state, kind)
    if line is None and words and "s" not in options:
        try:
            line = call.kernel.read(words[0]).decode(errors="surrogateescape")
        except OSError:
            missing = (
                f"cannot open {words[0]}: No such file"
                if kind == "dash"
                else f"can't open '{words[0]}': No such file or directory"
            )
            call.warn(f"{call.argv[0]}: {'0: ' if kind == 'dash' else ''}{missing}\n")
            return 2 if kind != "bash" else 127
    if "s" in options:
        state.arguments = words
    elif words:
        state.name, state.arguments = words[0], words[1:]
    if line is None:
        line = _typed(call)
    return shell.script(line)


def _typed(call: Call) -> str:
    """The script on the standard input.

    Raises:
        Running: it is a terminal, and nobody types.
    """
    if call.stdin.terminal:
        raise Running
    return call.stdin.read().decode(errors="surrogateescape")


def _variables(call: Call) -> dict[str, str]:
    known = {name: value for name, value in call.environment.items() if NAME.fullmatch(name)}
    return {"IFS": " \t\n", "OPTIND": "1", "PS4": "+ ", **known, "PWD": call.kernel.cwd, "PPID": "0"}
