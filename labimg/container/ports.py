"""The ports of a container: which are published where, once it runs.

Nothing listens there.  Who publishes what is worked out and kept all the same, so that `ps` and `inspect`
tell it, and so that two containers on one port are refused.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from labimg import errors
from labimg.container.hostconfig import Binding
from labimg.containers import Container
from labimg.go.nat import parted, span
from labimg.store import Store

NETWORKS = ("bridge", "host", "none")
EPHEMERAL = range(32_768, 61_000)  # where a port is taken from that may be any
EVERYWHERE = ("0.0.0.0", "::")

Place = tuple[str, str, int]  # address, protocol, port


def joined(store: Store, container: Container) -> dict[str, Any]:
    """Where each port of `container` is published when it starts; None for one that is only exposed.

    Raises:
        NoSuchNetwork: it was made for a network nobody has.
        PortTaken: it wants to publish where another container does.
    """
    if container.network not in NETWORKS:
        raise errors.NoSuchNetwork(container.network)
    if container.network != "bridge":
        return {}
    taken = {place for other in store.containers.all() for place in _places(other.ports)}
    exposed = container.config.exposed_ports or {}
    asked = container.host_config.get("PortBindings") or {}
    everything = bool(container.host_config.get("PublishAllPorts"))
    found: dict[str, Any] = {}
    for port in sorted({*exposed, *asked}, key=_order, reverse=True):
        wanted: Sequence[Binding] = asked.get(port) or ([{}] if everything else [])
        told = [place for one in wanted for place in _bound(store, container, port, one, taken)]
        found[port] = told or None
    return dict(sorted(found.items()))


def _order(port: str) -> tuple[int, str]:
    number, protocol = parted(port)
    return int(number), protocol


def _bound(
    store: Store, container: Container, port: str, asked: Binding, taken: set[Place]
) -> Iterator[Binding]:
    """One binding as it comes about; its places are `taken` then."""
    addresses = [asked["HostIp"]] if asked.get("HostIp") else EVERYWHERE
    text, protocol = asked.get("HostPort", ""), parted(port)[1]
    choice = EPHEMERAL if text in ("", "0") else span(text)
    for number in choice:
        places = {(address, protocol, number) for address in addresses}
        if not places & taken:
            taken |= places
            yield from ({"HostIp": address, "HostPort": str(number)} for address in addresses)
            return
    raise errors.PortTaken(container.name, store.name(), f"{addresses[0]}:{choice[0]}")


def _places(ports: Mapping[str, Any]) -> Iterable[Place]:
    for port, bindings in ports.items():
        for one in bindings or ():
            yield one["HostIp"], parted(port)[1], int(one["HostPort"])
