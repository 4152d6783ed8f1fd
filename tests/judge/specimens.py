"""Images that hold all that an image can hold, for the peers to take and to give back."""

import io
from collections.abc import Iterable, Sequence

from labimg import tarstream
from labimg.digest import ChainID, DiffID
from labimg.engine import Engine
from labimg.entry import Entry, directory, file, opaque, symlink, whiteout
from labimg.image import Image
from labimg.reference import Reference
from labimg.spec import History, ImageDocument, RunConfig

THEN = 1_700_000_000  # seconds since the epoch
MADE = "2026-01-01T00:00:00Z"
CAPABILITY = "\x01\0\0\x02\0\x04" + "\0" * 14  # cap_net_bind_service, as the kernel writes it

BASE = [
    directory("/bin", mtime=THEN),
    file("/bin/tool", b"#!/bin/sh\n", mode=0o755, mtime=THEN),
    directory("/d", mtime=THEN),
    file("/d/a", b"a", mtime=THEN),
    file("/d/b", b"b" * 5000, mtime=THEN),
    directory("/d/sub", mtime=THEN),
    file("/d/sub/c", b"c", mtime=THEN),
    directory("/e", mtime=THEN),
    file("/e/x", b"x", mtime=THEN),
    file("/f", b"f", mtime=THEN),
    directory("/g", mtime=THEN),
    directory("/g/h", mtime=THEN),
    file("/g/h/i", b"i", mtime=THEN),
    symlink("/l", "d/a", mtime=THEN),
]
HOLES = [
    [
        directory("/d", mtime=THEN),
        whiteout("/d/a", mtime=THEN),
        directory("/e", mode=0o700, mtime=THEN),
        opaque("/e"),
        file("/e/new", b"new", mtime=THEN),
        directory("/f", mtime=THEN),
        file("/f/inside", b"inside", mtime=THEN),
        whiteout("/g", mtime=THEN),
        whiteout("/l", mtime=THEN),
    ],
    [directory("/d", mtime=THEN), file("/d/a", b"again", mtime=THEN), whiteout("/e", mtime=THEN)],
    [],
]
LONG = "n" * 200
ODD = [
    file("/" + LONG, b"long name", mtime=THEN),
    *(directory(f"/{'deep/' * depth}deep", mtime=THEN) for depth in range(60)),
    file(f"/{'deep/' * 60}{LONG}", b"long path", mtime=THEN),
    symlink("/far", "t" * 300, mtime=THEN),
    file("/한국어 \u00e9 \U0001f433", b"unicode", mtime=THEN),
    file("/e\u0301", b"not composed", mtime=THEN),
    file("/bytes-\udcff", b"not UTF-8", mtime=THEN),
    file("/new\nline \\ 'quotes\"", b"", mtime=THEN),
    file("/first", b"shared", mode=0o640, uid=33, gid=4, mtime=THEN),
    Entry("/second", "link", 0o640, 33, 4, mtime=THEN, target="/first"),
    Entry("/deep/third", "link", 0o640, 33, 4, mtime=THEN, target="/first"),
    file("/setuid", b"s", mode=0o4755, mtime=THEN),
    file("/owned", b"o", uid=3_000_000, gid=4_000_000, mtime=THEN),
    file("/capable", b"c", mode=0o755, mtime=THEN)._replace(xattrs=(("security.capability", CAPABILITY),)),
    file("/noted", b"n", mtime=THEN)._replace(xattrs=(("user.note", "\u00e9"), ("user.other", "=\n"))),
    directory("/sticky", mode=0o1777, mtime=THEN),
    Entry("/null", "char", 0o666, device=(1, 3), mtime=THEN),
    Entry("/block", "block", 0o660, device=(7, 300), mtime=THEN),
    Entry("/pipe", "fifo", 0o600, mtime=THEN),
    file("/old", b"1970", mtime=0),
    file("/big", bytes(range(256)) * 4000, mtime=THEN),
]
CONFIG = RunConfig(
    user="33:4", exposed_ports={"80/tcp": {}, "53/udp": {}}, env=["PATH=/bin", "É=한 \"quoted\" <&>"],
    cmd=["-c", "echo é"], entrypoint=["/bin/tool"], volumes={"/data": {}}, working_dir="/d",
    labels={"org.example.text": "two\nlines", "empty": ""}, stop_signal="SIGQUIT",
    on_build=["LABEL on=build"], shell=["/bin/sh", "-ec"],
    healthcheck={"Test": ["CMD", "true"], "Interval": 5_000_000_000},
)  # fmt: skip

NAMES = {
    "plain": ["plain:1", "plain:latest", "127.0.0.1:5000/other/name:2"],
    "holes": ["holes:1"],
    "odd": ["odd:1"],
    "void": ["void:1"],
    "twice": ["twice:1"],
}
LAYERS: dict[str, list[list[Entry]]] = {
    "plain": [BASE],
    "holes": [BASE, *HOLES],
    "odd": [BASE, ODD],
    "void": [[]],
    "twice": [HOLES[1][:2], BASE, HOLES[1][:2], BASE],
}


def specimens() -> Engine:
    """An engine with the images of `LAYERS` under all their `NAMES`."""
    engine = Engine.memory()
    for kind, layers in LAYERS.items():
        image = _image(engine, layers, kind)
        engine.store.images.put(image)
        for name in NAMES[kind]:
            engine.store.tags.set(Reference.parse(name), image.id)
    return engine


def _image(engine: Engine, layers: Sequence[Iterable[Entry]], kind: str) -> Image:
    """An image of those layers; every second step of its history made none."""
    top: ChainID | None = None
    diff_ids: list[DiffID] = []
    steps: list[History] = []
    for entries in layers:
        out = io.BytesIO()
        tarstream.write(entries, out)
        out.seek(0)
        layer = engine.store.layers.put(out, top)
        top = layer.chain_id
        diff_ids.append(layer.diff_id)
        steps.append(History(MADE, created_by=f"/bin/sh -c #(nop) COPY {kind} in / "))
        steps.append(History(MADE, "Ada", '/bin/sh -c #(nop)  CMD ["-c"]', empty_layer=True))
    machine = ("arm64", "linux", "v8") if kind == "twice" else ("amd64", "linux", "")
    document = ImageDocument(
        tuple(diff_ids), CONFIG, tuple(steps), MADE, *machine, author="Ada", comment=kind
    )
    return Image.of(document)
