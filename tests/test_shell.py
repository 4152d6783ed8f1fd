"""The teaching shell: what programs there are, who may do what, how a run ends, what it leaves behind."""

import pytest
from shells import NOW, RECORDED, Ended, run, tree

from labimg.entry import Entry, directory, file, symlink
from labimg.errors import ExecDenied, ExecFailed, ExecNotFound, NoSuchGroup, NoSuchUser
from labimg.shell import Shell
from labimg.union.overlay import Overlay

MARKED = b"#!labimg "


def told(ended: Ended) -> tuple[str, str, int]:
    return ended.out, ended.err, ended.code


# Which file is which program.


def test_without_a_file_there_is_no_program() -> None:
    with pytest.raises(ExecNotFound, match=r'exec: "/bin/sh": stat /bin/sh: no such file or directory'):
        run({}, "echo hi")
    with pytest.raises(ExecNotFound, match=r'exec: "ls": executable file not found in \$PATH'):
        run({"/ls": file("/ls", MARKED + b"ls\n", mode=0o755)}, ["ls"])


def test_a_directory_and_a_file_without_the_right_are_denied() -> None:
    with pytest.raises(ExecDenied, match=r'exec: "/etc": permission denied'):
        run("busybox", ["/etc"])
    with pytest.raises(ExecDenied):
        run("busybox", ["/etc/passwd"])


def test_bytes_that_are_no_program_are_a_format_error() -> None:
    with pytest.raises(ExecFailed, match="exec format error"):
        run({"/x": file("/x", b"\x7fELF....", mode=0o755)}, ["/x"])


@pytest.mark.parametrize("image", ["busybox", "debian", "alpine"])
def test_a_deleted_program_is_gone(image: str) -> None:
    ended = run(image, "rm $(command -v ls); ls; echo $?")
    assert ended.out == "127\n"
    assert "ls: not found" in ended.err


@pytest.mark.parametrize("deed", ["mv", "cp", "ln -s", "ln"])
def test_a_program_works_where_it_was_moved_copied_or_linked_to(deed: str) -> None:
    assert run("debian", f"{deed} /usr/bin/seq /count && /count 2").out == "1\n2\n"


def test_busybox_is_one_file_that_goes_by_many_names() -> None:
    script = (
        "cp /bin/busybox /w/x; ln -s x /w/rev; echo abc | /w/rev; /w/x; /bin/busybox seq 2; busybox nosuch"
    )
    assert told(run("busybox", script)) == (
        "cba\n1\n2\n", "x: applet not found\nnosuch: applet not found\n", 127
    )  # fmt: skip


def test_real_binaries_are_known_by_their_names() -> None:
    elf = b"\x7fELF" + bytes(64)
    world = {
        "/bin": directory("/bin"),
        "/bin/busybox": file("/bin/busybox", elf + b"BusyBox v1.36.1 (2023)", mode=0o755),
        "/bin/sh": symlink("/bin/sh", "busybox"),
        "/bin/seq": symlink("/bin/seq", "/bin/busybox"),
        "/bin/basename": file("/bin/basename", elf, mode=0o755),
    }
    ended = run(world, "seq 2; busybox echo hi; basename /a/b; ls; /bin/basename; echo $?")
    assert ended.out == "1\n2\nhi\nb\n1\n"
    assert "/bin/sh: ls: not found\n" in ended.err
    assert "/bin/basename: missing operand\n" in ended.err


def test_a_script_names_its_interpreter() -> None:
    script = "printf '#!/bin/sh -e\\nfalse\\necho no' > s; chmod +x s; ./s; echo $?"
    assert run("busybox", script).out == "1\n"
    gone = "printf '#!/no/such\\n' > s; chmod +x s; ./s"
    assert told(run("debian", gone)) == ("", "/bin/sh: 1: ./s: not found\n", 127)


def test_the_hello_of_hello_world_needs_no_shell() -> None:
    assert "Hello from Docker!" in run("hello-world", ["/hello"]).out
    with pytest.raises(ExecNotFound):
        run("hello-world", "echo hi")


# How shells complain.

