"""Docker's refusals, to the byte.

Facts: live sessions with dockerd 20.10.24 and docker 28.2.2, and the sources of both.
"""

import inspect
from importlib import import_module
from pkgutil import iter_modules
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg import errors
from labimg.errors import DockerError, kinds
from labimg.errors.quote import quote

ZERO = "0" * 64
KINDS = {
    "NotFound",
    "InvalidParameter",
    "Conflict",
    "Forbidden",
    "Unauthorized",
    "Unavailable",
    "SystemFailure",
}

ROOMS = [import_module(f"labimg.errors.{room.name}") for room in iter_modules(errors.__path__)]
LEAVES = sorted(
    {
        thing
        for room in ROOMS
        for thing in vars(room).values()
        if inspect.isclass(thing) and issubclass(thing, DockerError)
    },
    key=lambda leaf: leaf.__name__,
)
LEAVES = [leaf for leaf in LEAVES if leaf.__name__ not in kinds.__all__]
each_leaf = pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)

LOWER = errors.UpperCase()
SENTENCES: list[tuple[DockerError, str, str]] = [
    (errors.NoSuchImage("nosuch:latest"), "daemon", "No such image: nosuch:latest"),
    (errors.NoSuchReference(), "daemon", "reference does not exist"),
    (
        errors.NotInspected("NOSUCH", LOWER),
        "daemon",
        "no such image: NOSUCH: invalid reference format: repository name must be lowercase",
    ),
    (errors.NoSuchObject("nosuch"), "client", "Error: No such object: nosuch"),
    (
        errors.NotARepository("BASE", errors.UpperCasePath("library/BASE")),
        "client",
        'Error parsing reference: "BASE" is not a valid repository/tag: '
        "invalid reference format: repository name (library/BASE) must be lowercase",
    ),
    (
        errors.NamedByContainer("a:1", "b5fa5f9ea22e", "f2651ad134ab"),
        "daemon",
        'conflict: unable to remove repository reference "a:1" (must force) - '
        "container b5fa5f9ea22e is using its referenced image f2651ad134ab",
    ),
    (
        errors.HasChildren("dbe180c68ff9"),
        "daemon",
        "conflict: unable to delete dbe180c68ff9 (cannot be forced) - image has dependent child images",
    ),
    (
        errors.UsedByRunning("bbc9b47a6b30", "76e2b45ebe61"),
        "daemon",
        "conflict: unable to delete bbc9b47a6b30 (cannot be forced) - "
        "image is being used by running container 76e2b45ebe61",
    ),
    (
        errors.ManyNames("84ae69e25964"),
        "daemon",
        "conflict: unable to delete 84ae69e25964 (must be forced) - "
        "image is referenced in multiple repositories",
    ),
    (
        errors.UsedByStopped("f2651ad134ab", "b5fa5f9ea22e"),
        "daemon",
        "conflict: unable to delete f2651ad134ab (must be forced) - "
        "image is being used by stopped container b5fa5f9ea22e",
    ),
    (errors.InvalidFilter("foo"), "daemon", "Invalid filter 'foo'"),
    (errors.InvalidFilterValue("dangling", "1"), "daemon", "Invalid filter 'dangling=[1]'"),
    (errors.BadPattern(), "daemon", "syntax error in pattern"),
    (errors.BadTime("xx"), "daemon", 'failed to parse value as time or duration: "xx"'),
    (errors.ManyTimes(), "daemon", "more than one until filter specified"),
    (errors.TooDeep(), "daemon", "max depth exceeded"),
    (
        errors.InvalidTar("unexpected EOF"),
        "daemon",
        "Error processing tar file(exit status 1): unexpected EOF",
    ),
    (errors.ChangedFile("p"), "daemon", 'file integrity checksum failed for "p"'),
    (errors.EmptyExport(), "daemon", "empty export - not implemented"),
    (errors.OntoTerminal(), "client", "cowardly refusing to save to a terminal. Use the -o flag or redirect"),
    (
        errors.NoOutputFolder("/nonexist"),
        "client",
        "failed to save image: invalid output path: stat /nonexist: no such file or directory",
    ),
    (errors.OutputIsFolder(), "client", "failed to save image: cannot write to a directory"),
    (errors.NotOpened("nosuch.tar"), "client", "open nosuch.tar: no such file or directory"),
    (errors.LayerCount(3, 4), "stream", "invalid manifest, layers length mismatch: expected 3, got 4"),
    (
        errors.WrongLayer(0, f"sha256:{ZERO}", "sha256:1"),
        "stream",
        f'invalid diffID for layer 0: expected "sha256:{ZERO}", got "sha256:1"',
    ),
    (
        errors.WrongJSON("object", "[]tarexport.manifestItem"),
        "daemon",
        "json: cannot unmarshal object into Go value of type []tarexport.manifestItem",
    ),
    (errors.ForeignSystem("windows"), "stream", "cannot load windows image on linux"),
    (errors.InvalidTag(f"x@sha256:{ZERO}"), "stream", f'invalid tag "x@sha256:{ZERO}"'),
    (errors.NoChange("run"), "daemon", "run is not a valid change command"),
    (errors.NoSuchContainer("nosuch"), "daemon", "No such container: nosuch"),
    (
        errors.NameTaken("c1", "1f6e"),
        "daemon",
        'Conflict. The container name "/c1" is already in use by container "1f6e". '
        "You have to remove (or rename) that container to be able to reuse that name.",
    ),
    (
        errors.BadContainerName("bad name"),
        "daemon",
        "Invalid container name (bad name), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
    ),
    (
        errors.NotKilled("bg", errors.NotRunning("04f1")),
        "daemon",
        "Cannot kill container: bg: Container 04f1 is not running",
    ),
    (
        errors.StillRunning("04f1"),
        "daemon",
        "You cannot remove a running container 04f1. "
        "Stop the container before attempting removal or force remove",
    ),
    (
        errors.ExecNotFound("/nosuch"),
        "daemon",
        "failed to create shim task: OCI runtime create failed: runc create failed: "
        'unable to start container process: exec: "/nosuch": '
        "stat /nosuch: no such file or directory: unknown",
    ),
    (
        errors.ExecNotFound("nosuch"),
        "daemon",
        "failed to create shim task: OCI runtime create failed: runc create failed: "
        'unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown',
    ),
    (
        errors.ExecDenied("/etc"),
        "daemon",
        "failed to create shim task: OCI runtime create failed: runc create failed: "
        'unable to start container process: exec: "/etc": permission denied: unknown',
    ),
    (
        errors.NotInContext("nosuch"),
        "stream",
        "COPY failed: file not found in build context or excluded by .dockerignore: "
        "stat nosuch: file does not exist",
    ),
    (
        errors.OutsideContext("../x"),
        "stream",
        "COPY failed: forbidden path outside the build context: ../x ()",
    ),
    (errors.BadStage("5"), "stream", "invalid from flag value 5: index out of bounds"),
    (
        errors.UnknownOwner("nouser"),
        "stream",
        "unable to convert uid/gid chown string to host mapping: "
        "can't find uid for user nouser: no such user: nouser",
    ),
    (
        errors.NeedsBuildKit("chmod"),
        "stream",
        "the --chmod option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ "
        "to learn how to build images with BuildKit enabled",
    ),
    (
        errors.CommandFailed("/bin/sh -c exit 7", 7),
        "stream",
        "The command '/bin/sh -c exit 7' returned a non-zero code: 7",
    ),
    (errors.BadContext(errors.BadPattern()), "client", "error checking context: syntax error in pattern"),
    (errors.NoContext("nodir"), "client", 'unable to prepare context: path "nodir" not found'),
    (errors.NoTarget("nope"), "daemon", "failed to reach build target nope in Dockerfile"),
    (
        errors.ManifestUnknown("127.0.0.1:5057/nope:1"),
        "daemon",
        "manifest for 127.0.0.1:5057/nope:1 not found: manifest unknown: manifest unknown",
    ),
    (
        errors.PullDenied("x"),
        "daemon",
        "pull access denied for x, repository does not exist or may require 'docker login': "
        "denied: requested access to the resource is denied",
    ),
    (
        errors.Unreachable("http://127.0.0.1:1/v2/", "dial tcp 127.0.0.1:1: connect: connection refused"),
        "daemon",
        'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
    ),
    (errors.UnexpectedStatus(404), "daemon", "Unexpected status code 404"),
    (errors.NoSuchTag("r/app:nope"), "stream", "tag does not exist: r/app:nope"),
    (errors.NoLocalImage("r/nope"), "stream", "An image does not exist locally with the tag: r/nope"),
]


