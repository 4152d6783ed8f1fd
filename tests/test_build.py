"""build: what each instruction makes, what the cache knows again, and how it refuses."""

import io

import pytest
from worlds import ROOT, build, tar, world

from labimg.build import BuildOptions, Context, events
from labimg.build.context import tar_size
from labimg.digest import DiffID, ImageID
from labimg.engine import Engine
from labimg.entry import Entry, directory, file, symlink
from labimg.errors import DockerError
from labimg.layer import apply


@pytest.fixture
def engine() -> Engine:
    """An engine with `base:1`, in which the teaching shell finds its programs."""
    engine = Engine.memory("build")
    engine.pull("busybox")
    engine.tag("busybox", "base:1")
    return engine


def told(engine: Engine) -> list[object]:
    said: list[object] = []
    engine.report = said.append
    return said


def layer(engine: Engine, name: str, index: int = -1) -> dict[str, Entry]:
    """What one layer of an image holds."""
    return {entry.path: entry for entry in engine.view(name).layers[index].entries}


def history(engine: Engine, name: str) -> list[str]:
    """The texts of the steps upon `base:1`."""
    steps = [row.created_by for row in reversed(engine.history(name))]
    return steps[len(engine.history("base:1")) :]


METADATA = [
    ("ENV A=1 B='2 3'", "/bin/sh -c #(nop)  ENV A=1 B=2 3"),
    ("LABEL a=b", "/bin/sh -c #(nop)  LABEL a=b"),
    ('CMD ["a", "b"]', '/bin/sh -c #(nop)  CMD ["a" "b"]'),
    ("CMD a b", '/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "a b"]'),
    ('ENTRYPOINT ["x"]', '/bin/sh -c #(nop)  ENTRYPOINT ["x"]'),
    ("EXPOSE 80 443/tcp 53/udp", "/bin/sh -c #(nop)  EXPOSE 443/tcp 53/udp 80"),
    ("VOLUME /v1 /v2", "/bin/sh -c #(nop)  VOLUME [/v1 /v2]"),
    ("USER 1:2", "/bin/sh -c #(nop)  USER 1:2"),
    ("STOPSIGNAL SIGTERM", "/bin/sh -c #(nop)  STOPSIGNAL SIGTERM"),
    ("ARG A=1", "/bin/sh -c #(nop)  ARG A=1"),
    ("ONBUILD RUN x", "/bin/sh -c #(nop)  ONBUILD RUN x"),
    ('SHELL ["/bin/sh", "-ec"]', "/bin/sh -ec #(nop)  SHELL [/bin/sh -ec]"),
    ("MAINTAINER me", "/bin/sh -c #(nop)  MAINTAINER me"),
    (
        "HEALTHCHECK --interval=5s --timeout=3s --retries=2 CMD true",
        '/bin/sh -c #(nop)  HEALTHCHECK &{["CMD-SHELL" "true"] "5s" "3s" "0s" \'\\x02\'}',
    ),
    ("WORKDIR /bin", "/bin/sh -c #(nop) WORKDIR /bin"),
]


@pytest.mark.parametrize(("instruction", "text"), METADATA, ids=[case[0][:12] for case in METADATA])
def test_a_setting_makes_history_and_no_layer(engine: Engine, instruction: str, text: str) -> None:
    floors = len(engine.view("base:1").layers)
    build(engine, f"FROM base:1\n{instruction}\n", "t:1")
    assert history(engine, "t:1") == [text]
    assert len(engine.view("t:1").layers) == floors
    assert engine.history("t:1")[0].size == 0


def test_a_new_entrypoint_takes_the_inherited_command_away(engine: Engine) -> None:
    build(engine, 'FROM base:1\nENTRYPOINT ["x"]\n', "t:1")
    assert engine.image("t:1").config.cmd is None
    build(engine, 'FROM base:1\nCMD ["y"]\nENTRYPOINT ["x"]\n', "t:1")
    assert engine.image("t:1").config.cmd == ["y"]


