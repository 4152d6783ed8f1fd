"""Build arguments: which ARG was declared where, and what it is worth.

A stage sees only what its own ARG instructions declare; ARG before the first FROM
serves FROM alone, until a stage declares it again.

Source: moby/builder/dockerfile/buildargs.go at v20.10.24.
"""

from collections.abc import Mapping

PROXIES = frozenset(
    name
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    for name in (proxy, proxy.lower())
)  # usable without ARG; in no history and no cache key


class Arguments:
    """The arguments of a build, as one stage sees them."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given  # by --build-arg
        self.declared: dict[str, str | None] = {}
        self.before_from: dict[str, str | None] = {}
        self.used: set[str] = set()

    def stage(self) -> "Arguments":
        """The arguments of a new stage: nothing declared yet."""
        stage = Arguments(self.given)
        stage.before_from, stage.used = self.before_from, self.used
        return stage

    def declare(self, name: str, default: str | None) -> None:
        """Take up `ARG name=default`."""
        self.declared[name] = default
        self.used.add(name)

    def declare_before_from(self, name: str, default: str | None) -> None:
        """Take up an ARG before the first FROM."""
        self.before_from[name] = default
        self.used.add(name)

    def value(self, name: str, default: str | None) -> str | None:
        """What an argument is worth: as given, else its default, else that before FROM."""
        if name in self.given:
            return self.given[name]
        return self.before_from.get(name) if default is None else default

    @property
    def for_from(self) -> dict[str, str]:
        """The arguments FROM may use."""
        values = {name: self.given.get(name, default) for name, default in self.before_from.items()}
        return {name: value for name, value in values.items() if value is not None}

    def allowed(self, env: Mapping[str, str]) -> dict[str, str]:
        """The arguments a step of the stage sees; a variable of the image goes before one."""
        names = {**self.declared, **{name: None for name in PROXIES if name not in self.declared}}
        values = {name: self.value(name, default) for name, default in names.items() if name not in env}
        return {name: value for name, value in sorted(values.items()) if value is not None}

    def shown(self, allowed: Mapping[str, str]) -> list[str]:
        """Those of `allowed` that history tells."""
        return [
            f"{name}={value}"
            for name, value in allowed.items()
            if name in self.declared or name not in PROXIES
        ]

    @property
    def unused(self) -> tuple[str, ...]:
        """What was given and no ARG took."""
        return tuple(sorted(set(self.given) - self.used - PROXIES))
