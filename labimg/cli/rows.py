"""What each list of Docker's shows of a thing: its fields, their headings, the usual columns."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

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


Name = tuple[str, str, str]  # repository, tag, digest


def image_names(row: "ImageSummary", *, digests: bool) -> Iterator[Name]:
    """The name in each line that an image takes in the list.

    Without `digests` a digest is only shown where it is the only name there is.
    """
    if not row.tags and not row.digests:
        yield "<none>", "<none>", "<none>"
    if not row.digests:
        yield from ((name.familiar_name, name.tag, "<none>") for name in row.tags)
        return
    left = {name.familiar_name: list[str]() for name in (*row.tags, *row.digests)}
    for name in row.digests:
        left[name.familiar_name].append(name.digest)
    for name in row.tags:
        for digest in (digests and left[name.familiar_name]) or ["<none>"]:
            yield name.familiar_name, name.tag, digest
    for repository in left.keys() - {name.familiar_name for name in row.tags}:
        for digest in left[repository] if digests else [""]:
            yield repository, "<none>", digest


def image(
    row: "ImageSummary", names: Iterable[Name], *, now: int, trunc: bool = True, use: bool = False
) -> Iterator[Fields]:
    """A line of `docker images` for each name; with `use` also what it shares and who runs it."""
    created = row.created // SECOND
    unique = row.size - row.shared
    since, size = lambda: units.ago((now - created * SECOND) / SECOND), lambda: units.human_size(row.size, 3)
    common: Fields = {
        "ID": lambda: row.id.short if trunc else str(row.id),
        "CreatedSince": cache(since) if row.created > NEVER else lambda: "",
        "CreatedAt": lambda: clock(max(created, NEVER // SECOND)),
        "Size": cache(size),
        "VirtualSize": lambda: units.human_size(row.size),
        "SharedSize": lambda: units.human_size(row.shared) if use else "N/A",
        "UniqueSize": lambda: units.human_size(unique) if use else "N/A",
        "Containers": lambda: str(row.containers) if use else "N/A",
    }
    for repository, tag, digest in names:
        told = {"Repository": repository.__str__, "Tag": tag.__str__, "Digest": digest.__str__}
        yield {**common, **told}


def step(row: "HistoryRow", *, now: int, trunc: bool, human: bool) -> Fields:
    """One line of `docker history`."""
    seconds = row.created // SECOND
    created_by = row.created_by.replace("\t", " ")
    from datetime import UTC, datetime

    stamp = datetime.fromtimestamp(max(seconds, NEVER // SECOND), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def since() -> str:
        if not human:
            return stamp
        return "N/A" if row.created <= Y2K else units.ago((now - seconds * SECOND) / SECOND)

    return {
        "ID": lambda: short(row.id) if trunc else row.id,
        "CreatedAt": lambda: stamp,
        "CreatedSince": since,
        "CreatedBy": lambda: cut(created_by, 45) if trunc else created_by,
        "Size": lambda: units.human_size(row.size, 3) if human else str(row.size),
        "Comment": lambda: row.comment,
    }


def container(row: "ContainerSummary", *, now: int, trunc: bool = True, size: bool = False) -> Fields:
    """One line of `docker ps`; with `size` also what the container has in all."""
    from labimg.cli.gotemplate import Function, Pointer

    it = row.container
    labels = it.config.labels or {}
    created = units.parse_time(it.created) // SECOND
    words = [it.path, *(f"'{word}'" if " " in word else word for word in it.args)]
    virtual = f" (virtual {units.human_size(row.size + row.image_size, 3)})" if size else ""
    return {
        "ID": lambda: it.short if trunc else it.id,
        "Names": lambda: it.name,
        "Image": lambda: (called(row) if trunc else row.image) or "<no image>",
        "Command": lambda: quote(cut(" ".join(words), 20) if trunc else " ".join(words)),
        "CreatedAt": lambda: clock(created),
        "RunningFor": lambda: units.ago((now - created * SECOND) / SECOND),
        "Platform": lambda: Pointer("*v1.Platform"),
        "Ports": lambda: ports(it.ports),
        "State": lambda: it.state.status,
        "Status": lambda: status(row, now=now),
        "Size": lambda: units.human_size(row.size, 3) + virtual,
        "Labels": lambda: ",".join(f"{key}={labels[key]}" for key in sorted(labels)),
        "Label": Function(lambda name: labels.get(name, ""), ("string",)),
        "Mounts": lambda: ",".join(cut(name, 15) if trunc else name for _, name in sorted(it.mounts.items())),
        "LocalVolumes": lambda: str(len(it.mounts)),
        "Networks": lambda: it.network,
    }


def volume(row: "VolumeUse") -> Fields:
    """One line of the volumes of `docker system df -v`."""
    return {
        "Name": lambda: row.name,
        "Links": lambda: str(row.links),
        "Size": lambda: units.human_size(row.size),
    }


def repository(row: "Found", *, trunc: bool, heading: bool) -> Fields:
    """One line of `docker search`."""
    about = row.description.replace("\n", " ").replace("\r", " ")

    def yes(fact: bool) -> str:
        return ("[OK]" if fact else "") if heading else str(fact).lower()

    return {
        "Name": lambda: row.name,
        "Description": lambda: cut(about, 45) if trunc else about,
        "StarCount": lambda: str(row.stars),
        "IsOfficial": lambda: yes(row.official),
        "IsAutomated": lambda: yes(row.automated),
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
