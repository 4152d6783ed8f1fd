"""Containers: their record, their writable layer, and what becomes of both."""

import io
import tarfile

import pytest

from labimg.container import Run, flat
from labimg.containers import Container
from labimg.engine import Engine
from labimg.entry import directory, file
from labimg.errors import DockerError


@pytest.fixture
def engine() -> Engine:
    engine = Engine.memory("container")
    engine.pull("busybox")
    return engine


def run(engine: Engine, *command: str, name: str = "") -> tuple[Container, str, str]:
    """Run a command to its end; give the container and what it printed."""
    printed = {"stdout": b"", "stderr": b""}

    def out(stream: str, text: bytes) -> None:
        printed[stream] += text

    made = engine.create("busybox", Run(command=command, name=name))
    return engine.start(made.id, out=out), printed["stdout"].decode(), printed["stderr"].decode()


def sh(engine: Engine, script: str, name: str = "") -> Container:
    return run(engine, "sh", "-c", script, name=name)[0]


def test_a_command_runs_to_its_end_and_leaves_its_code_and_its_log(engine: Engine) -> None:
    container, stdout, stderr = run(engine, "sh", "-c", "echo out; echo err >&2; exit 3")
    assert (stdout, stderr, container.state.status, container.state.exit_code) == (
        "out\n",
        "err\n",
        "exited",
        3,
    )
    assert [(line["stream"], line["log"]) for line in engine.logs(container.id)] == [
        ("stdout", "out\n"),
        ("stderr", "err\n"),
    ]


@pytest.mark.parametrize("command", [("sleep", "1000"), ("tail", "-f", "/dev/null")])
def test_what_would_go_on_leaves_the_container_running(engine: Engine, command: tuple[str, ...]) -> None:
    container, _, _ = run(engine, *command)
    assert container.state.status == "running"
    assert engine.stop(container.id).state.exit_code == 137
    assert engine.stop(container.id).state.status == "exited"


def test_standard_input_that_nobody_closes_is_waited_for(engine: Engine) -> None:
    def state(name: str, stdin: bytes | None = None, *, opened: bool) -> str:
        engine.create("busybox", Run(command=("cat",), name=name, stdin=opened))
        return engine.start(name, out=lambda stream, text: None, stdin=stdin).state.status

    assert state("open", opened=True) == "running"
    assert state("closed", opened=False) == "exited"
    assert state("ended", b"said\n", opened=True) == "exited"
    assert [line["log"] for line in engine.logs("ended")] == ["said\n"]


def test_what_is_not_there_cannot_run(engine: Engine) -> None:
    for command, code in (("/nosuch", 127), ("/etc", 126), ("nosuch", 127)):
        made = engine.create("busybox", Run(command=(command,)))
        with pytest.raises(DockerError) as refused:
            engine.start(made.id, out=lambda stream, text: None)
        assert refused.value.exit_code == code
        assert engine.store.container(made.id).state.status == "created"


def test_two_containers_share_an_image_and_no_writes(engine: Engine) -> None:
    one = sh(engine, "echo mine > /etc/motd")
    two = sh(engine, "test -e /etc/motd")
    assert two.state.exit_code == 1
    assert "/etc/motd" in engine.view(one.id) and "/etc/motd" not in engine.view("busybox")


def test_diff_tells_what_changed(engine: Engine) -> None:
    container = sh(engine, "echo hi > /new; rm /etc/group; mkdir /d; ln -s /new /d/l")
    assert [str(change) for change in engine.diff(container.id)] == [
        "A /d", "A /d/l", "C /etc", "D /etc/group", "A /new",
    ]  # fmt: skip


def test_writes_to_what_the_engine_mounts_are_kept_nowhere(engine: Engine) -> None:
    container = sh(engine, "echo h > /etc/hosts; echo r > /etc/resolv.conf; echo x > /dev/shm/x")
    assert engine.store.containers.upper(container) == ()
    assert engine.diff(container.id) == []


def test_commit_makes_an_image_of_what_was_written(engine: Engine) -> None:
    container = sh(engine, "echo hi > /new")
    image_id = engine.commit(container.id, "com:1", author="me", message="why", changes=["ENV Z=1"])
    image = engine.image("com:1")
    row = engine.history("com:1")[0]
    assert (row.comment, row.created_by, row.size) == ("why", "sh -c echo hi > /new", 3)
    assert image.document.author == "me" and "Z=1" in (image.config.env or ())
    assert engine.store.images.parent(image_id) == engine.find("busybox")
    assert engine.view("com:1").read("/new") == b"hi\n"


def test_commit_of_nothing_adds_no_layer(engine: Engine) -> None:
    engine.commit(sh(engine, "true").id, "com:1")
    assert engine.image("com:1").chain_ids == engine.image("busybox").chain_ids
    assert engine.image("com:1").history[-1].empty_layer


def test_export_is_one_flat_tree_with_the_engines_own_files(engine: Engine) -> None:
    container = sh(engine, "rm /etc/group; echo hi > /new; ln /new /again")
    out = io.BytesIO()
    engine.export(container.id, out)
    out.seek(0)
    with tarfile.open(fileobj=out) as tar:
        names = tar.getnames()
        assert tar.getmember("new").islnk() and tar.getmember("new").linkname == "again"
    assert ".dockerenv" in names and "etc/group" not in names and not any(".wh." in name for name in names)


