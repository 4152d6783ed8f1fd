"""Programs about the machine and its processes: env, date, sleep, ps, uname and such."""

import re
import time

from labimg.shell.echo import echo as echoed
from labimg.shell.echo import printf as printed
from labimg.shell.machine import Call, Missing, Unusable, Usage, applet
from labimg.shell.options import operands, options
from labimg.shell.when import parse
from labimg.shell.wrong import Running


@applet("echo")
def echo(call: Call) -> int:
    """Print words."""
    call.say(echoed(call.argv[1:], "ash"))
    return 0


@applet("printf")
def printf(call: Call) -> int:
    """Print words in a given form."""
    if len(call.argv) < 2:
        raise Usage("" if call.busybox else "missing operand")
    text, wrong = printed(call.argv[1], call.argv[2:])
    call.say(text)
    for sentence in wrong:
        call.complain(sentence)
    return int(bool(wrong))


@applet("env", "printenv")
def env(call: Call) -> int:
    """Print the environment, or run a program in a changed one."""
    if call.argv[0].endswith("printenv"):
        return _printenv(call)
    found = options(call, "iu:0S:", {"ignore-environment": "i", "unset": "u"}, inside=False)
    environment = {} if "i" in found else dict(call.environment)
    for name in found.values("u"):
        environment.pop(name, None)
    words = (found.values("S") and found.value("S").split() + found.operands) or list(found.operands)
    while words and "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    if not words:
        call.say("".join(f"{name}={value}\n" for name, value in environment.items()))
        return 0
    return launch(call, words, environment)


def launch(call: Call, words: list[str], environment: dict[str, str]) -> int:
    """Run a program in `environment`; 127 if there is none, 126 if it cannot be run."""
    call.flush()
    path = environment.get("PATH", call.environment.get("PATH", ""))
    try:
        return call.machine.run(words, environment, call.kernel, call.files, path=path)
    except Missing:
        call.unlike(
            f"'{words[0]}': No such file or directory",
            f"can't execute '{words[0]}': No such file or directory",
        )
        return 127
    except Unusable as unusable:
        call.unlike(f"'{words[0]}': {unusable.reason}", f"can't execute '{words[0]}': {unusable.reason}")
        return 126


def _printenv(call: Call) -> int:
    names = call.argv[1:]
    if not names:
        call.say("".join(f"{name}={value}\n" for name, value in call.environment.items()))
    status = 0
    for name in names:
        if name in call.environment:
            call.say(call.environment[name] + "\n")
        else:
            status = 1
    return status


@applet("nice", "nohup", "setsid", "time", "chroot")
def nice(call: Call) -> int:
    """Run a program as it is: nothing here is faster or slower than another."""
    words = call.argv[1:]
    while words and words[0].startswith("-"):
        words.pop(0)
    if call.argv[0].endswith("chroot"):
        return call.complain("cannot change root directory: Operation not permitted")
    if not words:
        raise Usage("" if call.busybox else "missing operand")
    return launch(call, words, call.environment)


@applet("timeout")
def timeout(call: Call) -> int:
    """Run a program, but not for ever."""
    found = options(call, "s:k:", {"signal": "s"}, inside=False)
    words = operands(call, found, 2)
    if _seconds(words[0]) is None:
        raise Usage(f"invalid time interval '{words[0]}'", 125)
    try:
        return launch(call, words[1:], call.environment)
    except Running:
        return 143 if call.busybox else 124


@applet("sleep", "usleep")
def sleep(call: Call) -> int:
    """Let time pass."""
    found = options(call, "")
    total = 0.0
    for word in operands(call, found):
        seconds = _seconds(word)
        if seconds is None:
            if call.busybox:
                return call.complain(f"invalid number '{word}'")
            raise Usage(f"invalid time interval '{word}'")
        total += seconds
    call.flush()
    call.machine.sleep(total / 1_000_000 if call.argv[0].endswith("usleep") else total)
    return 0


def _seconds(text: str) -> float | None:
    if text in ("infinity", "inf"):
        return float("inf")
    found = re.fullmatch(r"(\d*\.?\d+|\d+\.)([smhd]?)", text)
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}[found[2]] if found else None


