"""The images that are measured: made here from a seed, the same to the byte on every machine.

    W1  a small teaching image: one program with many names, a few layers
    W2  a large one: about 14,700 entries and 130 MB in 11 layers, with whiteouts and opaque folders
    W3  120 layers
    W4  many images (2,000 with three tags each) that share their lower layers; smaller cuts of it
    W5  one file of 1 GiB
    deep, wide  one image upon 1 to 125 layers; one image of 12,500 to 200,000 paths

Each is an archive that `docker load` takes; W2 is a build context too.
"""

import io
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labimg import tarstream
from labimg.digest import Digest, Hasher
from labimg.entry import Entry, directory, file, opaque, symlink, whiteout

BORN = 1_700_000_000  # seconds since the epoch

# The sizes at which growth is measured.
IMAGES = (250, 500, 1000, 2000)
LAYERS = (1, 2, 4, 8, 16, 32, 64, 125)
PATHS = (12_500, 25_000, 50_000, 100_000, 200_000)


class Matter:
    """Bytes that compress about as well as programs and texts do."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        letters = "etaoinshrdlu"
        words = ["".join(self.chance.choices(letters, k=self.chance.randint(2, 9))) for _ in range(3000)]
        lines = (" ".join(self.chance.choices(words, k=9)) + "\n" for _ in range(20_000))
        self._text = "".join(lines).encode()
        self._noise = self.chance.randbytes(1 << 20)

    def text(self, size: int) -> bytes:
        """So many bytes of text."""
        return self._cut(self._text, size)

    def program(self, size: int) -> bytes:
        """So many bytes, half of them noise."""
        half = self._cut(self._noise, size // 2)
        return half + self._cut(self._text, size - len(half))

    def _cut(self, pool: bytes, size: int) -> bytes:
        pieces = []
        while size > 0:
            at = self.chance.randrange(len(pool) - 1)
            piece = pool[at : at + min(size, self.chance.randint(500, 20_000))]
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def size(self, middle: float, most: int = 3_000_000) -> int:
        """How large a file is: most are small, a few are large."""
        return min(most, int(self.chance.lognormvariate(middle, 1.7)))


@dataclass(frozen=True, slots=True)
class Tar:
    """A layer as bytes, and their name."""

    data: bytes
    diff_id: str

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Tar":
        """The layer that holds `entries`."""
        out = io.BytesIO()
        tarstream.write(entries, out)
        return cls(out.getvalue(), Digest.of(out.getvalue()))


def folders(paths: Sequence[str]) -> list[Entry]:
    """The directories on the way to `paths`."""
    found = {path[:at] for path in paths for at in range(1, len(path)) if path[at] == "/"}
    return [directory(path, mtime=BORN) for path in sorted(found)]


def archive(place: Path, images: Sequence[tuple[Sequence[str], Sequence[Tar]]]) -> None:
    """Write a docker-archive of images: names, and layers from the bottom."""
    found: dict[str, Entry] = {}
    items = []
    for number, (names, layers) in enumerate(images):
        for layer in layers:
            found.setdefault(layer.diff_id, file(f"/{layer.diff_id[7:]}/layer.tar", layer.data, mtime=BORN))
        config = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "created": f"2024-01-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
                "config": {"Cmd": ["/bin/sh"], "Env": ["PATH=/bin"], "Labels": {"n": str(number)}},
                "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
                "history": [{"created": "2024-01-01T00:00:00Z", "created_by": "x"} for _ in layers],
            }
        ).encode()
        name = Digest.of(config)[7:] + ".json"
        found[name] = file(f"/{name}", config, mtime=BORN)
        paths = [f"{layer.diff_id[7:]}/layer.tar" for layer in layers]
        items.append({"Config": name, "RepoTags": list(names), "Layers": paths})
    found["manifest"] = file("/manifest.json", json.dumps(items).encode(), mtime=BORN)
    with place.open("wb") as out:
        tarstream.write([*folders([entry.path for entry in found.values()]), *found.values()], out)


def w1(root: Path) -> None:
    """The small image."""
    matter = Matter(1)
    bottom = [directory(f"/{name}", mtime=BORN) for name in ("bin", "etc", "usr", "var")]
    bottom.append(file("/bin/busybox", matter.program(1_100_000), mode=0o755, mtime=BORN))
    bottom += [Entry(f"/bin/c{n:03}", "link", 0o755, mtime=BORN, target="/bin/busybox") for n in range(120)]
    layers = [Tar.of(bottom)]
    for number in range(6):
        paths = [f"/usr/l{number}/f{n}" for n in range(12)]
        files = [file(path, matter.text(matter.size(8.5)), mtime=BORN) for path in paths]
        layers.append(Tar.of([*folders(paths), *files, *([whiteout("/usr/l1/f3")] if number == 4 else [])]))
    archive(root / "w1.tar", [(["bench/w1:latest"], layers)])


def w2(root: Path) -> None:
    """The large image, and a context whose Dockerfile copies the same files layer by layer."""
    matter = Matter(2)
    chance = matter.chance
    dirs = ["/usr", "/usr/lib", "/usr/share", "/etc", "/var"]
    while len(dirs) < 1000:
        parent = chance.choice(dirs)
        if parent.count("/") < 7:
            dirs.append(f"{parent}/d{len(dirs)}")
    live = [f"{chance.choice(dirs)}/file-{n}.py" for n in range(10_300)]
    entries: list[Entry] = [directory(path, mtime=BORN) for path in sorted(dirs)]
    for number, path in enumerate(sorted(live)):
        if number % 12 == 0:
            entries.append(symlink(path, live[0], mtime=BORN))
        else:
            size = min(3_000_000, int(matter.size(7.6) * 1.4))
            data = matter.program(size) if size > 60_000 else matter.text(size)
            entries.append(file(path, data, mode=0o755 if number % 5 == 0 else 0o644, mtime=BORN))
    groups = [[entry for entry in entries if entry.kind == "file"]]
    layers = [Tar.of(entries)]
    for number in range(10):
        changed = [*chance.sample(live, 120), *(f"/usr/lib/pkg{number}/m{n // 9}/n{n}" for n in range(60))]
        files = [file(path, matter.text(matter.size(7.9)), mtime=BORN) for path in sorted(set(changed))]
        gone = [whiteout(path) for path in sorted(set(chance.sample(live, 40)) - set(changed))]
        below = f"/usr/lib/pkg{number - 1}"
        top = [opaque(f"{below}/m0"), whiteout(f"{below}/m1")] if number % 3 == 2 else []
        inside = folders([entry.path for entry in [*files, *gone, *top]])
        layers.append(Tar.of([*inside, *files, *gone, *top]))
        groups.append(files)
    archive(root / "w2.tar", [(["bench/w2:latest"], layers)])
    lines = ["FROM scratch"]
    for number, group in enumerate(groups):
        for entry in group:
            place = root / "w2-context" / f"s{number:02}" / entry.path[1:]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(entry.read())
        lines.append(f"COPY s{number:02}/ /")
    (root / "w2-context" / "Dockerfile").write_text("\n".join([*lines, 'CMD ["/bin/sh"]', ""]))


def stack(depth: int, per: int = 18) -> list[Tar]:
    """A stack of `depth` layers of a few files each."""
    matter = Matter(3)
    layers = []
    for number in range(depth):
        paths = [f"/app/l{number:03}/f{n:02}" for n in range(per)]
        files = [file(path, matter.text(matter.size(6.5, 20_000)), mtime=BORN) for path in paths]
        gone = [whiteout(f"/app/l{number - 1:03}/f00")] if number else []
        layers.append(Tar.of([*folders(paths), *files, *gone]))
    return layers


def w3(root: Path) -> None:
    """The deep image."""
    archive(root / "w3.tar", [(["bench/w3:latest"], stack(120))])


def many(count: int, tags: int = 3) -> Iterator[tuple[list[str], list[Tar]]]:
    """So many images upon 10 bases and 200 layers in the middle."""
    matter = Matter(4)

    def small(number: int, where: str) -> Tar:
        paths = [f"/{where}/f{n}" for n in range(number)]
        return Tar.of([*folders(paths), *(file(path, matter.text(500), mtime=BORN) for path in paths)])

    bases = [small(50, f"base{n}") for n in range(10)]
    middles = [small(10, f"mid{n}") for n in range(200)]
    for number in range(count):
        names = [f"bench/w4-{number % 100:03}:v{number // 100}.{tag}" for tag in range(tags)]
        yield names, [bases[number % 10], middles[number % 200], small(1, f"top{number}")]


def w4(root: Path) -> None:
    """The crowds: 2,000 images, and the first 250, 500, 1,000 of them."""
    images = list(many(2000))
    for count in IMAGES:
        archive(root / f"w4-{count}.tar", images[:count])


def w5(root: Path, size: int = 1 << 30) -> None:
    """The huge file; written as a stream, since it should not have to fit into memory."""
    matter = Matter(5)
    texts = [matter.text(1 << 22) for _ in range(2)]
    pieces = [matter.chance.randbytes(1 << 22), matter.program(1 << 22), *texts]

    class Huge:
        """The file's bytes."""

        def read(self, offset: int, size: int) -> bytes:
            """`size` bytes from `offset`, which both are parts of 4 MiB."""
            piece = pieces[offset // (1 << 22) % 4]
            at = offset % (1 << 22)
            return piece[at : at + size]

    tar = root / "w5-layer.tar"
    big = Entry("/data/big.bin", size=size, mtime=BORN, source=Huge())
    with tar.open("wb") as out:
        tarstream.write([directory("/data", mtime=BORN), big], out)
    hasher = Hasher()
    with tar.open("rb") as layer:
        while chunk := layer.read(1 << 20):
            hasher.update(chunk)
    diff_id = hasher.digest(Digest)
    _with_layer(root / "w5.tar", tar, diff_id)
    tar.unlink()


def _with_layer(place: Path, tar: Path, diff_id: str) -> None:
    """Write the archive of one image whose only layer lies in a file."""

    class Lying:
        """The file."""

        def read(self, offset: int, size: int) -> bytes:
            """`size` bytes from `offset`."""
            with tar.open("rb") as layer:
                layer.seek(offset)
                return layer.read(size)

    config = json.dumps(
        {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [diff_id]}}
    ).encode()
    name = Digest.of(config)[7:] + ".json"
    item = {"Config": name, "RepoTags": ["bench/w5:latest"], "Layers": ["layer.tar"]}
    with place.open("wb") as out:
        tarstream.write(
            [
                Entry("/layer.tar", size=tar.stat().st_size, mtime=BORN, source=Lying()),
                file(f"/{name}", config, mtime=BORN),
                file("/manifest.json", json.dumps([item]).encode(), mtime=BORN),
            ],
            out,
        )