@pytest.mark.parametrize(
    ("error", "side", "sentence"), SENTENCES, ids=[type(e).__name__ for e, *_ in SENTENCES]
)
def test_a_refusal_is_dockers_sentence(error: DockerError, side: str, sentence: str) -> None:
    assert (str(error), error.side) == (sentence, side)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.NoSuchImage("x"), 1),
        (errors.ExecNotFound("x"), 127),
        (errors.ExecDenied("x"), 126),
        (errors.CommandFailed("x", 7), 7),
    ],
)
def test_a_refusal_knows_the_exit_code(error: DockerError, code: int) -> None:
    assert error.exit_code == code


@each_leaf
def test_every_leaf_can_be_said_with_plain_data(leaf: type[DockerError]) -> None:
    hints = get_type_hints(leaf)
    data = {name: LOWER if issubclass(hints[name], DockerError) else hints[name]() for name in leaf.blanks}
    error = leaf(**data)
    assert all(getattr(error, name) == value for name, value in data.items())
    if leaf is not errors.InvalidJSON and leaf is not errors.ExecFailed:
        assert str(error).strip() or leaf is errors.ImageConflict


@each_leaf
def test_every_leaf_hangs_under_a_kind(leaf: type[DockerError]) -> None:
    assert {bough.__name__ for bough in leaf.__mro__} & KINDS


def test_every_leaf_stands_in_the_drawn_tree() -> None:
    drawn = (errors.__doc__ or "").replace(":", "").split()
    assert not [leaf.__name__ for leaf in LEAVES if leaf.__name__ not in drawn]


def test_who_speaks_can_be_another_than_usual() -> None:
    assert errors.InvalidReference().said_by("client").side == "client"
    assert errors.InvalidReference().side == "daemon"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", '""'),
        ('say "hi"', r'"say \"hi\""'),
        ("tab\tnewline\n", r'"tab\tnewline\n"'),
        ("\x00\x7f\x1b", r'"\x00\x7f\x1b"'),
        ("é☃", '"é☃"'),
        ("\xa0\u2028\U000e0001", r'"\u00a0\u2028\U000e0001"'),
        ("\udcff", r'"\xff"'),
        ("back\\slash", r'"back\\slash"'),
    ],
)
def test_a_quoted_text_is_as_go_prints_it(text: str, quoted: str) -> None:
    assert quote(text) == quoted


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_what_is_quoted_can_be_read_again(text: str) -> None:
    assert quote(text)[1:-1].replace(r"\"", '"').replace("\\\\", "\\") == text
