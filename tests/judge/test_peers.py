"""podman, buildah, umoci and skopeo take what we save, and we load what they write.

The image ID and the diff IDs are the same on both sides, and so is the tree: every file's bytes,
mode, owner, time, other names and attributes.
"""

import io
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest
from judge.daemon import Saved
from judge.peers import Buildah, Layout, Peer, Podman, Umoci, lying, seen
from judge.specimens import CAPABILITY, CONFIG, LONG, NAMES, THEN, specimens

from labimg import archive, tarstream
from labimg.compression import BLOCK
from labimg.digest import DiffID, ImageID
from labimg.engine import Engine
from labimg.entry import file

PODMAN = pytest.mark.judge("podman", "root")
BUILDAH = pytest.mark.judge("buildah", "root")
UMOCI = pytest.mark.judge("umoci", "root")
SKOPEO = pytest.mark.judge("skopeo")

FIRST = [names[0] for names in NAMES.values()]

each_layout = pytest.mark.parametrize("layout", ["oci", "docker"])
Archives = dict[str, Path]  # by layout


@pytest.fixture(scope="module")
def engine() -> Engine:
    return specimens()


@pytest.fixture(scope="module")
def archives(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Archives:
    """All specimens under all their names in one archive, in each layout."""
    names = [name for names in NAMES.values() for name in names]
    folder = tmp_path_factory.mktemp("archives")
    layouts: list[archive.Layout] = ["oci", "docker"]
    for layout in layouts:
        (folder / layout).write_bytes(saved(engine, names, layout))
    return {layout: folder / layout for layout in layouts}


def saved(engine: Engine, names: Iterable[str], layout: archive.Layout = "oci") -> bytes:
    """What we save."""
    out = io.BytesIO()
    engine.save([*names], out, layout=layout)
    return out.getvalue()


def loaded(data: bytes) -> Engine:
    """Another engine that has loaded an archive."""
    other = Engine.memory()
    other.load(io.BytesIO(data))
    return other


def same(ours: Engine, name: str, theirs: Engine, other: str) -> None:
    """The layers and the tree of two images are the same."""
    assert ours.image(name).document.diff_ids == theirs.image(other).document.diff_ids
    assert seen(ours.view(name).values()) == seen(theirs.view(other).values())


def change(root: Path) -> None:
    """Change the tree of `plain` in every way that a layer can tell of."""
    (root / "d" / "a").unlink()
    shutil.rmtree(root / "e")
    (root / "e").mkdir(mode=0o711)
    (root / "e" / "after").write_text("after")
    shutil.rmtree(root / "g")
    (root / "g").write_text("was a directory")
    (root / "l").unlink()
    (root / "l").mkdir()
    (root / "soft").symlink_to("t" * 200)
    (root / "d" / "b").chmod(0o4711)
    (root / "d" / "hard").write_text("hard")
    (root / "bin" / "link").hardlink_to(root / "d" / "hard")
    for name in (LONG, "한국어 é", "bytes-\udcff"):
        (root / name).write_bytes(os.urandom(2000))
    os.mkfifo(root / "pipe")
    os.mknod(root / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    os.setxattr(root / "f", "security.capability", os.fsencode(CAPABILITY))
    os.chown(root / "bin" / "tool", 3_000_000, 4)
    for path in [*root.rglob("*"), root]:
        os.utime(path, (THEN + 5, THEN + 5), follow_symlinks=False)  # Go rounds up what Python cuts off


# What they make of ours


@PODMAN
@each_layout
def test_podman_loads_what_we_save(engine: Engine, archives: Archives, tmp_path: Path, layout: str) -> None:
    podman = Podman(tmp_path / "podman")
    podman("load", "-i", archives[layout])
    for names in NAMES.values():
        for name in names:
            told = podman.inspect(name)
            assert "sha256:" + told["Id"] == engine.find(name)
            assert told["RootFS"]["Layers"] == list(engine.image(name).document.diff_ids)
        assert podman.tree(names[0]) == seen(engine.view(names[0]).values())


@BUILDAH
@each_layout
def test_buildah_pulls_what_we_save(engine: Engine, archives: Archives, tmp_path: Path, layout: str) -> None:
    buildah, alone = Buildah(tmp_path / "buildah"), tmp_path / "alone"
    for name in FIRST:
        assert "sha256:" + buildah("pull", f"docker-archive:{archives[layout]}:{name}") == engine.find(name)
        assert buildah.inspect(name)["rootfs"]["diff_ids"] == list(engine.image(name).document.diff_ids)
        assert buildah.tree(name) == seen(engine.view(name).values())
        if layout == "oci":
            alone.write_bytes(saved(engine, [name]))
            assert "sha256:" + buildah("pull", f"oci-archive:{alone}") == engine.find(name)


@UMOCI
@pytest.mark.parametrize("name", FIRST)
def test_umoci_unpacks_what_we_save(engine: Engine, tmp_path: Path, name: str) -> None:
    umoci, image = Umoci(tmp_path / "umoci"), engine.image(name)
    umoci.layout.unpack(saved(engine, [name]))
    assert umoci("ls", "--layout", umoci.layout.folder) == "1"
    told = umoci.json("stat", "--json", "--image", umoci.image("1"))["history"]
    assert [step["diff_id"] for step in told if step["layer"]] == list(image.document.diff_ids)
    assert [step["created_by"] for step in told] == [step.created_by for step in image.history]
    assert umoci.layout.config("1") == image.raw
    assert umoci.tree("1") == seen(engine.view(name).values())


@SKOPEO
@each_layout
def test_skopeo_finds_every_name_we_save(
    engine: Engine, archives: Archives, tmp_path: Path, layout: str
) -> None:
    skopeo = Peer(tmp_path / "skopeo", "skopeo", "--insecure-policy")
    for names in NAMES.values():
        for name in names:
            found = f"docker-archive:{archives[layout]}:{name}"
            assert skopeo("inspect", "--config", "--raw", found).encode() == engine.image(name).raw
            if layout == "oci":  # over layers that are symlinks it stumbles, in Docker's archives too
                skopeo("copy", found, f"dir:{tmp_path}/copy")


@SKOPEO
@pytest.mark.parametrize("form", ["docker-archive", "oci-archive"])
def test_skopeo_takes_our_gzipped_layers_for_what_they_are(engine: Engine, tmp_path: Path, form: str) -> None:
    """Read by Docker's list as by OCI's index: written out plain again, each is the layer it was."""
    skopeo, out, name = Peer(tmp_path / "skopeo", "skopeo", "--insecure-policy"), tmp_path / "saved", FIRST[0]
    with out.open("wb") as file:
        engine.save([name], file, compress=True)
    chosen = name if form == "docker-archive" else name.rpartition(":")[2]
    skopeo("copy", f"{form}:{out}:{chosen}", f"docker-archive:{tmp_path}/plain:{name}")
    theirs = Saved((tmp_path / "plain").read_bytes())
    assert theirs.config() == engine.image(name).raw
    assert [DiffID.of(tar) for tar in theirs.layers()] == list(engine.image(name).document.diff_ids)


@pytest.fixture(scope="module")
def blocky(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Path]:
    """An image whose one layer is gzipped in several blocks, and the archive of it."""
    engine, place = Engine.memory(), tmp_path_factory.mktemp("blocky") / "saved"
    files = [file("/noise", Random(1).randbytes(BLOCK + 1), mtime=THEN), file("/z", b"z" * BLOCK, mtime=THEN)]
    engine.import_(io.BytesIO(tarstream.packed(files)), "blocky:1")
    with place.open("wb") as out:
        engine.save(["blocky:1"], out, compress=True)
    return engine, place


@PODMAN
def test_podman_loads_a_layer_gzipped_in_blocks(blocky: tuple[Engine, Path], tmp_path: Path) -> None:
    (engine, place), podman = blocky, Podman(tmp_path / "podman")
    podman("load", "-i", place)
    assert "sha256:" + podman.inspect("blocky:1")["Id"] == engine.find("blocky:1")
    assert podman.tree("blocky:1") == seen(engine.view("blocky:1").values())


@BUILDAH
def test_buildah_pulls_a_layer_gzipped_in_blocks(blocky: tuple[Engine, Path], tmp_path: Path) -> None:
    (engine, place), buildah = blocky, Buildah(tmp_path / "buildah")
    assert "sha256:" + buildah("pull", f"docker-archive:{place}:blocky:1") == engine.find("blocky:1")
    assert "sha256:" + buildah("pull", f"oci-archive:{place}") == engine.find("blocky:1")
    assert buildah.tree("blocky:1") == seen(engine.view("blocky:1").values())


@UMOCI
def test_umoci_unpacks_a_layer_gzipped_in_blocks(blocky: tuple[Engine, Path], tmp_path: Path) -> None:
    (engine, place), umoci = blocky, Umoci(tmp_path / "umoci")
    umoci.layout.unpack(place.read_bytes())
    assert umoci.tree("1") == seen(engine.view("blocky:1").values())


@SKOPEO
@pytest.mark.parametrize("form", ["docker-archive", "oci-archive"])
def test_skopeo_inflates_a_layer_gzipped_in_blocks(
    blocky: tuple[Engine, Path], tmp_path: Path, form: str
) -> None:
    (engine, place), skopeo = blocky, Peer(tmp_path / "skopeo", "skopeo", "--insecure-policy")
    chosen = "blocky:1" if form == "docker-archive" else "1"
    skopeo("copy", f"{form}:{place}:{chosen}", f"docker-archive:{tmp_path}/plain:blocky:1")
    theirs = Saved((tmp_path / "plain").read_bytes())
    assert [DiffID.of(tar) for tar in theirs.layers()] == list(engine.image("blocky:1").document.diff_ids)


# What we make of theirs


@PODMAN
def test_we_load_what_podman_saves(engine: Engine, archives: Archives, tmp_path: Path) -> None:
    podman, out = Podman(tmp_path / "podman"), tmp_path / "saved"
    podman("load", "-i", archives["oci"])
    podman("save", "-m", "-o", out, *FIRST)
    other = loaded(out.read_bytes())
    for name in FIRST:
        same(other, f"localhost/{name}", engine, name)
        assert other.find(f"localhost/{name}") == engine.find(name)
        out.unlink()
        podman("save", "--format", "oci-archive", "-o", out, name)
        layout = Layout(tmp_path / name)
        layout.unpack(out.read_bytes())
        rewritten = loaded(out.read_bytes())  # podman writes an OCI config anew
        same(rewritten, f"localhost/{name}", engine, name)
        assert rewritten.image(f"localhost/{name}").raw == layout.config(f"localhost/{name}")


@BUILDAH
@pytest.mark.parametrize("form", ["oci", "docker"])
def test_we_load_what_buildah_commits_and_pushes(archives: Archives, tmp_path: Path, form: str) -> None:
    buildah, name = Buildah(tmp_path / "buildah"), "name/space:1"
    buildah("pull", f"docker-archive:{archives['oci']}:plain:1")
    container = buildah("from", "--pull-never", "plain:1")
    change(Path(buildah("mount", container)))
    buildah("config", "--env", "NEW=é", "--label", "a=b", "--author", "Grace", container)
    buildah("commit", "--format", form, container, "changed")
    flat, packed, layout = tmp_path / "flat", tmp_path / "packed", Layout(tmp_path / "layout")
    for form, place in {"docker-archive": flat, "oci-archive": packed, "oci": layout.folder}.items():
        buildah("push", "changed", f"{form}:{place}:{name}")
    configs = [Saved(flat.read_bytes()).config(), layout.config(name), layout.config(name)]
    for data, config in zip([flat.read_bytes(), packed.read_bytes(), layout.pack()], configs, strict=True):
        other = loaded(data)
        image = other.image(name)
        assert image.raw == config
        assert list(image.document.diff_ids) == buildah.inspect("changed")["rootfs"]["diff_ids"]
        assert {**(image.config.labels or {}), **(CONFIG.labels or {}), "a": "b"} == image.config.labels
        assert seen(other.view(name).values()) == buildah.tree("changed")


@UMOCI
def test_we_load_what_umoci_writes(engine: Engine, tmp_path: Path) -> None:
    umoci, more = Umoci(tmp_path / "umoci"), tmp_path / "more"
    umoci.layout.unpack(saved(engine, ["plain:1"]))
    more.mkdir()
    (more / "file").write_text("more")
    bundle = umoci.bundle("1")
    change(bundle / "rootfs")
    changed = lying(bundle / "rootfs")
    umoci("repack", "--image", umoci.image("repacked"), bundle)
    shutil.rmtree(bundle)
    umoci("insert", "--image", umoci.image("1"), "--tag", "inserted", more, "/e/more")
    umoci("insert", "--image", umoci.image("inserted"), "--tag", "gone", "--whiteout", "/d/a")
    umoci("insert", "--image", umoci.image("gone"), "--tag", "opaque", "--opaque", more, "/e")
    umoci("config", "--image", umoci.image("1"), "--tag", "said", "--author", "Grace", "--config.cmd", "new")
    other = loaded(umoci.layout.pack())
    trees = {tag: umoci.tree(tag) for tag in ("1", "repacked", "inserted", "gone", "opaque", "said")}
    for tag, tree in trees.items():
        image = other.image(ImageID.of(umoci.layout.config(tag)))
        assert image.raw == umoci.layout.config(tag)
        assert seen(other.view(image.id).values()) == tree
    assert trees["repacked"] == changed and trees["said"] == trees["1"]
    assert [path for path in trees["opaque"] if path.startswith("/e/")] == ["/e/file"]


@SKOPEO
@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_we_load_what_skopeo_compresses(
    engine: Engine, archives: Archives, tmp_path: Path, compression: str
) -> None:
    skopeo, layout = Peer(tmp_path / "skopeo", "skopeo", "--insecure-policy"), Layout(tmp_path / "layout")
    for name in FIRST:
        whole, packed = f"docker-archive:{archives['oci']}:{name}", f"oci:{layout.folder}:{name}"
        skopeo("copy", "--dest-compress-format", compression, whole, packed)
    other = loaded(layout.pack())
    for name in FIRST:
        media = {layer["mediaType"] for layer in layout.manifest(name)["layers"]}
        assert media == {f"application/vnd.oci.image.layer.v1.tar+{compression}"}
        assert other.image(name).raw == layout.config(name)
        same(other, name, engine, name)
