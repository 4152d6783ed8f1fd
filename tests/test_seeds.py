"""The seeds: the same to the byte every time, sound as layers, believable as images."""

import hashlib
import io
import time

import pytest

from labimg import seeds, tarstream
from labimg.entry import Entry
from labimg.layer import apply, stored_size
from labimg.seeds.image import SeedImage

IMAGES = {name: repository.tags["latest"] for name, repository in seeds.catalogue().items()}
each_image = pytest.mark.parametrize("name", IMAGES)


def bytes_of(image: SeedImage) -> list[bytes]:
    """The layers' tars."""
    tars = []
    for layer in image.layers:
        out = io.BytesIO()
        tarstream.write(layer, out)
        tars.append(out.getvalue())
    return tars


@each_image
def test_a_seed_is_the_same_to_the_byte_every_time(name: str) -> None:
    make = IMAGES[name]
    again = getattr(make, "__wrapped__", make)()
    assert bytes_of(make()) == bytes_of(again)
    assert make().config == again.config


def test_seeds_never_change_unseen() -> None:
    """Whoever changes a seed changes every image ID of the course: then this line changes too."""
    total = hashlib.sha256()
    for name in sorted(IMAGES):
        for tar in bytes_of(IMAGES[name]()):
            total.update(tar)
    assert total.hexdigest()[:16] == "912cf911cca52e17"


@each_image
def test_no_path_comes_twice_in_a_layer(name: str) -> None:
    for layer in IMAGES[name]().layers:
        paths = [entry.path for entry in layer]
        assert len(paths) == len(set(paths))


@each_image
def test_every_directory_is_there_before_what_is_in_it(name: str) -> None:
    for layer in IMAGES[name]().layers:
        known = {"/"}
        for entry in layer:
            assert entry.parent in known, entry.path
            if entry.is_dir:
                known.add(entry.path)


@each_image
def test_a_directory_that_comes_again_keeps_its_rights(name: str) -> None:
    known: dict[str, tuple[int, int, int]] = {}
    for layer in IMAGES[name]().layers:
        for entry in layer:
            if entry.is_dir:
                rights = entry.mode, entry.uid, entry.gid
                assert known.setdefault(entry.path, rights) == rights


@each_image
def test_the_history_has_a_row_for_every_layer(name: str) -> None:
    image = IMAGES[name]()
    filled = [row for row in image.history if not row.empty]
    assert len(filled) == len(image.layers)
    assert image.config["history"][-1]["created_by"]


@each_image
def test_the_command_of_an_image_is_in_it(name: str) -> None:
    image = IMAGES[name]()
    tree: dict[str, Entry] = {}
    for layer in image.layers:
        tree = apply(tree, layer)
    command = [*image.run.get("Entrypoint", []), *image.run["Cmd"]][0]
    path = next(one for one in image.run["Env"] if one.startswith("PATH=")).removeprefix("PATH=")
    places = [command] if command.startswith("/") else [f"{folder}/{command}" for folder in path.split(":")]
    merged = tree["/bin"].kind == "symlink" if "/bin" in tree else False  # /bin is /usr/bin
    real = [place.replace("/bin/", "/usr/bin/", 1) for place in places if merged]
    assert any(place in tree for place in [*places, *real])


SIZES = {
    "busybox": [430_000], "debian": [7_400_000], "alpine": [780_000], "hello-world": [1_300],
    "nginx": [7_400_000, 5_800_000, 960, 330, 240, 480, 220],
}  # fmt: skip


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_a_tenth_of_the_real_ones(name: str) -> None:
    sizes = [stored_size(layer) for layer in IMAGES[name]().layers]
    assert sizes == pytest.approx(SIZES[name], rel=0.03)


def test_images_share_their_base() -> None:
    base = IMAGES["debian"]().layers[0]
    assert IMAGES["nginx"]().layers[0] is base
    assert IMAGES["python"]().layers[0] is base


def test_all_seeds_are_made_in_a_moment() -> None:
    def seconds() -> float:
        started = time.process_time()
        for repository in seeds.catalogue().values():
            for make in set(repository.tags.values()):
                getattr(make, "__wrapped__", make)()
        return time.process_time() - started

    assert min(seconds() for _ in range(3)) < 0.5  # aimed at 0.15


def test_the_catalogue_names_what_the_course_pulls() -> None:
    tags = {name: set(repository.tags) for name, repository in seeds.catalogue().items()}
    assert {"latest", "1.36"} <= tags["busybox"]
    assert {"latest", "bookworm", "bookworm-slim", "12-slim"} <= tags["debian"]
    assert {"latest", "3.20"} <= tags["alpine"]
    assert {"latest"} <= tags["nginx"] & tags["hello-world"] & tags["python"]
    assert all(repository.official and repository.stars for repository in seeds.catalogue().values())


def test_fillers_differ_by_name() -> None:
    from labimg.seeds.matter import filler, program

    assert filler("a", 100) != filler("b", 100)
    assert len(filler("a", 12_345)) == 12_345
    assert program("ls", 5_000).startswith(b"#!labimg ls\n")
