"""The commands about the engine as a whole: df, prune, version, info."""

import os
import platform
from collections.abc import Iterator, Sized
from typing import NamedTuple

from labimg import errors
from labimg.cli.command import command
from labimg.cli.console import Console
from labimg.cli.flags import BOOL, FILTER, Flag
from labimg.cli.gotemplate import Row, Slice, Struct, Template, TemplateError
from labimg.cli.objects import misread
from labimg.cli.options import LIST_FORMAT, OBJECT_FORMAT, YES, refused
from labimg.cli.rows import (
    BUILD_CACHE,
    CONTAINER_USE,
    CONTAINERS,
    DISK_USE,
    IMAGE_USE,
    IMAGES,
    VOLUME,
    VOLUMES,
    container,
    image,
    image_lines,
)
from labimg.cli.tables import Fields, bound
from labimg.cli.words import deleted, reclaimed
from labimg.container.record import HOSTNAME
from labimg.filters import Filters
from labimg.listing import DiskUse
from labimg.registry.manifest import Platform
from labimg.remote.platform import plain
from labimg.units import human_size

SPEAKS = "28.2.2"  # the client whose words these are


@command(
    "system df",
    synopsis="[OPTIONS]",
    flags=(LIST_FORMAT, Flag("verbose", "Show detailed information on space usage", BOOL, "v")),
)  # fmt: skip
def df(console: Console, *, format: str, verbose: bool) -> None:
    """Show docker disk usage"""
    use = console.engine.df()
    if not verbose:
        console.say(DISK_USE.render(DISK_USE.template(format), [*_sums(use)], _SUM), end="")
        return
    images = [image_lines(row, digests=False)[0] for row in use.images]
    if format:
        told, box = image(now=console.now, trunc=False, use=True), container(now=console.now, trunc=False)
        listed = {
            "Images": Slice(Row(IMAGES.type, bound(told, line._replace(digest=""))) for line in images),
            "Containers": Slice(Row(CONTAINERS.type, bound(box, row)) for row in use.containers),
            "Volumes": Slice(Row(VOLUMES.type, bound(VOLUME, row)) for row in use.volumes),
            "BuildCache": Slice(),
        }
        console.say(_whole(format, Struct("*formatter.diskUsageContext", listed)), end="")
        return
    console.say(
        "Images space usage:\n",
        IMAGES.render(IMAGE_USE, images, image(now=console.now, use=True)),
        "Containers space usage:\n",
        CONTAINERS.render(CONTAINER_USE, use.containers, container(now=console.now)),
        "Local Volumes space usage:\n",
        VOLUMES.render(VOLUMES.template(""), use.volumes, VOLUME),
        "Build cache usage: 0B\n",
        BUILD_CACHE.render(BUILD_CACHE.template(""), (), {}),
        end="",
    )


def _whole(wanted: str, value: Struct) -> str:
    """All that is used, through `--format`."""
    try:
        template = Template("{{json .}}" if wanted == "json" else wanted.removeprefix("table "))
    except TemplateError as error:
        raise errors.BadTemplate(str(error)) from None
    try:
        return template.render(value)
    except TemplateError as error:
        raise errors.Unfilled(str(error).removeprefix("template: ")) from None


class _Sum(NamedTuple):
    """One line of `docker system df`."""

    type: str
    total: Sized
    active: Sized
    size: int  # bytes
    idle: int  # bytes of it that can be had back


_SUM: Fields[_Sum] = {
    "Type": lambda row: row.type,
    "TotalCount": lambda row: str(len(row.total)),
    "Active": lambda row: str(len(row.active)),
    "Size": lambda row: human_size(row.size),
    "Reclaimable": lambda row: (
        human_size(row.idle) + (f" ({row.idle * 100 // row.size}%)" if row.size else "")
    ),
}


def _sums(use: DiskUse) -> Iterator[_Sum]:
    """What is used by each kind of thing."""
    active = [row for row in use.images if row.containers]
    yield _Sum("Images", use.images, active, use.layers, use.layers - use.used)
    running = [row for row in use.containers if row.container.state.running]
    yield _Sum("Containers", use.containers, running, use.written, use.idle)
    used = [row for row in use.volumes if row.links]
    size, idle = (sum(row.size for row in use.volumes if not (only and row.links)) for only in (False, True))
    yield _Sum("Local Volumes", use.volumes, used, size, idle)
    yield _Sum("Build Cache", (), (), 0, 0)


@command(
    "system prune",
    synopsis="[OPTIONS]",
    flags=(
        Flag("all", "Remove all unused images not just dangling ones", BOOL, "a"),
        Flag("filter", 'Provide filter values (e.g. "label=<key>=<value>")', FILTER),
        YES,
        Flag("volumes", "Prune anonymous volumes", BOOL),
    ),
)  # fmt: skip
def prune(console: Console, *, all: bool, filter: Filters, force: bool, volumes: bool) -> None:
    """Remove unused data"""
    if volumes and "until" in filter:
        raise errors.UntilWithVolumes
    if not force and not console.confirmed(_warning(filter, all=all, volumes=volumes)):
        return
    containers = console.engine.container_prune(filters=filter, volumes=volumes)
    images = console.engine.image_prune(filters={**filter, "dangling": ["false" if all else "true"]})
    if containers.ids:
        console.say("Deleted Containers:", *containers.ids, "")
    if containers.volumes:
        console.say("Deleted Volumes:", *containers.volumes, "")
    if images.records:
        console.say(*deleted(images))
    console.say(reclaimed(containers.reclaimed + images.reclaimed))


