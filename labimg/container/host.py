"""What a container asks of its host: checked as the daemon checks it, and filled up as it fills it up."""

from collections.abc import Mapping, Sequence
from posixpath import normpath
from typing import Any

from labimg import errors
from labimg.container.hostconfig import HostConfig
from labimg.spec import Document

LEAST = 6 * 1024**2  # bytes
MILLISECOND = 1_000_000  # ns
# https://man7.org/linux/man-pages/man7/capabilities.7.html
CAPABILITIES = frozenset(
    """
    AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE
    DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD
    NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN
    SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME
    SYS_TTY_CONFIG WAKE_ALARM
    """.split()
)


def checked(host: HostConfig) -> HostConfig:
    """`host` with what follows from it.

    Raises:
        TooLittleMemory, MemoryDisorder, OomScoreRange, UnknownRestart, NegativeRetries, UnusedRetries,
        UnknownCapability.
    """
    _memory(host)
    if not -1000 <= host.oom_score_adj <= 1000:
        raise errors.OomScoreRange(host.oom_score_adj)
    _restart(host.restart_policy)
    host = host._replace(
        cap_add=_capabilities("CapAdd", host.cap_add),
        cap_drop=_capabilities("CapDrop", host.cap_drop),
        memory_swap=host.memory_swap or 2 * host.memory,
        shm_size=host.shm_size or HostConfig().shm_size,
        pids_limit=host.pids_limit if host.pids_limit and host.pids_limit > 0 else None,
    )
    if host.privileged:
        return host._replace(security_opt=["label=disable"], masked_paths=None, readonly_paths=None)
    return host


def _memory(host: HostConfig) -> None:
    limit, swap, reserved = host.memory, host.memory_swap, host.memory_reservation
    if 0 < limit < LEAST:
        raise errors.TooLittleMemory("limit")
    if limit and 0 < swap < limit:
        raise errors.MemoryDisorder("Minimum memoryswap limit should be larger than memory limit")
    if not limit and swap > 0:
        raise errors.MemoryDisorder("You should always set the Memory limit when using Memoryswap limit")
    if 0 < reserved < LEAST:
        raise errors.TooLittleMemory("reservation")
    if 0 < limit < reserved:
        raise errors.MemoryDisorder("Minimum memory limit can not be less than memory reservation limit")


def _restart(policy: Mapping[str, Any]) -> None:
    name, retries = policy["Name"], policy["MaximumRetryCount"]
    if name in ("always", "unless-stopped", "no"):
        if retries:
            raise errors.UnusedRetries(name)
    elif name == "on-failure":
        if retries < 0:
            raise errors.NegativeRetries
    elif name:
        raise errors.UnknownRestart(name)


def _capabilities(kind: str, names: Sequence[str] | None) -> list[str] | None:
    """Their names in full, sorted; `ALL` stands for itself."""
    found = {name.upper() for name in names or ()}
    found = {name if name == "ALL" else f"CAP_{name.removeprefix('CAP_')}" for name in found}
    for name in sorted(found - {"ALL"}):
        if name.removeprefix("CAP_") not in CAPABILITIES:
            raise errors.UnknownCapability(kind, name)
    return sorted(found) or None


def absolute(path: str) -> str:
    """A working directory without detours; "" stays, and is the image's.

    Raises:
        RelativeFolder: it does not begin at the root.
    """
    if path and not path.startswith("/"):
        raise errors.RelativeFolder(path)
    return "/" + normpath(path).lstrip("/") if path else ""


def healthy(check: Document | None) -> None:
    """Refuse a health check that is told in lengths no clock can tell.

    Raises:
        HealthTooShort: one is.
    """
    for key in ("Interval", "Timeout", "StartPeriod"):
        if check and 0 < check.get(key, 0) < MILLISECOND:
            raise errors.HealthTooShort(key)


def probed(check: Document | None) -> bool:
    """Does anybody look after the health of a container with that check?"""
    return bool(check and check.get("Test") and check["Test"][0] != "NONE")
