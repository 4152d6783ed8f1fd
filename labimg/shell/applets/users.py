"""Programs about users and groups: id, whoami, useradd, adduser, groupadd, usermod."""

from collections.abc import Iterable

from labimg.shell.accounts import Accounts, Group, User
from labimg.shell.machine import Call, applet
from labimg.shell.options import Options, operands, options

FIRST = 1000  # the first number of a person
SYSTEM = 999  # of a system account in Debian, downwards; in busybox 100, upwards


@applet("id")
def id_(call: Call) -> int:
    """Tell who one is."""
    found = options(call, "ugGnr")
    accounts = call.kernel.accounts
    uid, groups = call.kernel.uid, call.kernel.groups
    if found.operands:
        user = accounts.user(found.operands[0])
        if user is None:
            name = found.operands[0]
            return call.unlike(f"'{name}': no such user", f"unknown user {name}")
        uid, groups = user.uid, accounts.groups_of(user.name, user.gid)
    if "u" in found:
        call.say((accounts.user_name(uid) if "n" in found else str(uid)) + "\n")
    elif "g" in found or "G" in found:
        wanted = groups if "G" in found else groups[:1]
        call.say(" ".join(accounts.group_name(gid) if "n" in found else str(gid) for gid in wanted) + "\n")
    else:
        user_text = _numbered(uid, accounts.user_name(uid))
        texts = [_numbered(gid, accounts.group_name(gid)) for gid in groups]
        call.say(f"uid={user_text} gid={texts[0]} groups={','.join(texts)}\n")
    return 0


def _numbered(number: int, name: str) -> str:
    return str(number) if name == str(number) else f"{number}({name})"


@applet("whoami")
def whoami(call: Call) -> int:
    """Print one's name."""
    name = call.kernel.accounts.user_name(call.kernel.uid)
    if name.isdigit():
        return call.unlike(f"cannot find name for user ID {name}", f"unknown uid {name}")
    call.say(name + "\n")
    return 0


@applet("groups")
def groups(call: Call) -> int:
    """Print the names of one's groups."""
    accounts = call.kernel.accounts
    numbers: Iterable[int] = call.kernel.groups
    prefix = ""
    if len(call.argv) > 1:
        user = accounts.user(call.argv[1])
        if user is None:
            return call.unlike(f"'{call.argv[1]}': no such user", f"unknown user {call.argv[1]}")
        numbers, prefix = accounts.groups_of(user.name, user.gid), "" if call.busybox else f"{user.name} : "
    call.say(prefix + " ".join(accounts.group_name(gid) for gid in numbers) + "\n")
    return 0


@applet("groupadd", "addgroup")
def groupadd(call: Call) -> int:
    """Add a group; `addgroup user group` adds the user to it."""
    long = {"gid": "g", "system": "r", "force": "f", "group": "G"}
    found = options(call, "g:rSfGo", long, code=2)
    words = operands(call, found, code=2)
    accounts = call.kernel.accounts
    if len(words) > 1:
        return _join(call, words[0], [words[1]])
    name = words[0]
    if accounts.group(name):
        if "f" in found:
            return 0
        call.unlike(f"group '{name}' already exists", f"group '{name}' in use")
        return 9 if call.argv[0].endswith("groupadd") else 1
    system = "r" in found or "S" in found
    gid = (
        int(found.value("g"))
        if "g" in found
        else _free(call, [g.gid for g in accounts.groups], system=system)
    )
    if "g" in found and accounts.group(str(gid)):
        call.unlike(f"GID '{gid}' already exists", f"gid '{gid}' in use")
        return 4
    _add_group(call, Group(name, gid, ()))
    if call.argv[0].endswith("addgroup") and not call.busybox:
        call.say(f"Adding group `{name}' (GID {gid}) ...\nDone.\n")
    return 0


