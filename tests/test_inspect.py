"""inspect: Docker's documents about images and containers, each field in its place.

Facts: what a real Docker Engine 20.10.24 says of the same things.
"""

import io

import pytest
from worlds import build, tar, world

from labimg import cli
from labimg.container import Run
from labimg.container.hostconfig import HostConfig
from labimg.engine import Engine
from labimg.entry import file
from labimg.image import Image
from labimg.reference import Reference
from labimg.spec import PATH, VERSION, Document, History, ImageDocument, RunConfig

NEVER = "0001-01-01T00:00:00Z"
OVERLAY = "/var/lib/docker/overlay2"
IMAGE = (
    "Id RepoTags RepoDigests Parent Comment Created Container ContainerConfig DockerVersion Author Config "
    "Architecture Os Size VirtualSize GraphDriver RootFS Metadata"
).split()
CONTAINER = (
    "Id Created Path Args State Image ResolvConfPath HostnamePath HostsPath LogPath Name RestartCount Driver "
    "Platform MountLabel ProcessLabel AppArmorProfile ExecIDs HostConfig GraphDriver Mounts Config "
    "NetworkSettings"
).split()
STATE = ("Status Running Paused Restarting OOMKilled Dead Pid ExitCode Error StartedAt FinishedAt").split()


@pytest.fixture
def engine() -> Engine:
    engine = world()
    build(engine, 'FROM base:1\nCOPY f /f\nCMD ["x"]\n', "app:1", {"f": "hello\n"})
    return engine


def test_an_image_is_told_in_dockers_order(engine: Engine) -> None:
    assert list(engine.inspect_image("app:1")) == IMAGE


def test_variant_and_version_stand_beside_what_they_refine() -> None:
    engine = Engine.memory()
    image = Image.of(ImageDocument((), variant="v8", os_version="10", architecture="arm64"))
    engine.store.images.put(image)
    told = engine.inspect_image(image.id)
    keys = list(told)
    assert keys[keys.index("Architecture") :][:4] == ["Architecture", "Variant", "Os", "OsVersion"]
    assert (told["Variant"], told["OsVersion"]) == ("v8", "10")


def test_a_built_image_is_told_whole(engine: Engine) -> None:
    image, told = engine.image("app:1"), engine.inspect_image("app:1")
    parent = engine.store.images.parent(image.id)
    assert told["Id"] == image.id and told["Parent"] == parent
    assert (told["RepoTags"], told["RepoDigests"]) == (["app:1"], [])
    assert (told["Comment"], told["Author"], told["DockerVersion"]) == ("", "", VERSION)
    assert (told["Created"], told["Architecture"], told["Os"]) == ("2026-01-01T00:00:01Z", "amd64", "linux")
    assert told["Container"] == image.document.container and len(told["Container"]) == 64
    assert told["ContainerConfig"]["Cmd"] == ["/bin/sh", "-c", "#(nop) ", 'CMD ["x"]']
    assert told["Config"]["Cmd"] == ["x"] and list(told["Config"]) == list(RunConfig().document)
    assert told["Size"] == told["VirtualSize"] == 36
    assert told["RootFS"] == {"Type": "layers", "Layers": list(image.document.diff_ids)}
    assert told["Metadata"] == {"LastTagTime": "2026-01-01T00:00:01Z"}


def test_names_are_told_apart_from_digests_in_the_order_of_their_full_form(engine: Engine) -> None:
    for name in ("z:1", "reg.example.com/a:1", "app:0"):
        engine.tag("app:1", name)
    digest = f"app@sha256:{'1' * 64}"
    engine.store.tags.set(Reference.parse(digest), engine.find("app:1"))
    told = engine.inspect_image("app:1")
    assert told["RepoTags"] == ["app:0", "app:1", "z:1", "reg.example.com/a:1"]
    assert told["RepoDigests"] == [digest]


