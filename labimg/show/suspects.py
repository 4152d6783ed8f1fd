"""What looks like a secret: files by their names and beginnings, settings by their names.

Only that something looks like one is told, and where; never what it says.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from labimg.entry import Entry
from labimg.union import Event, UnionView

HEAD = 4096  # bytes of a file that are looked at
SMALL = 64 * 1024  # bytes; keys are no bigger

_NAMES: Mapping[str, str] = {
    r"\.env(\.(local|prod|production|dev|staging))?": "a file of settings that often holds passwords",
    r"id_(rsa|dsa|ecdsa|ed25519)": "the name of a private SSH key",
    r"\.(netrc|pgpass|npmrc|pypirc|git-credentials|htpasswd|my\.cnf)": "a file in which programs keep logins",
    r"(credentials|secrets?|passwords?)(\.(json|ya?ml|txt|toml|ini|xml|env))?": "a name that says so itself",
    r".*\.(p12|pfx|jks|kdbx|keystore)": "a store of keys",
    r".*(service[-_]?account|token|secret|password)s?\.(json|ya?ml|txt|key)": "a name that says so itself",
}
_PATHS: Mapping[str, str] = {
    r"/\.aws/credentials$": "the logins of a cloud",
    r"/\.docker/config\.json$": "the logins of registries",
    r"/\.kube/config$": "the login of a cluster",
}
_CONTENTS: Mapping[bytes, str] = {
    rb"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----": "it begins like a private key",
    rb"\bAKIA[0-9A-Z]{16}\b": "it holds what looks like a key of a cloud",
    rb"\bgh[pousr]_[A-Za-z0-9]{36}": "it holds what looks like a token of a code host",
    rb"(?im)^\s*[\w.-]*(password|passwd|secret|api_?key|access_?key|token)\s*[=:]\s*['\"]?[^\s'\"$<{]{6,}":
        "a line of it gives a value to a name like password, key or token",
}  # fmt: skip
_SETTING = re.compile(
    r"\b(?!gpg)(\w*(?:password|passwd|secret|token|api_?key|access_?key|private_?key|_pin|_key)\w*)=(\S+)",
    re.I,
)
_SYSTEM = re.compile(r"/(usr/(share|lib|include|bin|sbin)|lib|bin|sbin|var/lib/(dpkg|apt)|etc/ssl/certs)/")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A file on one floor that looks like a secret."""

    path: str
    floor: int  # number of the floor that stores it
    size: int  # bytes
    because: str
    gone: int = 0  # the floor from which on one does not see it any more; 0: it is seen at the top


@dataclass(frozen=True, slots=True)
class Leak:
    """A setting in the config or in the history whose name sounds secret."""

    name: str
    where: str


def files(view: UnionView) -> Iterator[Suspect]:
    """Every copy of a file that looks like a secret, on whichever floor, seen or not."""
    for path, events in view.history():
        for index, event in enumerate(events):
            if event.entry and event.entry.kind == "file" and (because := _looks(path, event.entry)):
                yield Suspect(path, event.layer + 1, event.size, because, _gone(events, index))


def settings(env: Sequence[str], steps: Sequence[str]) -> Iterator[Leak]:
    """The names in an image's variables and in the steps of its history that sound secret."""
    told = set[tuple[str, str]]()
    sources = [*((line, "a variable in the config (ENV)") for line in env)]
    sources += [(step, "a step of the history") for step in steps]
    for text, where in sources:
        for found in _SETTING.finditer(text):
            if (found[1], where) not in told and not found[2].startswith("$"):
                told.add((found[1], where))
                yield Leak(found[1], where)


def _gone(events: Sequence[Event], index: int) -> int:
    return events[index + 1].layer + 1 if index + 1 < len(events) else 0


def _looks(path: str, entry: Entry) -> str:
    """Why a file looks like a secret; "" if it does not."""
    if not entry.size:
        return ""
    name = path.rpartition("/")[2].lower()
    ours = not _SYSTEM.match(path)
    if not ours:
        return ""
    named = (said for pattern, said in _NAMES.items() if re.fullmatch(pattern, name))
    placed = (said for pattern, said in _PATHS.items() if re.search(pattern, path))
    if said := next(named, "") or next(placed, ""):
        return said
    if entry.size > SMALL or not entry.source:
        return ""
    head = entry.source.read(entry.offset, min(entry.size, HEAD))
    if b"\0" in head:
        return ""
    return next((said for pattern, said in _CONTENTS.items() if re.search(pattern, head)), "")
