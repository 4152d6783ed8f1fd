"""ADD of a URL, and `import` of one: what comes of what a web site says, and that a lab never asks one."""

import io
from collections.abc import Iterator

import pytest
from pages import Site, opened
from worlds import build, tar, world

from labimg import Lab, cli
from labimg.build import BuildOptions, Context, events
from labimg.course.bench import Bench
from labimg.course.level import lessons
from labimg.course.replay import graded
from labimg.engine import Engine
from labimg.entry import directory, file
from labimg.errors import DockerError
from labimg.registry.wire import Request, Response
from labimg.remote import Here, web
from labimg.remote.http import Http

URL = "http://example.org"
THEN = "modified=Tue,%2014%20Nov%202023%2022:13:20%20GMT"
OTHER = "sha256:" + "0" * 64


@pytest.fixture
def site() -> Site:
    """A web site."""
    return Site()


@pytest.fixture
def engine(site: Site) -> Engine:
    """An engine that has only that site within reach, and `base:1`."""
    engine = world()
    engine.web = lambda: Here(site)
    return engine


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """The site on a socket; its address."""
    with opened(site) as address:
        yield address


def refused(engine: Engine, line: str) -> str:
    """What is said against an instruction."""
    with pytest.raises(DockerError) as refused:
        build(engine, f"FROM base:1\n{line}\n", "", {"one": "1", "two": "2"})
    assert refused.value.side == "stream"
    return str(refused.value)


# Source: moby/builder/dockerfile/copy.go at v20.10.24; the real engine judges it in `judge/scenarios`.
NAMES = [
    ("/a/b.txt", "/x/", "/x/b.txt"),
    ("/a/b.txt", "/x", "/x"),
    ("/a/b.txt", "/tmp", "/tmp/b.txt"),
    ("/a/b%20c%2Fd", "/x/", "/x/d"),
    ("/a/b?called=c", "/x/", "/x/b"),
    ("/a/?called=c", "/x/", "/x/c"),
    ("/a/?called=c", "/tmp", "/tmp/c"),
    ("/a/?called=../../c", "/x/", "/x/c"),
    ("/a/", "/x", "/x"),
    ("", "/tmp", "/tmp/__unnamed__"),
    ("/a/..", "/tmp", "/tmp/__unnamed__"),
    ("/a/%00", "/tmp", "/tmp/__unnamed__"),
]


@pytest.mark.parametrize(("path", "dest", "place"), NAMES)
def test_a_file_is_called_what_its_url_says_or_else_who_sends_it(
    engine: Engine, path: str, dest: str, place: str
) -> None:
    build(engine, f"FROM base:1\nADD {URL}{path} {dest}\n", "t:1")
    assert engine.view("t:1")[place].is_file


@pytest.mark.parametrize("path", ["", "/", "/a/", "/a/..", "/a/%2E", "/a/?called=.."])
def test_a_file_without_a_name_finds_no_place_in_a_directory(engine: Engine, path: str) -> None:
    said = refused(engine, f"ADD {URL}{path} /x/")
    assert said == f"ADD failed: cannot determine filename for source {URL}{path}"


@pytest.mark.parametrize(
    ("date", "mtime"),
    [
        ("Tue,%2014%20Nov%202023%2022:13:20%20GMT", 1_700_000_000),
        ("Tuesday,%2014-Nov-23%2022:13:20%20GMT", 1_700_000_000),
        ("Tue%20Nov%2014%2022:13:20%202023", 1_700_000_000),
        ("Tue,%2014%20Nov%201950%2022:13:20%20GMT", 0),
        ("Tue,%2014%20Xyz%202023%2022:13:20%20GMT", 0),
        ("yesterday", 0),
        ("99999", 0),
    ],
)
def test_a_file_is_as_old_as_the_server_says(engine: Engine, date: str, mtime: int) -> None:
    build(engine, f"FROM base:1\nADD {URL}/a/b?modified={date} /\n", "t:1")
    entry = engine.view("t:1")["/b"]
    assert (entry.mtime, entry.mode, entry.uid, entry.gid) == (mtime, 0o600, 0, 0)


def test_flags_change_what_was_fetched(engine: Engine) -> None:
    build(engine, f"FROM base:1\nADD --chown=5:6 --chmod=755 {URL}/a/b /x/\n", "t:1")
    view = engine.view("t:1")
    assert (view["/x/b"].mode, view["/x/b"].uid, view["/x"].gid) == (0o755, 5, 6)


