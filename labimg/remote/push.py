"""To push: send the layers the registry lacks, then the config, then the manifest that names them.

For each layer, in this order: is it known to be there?  then it is not sent; does the same
registry have it under another name?  then it is mounted from there; else it is sent, gzipped
on the way, and its digest is known when its last byte has gone.

Source: moby/distribution/push_v2.go at v28.2.2.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import takewhile

from labimg import errors, spec
from labimg.compression import BLOCK, Squeeze, blocks, deflate
from labimg.compression.lanes import in_order, in_turn, lanes
from labimg.digest import BlobID, Digest, Hasher, ImageID, ManifestID
from labimg.errors import DockerError
from labimg.go import gojson
from labimg.image import Image
from labimg.layers import StoredLayer
from labimg.reference import Reference
from labimg.registry.manifest import Descriptor
from labimg.remote.access import Login
from labimg.remote.ledger import Ledger, Place
from labimg.remote.peer import TRIES, Pause, Peer, hopeless
from labimg.remote.records import LayerProgress, PushDone, PushingTo, Report, State
from labimg.remote.transport import Transport
from labimg.store import Store

AT_ONCE = 5  # layers that Docker sends at once; the others are told to wait
LARGE, MIDDLING = 10 << 20, 100 << 10  # bytes: how hard one looks before a layer is sent


def push(
    store: Store,
    reference: Reference,
    transport: Transport,
    *,
    every: bool = False,
    squeeze: Squeeze = deflate,
    login: Login | None = None,
    report: Report = lambda record: None,
    pause: Pause = lambda seconds: None,
) -> list[ManifestID]:
    """Push a tag, or with `every` all tags of its repository; give the manifests.

    Raises:
        NoSuchTag, NoLocalImage, PushDenied, Unreachable, ...: and nothing here has changed.
    """
    if reference.digest:
        raise errors.DigestPushed
    report(PushingTo(reference.name))
    try:
        if all(name.name != reference.name for name in store.tags.all()):
            raise errors.NoLocalImage(reference.familiar_name)
        peer = Peer(reference, transport, login=login, pause=pause)
        peer.ping()
        wanted = _wanted(store, reference, every=every)
        ledger = Ledger(store.files, login)
        return [_Push(store, tag, image, peer, ledger, squeeze, report).run() for tag, image in wanted]
    except errors.PullDenied:
        raise errors.PushDenied() from None
    except errors.Unreachable as error:
        if "no basic auth credentials" in str(error):
            raise errors.NotLoggedIn() from None
        raise error.said_by("stream") from None
    except DockerError as error:
        raise error.said_by("stream") from None


def _wanted(store: Store, reference: Reference, *, every: bool) -> list[tuple[Reference, ImageID]]:
    """The tags to push, and the images they lead to."""
    ours = {name: image for name, image in store.tags.all().items() if name.name == reference.name}
    if every:
        tags = [(name, image) for name, image in ours.items() if name.tag]
        if not tags:
            raise errors.NothingToPush(reference.familiar_name)
        return tags
    if reference.tagged not in ours:
        raise errors.NoSuchTag(reference.tagged.familiar)
    return [(reference.tagged, ours[reference.tagged])]


class Gzipped:
    """A layer's tar, gzipped anew whenever it is read; once read, it is known as what blob."""

    def __init__(self, layer: StoredLayer, squeeze: Squeeze, lanes: int, tell: Callable[[int], None]) -> None:
        self._layer, self._squeeze, self._lanes, self._tell = layer, squeeze, lanes, tell
        self._seen = Hasher()

    def __iter__(self) -> Iterator[bytes]:
        self._seen = Hasher()
        works = blocks(self._layer.open, self._layer.files.size(self._layer.tar_path), self._squeeze)
        for number, block in enumerate(in_order(works, self._lanes)):
            if number:
                self._tell(number * BLOCK)
            for piece in block:
                self._seen.update(piece)
                yield piece

    @property
    def blob(self) -> Descriptor:
        """What was read."""
        return Descriptor(spec.LAYER_GZIP, self._seen.digest(BlobID), self._seen.size)


