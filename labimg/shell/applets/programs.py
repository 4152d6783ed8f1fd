"""Programs that packages bring: nginx, curl, a compiler for the smallest programs."""

import posixpath
import re
import time

from labimg.seeds.matter import MARK
from labimg.shell.kernel import why
from labimg.shell.machine import Call, applet
from labimg.shell.options import options
from labimg.shell.wrong import Running


@applet("nginx", "nginx-debug")
def nginx(call: Call) -> int:
    """The web server: with `daemon off;` it goes on, else it leaves a process behind."""
    found = options(call, "vVtTqs:g:c:p:h")
    version = call.environment.get("NGINX_VERSION") or (
        "1.22.1" if call.kernel.find("/usr/bin/apt-get") else "1.26.2"
    )
    if "v" in found or "V" in found:
        call.warn(f"nginx version: nginx/{version}\n")
        return 0
    settings = found.value("c", "/etc/nginx/nginx.conf")
    stamp = time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime(call.machine.now()))
    try:
        text = call.kernel.read(settings).decode(errors="replace")
    except OSError as error:
        call.warn(f'{stamp} [emerg] 1#1: open() "{settings}" failed ({error.errno}: {why(error)})\n')
        return 1
    wrong = _unbalanced(text)
    if wrong:
        call.warn(f"nginx: [emerg] {wrong} in {settings}:{text.count(chr(10)) + 1}\n")
        if "t" in found:
            call.warn(f"nginx: configuration file {settings} test failed\n")
        return 1
    if "t" in found:
        call.warn(f"nginx: the configuration file {settings} syntax is ok\n")
        call.warn(f"nginx: configuration file {settings} test is successful\n")
        return 0
    return _serve(call, text + found.value("g"), version, stamp)


def _unbalanced(text: str) -> str:
    plain = re.sub(r"#.*", "", text)
    if plain.count("{") > plain.count("}"):
        return 'unexpected end of file, expecting "}"'
    return 'unexpected "}"' if plain.count("{") < plain.count("}") else ""


def _serve(call: Call, settings: str, version: str, stamp: str) -> int:
    told = re.search(r"error_log\s+(\S+?)(?:\s+notice)?;", settings)
    log = told[1] if told else "/var/log/nginx/error.log"
    if "notice;" in settings:
        text = (
            f'{stamp} [notice] 1#1: using the "epoll" event method\n{stamp} [notice] 1#1: nginx/{version}\n'
        )
        text += (
            f"{stamp} [notice] 1#1: start worker processes\n{stamp} [notice] 1#1: start worker process 29\n"
        )
        entry = call.kernel.find(log)
        if entry is not None and entry.path == "/dev/stderr":
            call.warn(text)
        else:
            _append(call, log, text)
    elif call.kernel.find(log) is None:
        _append(call, log, "")
    access = re.search(r"access_log\s+(\S+?);", settings)
    if access and call.kernel.find(access[1]) is None:
        _append(call, access[1], "")
    pid = re.search(r"pid\s+(\S+?);", settings)
    daemon = not re.search(r"daemon\s+off", settings)
    number = call.machine.new_pid() if daemon else 1
    call.kernel.write(pid[1] if pid else "/run/nginx.pid", f"{number}\n".encode())
    if not daemon:
        raise Running
    call.machine.jobs.append(number)
    return 0


def _append(call: Call, path: str, text: str) -> None:
    folder = posixpath.dirname(path)
    if call.kernel.find(folder) is None:
        call.kernel.mkdir(folder)
    call.kernel.write(path, text.encode(), append=True)


@applet("curl")
def curl(call: Call) -> int:
    """Fetch a page; there is no network here, only files."""
    if "--version" in call.argv or "-V" in call.argv:
        call.say("curl 7.88.1 (x86_64-pc-linux-gnu)\nProtocols: file http https\n")
        return 0
    urls = [word for word in call.argv[1:] if "://" in word or (not word.startswith("-") and "." in word)]
    if not urls:
        call.warn("curl: try 'curl --help' or 'curl --manual' for more information\n")
        return 2
    if urls[0].startswith("file://"):
        try:
            call.put(call.kernel.read(urls[0].removeprefix("file://")))
        except OSError:
            call.warn(f"curl: (37) Couldn't open file {urls[0].removeprefix('file://')}\n")
            return 37
        return 0
    host = re.sub(r"^\w+://", "", urls[0]).partition("/")[0].partition(":")[0]
    silent = any(re.match(r"-[a-zA-Z]*s", word) for word in call.argv) and not any(
        re.match(r"-[a-zA-Z]*S", word) for word in call.argv
    )
    if host in ("localhost", "127.0.0.1"):
        if not silent:
            call.warn(
                f"curl: (7) Failed to connect to {host} port 80 after 0 ms: Couldn't connect to server\n"
            )
        return 7
    if not silent:
        call.warn(f"curl: (6) Could not resolve host: {host}\n")
    return 6