@applet("useradd")
def useradd(call: Call) -> int:
    """Add a user, as Debian's useradd does: a home directory only with -m."""
    long = {
        "uid": "u", "gid": "g", "groups": "G", "create-home": "m", "home-dir": "d", "shell": "s",
        "system": "r",
        "comment": "c", "no-create-home": "M", "no-log-init": "l", "user-group": "U", "no-user-group": "N",
        "non-unique": "o", "home": "d", "password": "p",
    }  # fmt: skip
    found = options(call, "u:g:G:md:s:rc:MlUNop:k:", long, code=2)
    name = operands(call, found, code=2)[0]
    return _new_user(
        call, found, name, home=found.value("d", f"/home/{name}"), shell=found.value("s", "/bin/sh")
    )


@applet("adduser")
def adduser(call: Call) -> int:
    """Add a user with a home directory; `adduser user group` adds the user to the group."""
    if call.busybox:
        found = options(call, "Du:G:h:s:SHg:k:")
        given = [
            ("g" if letter == "G" else "c" if letter == "g" else "r" if letter == "S" else letter, value)
            for letter, value in found.given
        ]
    else:
        long = {
            "uid": "u", "gid": "g", "ingroup": "g", "home": "h", "shell": "s", "system": "r", "gecos": "c",
            "no-create-home": "H", "disabled-password": "D", "disabled-login": "D", "group": "x",
            "quiet": "q",
            "comment": "c",
        }  # fmt: skip
        found = options(call, "u:g:h:s:rc:HDxq", long)
        given = found.given
    words = operands(call, found)
    if len(words) > 1:
        return _join(call, words[0], [words[1]])
    system = any(letter == "r" for letter, _ in given)
    if not any(letter == "H" for letter, _ in given):
        given.append(("m", ""))
    told = Options(given, words)
    name = words[0]
    default = "/home/" + name if not system or call.busybox else "/nonexistent"
    shell = "/bin/ash" if call.busybox and call.kernel.find("/bin/ash") else "/bin/bash"
    shell = "/bin/false" if system and call.busybox else "/usr/sbin/nologin" if system else shell
    if call.busybox and not call.kernel.find(shell):
        shell = "/bin/sh"
    if default == "/nonexistent" and "h" not in told:
        told.given = [one for one in told.given if one[0] != "m"]
    return _new_user(call, told, name, home=told.value("h", default), shell=told.value("s", shell))


def _new_user(call: Call, found: Options, name: str, *, home: str, shell: str) -> int:
    accounts = call.kernel.accounts
    if accounts.user(name):
        call.unlike(f"user '{name}' already exists", f"user '{name}' in use")
        return 9 if call.argv[0].endswith("useradd") else 1
    system = "r" in found
    uid = (
        int(found.value("u"))
        if "u" in found
        else _free(call, [one.uid for one in accounts.users], system=system)
    )
    if "u" in found and accounts.user(str(uid)) and "o" not in found:
        call.unlike(f"UID {uid} is not unique", f"uid '{uid}' in use")
        return 4
    if "g" in found:
        group = accounts.group(found.value("g"))
        if group is None:
            call.unlike(f"group '{found.value('g')}' does not exist", f"unknown group {found.value('g')}")
            return 6
        gid = group.gid
    elif "N" in found or (system and call.argv[0].endswith("adduser") and not call.busybox):
        gid = 100 if "N" in found else 65534
    else:
        taken = accounts.group(name)
        gid = (
            taken.gid
            if taken
            else uid
            if not accounts.group(str(uid))
            else _free(call, [one.gid for one in accounts.groups], system=system)
        )
        if not taken:
            _add_group(call, Group(name, gid, ()))
    comment = found.value("c", "Linux User,,," if call.busybox else "")
    _append(call, "/etc/passwd", str(User(name, uid, gid, comment, home, shell)))
    _append(call, "/etc/shadow", f"{name}:!:{call.machine.now() // 86400}:0:99999:7:::")
    if "G" in found and _join(call, name, found.value("G").split(",")):
        return 6
    if "m" in found and call.kernel.find(home) is None:
        _home(call, home, uid, gid)
    return 0