class Packed:
    """A site with nothing but a tar."""

    def __init__(self, tar: bytes) -> None:
        self._tar = tar

    def handle(self, request: Request) -> Response:
        """The tar."""
        return Response(200, {}, self._tar)


@pytest.mark.parametrize(
    ("flag", "near", "far"), [("", True, False), ("true", True, True), ("false", False, False)]
)
def test_a_tar_from_elsewhere_is_unpacked_only_if_told(
    engine: Engine, flag: str, near: bool, far: bool
) -> None:
    packed = tar(directory("/in"), file("/in/f", b"1")).getvalue()
    engine.web = lambda: Here(Packed(packed))
    option = f"--unpack={flag} " if flag else ""
    lines = f"FROM base:1\nADD {option}t.tar /near/\nADD {option}{URL}/t.tar /far/\n"
    context = Context.from_texts({"Dockerfile": lines, "t.tar": packed})
    engine.build(context, options=BuildOptions(tags=["t:1"]))
    view = engine.view("t:1")
    assert ("/near/in/f" in view, "/far/in/f" in view) == (near, far)
    assert ("/near/t.tar" in view, "/far/t.tar" in view) == (not near, not far)


def test_what_was_compressed_for_the_way_arrives_as_it_was(engine: Engine, site: Site) -> None:
    build(engine, f"FROM base:1\nADD {URL}/hello/b?gzip=1 /\n", "t:1")
    assert engine.view("t:1").read("/b") == b"hello"
    assert site.asked[0].headers["Accept-Encoding"] == "gzip"


def test_only_content_and_name_decide_whether_it_is_taken_from_the_cache(engine: Engine) -> None:
    def cached(path: str) -> bool:
        said: list[object] = []
        engine.report = said.append
        build(engine, f"FROM base:1\nADD {URL}{path} /\n")
        return any(isinstance(event, events.Cached) for event in said)

    assert not cached("/one/f")
    assert cached("/one/f") and cached(f"/one/f?{THEN}") and cached("/one/folder/f")
    assert not cached("/two/f") and not cached("/one/g")


def test_the_user_in_a_url_is_shown_to_its_host_alone(engine: Engine, site: Site) -> None:
    build(engine, "FROM base:1\nADD http://ada:p%40ss@example.org/a/b /\n", "t:1")
    (asked,) = site.asked
    assert (asked.url, asked.headers["Authorization"]) == (f"{URL}/a/b", "Basic YWRhOnBAc3M=")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"ADD {URL}/no/x?status=404 /",
         f"failed to GET {URL}/no/x?status=404 with status 404 Not Found: no"),
        (f"ADD {URL}//x?status=500 /",
         f"failed to GET {URL}//x?status=500 with status 500 Internal Server Error: "),
        (f"ADD {URL}//x?status=599 /", f"failed to GET {URL}//x?status=599 with status 599: "),
        ("ADD http://host:nine/x /", 'parse "http://host:nine/x": invalid port ":nine" after host'),
        ("ADD http://[::1/x /", "parse \"http://[::1/x\": missing ']' in host"),
        ("ADD http:///x /", 'Get "http:///x": http: no Host in request URL'),
        (f"ADD {URL}/a/b nosuch /x/",
         "file not found in build context or excluded by .dockerignore: stat nosuch: file does not exist"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said_in_dockers_words(engine: Engine, line: str, sentence: str) -> None:
    assert refused(engine, line) == f"ADD failed: {sentence}"


def test_several_files_need_a_directory(engine: Engine) -> None:
    said = (
        "When using ADD with more than one source file, the destination must be a directory and end with a /"
    )
    assert refused(engine, f"ADD {URL}/a/b one /x") == said
    build(engine, f"FROM base:1\nADD {URL}/a/b one {URL}/c/d /x/\n", "t:1", {"one": "1"})
    assert [path for path in engine.view("t:1").tree if path.startswith("/x/")] == ["/x/b", "/x/d", "/x/one"]


def test_a_file_that_is_too_long_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "LIMIT", 4)
    build(engine, f"FROM base:1\nADD {URL}/four/x /\n")
    said = f"ADD failed: {URL}/fives/x has more than 4 bytes, the most that is fetched"
    assert refused(engine, f"ADD {URL}/fives/x /") == said


