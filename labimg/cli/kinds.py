"""What the flags of `create` and `run` may hold: CPUs, lengths of time, hosts, networks."""

import re
from fractions import Fraction
from ipaddress import ip_address
from typing import Any

from labimg import units
from labimg.cli.flags import BYTES, STRING, Kind, checked
from labimg.errors import DockerError
from labimg.errors.quote import quote

_DOMAIN = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*")


def _decimal(_: Any, word: str) -> int:
    """A number of CPUs, in billionths of one."""
    try:
        billionths = Fraction(word) * 10**9
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"failed to parse {word} as a rational number") from None
    if billionths.denominator != 1:
        raise ValueError("value is too precise")
    return int(billionths)


def _duration(_: Any, word: str) -> int:
    """A length of time, in ns."""
    try:
        return units.parse_duration(word)
    except DockerError as error:
        raise ValueError(str(error)) from None


def _swap(_: Any, word: str) -> int:
    return -1 if word == "-1" else int(BYTES.read(0, word))


def _host(word: str) -> str:
    """A name and its address: "name:address", whichever sign stood between them."""
    name, sign, address = word.partition("=") if "=" in word else word.partition(":")
    if not name or not sign:
        raise ValueError(f"bad format for add-host: {quote(word)}")
    address = address[1:-1] if address.startswith("[") and address.endswith("]") else address
    if address != "host-gateway" and not is_address(address):
        raise ValueError(f"invalid IP address in add-host: {quote(address)}")
    return f"{name}:{address}"


def _address(word: str) -> str:
    if not is_address(word.strip()):
        raise ValueError(f"IP address is not correctly formatted: {word.strip()}")
    return word.strip()


def is_address(word: str) -> bool:
    """Is it the address of a machine, old or new?"""
    try:
        return bool(ip_address(word))
    except ValueError:
        return False


def _domain(word: str) -> str:
    if word.strip() != "." and not _DOMAIN.fullmatch(word):
        raise ValueError(f"{word} is not a valid domain")
    return word


def _stream(word: str) -> str:
    if word.lower() not in ("stdin", "stdout", "stderr"):
        raise ValueError("valid streams are STDIN, STDOUT and STDERR")
    return word.lower()


def _network(_: Any, word: str) -> str:
    name = word
    if "=" in word:
        parts = dict(part.partition("=")[::2] for part in word.split(","))
        name = parts.pop("name", "")
        if parts:
            raise ValueError(f"labimg does not carry {', '.join(parts)} of a network: nothing is connected")
    if name.startswith("container:"):
        raise ValueError("labimg does not carry the network of another container: nothing is connected")
    return name


DECIMAL = Kind("decimal", 0, _decimal)
DURATION = Kind("duration", 0, _duration)
SWAP = Kind("bytes", 0, _swap)
NETWORK = Kind("network", None, _network)
UNSAID = Kind("string", None, STRING.read)  # None unless it was given, though it were empty
ADDRESSES = checked(_address)
DOMAINS = checked(_domain)
HOSTS = checked(_host)
STREAMS = checked(_stream)
