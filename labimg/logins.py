"""The shelf of logins: `config.json`, as Docker's client keeps it, where passwords are not hidden."""

from collections.abc import Iterator

from labimg.files import Files

PATH = "config.json"


class Logins:
    """Which name and password to show to which registry."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def _all(self) -> dict[str, dict[str, str]]:
        import json

        return dict(json.loads(self._files.read(PATH))["auths"]) if self._files.exists(PATH) else {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def get(self, domain: str) -> tuple[str, str] | None:
        """The name and password for a registry."""
        known = self._all().get(domain)
        if known is None:
            return None
        from base64 import b64decode

        user, _, password = b64decode(known["auth"]).decode().partition(":")
        return user, password

    def set(self, domain: str, auth: str) -> None:
        """Keep a name and password, in the form of HTTP's basic authentication."""
        self._write(self._all() | {domain: {"auth": auth}})

    def delete(self, domain: str) -> bool:
        """Forget a name and password; were there any?"""
        known = self._all()
        there = known.pop(domain, None) is not None
        self._write(known)
        return there

    def _write(self, known: dict[str, dict[str, str]]) -> None:
        from labimg.go import gojson

        self._files.write(PATH, gojson.encode({"auths": known}, indent="\t", sort=True))
