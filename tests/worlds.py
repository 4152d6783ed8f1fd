"""Small worlds to try things in: an engine in memory, and images made of a few files."""

import io
from collections.abc import Mapping

from labimg import tarstream
from labimg.build import BuildOptions, Context
from labimg.clock import LabClock
from labimg.digest import ImageID
from labimg.engine import Engine
from labimg.entry import Entry, directory, file
from labimg.layer import apply

ROOT = [
    directory("/bin"),
    directory("/etc"),
    file("/etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n"),
    directory("/tmp"),
]


def tar(*entries: Entry) -> io.BytesIO:
    """A tar of `entries`, to be read."""
    out = io.BytesIO()
    tarstream.write(apply({}, entries).values(), out)
    out.seek(0)
    return out


def world(seed: str = "test") -> Engine:
    """An engine with one image, `base:1`, and nothing else."""
    engine = Engine.memory(seed)
    engine.import_(tar(*ROOT), "base:1")
    return engine


def build(
    engine: Engine, dockerfile: str, tag: str = "", files: Mapping[str, str] | None = None, **how: object
) -> ImageID:
    """Build a Dockerfile, a second of lab time later than what was before."""
    assert isinstance(engine.clock, LabClock)
    engine.clock.tick()
    context = Context.from_texts({"Dockerfile": dockerfile, **(files or {})})
    return engine.build(context, options=BuildOptions(tags=[tag] if tag else [], **how))  # type: ignore[arg-type]