def deep(root: Path) -> None:
    """One image upon ever more layers of 100 files."""
    layers = stack(max(LAYERS), 100)
    for count in LAYERS:
        archive(root / f"deep-{count}.tar", [(["bench/deep:latest"], layers[:count])])


def wide(root: Path) -> None:
    """One image of ever more paths: a layer of files, and two that replace and hide some of them."""
    for count in PATHS:
        paths = [f"/srv/d{number // 50}/f{number}" for number in range(count - count // 50 - 1)]
        bottom = [file(path, path.encode(), mtime=BORN) for path in paths]
        changed = [file(path, b"changed", mtime=BORN) for path in paths[::10]]
        gone = [whiteout(path) for path in paths[5::100]]
        layers = [Tar.of([*folders(paths), *bottom]), Tar.of(changed), Tar.of(gone)]
        archive(root / f"wide-{count}.tar", [(["bench/wide:latest"], layers)])


MAKERS = {"deep": deep, "wide": wide, "w1": w1, "w2": w2, "w3": w3, "w4": w4, "w5": w5}


def make(root: Path, names: Sequence[str]) -> None:
    """Make what is not there yet."""
    root.mkdir(parents=True, exist_ok=True)
    for name in names:
        done = root / f"{name}.done"
        if not done.exists():
            MAKERS[name](root)
            done.touch()
