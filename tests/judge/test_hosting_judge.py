"""What a container asks of its host, as a real Docker keeps and shows it, field by field."""

import io
import json
import re
from typing import Any

import pytest
from judge.daemon import PROGRAMS, Daemon

from labimg.cli import run
from labimg.engine import Engine

pytestmark = pytest.mark.judge(*PROGRAMS)

MASKS = [
    (re.compile(r"[0-9a-f]{64}|[0-9a-f]{12}"), "<id>"),
    (re.compile(r"/[^\":]*?(?=/overlay2/|/containers/)"), "<root>"),
    (re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z"), "<time>"),
]
ASKED = [
    "", "--init", "--read-only", "--privileged", "--cap-add sys_time --cap-drop all",
    "-m 64m --memory-swap -1",
    "-m 1g --memory-reservation 32m", "--cpus 1.5 -c 5", "--pids-limit 10", "--shm-size 1g",
    "--restart on-failure:3", "--add-host a=::1 --dns 1.1.1.1 --dns-search x.y --dns-option z",
    "--domainname d --hostname h.x", "--group-add 5 --oom-score-adj -500", "--net none",
    "--stop-timeout 0 --stop-signal INT", "-a stderr", "-i -t", "--rm -P --expose 5-6 --expose 7/udp",
    "-p 80 -p 127.0.0.1:81-82:91-92/udp -p 8000-8003:99 -p [::1]:1:1", "--health-cmd true --health-retries 3",
    "--no-healthcheck", "-l a=b -l c -e A=1 -u 5:6 -w /a/../b/", "--entrypoint /x",
]  # fmt: skip
REFUSED = [
    "--restart foo", "--restart always:3", "--restart on-failure:-1", "--restart a:b:c", "-m 1", "-m 1x",
    "-m 1.2.3m", "--memory-swap 5m -m 10m", "--memory-reservation 2m", "--cpus 1/3", "--cap-add FOO",
    "--oom-score-adj 1001", "--health-cmd a --health-timeout 1us", "--health-interval x", "-w x",
    "--stop-signal FOO", "-p x", "-p 80:80/xyz", "-p 80-82:80-81", "-p target=80,x", "--expose 80-70",
    "--expose 8:9", "--add-host :1", "--dns x", "-a foo", "--platform a/b/c/d", "--rm --restart always",
    "--env-file nope", "-w x -m 1", "--restart foo --cap-add bar",
]  # fmt: skip


def told(document: dict[str, Any]) -> str:
    """A document as text, without what chance, the clock and the folder decide."""
    text = json.dumps(document, indent=1)
    for pattern, word in MASKS:
        text = pattern.sub(word, text)
    return text


@pytest.fixture(scope="module")
def engine(dockerd: Daemon) -> Engine:
    one = Engine.memory()
    one.load(io.BytesIO(dockerd.base))
    return one


def ours(engine: Engine, words: list[str]) -> tuple[int, str]:
    """The exit code, and what was complained."""
    out, err = io.StringIO(), io.StringIO()
    return run(engine, words, stdout=out, stderr=err), err.getvalue()


@pytest.mark.parametrize("flags", ASKED)
def test_what_is_asked_of_the_host_is_kept_as_docker_keeps_it(
    dockerd: Daemon, engine: Engine, flags: str
) -> None:
    words = ["create", "--name", "asked", *flags.split(), "base", "true"]
    try:
        dockerd.ask(*words)
        assert ours(engine, words) == (0, "")
        assert told(engine.inspect_container("asked")) == told(dockerd.inspect("asked"))
    finally:
        dockerd("rm", "-f", "asked")
        ours(engine, ["rm", "-f", "asked"])


@pytest.mark.parametrize("flags", REFUSED)
def test_what_makes_no_sense_is_refused_as_docker_refuses_it(
    dockerd: Daemon, engine: Engine, flags: str
) -> None:
    words = ["create", *flags.split(), "base", "true"]
    done = dockerd(*words)
    assert done.code and ours(engine, words) == (done.code, done.err.decode())