@applet("date")
def date(call: Call) -> int:
    """Print the time."""
    found = options(
        call, "ud:s:r:RI:", {"date": "d", "utc": "u", "reference": "r", "iso-8601": "x", "rfc-3339": "y"}
    )
    moment: int | None = call.machine.now()
    if "d" in found:
        moment = parse(found.value("d"), call.machine.now())
    if "r" in found:
        moment = call.kernel.stat(found.value("r")).mtime
    if moment is None:
        return call.unlike(f"invalid date '{found.value('d')}'", f"invalid date '{found.value('d')}'")
    form = next((word[1:] for word in found.operands if word.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    if "R" in found:
        form = "%a, %d %b %Y %H:%M:%S +0000"
    if "x" in found:
        form = "%Y-%m-%d"
    moment_ns = call.machine.clock() % 1_000_000_000
    form = (
        form.replace("%s", str(moment))
        .replace("%N", f"{moment_ns:09}")
        .replace("%Z", "UTC")
        .replace("%z", "+0000")
    )
    call.say(time.strftime(form, time.gmtime(moment)) + "\n")
    return 0


@applet("uname", "arch")
def uname(call: Call) -> int:
    """Tell which system this is."""
    if call.argv[0].endswith("arch"):
        call.say("x86_64\n")
        return 0
    found = options(call, "asnrvmpio", {"all": "a"})
    values = {
        "s": "Linux", "n": call.environment.get("HOSTNAME", "localhost"), "r": "6.1.0", "v": "#1 SMP labimg",
        "m": "x86_64", "o": "GNU/Linux",
    }  # fmt: skip
    wanted = "snrvmo" if "a" in found else [letter for letter in "snrvmo" if letter in found] or "s"
    call.say(" ".join(values[letter] for letter in wanted) + "\n")
    return 0


@applet("hostname")
def hostname(call: Call) -> int:
    """Print the name of the container."""
    found = options(call, "fsi")
    if found.operands:
        return call.unlike("you must be root to change the host name", "sethostname: Operation not permitted")
    call.say(call.environment.get("HOSTNAME", "localhost") + "\n")
    return 0


@applet("ps")
def ps(call: Call) -> int:
    """Print the processes: the container's command, and ps."""
    user = call.kernel.accounts.user_name(call.kernel.uid)
    rows = [(1, " ".join(call.machine.command)), *((job, "sleep") for job in call.machine.jobs)]
    rows.append((call.machine.new_pid(), " ".join(call.argv)))
    if call.busybox:
        call.say("PID   USER     TIME  COMMAND\n")
        call.say("".join(f"{pid:>5} {user:<8}  0:00 {command}\n" for pid, command in rows))
    else:
        call.say("    PID TTY          TIME CMD\n")
        call.say(
            "".join(
                f"{pid:>7} ?        00:00:00 {command.split()[0].rpartition('/')[2]}\n"
                for pid, command in rows
            )
        )
    return 0


@applet("kill", "killall", "pkill")
def kill(call: Call) -> int:
    """End processes; none can be ended from here."""
    status = 0
    for word in call.argv[1:]:
        if not word.startswith("-") and word != "1":
            status = call.unlike(f"({word}): No such process", f"can't kill pid {word}: No such process")
    return status


@applet("nproc")
def nproc(call: Call) -> int:
    """Print the number of processors."""
    call.say("1\n")
    return 0


@applet("tty")
def tty(call: Call) -> int:
    """Tell whether there is a terminal."""
    call.say("/dev/pts/0\n" if call.stdin.terminal else "not a tty\n")
    return 0 if call.stdin.terminal else 1


@applet("getent")
def getent(call: Call) -> int:
    """Print entries of the passwd or group file."""
    words = call.argv[1:]
    accounts = call.kernel.accounts
    if words[:1] not in (["passwd"], ["group"]):
        return 2
    users = words[0] == "passwd"
    if len(words) == 1:
        call.say("".join(f"{one}\n" for one in (accounts.users if users else accounts.groups)))
        return 0
    found = accounts.user(words[1]) if users else accounts.group(words[1])
    if found is None:
        return 2
    call.say(f"{found}\n")
    return 0


@applet("sync", "nologin", "clear", "stty", "ldconfig", "update-rc.d")
def sync(call: Call) -> int:
    """Nothing to do here."""
    if call.argv[0].endswith("nologin"):
        call.say("This account is currently not available.\n")
        return 1
    return 0


@applet("vi", "more", "less", "top", "watch", "perl")
def vi(call: Call) -> int:
    """Programs for a terminal, or a world of their own: refused."""
    return call.complain("not in this teaching shell")


@applet("hello")
def hello(call: Call) -> int:
    """The one program of hello-world."""
    call.say(
        "\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n\n"
    )
    return 0
