"""The images and packages a fresh lab has: made here, the same to the byte every time, with no network.

Sizes are a tenth of the real ones, so that proportions tell: debian 7.4 MB, alpine 780 kB, busybox 430 kB.
"""

from collections.abc import Callable, Mapping

from labimg.seeds.alpine import alpine
from labimg.seeds.busybox import busybox
from labimg.seeds.debian import debian
from labimg.seeds.hello import hello
from labimg.seeds.image import Row, SeedImage, SeedRepository
from labimg.seeds.nginx import nginx
from labimg.seeds.python import python

__all__ = ["Row", "SeedImage", "SeedRepository", "catalogue"]


def catalogue() -> Mapping[str, SeedRepository]:
    """All repositories of the seeds, by the name one pulls; an image is made when it is asked for."""
    return {
        "busybox": _official("Busybox base image.", 3_280, busybox, "latest 1 1.36 1.36.1 stable"),
        "debian": _official(
            "Debian is a Linux distribution that's composed entirely of free and open-source software.",
            5_010, debian, "latest bookworm bookworm-slim 12 12-slim stable-slim",
        ),
        "alpine": _official(
            "A minimal Docker image based on Alpine Linux with a complete package index, of 5 MB only.",
            10_900, alpine, "latest 3 3.20 3.20.1",
        ),
        "nginx": _official("Official build of Nginx.", 20_100, nginx, "latest 1 1.27 1.27.0 mainline stable"),
        "python": _official(
            "Python is an interpreted, interactive, object-oriented, open-source programming language.",
            9_700, python, "latest 3 3.12 3-slim 3.12-slim slim",
        ),
        "hello-world": _official("Hello World! (an example of minimal Dockerization)", 2_250, hello,
        "latest linux"),
    }  # fmt: skip


def _official(description: str, stars: int, make: Callable[[], SeedImage], tags: str) -> SeedRepository:
    return SeedRepository(description, stars, official=True, tags=dict.fromkeys(tags.split(), make))
