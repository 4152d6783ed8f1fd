"""Programs about paths: basename, dirname, readlink, realpath, which, pwd, mktemp."""

import posixpath

from labimg.digest import Digest
from labimg.shell.kernel import join, why
from labimg.shell.machine import Call, Missing, Unusable, applet, locate
from labimg.shell.options import operands, options


@applet("basename")
def basename(call: Call) -> int:
    """Print the last part of a path."""
    found = options(call, "as:z")
    words = operands(call, found)
    several = "a" in found or "s" in found
    suffix = found.value("s") if several else words[1] if len(words) > 1 else ""
    for word in words if several else words[:1]:
        name = posixpath.basename(word.rstrip("/")) or ("/" if word else "")
        call.say((name.removesuffix(suffix) if name != suffix else name) + "\n")
    return 0


@applet("dirname")
def dirname(call: Call) -> int:
    """Print a path without its last part."""
    for word in operands(call, options(call, "z")):
        above = posixpath.dirname(word.rstrip("/")).rstrip("/")
        call.say((above or ("/" if word.startswith("/") else ".")) + "\n")
    return 0


@applet("readlink")
def readlink(call: Call) -> int:
    """Print where a symbolic link points; with -f, where it leads in the end."""
    found = options(call, "femnqsvz")
    status = 0
    for path in operands(call, found):
        try:
            if "f" in found or "e" in found or "m" in found:
                place = call.kernel.path(path)
                if "e" in found:
                    call.kernel.stat(place)
                call.say(place + ("" if "n" in found else "\n"))
                continue
            entry = call.kernel.stat(path, follow=False)
        except OSError:
            status = 1
            continue
        if entry.kind == "symlink":
            call.say(entry.target + ("" if "n" in found else "\n"))
        else:
            status = 1
    return status


@applet("realpath")
def realpath(call: Call) -> int:
    """Print the absolute path without symbolic links."""
    found = options(call, "emsqz")
    status = 0
    for path in operands(call, found):
        try:
            place = call.kernel.path(path)
            if call.busybox or "e" in found:
                call.kernel.stat(place)
            call.say(place + "\n")
        except OSError as error:
            status = call.refuse(path, error)
    return status


@applet("which")
def which(call: Call) -> int:
    """Print where programs are found."""
    found = options(call, "as")
    status = 0 if found.operands else 1
    for name in found.operands:
        try:
            call.say(locate(name, call.kernel, call.environment.get("PATH", "")) + "\n")
        except (Missing, Unusable):
            status = 1
    return status


@applet("pwd")
def pwd(call: Call) -> int:
    """Print the directory one is in."""
    call.say(call.kernel.cwd + "\n")
    return 0


@applet("mktemp")
def mktemp(call: Call) -> int:
    """Make a file, or with -d a directory, of a name nobody has."""
    found = options(call, "dqup:t", {"directory": "d", "dry-run": "u", "tmpdir": "p"})
    template = (found.operands or ["tmp.XXXXXXXXXX"])[0]
    folder = found.value("p") or call.environment.get("TMPDIR", "/tmp")
    if not found.operands or "t" in found or "p" in found:
        template = join(folder, template)
    marks = len(template) - len(template.rstrip("X"))
    if marks < 3:
        return call.unlike(f"too few X's in template '{template}'", "(null): Invalid argument")
    stem = template[:-marks]
    for attempt in range(1000):
        letters = Digest.of(f"{stem}{attempt}{call.machine.now()}".encode()).hex[:marks]
        path = stem + letters
        if call.kernel.find(path, follow=False) is None:
            break
    try:
        if "d" in found:
            call.kernel.mkdir(path, 0o700)
        elif "u" not in found:
            call.kernel.write(path, b"", mode=0o600)
    except OSError as error:
        kind = "directory" if "d" in found else "file"
        return call.unlike(
            f"failed to create {kind} via template '{template}': {why(error)}", f"{template}: {why(error)}"
        )
    call.say(path + "\n")
    return 0
