"""What a container asks of its host: kept, shown, now and then obeyed, else refused by name.

Facts: what Docker Engine 20.10.24 and its 28.2 client say and show of the same.
"""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cli_help import LEFT_OUT

from labimg.cli import run
from labimg.cli.rows import ports
from labimg.cli.table import LACKED
from labimg.container.hostconfig import HostConfig
from labimg.container.signals import KILL, ended, number
from labimg.engine import Engine
from labimg.errors import BadSignal
from labimg.go.nat import span

GOLDEN = json.loads((Path(__file__).parent / "golden" / "container.json").read_text("utf-8"))


class Desk:
    """An engine, and what is typed at it."""

    def __init__(self) -> None:
        self.engine = Engine.memory()
        self.out("pull", "-q", "busybox")

    def __call__(self, *words: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        return run(self.engine, words, stdout=out, stderr=err), out.getvalue(), err.getvalue()

    def out(self, *words: str) -> str:
        """What a command prints that must succeed."""
        code, out, err = self(*words)
        assert code == 0, (words, err)
        return out.rstrip("\n")

    def refused(self, *words: str) -> str:
        """The first line of a refusal."""
        code, _, err = self(*words)
        assert code, words
        return err.partition("\n")[0]

    def told(self, *flags: str) -> dict[str, Any]:
        """Docker's document about a new container."""
        return dict(self.engine.inspect_container(self.out("create", *flags, "busybox", "true")))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_who_asks_for_nothing_is_told_of_all_the_same(desk: Desk) -> None:
    told = desk.told()
    assert json.dumps(told["HostConfig"]) == json.dumps(GOLDEN["HostConfig"])
    assert json.dumps(told["NetworkSettings"]) == json.dumps(GOLDEN["NetworkSettings"])


ASKED = [
    (["--init"], {"Init": True}),
    (["--read-only"], {"ReadonlyRootfs": True}),
    (["--cap-add", "net_admin", "--cap-drop", "all"], {"CapAdd": ["CAP_NET_ADMIN"], "CapDrop": ["ALL"]}),
    (["-m", "64m"], {"Memory": 67108864, "MemorySwap": 134217728}),
    (["-m", "64m", "--memory-swap", "-1"], {"Memory": 67108864, "MemorySwap": -1}),
    (["--cpus", "1.5"], {"NanoCpus": 1500000000}),
    (["-c", "5"], {"CpuShares": 5}),
    (["--pids-limit", "-1"], {}),
    (["--shm-size", "1g"], {"ShmSize": 1073741824}),
    (["--restart", "on-failure:3"], {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}}),
    (["--add-host", "a=::1", "--add-host", "b:1.2.3.4"], {"ExtraHosts": ["a:::1", "b:1.2.3.4"]}),
    (["--dns", "1.1.1.1", "--dns-search", "x.y"], {"Dns": ["1.1.1.1"], "DnsSearch": ["x.y"]}),
    (["--network", "host"], {"NetworkMode": "host"}),
    (["--net", "none"], {"NetworkMode": "none"}),
    (["--rm"], {"AutoRemove": True}),
    (["-P"], {"PublishAllPorts": True}),
    (["-p", "80"], {"PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": ""}]}}),
    (
        ["-p", "127.0.0.1:80-81:90-91/udp"],
        {
            "PortBindings": {
                "90/udp": [{"HostIp": "127.0.0.1", "HostPort": "80"}],
                "91/udp": [{"HostIp": "127.0.0.1", "HostPort": "81"}],
            }
        },
    ),
    (["-p", "8000-8003:90"], {"PortBindings": {"90/tcp": [{"HostIp": "", "HostPort": "8000-8003"}]}}),
    (
        ["--privileged"],
        {"Privileged": True, "SecurityOpt": ["label=disable"], "MaskedPaths": None, "ReadonlyPaths": None},
    ),
]


@pytest.mark.parametrize(("flags", "wanted"), ASKED, ids=lambda case: " ".join(case) or "-")
def test_what_is_asked_is_kept(desk: Desk, flags: list[str], wanted: dict[str, Any]) -> None:
    host = desk.told(*flags)["HostConfig"]
    plain = HostConfig().document
    assert {key: value for key, value in host.items() if value != plain.get(key, ...)} == wanted