def test_exec_runs_in_the_same_writable_layer(engine: Engine) -> None:
    container, _, _ = run(engine, "sleep", "1000")
    engine.exec(container.id, ["sh", "-c", "echo hi > /new"], out=lambda stream, text: None)
    said: list[bytes] = []
    engine.exec(container.id, ["cat", "/new"], out=lambda stream, text: said.append(text))
    assert said == [b"hi\n"]
    engine.pause(container.id)
    with pytest.raises(DockerError, match="is paused, unpause the container before exec"):
        engine.exec(container.id, ["true"], out=lambda stream, text: None)


STATES = [
    ("kill", "created", r"Cannot kill container: c1: Container [0-9a-f]{64} is not running"),
    ("pause", "created", r"Container [0-9a-f]{64} is not running"),
    ("unpause", "running", r"Container [0-9a-f]{64} is not paused"),
    ("pause", "paused", r"Container [0-9a-f]{64} is already paused"),
    ("start", "paused", "cannot start a paused container, try unpause instead"),
    ("rm", "running", r"You cannot remove a running container [0-9a-f]{64}\. Stop the container"),
    ("rm", "paused", r"You cannot remove a paused container [0-9a-f]{64}\. Unpause and then stop"),
]


@pytest.mark.parametrize(("verb", "status", "sentence"), STATES)
def test_a_verb_that_does_not_fit_the_state_is_refused(
    engine: Engine, verb: str, status: str, sentence: str
) -> None:
    made = engine.create("busybox", Run(name="c1"))
    engine.store.containers.put(made.but(status=status))
    with pytest.raises(DockerError, match=sentence):
        getattr(engine, verb)("c1", **({"out": lambda stream, text: None} if verb == "start" else {}))


def test_names_are_found_before_beginnings_of_ids(engine: Engine) -> None:
    one = engine.create("busybox", Run(name="one"))
    two = engine.create("busybox", Run(name=one.id[:4]))
    assert engine.store.container(one.id[:4]).id == two.id
    assert engine.store.container(one.id[:12]).id == one.id
    with pytest.raises(DockerError, match="No such container: nobody"):
        engine.store.container("nobody")


@pytest.mark.parametrize("name", ["bad name", "a", "-x", "ünï"])
def test_bad_names_are_refused(engine: Engine, name: str) -> None:
    with pytest.raises(DockerError, match="Invalid container name"):
        engine.create("busybox", Run(name=name))


def test_a_name_is_given_once(engine: Engine) -> None:
    first = engine.create("busybox", Run(name="c1"))
    with pytest.raises(
        DockerError, match=f'The container name "/c1" is already in use by container "{first.id}"'
    ):
        engine.create("busybox", Run(name="c1"))
    engine.rename("c1", "c2")
    engine.create("busybox", Run(name="c1"))


def test_asked_settings_go_before_the_images(engine: Engine) -> None:
    made = engine.create(
        "busybox", Run(env=("A=1", "PATH=/x"), user="9", working_dir="/w", labels={"k": "v"})
    )
    assert list(made.config.env or ()) == ["A=1", "PATH=/x"]
    assert (made.config.user, made.config.working_dir, made.config.labels) == ("9", "/w", {"k": "v"})
    assert made.path == "sh"


def test_prune_takes_all_that_do_not_run(engine: Engine) -> None:
    gone = sh(engine, "echo 12345 > /new")
    stays, _, _ = run(engine, "sleep", "1000")
    pruned = engine.container_prune()
    assert pruned.ids == (gone.id,) and pruned.reclaimed == 6
    assert [row.container.id for row in engine.ps(all=True)] == [stays.id]


def test_files_go_in_and_out_of_a_container_that_does_not_run(engine: Engine) -> None:
    made = engine.create("busybox", Run(name="c1"))
    engine.copy_in("c1", "/tmp", [directory("/d", uid=5), file("/d/f", b"1", uid=5)])
    assert [(entry.path, entry.uid) for entry in engine.copy_out("c1", "/tmp/d")] == [("/d", 0), ("/d/f", 0)]
    assert engine.view(made.id).read("/tmp/d/f") == b"1"
    with pytest.raises(DockerError, match="Could not find the file /no in container c1"):
        engine.copy_out("c1", "/no")
    for folder, entry, told in (
        ("/etc/passwd", file("/f"), "extraction point is not a directory"),
        ("/etc", directory("/passwd"), "cannot copy directory"),
    ):
        with pytest.raises(DockerError, match=f"^{told}$"):
            engine.copy_in("c1", folder, [entry])


def test_names_of_one_file_are_told_as_links_to_the_first() -> None:
    one = file("/a", b"x")
    both = {"/a": one, "/b": one._replace(path="/b", kind="link", target="/a")}
    assert [(entry.path, entry.kind, entry.target) for entry in flat(both)] == [
        ("/a", "file", ""),
        ("/b", "link", "/a"),
    ]
