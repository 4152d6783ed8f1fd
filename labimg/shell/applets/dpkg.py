"""dpkg: the database of installed packages, and the program that reads it."""

import posixpath
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from labimg.seeds.packages import Package
from labimg.shell.machine import Call, applet
from labimg.shell.options import options
from labimg.shell.pattern import compiled

STATUS = "/var/lib/dpkg/status"
INFO = "/var/lib/dpkg/info"
LOG = "/var/log/dpkg.log"


@dataclass(frozen=True, slots=True)
class Installed:
    """One stanza of the database."""

    name: str
    version: str
    state: str  # "install ok installed", or "deinstall ok config-files"
    stanza: str

    @property
    def present(self) -> bool:
        """Is it installed, and not only its settings left?"""
        return self.state.endswith(" installed")

    @property
    def needs(self) -> list[str]:
        """The packages it needs."""
        found = re.search(r"^Depends: (.*)$", self.stanza, re.MULTILINE)
        return found[1].split(", ") if found else []

    @property
    def size(self) -> int:
        """KiB once installed."""
        found = re.search(r"^Installed-Size: (\d+)$", self.stanza, re.MULTILINE)
        return int(found[1]) if found else 0


def database(call: Call) -> dict[str, Installed]:
    """What is installed, by name."""
    try:
        text = call.kernel.read(STATUS).decode(errors="replace")
    except OSError:
        return {}
    found = {}
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^([\w-]+): (.*)$", stanza, re.MULTILINE))
        if "Package" in fields:
            one = Installed(
                fields["Package"], fields.get("Version", ""), fields.get("Status", ""), stanza.strip()
            )
            found[one.name] = one
    return found


def write(call: Call, packages: dict[str, Installed]) -> None:
    """Store the database; the one before is kept beside it."""
    if call.kernel.find(STATUS):
        call.kernel.write(STATUS + "-old", call.kernel.read(STATUS))
    call.kernel.write(STATUS, "".join(one.stanza + "\n\n" for one in packages.values()).encode())


def unpack(call: Call, package: Package) -> None:
    """Lay out the package's files."""
    for path in package.folders:
        folders(call, path)
    for path in package.paths:
        folders(call, posixpath.dirname(path))
        if path in package.links:
            if call.kernel.find(path, follow=False):
                call.kernel.unlink(path)
            call.kernel.symlink(package.links[path], path)
            continue
        data, mode = package.content(path)
        call.kernel.write(path, data)
        call.kernel.chmod(path, mode)


def register(call: Call, packages: dict[str, Installed], package: Package) -> None:
    """Enter the package into the database."""
    stanza = (
        f"Package: {package.name}\nStatus: install ok installed\nPriority: optional\nSection: misc\n"
        f"Installed-Size: {-(-package.size // 1024)}\nArchitecture: {package.architecture}\n"
        f"Version: {package.version}\n"
    )
    if package.needs:
        stanza += f"Depends: {', '.join(package.needs)}\n"
    stanza += f"Description: the {package.name} of this teaching repository"
    packages[package.name] = Installed(package.name, package.version, "install ok installed", stanza)
    listed = ["/.", *package.folders, *package.paths]
    call.kernel.write(f"{INFO}/{package.name}.list", "".join(path + "\n" for path in listed).encode())


def log(call: Call, *events: str) -> None:
    """Write `events` into dpkg's log."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(call.machine.now()))
    folders(call, posixpath.dirname(LOG))
    call.kernel.write(LOG, "".join(f"{stamp} {event}\n" for event in events).encode(), append=True)


def files(call: Call, name: str) -> list[str]:
    """The files that an installed package brought."""
    try:
        return call.kernel.read(f"{INFO}/{name}.list").decode().split()
    except OSError:
        return []


def delete(call: Call, name: str, *, purge: bool) -> None:
    """Delete the package's files, and the directories that are empty then; settings only with `purge`."""
    for path in sorted(files(call, name), reverse=True):
        entry = call.kernel.find(path, follow=False)
        if entry is None or path == "/." or (path.startswith("/etc/") and not purge):
            continue
        if entry.is_dir:
            if not call.kernel.names(path):
                call.kernel.rmdir(path)
            continue
        call.kernel.unlink(path)
        sweep(call, posixpath.dirname(path))
    if purge and call.kernel.find(f"{INFO}/{name}.list"):
        call.kernel.unlink(f"{INFO}/{name}.list")


