"""To search: ask an index for the repositories that a word fits."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from labimg import errors
from labimg.registry.wire import Request
from labimg.remote.access import Login
from labimg.remote.peer import listed
from labimg.remote.transport import Transport, loopback

LIMIT = 25  # results, if none is said


class Found(NamedTuple):
    """A repository that a search has found."""

    name: str
    description: str
    stars: int
    official: bool
    automated: bool = False


def index(term: str) -> tuple[str, str]:
    """The registry to ask, and what to ask it for.

    >>> index("busybox"), index("localhost:5000/web")
    (('docker.io', 'busybox'), ('localhost:5000', 'web'))
    """
    domain, slash, rest = term.partition("/")
    if slash and ({".", ":"} & set(domain) or domain == "localhost"):
        return ("docker.io" if domain == "index.docker.io" else domain), rest
    return "docker.io", term


def search(
    term: str,
    transport: Transport,
    *,
    limit: int = LIMIT,
    filters: Mapping[str, Sequence[str]] | None = None,
    login: Login | None = None,
) -> list[Found]:
    """The repositories that `term` fits, those with most stars first.

    `filters` are "stars" (at least so many), "is-official" and "is-automated".

    Raises:
        LimitOutside: fewer than one or more than a hundred are asked for.
        UnexpectedStatus: the registry has no search.
    """
    if not 1 <= limit <= 100:
        raise errors.LimitOutside(limit)
    domain, asked = index(term)
    asked = asked.removeprefix("library/") if domain == "docker.io" else asked
    host = (
        "https://index.docker.io"
        if domain == "docker.io"
        else f"http{'' if loopback(domain) else 's'}://{domain}"
    )
    headers = {"Authorization": login.basic} if login else {}
    response = transport.send(
        Request("GET", f"{host}/v1/search?{urlencode({'q': asked, 'n': limit})}", headers)
    )
    if response.status != 200:
        response.close()
        raise errors.UnexpectedStatus(response.status)
    found = [_found(row) for row in listed(response, "results") if isinstance(row, dict)]
    kept = [one for one in found if _fits(one, filters or {})]
    return sorted(kept, key=lambda one: -one.stars)


def _found(row: Mapping[str, object]) -> Found:
    stars = row.get("star_count")
    return Found(
        str(row.get("name") or ""),
        str(row.get("description") or ""),
        stars if isinstance(stars, int) else 0,
        row.get("is_official") is True,
        row.get("is_automated") is True,
    )


def _fits(one: Found, filters: Mapping[str, Sequence[str]]) -> bool:
    def said(name: str, value: bool) -> bool:
        return all((text.lower() in ("1", "t", "true")) == value for text in filters.get(name, ()))

    enough = all(one.stars >= int(text) for text in filters.get("stars", ()))
    return enough and said("is-official", one.official) and said("is-automated", one.automated)
