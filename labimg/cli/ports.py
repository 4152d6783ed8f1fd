"""The ports of a container, as `--publish` and `--expose` tell them.

Source: https://github.com/docker/go-connections/blob/v0.5.0/nat/nat.go
"""

from collections.abc import Iterator, Sequence

from labimg import errors
from labimg.cli.kinds import is_address
from labimg.go.nat import parted, span


def published(words: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """The ports to publish, each with its places: "8080:80", "127.0.0.1:53:53/udp", "8000-8001:80-81"."""
    found: dict[str, list[dict[str, str]]] = {}
    for word in words:
        for port, place in _mapped(_plain(word)):
            found.setdefault(port, []).append(place)
    return dict(sorted(found.items()))


def _plain(word: str) -> str:
    """A mapping told by names ("published=8080,target=80") in the short form, 8080:80/tcp."""
    if "=" not in word:
        return word
    told = {"protocol": "tcp", "published": "", "target": ""}
    for part in word.split(","):
        name, sign, value = part.partition("=")
        if not name or not sign:
            raise errors.BadPublishOption(part)
        told[name] = value
    return f"{told['published']}:{told['target']}/{told['protocol']}"


def _mapped(word: str) -> Iterator[tuple[str, dict[str, str]]]:
    """One word of `--publish`, port by port.

    Source: https://github.com/docker/go-connections/blob/v0.5.0/nat/nat.go
    """
    *before, target = word.split(":")
    host = before.pop() if before else ""
    address = ":".join(before)
    ports, protocol = parted(target)
    address = address[1:-1] if address.startswith("[") and address.endswith("]") else address
    if address and not is_address(address):
        raise errors.BadPublished("IP address", address)
    if not ports:
        raise errors.NoPort(word)
    inside = _span("containerPort", ports)
    outside = _span("hostPort", host) if host else range(0)
    if host and len(outside) != len(inside) > 1:
        raise errors.UnequalRanges(ports, host)
    if protocol.lower() not in ("tcp", "udp", "sctp"):
        raise errors.BadPublished("proto", protocol)
    for number, port in enumerate(inside):
        place = host if len(inside) == 1 and len(outside) > 1 else str(outside[number]) if host else ""
        yield f"{port}/{protocol.lower()}", {"HostIp": address, "HostPort": place}


def _span(part: str, text: str) -> range:
    try:
        return span(text)
    except ValueError:
        raise errors.BadPublished(part, text) from None


def exposed(words: Sequence[str]) -> Iterator[str]:
    """The ports that `--expose` names."""
    for word in words:
        if ":" in word:
            raise errors.ExposedPair(word)
        ports, protocol = parted(word)
        try:
            inside = span(ports)
        except ValueError as why:
            spoken = str(why).replace("Empty", "empty").rstrip(".")
            spoken = spoken.replace(
                "Invalid range specified for the Port", "invalid range specified for port"
            )
            raise errors.BadExposed(word, spoken) from None
        yield from (f"{port}/{protocol}" for port in inside)
