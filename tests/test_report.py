"""The report: what it finds is true, and what came out of an image stays text."""

import base64
import hashlib
import html.parser
import io
import json
import re
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from stacks import STACKS, Laid

from labimg.course.lab import Lab
from labimg.entry import Entry, directory, file, opaque, whiteout
from labimg.image import Image
from labimg.show.findings import Findings, compare, examine, lessons
from labimg.show.report import report
from labimg.union import Floor, UnionView

CONFIG = (
    b'{"architecture":"amd64","os":"linux","config":{"Env":%s},'
    b'"rootfs":{"type":"layers","diff_ids":[%s]},"history":%s}'
)


def findings(*layers: Floor, env: str = "[]", steps: list[str] | None = None, name: str = "web") -> Findings:
    """The findings about an image made of `layers`, whose digests are made up."""
    ids = ",".join(f'"sha256:{hashlib.sha256(repr(layer.entries).encode()).hexdigest()}"' for layer in layers)
    rows = json.dumps([{"created_by": step} for step in steps or ["RUN"] * len(layers)]).encode()
    image = Image.parse(CONFIG % (env.encode(), ids.encode(), rows))
    return examine(UnionView(layers), image, name=name)


def busy() -> Findings:
    return findings(
        Laid(directory("/etc"), file("/etc/motd", b"hello"), file("/etc/mode", b"same"), directory("/conf"),
             file("/conf/a", b"aaa"), directory("/tmp"), file("/tmp/old", b"x" * 1000)),
        Laid(file("/etc/motd", b"good day"), file("/etc/mode", b"same", mode=0o600)),
        Laid(opaque("/conf"), file("/conf/b", b"b"), whiteout("/tmp")),
    )  # fmt: skip


@given(STACKS)
@settings(max_examples=60)
def test_every_wasted_byte_has_a_reason_and_none_is_told_twice(stack: UnionView) -> None:
    found = findings(*stack.layers)
    assert found.wasted == found.bytemap.shadowed
    assert found.wasted == sum(size for _, size, _ in found.causes)
    assert all(waste.by > waste.floor for waste in found.wastes)


@given(STACKS)
@settings(max_examples=30)
def test_an_image_compared_with_itself_is_the_same(stack: UnionView) -> None:
    found = findings(*stack.layers)
    told = compare(found, found)
    assert told.changed == ()
    assert told.bytes_shared == found.bytemap.stored


@pytest.mark.parametrize(
    ("path", "cause", "reason"),
    [
        ("/etc/motd", "replaced", "replaced on floor 2"),
        ("/etc/mode", "copied", "floor 2 holds it whole once more, though only its metadata changed"),
        ("/conf/a", "buried", "hidden on floor 3 by the opaque directory /conf"),
        ("/tmp/old", "deleted", "deleted on floor 3 with the directory /tmp"),
    ],
)
def test_a_wasted_byte_tells_why(path: str, cause: str, reason: str) -> None:
    (waste,) = [waste for waste in busy().wastes if waste.path == path]
    assert (waste.cause, waste.reason, waste.floor) == (cause, reason, 1)


def test_an_opaque_directory_tells_what_it_hides() -> None:
    (one,) = busy().opaques
    assert (one.path, one.floor, one.hides, one.size) == ("/conf", 3, 1, 3)


def test_the_heaviest_waste_comes_first_and_little_is_not_advised_about() -> None:
    found = busy()
    assert found.wastes[0].path == "/tmp/old"
    assert [told.partition(".")[0] for told in lessons(found)] == ["1kB stored are deleted by a higher floor"]


@pytest.mark.parametrize(
    "entry",
    [
        file("/app/.env", b"A=1"),
        file("/root/.ssh/id_rsa", b"whatever"),
        file("/root/.aws/credentials", b"[default]"),
        file("/app/notes.txt", b"-----BEGIN RSA PRIVATE KEY-----\nMII"),
        file("/app/settings.ini", b"user = ada\npassword = flour-and-water\n"),
    ],
    ids=lambda entry: entry.path,
)
def test_a_secret_looking_file_is_found_below_a_whiteout(entry: Entry) -> None:
    found = findings(Laid(entry), Laid(whiteout(entry.path)))
    (one,) = found.suspects
    assert (one.path, one.floor, one.gone) == (entry.path, 1, 2)
    assert "deleted or replaced above" in lessons(found)[0]


@pytest.mark.parametrize(
    "entry",
    [
        file("/usr/share/doc/secret.txt", b"the secret of good bread"),
        file("/etc/ssl/certs/ca.pem", b"-----BEGIN CERTIFICATE-----"),
        file("/app/readme", b"Set your password with PASSWORD=$PASSWORD"),
        file("/app/.env", b""),
    ],
    ids=lambda entry: entry.path,
)
def test_what_is_no_secret_is_not_suspected(entry: Entry) -> None:
    assert findings(Laid(entry)).suspects == ()


