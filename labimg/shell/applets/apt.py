"""apt: installs packages from Debian's toy repository, and leaves behind what the real one leaves."""

import posixpath
import time
from collections.abc import Callable, Iterable

import labimg.shell.applets.dpkg as dpkg
from labimg.seeds.debs import INDEXES, MIRROR, repository
from labimg.seeds.matter import filler
from labimg.seeds.packages import Package, closure, orphans
from labimg.shell.machine import Call, applet
from labimg.shell.options import Options, options

LISTS = "/var/lib/apt/lists"
ARCHIVES = "/var/cache/apt/archives"
CLEANER = "/etc/apt/apt.conf.d/docker-clean"
STATES = "/var/lib/apt/extended_states"  # which packages came only because others need them
LONG = {
    "yes": "y", "assume-yes": "y", "no-install-recommends": "r", "no-install-suggests": "s", "quiet": "q",
    "purge": "P", "auto-remove": "A", "autoremove": "A", "fix-missing": "m", "allow-unauthenticated": "u",
    "install-recommends": "R", "download-only": "d", "reinstall": "i", "no-upgrade": "n", "fix-broken": "f",
    "allow-downgrades": "w", "allow-remove-essential": "w", "force-yes": "w", "simulate": "S",
}  # fmt: skip


@applet("apt-get", "apt")
def apt_get(call: Call) -> int:
    """update, install, remove, purge, autoremove, clean, upgrade."""
    if call.argv[0].endswith("apt"):
        call.warn("\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n")
    found = options(call, "yqdfmo:t:sPARruiwnS", LONG, code=100)
    action = found.operands.pop(0) if found.operands else ""
    verb = _ACTIONS.get(action)
    if verb is None:
        call.warn(f"E: Invalid operation {action}\n" if action else "")
        return 100 if action else 1
    if call.kernel.uid:
        return _not_root(call, action)
    return verb(call, found)


def _not_root(call: Call, action: str) -> int:
    denied = "(13: Permission denied)"
    if action == "update":
        call.say("Reading package lists...\n")
        call.warn(
            f"E: Could not open lock file {LISTS}/lock - open {denied}\n"
            f"E: Unable to lock directory {LISTS}/\n"
        )
    else:
        lock = "/var/lib/dpkg/lock-frontend"
        call.warn(f"E: Could not open lock file {lock} - open {denied}\n")
        call.warn(f"E: Unable to acquire the dpkg frontend lock ({lock}), are you root?\n")
    return 100


def _update(call: Call, found: Options) -> int:
    dpkg.folders(call, f"{LISTS}/partial")
    total = sum(size for _, size, _ in INDEXES)
    for number, (name, size, kept) in enumerate(INDEXES, 1):
        _tell(call, found, f"Get:{number} {name} [{_size(size)}]\n")
        call.kernel.write(f"{LISTS}/{_file(name)}", filler(name, kept))
    call.kernel.write(f"{LISTS}/lock", b"", mode=0o640)
    _tell(call, found, f"Fetched {_size(total)} in 1s ({_size(total)}/s)\n")
    _tell(call, found, _reading(call, "package lists"))
    return 0


def _file(name: str) -> str:
    """The file that keeps an index."""
    url, suite, *rest = name.split()
    start = f"{url.removeprefix('http://').replace('/', '_')}_dists_{suite.replace('/', '_')}"
    return f"{start}_binary-{rest[0]}_Packages" if len(rest) > 1 else f"{start}_{rest[0]}"


def _reading(call: Call, what: str, verb: str = "Reading") -> str:
    """A line of progress; on a terminal apt adds that it is done."""
    return f"{verb} {what}...{' Done' if call.stdin.terminal else ''}\n"


def _tell(call: Call, found: Options, text: str) -> None:
    """What apt itself says; twice quiet, it leaves the word to dpkg."""
    if not _silent(found):
        call.say(text)


def _silent(found: Options) -> bool:
    """Is it `-qq`, which is `-y` as well?"""
    return sum(letter == "q" for letter, _ in found.given) > 1