COMPLAINTS = [
    ("debian", "nosuch", "/bin/sh: 1: nosuch: not found\n", 127),
    ("busybox", "nosuch", "/bin/sh: nosuch: not found\n", 127),
    ("debian", "true\n/etc/passwd", "/bin/sh: 2: /etc/passwd: Permission denied\n", 126),
    ("busybox", "/etc", "/bin/sh: /etc: Permission denied\n", 126),
    ("debian", "if true; fi", '/bin/sh: 1: Syntax error: "fi" unexpected (expecting "then")\n', 2),
    ("busybox", "if true; fi", '/bin/sh: syntax error: unexpected "fi" (expecting "then")\n', 2),
    ("debian", "cd /nosuch", "/bin/sh: 1: cd: can't cd to /nosuch\n", 2),
    ("busybox", "cd /nosuch", "/bin/sh: cd: line 0: can't cd to /nosuch: No such file or directory\n", 2),
    ("debian", "rm /nosuch", "rm: cannot remove '/nosuch': No such file or directory\n", 1),
    ("busybox", "rm /nosuch", "rm: can't remove '/nosuch': No such file or directory\n", 1),
    ("debian", "ls /nosuch", "ls: cannot access '/nosuch': No such file or directory\n", 2),
    ("busybox", "ls /nosuch", "ls: /nosuch: No such file or directory\n", 1),
    ("debian", "ls -j", "ls: invalid option -- 'j'\nTry 'ls --help' for more information.\n", 2),
    ("debian", "mkdir /etc", "mkdir: cannot create directory '/etc': File exists\n", 1),
    ("debian", "cp /etc /x", "cp: -r not specified; omitting directory '/etc'\n", 1),
    ("busybox", "wget http://a.b/c", "wget: bad address 'a.b'\n", 1),
    ("debian", "rm -rf /", "rm: it is dangerous to operate recursively on '/'\n", 1),
    ("nginx", "curl -s http://a.b", "", 6),
    ("nginx", "curl http://a.b/c", "curl: (6) Could not resolve host: a.b\n", 6),
    ("debian", "cat /etc", "cat: /etc: Is a directory\n", 1),
    ("debian", "echo x > /etc", "/bin/sh: 1: cannot create /etc: Is a directory\n", 2),
    ("debian", "vi", "/bin/sh: 1: vi: not found\n", 127),
    ("busybox", "vi", "vi: not in this teaching shell\n", 1),
]


@pytest.mark.parametrize(("image", "script", "err", "code"), COMPLAINTS)
def test_a_refusal_has_the_real_words_and_exit_code(image: str, script: str, err: str, code: int) -> None:
    assert told(run(image, script)) == ("", err, code)


def test_bash_has_words_of_its_own() -> None:
    assert told(run("debian", ["bash", "-c", "nosuch"])) == (
        "",
        "bash: line 1: nosuch: command not found\n",
        127,
    )
    assert run("debian", ["bash", "-c", "set -o pipefail; false | true; echo $?"]).out == "1\n"


# What is printed.

PRINTED = [
    ("debian", "ls -l /etc/passwd", "-rw-r--r-- 1 root root 542 Jun 12 00:00 /etc/passwd\n"),
    ("busybox", "ls -l /etc/group", "-rw-r--r--    1 root     root           149 May 18  2023 /etc/group\n"),
    ("debian", "ls -ld /bin /tmp", "lrwxrwxrwx 1 root root    7 Jun 12 00:00 /bin -> usr/bin\n"
                                   "drwxrwxrwt 2 root root 4096 Jun 12 00:00 /tmp\n"),
    ("debian", "stat -c '%n %a %s %U:%G %F' /tmp /etc/shadow",
     "/tmp 1777 4096 root:root directory\n/etc/shadow 640 26 root:shadow regular file\n"),
    ("debian", "date; date +%F; date -d @0 -u +%T", "Wed Jul  3 09:46:40 UTC 2024\n2024-07-03\n00:00:00\n"),
    ("debian", "du -sh /var/lib/dpkg/status; du -s /w", "8.0K\t/var/lib/dpkg/status\n4\t/w\n"),
    ("busybox", "wc /etc/passwd; wc -l < /etc/passwd", "        9         9       340 /etc/passwd\n9\n"),
    ("debian", "wc -l /etc/passwd /etc/group", " 12 /etc/passwd\n 17 /etc/group\n 29 total\n"),
    ("debian", "id; id nobody; id -un", "uid=0(root) gid=0(root) groups=0(root)\n"
                                        "uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\nroot\n"),
    ("debian", ". /etc/os-release; echo $ID $VERSION_CODENAME", "debian bookworm\n"),
    ("alpine", ". /etc/os-release; echo $ID $VERSION_ID", "alpine 3.20.1\n"),
    ("busybox", "ps", "PID   USER     TIME  COMMAND\n"
                      "    1 root      0:00 /bin/sh -c ps\n    7 root      0:00 ps\n"),
    ("debian", "which ls sh nosuch; type ls", "/usr/bin/ls\n/usr/bin/sh\nls is /usr/bin/ls\n"),
    ("debian", "set -x; echo 'a b' c 2>/dev/null", "a b c\n"),
]  # fmt: skip


@pytest.mark.parametrize(("image", "script", "out"), PRINTED)
def test_programs_print_what_the_real_ones_print(image: str, script: str, out: str) -> None:
    assert run(image, script).out == out


