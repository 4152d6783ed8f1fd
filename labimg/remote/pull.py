"""To pull: find the manifest, fetch the layers that are not here, stack them, and name the image.

    manifest      an index leads to the image for the platform
    config        names the image; if it is here already, nothing more is fetched
    layers        those at the bottom that are here are kept; the rest come in parallel lanes,
                  each proved by its digest, and are unpacked in their order, bottom first
    names         `name@digest` and, if a tag was asked for, `name:tag`

What breaks off leaves layers that nothing holds, never a name that leads nowhere.

Source: moby/distribution/pull_v2.go and xfer/download.go at v28.2.2.
"""

from collections.abc import Sequence
from functools import partial

from labimg import errors, spec
from labimg.compression import inflate
from labimg.compression.lanes import Outcome, ahead, in_turn, lanes
from labimg.digest import ChainID, DiffID, Digest, ImageID, chain_id
from labimg.errors import DockerError
from labimg.image import Image
from labimg.reference import Reference
from labimg.registry.manifest import Descriptor, Manifest, Platform
from labimg.remote.access import Login
from labimg.remote.ledger import Ledger
from labimg.remote.peer import Pause, Peer
from labimg.remote.platform import LINUX, choose
from labimg.remote.records import LayerProgress, PullDone, Pulled, PullingFrom, Report, State
from labimg.remote.transport import Transport
from labimg.store import Store

AT_ONCE = 3  # layers that Docker fetches at once; the others are told to wait
CONFIGS = {spec.CONFIG, spec.OCI_CONFIG, "application/octet-stream", "application/json", "text/html", ""}
STEP = 1 << 19  # bytes from one report to the next


def pull(
    store: Store,
    reference: Reference,
    transport: Transport,
    *,
    platform: Platform | None = None,
    every: bool = False,
    login: Login | None = None,
    report: Report = lambda record: None,
    pause: Pause = lambda seconds: None,
) -> list[ImageID]:
    """Pull what `reference` names, or with `every` all tags of its repository; give the images.

    Raises:
        ManifestUnknown, PullDenied, Unreachable, ...: and what was there before is unchanged.
    """
    peer = Peer(reference, transport, login=login, pause=pause)
    ledger = Ledger(store.files, login)
    peer.ping()
    wanted = [reference.with_tag(tag) for tag in peer.tags()] if every else [reference.stored]
    outcomes = [_Pull(store, one, peer, ledger, report).run(platform) for one in wanted]
    whole = reference.familiar_name if every else reference.stored.familiar
    report(PullDone(whole, any(newer for _, newer in outcomes)))
    return [image for image, _ in outcomes]


