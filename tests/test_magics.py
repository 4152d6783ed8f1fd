"""Docker typed in a cell: in every way it can be typed it reaches the lab, and nothing else does."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("IPython", reason="the lab's extras are not installed")

from IPython.core.completer import provisionalcompleter

from labimg.course.lab import Lab
from labimg.show import magics
from labimg.show.line import NeedsShell, words

DOCKERFILE = 'FROM scratch\nCOPY hello /hello\nCMD ["/hello"]\n'


@pytest.fixture(scope="module")
def kernel(ipython: Any) -> Any:
    """The shell, and the names in it before anything is done."""
    ipython.before = set(ipython.user_ns)
    return ipython


@pytest.fixture
def shell(kernel: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The shell with a fresh lab; a real docker stands first on PATH and leaves a trace if it is called."""
    spy = tmp_path / "bin" / "docker"
    spy.parent.mkdir()
    spy.write_text(f"#!/bin/sh\ntouch {tmp_path / 'touched'}\n")
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "hello").write_text("hello")
    for name in kernel.user_ns.keys() - kernel.before:
        del kernel.user_ns[name]
    magics.load(kernel, Lab())
    yield kernel
    magics.unload(kernel)
    assert not (tmp_path / "touched").exists()


def images(shell: Any) -> list[str]:
    return [name.familiar for image in shell.user_ns["lab"].engine.images() for name in image.tags]


@pytest.mark.parametrize(
    "cell",
    [
        "docker build -t web .",
        "!docker build -t web .",
        "%docker build -t web .",
        "%%docker\n# a comment\nbuild -t web \\\n  .\n",
        "%%docker\ndocker build -t web .",
        "docker build \\\n  -t web \\\n  .",
        "for _ in range(1):\n    docker build -t web .",
        "def go():\n    !docker build -t web .\ngo()",
        "def go(tag):\n    docker build -t {tag} .\ngo('web')",
        "name = 'web'\n!docker build -t {name} .",
        "name = 'web'\ndocker build -t $name .",
        "out = !docker build -t web .",
        "!docker build -t web .  # and a comment",
        "%%dockerfile -t web .\n" + DOCKERFILE,
        "%%dockerfile -t web\nFROM scratch\nLABEL a=b",
    ],
)
def test_however_it_is_typed_it_reaches_the_lab(shell: Any, cell: str) -> None:
    assert shell.run_cell(cell).success
    assert images(shell) == ["web:latest"]
    assert shell.user_ns["_exit_code"] == 0


@pytest.mark.parametrize(
    "cell",
    [
        "docker = 3\nassert docker + 1 == 4",
        "docker = [1]\ndocker.append(2)\nassert docker == [1, 2]",
        "docker = 1\nassert docker is not None and docker in [1]",
        "docker = 5\nimages = 2\nassert docker - images == 3",
        "text = '''\ndocker images\n'''\nassert text == '\\ndocker images\\n'",
        "def docker(): pass\ndocker()",
    ],
)
def test_python_that_speaks_of_docker_stays_python(shell: Any, cell: str) -> None:
    result = shell.run_cell(cell)
    assert result.success
    assert "_exit_code" not in shell.user_ns


def test_output_is_a_list_of_lines(shell: Any) -> None:
    shell.run_cell("docker build -q -t web .\nout = !docker images --format '{{.Repository}}:{{.Tag}}'")
    assert list(shell.user_ns["out"]) == ["web:latest"]
    assert shell.user_ns["out"].s == "web:latest"


def test_a_variable_and_a_template_stand_in_one_line(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("docker build -q -t web .\nwhat = 'web'")
    capsys.readouterr()
    shell.run_cell("!docker image inspect {what} -f '{{.Config.Cmd}} {{.Os}}'")
    assert capsys.readouterr().out == "[/hello] linux\n"


def test_a_refusal_of_the_engine_is_told_in_one_line(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    result = shell.run_cell("lab.show('nothing')")
    printed = capsys.readouterr()
    assert not result.success
    assert (printed.out + printed.err).strip() == "NoSuchImage: No such image: nothing:latest"


def test_a_refusal_goes_to_stderr_and_leaves_its_exit_code(
    shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.run_cell("docker rmi nothing").success
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "Error response from daemon: No such image: nothing:latest\n"
    assert shell.user_ns["_exit_code"] == 1


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("docker images | grep web", "out = !docker"),
        ("!docker save web > web.tar", "-o FILE"),
        ("!docker load < web.tar", "-i FILE"),
        ("docker images && docker ps", "one command"),
        ("docker images; docker ps", "one command"),
        ("!docker rm $(docker ps -aq)", "quotes"),
        ("docker tag web 'web:1", "a quote is left open"),
        ("%%docker\nimages | wc", "out = !docker"),
        ("%%dockerfile -t web | cat\nFROM scratch", "out = !docker"),
        ("out = !docker images | wc -l", "out = !docker"),
    ],
)
def test_what_only_a_shell_can_do_is_refused_with_a_way_out(
    shell: Any, capsys: pytest.CaptureFixture[str], cell: str, hint: str
) -> None:
    shell.run_cell(cell)
    assert hint in capsys.readouterr().err
    assert shell.user_ns["_exit_code"] == 2


@pytest.mark.parametrize(
    "line", ["!true && docker ps", "!echo x | docker load", "!sudo docker ps", "a = !(docker ps)"]
)
def test_a_docker_inside_a_shell_line_is_not_let_through(
    shell: Any, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    shell.run_cell(line)
    assert "would reach a real docker" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("out = !echo hello | tr l L", ["heLLo"]),
        ("n = 3\nout = !echo {n} $n", ["3 3"]),
        ("def f(k):\n    return get_ipython().getoutput('echo {k}')\nout = f(7)", ["7"]),
        ("out = !echo dockers docker", ["dockers docker"]),
    ],
)
def test_every_other_shell_line_is_the_shells(shell: Any, line: str, lines: list[str]) -> None:
    shell.run_cell(line)
    assert list(shell.user_ns["out"]) == lines


