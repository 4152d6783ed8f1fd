"""Which image of an index is for which machine.

Source: https://github.com/containerd/platforms/blob/v0.2.1/platforms.go
"""

import re
from collections.abc import Sequence

from labimg import errors
from labimg.registry.manifest import Descriptor, Platform

_PART = re.compile(r"[a-z0-9_.-]+")
LINUX = Platform("linux", "amd64")
_ALSO = {
    "x86_64": ("amd64", ""), "x86-64": ("amd64", ""), "aarch64": ("arm64", ""), "i386": ("386", ""),
    "i686": ("386", ""), "armhf": ("arm", "v7"), "armel": ("arm", "v6"),
}  # fmt: skip
_SYSTEMS = set("aix android darwin dragonfly freebsd illumos ios linux netbsd openbsd plan9 windows".split())
_MACHINES = set("386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x".split())


def parse(text: str) -> Platform:
    """The platform in "linux/arm64/v8", or in a part of it.

    >>> parse("aarch64")
    Platform(os='linux', architecture='arm64', variant='')

    Raises:
        BadPlatform: it cannot be one.
    """
    parts = text.lower().split("/")
    if len(parts) > 3 or not all(_PART.fullmatch(part) for part in parts):
        raise errors.BadPlatform(text)
    if len(parts) == 1 and parts[0] not in _SYSTEMS:
        if parts[0] not in _MACHINES | _ALSO.keys():
            raise errors.BadPlatform(text, "unknown operating system or architecture")
        parts.insert(0, "linux")
    os, architecture, variant = (*parts, "", "")[:3]
    return plain(Platform(os, architecture or LINUX.architecture, variant))


def plain(platform: Platform) -> Platform:
    """That platform under its usual name."""
    architecture, variant = _ALSO.get(platform.architecture, (platform.architecture, platform.variant))
    if (architecture, variant) in (("arm64", "v8"), ("arm64", "8"), ("amd64", "v1")):
        variant = ""
    if architecture == "arm":
        variant = variant if variant.startswith("v") else f"v{variant or 7}"
    return Platform(platform.os, architecture, variant)


def choose(manifests: Sequence[Descriptor], wanted: Platform) -> Descriptor:
    """The first image for exactly that machine; else, for an ARM, the best that it can run.

    Raises:
        NoMatchingManifest: there is none.
    """
    wanted = plain(wanted)
    fitting = [one for one in manifests if _runs(plain(one.platform), wanted)]
    if not fitting:
        raise errors.NoMatchingManifest(str(wanted))
    return max(fitting, key=lambda one: plain(one.platform).variant)


def _runs(offered: Platform, wanted: Platform) -> bool:
    if offered[:2] != wanted[:2]:
        return False
    older = wanted.architecture == "arm" and offered.variant <= wanted.variant
    return offered.variant == wanted.variant or older
