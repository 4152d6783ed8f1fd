"""Programs about owners and rights: chmod, chown, chgrp, install."""

import posixpath

import labimg.shell.mode as mode
from labimg.entry import Entry
from labimg.shell.kernel import join, why
from labimg.shell.machine import Call, Usage, applet
from labimg.shell.options import operands, options


@applet("chmod")
def chmod(call: Call) -> int:
    """Change files' permission bits."""
    negative = [word for word in call.argv[1:] if word.startswith("-") and word[1:2] in "rwxXst" and word[1:]]
    call.argv = [word for word in call.argv if word not in negative]
    found = options(call, "Rvcf", {"recursive": "R", "verbose": "v", "reference": "r:"})
    words = negative + operands(call, found, 1 if negative else 2)
    status = 0
    for path in words[1:]:
        try:
            for each in call.kernel.walk(path) if "R" in found else [path]:
                entry = call.kernel.stat(each, follow="R" not in found)
                if entry.kind == "symlink":
                    continue
                wanted = mode.changed(words[0], entry, call.kernel.umask)
                if wanted is None:
                    if call.busybox:
                        return call.complain(f"invalid mode '{words[0]}'")
                    raise Usage(f"invalid mode: '{words[0]}'")
                call.kernel.chmod(each, wanted)
        except PermissionError as error:
            status = call.unlike(f"changing permissions of '{path}': {why(error)}", f"{path}: {why(error)}")
        except OSError as error:
            status = call.unlike(f"cannot access '{path}': {why(error)}", f"{path}: {why(error)}")
    return status


@applet("chown", "chgrp")
def chown(call: Call) -> int:
    """Change files' owner, or group."""
    found = options(call, "RhvcfLHP", {"recursive": "R", "no-dereference": "h", "from": "r"})
    words = operands(call, found, 2)
    group_only = call.argv[0].endswith("chgrp")
    owner, separator, group = (
        ("", ":", words[0]) if group_only else words[0].replace(".", ":", 1).partition(":")
    )
    accounts = call.kernel.accounts
    user = accounts.user(owner) if owner else None
    if owner and user is None and not owner.isdigit():
        return call.unlike(f"invalid user: '{words[0]}'", f"unknown user {owner}")
    team = accounts.group(group) if group else None
    if group and team is None and not group.isdigit():
        shown = words[0] if not group_only else group
        return call.unlike(f"invalid group: '{shown}'", f"unknown group {group}")
    uid = user.uid if user else int(owner) if owner else None
    gid = team.gid if team else int(group) if group else user.gid if user and separator else None
    status = 0
    for path in words[1:]:
        try:
            for each in call.kernel.walk(path) if "R" in found else [path]:
                entry = call.kernel.stat(each, follow="h" not in found and "R" not in found)
                new = entry.uid if uid is None else uid, entry.gid if gid is None else gid
                call.kernel.chown(each, *new, follow="h" not in found and "R" not in found)
        except PermissionError as error:
            what = "group" if group_only else "ownership"
            status = call.unlike(f"changing {what} of '{path}': {why(error)}", f"{path}: {why(error)}")
        except OSError as error:
            status = call.unlike(f"cannot access '{path}': {why(error)}", f"{path}: {why(error)}")
    return status


@applet("install")
def install(call: Call) -> int:
    """Copy files and set their rights; with -d make directories."""
    long = {
        "directory": "d",
        "mode": "m",
        "owner": "o",
        "group": "g",
        "verbose": "v",
        "target-directory": "t",
    }
    found = options(call, "dDm:o:g:vcpst:T", long)
    words = list(operands(call, found))
    bits = mode.changed(found.value("m", "755"), Entry("", mode=0), 0)
    if bits is None:
        raise Usage(f"invalid mode '{found.value('m')}'")
    try:
        if "d" in found:
            for path in words:
                _folders(call, path)
                _finish(call, found.value("o"), found.value("g"), path, bits)
            return 0
        target = found.value("t") or words.pop()
        there = call.kernel.find(target)
        for word in words:
            place = (
                join(target, posixpath.basename(word)) if "t" in found or (there and there.is_dir) else target
            )
            if "D" in found:
                _folders(call, posixpath.dirname(place))
            call.kernel.write(place, call.kernel.read(word))
            _finish(call, found.value("o"), found.value("g"), place, bits)
    except OSError as error:
        return call.cannot("stat", error.filename or words[0], error)
    return 0


def _folders(call: Call, path: str) -> None:
    if path and call.kernel.find(path) is None:
        _folders(call, posixpath.dirname(path.rstrip("/")))
        call.kernel.mkdir(path)


def _finish(call: Call, owner: str, group: str, path: str, bits: int) -> None:
    call.kernel.chmod(path, bits)
    accounts = call.kernel.accounts
    if owner or group:
        user, team = accounts.user(owner or "0"), accounts.group(group or "0")
        if user is None or team is None:
            raise Usage(f"invalid {'user' if user is None else 'group'} '{owner if user is None else group}'")
        call.kernel.chown(path, user.uid, team.gid)
