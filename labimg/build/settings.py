"""The instructions that make no layer: what each changes in the config, and how history tells it.

Source: moby/builder/dockerfile/dispatchers.go at v20.10.24.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from labimg import units
from labimg.dockerfile import Instruction, parse_changes
from labimg.errors import BadPort, BadSignal
from labimg.quote import quote
from labimg.spec import RunConfig

SHELL = ("/bin/sh", "-c")
SIGNALS = (
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS "
    "TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX"
).split()
_PORT = re.compile(r"(?:[^:/]*:)*(\d+)(?:-(\d+))?(?:/(tcp|udp|sctp))?", re.IGNORECASE)


def command(config: RunConfig, instruction: Instruction) -> list[str]:
    """The command of RUN, CMD or ENTRYPOINT: a JSON array as it is, a line through the shell."""
    if instruction.json:
        return list(instruction.words)
    line = instruction.value
    return [*(config.shell or SHELL), line] if line else []


def listed(words: Sequence[str]) -> str:
    """Words as Go's `%q` prints a list."""
    return f"[{' '.join(map(quote, words))}]"


def changed(config: RunConfig, instruction: Instruction) -> tuple[RunConfig, str]:
    """`config` after an instruction whose words are expanded, and what history says of it."""
    name, words = instruction.name, instruction.words
    match name:
        case "ENV":
            told = "".join(f" {key}={value}" for key, value in instruction.pairs)
            return replace(config, env=with_env(config.env or (), instruction.pairs)), name + told
        case "LABEL":
            told = "".join(f" {key}={value}" for key, value in instruction.pairs)
            return replace(config, labels={**(config.labels or {}), **dict(instruction.pairs)}), name + told
        case "CMD":
            cmd = command(config, instruction)
            return replace(config, cmd=cmd), f"CMD {listed(cmd)}"
        case "ENTRYPOINT":
            entrypoint = command(config, instruction)
            return replace(config, entrypoint=entrypoint or None), f"ENTRYPOINT {listed(entrypoint)}"
        case "EXPOSE":
            ports: dict[str, Any] = {port: {} for word in words for port in ports_of(word)}
            return replace(config, exposed_ports={**(config.exposed_ports or {}), **ports}), " ".join(
                [name, *words]
            )
        case "VOLUME":
            volumes: dict[str, Any] = {path: {} for path in words}
            return replace(
                config, volumes={**(config.volumes or {}), **volumes}
            ), f"VOLUME [{' '.join(words)}]"
        case "USER":
            return replace(config, user=words[0]), f"USER {words[0]}"
        case "STOPSIGNAL":
            return replace(config, stop_signal=signal(words[0])), f"STOPSIGNAL {words[0]}"
        case "SHELL":
            return replace(config, shell=list(words)), f"SHELL [{' '.join(words)}]"
        case "ONBUILD":
            return replace(config, on_build=[*(config.on_build or ()), words[0]]), f"ONBUILD {words[0]}"
        case "HEALTHCHECK":
            check = healthcheck(instruction)
            return replace(config, healthcheck=check), f"HEALTHCHECK {_healthcheck_told(check)}"
        case "WORKDIR":
            path = workdir(config.working_dir, words[0])
            return replace(config, working_dir=path), f"WORKDIR {path}"
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
        raise BadPort(word.partition("/")[0])
    protocol = (found[3] or "tcp").lower()
    return [f"{port}/{protocol}" for port in range(int(found[1]), int(found[2] or found[1]) + 1)]


def signal(text: str) -> str:
    """`text`, if it is a signal.

    Raises:
        BadSignal: it is none.
    """
    bare = text.upper().removeprefix("SIG")
    if not (text.isdecimal() and int(text) > 0) and not re.fullmatch(
        "|".join(SIGNALS) + r"|RTM(IN\+|AX-)\d+", bare
    ):
        raise BadSignal(text)
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


def configured(config: RunConfig, changes: Sequence[str]) -> RunConfig:
    """`config` after the instructions of `--change`.

    Raises:
        NoChange: one that `--change` may not hold.
    """
    for instruction in parse_changes(changes):
        config, _ = changed(config, instruction)
    return config