def test_run_makes_a_layer_of_what_changed(engine: Engine) -> None:
    build(engine, "FROM base:1\nRUN echo hi > /hi && rm /etc/group\n", "t:1")
    assert sorted(layer(engine, "t:1")) == ["/etc", "/etc/.wh.group", "/hi"]
    assert engine.view("t:1").read("/hi") == b"hi\n"
    assert history(engine, "t:1") == ["/bin/sh -c echo hi > /hi && rm /etc/group"]


def test_run_that_changes_nothing_makes_no_layer(engine: Engine) -> None:
    build(engine, "FROM base:1\nRUN true\n", "t:1")
    assert len(engine.view("t:1").layers) == len(engine.view("base:1").layers)


def test_run_that_fails_ends_the_build_with_its_code_and_leaves_its_container(engine: Engine) -> None:
    with pytest.raises(DockerError) as refused:
        build(engine, "FROM base:1\nRUN exit 7\n")
    assert str(refused.value) == "The command '/bin/sh -c exit 7' returned a non-zero code: 7"
    assert refused.value.exit_code == 7
    assert [row.container.state.exit_code for row in engine.ps(all=True)] == [7]


def test_from_scratch_has_no_shell(engine: Engine) -> None:
    with pytest.raises(DockerError, match=r'exec: "/bin/sh": stat /bin/sh: no such file or directory'):
        build(engine, "FROM scratch\nCOPY a /a\nRUN echo\n", files={"a": ""})


def test_from_scratch_alone_makes_no_image(engine: Engine) -> None:
    with pytest.raises(DockerError, match=r"No image was generated\. Is your Dockerfile empty"):
        build(engine, "FROM scratch\n")


CONTEXT = {"a": "a\n", "b": "b\n", "d/x": "x\n", "d/sub/y": "y\n"}


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("COPY a /n1/n2/a", "/n1 /n1/n2 /n1/n2/a"),
        ("COPY a /tmp", "/tmp /tmp/a"),
        ("COPY a new/", "/new /new/a"),
        ("COPY d /dd", "/dd /dd/sub /dd/sub/y /dd/x"),
        ("COPY d/* /w/", "/w /w/x /w/y"),
        ("COPY a b /w/", "/w /w/a /w/b"),
        ("COPY --parents d/sub/y /w/", "/w /w/d /w/d/sub /w/d/sub/y"),
        ("COPY --exclude=sub d /dd", "/dd /dd/x"),
        ("COPY <<EOF /etc/motd\nhello\nEOF", "/etc /etc/motd"),
    ],
)
def test_copy_places_what_docker_places(engine: Engine, line: str, paths: str) -> None:
    build(engine, f"FROM base:1\n{line}\n", "t:1", CONTEXT)
    assert " ".join(entry.path for entry in engine.view("t:1").layers[-1].entries) == paths


def test_copy_sets_owner_and_mode(engine: Engine) -> None:
    build(engine, "FROM base:1\nCOPY --chown=1:2 --chmod=750 a /own\n", "t:1", CONTEXT)
    entry = layer(engine, "t:1")["/own"]
    assert (entry.uid, entry.gid, entry.mode) == (1, 2, 0o750)


@pytest.mark.parametrize(
    ("owner", "ids"),
    [
        ("5", (5, 5)),
        ("5:6", (5, 6)),
        ("me", (7, 9)),
        ("me:0", (7, 0)),
        ("0:them", (0, 8)),
        ("me:them", (7, 8)),
    ],
)
def test_copy_finds_an_owner_in_the_image_and_his_group_by_his_name(
    engine: Engine, owner: str, ids: tuple[int, int]
) -> None:
    users = "echo me:x:7:8::/:/bin/sh >> /etc/passwd; printf 'them:x:8:\\nme:x:9:\\n' >> /etc/group"
    build(engine, f"FROM base:1\nRUN {users}\nCOPY --chown={owner} a /own\n", "t:1", CONTEXT)
    entry = layer(engine, "t:1")["/own"]
    assert (entry.uid, entry.gid) == ids


def test_a_workdir_goes_up_and_a_health_check_can_be_none(engine: Engine) -> None:
    build(engine, "FROM base:1\nWORKDIR /a/../b/./c\nWORKDIR ../d\nHEALTHCHECK NONE\n", "t:1")
    config = engine.image("t:1").config
    assert config.working_dir == "/b/d" and config.healthcheck == {"Test": ["NONE"]}


