"""The commands that speak to a registry: pull, push, search, login, logout."""

from labimg import errors
from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, FILTER, INT, STRING, Flag
from labimg.cli.options import NO_TRUNC, ONE_PLATFORM, TRUST
from labimg.cli.rows import SEARCH, repository
from labimg.cli.transfer import transferred
from labimg.filters import Filters
from labimg.reference import HUB, Reference
from labimg.remote import Login
from labimg.remote.search import LIMIT

INDEX = "https://index.docker.io/v1/"


@command(
    "image pull", "pull",
    synopsis="[OPTIONS] NAME[:TAG|@DIGEST]",
    least=1,
    most=1,
    flags=(
        Flag("all-tags", "Download all tagged images in the repository", BOOL, "a"),
        TRUST,
        Flag("platform", "Set platform if server is multi-platform capable"),
        Flag("quiet", "Suppress verbose output", BOOL, "q"),
    ),
)  # fmt: skip
def pull(
    console: Console, name: str, *, all_tags: bool, disable_content_trust: bool, platform: str, quiet: bool
) -> None:
    """Download an image from a registry"""
    reference = Reference.typed(name)
    if all_tags and (reference.tag or reference.digest):
        raise errors.TagWithAll
    if not all_tags:
        if reference != reference.tagged and not quiet:
            console.say("Using default tag: latest")
        reference = reference.tagged
    with console.listening(lambda event: None if quiet else console.say(transferred(event), end="")):
        console.engine.pull(str(reference), every=all_tags, platform=platform)
    console.say(str(reference))


@command(
    "image push", "push",
    synopsis="[OPTIONS] NAME[:TAG]",
    least=1,
    most=1,
    flags=(
        Flag("all-tags", "Push all tags of an image to the repository", BOOL, "a"),
        TRUST._replace(help="Skip image signing"), *ONE_PLATFORM,
        Flag("quiet", "Suppress verbose output", BOOL, "q"),
    ),
)  # fmt: skip
def push(console: Console, name: str, *, all_tags: bool, disable_content_trust: bool, quiet: bool) -> None:
    """Upload an image to a registry"""
    reference = Reference.typed(name)
    if reference.digest:
        raise errors.DigestPushed
    if all_tags and reference.tag:
        raise errors.TagWithAll
    if not all_tags:
        if not reference.tag and not quiet:
            console.say("Using default tag: latest")
        reference = reference.tagged
    with console.listening(lambda event: None if quiet else console.say(transferred(event), end="")):
        console.engine.push(str(reference), every=all_tags)
    if quiet:
        console.say(reference.familiar)


@command(
    "search",
    synopsis="[OPTIONS] TERM",
    least=1,
    most=1,
    flags=(
        Flag("filter", "Filter output based on conditions provided", FILTER, "f"),
        Flag("format", "Pretty-print search using a Go template"),
        Flag("limit", "Max number of search results", INT),
        NO_TRUNC,
    ),
)  # fmt: skip
def search(console: Console, term: str, *, filter: Filters, format: str, limit: int, no_trunc: bool) -> None:
    """Search Docker Hub for images"""
    found = console.engine.search(term, limit=limit or LIMIT, filters=filter)
    template = SEARCH.template(format)
    heading = template.startswith("table")
    fields = repository(trunc=not no_trunc, heading=heading)
    console.say(SEARCH.render(template, found, fields), end="")


@command(
    "login",
    synopsis="[OPTIONS] [SERVER]",
    most=1,
    flags=(
        Flag("password", "Password or Personal Access Token (PAT)", STRING, "p"),
        Flag("password-stdin", "Take the Password or Personal Access Token (PAT) from stdin", BOOL),
        Flag("username", "Username", STRING, "u"),
    ),
)  # fmt: skip
def login(console: Console, server: str = "", *, password: str, password_stdin: bool, username: str) -> None:
    """Authenticate to a registry.
    Defaults to Docker Hub if no server is specified.
    """
    if password and password_stdin:
        raise errors.TwoPasswords
    if password:
        console.warn("WARNING! Using --password via the CLI is insecure. Use --password-stdin.")
    if password_stdin:
        if not username:
            raise errors.NoUsername
        password = console.stdin.read().decode("utf-8", "surrogateescape").rstrip("\r\n")
    if not (username and password):
        raise errors.NoTerminal
    console.engine.login(_domain(server), Login(username, password))
    console.say("Login Succeeded")


@command("logout", synopsis="[SERVER]", most=1)
def logout(console: Console, server: str = "") -> None:
    """Log out from a registry.
    If no server is specified, the default is defined by the daemon.
    """
    console.engine.logout(_domain(server))
    console.say(f"Removing login credentials for {server or INDEX}")


def _domain(server: str) -> str:
    """The registry that a server's name or address means."""
    host = server.removeprefix("https://").removeprefix("http://").partition("/")[0]
    return HUB if host in ("", "index.docker.io", "registry-1.docker.io") else host