def _free(call: Call, taken: list[int], *, system: bool) -> int:
    """A number nobody has."""
    if not system:
        candidates: Iterable[int] = range(FIRST, 60_000)
    else:
        candidates = range(100, 1000) if call.busybox else range(SYSTEM, 100, -1)
    return next(number for number in candidates if number not in taken)


def _home(call: Call, home: str, uid: int, gid: int) -> None:
    above = home.rpartition("/")[0]
    if above and call.kernel.find(above) is None:
        call.kernel.mkdir(above)
    call.kernel.mkdir(home)
    call.kernel.chown(home, uid, gid)


def _append(call: Call, path: str, line: str) -> None:
    old = call.kernel.read(path) if call.kernel.find(path) else b""
    if old and not old.endswith(b"\n"):
        old += b"\n"
    call.kernel.write(path, old + line.encode() + b"\n", mode=0o640 if path == "/etc/shadow" else 0o644)


def _add_group(call: Call, group: Group) -> None:
    _append(call, "/etc/group", str(group))


def _write(call: Call, accounts: Accounts) -> None:
    call.kernel.write("/etc/passwd", "".join(f"{user}\n" for user in accounts.users).encode())
    call.kernel.write("/etc/group", "".join(f"{group}\n" for group in accounts.groups).encode())


def _join(call: Call, name: str, wanted: list[str]) -> int:
    """Make user `name` a member of more groups."""
    accounts = call.kernel.accounts
    if accounts.user(name) is None:
        return call.unlike(f"user '{name}' does not exist", f"unknown user {name}")
    for group in wanted:
        if accounts.group(group) is None:
            return call.unlike(f"group '{group}' does not exist", f"unknown group {group}")
    numbers = {found.gid for group in wanted if (found := accounts.group(group))}
    groups = tuple(
        group._replace(members=(*group.members, name))
        if group.gid in numbers and name not in group.members
        else group
        for group in accounts.groups
    )
    _write(call, Accounts(accounts.users, groups))
    return 0


@applet("usermod")
def usermod(call: Call) -> int:
    """Change a user."""
    found = options(
        call, "aG:u:g:d:s:c:l:mLUo", {"append": "a", "groups": "G", "shell": "s", "uid": "u"}, code=2
    )
    name = operands(call, found, code=2)[0]
    accounts = call.kernel.accounts
    user = accounts.user(name)
    if user is None:
        call.complain(f"user '{name}' does not exist")
        return 6
    group = accounts.group(found.value("g")) if "g" in found else None
    changed = user._replace(
        uid=int(found.value("u", str(user.uid))), gid=group.gid if group else user.gid,
        home=found.value("d", user.home), shell=found.value("s", user.shell),
        comment=found.value("c", user.comment), name=found.value("l", user.name),
    )  # fmt: skip
    users = tuple(changed if one == user else one for one in accounts.users)
    _write(call, Accounts(users, accounts.groups))
    return _join(call, changed.name, found.value("G").split(",")) if "G" in found else 0


@applet("userdel", "deluser")
def userdel(call: Call) -> int:
    """Delete a user."""
    found = options(call, "rf", {"remove": "r", "remove-home": "r"}, code=2)
    name = operands(call, found, code=2)[0]
    accounts = call.kernel.accounts
    user = accounts.user(name)
    if user is None:
        call.unlike(f"user '{name}' does not exist", f"unknown user {name}")
        return 6
    groups = tuple(group for group in accounts.groups if group.name != name)
    _write(call, Accounts(tuple(one for one in accounts.users if one != user), groups))
    if "r" in found and call.kernel.find(user.home):
        call.kernel.overlay.rmtree(call.kernel.path(user.home))
    return 0
