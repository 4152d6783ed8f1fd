"""Ports, as Docker's Go library `nat` reads them.

Source: https://github.com/docker/go-connections/blob/v0.4.0/nat/parse.go
"""

import re


def span(text: str) -> range:
    """The ports in "80" or "8000-8010".

    Raises:
        ValueError: it is no number, one that no port has, or a range that ends before it begins.
    """
    if not text:
        raise ValueError("Empty string specified for ports.")
    first, dash, last = text.partition("-")
    begin, end = _number(first), _number(last.partition("-")[0] if dash else first)
    if end < begin:
        raise ValueError(f"Invalid range specified for the Port: {text}")
    return range(begin, end + 1)


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]+", text):
        raise ValueError(f'strconv.ParseUint: parsing "{text}": invalid syntax')
    if int(text) > 65_535:
        raise ValueError(f'strconv.ParseUint: parsing "{text}": value out of range')
    return int(text)


def parted(text: str) -> tuple[str, str]:
    """The port or ports in "53/udp", and the protocol: "tcp" if it is not told."""
    ports, _, protocol = text.partition("/")
    return ports, protocol or "tcp"
