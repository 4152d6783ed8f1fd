"""apk: installs packages from Alpine's toy repository, and leaves behind what the real one leaves."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import labimg.shell.applets.dpkg as dpkg
from labimg.seeds.apks import AVAILABLE, BASE, BRANCHES, INDEX, MIRROR, repository
from labimg.seeds.matter import filler
from labimg.seeds.packages import Package, closure, orphans
from labimg.shell.machine import Call, applet
from labimg.shell.options import Options, options

DATABASE = "/lib/apk/db/installed"
WORLD = "/etc/apk/world"
CACHE = "/var/cache/apk"
LONG = {
    "no-cache": "n", "update-cache": "U", "update": "U", "virtual": "t", "quiet": "q", "repository": "X",
    "purge": "p", "upgrade": "u", "force": "f", "no-progress": "N", "allow-untrusted": "w", "contents": "L",
    "installed": "e", "latest": "l",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One installed package."""

    name: str
    version: str
    size: int  # bytes
    needs: tuple[str, ...]
    stanza: str

    @property
    def paths(self) -> list[str]:
        """Its files."""
        folder, found = "", []
        for line in self.stanza.splitlines():
            if line.startswith("F:"):
                folder = "/" + line[2:]
            elif line.startswith("R:"):
                found.append(f"{folder.rstrip('/')}/{line[2:]}")
        return found


@applet("apk")
def apk(call: Call) -> int:
    """add, del, update, upgrade, info, search."""
    found = options(call, "nUt:qX:pufNwRlviaLe", LONG)
    action = found.operands.pop(0) if found.operands else ""
    verb = _ACTIONS.get(action)
    if verb is None:
        call.complain(
            f"'{action}' is not an apk command. See 'apk --help'."
            if action
            else "usage: apk [OPTION]... COMMAND"
        )
        return 1
    if call.kernel.uid and action not in ("info", "search"):
        call.warn(
            "ERROR: Unable to lock database: Permission denied\n"
            "ERROR: Failed to open apk database: Permission denied\n"
        )
        return 99
    return verb(call, found)


def _database(call: Call) -> dict[str, Record]:
    text = call.kernel.read(DATABASE).decode() if call.kernel.find(DATABASE) else ""
    found = {}
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z]):(.*)$", stanza, re.MULTILINE))
        if "P" in fields:
            needs = tuple(fields.get("D", "").split())
            one = Record(fields["P"], fields.get("V", ""), int(fields.get("I", "0")), needs, stanza.strip())
            found[one.name] = one
    return found


def _write(call: Call, records: dict[str, Record]) -> None:
    call.kernel.write(DATABASE, "".join(one.stanza + "\n\n" for one in records.values()).encode())


def _world(call: Call) -> list[str]:
    return call.kernel.read(WORLD).decode().split() if call.kernel.find(WORLD) else []


def _index(branch: str) -> str:
    """Where apk keeps an index."""
    return f"{CACHE}/APKINDEX.{filler(branch, 8).hex()[:8]}.tar.gz"


def _fetch(call: Call, *, keep: bool) -> None:
    for branch in BRANCHES:
        call.say(f"fetch {MIRROR}/{branch}/x86_64/APKINDEX.tar.gz\n")
        if keep:
            dpkg.folders(call, CACHE)
            call.kernel.write(_index(branch), filler(branch, INDEX[branch]))


def _update(call: Call, found: Options) -> int:
    _fetch(call, keep="n" not in found)
    for branch in BRANCHES:
        call.say(f"v3.20.1-{len(branch) * 31}-g{filler(branch, 12).hex()[:11]} [{MIRROR}/{branch}]\n")
    call.say(f"OK: {AVAILABLE} distinct packages available\n")
    return 0


def _add(call: Call, found: Options) -> int:
    cached = all(call.kernel.find(_index(branch)) for branch in BRANCHES)
    if "n" in found or "U" in found:
        _fetch(call, keep="n" not in found)
    elif not cached:
        for branch in BRANCHES:
            call.warn(f"WARNING: opening from cache {MIRROR}/{branch}: No such file or directory\n")
    known = repository() if cached or "n" in found or "U" in found else {}
    records = _database(call)
    wanted = [re.split(r"[=<>~]", word)[0] for word in found.operands]
    missing = sorted(name for name in wanted if name not in known and name not in records)
    if missing:
        call.warn("ERROR: unable to select packages:\n")
        reason = found.value("t") or "world"
        for name in missing:
            by = f"{reason}-20240101.000000[{name}]" if "t" in found else f"world[{name}]"
            call.warn(f"  {name} (no such package):\n    required by: {by}\n")
        return len(missing)
    chosen = closure(wanted, known, present=records.__contains__)
    group = found.value("t")
    total = len(chosen) + bool(group)
    for number, package in enumerate(chosen, 1):
        call.say(f"({number}/{total}) Installing {package.name} ({package.version})\n")
        _place(call, records, package)
    if group:
        call.say(f"({total}/{total}) Installing {group} (20240101.000000)\n")
        stanza = (
            f"P:{group}\nV:20240101.000000\nA:noarch\nS:0\nI:0\nT:virtual meta package\nD:{' '.join(wanted)}"
        )
        records[group] = Record(group, "20240101.000000", 0, tuple(wanted), stanza)
    if chosen:
        call.say(_executed(call, records, chosen))
    _write(call, records)
    world = sorted({*_world(call), *([group] if group else found.operands)})
    call.kernel.write(WORLD, "".join(name + "\n" for name in world).encode())
    call.say(_sum(records))
    return 0


