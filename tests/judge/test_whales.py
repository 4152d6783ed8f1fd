"""python-on-whales drives our command line as it drives Docker's, and is told the same.

One session runs with both.  What an object says is read from its JSON by the client's own models.
"""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from judge.daemon import PROGRAMS, Daemon

DOCKERFILE = 'FROM base\nCOPY one /one\nENV X="a b"\nLABEL a=b\nRUN echo two > /two && rm /one\nCMD ["x"]\n'
SPOKEN = re.compile(r"The content of stderr is '(.*)'\n", re.DOTALL)


def labimg() -> str:
    """The command of this environment."""
    found = shutil.which("labimg", path=str(Path(sys.executable).parent))
    assert found, "labimg is not installed beside its Python"
    return found


@pytest.fixture(scope="module")
def whales() -> Any:
    return pytest.importorskip("python_on_whales", reason="the extra `judge` is not installed")


@pytest.fixture
def ours(whales: Any, tmp_path: Path) -> Any:
    return whales.DockerClient(client_call=[labimg(), "--root", str(tmp_path / "root")])


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / "one").write_text("1\n")
    return folder


def attempt(work: Callable[[], Any]) -> Any:
    """What it gives, or the kind of its refusal and what the program said."""
    try:
        return work()
    except Exception as refusal:
        said = SPOKEN.search(str(refusal))
        return type(refusal).__name__, said[1] if said else str(refusal)


def about(image: Any) -> dict[str, Any]:
    """What an image says of itself, but for what is a moment's."""
    config = image.config.model_dump()
    config.pop("image")
    return {
        "tags": sorted(image.repo_tags), "config": config, "size": image.size, "author": image.author,
        "comment": image.comment, "machine": (image.os, image.architecture, image.variant),
        "layers": (image.root_fs.type, len(image.root_fs.layers)), "parent": bool(image.parent),
    }  # fmt: skip


def listed(client: Any, **how: Any) -> list[tuple[list[str], int]]:
    return sorted((sorted(image.repo_tags), image.size) for image in client.image.list(**how))


def session(client: Any, archive: Path, context: Path, folder: Path) -> Iterator[tuple[Any, ...]]:
    """What one sees who lists, inspects, tags, builds, saves, loads, removes and prunes.

    Where Docker leaves an order to chance it is sorted.
    """
    saved = folder / "saved"
    yield "load", attempt(lambda: client.image.load(archive, quiet=True))
    base = client.image.inspect("base")
    yield "inspect", (base.id, base.root_fs.layers, about(base))
    yield (
        "tag",
        [attempt(partial(client.tag, base, name)) for name in ("new/name:1", "other", "BAD", "a:b:c")],
    )
    yield "tag nothing", attempt(lambda: client.tag("nosuch", "x"))
    yield (
        "build",
        attempt(
            lambda: client.image.legacy_build(
                context, tags=["app:1", "app:2"], labels={"l": "m"}, cache=False
            )
        ).repo_tags,
    )
    yield "inspect what was built", about(client.image.inspect("app:1"))
    yield "list", listed(client)
    yield "list a repository", listed(client, repository_or_tag="app")
    yield "list by label", listed(client, filters=[("label", "a=b")])
    yield "list all", len(client.image.list(all=True))
    yield "exists", [client.image.exists(name) for name in ("app:1", "app:3", base.id, "nosuch")]
    yield "save", attempt(lambda: client.image.save(["app:1", "app:2", "new/name:1"], output=saved))
    yield "save nothing", attempt(lambda: client.image.save("nosuch", output=folder / "nothing"))
    pieces = b"".join(client.image.save("other"))
    yield "remove", attempt(lambda: client.image.remove(["new/name:1", "app:2"]))
    yield "remove nothing", attempt(lambda: client.image.remove(["nosuch", "app:2"]))
    held = client.container.create("app:1", ["true"], name="holder")
    yield "remove what is held", attempt(lambda: client.image.remove("app:1")), held.id
    yield "containers", [(each.name, each.state.status) for each in client.container.list(all=True)]
    yield "remove the container", attempt(lambda: client.container.remove(held))
    yield "remove all", attempt(lambda: client.image.remove(["app:1", "other", "base"], force=True))
    yield "list nothing", listed(client)
    yield "load pieces", attempt(lambda: client.image.load(iter([pieces]), quiet=True)), listed(client)
    yield "load all", attempt(lambda: sorted(client.image.load(saved, quiet=True))), listed(client)
    yield "prune", attempt(lambda: client.image.prune())
    pruned = attempt(lambda: sorted(client.image.prune(all=True).splitlines()))
    yield "prune all", [plain(line) for line in pruned], listed(client)


def plain(told: Any) -> Any:
    """An observation, its IDs replaced."""
    return re.sub(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b", "ID", repr(told))


@pytest.mark.judge(*PROGRAMS)
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # its own
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_python_on_whales_sees_the_same_here_and_in_docker(
    whales: Any, ours: Any, dockerd: Daemon, context: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("python_on_whales.client_config.CACHE_VALIDITY_PERIOD", 60)  # s; each look costs one
    monkeypatch.setenv("DOCKER_BUILDKIT", "0")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "client"))
    archive = tmp_path / "base.tar"
    archive.write_bytes(dockerd.base)
    dockerd.sweep()
    sights = []
    for number, client in enumerate([ours, whales.DockerClient(host=dockerd.socket)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        sights.append(list(session(client, archive, context, folder)))
    dockerd.sweep()
    for mine, theirs in zip(*sights, strict=True):
        assert plain(mine) == plain(theirs), mine[0]


@pytest.mark.judge
def test_python_on_whales_pulls_runs_and_commits_here(ours: Any) -> None:
    image = ours.pull("busybox", quiet=True)
    assert image.repo_tags == ["busybox:latest"]
    assert ours.run(image, ["echo", "hi"], remove=True) == "hi"
    made = ours.run(image, ["sh", "-c", "echo new > /new; rm /bin/yes"], detach=True)
    assert ours.wait(made) == 0
    assert ours.diff(made) == {"/new": "A", "/bin": "C", "/bin/yes": "D"}
    assert ours.commit(made, tag="new:1").parent == image.id
