"""What a container asks of its host: the document `HostConfig`, key by key.

There is no host here.  What is asked is kept and shown as Docker shows it; what files can tell of it
(`--add-host`, `--dns`, `--read-only`) is also done.

Source: moby/api/types/container/host_config.go at v20.10.24.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from labimg.spec import Document

MASKED = (
    "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
    "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
)  # fmt: skip
READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")

Binding = Mapping[str, str]  # HostIp and HostPort
Bindings = Mapping[str, Sequence[Binding]]  # "80/tcp" -> where it is published


class HostConfig(NamedTuple):
    """In the order of Go's struct; lengths in bytes, CPUs in billionths of one."""

    binds: Sequence[str] | None = None
    container_id_file: str = ""
    log_config: Mapping[str, Any] = MappingProxyType({"Type": "json-file", "Config": {}})
    network_mode: str = "default"
    port_bindings: Bindings = MappingProxyType({})
    restart_policy: Mapping[str, Any] = MappingProxyType({"Name": "no", "MaximumRetryCount": 0})
    auto_remove: bool = False
    volume_driver: str = ""
    volumes_from: Sequence[str] | None = None
    cap_add: Sequence[str] | None = None
    cap_drop: Sequence[str] | None = None
    cgroupns_mode: str = "host"
    dns: Sequence[str] = ()
    dns_options: Sequence[str] = ()
    dns_search: Sequence[str] = ()
    extra_hosts: Sequence[str] | None = None
    group_add: Sequence[str] | None = None
    ipc_mode: str = "private"
    cgroup: str = ""
    links: Sequence[str] | None = None
    oom_score_adj: int = 0
    pid_mode: str = ""
    privileged: bool = False
    publish_all_ports: bool = False
    readonly_rootfs: bool = False
    security_opt: Sequence[str] | None = None
    uts_mode: str = ""
    userns_mode: str = ""
    shm_size: int = 67_108_864
    runtime: str = "runc"
    console_size: Sequence[int] = (0, 0)
    isolation: str = ""
    cpu_shares: int = 0
    memory: int = 0
    nano_cpus: int = 0
    cgroup_parent: str = ""
    blkio_weight: int = 0
    blkio_weight_device: Sequence[Document] = ()
    blkio_device_read_bps: Sequence[Document] = ()
    blkio_device_write_bps: Sequence[Document] = ()
    blkio_device_read_iops: Sequence[Document] = ()
    blkio_device_write_iops: Sequence[Document] = ()
    cpu_period: int = 0
    cpu_quota: int = 0
    cpu_realtime_period: int = 0
    cpu_realtime_runtime: int = 0
    cpuset_cpus: str = ""
    cpuset_mems: str = ""
    devices: Sequence[Document] = ()
    device_cgroup_rules: Sequence[str] | None = None
    device_requests: Sequence[Document] | None = None
    kernel_memory: int = 0
    kernel_memory_tcp: int = 0
    memory_reservation: int = 0
    memory_swap: int = 0
    memory_swappiness: int | None = None
    oom_kill_disable: bool = False
    pids_limit: int | None = None
    ulimits: Sequence[Document] = ()
    cpu_count: int = 0
    cpu_percent: int = 0
    io_maximum_iops: int = 0
    io_maximum_bandwidth: int = 0
    masked_paths: Sequence[str] | None = MASKED
    readonly_paths: Sequence[str] | None = READ_ONLY
    init: bool | None = None

    @property
    def document(self) -> Document:
        """The JSON object Docker shows; `Init` is left out unless it was asked for."""
        found = {
            _KEYS[name]: list(value) if isinstance(value, tuple) else value
            for name, value in self._asdict().items()
        }
        found |= {key: dict(value) for key, value in found.items() if isinstance(value, MappingProxyType)}
        if self.init is None:
            del found["Init"]
        return found


_SPELLED = {"id": "ID", "uts": "UTS", "tcp": "TCP", "io": "IO", "iops": "IOps"}
_KEYS = {
    name: "".join(_SPELLED.get(word, word.capitalize()) for word in name.split("_"))
    for name in HostConfig._fields
}