class _Pull:
    """The pull of one tag or digest."""

    def __init__(
        self, store: Store, reference: Reference, peer: Peer, ledger: Ledger, report: Report
    ) -> None:
        self.store, self.reference, self.peer, self.ledger = store, reference, peer, ledger
        self.report = in_turn(report)
        self._spool = f"tmp/GetImageBlob{store.name()[:12]}"  # no other pull has the same

    def run(self, platform: Platform | None) -> tuple[ImageID, bool]:
        """Pull; give the image, and whether a name leads elsewhere than before."""
        asked = self.reference.digest or self.reference.tag
        found = self.peer.manifest(asked)
        self.report(PullingFrom(asked, self.reference.path))
        try:
            image = self._image(found, platform)
        except DockerError as error:
            raise error.said_by("stream") from None
        self.report(Pulled(found.id))
        newer = self._name(image, found)
        return image.id, newer

    def _image(self, found: Manifest, platform: Platform | None) -> Image:
        """The image for the platform, which is on its shelf afterwards with all its layers."""
        if found.manifests:
            found = self.peer.manifest(choose(found.manifests, platform or LINUX).digest)
        if found.config is None or found.config.media not in CONFIGS:
            raise errors.ForeignArtifact(found.config.media if found.config else found.media)
        known = ImageID(found.config.digest)
        if self.store.images.has(known):
            return self.store.images.find(known)
        image = self._config(found.config)
        if len(image.document.diff_ids) != len(found.layers):
            raise errors.LayersDiffer
        while True:
            self._layers(image.document.diff_ids, found.layers)
            if self._shelve(image):
                return image

    def _config(self, config: Descriptor) -> Image:
        try:
            image = Image.parse(self.peer.small(config))
        except errors.WrongBlob:
            raise errors.WrongConfig(config.digest) from None
        if image.document.os not in ("linux", ""):
            raise errors.WrongSystem(image.document.os)
        return image

    def _shelve(self, image: Image) -> bool:
        """Put an image on its shelf, if nobody has taken a layer away since it came."""
        with self.store.files.lock():
            whole = all(map(self.store.layers.has, image.chain_ids))
            if whole:
                self.store.images.put(image)
            return whole

    def _name(self, image: Image, found: Manifest) -> bool:
        tags, canonical = self.store.tags, self.reference.with_digest(found.id)
        with self.store.files.lock():
            newer = tags.get(self.reference) != image.id
            if tags.get(canonical) != image.id:
                tags.set(canonical, image.id)
            if newer and self.reference.tag:
                tags.set(self.reference, image.id)
        return newer

    # layers

    def _layers(self, diff_ids: Sequence[DiffID], blobs: Sequence[Descriptor]) -> None:
        """Bring all layers onto the shelf."""
        top, missing = self._present(diff_ids, blobs)
        coming: dict[Digest, Outcome[str]] = {}
        for blob in missing:
            self._say(blob, "Pulling fs layer")
        for blob in missing[AT_ONCE:]:
            self._say(blob, "Waiting")
        spool = [self._spooled(blob) for blob in missing]
        try:
            with lanes(self.peer.transport.lanes) as pool:
                for blob in missing:
                    if blob.digest not in coming:
                        coming[blob.digest] = pool.submit(partial(self._fetch, blob))
                for diff_id, blob in zip(diff_ids[len(diff_ids) - len(missing) :], missing, strict=True):
                    top = self._unpack(blob, coming[blob.digest].result(), top, diff_id)
        finally:
            for path in spool:
                self.store.files.delete(path)

    def _present(
        self, diff_ids: Sequence[DiffID], blobs: Sequence[Descriptor]
    ) -> tuple[ChainID | None, list[Descriptor]]:
        """The layer up to which all are here, and the blobs of those above it."""
        top: ChainID | None = None
        for count, (diff_id, blob) in enumerate(zip(diff_ids, blobs, strict=True)):
            chain = chain_id([top, diff_id] if top else [diff_id])
            if self.ledger.layer(blob.digest) != diff_id or not self.store.layers.has(chain):
                return top, list(blobs[count:])
            top = chain
            self.ledger.note(diff_id, blob.digest, self.reference.name)
            self._say(blob, "Already exists")
        return top, []

    def _spooled(self, blob: Descriptor) -> str:
        """Where a blob lies until it is unpacked."""
        return f"{self._spool}-{blob.digest.hex}"

    def _fetch(self, blob: Descriptor) -> str:
        """Bring one blob here; give the path it lies at."""
        path, done, told = self._spooled(blob), 0, 0
        with self.store.files.create(path) as out:
            for chunk in self.peer.download(blob):
                out.write(chunk)
                done += len(chunk)
                if done - told >= STEP:
                    told = done
                    self._say(blob, "Downloading", done)
        self._say(blob, "Verifying Checksum")
        self._say(blob, "Download complete")
        return path

    def _unpack(self, blob: Descriptor, path: str, parent: ChainID | None, diff_id: DiffID) -> ChainID:
        with (
            self.store.files.open(path) as packed,
            ahead(inflate(packed, self.store.bounds), self.peer.transport.lanes) as stream,
        ):
            layer = self.store.layers.put(stream, parent, expected=diff_id)
        self.ledger.note(diff_id, blob.digest, self.reference.name)
        self._say(blob, "Pull complete")
        return layer.chain_id

    def _say(self, blob: Descriptor, state: State, done: int = 0) -> None:
        self.report(LayerProgress(blob.digest.short, state, done, blob.size if done else 0))
