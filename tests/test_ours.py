"""The commands that Docker has not, as the program `labimg` that a user starts."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest
from served import SECONDS, address

PROGRAM = [sys.executable, "-m", "labimg"]


def labimg(*words: str, root: Path, **how: object) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"LABIMG_ROOT": str(root), "PYTHONUTF8": "1"}
    return subprocess.run([*PROGRAM, *words], env=env, capture_output=True, text=True, **how)  # type: ignore[call-overload, no-any-return]


@pytest.mark.skipif(find_spec("jupyterlab") is None, reason="JupyterLab is not installed")
def test_lab_lays_out_the_course_once_and_starts_jupyterlab(tmp_path: Path) -> None:
    place = tmp_path / "course"
    done = labimg("lab", str(place), "--", "--version", root=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"The course is in {place}; ")
    first = min(place.glob("*.ipynb"))
    first.write_text("mine", "utf-8")
    labimg("lab", str(place), "--", "--version", root=tmp_path)
    assert first.read_text("utf-8") == "mine"


@pytest.mark.skipif(find_spec("jupyterlab") is None, reason="JupyterLab is not installed")
def test_lab_opens_the_first_notebook_and_asks_nothing_about_news(tmp_path: Path) -> None:
    runtime = tmp_path / "runtime"
    env = os.environ | {"LABIMG_ROOT": str(tmp_path), "HOME": str(tmp_path), "PYTHONUTF8": "1"}
    words = [*PROGRAM, "lab", str(tmp_path / "course"), "--no-browser", "--", "--IdentityProvider.token="]
    with subprocess.Popen(words, env=env | {"JUPYTER_RUNTIME_DIR": str(runtime)}) as server:
        try:
            with urllib.request.urlopen(address(server, runtime), timeout=SECONDS) as answer:
                place, page = answer.url, answer.read().decode()
        finally:
            server.terminate()
    assert place.endswith("/lab/tree/00-start.ipynb")
    config = json.loads(page.partition('type="application/json">')[2].partition("</script>")[0])
    assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]


def test_registry_serve_answers_on_a_socket_until_it_is_ended(tmp_path: Path) -> None:
    env = os.environ | {"LABIMG_ROOT": str(tmp_path), "PYTHONUTF8": "1"}
    words = [*PROGRAM, "registry", "serve", "--port", "0"]
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            domain = server.stdout.readline().removeprefix("The registry is at ").partition(";")[0]
            with urllib.request.urlopen(f"http://{domain}/v2/", timeout=SECONDS) as answer:
                assert answer.status == 200
        finally:
            server.terminate()


def test_a_registry_tells_that_its_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = labimg("registry", "serve", "--port", str(port), root=tmp_path)
    assert done.stderr.endswith(f"listen tcp 127.0.0.1:{port}: address already in use\n")
    assert done.returncode == 1


def test_course_key_tells_right_answers_and_wrong_ones(tmp_path: Path) -> None:
    told = labimg("course", "key", "07", root=tmp_path).stdout
    assert told.startswith("## Answer key\n") and "### 07-E1" in told


def test_the_hub_and_the_store_are_chosen_before_the_command(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert labimg("--root", str(elsewhere), "pull", "-q", "busybox", root=tmp_path).returncode == 0
    assert labimg("--root", str(elsewhere), "images", "-q", root=tmp_path).stdout.strip()
    assert not labimg("images", "-q", root=tmp_path).stdout
    real = {"HTTPS_PROXY": "http://127.0.0.1:9", "LABIMG_HUB": "lab"}
    env = os.environ | real | {"LABIMG_ROOT": str(tmp_path)}
    done = subprocess.run(
        [*PROGRAM, "--hub", "real", "pull", "busybox"], env=env, capture_output=True, text=True
    )
    assert done.returncode == 1 and "registry-1.docker.io" in done.stderr
    wrong = labimg("--hub", "mine", "images", root=tmp_path)
    assert (wrong.returncode, wrong.stderr.partition("\n")[0]) == (
        125, 'invalid argument "mine" for "--hub" flag: must be lab or real',
    )  # fmt: skip


@pytest.mark.parametrize("flag", ["-H", "--host", "--config", "-c", "--context", "-l", "--tlscacert"])
def test_a_flag_for_a_daemon_is_refused_by_name(tmp_path: Path, flag: str) -> None:
    done = labimg(flag, "x", "images", root=tmp_path)
    assert done.returncode == 125 and done.stderr.startswith("labimg does not carry --")


def test_info_and_version_tell_whose_engine_this_is(tmp_path: Path) -> None:
    assert labimg("info", "-f", "{{.Images}} {{.Driver}}", root=tmp_path).stdout == "0 overlay2\n"
    assert labimg("version", "-f", "{{.Client.Speaks}}", root=tmp_path).stdout == "28.2.2\n"
    for words in (["info", "-f", "{{.Foo}}"], ["version", "-f", "{{.Foo}}"]):
        done = labimg(*words, root=tmp_path)
        assert (done.returncode, done.stdout) == (1, "\n")
        assert (
            done.stderr.startswith("template: ") and "can't evaluate field Foo in type system." in done.stderr
        )
    assert labimg("info", "-f", "{{", root=tmp_path).returncode == 64