def test_the_folders_are_those_overlay2_would_mount_uppermost_first(engine: Engine) -> None:
    build(engine, "FROM app:1\nCOPY f /g\n", "more:1", {"f": "more\n"})
    base, app, more = (layer.cache_id for layer in engine.store.layers.stack(engine.image("more:1").top))
    assert engine.inspect_image("more:1")["GraphDriver"] == {
        "Data": {
            "LowerDir": f"{OVERLAY}/{app}/diff:{OVERLAY}/{base}/diff",
            "MergedDir": f"{OVERLAY}/{more}/merged",
            "UpperDir": f"{OVERLAY}/{more}/diff",
            "WorkDir": f"{OVERLAY}/{more}/work",
        },
        "Name": "overlay2",
    }
    assert list(engine.inspect_image("base:1")["GraphDriver"]["Data"]) == ["MergedDir", "UpperDir", "WorkDir"]


def test_an_image_of_nothing_has_no_folders_no_layers_and_was_never_named() -> None:
    engine = Engine.memory()
    image = Image.of(ImageDocument(()))
    engine.store.images.put(image)
    told = engine.inspect_image(image.id)
    assert told["GraphDriver"] == {"Data": None, "Name": "overlay2"} and told["RootFS"] == {"Type": "layers"}
    assert (told["Parent"], told["Size"], told["Metadata"]["LastTagTime"]) == ("", 0, NEVER)
    assert told["ContainerConfig"] == RunConfig().document


def test_a_comment_is_the_images_or_else_its_last_steps() -> None:
    engine = world()
    engine.import_(tar(file("/x")), "said:1", message="told")
    assert engine.inspect_image("said:1")["Comment"] == "told"
    image = Image.of(ImageDocument((), history=(History(comment="first"), History(comment="last"))))
    engine.store.images.put(image)
    assert engine.inspect_image(image.id)["Comment"] == "last"
    own = image.but(comment="own")
    engine.store.images.put(own)
    assert engine.inspect_image(own.id)["Comment"] == "own"


def made(engine: Engine, **how: object) -> Document:
    """What is told of a new container `c1`."""
    engine.create("app:1", Run(name="c1", **how))  # type: ignore[arg-type]
    return engine.inspect_container("c1")


def test_a_container_is_told_in_dockers_order(engine: Engine) -> None:
    told = made(engine)
    assert list(told) == CONTAINER and list(told["State"]) == STATE
    assert list(told["Config"]) == list(RunConfig().document)


def test_a_new_container_is_told_whole(engine: Engine) -> None:
    told = made(engine, command=("sh", "-c", "a b"), env=("A=b",), labels={"l": "v"}, hostname="h")
    assert (told["Name"], told["Path"], told["Args"]) == ("/c1", "sh", ["-c", "a b"])
    assert (told["Image"], told["Config"]["Image"]) == (engine.find("app:1"), "app:1")
    assert (told["Created"], told["Driver"], told["Platform"]) == (
        "2026-01-01T00:00:01Z",
        "overlay2",
        "linux",
    )
    assert told["State"] == {
        "Status": "created", "Running": False, "Paused": False, "Restarting": False, "OOMKilled": False,
        "Dead": False, "Pid": 0, "ExitCode": 0, "Error": "", "StartedAt": NEVER, "FinishedAt": NEVER,
    }  # fmt: skip
    config = told["Config"]
    assert (config["Hostname"], config["Labels"]) == ("h", {"l": "v"})
    assert config["Env"] == ["A=b", PATH]
    assert [config[f"Attach{name}"] for name in ("Stdin", "Stdout", "Stderr")] == [False, True, True]
    assert (told["Mounts"], told["HostConfig"]) == ([], HostConfig().document)
    assert (told["NetworkSettings"]["Ports"], list(told["NetworkSettings"]["Networks"])) == ({}, ["bridge"])


def test_a_container_without_a_name_for_its_host_takes_its_id(engine: Engine) -> None:
    told = made(engine)
    assert told["Config"]["Hostname"] == told["Id"][:12]