def _opened(call: Call, found: Options) -> dict[str, dpkg.Installed]:
    _tell(call, found, _reading(call, "package lists"))
    _tell(call, found, _reading(call, "dependency tree", "Building"))
    _tell(call, found, _reading(call, "state information"))
    return dpkg.database(call)


def _install(call: Call, found: Options) -> int:
    packages = _opened(call, found)
    known = repository() if _has_lists(call) else {}
    wanted: list[str] = []
    for word in found.operands:
        name, _, version = word.partition("=")
        if name not in known and not (name in packages and packages[name].present):
            call.warn(f"E: Unable to locate package {name}\n")
            return 100
        if version and name in known and version not in (known[name].version, "*"):
            call.warn(f"E: Version '{version}' for '{name}' was not found\n")
            return 100
        if name in packages and packages[name].present:
            _tell(call, found, f"{name} is already the newest version ({packages[name].version}).\n")
            _mark(call, remove=[name])
        else:
            wanted.append(name)
    present = {name for name, one in packages.items() if one.present}
    try:
        chosen = closure(wanted, known, present=present.__contains__, recommended="r" not in found)
    except KeyError as missing:
        call.warn(f"E: Unable to locate package {missing.args[0]}\n")
        return 100
    _announce(call, found, chosen, wanted)
    if not chosen:
        return 0
    asked = "y" in found or _silent(found)
    if not asked and {package.name for package in chosen} != set(wanted):
        call.say("Do you want to continue? [Y/n] Abort.\n")
        return 1
    _fetch(call, found, chosen)
    if "d" not in found:
        _set_up(call, packages, chosen, wanted)
    return 0


def _has_lists(call: Call) -> bool:
    entry = call.kernel.find(LISTS)
    return entry is not None and any(name.endswith("_Packages") for name in call.kernel.names(LISTS))


def _announce(call: Call, found: Options, chosen: list[Package], wanted: list[str]) -> None:
    names = sorted(package.name for package in chosen)
    others = [name for name in names if name not in wanted]
    _tell(call, found, _block("The following additional packages will be installed:", others))
    if "r" in found:
        left = sorted({one for package in chosen for one in package.recommends} - set(names))
        _tell(call, found, _block("Recommended packages:", left))
    _tell(call, found, _block("The following NEW packages will be installed:", names))
    _tell(call, found, f"0 upgraded, {len(names)} newly installed, 0 to remove and 0 not upgraded.\n")
    if chosen:
        _tell(call, found, f"Need to get {_size(sum(package.archive for package in chosen))} of archives.\n")
        size = _size(sum(package.size for package in chosen))
        _tell(call, found, f"After this operation, {size} of additional disk space will be used.\n")


def _block(title: str, names: Iterable[str]) -> str:
    """A title, and names in lines of at most 79 letters."""
    lines: list[str] = []
    for name in names:
        if lines and len(lines[-1]) + len(name) + 1 <= 77:
            lines[-1] += " " + name
        else:
            lines.append("  " + name)
    return "\n".join([title, *lines]) + "\n" if lines else ""


def _fetch(call: Call, found: Options, chosen: list[Package]) -> None:
    """Print what is fetched, and keep the archives; an image's `docker-clean` has them deleted at once."""
    for number, package in enumerate(chosen, 1):
        _tell(
            call,
            found,
            f"Get:{number} {MIRROR} bookworm/main amd64 {package.name} {package.architecture} "
            f"{package.version} [{_size(package.archive)}]\n",
        )
    total = _size(sum(package.archive for package in chosen))
    call.warn("debconf: delaying package configuration, since apt-utils is not installed\n")
    _tell(call, found, f"Fetched {total} in 0s ({total}/s)\n")
    if call.kernel.find(CLEANER) is None:
        dpkg.folders(call, f"{ARCHIVES}/partial")
        for package in chosen:
            data = filler(f"{package.name}.deb", package.archive)
            call.kernel.write(f"{ARCHIVES}/{_deb(package)}", data)


