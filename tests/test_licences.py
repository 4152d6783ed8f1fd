"""Whatever a student installs with labimg is under a licence that binds nobody: read from the metadata."""

import re
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ["", "lab", "registry", "fast"]
PERMISSIVE = re.compile(
    r"\b(MIT|MIT-CMU|BSD|Apache|ISC|PSF|Python Software Foundation|ZPL|Zope|Unlicense|0BSD|HPND|CC0)", re.I
)
WEAK = {"certifi", "fqdn", "pathspec"}  # MPL-2.0: binds changes to their own files alone
COPYLEFT = re.compile(r"\b[AL]?GPL|\bMPL|\bEUPL|\bCDDL|\bSSPL|Mozilla|General Public", re.I)


def installed(extras: list[str]) -> Iterator[str]:
    """The name of every distribution that `labimg[extras]` brings, itself left out."""
    seen: set[tuple[str, str]] = set()
    waiting = [("labimg", extra) for extra in extras]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            wanted = distribution(name).requires or []
        except PackageNotFoundError:
            continue  # an extra that is not installed here
        for need in map(Requirement, wanted):
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(need.name), e) for e in ("", *need.extras)]
    yield from sorted({name for name, _ in seen} - {"labimg"})


def licence(name: str) -> str:
    """What the package says of its licence: its expression, its classifiers, or how the text begins."""
    meta: Message = distribution(name).metadata  # type: ignore[assignment]
    if expression := meta.get("License-Expression"):
        return str(expression)
    listed = [
        c.rsplit("::")[-1].strip() for c in meta.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    told = [text for text in listed if text != "OSI Approved"]
    return " AND ".join(told) or (meta.get("License") or "unknown").strip().splitlines()[0]


def present(name: str) -> bool:
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False


def permits(text: str) -> bool:
    """Whether one can choose a permissive licence out of `text`."""
    return any(
        PERMISSIVE.search(choice) and not COPYLEFT.search(choice) for choice in re.split(r"\bOR\b", text)
    )


@pytest.mark.parametrize("name", [name for name in installed(EXTRAS) if present(name)])
def test_each_dependency_is_permissive(name: str) -> None:
    assert permits(licence(name)) or name in WEAK, licence(name)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("MIT", True),
        ("BSD-3-Clause", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MPL-2.0", False),
        ("unknown", False),
    ],
)
def test_a_licence_is_judged_by_its_words(text: str, verdict: bool) -> None:
    assert permits(text) is verdict


def test_the_core_needs_little() -> None:
    assert set(installed([""])) <= {"filelock", "lark", "platformdirs", "urllib3"}