def test_a_file_that_does_not_come_whole_is_none(engine: Engine, address: str) -> None:
    engine.web = Http
    assert refused(engine, f"ADD {address}/a/x?lost=3 /") == "ADD failed: unexpected EOF"
    said = refused(engine, f"ADD {address}/a/x?status=302&to=file:///etc/passwd /")
    assert said == 'ADD failed: Get "file:///etc/passwd": unsupported protocol scheme "file"'


@pytest.mark.parametrize(
    ("path", "told"),
    [("/a/x", "\n"), ("//x", "Downloading\n\n\n"), ("/a/x?endless=1", "\n\n"), ("/a/x?gzip=1", "\n")],
)
def test_a_log_tells_of_a_download_as_dockers_does(engine: Engine, path: str, told: str) -> None:
    out = io.BytesIO()
    words = ["build", "-"]
    lines = f"FROM base:1\nADD {URL}{path} /\n".encode()
    assert cli.run(engine, words, stdin=io.BytesIO(lines), stdout=out) == 0
    assert f" /\n{told} ---> ".encode() in out.getvalue()


# `--checksum`, which the classic builder has not.  Source: BuildKit, solver/llbsolver and source/http.

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # sha256sum says so of "hello"


def test_a_checksum_is_obeyed(engine: Engine) -> None:
    build(engine, f"FROM base:1\nARG SUM={HELLO}\nADD --checksum=sha256:$SUM {URL}/hello/x /\n", "t:1")
    assert engine.view("t:1").read("/x") == b"hello"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"ADD --checksum={OTHER} {URL}/hello/x /", f"ADD failed: digest mismatch sha256:{HELLO}: {OTHER}"),
        (f"ADD --checksum={OTHER} {URL}/a/x {URL}/a/y /", "checksum can't be specified for multiple sources"),
        (f"ADD --checksum={OTHER} one /", "checksum requires HTTP(S) or Git sources"),
        (f"ADD --checksum=0 {URL}/a/x /", "invalid checksum digest format"),
        (f"ADD --checksum=sha1:00 {URL}/a/x /", "unsupported digest algorithm"),
        (f"ADD --checksum=sha256:00 {URL}/a/x /", "invalid checksum digest length"),
    ],
)  # fmt: skip
def test_a_wrong_checksum_is_refused(engine: Engine, line: str, sentence: str) -> None:
    assert refused(engine, line) == sentence


# A lab has no network.


def typed(engine: Engine, *words: str, stdin: bytes = b"") -> str:
    err = io.BytesIO()
    assert cli.run(engine, list(words), stdin=io.BytesIO(stdin), stdout=io.BytesIO(), stderr=err) == 1
    return err.getvalue().decode()


@pytest.mark.parametrize("lab", [Lab, Bench])
def test_a_lab_asks_nobody_outside(site: Site, address: str, lab: type[Lab]) -> None:
    lines = f"FROM busybox\nADD {address}/a/b /\n".encode()
    built = lab().docker("build -", stdin=lines)
    assert built.stderr == f'ADD failed: Get "{address}/a/b": no network is within reach here\n'
    imported = lab().docker(f"import {address}/a/b")
    assert imported.stderr == (
        f'Error response from daemon: Get "{address}/a/b": no network is within reach here\n'
    )
    assert not site.asked


def test_other_machines_of_a_bench_ask_nobody_either(site: Site, address: str) -> None:
    bench = Bench(machines=["cloud"])
    assert bench.docker(f"--context cloud import {address}/a/b").code == 1
    assert not site.asked


def test_an_engine_asks_only_if_it_was_given_a_way(site: Site, address: str) -> None:
    engine = world()
    assert "no network is within reach here" in refused(engine, f"ADD {address}/a/b /")
    assert "no network is within reach here" in typed(engine, "import", f"{address}/a/b")
    assert not site.asked
    engine.web = Http
    build(engine, f"FROM base:1\nADD {address}/a/b /\n")
    assert len(site.asked) == 1


def test_grading_asks_nobody_whatever_a_dockerfile_says(site: Site, address: str) -> None:
    every = [level for lesson in lessons().values() for level in lesson.levels if level.kind == "dockerfile"]
    for level in (every[0], every[-1]):
        answer = f"FROM busybox\nADD {address}/{level.id}/b /\n"
        assert graded(level.id, answer, student="ada", secret="of this test").score < level.points
    assert every and not site.asked