def _executed(call: Call, records: dict[str, Record], chosen: list[Package]) -> str:
    lines = [
        f"Executing {package.name}-{package.version}.pre-install\n" for package in chosen if package.accounts
    ]
    lines.append(f"Executing busybox-{records['busybox'].version}.trigger\n" if "busybox" in records else "")
    return "".join(lines)


def _place(call: Call, records: dict[str, Record], package: Package) -> None:
    for name in package.accounts:
        if call.kernel.accounts.user(name) is None:
            call.run(["addgroup", "-S", name])
            call.run(["adduser", "-S", "-D", "-H", "-G", name, name])
    dpkg.unpack(call, package)
    rows: list[str] = []
    folder = ""
    for path in package.paths:
        above, _, name = path.rpartition("/")
        if above != folder:
            rows.append(f"F:{above.lstrip('/')}")
            folder = above
        rows.append(f"R:{name}")
    needs = f"D:{' '.join(package.needs)}\n" if package.needs else ""
    stanza = (
        f"P:{package.name}\nV:{package.version}\nA:x86_64\nS:{package.archive}\nI:{package.size}\nT:{package.name}\n"
        + needs + "\n".join(rows)
    )  # fmt: skip
    records[package.name] = Record(package.name, package.version, package.size, package.needs, stanza)


def _sum(records: dict[str, Record]) -> str:
    size = sum(one.size for one in records.values())
    shown = f"{round(size / 1024)} KiB" if size < 1 << 20 else f"{round(size / (1 << 20))} MiB"
    return f"OK: {shown} in {len(records)} packages\n"


def _delete(call: Call, found: Options) -> int:
    records = _database(call)
    world = _world(call)
    kept = [name for name in world if name not in found.operands]
    names = [name for name in records if name not in found.operands]
    base = [name for name in names if name in _BASE]
    manual = [name for name in kept if name in records] + base
    gone = list(orphans(list(records), manual, lambda name: records[name].needs if name in records else ()))
    gone.reverse()
    for number, name in enumerate(gone, 1):
        call.say(f"({number}/{len(gone)}) Purging {name} ({records[name].version})\n")
        for path in records[name].paths:
            if call.kernel.find(path, follow=False):
                call.kernel.unlink(path)
                dpkg.sweep(call, path.rpartition("/")[0])
        records.pop(name)
    if gone and "busybox" in records:
        call.say(f"Executing busybox-{records['busybox'].version}.trigger\n")
    _write(call, records)
    call.kernel.write(WORLD, "".join(name + "\n" for name in kept).encode())
    call.say(_sum(records))
    return 0


def _info(call: Call, found: Options) -> int:
    records = _database(call)
    if not found.operands:
        versions = "v" in found
        call.say("".join(f"{one.name}{'-' + one.version if versions else ''}\n" for one in records.values()))
        return 0
    status = 0
    for name in found.operands:
        one = records.get(name)
        if one is None:
            status = 1
            continue
        label = f"{one.name}-{one.version}"
        if "L" in found:
            call.say(f"{label} contains:\n" + "".join(path[1:] + "\n" for path in one.paths) + "\n")
        elif "e" in found:
            call.say(name + "\n")
        else:
            call.say(
                f"{label} description:\n{name}\n\n{label} installed size:\n{-(-one.size // 1024)} KiB\n\n"
            )
    return status


def _search(call: Call, found: Options) -> int:
    for name, package in sorted(repository().items()):
        if any(word.strip("*") in name for word in found.operands or [""]):
            call.say(f"{name}-{package.version}\n")
    return 0


def _upgrade(call: Call, found: Options) -> int:
    if "n" in found or "U" in found:
        _fetch(call, keep=False)
    call.say(_sum(_database(call)))
    return 0


_BASE = frozenset(name for name, _, _ in BASE)
_ACTIONS: dict[str, Callable[[Call, Options], int]] = {
    "add": _add, "del": _delete, "update": _update, "upgrade": _upgrade, "info": _info, "search": _search,
}  # fmt: skip
