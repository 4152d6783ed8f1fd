"""The one door: an engine with a method for each of Docker's verbs.

A clock, a source of chance and a runner come in here and nowhere else; whatever has
something to tell while it works tells it to `report`.  Nothing is printed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from labimg import errors, units
from labimg.clock import LabClock
from labimg.files import DiskFiles, MemoryFiles
from labimg.late import late
from labimg.logins import Logins
from labimg.reference import HUB, Reference
from labimg.store import Store

if TYPE_CHECKING:
    from labimg import archive, build, check, container, containers, listing, remote, remove, spec, union
    from labimg.build import BuildOptions, Context
    from labimg.changes import Change
    from labimg.container import Exit, Out, PrunedContainers, Run, Runner
    from labimg.containers import Container
    from labimg.digest import ImageID, ManifestID
    from labimg.entry import Entry, Stream
    from labimg.files import Files
    from labimg.filters import Filters
    from labimg.image import Image
    from labimg.listing import inspect
    from labimg.remote import Found, Login, Transport
    from labimg.union import Floor, UnionView
else:
    rooms = "archive build check container containers listing listing.inspect remote remove spec union"
    archive, build, check, container, containers, listing, inspect, remote, remove, spec, union = (
        late(f"labimg.{room}") for room in rooms.split()
    )

Clock = Callable[[], int]  # ns since the epoch
Chance = Callable[[int], bytes]  # that many random bytes
Report = Callable[[Any], None]


class Engine:
    """An image engine on `files`."""

    def __init__(
        self,
        files: Files,
        *,
        clock: Clock = time.time_ns,
        chance: Chance = os.urandom,
        runner: Runner | None = None,
        transport: Callable[[str], Transport] | None = None,
        web: Callable[[], Transport] = lambda: remote.Nowhere(),
        report: Report = lambda event: None,
    ) -> None:
        self.files = files
        self.clock = clock
        self.report = report
        self._chance = chance
        self._runner = runner
        self._transport = transport
        self.web = web  # the way to a file at a URL
        self.logins = Logins(files)
        self.store = Store(files, self._name)

    @classmethod
    def memory(cls, seed: str = "labimg") -> Engine:
        """An engine for a lesson: in memory, with a lab clock, and with chance that `seed` decides."""
        import random

        return cls(MemoryFiles(), clock=LabClock(), chance=random.Random(seed).randbytes)

    @classmethod
    def disk(cls, root: str | os.PathLike[str], **how: Any) -> Engine:
        """An engine on a folder of the disk."""
        return cls(DiskFiles(root), **how)

    def _name(self) -> str:
        """64 random hex digits; not with twelve decimal ones first, which would look like a number."""
        while True:
            name = self._chance(32).hex()
            if not name[:12].isdecimal():
                return name

    def now(self) -> str:
        """The moment in RFC 3339."""
        return units.rfc3339nano(self.clock())

    def runner(self, patience: float = 10) -> Runner:
        """What runs commands; one that sleeps for `patience` seconds it takes for one that would go on."""
        from labimg.shell import Shell

        return self._runner or Shell(patience)

    # Looking.

    def find(self, name: str) -> ImageID:
        """The ID of the image that `name` names."""
        return self.store.find(name)

    def image(self, name: str) -> Image:
        """The image that `name` names."""
        return self.store.image(name)

    def view(self, name: str, upto: int | None = None) -> UnionView:
        """The union view of a container or an image, through its lowest `upto` layers."""
        layers: list[Floor]
        try:
            found = self.store.container(name)
        except errors.DockerError:
            layers = [*self.store.layers.stack(self.image(name).top)]
        else:
            layers = [*self.store.layers.stack(self.store.containers.top(found))]
            layers.append(containers.Upper(self.store.containers.upper(found)))
        return union.UnionView(layers[:upto])

    def images(
        self, name: str = "", *, filters: Filters | None = None, all: bool = False
    ) -> list[listing.ImageSummary]:
        """The images, newest first."""
        return listing.images(self.store, name, filters=filters or {}, all=all, now=self.clock())

    def history(self, name: str) -> list[listing.HistoryRow]:
        """The steps of an image, newest first."""
        return listing.history(self.store, self.find(name))

    def inspect_image(self, name: str) -> spec.Document:
        """Docker's document about an image."""
        return inspect.image(self.store, self.find(name))

    def inspect_container(self, name: str) -> spec.Document:
        """Docker's document about a container."""
        return inspect.container(self.store, self.store.container(name))

    def ps(
        self, *, filters: Filters | None = None, all: bool = False, last: int = 0
    ) -> list[listing.ContainerSummary]:
        """The containers, newest first."""
        return listing.containers(self.store, filters=filters or {}, all=all, last=last)

    def df(self) -> listing.DiskUse:
        """What lies in the store, and who shares it."""
        return listing.disk_use(self.store)

    def system_check(self, *, repair: bool = False) -> list[check.Problem]:
        """All that is wrong with the store; with `repair` what a killed command left is freed."""
        return check.repair(self.store) if repair else check.check(self.store)

    # Names, and taking away.

    def tag(self, source: str, target: str) -> None:
        """Let the name `target` lead to the image that `source` names."""
        with self.files.lock():
            image_id = self.find(source)
            self._tag(image_id, Reference.parse(target))

    def _tag(self, image_id: ImageID, reference: Reference, side: errors.Side = "daemon") -> None:
        if reference.familiar_name == "sha256":
            raise errors.AmbiguousTag().said_by(side)
        self.store.tags.set(reference.tagged, image_id)
        self.store.images.touch(image_id, self.now())

    def rmi(self, name: str, *, force: bool = False, prune: bool = True) -> list[remove.Removed]:
        """Remove an image, or one name of it."""
        with self.files.lock():
            return remove.rmi(self.store, name, force=force, prune=prune)

    def rmi_each(self, names: Sequence[str], **how: bool) -> list[list[remove.Removed] | errors.DockerError]:
        """Remove images or names as `rmi` does; tell of each what went, or why nothing did."""
        with self.files.lock():
            return remove.rmi_each(self.store, names, **how)

    def image_prune(self, *, filters: Filters | None = None) -> remove.Pruned:
        """Remove the images that dangle, or with `dangling=false` all without a container."""
        with self.files.lock():
            return remove.prune(self.store, filters or {}, self.clock())

    # Making.

    def build(self, context: Context, *, options: BuildOptions) -> ImageID:
        """Build an image from a Dockerfile, telling each step."""
        targets = list(dict.fromkeys(Reference.parse(tag).tagged for tag in options.tags))
        world = build.World(
            self.store, lambda: self.runner(float("inf")), self.clock, self.now, self.report, self._pulled,
            self.web,
        )  # fmt: skip
        with self.files.lock():
            image_id = build.build(world, context, options)
            for target in targets:
                self._tag(image_id, target, "stream")
                self.report(build.events.Tagged(target.familiar))
            return image_id

    def _pulled(self, name: str) -> ImageID:
        self.pull(name)
        return self.find(name)

    def commit(
        self, name: str, reference: str = "", *, author: str = "", message: str = "",
        changes: Sequence[str] = (), pause: bool = True,
    ) -> ImageID:  # fmt: skip
        """Make an image of what a container has written."""
        with self.files.lock():
            found = self.store.container(name)
            target = Reference.parse(reference) if reference else None
            config = build.configured(found.config, changes) if changes else found.config
            image_id = container.commit(
                self.store, found, config, author=author, message=message, now=self.now()
            )
            if target:
                self._tag(image_id, target)
            return image_id

    def import_(
        self, stream: Stream, reference: str = "", *, changes: Sequence[str] = (), message: str = "",
        platform: str = "",
    ) -> ImageID:  # fmt: skip
        """Make an image with one layer of a flat tar."""
        with self.files.lock():
            target = Reference.parse(reference) if reference else None
            config = build.configured(spec.RunConfig(), changes) if changes else spec.RunConfig()
            image_id = archive.import_(
                self.store, stream, config, message=message, now=self.now(), system=platform
            )
            if target:
                self._tag(image_id, target)
            return image_id

    # Archives.

    def save(
        self, names: Sequence[str], out: BinaryIO, *, layout: archive.Layout = "oci", compress: bool = False
    ) -> None:
        """Write images into one tar, their layers gzipped if told to `compress`."""
        archive.save(self.store, names, out, layout=layout, compress=compress, lanes=os.cpu_count() or 1)

    def load(self, stream: Stream) -> list[archive.Record]:
        """Take in the images of an archive."""
        with self.files.lock():
            return archive.load(self.store, stream, self.report, lanes=os.cpu_count() or 1)

    def export(self, name: str, out: BinaryIO) -> None:
        """Write the tree a container sees as one flat tar."""
        container.export(self.store, self.store.container(name), out)

    # Containers.

    def create(self, image: str, run: Run) -> Container:
        """Make a container on an image."""
        with self.files.lock():
            return container.create(self.store, image, run, now=self.now())

    def start(self, name: str, *, out: Out, stdin: bytes | None = None) -> Container:
        """Run a container's command, with `stdin` if one is attached; one that runs already goes on."""
        with self.files.lock():
            found = self.store.container(name)
            if found.state.status == "paused":
                raise errors.StartOfPaused
            if found.state.running:
                return found
            return container.start(
                self.store, found, self.runner(), out=out, clock=self.clock, stamp=self.now, stdin=stdin
            )

    def stop(self, name: str, signal: str = "") -> Container:
        """End a running container by its stop signal, else by KILL; one that does not run stays so."""
        with self.files.lock():
            return container.stop(self.store, self.store.container(name), signal, now=self.now())

    def kill(self, name: str, signal: int = 9) -> Container:
        """Send a running container a signal, which may end it."""
        with self.files.lock():
            return container.kill(self.store, self.store.container(name), name, signal, now=self.now())

    def pause(self, name: str) -> Container:
        """Let a running container stand still."""
        with self.files.lock():
            return container.pause(self.store, self.store.container(name))

    def unpause(self, name: str) -> Container:
        """Let a paused container go on."""
        with self.files.lock():
            return container.unpause(self.store, self.store.container(name))

    def rename(self, name: str, wanted: str) -> None:
        """Give a container another name."""
        with self.files.lock():
            container.rename(self.store, self.store.container(name), wanted)

    def rm(self, name: str, *, force: bool = False, volumes: bool = False) -> None:
        """Remove a container with all it has written, but for its volumes; a running one only by force."""
        with self.files.lock():
            container.remove(self.store, self.store.container(name), force=force, volumes=volumes)

    def container_prune(self, *, filters: Filters | None = None, volumes: bool = False) -> PrunedContainers:
        """Remove the containers that do not run, and then the `volumes` that none has."""
        with self.files.lock():
            return container.prune(self.store, filters or {}, self.clock(), volumes=volumes)

    def diff(self, name: str) -> list[Change]:
        """What a container has changed."""
        return container.diff(self.store, self.store.container(name))

    def logs(self, name: str) -> list[dict[str, str]]:
        """What a container has printed: `log`, `stream` and `time` of each line."""
        return self.store.containers.logged(self.store.container(name))

    def exec(
        self, name: str, argv: Sequence[str], *, out: Out, env: Sequence[str] = (), user: str = "",
        cwd: str = "", stdin: bytes = b"",
    ) -> Exit:  # fmt: skip
        """Run one more command in a running container."""
        with self.files.lock():
            return container.execute(
                self.store, container.running(self.store.container(name), name), argv, self.runner(), out=out,
                clock=self.clock, env=env, user=user, cwd=cwd, stdin=stdin,
            )  # fmt: skip

    def stat(self, name: str, path: str, *, follow: bool = False) -> Entry:
        """What stands at a path of a container."""
        return container.stat(self.store, self.store.container(name), path, name, follow=follow)

    def copy_out(self, name: str, path: str, *, follow: bool = False) -> list[Entry]:
        """A file or directory of a container, named from the last part of `path` on."""
        return container.copy_out(self.store, self.store.container(name), path, name, follow=follow)

    def copy_in(self, name: str, folder: str, entries: Sequence[Entry], *, keep_owner: bool = False) -> None:
        """Put files below a folder of a container."""
        with self.files.lock():
            container.copy_in(
                self.store, self.store.container(name), folder, entries, name, clock=self.clock,
                keep_owner=keep_owner,
            )  # fmt: skip

    # Registries.

    def transport(self, domain: str) -> Transport:
        """The way to the registry of `domain`; the lab's own Hub is in this process."""
        if self._transport:
            return self._transport(domain)
        if domain == HUB:
            from labimg.remote import Here
            from labimg.seeds.hub import hub

            return Here(hub(self.files))
        from labimg.remote.http import Http

        return Http()

    def _asked(self, domain: str) -> dict[str, Any]:
        """How every verb of a registry is called: with a login, if there is one, a report and a pause."""
        return {"login": self._login(domain), "report": self.report, "pause": time.sleep}

    def _login(self, domain: str) -> Login | None:
        from labimg.remote import Login

        known = self.logins.get(domain)
        return Login(*known) if known else None

    def pull(self, name: str, *, every: bool = False, platform: str = "") -> ImageID | None:
        """Fetch an image, or `every` tag of its repository, from its registry; give the last one."""
        from labimg.remote.platform import parse

        reference = Reference.parse(name)
        pulled = remote.pull(
            self.store, reference, self.transport(reference.domain), every=every,
            platform=parse(platform) if platform else None, **self._asked(reference.domain),
        )  # fmt: skip
        return pulled[-1] if pulled else None

    def push(self, name: str, *, every: bool = False) -> list[ManifestID]:
        """Send an image, under its name, to the registry the name leads to."""
        at = Reference.parse(name)
        return remote.push(self.store, at, self.transport(at.domain), every=every, **self._asked(at.domain))

    def search(self, term: str, *, limit: int = 25, filters: Filters | None = None) -> list[Found]:
        """The repositories of a registry that `term` fits."""
        from labimg.remote.search import index, search

        domain = index(term)[0]
        login, there = self._login(domain), self.transport(domain)
        return search(term, there, limit=limit, filters=filters, login=login)

    def login(self, domain: str, login: Login) -> None:
        """Show a name and password to a registry, and keep them if it takes them."""
        from labimg.remote import log_in

        log_in(domain, login, self.transport(domain))
        with self.files.lock():
            self.logins.set(domain, login.basic.removeprefix("Basic "))

    def logout(self, domain: str) -> bool:
        """Forget the name and password for a registry; was there one?"""
        with self.files.lock():
            return self.logins.delete(domain)