def test_settings_with_secret_names_are_told_without_their_values() -> None:
    found = findings(Laid(), env='["PATH=/bin","API_TOKEN=t0p","GPG_KEY=A035"]',
                     steps=["|1 OVEN_PIN=4711 /bin/sh -c true"])  # fmt: skip
    assert [leak.name for leak in found.leaks] == ["API_TOKEN", "OVEN_PIN"]
    assert "t0p" not in report(found)


def test_the_content_of_a_suspect_is_not_in_the_report() -> None:
    written = report(findings(Laid(file("/app/.env", b"KEY=rye-1912\n"), file("/app/page", b"plain words"))))
    assert "rye-1912" not in written
    assert "plain words" in written


class Parts(html.parser.HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


EVIL = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\"'><b>\x1b[2J\u202e"


def test_no_name_from_an_image_becomes_markup_or_a_command() -> None:
    layers = (
        Laid(file(f"/{EVIL}", b"a"), file("/.env", b"k"), directory("/d"), file("/d/x", b"1")),
        Laid(file(f"/{EVIL}", b"bb"), opaque("/d")),
    )
    found = findings(*layers, steps=[EVIL, EVIL], name=EVIL, env=json.dumps([f"TOKEN{EVIL}={EVIL}"]))
    written = report(found, against=findings(layers[0], name=EVIL))
    plain = report(findings(Laid(file("/a", b"a"))))
    parts, calm = Parts(written), Parts(plain)
    assert parts.tags.count("script") == calm.tags.count("script") == 2
    assert "img" not in parts.tags
    assert parts.tags.count("b") == calm.tags.count("b")
    assert not [name for name, _ in parts.attributes if name.startswith("on")]
    assert "\x1b" not in written and "\u202e" not in written


def test_a_report_asks_nobody_for_anything() -> None:
    written = report(busy(), against=busy())
    parts = Parts(written)
    assert {value[0] for name, value in parts.attributes if name in ("href", "src") and value} == {"#"}
    assert not {"link", "iframe", "object", "embed", "base", "form"} & set(parts.tags)
    sheet = written.partition("<style>")[2].partition("</style>")[0]
    assert "@import" not in sheet and "url(" not in sheet
    (policy,) = [
        value for name, value in parts.attributes if name == "content" and value and "default-src" in value
    ]
    (module,) = re.findall(r'<script type="module">(.*?)</script>', written, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(module.encode()).digest()).decode()
    assert "default-src 'none'" in policy and f"script-src 'sha256-{digest}'" in policy
    assert "import " not in re.sub(r"//.*|/\*.*?\*/", "", module)


def test_a_report_has_all_its_parts_and_each_is_linked() -> None:
    written = report(busy(), against=busy())
    links = re.findall(r'href="#([a-z-]+)"', written)
    ids = re.findall(r' id="([a-z-]+)"', written)
    assert links == [
        "advice", "floors", "bytes", "union-view", "wasted", "opaque", "lives", "secrets", "compare",
    ]  # fmt: skip
    assert set(links) <= set(ids)
    for floor in (1, 2, 3):
        assert f"as text, seen from floor {floor}" in written


def kitchen() -> Lab:
    lab = Lab(
        files={
            "one/Dockerfile": "FROM scratch\nCOPY .env page /\n",
            "one/.env": "K=1\n",
            "one/page": "a\n",
            "two/Dockerfile": "FROM one\nCOPY page /\n",
            "two/page": "b\n",
        }
    )
    assert lab.docker("build -q -t one one").code == 0
    assert lab.docker("build -q -t two two").code == 0
    return lab


def test_the_command_writes_a_page_about_an_image_an_archive_and_a_folder() -> None:
    lab = kitchen()
    assert lab.folder is not None
    assert lab.docker("report two --against one -o page.html").code == 0
    page = (lab.folder / "page.html").read_text(encoding="utf-8")
    assert "They share the lowest 1" in page
    lab.docker("save two -o two.tar")
    assert lab.docker("report two.tar -o archive.html").code == 0
    with tarfile.open(lab.folder / "two.tar") as packed:
        packed.extractall(lab.folder / "layout", filter="data")
    assert lab.docker("report layout -o folder.html").code == 0
    pages = [(lab.folder / f"{kind}.html").read_text("utf-8") for kind in ("page", "archive", "folder")]
    shown = [re.search(r'<p class="quiet"><code>(sha256:\w+)', page) for page in pages]
    assert len({one[1] for one in shown if one}) == 1
    assert all(shown)


def test_the_command_refuses_what_is_neither_an_image_nor_a_path() -> None:
    told = kitchen().docker("report nowhere")
    assert (told.code, told.stderr) == (1, "Error response from daemon: No such image: nowhere:latest\n")
    assert not told.stdout


def test_a_report_is_the_same_every_day() -> None:
    pages = []
    for _ in range(2):
        lab = kitchen()
        assert lab.folder is not None
        lab.docker("report two -o page.html")
        pages.append(Path(lab.folder / "page.html").read_bytes())
    assert pages[0] == pages[1]
    assert io.BytesIO(pages[0]).readline() == b"<!doctype html>\n"