def test_copy_follows_a_symlink_and_keeps_those_in_a_directory(engine: Engine) -> None:
    dockerfile = file("/Dockerfile", b"FROM base:1\nCOPY d/l /one\nCOPY d /all\n")
    tree = apply({}, [directory("/d"), file("/d/x", b"x"), symlink("/d/l", "x"), dockerfile])
    engine.build(Context.of(tree), options=BuildOptions(tags=["t:1"]))
    view = engine.view("t:1")
    assert view["/one"].kind == "file" and view["/all/l"].kind == "symlink"


def test_add_unpacks_a_tar_and_copy_does_not(engine: Engine) -> None:
    packed = tar(directory("/in"), file("/in/f", b"1")).getvalue()
    dockerfile = "FROM base:1\nADD t.tar /x\nCOPY t.tar /y\n"
    context = Context.from_texts({"Dockerfile": dockerfile, "t.tar": packed})
    engine.build(context, options=BuildOptions(tags=["t:1"]))
    assert engine.view("t:1").read("/x/in/f") == b"1" and engine.view("t:1")["/y"].is_file


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "COPY nosuch /x",
            "COPY failed: file not found in build context or excluded by .dockerignore: "
            "stat nosuch: file does not exist",
        ),
        ("COPY ../x /x", "COPY failed: forbidden path outside the build context: ../x ()"),
        (
            "COPY a b /x",
            "When using COPY with more than one source file, "
            "the destination must be a directory and end with a /",
        ),
        ("COPY *.zzz /x/", "COPY failed: no source files were specified"),
        ("COPY [a /x/", "COPY failed: no source files were specified"),
        ("COPY http://host/a /x/", "COPY failed: source can't be a URL for COPY"),
        (
            "ENV SITE=https://host\nADD $SITE/a.tgz a /x/",
            'ADD failed: Get "https://host/a.tgz": no network is within reach here',
        ),
        (
            "COPY --chown=nosuch a /x",
            "unable to convert uid/gid chown string to host mapping: "
            "can't find uid for user nosuch: no such user: nosuch",
        ),
        (
            "COPY --chown=root:nosuch a /x",
            "unable to convert uid/gid chown string to host mapping: "
            "can't find gid for group nosuch: no such group: nosuch",
        ),
        ("FROM base:1 AS one\nFROM base:1 AS one", "one stage name already used"),
        ("FROM $NOBODY", "base name ($NOBODY) should not be blank"),
        ("COPY --from=5 a /x", "invalid from flag value 5: index out of bounds"),
        ("COPY --from=base:1 /nope /x", "COPY failed: stat nope: file does not exist"),
        ("WORKDIR $NOWHERE", "cannot normalize nothing"),
        ("WORKDIR /etc/passwd", "Cannot mkdir: /etc/passwd is not a directory"),
        ("EXPOSE abc", "Invalid containerPort: abc"),
        ("STOPSIGNAL FOO", "Invalid signal: FOO"),
        ("FOO bar", "dockerfile parse error line 2: unknown instruction: FOO"),
    ],
)  # fmt: skip
def test_refusals_are_dockers(engine: Engine, line: str, sentence: str) -> None:
    with pytest.raises(DockerError) as refused:
        build(engine, f"FROM base:1\n{line}\n", "", CONTEXT)
    assert str(refused.value) == sentence


def test_dockerignore_hides_files_from_copy(engine: Engine) -> None:
    files = CONTEXT | {".dockerignore": "d\n!d/sub\nDockerfile\n"}
    build(engine, "FROM base:1\nCOPY . /ctx/\n", "t:1", files)
    assert [path for path in layer(engine, "t:1") if path.startswith("/ctx/")] == [
        "/ctx/.dockerignore", "/ctx/a", "/ctx/b", "/ctx/d", "/ctx/d/sub", "/ctx/d/sub/y",
    ]  # fmt: skip


STEPS = "FROM base:1\nENV A=1\nCOPY a /a\nRUN echo > /r\nCOPY b /b\n"


