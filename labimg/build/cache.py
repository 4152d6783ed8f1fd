"""The build cache: no store of its own, but the images that are there.

A step need not be done if an image was made of the same parent by the same step:
the newest such image is taken.  A parent it loses sight of, it cannot find again;
that is why a loaded or pulled image warms no cache.

Source: moby/image/cache at v20.10.24.
"""

from labimg.digest import ImageID
from labimg.spec import RunConfig
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