@applet("wget")
def wget(call: Call) -> int:
    """Fetch a page; there is no network here."""
    urls = [word for word in call.argv[1:] if not word.startswith("-")]
    if not urls:
        return call.unlike("missing URL\nUsage: wget [OPTION]... [URL]...", "missing URL")
    host = re.sub(r"^\w+://", "", urls[-1]).partition("/")[0].partition(":")[0]
    if call.busybox:
        return call.complain(f"bad address '{host}'")
    call.warn(f"wget: unable to resolve host address '{host}'\n")
    return 4


@applet("ping", "git", "openssl", "nslookup")
def ping(call: Call) -> int:
    """Programs for a network: there is none."""
    if "--version" in call.argv or "version" in call.argv[1:2]:
        call.say(f"{call.argv[0].rpartition('/')[2]} version 2.39.2\n")
        return 0
    host = next((word for word in call.argv[1:] if not word.startswith("-")), "")
    if call.argv[0].endswith("ping"):
        return call.unlike(f"{host}: Temporary failure in name resolution", f"bad address '{host}'") + 1
    return call.complain("there is no network in this teaching shell")


@applet("httpd")
def httpd(call: Call) -> int:
    """The web server of busybox: with -f it goes on, else it leaves a process behind."""
    found = options(call, "fvp:h:c:u:r:i")
    call.kernel.names(found.value("h", "."))
    if "f" in found:
        raise Running
    call.machine.jobs.append(call.machine.new_pid())
    return 0


@applet("update-ca-certificates")
def update_ca_certificates(call: Call) -> int:
    """Put the certificates into one file again."""
    call.say("Updating certificates in /etc/ssl/certs...\n0 added, 0 removed; done.\n")
    call.say("Running hooks in /etc/ca-certificates/update.d...\ndone.\n")
    return 0


@applet("gcc")
def gcc(call: Call) -> int:
    """Compile a C program that does nothing but print fixed texts; all else is refused."""
    words = call.argv[1:]
    if "--version" in words:
        call.say("gcc (Debian 12.2.0-14) 12.2.0\n")
        return 0
    sources = [word for word in words if word.endswith(".c")]
    target = words[words.index("-o") + 1] if "-o" in words[:-1] else "a.out"
    if not sources:
        call.warn("gcc: fatal error: no input files\ncompilation terminated.\n")
        return 1
    texts: list[str] = []
    code = 0
    for source in sources:
        try:
            text = call.kernel.read(source).decode(errors="replace")
        except OSError as error:
            call.warn(f"cc1: fatal error: {source}: {why(error)}\ncompilation terminated.\n")
            return 1
        printed, code_here, left = _compiled(text)
        if left:
            call.warn(
                f"{source}: error: this teaching compiler knows puts, printf of a fixed text, "
                f"and return: {left}\n"
            )
            return 1
        texts += printed
        code = code_here
    body = f"exit {code}\n".encode() + "".join(texts).encode()
    size = 76_000 if "-static" in words else 1_600
    call.kernel.write(target, MARK + b"compiled\n" + body + b"\n\0" + bytes(max(0, size - len(body))))
    call.kernel.chmod(target, 0o755)
    return 0


def _compiled(source: str) -> tuple[list[str], int, str]:
    """The texts a program prints, its exit code, and what could not be understood."""
    plain = re.sub(r"/\*.*?\*/|//[^\n]*|^\s*#[^\n]*$", "", source, flags=re.DOTALL | re.MULTILINE)
    found = re.search(r"\bmain\s*\([^)]*\)\s*\{(.*)\}", plain, re.DOTALL)
    if not found:
        return [], 0, "no main function"
    texts: list[str] = []
    code = 0
    for statement in re.findall(r'(?:"(?:\\.|[^"\\])*"|[^;"])+', found[1]):
        statement = statement.strip()
        said = re.fullmatch(r'(puts|printf)\s*\(\s*"((?:\\.|[^"\\%])*)"\s*\)', statement)
        if said:
            text = said[2].replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\")
            texts.append(text + ("\n" if said[1] == "puts" else ""))
        elif given := re.fullmatch(r"return\s*\(?(\d+)\)?", statement):
            code = int(given[1])
        elif statement:
            return texts, code, statement
    return texts, code, ""


@applet("compiled")
def compiled(call: Call) -> int:
    """What `gcc` made: prints its texts."""
    data = call.kernel.read(call.place)
    head, _, rest = data.partition(b"\n")[2].partition(b"\n")
    call.put(rest.partition(b"\n\0")[0])
    return int(head.split()[1])


@applet(
    "python3", "python3.12", "python", "pip3", "vim", "nano", "make", "jq", "unzip", "patch", "tree", "awk"
)
def python3(call: Call) -> int:
    """Programs that are worlds of their own: they tell their version, and refuse the rest."""
    name = posixpath.basename(call.argv[0])
    if call.argv[1:2] in (["--version"], ["-V"]):
        version = call.environment.get("PYTHON_VERSION", "3.11.2")
        call.say(
            f"Python {version}\n" if name.startswith("python") else f"{name}, a toy of the teaching shell\n"
        )
        return 0
    if call.stdin.terminal and len(call.argv) == 1:
        raise Running
    call.warn(f"{name}: the teaching shell has no {name} inside; it only stands for its bytes\n")
    return 1
