"""The peers: each program that does the same work, in a folder of its own, on a daemon of its own.

A peer that is not installed is left out and said to be; a command that fails is a failed row.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Took:
    """What one command took."""

    wall: float  # seconds
    cpu: float  # seconds, its own and its children's; a daemon's are not in it
    peak: float  # MiB
    code: int


def run(argv: Sequence[str], env: dict[str, str], *, cwd: Path | None = None) -> Took:
    """Run a command, and measure the whole process."""
    start = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(argv, env=env, stdout=nowhere, stderr=nowhere, stdin=nowhere, cwd=cwd)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode)


@dataclass(slots=True)
class Lab:
    """The folders of a run, and how each program is called in them."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.env = {
            "PATH": os.environ["PATH"], "HOME": str(self.root), "TZ": "UTC", "DOCKER_BUILDKIT": "0",
            "DOCKER_HOST": f"unix://{self.root}/socket", "DOCKER_CONFIG": f"{self.root}/client",
            "XDG_RUNTIME_DIR": str(self.root / "run"), "SOURCE_DATE_EPOCH": "1700000000",
        }  # fmt: skip
        (self.root / "client").mkdir()
        (self.root / "client/config.json").write_text("{}")  # where it is named, podman wants it to be there
        names = ("dockerd", "podman", "buildah", "skopeo", "umoci", "docker-registry", "tar", "cp")
        self.present = {name for name in names if shutil.which(name)}

    def ours(self, *words: str, store: str = "ours") -> list[str]:
        """Our own command on one of our stores."""
        return [sys.executable, "-m", "labimg", "--root", str(self.root / store), *words]

    def docker(self, *words: str) -> list[str]:
        """A command of the docker client, to the daemon of this run."""
        return ["docker", *words]

    def contained(self, program: str, *words: str) -> list[str]:
        """A command of podman or buildah, on a store of its own."""
        place = self.root / "podman"
        where = ["--root", f"{place}/root", "--runroot", f"{place}/run", "--storage-driver", "overlay"]
        return [program, *where, *words]

    def skopeo(self, *words: str) -> list[str]:
        """A copy by skopeo."""
        return ["skopeo", "--insecure-policy", "copy", "-q", *words]

    def layout(self, store: str) -> Path:
        """An OCI layout of the image `bench/STORE` in one of our stores, made with plain layers."""
        place, tar = self.root / f"layout-{store}", self.root / "layout.tar"
        if not place.exists():
            place.mkdir()
            self.ask(self.ours("save", "-o", str(tar), f"bench/{store}", store=store))
            self.ask(["tar", "-xf", str(tar), "-C", str(place)])
            tar.unlink()
        return place

    def ask(self, argv: Sequence[str]) -> str:
        """What a command prints that prepares a row."""
        done = subprocess.run(argv, env=self.env, capture_output=True, text=True, check=False)
        return done.stdout

    def wiped(self, *places: Path) -> Callable[[], None]:
        """What removes those folders and files."""

        def wipe() -> None:
            for place in places:
                shutil.rmtree(place, ignore_errors=True)
                if place.is_file():
                    place.unlink()

        return wipe

    def copied(self, place: Path, copy: Path) -> Callable[[], None]:
        """What makes `copy` a folder equal to `place` again."""

        def again() -> None:
            shutil.rmtree(copy, ignore_errors=True)
            subprocess.run(["cp", "-r", str(place), str(copy)], check=True)

        return again

    @contextmanager
    def daemons(self) -> Iterator[None]:
        """A docker daemon and a registry for this run alone, ended by their own process ids."""
        started = []
        if "dockerd" in self.present:
            started.append(
                self._start(
                    f"dockerd --iptables=false --bridge=none --data-root {self.root}/docker "
                    f"--exec-root {self.root}/exec --pidfile {self.root}/pid -H unix://{self.root}/socket".split()
                )
            )
            for _ in range(300):
                if run(["docker", "version"], self.env).code == 0:
                    break
                time.sleep(0.1)
            else:
                self.present.discard("dockerd")
        if "docker-registry" in self.present:
            config = self.root / "registry.yml"
            config.write_text(
                f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {self.root}/registry}}}}\n"
                "http: {addr: '127.0.0.1:5963'}\nlog: {level: error}\n"
            )
            started.append(self._start(["docker-registry", "serve", str(config)]))
            time.sleep(1)
        try:
            yield
        finally:
            for process in started:
                process.send_signal(signal.SIGTERM)
            for process in started:
                process.wait(60)
            run(["umount", str(self.root / "podman/root/overlay")], self.env)

    def _start(self, argv: Sequence[str]) -> subprocess.Popen[bytes]:
        log = (self.root / f"{argv[0]}.log").open("wb")
        return subprocess.Popen(argv, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