def _deb(package: Package) -> str:
    return f"{package.name}_{package.version.replace(':', '%3a')}_{package.architecture}.deb"


def _set_up(
    call: Call, packages: dict[str, dpkg.Installed], chosen: list[Package], wanted: list[str]
) -> None:
    counted = len(call.kernel.overlay)
    events: list[str] = []
    for package in chosen:
        told = f"{package.name} ({package.version})"
        call.say(f"Selecting previously unselected package {package.name}.\n")
        if package is chosen[0]:
            call.say(f"(Reading database ... {counted} files and directories currently installed.)\n")
        call.say(f"Preparing to unpack .../{_deb(package)} ...\nUnpacking {told} ...\n")
        dpkg.unpack(call, package)
        events.append(f"install {package.name}:{package.architecture} <none> {package.version}")
        events.append(f"status unpacked {package.name}:{package.architecture} {package.version}")
    for package in chosen:
        call.say(f"Setting up {package.name} ({package.version}) ...\n")
        dpkg.register(call, packages, package)
        events.append(f"status installed {package.name}:{package.architecture} {package.version}")
    call.say("Processing triggers for libc-bin (2.36-9+deb12u7) ...\n")
    dpkg.write(call, packages)
    dpkg.log(call, *events)
    _mark(call, add=[package.name for package in chosen if package.name not in wanted])
    _history(call, "Install", [f"{package.name}:amd64 ({package.version})" for package in chosen])


def _history(call: Call, verb: str, packages: list[str]) -> None:
    stamp = time.strftime("%Y-%m-%d  %H:%M:%S", time.gmtime(call.machine.now()))
    told = f"Commandline: {' '.join(call.argv)}\n{verb}: {', '.join(packages)}\n"
    text = f"\nStart-Date: {stamp}\n{told}End-Date: {stamp}\n"
    dpkg.folders(call, "/var/log/apt")
    call.kernel.write("/var/log/apt/history.log", text.encode(), append=True)
    call.kernel.write(
        "/var/log/apt/term.log", f"\nLog started: {stamp}\nLog ended: {stamp}\n".encode(), append=True
    )


def _automatic(call: Call) -> list[str]:
    if call.kernel.find(STATES) is None:
        return []
    lines = call.kernel.read(STATES).decode().splitlines()
    return [line.removeprefix("Package: ") for line in lines if line.startswith("Package: ")]


