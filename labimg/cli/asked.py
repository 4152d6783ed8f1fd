"""What the flags of `create` and `run` ask for.

A flag that files can tell of is obeyed; one for a process is kept, and shown by `inspect` and `ps`, since no
process is started; one that would need a host or a kernel to mean anything is refused by name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from labimg import errors
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, BYTES, INT, LIST, SECONDS, STRING, Flag
from labimg.cli.kinds import (
    ADDRESSES,
    DECIMAL,
    DOMAINS,
    DURATION,
    HOSTS,
    NETWORK,
    STREAMS,
    SWAP,
    UNSAID,
)
from labimg.cli.options import ENV, LABELS, TRUST, refused
from labimg.cli.ports import exposed, published
from labimg.container import Run
from labimg.container.hostconfig import HostConfig

INTERACTIVE = Flag("interactive", "Keep STDIN open even if not attached", BOOL, "i")
TTY = Flag("tty", "Allocate a pseudo-TTY", BOOL, "t")
VARIABLES = Flag("env", "Set environment variables", ENV, "e")
VARIABLES_FILE = Flag("env-file", "Read in a file of environment variables", LIST)
WORKDIR = Flag("workdir", "Working directory inside the container", STRING, "w")

_SHOWN = (
    Flag("add-host", "Add a custom host-to-IP mapping (host:ip)", HOSTS),
    Flag("attach", "Attach to STDIN, STDOUT or STDERR", STREAMS, "a"),
    Flag("cap-add", "Add Linux capabilities", LIST),
    Flag("cap-drop", "Drop Linux capabilities", LIST),
    Flag("cidfile", "Write the container ID to the file"),
    Flag("cpu-shares", "CPU shares (relative weight)", INT, "c"),
    Flag("cpus", "Number of CPUs", DECIMAL),
    Flag("cpuset-cpus", "CPUs in which to allow execution (0-3, 0,1)"),
    Flag("cpuset-mems", "MEMs in which to allow execution (0-3, 0,1)"),
    TRUST,
    Flag("dns", "Set custom DNS servers", ADDRESSES),
    Flag("dns-option", "Set DNS options", LIST),
    Flag("dns-search", "Set custom DNS search domains", DOMAINS),
    Flag("domainname", "Container NIS domain name"),
    Flag("entrypoint", "Overwrite the default ENTRYPOINT of the image", UNSAID),
    VARIABLES, VARIABLES_FILE,
    Flag("expose", "Expose a port or a range of ports", LIST),
    Flag("group-add", "Add additional groups to join", LIST),
    Flag("health-cmd", "Command to run to check health"),
    Flag("health-interval", "Time between running the check (ms|s|m|h) (default 0s)", DURATION),
    Flag("health-retries", "Consecutive failures needed to report unhealthy", INT),
    Flag(
        "health-start-period",
        "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h) "
        "(default 0s)",
        DURATION,
    ),
    Flag("health-timeout", "Maximum time to allow one check to run (ms|s|m|h) (default 0s)", DURATION),
    Flag("hostname", "Container host name", STRING, "h"),
    Flag("init", "Run an init inside the container that forwards signals and reaps processes", BOOL),
    INTERACTIVE,
    Flag("label", "Set meta data on a container", LABELS, "l"),
    Flag("label-file", "Read in a line delimited file of labels", LIST),
    Flag("memory", "Memory limit", BYTES, "m"),
    Flag("memory-reservation", "Memory soft limit", BYTES),
    Flag("memory-swap", "Swap limit equal to memory plus swap: '-1' to enable unlimited swap", SWAP),
    Flag("name", "Assign a name to the container"),
    Flag("network", "Connect a container to a network", NETWORK),
    Flag("no-healthcheck", "Disable any container-specified HEALTHCHECK", BOOL),
    Flag("oom-score-adj", "Tune host's OOM preferences (-1000 to 1000)", INT),
    Flag("pids-limit", "Tune container pids limit (set -1 for unlimited)", INT),
    Flag("platform", "Set platform if server is multi-platform capable"),
    Flag("privileged", "Give extended privileges to this container", BOOL),
    Flag("publish", "Publish a container's port(s) to the host", LIST, "p"),
    Flag("publish-all", "Publish all exposed ports to random ports", BOOL, "P"),
    Flag("quiet", "Suppress the pull output", BOOL, "q"),
    Flag("read-only", "Mount the container's root filesystem as read only", BOOL),
    Flag("restart", "Restart policy to apply when a container exits", STRING, default="no"),
    Flag("rm", "Automatically remove the container and its associated anonymous volumes when it exits", BOOL),
    Flag("shm-size", "Size of /dev/shm", BYTES),
    Flag("stop-signal", "Signal to stop the container"),
    Flag("stop-timeout", "Timeout (in seconds) to stop a container", SECONDS),
    TTY,
    Flag("user", "Username or UID (format: <name|uid>[:<group|gid>])", STRING, "u"),
    WORKDIR,
)  # fmt: skip
_REFUSED = (
    *refused(
        "a volume has no name here, and nothing of the host is mounted",
        "volume/v mount tmpfs volumes-from volume-driver storage-opt use-api-socket!",
    ),
    *refused("no device of the host is reached", "device device-cgroup-rule gpus"),
    *refused(
        "no container is connected to another",
        "ip ip6 link link-local-ip mac-address network-alias net-alias",
    ),
    *refused(
        "no process is started that a kernel could limit",
        "blkio-weight blkio-weight-device cgroup-parent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime "
        "device-read-bps device-read-iops device-write-bps device-write-iops kernel-memory memory-swappiness "
        "oom-kill-disable! security-opt sysctl ulimit cpu-count cpu-percent io-maxbandwidth io-maxiops",
    ),
    *refused("no process is started that could have namespaces", "cgroupns ipc pid userns uts isolation"),
    *refused("there is one runtime and one log", "annotation runtime log-driver log-opt"),
    *refused("no health is ever looked after", "health-start-interval"),
)


def made(pull: str) -> tuple[Flag, ...]:
    """The flags of `create` and `run`."""
    plain = Flag("pull", pull, default="missing")
    return (*_SHOWN, plain, Flag("net", "", NETWORK, hidden=True), *_REFUSED)


def asked(console: Console, words: Sequence[str], flags: Mapping[str, Any], *, detach: bool = False) -> Run:
    """What the flags ask for, and the command in `words`.

    Raises:
        DockerError: they contradict each other, or say something that is none.
    """
    if flags["pull"] not in ("always", "missing", "never"):
        raise errors.BadPullOption(flags["pull"])
    bindings = published(flags["publish"])
    entrypoint = flags["entrypoint"]
    labels = [label.partition("=") for label in (*lines(flags["label_file"]), *flags["label"])]
    attach = () if detach else tuple(flags["attach"]) or ("stdout", "stderr")
    return Run(
        command=tuple(words),
        name=flags["name"],
        entrypoint=None if entrypoint is None else (entrypoint,),
        env=tuple(variables(console, flags["env_file"], flags["env"])),
        user=flags["user"],
        working_dir=flags["workdir"],
        labels={name: value for name, _, value in labels},
        exposed=(*bindings, *exposed(flags["expose"])),
        hostname=flags["hostname"],
        domainname=flags["domainname"],
        tty=flags["tty"],
        stdin=flags["interactive"],
        attach=(*attach, *["stdin"] * (flags["interactive"] and not detach)),
        stop_signal=flags["stop_signal"],
        stop_timeout=flags["stop_timeout"],
        healthcheck=_healthcheck(flags),
        host=_hosted(flags, bindings),
    )


def _hosted(flags: Mapping[str, Any], bindings: Mapping[str, Any]) -> HostConfig:
    """What is asked of the host."""
    network = flags["net"] if flags["network"] is None else flags["network"]
    if network == "":
        raise errors.NoNetworkName
    restart = _restart(flags["restart"])
    if flags["rm"] and restart["Name"] not in ("", "no"):
        raise errors.RestartAndRemove
    return HostConfig(
        container_id_file=flags["cidfile"],
        network_mode=network or "default",
        port_bindings=bindings,
        restart_policy=restart,
        auto_remove=flags["rm"],
        cap_add=flags["cap_add"] or None,
        cap_drop=flags["cap_drop"] or None,
        dns=flags["dns"],
        dns_options=flags["dns_option"],
        dns_search=flags["dns_search"],
        extra_hosts=flags["add_host"] or None,
        group_add=flags["group_add"] or None,
        oom_score_adj=flags["oom_score_adj"],
        privileged=flags["privileged"],
        publish_all_ports=flags["publish_all"],
        readonly_rootfs=flags["read_only"],
        shm_size=flags["shm_size"],
        cpu_shares=max(flags["cpu_shares"], 0),
        memory=flags["memory"],
        nano_cpus=flags["cpus"],
        cpuset_cpus=flags["cpuset_cpus"],
        cpuset_mems=flags["cpuset_mems"],
        memory_reservation=flags["memory_reservation"],
        memory_swap=flags["memory_swap"],
        pids_limit=flags["pids_limit"],
        init=flags["init"] or None,
    )


def _restart(text: str) -> dict[str, Any]:
    name, colon, count = text.partition(":")
    if colon and not name:
        raise errors.RestartFormat("no policy provided before colon")
    if count and not re.fullmatch(r"[+-]?[0-9]+", count):
        raise errors.RestartFormat("maximum retry count must be an integer")
    return {"Name": name, "MaximumRetryCount": int(count or 0)}


def _healthcheck(flags: Mapping[str, Any]) -> dict[str, Any] | None:
    numbers = {
        "Interval": "interval",
        "Timeout": "timeout",
        "Retries": "retries",
        "StartPeriod": "start-period",
    }
    told = {key: flags[f"health_{name.replace('-', '_')}"] for key, name in numbers.items()}
    if flags["no_healthcheck"]:
        if flags["health_cmd"] or any(told.values()):
            raise errors.HealthOrNone
        return {"Test": ["NONE"]}
    for key, name in numbers.items():
        if told[key] < 0:
            raise errors.NegativeHealth(f"health-{name}")
    test = {"Test": ["CMD-SHELL", flags["health_cmd"]]} if flags["health_cmd"] else {}
    order = ("Interval", "Timeout", "StartPeriod", "Retries")
    return test | {key: told[key] for key in order if told[key]} or None


def variables(console: Console, files: Sequence[str], words: Sequence[str]) -> Iterator[str]:
    """The variables in files, then `words`, the last of each name; a name alone is as in the environment.

    A name in a file that has no value there is passed over.

    Raises:
        NotOpened, BadEnvFile.
    """
    env = console.env
    known = [line for line in lines(files) if "=" in line or line in env]
    told = {word.partition("=")[0]: word for word in (*known, *words)}
    yield from (
        f"{name}={env[name]}" if name == word and name in env else word for name, word in told.items()
    )


def lines(files: Sequence[str]) -> Iterator[str]:
    """What files tell of variables or labels, one a line; `#` begins a comment.

    Raises:
        NotOpened: a file is not there.
        BadEnvFile: a line without a name, or with one that holds a blank.
    """
    for path in files:
        try:
            with open(path, encoding="utf-8") as file:
                told = [line.lstrip() for line in file.read().splitlines()]
        except FileNotFoundError:
            raise errors.NotOpened(path) from None
        for line in told:
            name = line.partition("=")[0]
            if not line or line.startswith("#"):
                continue
            if re.search(r"[ \t]", name):
                raise errors.BadEnvFile(path, f"variable '{name}' contains whitespaces")
            if not name:
                raise errors.BadEnvFile(path, f"no variable name on line '{line}'")
            yield line