REFUSED = [
    ("-p x", 125, "docker: invalid containerPort: x"),
    ("-p 80:80/xyz", 125, "docker: invalid proto: xyz"),
    ("-p a.b:80:80", 125, "docker: invalid IP address: a.b"),
    ("-p 80-79:90", 125, "docker: invalid hostPort: 80-79"),
    (
        "-p 80-82:80-81", 125,
        "docker: invalid ranges specified for container and host Ports: 80-81 and 80-82",
    ),
    ("-p published=80", 125, "docker: no port specified: 80:/tcp<empty>"),
    ("--expose 8:9", 125, "docker: invalid port format for --expose: 8:9"),
    (
        "--expose 80-70", 125,
        "docker: invalid range format for --expose: 80-70, error: invalid range specified for port: 80-70",
    ),
    ("--restart foo", 1, "Error response from daemon: invalid restart policy 'foo'"),
    (
        "--restart always:3", 1,
        "Error response from daemon: maximum retry count cannot be used with restart policy 'always'",
    ),
    (
        "--restart :3", 125,
        "docker: invalid restart policy format: no policy provided before colon",
    ),
    ("--rm --restart always", 125, "docker: conflicting options: cannot specify both --restart and --rm"),
    ("-m 1", 1, "Error response from daemon: Minimum memory limit allowed is 6MB"),
    ("-m 1x", 125, "invalid argument \"1x\" for \"-m, --memory\" flag: invalid suffix: 'x'"),
    ("--cpus 1/3", 125, 'invalid argument "1/3" for "--cpus" flag: value is too precise'),
    (
        "--memory-swap 5", 1,
        "Error response from daemon: You should always set the Memory limit when using Memoryswap limit, "
        "see usage",
    ),
    ("--cap-add FOO", 1, 'Error response from daemon: invalid CapAdd: unknown capability: "CAP_FOO"'),
    ("--stop-signal FOO", 1, "Error response from daemon: Invalid signal: FOO"),
    (
        "--oom-score-adj 5000", 1,
        "Error response from daemon: Invalid value 5000, range for oom score adj is [-1000, 1000]",
    ),
    (
        "--health-cmd x --health-interval 1us", 1,
        "Error response from daemon: Interval in Healthcheck cannot be less than 1ms",
    ),
    (
        "--no-healthcheck --health-cmd x", 125,
        "docker: --no-healthcheck conflicts with --health-* options",
    ),
    (
        "-w x", 1,
        "Error response from daemon: the working directory 'x' is invalid, it needs to be an absolute path",
    ),
    (
        "--add-host a:b", 125,
        'invalid argument "a:b" for "--add-host" flag: invalid IP address in add-host: "b"',
    ),
    ("--dns x", 125, 'invalid argument "x" for "--dns" flag: IP address is not correctly formatted: x'),
    (
        "-a foo", 125,
        'invalid argument "foo" for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR',
    ),
    (
        "--platform foo", 1,
        'error parsing specified platform: "foo": unknown operating system or architecture: invalid argument',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("flags", "code", "sentence"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_makes_no_sense_is_refused_in_dockers_words(
    desk: Desk, flags: str, code: int, sentence: str
) -> None:
    assert desk("create", *flags.split(), "busybox")[0] == code
    assert desk.refused("create", *flags.split(), "busybox") == sentence


@pytest.mark.parametrize(
    ("command", "flag"), [(name, flag) for name, flags in LEFT_OUT.items() for flag in flags.split()]
)
def test_a_flag_we_do_not_carry_is_refused_by_name(desk: Desk, command: str, flag: str) -> None:
    code, _, err = desk(*command.split(), f"--{flag}=1")
    assert code == 125
    assert err.startswith(f"labimg does not carry --{flag}: ")


@pytest.mark.parametrize(
    "flag", ["-v /a:/b", "--mount type=bind", "--tmpfs /x", "--gpus all", "--ulimit x=1"]
)
def test_what_would_need_a_host_is_refused_by_name(desk: Desk, flag: str) -> None:
    names = {"-v": "--volume"}
    word = flag.split()[0]
    for verb in ("run", "create"):
        assert desk.refused(verb, *flag.split(), "busybox").startswith(
            f"labimg does not carry {names.get(word, word)}: "
        )


@pytest.mark.parametrize("command", sorted(LACKED))
def test_a_command_we_do_not_carry_is_refused_by_name(desk: Desk, command: str) -> None:
    assert desk.refused(command) == f"docker: labimg does not carry: docker {command}"


def test_a_running_container_shows_its_ports_and_a_stopped_one_none(desk: Desk) -> None:
    words = ("-p", "8080:80", "-p", "9000-9001:90-91", "-p", "127.0.0.1:53:53/udp", "--expose", "7")
    desk.out("run", "-d", "--name", "web", *words, "busybox", "sleep", "1000")
    assert desk.out("ps", "--format", "{{.Ports}}") == (
        "7/tcp, 127.0.0.1:53->53/udp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 0.0.0.0:9000->90/tcp, "
        "[::]:9000->90/tcp, 0.0.0.0:9001->91/tcp, [::]:9001->91/tcp"
    )
    for asked in (["publish=8080"], ["expose=90-99"], ["publish=53/udp"], ["publish=1", "expose=7/tcp"]):
        filters = [part for word in asked for part in ("--filter", word)]
        assert desk.out("ps", "--format", "{{.Names}}", *filters) == "web"
    assert desk.out("ps", "-q", "--filter", "publish=80") == ""
    desk.out("stop", "web")
    assert desk.out("ps", "-a", "--format", "{{.Ports}}|") == "|"
    assert desk.out("ps", "-aq", "--filter", "publish=8080") == ""


def test_neighbouring_ports_that_are_mapped_to_themselves_are_shown_as_one() -> None:
    def there(*numbers: int) -> dict[str, list[dict[str, str]]]:
        return {f"{port}/tcp": [{"HostIp": "0.0.0.0", "HostPort": str(port)}] for port in numbers}

    assert ports(there(80, 81, 82, 90)) == "0.0.0.0:80-82->80-82/tcp, 0.0.0.0:90->90/tcp"
    assert ports({"53/udp": None, "80/tcp": None, "443/tcp": None}) == "80/tcp, 53/udp, 443/tcp"


def test_two_running_containers_cannot_publish_on_one_port(desk: Desk) -> None:
    desk.out("run", "-d", "--name", "one", "-p", "8080:80", "busybox", "sleep", "1000")
    code, out, err = desk("run", "-d", "--name", "two", "-p", "8080:81", "busybox", "sleep", "1000")
    assert (code, len(out)) == (125, 65)
    assert "docker: Error response from daemon: driver failed programming external" in err
    assert "Bind for 0.0.0.0:8080 failed: port is already allocated" in err
    state = desk.engine.inspect_container("two")["State"]
    assert (state["Status"], state["ExitCode"]) == ("created", 128)
    desk.out("rm", "-f", "one")
    desk.out("start", "two")


def test_a_port_of_its_own_is_found_for_who_asks_for_any(desk: Desk) -> None:
    for name in ("one", "two"):
        desk.out("run", "-d", "--name", name, "-P", "--expose", "80", "busybox", "sleep", "1000")
    found = [
        desk.engine.inspect_container(name)["NetworkSettings"]["Ports"]["80/tcp"] for name in ("one", "two")
    ]
    numbers = [binding["HostPort"] for bindings in found for binding in bindings]
    assert numbers == ["32768", "32768", "32769", "32769"]


def test_a_network_nobody_has_is_missed_when_it_starts(desk: Desk) -> None:
    desk.out("create", "--network", "foo", "--name", "c1", "busybox", "true")
    assert desk.refused("start", "c1") == "Error response from daemon: network foo not found"
    assert (
        desk.out("ps", "-a", "--filter", "network=foo", "--format", "{{.Networks}} {{.Status}}")
        == "foo Created"
    )


def test_health_begins_and_nobody_looks_after_it(desk: Desk) -> None:
    desk.out("run", "-d", "--name", "c1", "--health-cmd", "true", "busybox", "sleep", "1000")
    assert desk.out("ps", "--filter", "health=starting", "--format", "{{.Status}}").endswith(
        "(health: starting)"
    )
    assert desk.out("inspect", "-f", "{{json .State.Health}}", "c1") == (
        '{"Status":"starting","FailingStreak":0,"Log":[]}'
    )
    desk.out("pause", "c1")
    assert desk.out("ps", "--format", "{{.Status}}").endswith("(Paused)")
    desk.out("unpause", "c1")
    assert desk.out("ps", "--filter", "health=unhealthy", "--format", "{{.Status}}").endswith("(unhealthy)")
    desk.out("run", "-d", "--name", "c2", "--no-healthcheck", "busybox", "sleep", "1000")
    assert desk.out("ps", "--filter", "health=none", "--format", "{{.Names}}") == "c2"
    refusal = "Error response from daemon: Unrecognised filter value for health: well"
    assert desk.refused("ps", "--filter", "health=well") == refusal


def test_a_health_check_fills_up_what_it_leaves_open(desk: Desk) -> None:
    desk.engine.commit(
        desk.out("create", "busybox"), "hc", changes=["HEALTHCHECK --interval=5s --retries=3 CMD true"]
    )
    code = desk.out("create", "--health-timeout", "7s", "hc")
    assert desk.out("inspect", "-f", "{{json .Config.Healthcheck}}", code) == (
        '{"Test":["CMD-SHELL","true"],"Interval":5000000000,"Timeout":7000000000,"Retries":3}'
    )


def test_what_files_can_tell_of_is_obeyed(desk: Desk) -> None:
    hosts = desk.out("run", "--rm", "--add-host", "db:1.2.3.4", "busybox", "cat", "/etc/hosts")
    assert hosts.endswith("1.2.3.4\tdb")
    words = ("--dns", "9.9.9.9", "--dns-search", "x.y", "--dns-option", "ndots:1")
    resolver = desk.out("run", "--rm", *words, "busybox", "cat", "/etc/resolv.conf")
    assert resolver == "search x.y\nnameserver 9.9.9.9\noptions ndots:1"
    assert desk.out("run", "--rm", "--network", "host", "busybox", "hostname") == "labimg"


def test_a_root_that_is_read_only_takes_no_write(desk: Desk) -> None:
    line = "echo x > /f; rm /etc/passwd; mkdir /d; echo y > /dev/shm/y; cat /dev/shm/y"
    code, out, err = desk("run", "--name", "c1", "--read-only", "busybox", "sh", "-c", line)
    assert (code, out, err.count("Read-only file system")) == (0, "y\n", 3)
    assert desk.out("diff", "c1") == ""


def test_only_the_streams_that_are_attached_are_seen(desk: Desk) -> None:
    line = "echo a; echo b >&2"
    assert desk("run", "--rm", "-a", "stdout", "busybox", "sh", "-c", line)[1:] == ("a\n", "")
    assert desk("run", "--rm", "-a", "stderr", "busybox", "sh", "-c", line)[1:] == ("", "b\n")
    code, _, err = desk("run", "-d", "-a", "stdout", "busybox", "true")
    assert (code, err) == (1, "conflicting options: cannot specify both --attach and --detach\n")


def test_a_name_without_a_value_takes_a_variable_away(desk: Desk) -> None:
    desk.engine.commit(desk.out("create", "busybox"), "env", changes=["ENV P=1 Q=2"])
    told = desk.out("run", "--rm", "-e", "P", "-e", "R=1", "-e", "R=2", "env", "env").splitlines()
    assert {"Q=2", "R=2"} <= set(told) and not [line for line in told if line.startswith("P=")]


def test_the_file_for_the_id_is_written_once(desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "cid"
    made = desk.out("create", "--cidfile", str(place), "busybox")
    assert place.read_text() == made
    assert desk.refused("create", "--cidfile", str(place), "busybox") == (
        f"container ID file found, make sure the other container isn't running or delete {place}"
    )
    other = tmp_path / "other"
    assert desk("create", "--cidfile", str(other), "--pull", "never", "nosuch")[0] == 1
    assert not other.exists()


SIGNALLED = [
    (["sleep", "9"], "TERM", False, None),
    (["sleep", "9"], "HUP", False, None),
    (["sleep", "9"], "KILL", False, 137),
    (["sleep", "9"], "TERM", True, 143),
    (["sleep", "9"], "CHLD", True, None),
    (["/docker-entrypoint.sh", "nginx", "-g", "daemon off;"], "QUIT", False, 0),
    (["/usr/sbin/nginx"], "HUP", False, None),
]


@pytest.mark.parametrize(("argv", "signal", "init", "code"), SIGNALLED)
def test_process_one_hears_only_what_it_has_asked_for(
    argv: list[str], signal: str, init: bool, code: int | None
) -> None:
    assert ended(argv, number(signal), init=init) == code


def test_a_signal_has_a_name_or_a_number() -> None:
    assert [number(word) for word in ("KILL", "sigkill", "9", "RTMIN+2", "RTMAX-1", "CLD")] == [
        9,
        KILL,
        9,
        36,
        63,
        17,
    ]
    for word in ("", "0", "-1", "FOO", "SIGFOO", "9x"):
        with pytest.raises(BadSignal):
            number(word)


@given(first=st.integers(0, 65535), last=st.integers(0, 65535))
def test_a_span_of_ports_is_read_as_it_is_written(first: int, last: int) -> None:
    if last < first:
        with pytest.raises(ValueError, match="Invalid range"):
            span(f"{first}-{last}")
    else:
        assert span(f"{first}-{last}") == range(first, last + 1)
    assert span(str(first)) == range(first, first + 1)
