"""A real Docker Engine as a judge: its own daemon, on a private socket, in a folder of its own."""

import io
import json
import os
import signal
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from labimg import tarstream
from labimg.entry import Bytes, Entry

PROGRAMS = ("dockerd", "docker", "containerd", "runc", "busybox", "root")
NOWHERE = "http://127.0.0.1:9"  # so that it asks no registry outside
FATE = "{{.State.Status}} {{.State.Pid}} {{.HostConfig.AutoRemove}} {{.Path}} {{json .Args}}"
PATIENCE = 60  # seconds to wait for a daemon, and for what it has started


class Done(NamedTuple):
    """What a command left: its exit code, and what it printed."""

    code: int
    out: bytes
    err: bytes


class Daemon:
    """A running daemon, and its client."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = f"unix://{folder}/socket"
        (folder / "client").mkdir(parents=True)
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TZ": "UTC",
            "DOCKER_HOST": self.socket,
            "DOCKER_CONFIG": str(folder / "client"),
            "DOCKER_BUILDKIT": "0",
        }
        self.base = b""  # the archive of the image that every test begins with
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                "dockerd", "--iptables=false", "--bridge=none", "--data-root", f"{folder}/data",
                "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid", "-H", self.socket,
            ],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            env=self._environ | {"HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE},
        )  # fmt: skip

    def wait(self) -> str:
        """Wait until it answers; give what went wrong, or nothing."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            if self("version").code == 0:
                return ""
            time.sleep(0.1)
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def __call__(self, *args: str, stdin: bytes = b"", cwd: Path | None = None) -> Done:
        """Run one `docker` command."""
        done = subprocess.run(
            ["docker", *args], input=stdin, capture_output=True, env=self._environ,
            cwd=cwd or self.folder, timeout=120,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def ask(self, *args: str, stdin: bytes = b"") -> bytes:
        """What a command prints that must succeed."""
        done = self(*args, stdin=stdin)
        assert done.code == 0, (args, done.err.decode(errors="replace"))
        return done.out

    def inspect(self, name: str) -> dict[str, Any]:
        """Docker's document about an image or a container."""
        return dict(json.loads(self.ask("inspect", name))[0])

    def id(self, name: str) -> str:
        """The ID of an image."""
        return str(self.inspect(name)["Id"])

    def saved(self, *names: str) -> "Saved":
        """The images as Docker saves them."""
        return Saved(self.ask("save", *names))

    def found(self, rootfs: bytes) -> None:
        """Import the image `base`, and keep it for all that follows."""
        self.ask("import", "--change", 'CMD ["/bin/sh"]', "-", "base", stdin=rootfs)
        self.base = self.ask("save", "base")

    def sweep(self) -> None:
        """Remove everything but `base`."""
        while containers := self.ask("ps", "-aq").decode().split():
            self("rm", "-f", "-v", *containers)
        self("volume", "prune", "-f")
        while self.ask("images", "-aq"):
            self.ask("image", "prune", "-af")
        self.ask("load", stdin=self.base)

    def settle(self) -> None:
        """Wait until all that was started has ended, but for what sleeps.

        Docker tells a client that a container has ended before its own list knows; whoever inspects the
        container waits for that.
        """
        end = time.monotonic() + PATIENCE
        while any(_unsettled(*fate.split(maxsplit=3)) for fate in self._fates()):
            assert time.monotonic() < end, self._fates()
            time.sleep(0.02)

    def _fates(self) -> list[str]:
        """How each container fares."""
        while containers := self.ask("ps", "-aq").decode().split():
            done = self("container", "inspect", "-f", FATE, *containers)
            if done.code == 0:  # none has gone meanwhile
                return done.out.decode().splitlines()
        return []

    def stop(self) -> None:
        """End it, and its containers with it."""
        for container in self("ps", "-q").out.split():
            self("kill", container.decode())
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE)
        self._log.close()


def _unsettled(status: str, pid: str, goes: str, command: str) -> bool:
    """Has a container yet to become what it runs, to end, or to go away at its end?"""
    if status not in ("running", "paused"):
        return goes == "true" and status != "created"
    try:
        name = Path(f"/proc/{pid}/comm").read_text()
    except OSError:  # it is no more
        return True
    return "sleep" not in command or name.startswith("runc")


class Saved:
    """An archive that `docker save` wrote, taken apart by Python's own tarfile."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            self.files = {
                member.name: handle.read()
                for member in tar
                if member.isfile() and (handle := tar.extractfile(member))
            }
            self._links = {member.name: member.linkname for member in tar if member.issym()}
        self.manifest: list[dict[str, Any]] = json.loads(self.files["manifest.json"])

    def config(self, number: int = 0) -> bytes:
        """The config of one image, as it is."""
        return self.files[self.manifest[number]["Config"]]

    def layers(self, number: int = 0) -> list[bytes]:
        """The tars of one image's layers, bottom first."""
        return [self.files[self._resolved(name)] for name in self.manifest[number]["Layers"]]

    def _resolved(self, name: str) -> str:
        target = self._links.get(name)
        return self._resolved(os.path.normpath(f"{os.path.dirname(name)}/{target}")) if target else name


def entries(tar: bytes) -> list[Entry]:
    """The entries of a layer's tar, readable."""
    source = Bytes(tar)
    return [entry._replace(source=source) for entry in tarstream.read(io.BytesIO(tar))]


def busybox() -> bytes:
    """A root file system: busybox, a link to it for each applet, and the few files a system has."""
    applets = subprocess.run(["busybox", "--list"], capture_output=True, text=True, check=True).stdout.split()
    where = subprocess.run(["which", "busybox"], capture_output=True, text=True, check=True).stdout.strip()
    program = Path(where).read_bytes()
    texts = {
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
        "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:

        def add(
            name: str, data: bytes = b"", *, kind: bytes = tarfile.REGTYPE, mode: int = 0o755, to: str = ""
        ) -> None:
            member = tarfile.TarInfo(name)
            member.type, member.mode, member.linkname, member.size = kind, mode, to, len(data)
            member.mtime = 1_700_000_000
            tar.addfile(member, io.BytesIO(data))

        for folder, mode in {"bin": 0o755, "etc": 0o755, "root": 0o700, "tmp": 0o1777, "var": 0o755}.items():
            add(folder, kind=tarfile.DIRTYPE, mode=mode)
        add("bin/busybox", program)
        for applet in sorted(set(applets) - {"busybox"}):
            add(f"bin/{applet}", kind=tarfile.LNKTYPE, to="bin/busybox")
        for name, text in texts.items():
            add(name, text.encode(), mode=0o644)
    return out.getvalue()