def cached(engine: Engine, dockerfile: str, files: dict[str, str], **how: object) -> list[bool]:
    """Which of the steps after FROM came from the cache."""
    said = told(engine)
    build(engine, dockerfile, "t:1", files, **how)
    asked = [event for event in said if isinstance(event, events.Cached | events.Missed)]
    return [isinstance(event, events.Cached) for event in asked]


def test_a_second_build_is_all_from_the_cache_and_makes_the_same_image(engine: Engine) -> None:
    first = build(engine, STEPS, "t:1", CONTEXT)
    assert cached(engine, STEPS, CONTEXT) == [True] * 4
    assert engine.find("t:1") == first


def test_a_changed_file_misses_from_its_copy_on(engine: Engine) -> None:
    build(engine, STEPS, "t:1", CONTEXT)
    assert cached(engine, STEPS, CONTEXT | {"a": "other\n"}) == [True, False, False, False]
    assert cached(engine, STEPS, CONTEXT | {"b": "other\n"}) == [True, True, True, False]


def test_the_reason_of_a_miss_is_told(engine: Engine) -> None:
    build(engine, STEPS, "t:1", CONTEXT)
    said = told(engine)
    build(engine, STEPS, "t:1", CONTEXT | {"a": "other\n"})
    assert [event.reason for event in said if isinstance(event, events.Missed)] == [
        "a file that is copied has changed", "the step before was done anew", "the step before was done anew",
    ]  # fmt: skip


def test_no_cache_does_all_anew(engine: Engine) -> None:
    build(engine, STEPS, "t:1", CONTEXT)
    assert cached(engine, STEPS, CONTEXT, no_cache=True) == [False] * 4


def elsewhere(engine: Engine, *names: str) -> Engine:
    """Another engine with nothing but these images."""
    out = io.BytesIO()
    engine.save([*names, "base:1"], out)
    out.seek(0)
    other = Engine.memory("other")
    other.load(out)
    return other


def test_a_loaded_image_warms_no_cache(engine: Engine) -> None:
    build(engine, STEPS, "t:1", CONTEXT)
    assert cached(elsewhere(engine, "t:1"), STEPS, CONTEXT)[0] is False


def test_a_loaded_image_warms_the_cache_if_it_is_named(engine: Engine) -> None:
    built = build(engine, STEPS, "t:1", CONTEXT)
    other = elsewhere(engine, "t:1")
    assert cached(other, STEPS, CONTEXT, cache_from=["nosuch", "UPPER", "t:1"]) == [True] * 4
    assert other.find("t:1") == built
    between, *_, base = ancestors(other, "t:1")
    assert len(ancestors(other, "t:1")) == 4 and base == engine.find("base:1")
    diff_ids = engine.image("t:1").document.diff_ids
    assert other.image(between.hex).document.diff_ids == diff_ids[:-1]
    assert other.system_check() == []


def ancestors(engine: Engine, name: str) -> list[ImageID]:
    """The images that one was built upon, nearest first."""
    found = [engine.find(name)]
    while parent := engine.store.images.parent(found[-1]):
        found.append(parent)
    return found[1:]


def test_of_a_named_image_only_the_steps_before_a_change_are_known(engine: Engine) -> None:
    build(engine, STEPS, "t:1", CONTEXT)
    other = elsewhere(engine, "t:1")
    changed = STEPS.replace("echo >", "echo 2 >")
    assert cached(other, changed, CONTEXT, cache_from=["t:1"]) == [True, True, False, False]
    assert cached(other, STEPS, CONTEXT | {"b": "other\n"}, cache_from=["t:1"])[-1] is False


def test_a_named_image_that_was_built_here_is_known_by_its_parents(engine: Engine) -> None:
    build(engine, STEPS, "t:1", CONTEXT)
    before = set(engine.store.images.all())
    assert cached(engine, STEPS, CONTEXT, cache_from=["t:1"]) == [True] * 4
    assert set(engine.store.images.all()) == before


