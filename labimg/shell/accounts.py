"""Users and groups: `/etc/passwd` and `/etc/group`, read and written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class User(NamedTuple):
    """One line of `/etc/passwd`."""

    name: str
    uid: int
    gid: int
    comment: str
    home: str
    shell: str

    def __str__(self) -> str:
        return f"{self.name}:x:{self.uid}:{self.gid}:{self.comment}:{self.home}:{self.shell}"


class Group(NamedTuple):
    """One line of `/etc/group`."""

    name: str
    gid: int
    members: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}:x:{self.gid}:{','.join(self.members)}"


@dataclass(frozen=True, slots=True)
class Accounts:
    """All users and groups of one system."""

    users: tuple[User, ...]
    groups: tuple[Group, ...]

    def user(self, name: str) -> User | None:
        """The user called `name`, or with that number."""
        return _first(self.users, lambda user: user.name == name) or (
            _first(self.users, lambda user: user.uid == int(name)) if name.isdigit() else None
        )

    def group(self, name: str) -> Group | None:
        """The group called `name`, or with that number."""
        return _first(self.groups, lambda group: group.name == name) or (
            _first(self.groups, lambda group: group.gid == int(name)) if name.isdigit() else None
        )

    def user_name(self, uid: int) -> str:
        """The name of `uid`, or its number."""
        user = _first(self.users, lambda user: user.uid == uid)
        return user.name if user else str(uid)

    def group_name(self, gid: int) -> str:
        """The name of `gid`, or its number."""
        group = _first(self.groups, lambda group: group.gid == gid)
        return group.name if group else str(gid)

    def groups_of(self, name: str, gid: int) -> tuple[int, ...]:
        """The numbers of all groups of user `name`, whose own group is `gid`."""
        return (gid, *(group.gid for group in self.groups if name in group.members and group.gid != gid))


def accounts(read: Callable[[str], bytes]) -> Accounts:
    """The accounts that `read` finds; without the files there are none."""
    users, groups = [], []
    for fields in _lines(read, "/etc/passwd", 7):
        if fields[2].isdigit() and fields[3].isdigit():
            users.append(User(fields[0], int(fields[2]), int(fields[3]), *fields[4:7]))
    for fields in _lines(read, "/etc/group", 4):
        if fields[2].isdigit():
            groups.append(Group(fields[0], int(fields[2]), tuple(filter(None, fields[3].split(",")))))
    return Accounts(tuple(users), tuple(groups))


def _lines(read: Callable[[str], bytes], path: str, count: int) -> list[list[str]]:
    try:
        text = read(path).decode(errors="replace")
    except OSError:
        return []
    lines = (line.split(":") for line in text.splitlines())
    return [fields for fields in lines if len(fields) >= count]


def _first(items: Iterable[T], test: Callable[[T], bool]) -> T | None:
    return next((item for item in items if test(item)), None)