def _mark(call: Call, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
    """Note which packages were installed only for others."""
    before = _automatic(call)
    names = sorted({*before, *add} - set(remove))
    if names != before:
        stanzas = (f"Package: {name}\nArchitecture: amd64\nAuto-Installed: 1\n\n" for name in names)
        dpkg.folders(call, posixpath.dirname(STATES))
        call.kernel.write(STATES, "".join(stanzas).encode())


def _unneeded(call: Call, packages: dict[str, dpkg.Installed], gone: Iterable[str] = ()) -> list[str]:
    automatic = [name for name in _automatic(call) if name in packages and packages[name].present]
    manual = [
        name for name, one in packages.items() if one.present and name not in automatic and name not in gone
    ]
    return sorted(orphans(automatic, manual, lambda name: packages[name].needs if name in packages else ()))


def _remove(call: Call, found: Options, *, purge: bool = False) -> int:
    packages = _opened(call, found)
    purge = purge or "P" in found
    for name in found.operands:
        if name not in packages and name not in repository():
            call.warn(f"E: Unable to locate package {name}\n")
            return 100
        if name not in packages or not packages[name].present:
            _tell(call, found, f"Package '{name}' is not installed, so not removed\n")
    gone = {name for name in found.operands if name in packages and packages[name].present}
    while more := {one.name for one in packages.values() if one.present and gone & set(one.needs)} - gone:
        gone |= more
    unneeded = [name for name in _unneeded(call, packages, gone) if name not in gone]
    if "A" in found:
        gone |= set(unneeded)
    elif unneeded:
        _tell(
            call,
            found,
            _block(
                "The following packages were automatically installed and are no longer required:", unneeded
            ),
        )
        _tell(
            call,
            found,
            f"Use '{call.argv[0].rpartition('/')[2].removesuffix('-get')} autoremove' to remove them.\n",
        )
    return _delete(call, found, packages, sorted(gone), purge=purge)


def _delete(
    call: Call, found: Options, packages: dict[str, dpkg.Installed], gone: list[str], *, purge: bool
) -> int:
    _tell(
        call, found, _block("The following packages will be REMOVED:", [name + "*" * purge for name in gone])
    )
    _tell(call, found, f"0 upgraded, 0 newly installed, {len(gone)} to remove and 0 not upgraded.\n")
    if not gone:
        return 0
    freed = sum(packages[name].size for name in gone) * 1024
    _tell(call, found, f"After this operation, {_size(freed)} disk space will be freed.\n")
    if "y" not in found and not _silent(found):
        call.say("Do you want to continue? [Y/n] Abort.\n")
        return 1
    call.say(
        f"(Reading database ... {len(call.kernel.overlay)} files and directories currently installed.)\n"
    )
    told = []
    for name in gone:
        one = packages[name]
        call.say(f"Removing {name} ({one.version}) ...\n")
        dpkg.delete(call, name, purge=purge)
        told.append(f"{name}:amd64 ({one.version})")
        settings = [path for path in dpkg.files(call, name) if path.startswith("/etc/")]
        if purge or not settings:
            packages.pop(name)
        else:
            state = "deinstall ok config-files"
            packages[name] = dpkg.Installed(name, one.version, state, one.stanza.replace(one.state, state))
    call.say("Processing triggers for libc-bin (2.36-9+deb12u7) ...\n")
    dpkg.write(call, packages)
    dpkg.log(call, *(f"remove {name}:amd64" for name in gone))
    _mark(call, remove=gone)
    _history(call, "Purge" if purge else "Remove", told)
    return 0


def _purge(call: Call, found: Options) -> int:
    return _remove(call, found, purge=True)


def _autoremove(call: Call, found: Options) -> int:
    found.given.append(("A", ""))
    return _remove(call, found)


def _clean(call: Call, found: Options) -> int:
    for folder in (ARCHIVES, f"{ARCHIVES}/partial"):
        for name in call.kernel.names(folder) if call.kernel.find(folder) else []:
            if name.endswith(".deb") or name == "lock":
                call.kernel.unlink(f"{folder}/{name}")
    for name in ("pkgcache.bin", "srcpkgcache.bin"):
        if call.kernel.find(f"/var/cache/apt/{name}"):
            call.kernel.unlink(f"/var/cache/apt/{name}")
    return 0


def _upgrade(call: Call, found: Options) -> int:
    _opened(call, found)
    _tell(call, found, _reading(call, "upgrade", "Calculating"))
    _tell(call, found, "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
    return 0


def _size(size: int) -> str:
    """Bytes as apt prints them.

    >>> [_size(number) for number in (900, 5_540, 15_100, 878_000, 1_830_000)]
    ['900 B', '5,540 B', '15.1 kB', '878 kB', '1,830 kB']
    """
    if size < 10_000:
        return f"{size:,} B" if size >= 1000 else f"{size} B"
    for unit in ("kB", "MB", "GB"):
        if size < 100_000:
            return f"{size / 1000:.1f} {unit}"
        if size < 10_000_000:
            return f"{size / 1000:,.0f} {unit}"
        size //= 1000
    return f"{size} GB"


_ACTIONS: dict[str, Callable[[Call, Options], int]] = {
    "update": _update, "install": _install, "remove": _remove, "purge": _purge, "autoremove": _autoremove,
    "clean": _clean, "autoclean": _clean, "upgrade": _upgrade, "dist-upgrade": _upgrade,
    "full-upgrade": _upgrade,
}  # fmt: skip