def test_what_is_said_to_stand_on_something_else_is_not_known(engine: Engine) -> None:
    build(engine, "FROM base:1\nENV A=1\n", "t:1")
    image = engine.image("t:1")
    first, *later = image.history
    lies = [
        image.but(history=(first._replace(comment="another"), *later)),
        image.but(diff_ids=(DiffID.of(b"another"), *image.document.diff_ids[1:])),
    ]
    for lie in lies:
        engine.tag(engine.store.images.put(lie), "lie:1")
        assert cached(engine, "FROM base:1\nENV A=1\n", {}, cache_from=["lie:1"]) == [False]


def test_of_two_named_images_the_first_that_fits_is_followed(engine: Engine) -> None:
    for letter in "ab":
        build(engine, f"FROM base:1\nENV A=1\nENV B={letter}\n", f"{letter}:1")
    other = elsewhere(engine, "a:1", "b:1")
    wanted = "FROM base:1\nENV A=1\nENV B=b\n"
    assert cached(other, wanted, {}, cache_from=["a:1", "b:1"]) == [True, False]
    assert cached(other, wanted, {}, cache_from=["b:1", "a:1"]) == [True, True]


def test_what_no_named_image_stands_on_is_not_known(engine: Engine) -> None:
    build(engine, STEPS, "t:1", CONTEXT)
    build(engine, "FROM base:1\nENV A=2\n", "other:1")
    assert cached(engine, STEPS, CONTEXT, cache_from=["other:1"]) == [False] * 4
    assert cached(engine, STEPS, CONTEXT, cache_from=["nosuch"]) == [False] * 4
    assert cached(engine, STEPS, CONTEXT, cache_from=["t:1"], no_cache=True) == [False] * 4
    assert cached(engine, STEPS, CONTEXT, cache_from=["other:1", "t:1"]) == [True] * 4


def test_a_build_argument_counts_from_the_first_run_on(engine: Engine) -> None:
    text = "FROM base:1\nARG A=1\nENV X=y\nRUN echo $A > /a\n"
    build(engine, text, "t:1")
    assert cached(engine, text, {}, build_args={"A": "2"}) == [True, True, False]
    assert engine.view("t:1").read("/a") == b"2\n"
    assert history(engine, "t:1")[-1] == "|1 A=2 /bin/sh -c echo $A > /a"


def test_an_argument_before_from_serves_from_alone(engine: Engine) -> None:
    build(engine, "ARG TAG=1\nFROM base:${TAG}\nRUN echo [$TAG] > /a\n", "t:1")
    assert engine.view("t:1").read("/a") == b"[]\n"


def test_unused_arguments_are_told(engine: Engine) -> None:
    said = told(engine)
    build(engine, "FROM base:1\nLABEL a=b\n", build_args={"NOBODY": "1"})
    assert events.Unused(("NOBODY",)) in said


def test_an_instruction_that_goes_on_over_an_empty_line_is_warned_of_once(engine: Engine) -> None:
    said = told(engine)
    build(engine, "FROM base:1\nLABEL a=1 \\\n\n b=2 \\\n# and\n\n c=3\nLABEL d=4 \\\n# and\n e=5\n")
    assert said[0] == events.Gaps(("LABEL a=1  b=2  c=3",))


def test_stages_copy_from_each_other_and_only_the_last_is_tagged(engine: Engine) -> None:
    stages = "FROM base:1 AS one\nRUN echo made > /made\nFROM base:1\n"
    build(engine, stages + "COPY --from=one /made /got\nCOPY --from=0 /made /too\n", "t:1")
    view = engine.view("t:1")
    assert view.read("/got") == view.read("/too") == b"made\n" and "/made" not in view


def test_target_ends_at_a_stage(engine: Engine) -> None:
    build(engine, "FROM base:1 AS one\nLABEL a=1\nFROM base:1\nLABEL a=2\n", "t:1", target="one")
    assert engine.image("t:1").config.labels == {"a": "1"}


def test_onbuild_runs_in_the_next_build_and_is_then_gone(engine: Engine) -> None:
    build(engine, "FROM base:1\nONBUILD COPY a /onb\nONBUILD RUN echo t > /t\n", "parent:1", CONTEXT)
    assert engine.image("parent:1").config.on_build == ["COPY a /onb", "RUN echo t > /t"]
    said = told(engine)
    build(engine, "FROM parent:1\n", "t:1", CONTEXT)
    assert events.Triggers(2) in said
    assert {"/onb", "/t"} <= set(engine.view("t:1")) and engine.image("t:1").config.on_build is None


