"""The build cache: no store of its own, but the images that are there.

A step need not be done if an image was made of the same parent by the same step:
the newest such image is taken.  A parent it loses sight of, it cannot find again;
that is why a loaded or pulled image warms no cache, unless `--cache-from` names it.

Source: moby/image/cache at v20.10.24.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from labimg.digest import DiffID, ImageID
from labimg.errors import DockerError
from labimg.image import Image
from labimg.spec import VERSION, ImageDocument, RunConfig
from labimg.store import Store

COMPARED = (
    "attach_stdout", "attach_stderr", "user", "tty", "cmd", "env", "labels", "exposed_ports", "entrypoint",
    "volumes",
)  # fmt: skip


def same(done: RunConfig, wanted: RunConfig) -> bool:
    """Is it the same step?  The working directory does not count; missing and empty are one."""
    return not (done.open_stdin or wanted.open_stdin) and all(
        (getattr(done, name) or None) == (getattr(wanted, name) or None) for name in COMPARED
    )


def probe(store: Store, parent: ImageID | None, step: RunConfig) -> ImageID | None:
    """The newest image that `step` made of `parent`, None being scratch."""
    fitting = [child for child in _children(store, parent) if same(_done(store, child), step)]
    return max(fitting, key=lambda child: store.images.find(child).document.created, default=None)


class Given:
    """The images of `--cache-from`, and no others: what they tell of their steps stands for parents.

    One that goes on from where a build stands with the very step it is to do next has done it; its
    layer is there, and from its history the image between is made again, if it is not the last.
    A name that leads nowhere is passed over.
    """

    def __init__(self, store: Store, names: Iterable[str]) -> None:
        self._store = store
        self._images: list[Image] = []
        for name in names:
            with suppress(DockerError):
                self._images.append(store.image(name))

    def probe(self, parent: ImageID | None, step: RunConfig) -> ImageID | None:
        """The image that `step` made of `parent`, None being scratch."""
        built = probe(self._store, parent, step)
        if built and any(built in self._ancestors(image.id) for image in self._images):
            return built
        below = self._store.images.find(parent).document if parent else ImageDocument(())
        for image in self._images:
            if not _goes_on(image.document, below, step):
                continue
            if len(image.history) == len(below.history) + 1:
                if parent:
                    self._store.images.adopt(image.id, parent)
                return image.id
            self._images = [image]  # and no other from now on
            return self._store.images.put(_between(image.document, below, step), parent)
        return None

    def _ancestors(self, image_id: ImageID) -> list[ImageID]:
        found: list[ImageID] = []
        while above := self._store.images.parent(found[-1] if found else image_id):
            found.append(above)
        return found


def _goes_on(image: ImageDocument, below: ImageDocument, step: RunConfig) -> bool:
    """Is `image` the one `below` with `step` next?"""
    done = len(below.history)
    return (
        len(image.history) > done
        and image.history[:done] == below.history
        and image.diff_ids[: len(below.diff_ids)] == below.diff_ids
        and image.history[done].created_by == _said(step)
    )


def _between(image: ImageDocument, below: ImageDocument, step: RunConfig) -> Image:
    """What `image` was one step above `below`."""
    history = image.history[: len(below.history) + 1]
    return Image.of(
        ImageDocument(
            diff_ids=(*below.diff_ids, *_layer(image, len(below.history))), config=step, history=history,
            created=history[-1].created, architecture=image.architecture, os=image.os,
            os_version=image.os_version, author=image.author, container_config=RunConfig(),
            docker_version=VERSION,
        )
    )  # fmt: skip


def _layer(image: ImageDocument, step: int) -> Sequence[DiffID]:
    """The layer that a step of `image` made, if it made one."""
    if image.history[step].empty_layer:
        return ()
    before = sum(not one.empty_layer for one in image.history[:step])
    return image.diff_ids[before : before + 1]


def reason(store: Store, parent: ImageID | None, step: RunConfig) -> str:
    """Why `probe` finds nothing, in words for a learner."""
    word = _said(step)
    alike = [_done(store, child) for child in _children(store, parent)]
    if not alike:
        return "nothing was built upon the step before"
    texts = [_said(done) for done in alike]
    for done, text in zip(alike, texts, strict=True):
        if text == word:
            return "the same instruction, with other settings before it"
        if (
            _about(text) == _about(word)
            and text.rpartition(" in ")[2] == word.rpartition(" in ")[2]
            and "COPY" in word
        ):
            return "a file that is copied has changed"
        if done.cmd and text.partition(" ")[0] == word.partition(" ")[0] and word.startswith("|"):
            return "a build argument has another value"
    return "the instruction is another one"


def _children(store: Store, parent: ImageID | None) -> list[ImageID]:
    if parent:
        return store.children(parent)
    return [image_id for image_id in store.images.all() if store.images.parent(image_id) is None]


def _done(store: Store, image_id: ImageID) -> RunConfig:
    """The step that made an image."""
    return store.images.find(image_id).document.container_config or RunConfig()


def _said(step: RunConfig) -> str:
    return " ".join(step.cmd or ())


def _about(text: str) -> str:
    """What kind of step a text of history tells: its first words, up to what was copied."""
    return text.partition(":")[0]
