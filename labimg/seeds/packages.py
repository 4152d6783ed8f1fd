"""Packages: what a distribution's repository offers, at a tenth of its size."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from labimg.seeds.matter import filler, program

Repository = Mapping[str, "Package"]  # by name


@dataclass(frozen=True, slots=True)
class Package:
    """One package: what it needs, and the files it brings."""

    name: str
    version: str
    needs: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    programs: Mapping[str, int] = field(default_factory=dict)  # path -> bytes; each runs as its own name
    sizes: Mapping[str, int] = field(default_factory=dict)  # path -> bytes of no particular content
    texts: Mapping[str, str] = field(default_factory=dict)  # path -> content
    links: Mapping[str, str] = field(default_factory=dict)  # path -> target
    folders: tuple[str, ...] = ()
    architecture: str = "amd64"
    accounts: tuple[str, ...] = ()  # system users it makes

    @property
    def paths(self) -> list[str]:
        """All its files."""
        return sorted([*self.programs, *self.sizes, *self.texts, *self.links])

    @property
    def size(self) -> int:
        """Bytes once installed."""
        texts = sum(len(text.encode()) for text in self.texts.values())
        return sum(self.programs.values()) + sum(self.sizes.values()) + texts

    @property
    def archive(self) -> int:
        """Bytes of its archive."""
        return self.size * 3 // 10 + 400

    def content(self, path: str) -> tuple[bytes, int]:
        """The bytes of its file at `path`, and the permission bits."""
        if path in self.programs:
            return program(path.rpartition("/")[2], self.programs[path]), 0o755
        if path in self.texts:
            return self.texts[path].encode(), 0o755 if self.texts[path].startswith("#!") else 0o644
        return filler(f"{self.name} {self.version} {path}", self.sizes[path]), 0o644


def closure(
    wanted: Iterable[str],
    repository: Repository,
    *,
    present: Callable[[str], bool],
    recommended: bool = False,
) -> list[Package]:
    """All packages to install for `wanted`, each after those it needs; those `present` are left out.

    Raises:
        KeyError: the repository lacks one.
    """
    found: dict[str, Package] = {}
    entered: set[str] = set()

    def enter(name: str) -> None:
        if name in entered or present(name):
            return
        entered.add(name)
        package = repository[name]
        for needed in package.needs:
            enter(needed)
        found[name] = package
        for other in package.recommends if recommended else ():
            enter(other)

    for name in wanted:
        enter(name)
    return list(found.values())


def by_name(packages: Iterable[Package]) -> dict[str, Package]:
    """The packages as a repository."""
    return {package.name: package for package in packages}


def library(
    name: str, version: str, size: int, needs: Sequence[str] = (), folder: str = "/usr/lib/x86_64-linux-gnu"
) -> Package:
    """A package that is one shared library."""
    return Package(name, version, tuple(needs), sizes={f"{folder}/{name}.so": size})


def orphans(
    automatic: Iterable[str], manual: Iterable[str], needs: Callable[[str], Iterable[str]]
) -> Iterator[str]:
    """Those installed only for others that are gone."""
    kept: set[str] = set()
    todo = list(manual)
    while todo:
        name = todo.pop()
        if name not in kept:
            kept.add(name)
            todo += needs(name)
    return (name for name in automatic if name not in kept)