def test_every_step_leaves_an_intermediate_image_that_knows_its_parent(engine: Engine) -> None:
    build(engine, STEPS, "t:1", CONTEXT)
    rows = engine.history("t:1")
    assert [row.id.startswith("sha256:") for row in rows[:5]] == [True] * 5
    assert len(engine.images(all=True)) - len(engine.images()) == 3


def test_equal_worlds_build_equal_bytes() -> None:
    def one() -> list[tuple[str, bytes]]:
        engine = Engine.memory("same")
        engine.import_(tar(*ROOT), "base:1")
        build(engine, "FROM base:1\nCOPY a /a\nENV A=1\n", "t:1", CONTEXT)
        return [(path, engine.files.read(path)) for path in engine.files.paths()]

    assert one() == one()


def test_size_of_the_context_is_that_of_its_tar() -> None:
    assert tar_size(apply({}, [file("/Dockerfile", b"x")])) == 2048
    assert Context.from_texts({"Dockerfile": "x", "a/b": "y" * 513}).size == 512 * (2 + 1 + 3 + 2)


def test_no_world_is_needed_but_a_base() -> None:
    build(world(), "FROM base:1\nCOPY a /a\n", "t:1", CONTEXT)


MOUNTS = [
    ("--mount=type=bind,source=a,target=/in/a", "cp /in/a /got", {"/got": b"a\n"}),
    ("--mount=type=bind,target=/ctx", "cp /ctx/d/x /got", {"/got": b"x\n"}),
    ("--mount=type=tmpfs,target=/scratch", "echo > /scratch/x; ls /scratch > /got", {"/got": b"x\n"}),
    ("--mount=type=secret,id=key", "cat /run/secrets/key > /got", {"/got": b"hush"}),
    (
        "--mount=type=cache,target=/var/cache/it",
        "echo 1 >> /var/cache/it/n; cp /var/cache/it/n /got",
        {"/got": b"1\n"},
    ),
]


@pytest.mark.parametrize(("flag", "command", "kept"), MOUNTS, ids=[case[0][8:20] for case in MOUNTS])
def test_a_mount_is_seen_by_its_step_and_kept_by_no_layer(
    engine: Engine, flag: str, command: str, kept: dict[str, bytes]
) -> None:
    build(engine, f"FROM base:1\nRUN {flag} {command}\n", "t:1", CONTEXT, secrets={"key": b"hush"})
    assert {path: entry.read() for path, entry in layer(engine, "t:1").items()} == kept


def test_a_cache_lasts_from_build_to_build(engine: Engine) -> None:
    text = "FROM base:1\nRUN --mount=type=cache,target=/c echo 1 >> /c/n; cp /c/n /got\n"
    build(engine, text, "t:1")
    build(engine, text, "t:1", no_cache=True)
    assert engine.view("t:1").read("/got") == b"1\n1\n"


@pytest.mark.parametrize(
    ("flag", "sentence"),
    [
        ("--mount=type=odd,target=/x", "invalid mount"),
        ("--mount=type=secret,id=no,required", "secret no: not found"),
    ],
)
def test_a_mount_that_cannot_be_is_refused(engine: Engine, flag: str, sentence: str) -> None:
    with pytest.raises(DockerError, match=sentence):
        build(engine, f"FROM base:1\nRUN {flag} true\n")


def test_squash_makes_one_layer_of_all_and_forgets_what_came_and_went(engine: Engine) -> None:
    text = "FROM base:1\nRUN echo 1 > /one && rm /etc/group\nRUN rm /one; echo 2 > /two\nENV A=1\n"
    build(engine, text, "t:1", squash=True)
    assert sorted(layer(engine, "t:1")) == ["/etc", "/etc/.wh.group", "/two"]
    rows = engine.history("t:1")
    assert rows[0].comment.startswith("merge sha256:") and [row.size for row in rows[1:4]] == [0, 0, 0]
    assert engine.image("t:1").config.env == [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "A=1",
    ]