@pytest.mark.parametrize(("image", "script", "out", "code"), RECORDED)
def test_scripts_print_what_the_real_shells_printed(image: str, script: str, out: str, code: int) -> None:
    ended = run(image, script, cwd="/w")
    assert (ended.out, ended.code) == (out, code)


def test_xtrace_tells_each_command_on_stderr() -> None:
    assert run("debian", "set -x; x='a b'; echo $x > /dev/null").err == "+ x='a b'\n+ echo a b\n"


# What a run leaves behind.

CHANGES = [
    ("echo hi > /w/f", {"/w": "dir", "/w/f": "file"}),
    ("rm /etc/passwd", {"/etc": "dir", "/etc/.wh.passwd": "file"}),
    ("rm -rf /home; mkdir /home", {"/home": "dir", "/home/.wh..wh..opq": "file"}),
    ("chmod 600 /etc/group", {"/etc": "dir", "/etc/group": "file"}),
    ("mv /etc/group /w/g", {"/etc": "dir", "/etc/.wh.group": "file", "/w": "dir", "/w/g": "file"}),
    ("cp -r /etc /w/; rm -r /w/etc", {"/w": "dir"}),
    ("ln -s /etc/passwd /w/l", {"/w": "dir", "/w/l": "symlink"}),
    ("touch /etc/passwd", {"/etc": "dir", "/etc/passwd": "file"}),
    ("cat /etc/passwd > /dev/null; ls / > /dev/null; [ -e /x ] || true", {}),
    ("echo a > /dev/null 2>&1; echo b > /dev/stdout", {}),
    ("cd /w && (umask 077; mkdir p) && touch p/f", {"/w": "dir", "/w/p": "dir", "/w/p/f": "file"}),
]


@pytest.mark.parametrize(("script", "changed"), CHANGES)
def test_a_run_leaves_only_what_it_wrote(script: str, changed: dict[str, str]) -> None:
    assert run("busybox", script).changed == changed


def test_the_same_run_gives_the_same_bytes() -> None:
    script = "apt-get update; apt-get install -y curl; useradd -m ann; date > /d; mktemp"
    assert run("debian", script).mount.changes() == run("debian", script).mount.changes()


