"""hello-world: one program, no shell, nothing else."""

from functools import cache
from typing import Final

from labimg.seeds.image import PATH, Row, SeedImage
from labimg.seeds.matter import SCRIPT, Tree, program

CREATED: Final = "2023-05-02T16:49:27Z"
MTIME: Final = 1_683_046_167  # seconds


@cache
def hello() -> SeedImage:
    """hello-world:latest."""
    tree = Tree(MTIME)
    tree.file("/hello", program("hello", 1_325), mode=SCRIPT)
    return SeedImage(
        [tree.entries],
        CREATED,
        {"Env": [PATH], "Cmd": ["/hello"], "ArgsEscaped": True},
        [
            Row(CREATED, "COPY hello / # buildkit", comment="buildkit.dockerfile.v0"),
            Row(CREATED, 'CMD ["/hello"]', empty=True, comment="buildkit.dockerfile.v0"),
        ],
    )
