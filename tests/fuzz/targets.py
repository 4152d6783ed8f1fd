"""What is fuzzed: each parser as a function of bytes, and the few inputs that bending starts from.

A target swallows the refusals that its parser promises, and nothing else.
"""

import contextlib
import gzip
import io
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache

from labimg import dockerfile, tarstream
from labimg.archive import Layout, save
from labimg.compression import Bounds, inflate
from labimg.course import notebook
from labimg.digest import Digest
from labimg.engine import Engine
from labimg.entry import Entry, directory, file, symlink, whiteout
from labimg.errors import DockerError
from labimg.files import MemoryFiles
from labimg.go import gojson
from labimg.layer import apply
from labimg.reference import Reference, short_id
from labimg.registry import Registry, Request
from labimg.shell import Shell
from labimg.union.overlay import Overlay

Target = Callable[[bytes], object]
SMALL = Bounds(free=1 << 22)

ENTRIES = [
    directory("/d"), file("/d/f", b"data" * 200), symlink("/l", "d/f"), whiteout("/gone"),
    file("/" + "long/" * 40 + "name", b"x"), file("/é", b""),
]  # fmt: skip
DOCKERFILES = [
    b"# syntax=x\n# escape=`\nARG A=1\nFROM base:$A AS one\n"
    b"RUN echo a \\\n  && b\nCOPY --from=one --chown=1:2 a b /c/\n",
    b'FROM scratch\nADD ["a b", "/c"]\nENV A=1 B="2 3"\n'
    b'HEALTHCHECK --interval=5s CMD x\nONBUILD RUN y\nUSER u:g\n',
    b"FROM a\nRUN <<EOF bash\ncat <<X\nX\nEOF\nLABEL a=b\n"
    b"EXPOSE 80/tcp\nSTOPSIGNAL 9\nSHELL [\"a\"]\nVOLUME /v\n",
]  # fmt: skip
WORDS = [
    b"${A:-b}", b"$A\"${B:+'c'}\"d", b"${A#*/}${B%%.*}${C/x/y}", b"a\\ b'c d'$",
    b"${A:-${B:?no}}", b"\xc3\xa9$\xc3",
]  # fmt: skip
REFERENCES = [
    b"nginx", b"docker.io/library/nginx:latest", b"my.host:5000/a/b__c:Tag_1.2", b"[::1]:5000/a",
    b"x@sha256:" + b"0" * 64, b"sha256:" + b"a" * 64, b"0123456789ab",
]  # fmt: skip
SCRIPTS = [
    b"echo a | tr a b > /f; cat < /f && ls -l / || exit 3",
    b"for i in 1 2 3; do x=$((x + i * 2)); done; echo ${x:-none} \"$@\" '$y' $(echo `pwd`)",
    b"case $a in b*|c) echo d;; *) printf '%03d %s\\n' 5 e;; esac\nf() { return 2; }; f; echo $?",
    b"if [ -f /d/f ] && test 1 -lt 2; then sed 's/d\\(a\\)/\\1/g' /d/f | sort -u | head -n 1; fi",
    b"cat <<EOF | grep -E '[a-z]+$' | wc -l\n$HOME\nEOF\nset -e; cd /d; find . -name 'f*' -exec rm {} \\;",
    b"tar cf /x.tar -C /d f; awk '{print $1}' /d/f; "
    b"useradd -m bob; chmod u+x,go-w /d/f; ln -s a b; trap 'echo x' EXIT",
]  # fmt: skip


def tar(data: bytes) -> None:
    """A layer, compressed or not, all the way to the merged tree."""
    try:
        entries = list(tarstream.read(inflate(io.BytesIO(data), SMALL)))
        tree = apply({}, entries)
        list(Overlay(tree, lambda: 0))
        for entry in entries:
            tarstream.header(entry)
    except DockerError:
        pass


def load(data: bytes) -> None:
    """A whole archive."""
    engine = Engine.memory()
    engine.store.bounds = SMALL
    try:
        engine.load(io.BytesIO(data))
        engine.images(all=True)
    except DockerError:
        pass


def recipe(data: bytes) -> None:
    """A Dockerfile."""
    with contextlib.suppress(DockerError):
        dockerfile.parse(data.decode(errors="replace"))


def words(data: bytes) -> None:
    """The words of an instruction, with variables put in."""
    for parser in (dockerfile.expand, dockerfile.split):
        with contextlib.suppress(DockerError):
            parser(data.decode(errors="replace"), {"A": "x/y.z", "B": ""})


def reference(data: bytes) -> None:
    """A reference, and back."""
    text = data.decode(errors="replace")
    short_id(text)
    try:
        found = Reference.parse(text)
    except DockerError:
        return
    assert Reference.parse(str(found)) == found, text  # of the familiar form it is not so, nor in Docker