def sweep(call: Call, path: str) -> None:
    """Delete `path` and those above it while they are empty, down to what a base system has."""
    while path.count("/") > 2 and not call.kernel.names(path):
        call.kernel.rmdir(path)
        path = posixpath.dirname(path)


def folders(call: Call, path: str) -> None:
    """Make sure the directory is there."""
    if path not in ("", "/") and call.kernel.find(path) is None:
        folders(call, posixpath.dirname(path))
        call.kernel.mkdir(path)


@applet("dpkg", "dpkg-query")
def dpkg(call: Call) -> int:
    """List packages, their files, and which package a file is of."""
    if "--print-architecture" in call.argv:
        call.say("amd64\n")
        return 0
    long = {"list": "l", "listfiles": "L", "search": "S", "status": "s", "show": "W", "showformat": "f"}
    found = options(call, "lLSsWf:irP", long, code=2)
    packages = database(call)
    match found.last("lLSsWirP"):
        case "l":
            return _list(call, packages, found.operands)
        case "L":
            return _each(
                call, packages, found.operands, lambda one: "".join(f + "\n" for f in files(call, one.name))
            )
        case "s":
            return _each(call, packages, found.operands, lambda one: one.stanza + "\n")
        case "W":
            form = found.value("f", "${Package}\t${Version}\n").replace("\\n", "\n").replace("\\t", "\t")
            chosen = [packages[name] for name in found.operands or packages if name in packages]
            for one in chosen:
                text = form.replace("${Package}", one.name).replace("${Version}", one.version)
                call.say(text.replace("${Installed-Size}", str(one.size)).replace("${Status}", one.state))
            return int(len(chosen) < len(found.operands))
        case "S":
            return _search(call, packages, found.operands)
    call.complain("error: need an action option\n")
    return 2


def _list(call: Call, packages: dict[str, Installed], wanted: list[str]) -> int:
    chosen = [one for name, one in sorted(packages.items())
              if not wanted or any(compiled(pattern).fullmatch(name) for pattern in wanted)]  # fmt: skip
    if not chosen and not wanted:
        return 0
    if not chosen:
        call.complain(f"no packages found matching {wanted[0]}")
        return 1
    widths = [max(len(one.name) for one in chosen), max(len(one.version) for one in chosen)]
    widths = [max(14, widths[0]), max(12, widths[1])]
    call.say(
        "Desired=Unknown/Install/Remove/Purge/Hold\n"
        "| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n"
        "|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n"
        f"||/ {'Name':<{widths[0]}} {'Version':<{widths[1]}} Architecture Description\n"
        f"+++-{'=' * widths[0]}-{'=' * widths[1]}-============-============\n"
    )
    for one in chosen:
        description = re.search(r"^Description: (.*)$", one.stanza, re.MULTILINE)
        mark = "ii" if one.present else "rc"
        call.say(
            f"{mark}  {one.name:<{widths[0]}} {one.version:<{widths[1]}} amd64        "
            f"{description[1] if description else ''}\n"
        )
    return 0


def _each(
    call: Call, packages: dict[str, Installed], names: list[str], text: Callable[[Installed], str]
) -> int:
    status = 0
    for name in names:
        if name in packages:
            call.say(text(packages[name]))
        else:
            call.warn(f"dpkg-query: package '{name}' is not installed\n")
            call.warn("Use dpkg --contents (= dpkg-deb --contents) to list archive files contents.\n")
            status = 1
    return status


def _search(call: Call, packages: dict[str, Installed], paths: list[str]) -> int:
    status = 0
    for path in paths:
        owners = list(_owners(call, packages, path))
        call.say("".join(f"{name}: {found}\n" for name, found in owners))
        if not owners:
            call.warn(f"dpkg-query: no path found matching pattern {path}\n")
            status = 1
    return status


def _owners(call: Call, packages: dict[str, Installed], path: str) -> Iterator[tuple[str, str]]:
    for name in packages:
        for one in files(call, name):
            if one == path or ("/" not in path and path in one):
                yield name, one
