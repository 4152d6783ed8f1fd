"""The instructions that make no layer: what each changes in the config, and how history tells it.

Source: moby/builder/dockerfile/dispatchers.go at v20.10.24.
"""

import re
from collections.abc import Sequence
from typing import Any

from labimg import errors, units
from labimg.container import signals
from labimg.dockerfile import Instruction, parse_changes
from labimg.errors import DockerError
from labimg.errors.quote import quote
from labimg.spec import RunConfig

SHELL = ("/bin/sh", "-c")
_PORT = re.compile(r"(?:[^:/]*:)*(\d+)(?:-(\d+))?(?:/(tcp|udp|sctp))?", re.IGNORECASE)


def command(config: RunConfig, instruction: Instruction) -> list[str]:
    """The command of RUN, CMD or ENTRYPOINT: a JSON array as it is, a line through the shell."""
    if instruction.json:
        return list(instruction.words)
    return [*(config.shell or SHELL), *filter(None, [instruction.value])]


def listed(words: Sequence[str]) -> str:
    """Words as Go's `%q` prints a list."""
    return f"[{' '.join(map(quote, words))}]"


def changed(config: RunConfig, instruction: Instruction) -> tuple[RunConfig, str]:
    """`config` after an instruction whose words are expanded, and what history says of it."""
    name, words = instruction.name, instruction.words
    match name:
        case "ENV":
            told = "".join(f" {key}={value}" for key, value in instruction.pairs)
            return config._replace(env=with_env(config.env or (), instruction.pairs)), name + told
        case "LABEL":
            told = "".join(f" {key}={value}" for key, value in instruction.pairs)
            return config._replace(labels={**(config.labels or {}), **dict(instruction.pairs)}), name + told
        case "CMD":
            cmd = command(config, instruction)
            return config._replace(cmd=cmd), f"CMD {listed(cmd)}"
        case "ENTRYPOINT":
            entrypoint = command(config, instruction) if instruction.value else []
            return config._replace(entrypoint=entrypoint or None), f"ENTRYPOINT {listed(entrypoint)}"
        case "EXPOSE":
            ports: dict[str, Any] = {port: {} for word in words for port in ports_of(word)}
            return config._replace(exposed_ports={**(config.exposed_ports or {}), **ports}), " ".join(
                [name, *words]
            )
        case "VOLUME":
            volumes: dict[str, Any] = {path: {} for path in words}
            return config._replace(
                volumes={**(config.volumes or {}), **volumes}
            ), f"VOLUME [{' '.join(words)}]"
        case "USER":
            return config._replace(user=words[0]), f"USER {words[0]}"
        case "STOPSIGNAL":
            return config._replace(stop_signal=signal(words[0])), f"STOPSIGNAL {words[0]}"
        case "SHELL":
            return config._replace(shell=list(words)), f"SHELL [{' '.join(words)}]"
        case "ONBUILD":
            return config._replace(on_build=[*(config.on_build or ()), words[0]]), f"ONBUILD {words[0]}"
        case "HEALTHCHECK":
            check = healthcheck(instruction)
            return config._replace(healthcheck=check), f"HEALTHCHECK {_healthcheck_told(check)}"
        case "WORKDIR":
            if not words[0]:
                raise errors.BlankWorkdir
            path = workdir(config.working_dir, words[0])
            return config._replace(working_dir=path), f"WORKDIR {path}"
    return config, f"{name} {instruction.value}"


def with_env(env: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """`env` with variables set: one that is there keeps its place."""
    found = list(env)
    for key, value in pairs:
        places = [index for index, variable in enumerate(found) if variable.partition("=")[0] == key]
        if places:
            found[places[0]] = f"{key}={value}"
        else:
            found.append(f"{key}={value}")
    return found


def workdir(at: str, path: str) -> str:
    """`path` as a working directory, seen from the one before."""
    parts: list[str] = []
    for part in (path if path.startswith("/") else f"{at}/{path}").split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def ports_of(word: str) -> list[str]:
    """The ports that one word of EXPOSE means: "80", "53/udp", "8000-8002".

    Raises:
        BadPort: none.
    """
    found = _PORT.fullmatch(word)
    if not found or int(found[2] or found[1]) > 65535 or int(found[2] or found[1]) < int(found[1]):
        raise errors.BadPort(word.partition("/")[0])
    protocol = (found[3] or "tcp").lower()
    return [f"{port}/{protocol}" for port in range(int(found[1]), int(found[2] or found[1]) + 1)]


def signal(text: str) -> str:
    """`text`, if it is a signal.

    Raises:
        BadSignal: it is none.
    """
    try:
        signals.number(text)
    except errors.BadSignal as bad:
        raise bad.said_by("stream") from None
    return text


def healthcheck(instruction: Instruction) -> dict[str, Any]:
    """The check as the config holds it; lengths in ns, those not told left out."""
    kind, *rest = instruction.words
    if kind.upper() == "NONE":
        return {"Test": ["NONE"]}
    test = ["CMD", *rest] if instruction.json else ["CMD-SHELL", *rest]
    check: dict[str, Any] = {"Test": test}
    for key, flag in (("Interval", "interval"), ("Timeout", "timeout"), ("StartPeriod", "start-period")):
        if text := instruction.flag(flag):
            check[key] = units.parse_duration(text)
    if retries := instruction.flag("retries"):
        check["Retries"] = int(retries)
    return check


def _healthcheck_told(check: dict[str, Any]) -> str:
    """The check as Go's `%q` prints the struct: the retries as a letter of that number."""
    lengths = [quote(units.duration(check.get(key, 0))) for key in ("Interval", "Timeout", "StartPeriod")]
    letter = quote(chr(check.get("Retries", 0)))[1:-1]
    return f"&{{{listed(check['Test'])} {' '.join(lengths)} '{letter}'}}"


def commanded(config: RunConfig, instruction: Instruction, *, cmd_set: bool) -> tuple[RunConfig, bool]:
    """`config` after an instruction, and whether there was a CMD so far: an ENTRYPOINT forgets any other."""
    if instruction.name == "CMD":
        return config, cmd_set or bool(instruction.words if instruction.json else instruction.value)
    if instruction.name == "ENTRYPOINT" and not cmd_set:
        return config._replace(cmd=None), cmd_set
    return config, cmd_set


def configured(config: RunConfig, changes: Sequence[str]) -> RunConfig:
    """`config` after the instructions of `--change`.

    Raises:
        NoChange: one that `--change` may not hold.
    """
    cmd_set = False
    try:
        for instruction in parse_changes(changes):
            config, cmd_set = commanded(changed(config, instruction)[0], instruction, cmd_set=cmd_set)
    except DockerError as error:
        raise error.said_by("daemon") from None
    return config
