"""The documents: what is left out, in which order, and that what was read is written the same.

Facts: configs that a real Docker Engine 20.10.24 stored.
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import world

from labimg.digest import DiffID, ImageID
from labimg.errors import DockerError, InvalidImage, NoRootFS
from labimg.go import gojson
from labimg.image import Image, child
from labimg.spec import NEVER, VERSION, Document, History, ImageDocument, RunConfig

EMPTY_CONFIG = (
    '{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,'
    '"AttachStderr":false,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":null,"Cmd":null,'
    '"Image":"","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null}'
)
IMPORTED = (
    '{"architecture":"amd64","comment":"my import msg","config":'
    + EMPTY_CONFIG.replace('"Env":null,"Cmd":null', '"Env":["A=b"],"Cmd":["/bin/sh"]')
    + ',"container_config":'
    + EMPTY_CONFIG
    + ',"created":"2026-11-24T08:24:58.621602239Z","docker_version":"20.10.24+dfsg1",'
    '"history":[{"created":"2026-11-24T08:24:58.621602239Z","comment":"my import msg"}],"os":"linux",'
    '"rootfs":{"type":"layers","diff_ids":'
    '["sha256:1987b5ebb97bc0d29eea1ced86e3390133e7c6ec436344b58b5c33011ee9de1a"]}}'
).encode()

texts = st.text(max_size=4)
words = st.lists(texts, max_size=3)
maps: st.SearchStrategy[dict[str, Document]] = st.dictionaries(texts, st.builds(dict), max_size=2)
moments = st.sampled_from([NEVER, "2026-01-01T00:00:00Z", "2026-11-24T08:24:58.621602239Z"])
configs = st.builds(
    RunConfig,
    hostname=texts, user=texts, tty=st.booleans(), open_stdin=st.booleans(), args_escaped=st.booleans(),
    exposed_ports=st.none() | maps, volumes=st.none() | maps,
    labels=st.none() | st.dictionaries(texts, texts),
    env=st.none() | words, cmd=st.none() | words, entrypoint=st.none() | words, shell=st.none() | words,
    on_build=st.none() | words, working_dir=texts, stop_signal=texts, mac_address=texts,
    stop_timeout=st.none() | st.integers(1, 9),
    healthcheck=st.none() | st.just({"Test": ["NONE"]}),
)  # fmt: skip
steps = st.builds(History, moments, texts, texts, texts, st.booleans())
documents = st.builds(
    ImageDocument,
    st.lists(st.binary(max_size=2).map(DiffID.of), max_size=3).map(tuple),
    configs, st.lists(steps, max_size=3).map(tuple), moments,
    texts, texts, texts, texts, texts, texts, texts, st.none() | configs, texts,
)  # fmt: skip


@given(documents)
def test_what_is_written_read_and_written_again_is_the_same(document: ImageDocument) -> None:
    raw = document.encode()
    assert ImageDocument.parse(raw).encode() == raw


@given(configs)
def test_a_config_reads_back_as_it_was_but_for_what_was_left_out(config: RunConfig) -> None:
    read = RunConfig.parse(config.document)
    assert read.document == config.document
    assert list(read.document) == list(config.document)
    assert read == config._replace(
        exposed_ports=config.exposed_ports or None, shell=config.shell or None
    )  # {} and [] are left out there


def test_the_config_of_a_real_engine_is_written_to_the_byte() -> None:
    document = ImageDocument.parse(IMPORTED)
    assert document.encode() == IMPORTED
    assert document.container_config == RunConfig() and document.config.cmd == ["/bin/sh"]


def test_an_empty_config_is_that_of_a_real_engine() -> None:
    assert gojson.encode(RunConfig().document).decode() == EMPTY_CONFIG


FULL = RunConfig(
    "h", "d", "u", True, True, True, {"80/tcp": {}}, True, True, True, ["A=b"], ["c"],
    {"Test": ["CMD", "x"]}, True, "i", {"/v": {}}, "/w", ["e"], True, "m", ["RUN x"], {"l": "v"}, "SIGTERM",
    10, ["/bin/sh", "-c"],
)  # fmt: skip
ORDER = (
    "Hostname Domainname User AttachStdin AttachStdout AttachStderr ExposedPorts Tty OpenStdin StdinOnce "
    "Env Cmd Healthcheck ArgsEscaped Image Volumes WorkingDir Entrypoint NetworkDisabled MacAddress OnBuild "
    "Labels StopSignal StopTimeout Shell"
).split()
OMITTED = {
    "ExposedPorts", "Healthcheck", "ArgsEscaped", "NetworkDisabled", "MacAddress", "StopSignal",
    "StopTimeout", "Shell",
}  # fmt: skip


def test_keys_stand_in_the_order_of_gos_struct() -> None:
    assert list(FULL.document) == ORDER and len(ORDER) == len(RunConfig._fields)


@pytest.mark.parametrize("key", ORDER)
def test_an_empty_key_is_left_out_or_not_as_in_go(key: str) -> None:
    assert (key in RunConfig().document) is (key not in OMITTED)


def test_a_map_is_written_sorted_and_an_empty_list_is_not_null() -> None:
    config = RunConfig(labels={"b": "1", "a": "2", "B": "3"}, env=[], on_build=[])
    assert list(config.document["Labels"]) == ["B", "a", "b"]
    assert config.document["Env"] == [] and RunConfig().document["Env"] is None


def test_the_client_knows_fewer_keys_and_leaves_the_empty_ones_out() -> None:
    assert RunConfig(hostname="h", env=["A=b"], labels={}).oci == {"Env": ["A=b"]}
    assert "Hostname" not in FULL.oci and FULL.oci["StopSignal"] == "SIGTERM"


def test_a_step_leaves_out_what_is_empty() -> None:
    assert History().document == {"created": NEVER}
    assert list(History("2026-01-01T00:00:00Z", "a", "b", "c", True).document) == [
        "created", "author", "created_by", "comment", "empty_layer",
    ]  # fmt: skip


def test_the_top_of_a_document_is_sorted_and_leaves_out_what_is_empty() -> None:
    bare = json.loads(ImageDocument(()).encode())
    assert bare["rootfs"] == {"type": "layers"} and bare["created"] == NEVER
    assert list(bare) == ["architecture", "config", "created", "os", "rootfs"]
    full = ImageDocument(
        (DiffID.of(b""),),
        FULL,
        (History(),),
        NEVER,
        "arm64",
        "linux",
        "v8",
        "1",
        "me",
        "c",
        "id",
        FULL,
        VERSION,
    )
    keys = list(json.loads(full.encode()))
    assert keys == sorted(keys) and len(keys) == 13
    assert json.loads(ImageDocument((), architecture="").encode())["architecture"] == ""


FOREIGN = {
    "created": None, "author": None, "config": None, "history": None, "container_config": None, "os": "linux",
    "architecture": "riscv64", "os.features": ["x"], "moby.buildkit.buildinfo.v1": "e30=",
    "rootfs": {"type": "layers", "diff_ids": None, "extra": 1},
}  # fmt: skip


def test_a_foreign_document_may_hold_nulls_and_keys_nobody_knows() -> None:
    document = ImageDocument.parse(json.dumps(FOREIGN).encode())
    assert document == ImageDocument((), architecture="riscv64")


def test_a_foreign_config_may_hold_nulls_and_keys_nobody_knows() -> None:
    config = {"Env": None, "Cmd": ["x"], "Labels": None, "Memory": 5, "Tty": None, "StopTimeout": None}
    assert RunConfig.parse(config) == RunConfig(cmd=["x"])
    assert History.parse({"created": None, "comment": "c", "other": 1}) == History(comment="c")


def test_an_image_is_named_by_its_raw_bytes_and_they_are_never_written_anew() -> None:
    raw = json.dumps(FOREIGN, indent=3).encode() + b"\n"
    image = Image.parse(raw)
    assert image.raw == raw and image.id == ImageID.of(raw)
    assert Image.of(image.document).id != image.id
    engine = world()
    engine.store.images.put(image)
    assert engine.image(image.id).raw == engine.files.read(
        f"image/overlay2/imagedb/content/sha256/{image.id.hex}"
    ) == raw  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"{", DockerError),
        (b"[]", NoRootFS),
        (b"{}", NoRootFS),
        (b'{"rootfs":[]}', NoRootFS),
        (b'{"rootfs":{"diff_ids":["sha256:1"]}}', InvalidImage),
        (b'{"rootfs":{"diff_ids":5}}', InvalidImage),
        (b'{"rootfs":{},"created":"yesterday"}', DockerError),
        (b'{"rootfs":{},"os":7}', InvalidImage),
        (b'{"rootfs":{},"config":[1]}', InvalidImage),
        (b'{"rootfs":{},"config":{"Env":"A=b"}}', InvalidImage),
        (b'{"rootfs":{},"config":{"Env":[1]}}', InvalidImage),
        (b'{"rootfs":{},"config":{"Labels":{"a":1}}}', InvalidImage),
        (b'{"rootfs":{},"config":{"ExposedPorts":{"80":1}}}', InvalidImage),
        (b'{"rootfs":{},"config":{"Tty":"yes"}}', InvalidImage),
        (b'{"rootfs":{},"config":{"StopTimeout":true}}', InvalidImage),
        (b'{"rootfs":{},"history":[5]}', InvalidImage),
        (b'{"rootfs":{},"history":[{"empty_layer":"no"}]}', InvalidImage),
        (b'{"rootfs":{},"history":[{"created":"yesterday"}]}', DockerError),
    ],
)
def test_what_is_no_image_is_refused(raw: bytes, kind: type[DockerError]) -> None:
    with pytest.raises(kind):
        Image.parse(raw)


def test_a_child_continues_its_parent() -> None:
    parent = Image.of(
        ImageDocument((DiffID.of(b"1"),), history=(History(created_by="one"),), architecture="arm64")
    )
    step = RunConfig(cmd=["/bin/sh", "-c", "two"])
    made = child(
        parent, config=RunConfig(user="me"), container_config=step, created="2026-01-01T00:00:00Z",
        diff_id=DiffID.of(b"2"), author="a", comment="c",
    )  # fmt: skip
    assert made.document.diff_ids == (DiffID.of(b"1"), DiffID.of(b"2"))
    assert [one.created_by for one in made.history] == ["one", "/bin/sh -c two"]
    assert made.history[1] == History("2026-01-01T00:00:00Z", "a", "/bin/sh -c two", "c")
    assert (made.document.architecture, made.document.comment, made.config.user) == ("arm64", "", "me")


def test_a_first_child_of_nothing_is_an_image_for_this_system() -> None:
    made = child(None, config=RunConfig(), container_config=RunConfig(), created=NEVER, diff_id=None)
    assert made.history == (History(empty_layer=True),) and made.top is None and made.chain_ids == []
    assert (made.document.os, made.document.architecture) == ("linux", "amd64")


def test_another_image_is_this_one_with_changes() -> None:
    image = Image.of(ImageDocument(()))
    assert image.but(author="me").document.author == "me" and image.but().id == image.id
