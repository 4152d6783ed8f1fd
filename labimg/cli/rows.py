"""What each list of Docker's shows of a thing: its fields, their headings, the usual columns."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from labimg import units
from labimg.cli.tables import Fields, Listing
from labimg.digest import Digest
from labimg.errors import DockerError
from labimg.errors.quote import quote
from labimg.reference import Reference

if TYPE_CHECKING:
    from labimg.listing import ContainerSummary, HistoryRow, ImageSummary
    from labimg.listing.rows import VolumeUse
    from labimg.remote.search import Found

SECOND = 1_000_000_000  # ns
NEVER = -62_135_596_800 * SECOND  # 0001-01-01, Go's zero time
Y2K = 946_684_800 * SECOND

IMAGE_TABLE = (
    "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}\t{{.Size}}"
)
IMAGES = Listing(
    "*formatter.imageContext",
    {
        "ID": "IMAGE ID", "Repository": "REPOSITORY", "Tag": "TAG", "Digest": "DIGEST",
        "CreatedSince": "CREATED", "CreatedAt": "CREATED AT", "Size": "SIZE", "Containers": "CONTAINERS",
        "VirtualSize": "SIZE", "SharedSize": "SHARED SIZE", "UniqueSize": "UNIQUE SIZE",
    },
    IMAGE_TABLE,
    raw="repository: {{.Repository}}\ntag: {{.Tag}}\nimage_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\n"
        "virtual_size: {{.Size}}\n",
    raw_quiet="image_id: {{.ID}}",
)  # fmt: skip
IMAGE_USE = (
    "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t"
    "{{.UniqueSize}}\t{{.Containers}}"
)
HISTORY = Listing(
    "*image.historyContext",
    {
        "ID": "IMAGE", "CreatedSince": "CREATED", "CreatedAt": "CREATED AT", "CreatedBy": "CREATED BY",
        "Size": "SIZE", "Comment": "COMMENT",
    },
    "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}",
)  # fmt: skip
CONTAINERS = Listing(
    "*formatter.ContainerContext",
    {
        "ID": "CONTAINER ID", "Names": "NAMES", "Image": "IMAGE", "Command": "COMMAND",
        "CreatedAt": "CREATED AT", "RunningFor": "CREATED", "Ports": "PORTS", "State": "STATE",
        "Status": "STATUS", "Size": "SIZE", "Labels": "LABELS", "Mounts": "MOUNTS",
        "LocalVolumes": "LOCAL VOLUMES", "Networks": "NETWORKS", "Platform": "PLATFORM",
    },
    "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}",
    raw="container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\n"
        "state: {{- pad .State 1 0}}\nstatus: {{- pad .Status 1 0}}\nnames: {{.Names}}\n"
        "labels: {{- pad .Labels 1 0}}\nports: {{- pad .Ports 1 0}}\n",
    raw_quiet="container_id: {{.ID}}",
    methods={"Label": lambda name: name.rpartition(".")[2].replace("-", " ").replace("_", " ")},
)  # fmt: skip
CONTAINER_USE = (
    "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t"
    "{{.Names}}"
)
DISK_USE = Listing(
    "*formatter.diskUsageImagesContext",
    {"Type": "TYPE", "TotalCount": "TOTAL", "Active": "ACTIVE", "Size": "SIZE", "Reclaimable": "RECLAIMABLE"},
    "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
    raw="type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\n"
    "reclaimable: {{.Reclaimable}}\n",
)
VOLUMES = Listing(
    "*formatter.diskUsageVolumesContext", {"Name": "VOLUME NAME", "Links": "LINKS", "Size": "SIZE"},
    "{{.Name}}\t{{.Links}}\t{{.Size}}",
)  # fmt: skip
BUILD_CACHE = Listing(
    "*formatter.buildCacheContext",
    {
        "ID": "CACHE ID", "CacheType": "CACHE TYPE", "Size": "SIZE", "CreatedSince": "CREATED",
        "LastUsedSince": "LAST USED", "UsageCount": "USAGE", "Shared": "SHARED",
    },
    "{{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}",
)  # fmt: skip
SEARCH = Listing(
    "*registry.searchContext",
    {
        "Name": "NAME", "Description": "DESCRIPTION", "StarCount": "STARS", "IsOfficial": "OFFICIAL",
        "IsAutomated": "AUTOMATED",
    },
    "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}",
)  # fmt: skip


class ImageLine(NamedTuple):
    """An image under one of its names."""

    image: "ImageSummary"
    repository: str
    tag: str
    digest: str


def image_lines(row: "ImageSummary", *, digests: bool) -> list[ImageLine]:
    """The lines that an image takes in the list.

    Without `digests` a digest is only shown where it is the only name there is.
    """
    if not row.tags and not row.digests:
        return [ImageLine(row, "<none>", "<none>", "<none>")]
    if not row.digests:
        return [ImageLine(row, name.familiar_name, name.tag, "<none>") for name in row.tags]
    lines = []
    left = {name.familiar_name: list[str]() for name in (*row.tags, *row.digests)}
    for name in row.digests:
        left[name.familiar_name].append(name.digest)
    for name in row.tags:
        for digest in (digests and left[name.familiar_name]) or ["<none>"]:
            lines.append(ImageLine(row, name.familiar_name, name.tag, digest))
    for repository in left.keys() - {name.familiar_name for name in row.tags}:
        for digest in left[repository] if digests else [""]:
            lines.append(ImageLine(row, repository, "<none>", digest))
    return lines


def image(*, now: int, trunc: bool = True, use: bool = False) -> Fields[ImageLine]:
    """The fields of `docker images`; with `use` also what an image shares and who runs it."""

    @cache
    def since(created: int) -> str:
        return units.ago((now - created // SECOND * SECOND) / SECOND) if created > NEVER else ""

    @cache
    def size(found: int) -> str:
        return units.human_size(found, 3)

    return {
        "ID": lambda line: line.image.id.short if trunc else str(line.image.id),
        "Repository": lambda line: line.repository,
        "Tag": lambda line: line.tag,
        "Digest": lambda line: line.digest,
        "CreatedSince": lambda line: since(line.image.created),
        "CreatedAt": lambda line: clock(max(line.image.created, NEVER) // SECOND),
        "Size": lambda line: size(line.image.size),
        "VirtualSize": lambda line: units.human_size(line.image.size),
        "SharedSize": lambda line: units.human_size(line.image.shared) if use else "N/A",
        "UniqueSize": lambda line: units.human_size(line.image.size - line.image.shared) if use else "N/A",
        "Containers": lambda line: str(line.image.containers) if use else "N/A",
    }


def step(*, now: int, trunc: bool, human: bool) -> "Fields[HistoryRow]":
    """The fields of `docker history`."""

    def since(row: "HistoryRow") -> str:
        if not human:
            return _stamp(row.created)
        return "N/A" if row.created <= Y2K else units.ago((now - row.created // SECOND * SECOND) / SECOND)

    def created_by(row: "HistoryRow") -> str:
        text = row.created_by.replace("\t", " ")
        return cut(text, 45) if trunc else text

    return {
        "ID": lambda row: short(row.id) if trunc else row.id,
        "CreatedAt": lambda row: _stamp(row.created),
        "CreatedSince": since,
        "CreatedBy": created_by,
        "Size": lambda row: units.human_size(row.size, 3) if human else str(row.size),
        "Comment": lambda row: row.comment,
    }


def _stamp(created: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(max(created, NEVER) // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def container(*, now: int, trunc: bool = True, size: bool = False) -> "Fields[ContainerSummary]":
    """The fields of `docker ps`; with `size` also what a container has in all."""
    from labimg.cli.gotemplate import Function, Pointer

    def command(row: "ContainerSummary") -> str:
        it = row.container
        words = " ".join([it.path, *(f"'{word}'" if " " in word else word for word in it.args)])
        return quote(cut(words, 20) if trunc else words)

    def created(row: "ContainerSummary") -> int:
        return units.parse_time(row.container.created) // SECOND

    def both(row: "ContainerSummary") -> str:
        virtual = f" (virtual {units.human_size(row.size + row.image_size, 3)})" if size else ""
        return units.human_size(row.size, 3) + virtual

    return {
        "ID": lambda row: row.container.short if trunc else row.container.id,
        "Names": lambda row: row.container.name,
        "Image": lambda row: (called(row) if trunc else row.image) or "<no image>",
        "Command": command,
        "CreatedAt": lambda row: clock(created(row)),
        "RunningFor": lambda row: units.ago((now - created(row) * SECOND) / SECOND),
        "Platform": lambda row: Pointer("*v1.Platform"),
        "Ports": lambda row: ports(row.container.ports),
        "State": lambda row: row.container.state.status,
        "Status": lambda row: status(row, now=now),
        "Size": both,
        "Labels": lambda row: ",".join(f"{key}={value}" for key, value in sorted(_labels(row).items())),
        "Label": Function(lambda row, name: _labels(row).get(name, ""), ("string",)),
        "Mounts": lambda row: ",".join(
            cut(name, 15) if trunc else name for _, name in sorted(row.container.mounts.items())
        ),
        "LocalVolumes": lambda row: str(len(row.container.mounts)),
        "Networks": lambda row: row.container.network,
    }


def _labels(row: "ContainerSummary") -> Mapping[str, str]:
    return row.container.config.labels or {}


VOLUME: "Fields[VolumeUse]" = {
    "Name": lambda row: row.name,
    "Links": lambda row: str(row.links),
    "Size": lambda row: units.human_size(row.size),
}


def repository(*, trunc: bool, heading: bool) -> "Fields[Found]":
    """The fields of `docker search`."""

    def about(row: "Found") -> str:
        text = row.description.replace("\n", " ").replace("\r", " ")
        return cut(text, 45) if trunc else text

    def yes(fact: bool) -> str:
        return ("[OK]" if fact else "") if heading else str(fact).lower()

    return {
        "Name": lambda row: row.name,
        "Description": about,
        "StarCount": lambda row: str(row.stars),
        "IsOfficial": lambda row: yes(row.official),
        "IsAutomated": lambda row: yes(row.automated),
    }


def status(row: "ContainerSummary", *, now: int) -> str:
    """How a container does, in words."""
    state = row.container.state

    def since(stamp: str) -> float:
        return (now - units.parse_time(stamp)) / SECOND

    if state.running:
        paused = " (Paused)" * (state.status == "paused")
        health = {"": "", "starting": " (health: starting)"}.get(state.health, f" ({state.health})")
        return f"Up {units.human_duration(since(state.started_at))}{paused or health}"
    if state.status == "exited":
        return f"Exited ({state.exit_code}) {units.ago(since(state.finished_at))}"
    return state.status.capitalize()


def ports(published: Mapping[str, Any]) -> str:
    """The ports of a container, as the client lays them out: neighbours that are mapped to themselves as one.

    Source: https://github.com/docker/cli/blob/v28.2.2/cli/command/formatter/container.go
    """
    rows = sorted(
        (int(number), place.get("HostIp", ""), int(place.get("HostPort", 0)), protocol)
        for port, places in published.items()
        for number, _, protocol in [port.partition("/")]
        for place in places or [{}]
    )
    runs: dict[tuple[str, str], tuple[int, int]] = {}
    ended, mapped = [], []
    for number, address, outside, protocol in rows:
        if address and outside != number:
            mapped.append(f"{_joined(address, outside)}->{number}/{protocol}")
            continue
        first, last = runs.get((address, protocol), (number, number - 1))
        if number != last + 1:
            ended.append(_run(address, protocol, first, last))
            first = number
        runs[address, protocol] = first, number
    return ", ".join((*ended, *(_run(*key, *run) for key, run in runs.items()), *mapped))


def _run(address: str, protocol: str, first: int, last: int) -> str:
    span = str(first) if first == last else f"{first}-{last}"
    return f"{_joined(address, span)}->{span}/{protocol}" if address else f"{span}/{protocol}"


def _joined(address: str, port: object) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def short(name: str) -> str:
    """The first 12 digits of an ID; any other name as it is."""
    return Digest.parse(name).short if name.startswith("sha256:") else name


def called(row: "ContainerSummary") -> str:
    """What a container's image was called: an ID by its first 12 digits, a name without its digest."""
    digits = row.image.removeprefix("sha256:")[:12]
    if digits == row.container.image.short:
        return digits
    with suppress(DockerError):
        return Reference.parse(row.image)._replace(digest="").familiar
    return row.image


def clock(seconds: int) -> str:
    """A moment as Go prints it."""
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(' ')} +0000 UTC"


def cut(text: str, columns: int) -> str:
    """`text` in at most so many columns, the last of them `…` if it is too long."""
    import unicodedata

    widths = [2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text]
    if sum(widths) <= columns:
        return text
    used = kept = 0
    while used + widths[kept] < columns:
        used += widths[kept]
        kept += 1
    return text[:kept] + "…"
