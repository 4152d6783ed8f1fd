"""`RUN --mount`: files that a step sees and no layer keeps.

    type=bind    files of the context, or of `from`, read for this step
    type=cache   a folder that lasts from build to build, whatever the layers do
    type=tmpfs   an empty folder
    type=secret  a file that is there for this step only

Reference: https://docs.docker.com/reference/dockerfile/#run---mount
"""

import json
from collections.abc import Callable, Mapping, Sequence

from labimg import errors
from labimg.build.settings import workdir
from labimg.build.sources import Origin
from labimg.container import Mounted
from labimg.dockerfile import Instruction
from labimg.entry import Entry, directory, file
from labimg.files import Files

CACHE = "buildkit/cache"  # in the store


def mounts(
    instruction: Instruction, cwd: str, *, origins: Callable[[str], Origin], files: Files,
    secrets: Mapping[str, bytes],
) -> list[Mounted]:  # fmt: skip
    """The mounts a RUN asks for, seen from the working directory `cwd`.

    Raises:
        BadMount: of a kind there is not, or without a target.
        NoSecret: a secret that is required and was not given.
    """
    found = []
    for text in instruction.options("mount"):
        words = dict(part.partition("=")[::2] for part in text.split(","))
        kind = words.get("type", "bind")
        secret = words.get("id") or words.get("source") or words.get("src", "")
        wanted = words.get("target") or words.get("dst") or words.get("destination", "")
        if kind == "secret" and not wanted:
            wanted = f"/run/secrets/{secret}"
        if not wanted:
            raise errors.BadMount(text)
        target = workdir(cwd, wanted)
        match kind:
            case "bind":
                found.append(
                    _bind(
                        target, origins(words.get("from", "")), words.get("source") or words.get("src", "/")
                    )
                )
            case "cache":
                found.append(_cache(target, files, words.get("id") or target))
            case "tmpfs":
                found.append(Mounted(target, (directory(target),)))
            case "secret" if secret in secrets:
                found.append(
                    Mounted(target, (file(target, secrets[secret], mode=int(words.get("mode", "0400"), 8)),))
                )
            case "secret":
                if words.get("required") in ("", "true"):
                    raise errors.NoSecret(secret)
            case _:
                raise errors.BadMount(text)
    return found


def _bind(target: str, origin: Origin, source: str) -> Mounted:
    (one,) = origin.find("RUN", [source], target)
    if not one.entry.is_dir:
        return Mounted(target, (one.entry._replace(path=target, kind="file", target=""),))
    start = 0 if one.entry.path == "/" else len(one.entry.path)
    inside = [entry._replace(path=target + entry.path[start:]) for entry in origin.below(one.entry.path)]
    return Mounted(target, (directory(target), *inside))


def _cache(target: str, files: Files, name: str) -> Mounted:
    """A cache is a table of paths and bytes in the store."""
    path = f"{CACHE}/{name.strip('/').replace('/', '-') or 'root'}.json"
    known: dict[str, tuple[int, str]] = json.loads(files.read(path)) if files.exists(path) else {}
    entries = [
        file(target + inside, data.encode("latin-1"), mode=mode) for inside, (mode, data) in known.items()
    ]

    def keep(after: Sequence[Entry]) -> None:
        table = {
            entry.path[len(target) :]: (entry.mode, entry.read().decode("latin-1"))
            for entry in after
            if entry.is_file
        }
        files.write(path, json.dumps(table, sort_keys=True).encode())

    return Mounted(target, (directory(target), *entries), keep)
