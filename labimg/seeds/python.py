"""python: the slim edition upon debian, for lessons on sharing a base."""

from functools import cache
from typing import Final

from labimg.seeds.debian import HISTORY as BASE_HISTORY
from labimg.seeds.debian import base
from labimg.seeds.image import PATH, Row, SeedImage
from labimg.seeds.matter import Tree

CREATED: Final = "2024-06-13T02:21:57Z"
MTIME: Final = 1_718_245_317  # seconds
BUILDKIT: Final = "buildkit.dockerfile.v0"


@cache
def python() -> SeedImage:
    """python:3.12-slim."""
    common = Tree(MTIME)
    common.files(
        {"/etc/ssl/certs/ca-certificates.crt": 21_900, "/usr/share/ca-certificates/mozilla/all.crt": 17_000}
    )
    common.files({"/usr/share/zoneinfo/all": 340_000, "/usr/lib/x86_64-linux-gnu/libsqlite3.so.0": 140_000})
    built = Tree(MTIME)
    built.programs("/usr/local/bin", {"python3.12": 1_400, "pip3": 300})
    built.files(
        {"/usr/local/lib/libpython3.12.so.1.0": 620_000, "/usr/local/lib/python3.12/stdlib": 3_100_000}
    )
    links = Tree(MTIME)
    for name, target in (("python3", "python3.12"), ("python", "python3"), ("pip", "pip3")):
        links.symlink(f"/usr/local/bin/{name}", target)
    path = PATH.replace("PATH=", "PATH=/usr/local/bin:", 1)
    run = {
        "Env": [path, "LANG=C.UTF-8", "PYTHON_VERSION=3.12.4"],
        "Cmd": ["python3"],
        "ArgsEscaped": True,
    }

    def row(text: str, *, empty: bool = False) -> Row:
        return Row(CREATED, text if empty else f"RUN /bin/sh -c set -eux; {text} # buildkit", empty, BUILDKIT)

    install = "apt-get update; apt-get install -y --no-install-recommends ca-certificates netbase tzdata"
    history = [
        *BASE_HISTORY,
        row(f"ENV {path}", empty=True),
        row("ENV LANG=C.UTF-8", empty=True),
        row(f"{install}; rm -rf /var/lib/apt/lists/*"),
        row("ENV PYTHON_VERSION=3.12.4", empty=True),
        row("./configure --enable-shared; make; make install"),
        row("cd /usr/local/bin; ln -s python3.12 python3; ln -s python3 python; ln -s pip3 pip"),
        row('CMD ["python3"]', empty=True),
    ]
    return SeedImage([base(), common.entries, built.entries, links.entries], CREATED, run, history)