def test_new_files_have_the_clock_s_time_and_the_user_s_name() -> None:
    ended = run("debian", "touch /tmp/f", user="nobody")
    entry = ended.mount["/tmp/f"]
    assert (entry.uid, entry.gid, entry.mtime, entry.mode) == (65534, 65534, NOW // 10**9, 0o644)


def test_moving_a_lower_directory_copies_it() -> None:
    ended = run("busybox", "mkdir /w/d; mv /var/spool /w/s && ls /w/s")
    assert ended.out == "mail\n"
    assert ended.changed["/w/s/mail"] == "dir"
    assert "/var/.wh.spool" in ended.changed


# Users.


@pytest.mark.parametrize(
    ("user", "out"),
    [
        ("", "0:0\n"),
        ("root", "0:0\n"),
        ("www-data", "33:33\n"),
        ("33", "33:33\n"),
        ("4242", "4242:0\n"),
        ("nobody:daemon", "65534:1\n"),
        ("4242:17", "4242:17\n"),
        (":5", "0:5\n"),
    ],
)
def test_users_are_looked_up_in_the_image(user: str, out: str) -> None:
    assert run("debian", "echo $(id -u):$(id -g)", user=user).out == out


def test_unknown_users_and_groups_are_refused() -> None:
    with pytest.raises(NoSuchUser, match="unable to find user ghost: no matching entries in passwd file"):
        run("debian", "true", user="ghost")
    with pytest.raises(NoSuchGroup):
        run("debian", "true", user="root:ghosts")


DENIED = [
    ("echo x > /etc/passwd", "/bin/sh: 1: cannot create /etc/passwd: Permission denied\n"),
    ("touch /etc/x", "touch: cannot touch '/etc/x': Permission denied\n"),
    ("rm /etc/passwd", "rm: cannot remove '/etc/passwd': Permission denied\n"),
    ("cat /etc/shadow", "cat: /etc/shadow: Permission denied\n"),
    ("ls /root", "ls: cannot open directory '/root': Permission denied\n"),
    ("cd /root", "/bin/sh: 1: cd: can't cd to /root\n"),
    ("chmod 777 /etc/passwd", "chmod: changing permissions of '/etc/passwd': Operation not permitted\n"),
    ("chown nobody /etc/passwd", "chown: changing ownership of '/etc/passwd': Operation not permitted\n"),
    ("mkdir /srv/x", "mkdir: cannot create directory '/srv/x': Permission denied\n"),
    ("mv /etc/group /tmp", "mv: cannot move '/etc/group' to '/tmp/group': Permission denied\n"),
    ("cat /root/.bashrc", "cat: /root/.bashrc: Permission denied\n"),
]


@pytest.mark.parametrize(("script", "err"), DENIED)
def test_others_than_root_may_do_less(script: str, err: str) -> None:
    ended = run("debian", script, user="nobody")
    assert ended.err == err
    assert ended.code != 0
    assert ended.changed == {}


def test_in_tmp_only_the_owner_may_delete() -> None:
    mount = Overlay(tree("debian"), lambda: NOW)
    run("debian", "touch /tmp/theirs; chmod 666 /tmp/theirs", mount=mount)
    ended = run(
        "debian", "rm /tmp/theirs; touch /tmp/mine && rm /tmp/mine && echo ok", user="nobody", mount=mount
    )
    assert ended.out == "ok\n"
    assert ended.err == "rm: cannot remove '/tmp/theirs': Operation not permitted\n"


def test_new_users_can_log_in() -> None:
    mount = Overlay(tree("debian"), lambda: NOW)
    assert run("debian", "useradd -m -u 1234 -s /bin/bash ann && chown ann /w", mount=mount).code == 0
    ended = run("debian", "id; echo $HOME; touch /w/f ~/g; stat -c %U /w/f", user="ann", mount=mount)
    assert ended.out == "uid=1234(ann) gid=1234(ann) groups=1234(ann)\n/home/ann\nann\n"


# How a run ends.

RUNNING = [
    ("sleep 300", True),
    ("sleep 3", False),
    ("sleep infinity", True),
    ("while true; do echo tick; sleep 1; done", True),
    ("tail -f /dev/null", True),
    ("cat /dev/zero", True),
    ("yes > /dev/null", True),
    ("sleep 300 & echo started", False),
    ("sleep 300 & wait", True),
    ("timeout 5 sleep 300; echo $?", False),
    ("sleep 300 | cat", True),
    ("exec sleep 1d", True),
]


@pytest.mark.parametrize(("script", "running"), RUNNING)
def test_what_goes_on_counts_as_running(script: str, running: bool) -> None:
    assert run("busybox", script).running is running


def test_a_loop_that_waits_prints_a_while_and_is_left_running() -> None:
    ended = run("busybox", "while true; do echo tick; sleep 1; done")
    assert ended.out == "tick\n" * 10


def test_patience_is_a_setting() -> None:
    assert run("busybox", "sleep 300; echo done", shell=Shell(patience=1e9)).out == "done\n"


def test_nginx_serves_until_it_is_stopped() -> None:
    ended = run("nginx", ["/docker-entrypoint.sh", "nginx", "-g", "daemon off;"])
    assert ended.running
    assert ended.out.startswith("/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty")
    assert "start worker process" in ended.err
    assert ended.mount.read("/run/nginx.pid") == b"1\n"
    assert b"[::]:80" in ended.mount.read("/etc/nginx/conf.d/default.conf")


def test_an_interactive_shell_waits_and_a_piped_one_reads() -> None:
    assert run("busybox", ["sh"], env={"TERM": "xterm"}).running
    assert not run("busybox", ["sh"]).running
    assert run("busybox", ["sh"], stdin=b"echo from stdin\n").out == "from stdin\n"
    assert run("busybox", ["cat"], stdin=b"through").out == "through"


@pytest.mark.parametrize(
    "script", ["while :; do :; done", "f() { f; }; f", "for i in $(yes | head -n 200000); do :; done"]
)
def test_nothing_hangs(script: str) -> None:
    ended = run("busybox", script, shell=Shell(steps=3000))
    assert ended.code in (2, 137)
    assert ended.err


def test_an_endless_recursion_of_scripts_ends() -> None:
    ended = run("busybox", "printf '#!/bin/sh\\n/w/s\\n' > /w/s; chmod +x /w/s; /w/s")
    assert ended.code == 137


def test_arguments_and_environment_reach_the_program() -> None:
    assert run("busybox", ["echo", "a b", "$X"]).out == "a b $X\n"
    assert run("busybox", 'echo "$X"', env={"X": "1 2"}).out == "1 2\n"
    assert run("busybox", ["sh", "-c", 'echo "$0" "$@"', "zero", "one", "two"]).out == "zero one two\n"


def test_the_working_directory_is_where_a_run_begins() -> None:
    assert run("busybox", "pwd; echo $PWD; echo x > here", cwd="/w").out == "/w\n/w\n"


def test_names_need_not_be_utf8() -> None:
    world = {**tree("busybox"), "/w/\udcff": Entry("/w/\udcff")}
    assert run(world, "ls /w").out == "\udcff\n"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 bytes copied"), (1, "1 byte copied"), (2, "2 bytes copied")]
)
def test_dd_counts_one_byte_as_one(count: int, said: str) -> None:
    assert run("debian", f"dd if=/dev/zero of=/w/a bs=1 count={count}").err.endswith(f"{said}\n")
