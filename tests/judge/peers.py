"""podman, buildah, umoci and skopeo as peers: each with stores of its own below one folder.

They need root and no network.  Nothing stays mounted: with the driver `vfs` an image's tree is a folder.
"""

import io
import json
import os
import shutil
import subprocess
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from judge.kernel import Mount

from labimg.entry import Entry

Seen = dict[str, tuple[object, ...]]

REF = "org.opencontainers.image.ref.name"
CONF = """\
[engine]
lock_type = "file"
events_logger = "none"
cgroup_manager = "cgroupfs"
tmp_dir = "{0}/tmp"
static_dir = "{0}/static"
volume_path = "{0}/volumes"
"""
STORAGE = '[storage]\ndriver = "vfs"\ngraphroot = "{0}/root"\nrunroot = "{0}/run"\n'


def seen(entries: Iterable[Entry]) -> Seen:
    """What can be told of each path of a tree; of a file also which other names it has."""
    told = {entry.path: entry for entry in entries if entry.path != "/"}
    names: dict[str, list[str]] = defaultdict(list)
    for path in sorted(told):
        names[_first(told[path])].append(path)
    return {
        path: (
            "file" if entry.is_file else entry.kind, oct(entry.mode if entry.kind != "symlink" else 0),
            entry.uid, entry.gid, entry.mtime, entry.read() if entry.is_file else b"",
            entry.target if entry.kind == "symlink" else names[_first(entry)], entry.device, entry.xattrs,
        )
        for path, entry in told.items()
    }  # fmt: skip


def _first(entry: Entry) -> str:
    """The path under which a file first stood."""
    return entry.target if entry.kind == "link" else entry.path


def lying(folder: Path) -> Seen:
    """The tree in a folder, and its files' attributes."""
    mount = Mount(folder)
    return seen(entry._replace(xattrs=_xattrs(mount.host(entry.path))) for entry in mount.scan())


def _xattrs(path: bytes) -> tuple[tuple[str, str], ...]:
    names = sorted(os.listxattr(path, follow_symlinks=False))
    return tuple((name, os.fsdecode(os.getxattr(path, name, follow_symlinks=False))) for name in names)


class Layout:
    """An OCI image layout, as a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def unpack(self, archive: bytes) -> None:
        """Lay an archive out; the lists of Docker's that may lie beside it are left away."""
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            own = [member for member in tar if member.name not in ("manifest.json", "repositories")]
            tar.extractall(self.folder, own, filter="fully_trusted")

    def pack(self) -> bytes:
        """It all as an archive."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            tar.add(self.folder, ".")
        return out.getvalue()

    def manifest(self, name: str) -> dict[str, Any]:
        """The manifest of an image, found by hand."""
        index = json.loads((self.folder / "index.json").read_bytes())
        (found,) = (each for each in index["manifests"] if each["annotations"][REF] == name)
        return dict(json.loads(self.blob(found)))

    def config(self, name: str) -> bytes:
        """The config of an image."""
        return self.blob(self.manifest(name)["config"])

    def blob(self, descriptor: Mapping[str, Any]) -> bytes:
        """What a descriptor leads to."""
        return (self.folder / "blobs" / str(descriptor["digest"]).replace(":", "/")).read_bytes()


class Peer:
    """A program with an environment that keeps it within `folder`."""

    def __init__(self, folder: Path, *command: str) -> None:
        self.folder = folder
        self.command = command
        folder.mkdir(parents=True)
        (folder / "work").mkdir()
        (folder / "containers.conf").write_text(CONF.format(folder))
        (folder / "storage.conf").write_text(STORAGE.format(folder))
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder / "work"),
            "XDG_RUNTIME_DIR": str(folder / "work"),
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        }

    def __call__(self, *args: str | Path) -> str:
        """What a command prints that must succeed."""
        words = [*self.command, *map(str, args)]
        done = subprocess.run(
            words, capture_output=True, env=self._environ, cwd=self.folder / "work", timeout=60
        )
        assert done.returncode == 0, (words, done.stderr.decode(errors="replace"))
        return done.stdout.decode().strip()

    def json(self, *args: str | Path) -> Any:
        """The JSON that a command prints."""
        return json.loads(self(*args))


class Podman(Peer):
    """podman and its store."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "podman", "--cgroup-manager", "cgroupfs")

    def inspect(self, name: str) -> dict[str, Any]:
        """Its document about an image."""
        return dict(self.json("image", "inspect", name)[0])

    def tree(self, name: str) -> Seen:
        """The tree of an image, as it lies on the disk."""
        found = lying(Path(self("image", "mount", name)))
        self("image", "unmount", name)
        return found


class Buildah(Peer):
    """buildah and its store."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "buildah")

    def inspect(self, name: str) -> dict[str, Any]:
        """The config of an image, as the bytes say that are its ID."""
        return dict(json.loads(self.json("inspect", "--type", "image", name)["Config"]))

    def tree(self, name: str) -> Seen:
        """The tree of an image, as a container of it has it."""
        container = self("from", "--pull-never", name)
        found = lying(Path(self("mount", container)))
        self("umount", container)
        self("rm", container)
        return found


class Umoci(Peer):
    """umoci upon one OCI layout."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "umoci")
        self.layout = Layout(folder / "layout")

    def image(self, tag: str) -> str:
        """How it is told which image is meant."""
        return f"{self.layout.folder}:{tag}"

    def bundle(self, tag: str) -> Path:
        """A folder with an image in it, unpacked."""
        bundle = self.folder / f"bundle-{tag}"
        self("unpack", "--image", self.image(tag), bundle)
        return bundle

    def tree(self, tag: str) -> Seen:
        """The tree of an image."""
        bundle = self.bundle(tag)
        found = lying(bundle / "rootfs")
        shutil.rmtree(bundle)
        return found