def test_below_a_container_lie_its_init_layer_and_its_image(engine: Engine) -> None:
    made(engine)
    found = engine.store.container("c1")
    base, app = (layer.cache_id for layer in engine.store.layers.stack(engine.image("app:1").top))
    assert engine.inspect_container("c1")["GraphDriver"]["Data"] == {
        "LowerDir": f"{OVERLAY}/{found.mount_id}-init/diff:{OVERLAY}/{app}/diff:{OVERLAY}/{base}/diff",
        "MergedDir": f"{OVERLAY}/{found.mount_id}/merged",
        "UpperDir": f"{OVERLAY}/{found.mount_id}/diff",
        "WorkDir": f"{OVERLAY}/{found.mount_id}/work",
    }


FILES = ("ResolvConfPath", "HostnamePath", "HostsPath", "LogPath")


def test_the_files_of_a_container_are_there_once_it_was_started(engine: Engine) -> None:
    told = made(engine)
    folder = f"/var/lib/docker/containers/{told['Id']}"
    assert [told[name] for name in FILES] == [""] * 4
    found = engine.store.container("c1")
    failed = {"error": "no such program", "exit_code": 127}
    for state in (failed, {"started_at": "2026-01-01T00:00:05Z", "status": "exited"}):
        engine.store.containers.put(found.but(**state))
        told = engine.inspect_container("c1")
        assert [told[name] for name in FILES] == [
            f"{folder}/resolv.conf", f"{folder}/hostname", f"{folder}/hosts",
            f"{folder}/{found.id}-json.log",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "there"),
    [
        ("network nosuch not found", (False, False, False, False)),
        ("driver failed programming external connectivity on endpoint c1", (True, False, True, False)),
        ("unable to find user nosuch: no matching entries in passwd file", (True, True, True, False)),
    ],
)
def test_a_start_that_failed_leaves_the_files_it_came_to(
    engine: Engine, error: str, there: tuple[bool, ...]
) -> None:
    made(engine)
    engine.store.containers.put(engine.store.container("c1").but(error=error, exit_code=128))
    told = engine.inspect_container("c1")
    assert tuple(bool(told[name]) for name in FILES) == there


@pytest.mark.parametrize(
    ("status", "flags"),
    [
        ("created", (False, False, False)),
        ("running", (True, False, False)),
        ("paused", (True, True, False)),
        ("exited", (False, False, False)),
        ("dead", (False, False, True)),
    ],
)
def test_a_state_is_told_in_a_word_and_in_flags(
    engine: Engine, status: str, flags: tuple[bool, bool, bool]
) -> None:
    made(engine)
    engine.store.containers.put(engine.store.container("c1").but(status=status, exit_code=3))
    told = engine.inspect_container("c1")["State"]
    assert (told["Status"], told["ExitCode"]) == (status, 3)
    assert (told["Running"], told["Paused"], told["Dead"]) == flags


def run(engine: Engine, *argv: str) -> str:
    """What a command prints."""
    out = io.BytesIO()
    assert cli.run(engine, list(argv), stdout=out, stderr=io.BytesIO()) == 0
    return out.getvalue().decode()


@pytest.mark.parametrize("way", [(), ("-f", "json"), ("-f", "{{json .Config}}")])
def test_what_html_would_escape_is_shown_as_it_is(engine: Engine, way: tuple[str, ...]) -> None:
    text = r"a <b> & \u003c"
    made(engine, command=("echo", text))
    assert r'"a <b> & \\u003c"' in run(engine, "inspect", *way, "c1")


@pytest.mark.parametrize(
    ("flags", "attached"), [((), (False, True, True, False)), (("-i",), (True, True, True, True))]
)
def test_create_attaches_as_run_does(
    engine: Engine, flags: tuple[str, ...], attached: tuple[bool, ...]
) -> None:
    run(engine, "create", *flags, "--name", "c2", "app:1")
    config = engine.inspect_container("c2")["Config"]
    assert (
        tuple(config[key] for key in ("AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce")) == attached
    )