def test_a_shell_line_in_a_function_sees_its_variables(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "system", shell.system_raw)  # the other one asks for a terminal
    shell.run_cell("def f(k):\n    !printf '%s' {k} '{{}}' > seen\nf(7)")
    assert (tmp_path / "seen").read_text() == "7{}"


def test_the_variable_lab_decides_which_lab(shell: Any) -> None:
    shell.run_cell(
        "first = lab\nfrom labimg.course.lab import Lab\nlab = Lab('other')\ndocker build -q -t web ."
    )
    assert len(shell.user_ns["lab"].engine.images()) == 1
    assert not shell.user_ns["first"].engine.images()
    shell.run_cell("lab = 3\ndocker build -q -t web .")
    assert len(shell.user_ns["first"].engine.images()) == 1


def test_undo_redo_and_reset_travel_between_worlds(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("docker build -q -t web .\ndocker tag web web:2\n%lab undo")
    assert images(shell) == ["web:latest"]
    shell.run_cell("%lab undo 5")
    assert images(shell) == []
    shell.run_cell("%lab redo 2")
    assert sorted(images(shell)) == ["web:2", "web:latest"]
    shell.run_cell("%lab goto 1\ndocker tag web web:3\n%lab redo")
    assert sorted(images(shell)) == ["web:3", "web:latest"]
    capsys.readouterr()
    shell.run_cell("%lab status")
    assert capsys.readouterr().out.splitlines()[:3] == [
        "     0  an empty store",
        "     1  docker build -q -t web .",
        "->   2  docker tag web web:3",
    ]
    shell.run_cell("%lab reset\n%lab clock\n%lab nonsense")
    assert images(shell) == []
    printed = capsys.readouterr()
    assert "2026-01-01T00:00:00Z" in printed.out and "%lab undo" in printed.err


@pytest.mark.parametrize(
    ("typed", "offered", "not_offered"),
    [
        ("docker im", "images", "rmi"),
        ("docker image ", "prune", "image"),
        ("!docker rm", "rmi", "ps"),
        ("%docker bu", "build", "images"),
        ("docker rmi w", "web:latest", "--force"),
        ("docker rmi -", "--force", "web:latest"),
        ("out = !docker history --no", "--no-trunc", "--format"),
        ("    docker tag w", "web:latest", "tag"),
    ],
)
def test_the_tab_key_offers_commands_names_and_options(
    shell: Any, typed: str, offered: str, not_offered: str
) -> None:
    shell.run_cell("docker build -q -t web .")
    with provisionalcompleter():
        found = [completion.text for completion in shell.Completer.completions(typed, len(typed))]
    assert offered in found and not_offered not in found


def test_loading_twice_and_unloading_leave_the_shell_as_it_was(kernel: Any) -> None:
    before = kernel.system, list(kernel.input_transformer_manager.token_transformers)
    magics.load(kernel, Lab())
    magics.load(kernel, Lab())
    assert kernel.input_transformer_manager.token_transformers.count(magics.Bare) == 1
    magics.unload(kernel)
    assert (kernel.system, list(kernel.input_transformer_manager.token_transformers)) == before


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
        ("a=b'c'\"d\"", ["a=bcd"]),
        (r'a\ b "c\"d" "e\f"', ["a b", 'c"d', r"e\f"]),
        ("a '' b", ["a", "", "b"]),
        ("a#b '#c' # d", ["a#b", "#c"]),
        ("a \\\n b", ["a", "b"]),
        ("sh -c 'x | y > z'", ["sh", "-c", "x | y > z"]),
        ("", []),
    ],
)
def test_a_line_is_cut_as_a_shell_cuts_it(line: str, found: list[str]) -> None:
    assert words(line) == found


@pytest.mark.parametrize(
    "line", ["a | b", "a > b", "a < b", "a & b", "a; b", "a (b)", "a 'b", 'a "b', "a \\"]
)
def test_a_line_that_needs_a_shell_says_so(line: str) -> None:
    with pytest.raises(NeedsShell):
        words(line)


def test_the_same_commands_give_the_same_bytes() -> None:
    def play() -> tuple[list[str], dict[str, bytes]]:
        lab = Lab(files={"Dockerfile": DOCKERFILE, "hello": "hi"})
        told = [
            repr(lab.docker(line))
            for line in ("build -t web .", "images -q", "create --name c web", "ps -aq")
        ]
        return told, dict(lab.worlds[-1].files)

    assert play() == play()


def test_a_result_shows_what_a_terminal_would() -> None:
    lab = Lab()
    result = lab.docker("rmi nothing")
    assert (result.code, result.stdout) == (1, "")
    assert repr(result) == "Error response from daemon: No such image: nothing:latest\n[exit code 1]"
    assert lab.docker(["images", "-q"]).lines == []


def test_nothing_heavy_is_needed_for_a_lab() -> None:
    script = "import sys, labimg; labimg.Lab().docker('images'); print(*sys.modules)"
    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"IPython", "ipywidgets", "anywidget", "graphviz", "labimg.show.picture"} & {*there.split()}
