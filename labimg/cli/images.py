"""The commands about images in the store: list, name, remove, prune, tell of."""

from labimg import errors
from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, Flag
from labimg.cli.options import FILTERS, LIST_FORMAT, NO_TRUNC, ONE_PLATFORM, UNTIL, YES, refused
from labimg.cli.rows import HISTORY, IMAGE_TABLE, IMAGES, image, image_lines, step
from labimg.cli.words import CUT, pruned, removed
from labimg.errors import DockerError, NotFound
from labimg.filters import Filters
from labimg.reference import tagging

# Words that look like a repository, but were meant as commands of `docker image`.
_SUBCOMMANDS = frozenset({
    "build", "history", "import", "list", "load", "ls", "prune", "pull", "push", "rm", "save", "tag",
})  # fmt: skip


@command(
    "image ls", "image list", "images",
    synopsis="[OPTIONS] [REPOSITORY[:TAG]]",
    most=1,
    flags=(
        Flag("all", "Show all images (default hides intermediate images)", BOOL, "a"),
        Flag("digests", "Show digests", BOOL),
        FILTERS, LIST_FORMAT, NO_TRUNC,
        Flag("quiet", "Only show image IDs", BOOL, "q"),
        *refused("an image here is for one platform", "tree!"),
    ),
)  # fmt: skip
def images(
    console: Console, name: str = "", *, all: bool, digests: bool, filter: Filters, format: str,
    no_trunc: bool, quiet: bool,
) -> None:  # fmt: skip
    """List images"""
    found = console.engine.images(name, filters=filter, all=all)
    template = IMAGES.template(format, quiet=quiet)
    if digests and template == f"table {IMAGE_TABLE}":
        template = template.replace("{{.Tag}}\t", "{{.Tag}}\t{{.Digest}}\t")
    elif digests and template.startswith("table") and "{{.Digest}}" not in template:
        template += "\t{{.Digest}}"
    digests |= "{{.Digest}}" in template
    lines = [line for row in found for line in image_lines(row, digests=digests)]
    console.say(IMAGES.render(template, lines, image(now=console.now, trunc=not no_trunc)), end="")
    if not found and name in _SUBCOMMANDS and console.name == "images":
        console.warn("", f'No images found matching "{name}": did you mean "docker image {name}"?')


@command(
    "image tag", "tag", synopsis="SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", least=2, most=2, interspersed=False
)
def tag(console: Console, source: str, target: str) -> None:
    """Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE"""
    tagging(source, target)
    console.engine.tag(source, target)


@command(
    "image rm", "image remove", "rmi",
    synopsis="[OPTIONS] IMAGE [IMAGE...]",
    least=1,
    most=None,
    flags=(
        Flag("force", "Force removal of the image", BOOL, "f"),
        Flag("no-prune", "Do not delete untagged parents", BOOL),
        *ONE_PLATFORM,
    ),
)  # fmt: skip
def rmi(console: Console, *names: str, force: bool, no_prune: bool) -> int:
    """Remove one or more images"""
    asked = [name for name in names if name.strip()]
    told = iter(console.engine.rmi_each(asked, force=force, prune=not no_prune))
    faults: list[DockerError] = []
    for name in names:
        outcome = next(told) if name.strip() else errors.BlankImage() if name else errors.PageNotFound()
        if isinstance(outcome, DockerError):
            faults.append(outcome)
        else:
            console.say(*map(removed, outcome))
    console.complain(faults)
    return int(not all(isinstance(fault, NotFound) for fault in faults) if force else bool(faults))


@command(
    "image prune",
    synopsis="[OPTIONS]",
    flags=(
        Flag("all", "Remove all unused images, not just dangling ones", BOOL, "a"), UNTIL, YES,
    ),
)  # fmt: skip
def prune(console: Console, *, all: bool, filter: Filters, force: bool) -> None:
    """Remove unused images"""
    if force or console.confirmed(CUT[all]):
        dangling = [*filter.get("dangling", ()), "false" if all else "true"]
        console.say(pruned(console.engine.image_prune(filters={**filter, "dangling": dangling})))


@command(
    "image history", "history",
    synopsis="[OPTIONS] IMAGE",
    least=1,
    most=1,
    flags=(
        LIST_FORMAT,
        Flag("human", "Print sizes and dates in human readable format", BOOL, "H", default=True),
        NO_TRUNC,
        Flag("quiet", "Only show image IDs", BOOL, "q"),
        *ONE_PLATFORM,
    ),
)  # fmt: skip
def history(console: Console, name: str, *, format: str, human: bool, no_trunc: bool, quiet: bool) -> None:
    """Show the history of an image"""
    if not name:
        raise errors.PageNotFound
    found = console.engine.history(name)
    template = HISTORY.template(format, quiet=quiet)
    if not human and not format:
        template = template.replace("CreatedSince", "CreatedAt")
    fields = step(now=console.now, trunc=not no_trunc, human=human)
    console.say(HISTORY.render(template, found, fields), end="")