def documents(data: bytes) -> None:
    """JSON, as a document and as a config; what one reader takes, both take."""
    try:
        value = gojson.decode(data)
    except DockerError:
        value = None
    if value is not None:
        gojson.decode(gojson.encode(value))
    from labimg.image import Image

    with contextlib.suppress(DockerError):
        Image.parse(data)


def shell(data: bytes) -> None:
    """A script for the teaching shell."""
    tree = Overlay(_root(), lambda: 0)
    script = data.decode(errors="replace").replace("\0", "")
    with suppress(DockerError):
        Shell().run(
            tree, ["/bin/sh", "-c", script], env={"PATH": "/bin"}, cwd="/", user="", stdin=b"in\n",
            out=lambda stream, text: None, clock=lambda: 0,
        )  # fmt: skip


@cache
def _root() -> dict[str, Entry]:
    engine = Engine.memory()
    engine.pull("busybox")
    return dict(engine.view("busybox").tree)


def request(data: bytes) -> None:
    """A request to a registry: a line of method and URL, headers, an empty line, a body."""
    head, _, body = data.partition(b"\n\n")
    first, *rest = head.decode(errors="replace").split("\n")
    method, _, url = first.partition(" ")
    headers = {name: value for name, colon, value in (line.partition(": ") for line in rest) if colon}
    try:
        sent = Request(method, url, headers, body)
        assert len(sent.path) + len(sent.query) < len(data) + 9
    except ValueError:  # no server would let such a URL through
        return
    response = Registry(MemoryFiles()).handle(sent)
    assert response.status < 500
    response.read()


def submitted(data: bytes) -> None:
    """A notebook that was handed in."""
    with contextlib.suppress(notebook.Unreadable):
        list(notebook.cells(notebook.document(data)))


def _tar() -> bytes:
    out = io.BytesIO()
    tarstream.write(ENTRIES, out)
    return out.getvalue()


def _archives() -> list[bytes]:
    engine = Engine.memory()
    engine.import_(io.BytesIO(_tar()), "app:1")
    found = []
    layouts: tuple[Layout, ...] = ("docker", "oci")
    for layout in layouts:
        out = io.BytesIO()
        save(engine.store, ["app:1"], out, layout=layout)
        found.append(out.getvalue())
    return found


def _configs() -> list[bytes]:
    engine = Engine.memory()
    engine.import_(io.BytesIO(_tar()), "app:1", changes=["ENV a=b", "CMD x", "EXPOSE 80", "LABEL a=b"])
    return [engine.image("app:1").raw, b'[1.5e3,"\\ud800\\u0041",null,{"a":[true]}]', b'"\xff"', b"-0.0"]


def _requests() -> list[bytes]:
    config = b'{"rootfs":{"type":"layers","diff_ids":[]}}'
    return [
        b"GET /v2/\nHost: x\n\n", b"GET /v2/_catalog?n=1&last=a\n\n", b"GET /v2/a/b/tags/list?n=9\n\n",
        b"PUT /v2/a/manifests/1\nContent-Type: application/vnd.oci.image.manifest.v1+json\n\n"
        b'{"schemaVersion":2,"config":{"digest":"sha256:' + b"0" * 64 + b'","size":2},"layers":[]}',
        b"POST /v2/a/blobs/uploads/?digest=" + Digest.of(config).encode() + b"\n\n" + config,
        b"PATCH /v2/a/blobs/uploads/1\nContent-Range: 0-4\n\nabcde",
        b"GET /v2/a/blobs/sha256:" + b"0" * 64 + b"\nRange: bytes=1-\n\n", b"DELETE /v2/a/manifests/x\n\n",
    ]  # fmt: skip


def _notebooks() -> list[bytes]:
    cell = {"cell_type": "code", "source": ["%%answer 07-E1\n", "docker images"], "metadata": {}}
    marked = {"cell_type": "code", "source": "x", "metadata": {"nbgrader": {"grade_id": "answer-01-E2"}}}
    text = json.dumps({"cells": [cell, marked], "metadata": {}, "nbformat": 4})
    return [text.encode(), text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()]


TARGETS: dict[str, Target] = {
    "tar": tar, "load": load, "dockerfile": recipe, "words": words, "reference": reference,
    "json": documents, "shell": shell, "registry": request, "notebook": submitted,
}  # fmt: skip
CORPUS: dict[str, list[bytes]] = {
    "tar": [_tar(), gzip.compress(_tar(), mtime=0)], "load": _archives(), "dockerfile": DOCKERFILES,
    "words": WORDS, "reference": REFERENCES, "json": _configs(), "shell": SCRIPTS,
    "registry": _requests(), "notebook": _notebooks(),
}  # fmt: skip