class _Push:
    """The push of one tag."""

    def __init__(
        self,
        store: Store,
        reference: Reference,
        image: ImageID,
        peer: Peer,
        ledger: Ledger,
        squeeze: Squeeze,
        report: Report,
    ) -> None:
        self.store, self.reference, self.peer, self.ledger = store, reference, peer, ledger
        self.image: Image = store.images.find(image)
        self.squeeze, self.report = squeeze, in_turn(report)

    def run(self) -> ManifestID:
        """Push; give the manifest's digest, by which the image is known here too from then on."""
        blobs = self._layers(self.store.layers.stack(self.image.top))
        config = Descriptor(spec.CONFIG, self.image.id, len(self.image.raw))
        if not self.peer.has(config.digest):
            self.peer.upload(self.image.raw, lambda: config.digest)
        raw = encode(config, blobs)
        self.peer.put(self.reference.tag, raw, spec.MANIFEST)
        digest = ManifestID.of(raw)
        self.report(PushDone(self.reference.tag, digest, len(raw)))
        with self.store.files.lock():
            self.store.tags.set(self.reference.with_digest(digest), self.image.id)
        return digest

    # layers

    def _layers(self, stack: Sequence[StoredLayer]) -> list[Descriptor]:
        """See that the registry has all layers; give them as the blobs they are there, bottom first."""
        for layer in reversed(stack):
            self._say(layer, "Preparing")
        different = list({layer.diff_id: layer for layer in reversed(stack)}.values())
        for layer in different[AT_ONCE:]:
            self._say(layer, "Waiting")
        with lanes(self.peer.transport.lanes) as pool:
            sent = {layer.diff_id: pool.submit(partial(self._layer, layer)) for layer in different}
            return [sent[layer.diff_id].result() for layer in stack]

    def _layer(self, layer: StoredLayer) -> Descriptor:
        """See that the registry has one layer."""
        mounts, checks, everywhere = _effort(layer.size)
        places, asked = self._likely(layer), set[Digest]()
        blob = self._found(layer, places, 1, asked) or self._mounted(layer, places, mounts)
        if blob is None and checks > len(asked):
            known = [place for place in places if everywhere or place.repository == self.reference.name]
            blob = self._found(layer, known, checks - len(asked), asked)
        if blob is None:
            blob = self._sent(layer)
        self.ledger.note(layer.diff_id, blob.digest, self.reference.name)
        return blob

    def _likely(self, layer: StoredLayer) -> list[Place]:
        """Where a layer has been seen: by the same user first, then under a similar name, then lately."""
        name = self.reference.name.split("/")

        def unlikeness(place: Place) -> tuple[bool, int]:
            pairs = zip(name, place.repository.split("/"), strict=False)
            alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            return not self.ledger.trusted(place), -alike

        return sorted(self.ledger.places(layer.diff_id), key=unlikeness)

    def _found(
        self, layer: StoredLayer, places: Sequence[Place], most: int, asked: set[Digest]
    ) -> Descriptor | None:
        """The blob a layer is known as, if the repository has it; one looks `most` times, and once more."""
        best = {place.blob: place for place in reversed(places) if place.blob not in asked}
        for digest in list(reversed(best))[: most + 1]:
            asked.add(digest)
            if there := self.peer.has(digest):
                self._say(layer, "Layer already exists")
                return there._replace(media=spec.LAYER_GZIP)
            if best[digest].repository == self.reference.name:
                self.ledger.forget(layer.diff_id, best[digest])
        return None

    def _mounted(self, layer: StoredLayer, places: Sequence[Place], most: int) -> Descriptor | None:
        """The blob, if another repository of the same registry lends it."""
        near = [place for place in places if place.domain == self.reference.domain]
        for place in [place for place in near if place.repository != self.reference.name][:most]:
            if self.peer.mount(place.blob, place.path) and (there := self.peer.has(place.blob)):
                self._say(layer, "Mounted from", source=place.path)
                return there._replace(media=spec.LAYER_GZIP)
        return None

    def _sent(self, layer: StoredLayer) -> Descriptor:
        lanes = self.peer.transport.lanes
        body = Gzipped(layer, self.squeeze, lanes, lambda done: self._say(layer, "Pushing", done=done))
        for turn in range(TRIES):
            try:
                self.peer.upload(body, lambda: body.blob.digest)
                break
            except (errors.Unreachable, errors.UnexpectedAnswer) as error:
                if turn == TRIES - 1 or hopeless(error):
                    raise
                self._say(layer, "Retrying")
                self.peer.pause(2.0**turn)
        self._say(layer, "Pushed")
        return body.blob

    def _say(self, layer: StoredLayer, state: State, *, done: int = 0, source: str = "") -> None:
        total = layer.size if done else 0
        self.report(LayerProgress(layer.diff_id.short, state, done, total, source))


def _effort(size: int) -> tuple[int, int, bool]:
    """What one does before a layer of so many bytes is sent.

    How often one tries to mount it, how often one looks whether it is there already, and
    whether also as what other repositories know it.
    """
    if size > LARGE:
        return 4, 3, True
    return (3 if size > MIDDLING else 1), 1, False


def encode(config: Descriptor, layers: Sequence[Descriptor]) -> bytes:
    """The manifest to the byte as Docker writes it."""
    value = {
        "schemaVersion": 2,
        "mediaType": spec.MANIFEST,
        "config": _written(config),
        "layers": [_written(layer) for layer in layers],
    }
    return gojson.encode(value, indent="   ")


def _written(one: Descriptor) -> dict[str, object]:
    return {"mediaType": one.media, "size": one.size, "digest": one.digest}