def _warning(filters: Filters, *, all: bool, volumes: bool) -> str:
    lines = [
        "WARNING! This will remove:",
        "  - all stopped containers",
        "  - all networks not used by at least one container",
        *["  - all anonymous volumes not used by at least one container"] * volumes,
        f"  - all {'images without at least one container associated to them' if all else 'dangling images'}",
        f"  - {'all' if all else 'unused'} build cache",
        "",
    ]
    if filters:
        lines.append("  Items to be pruned will be filtered with:")
        lines += [f"  - {name}={value}" for name, values in sorted(filters.items()) for value in values]
        lines.append("")
    return "\n".join(lines)


@command(
    "builder prune",
    flags=(
        Flag("all", "Remove all unused build cache, not just dangling ones", BOOL, "a"),
        Flag("filter", 'Provide filter values (e.g. "until=24h")', FILTER),
        YES,
        *refused("the cache is made of images", "keep-storage"),
    ),
)  # fmt: skip
def builder_prune(console: Console, *, all: bool, filter: Filters, force: bool) -> None:
    """Remove build cache"""
    warning = "WARNING! This will remove all {}build cache.".format("" if all else "dangling ")
    if force or console.confirmed(warning, gap=" "):
        console.say(reclaimed(0))  # the cache is made of images here, as the classic builder's is


@command(
    "system check",
    synopsis="[OPTIONS]",
    flags=(Flag("repair", "Free what a command that was killed has left behind", BOOL),),
    ours=True,
)  # fmt: skip
def check(console: Console, *, repair: bool) -> int:
    """Verify every digest and every link of the store"""
    found = console.engine.system_check(repair=repair)
    for problem in found:
        end = f" ({'freed' if repair else '--repair frees it'})" if problem.orphan else ""
        console.say(f"{problem}{end}")
    if not found:
        console.say("The store is sound.")
    return int(any(not (problem.orphan and repair) for problem in found))


def ours() -> str:
    """The version of this package."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("labimg")
    except PackageNotFoundError:
        return "unknown"


@command("version", synopsis="[OPTIONS]", flags=(OBJECT_FORMAT,))
def version(console: Console, *, format: str) -> None:
    """Show the Docker version information"""
    machine = plain(Platform("", platform.machine().lower(), "")).architecture
    about = {
        "Version": ours(), "ApiVersion": "1.41", "Speaks": SPEAKS, "Python": platform.python_version(),
        "Os": platform.system().lower(), "Arch": machine,
    }  # fmt: skip
    if format:
        both = {"Client": Struct("system.clientVersion", about), "Server": Struct("*types.Version", about)}
        _filled(console, format, Struct("system.versionInfo", both), name="version")
        return
    console.say(
        "Client: labimg, which speaks as the docker client does",
        f" Version:           {about['Version']}",
        f" Speaks as Docker:  {SPEAKS}",
        f" Python version:    {about['Python']}",
        f" OS/Arch:           {about['Os']}/{about['Arch']}",
        "",
        "Server: labimg, an image engine for lessons in this very process; no Docker daemon is asked",
        " Engine:",
        f"  Version:          {about['Version']}",
        f"  OS/Arch:          {about['Os']}/{about['Arch']}",
    )


@command("system info", "info", synopsis="[OPTIONS]", flags=(OBJECT_FORMAT,))
def info(console: Console, *, format: str) -> None:
    """Display system-wide information"""
    states = [row.container.state.status for row in console.engine.ps(all=True)]
    running, paused = states.count("running"), states.count("paused")
    about = {
        "Containers": len(states),
        "ContainersRunning": running,
        "ContainersPaused": paused,
        "ContainersStopped": len(states) - running - paused,
        "Images": len(console.engine.images(all=True)),
        "Driver": "overlay2",
        "LoggingDriver": "json-file",
        "OperatingSystem": "labimg",
        "OSType": "linux",
        "Architecture": platform.machine(),
        "Name": HOSTNAME,
        "DockerRootDir": os.fspath(console.root),
        "ServerVersion": ours(),
    }
    if format:
        _filled(console, format, Struct("system.dockerInfo", about))
        return
    console.say(
        "Client: labimg",
        f" Version:    {about['ServerVersion']}",
        "",
        "Server: labimg, an image engine for lessons in this very process",
        f" Containers: {about['Containers']}",
        f"  Running: {running}",
        f"  Paused: {paused}",
        f"  Stopped: {about['ContainersStopped']}",
        f" Images: {about['Images']}",
        f" Server Version: {about['ServerVersion']}",
        " Storage Driver: overlay2",
        " Logging Driver: json-file",
        " OSType: linux",
        f" Architecture: {about['Architecture']}",
        f" Name: {about['Name']}",
        f" Docker Root Dir: {about['DockerRootDir']}",
    )


def _filled(console: Console, wanted: str, value: Struct, *, name: str = "") -> None:
    """Say a struct through `--format`; what it lacks is complained of after an empty line."""
    try:
        console.say(render(wanted, value, name=name))
    except TemplateError as error:
        console.say("")
        raise errors.Unfilled(str(error).removeprefix("template: ")) from None


def render(wanted: str, value: Struct, *, name: str = "") -> str:
    """A struct through `--format`, where a template that is none ends with code 64."""
    try:
        template = Template("{{json .}}" if wanted == "json" else wanted, name=name)
    except TemplateError as error:
        raise misread(error) from None
    return template.render(value)
