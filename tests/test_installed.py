"""The wheel, installed into an environment of its own, without a clone: the course is there and runs."""

import json
import os
import subprocess
import sys
import sysconfig
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served import SECONDS, address

pytest.importorskip("jupyterlab", reason="the lab's extras are not installed")
pytest.importorskip("build", reason="the tools for making a wheel are not installed")

ROOT = Path(__file__).parent.parent
SHARE = Path(sys.prefix, "share/jupyter")  # what JupyterLab brings; the new environment borrows it


def ran(*words: str | Path, **more: Any) -> str:
    """What a program prints; it must not fail."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=2 * SECONDS, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel in it; what that needs is borrowed from this one."""
    folder = tmp_path_factory.mktemp("installed")
    ran(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    ran(sys.executable, "-m", "venv", "--without-pip", folder / "env")
    python = folder / "env/bin/python"
    offline = ("--no-deps", "--no-index", "--disable-pip-version-check")
    (wheel,) = folder.glob("*.whl")
    ran(sys.executable, "-m", "pip", "--python", python, "install", *offline, wheel)
    site = ran(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    Path(site, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python.parent


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The variables of somebody who has nothing yet."""
    places = {name: str(tmp_path / "home" / name.lower()) for name in (
        "HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR",
        "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR",
    )}  # fmt: skip
    borrowed = {"JUPYTER_PATH": str(SHARE), "JUPYTERLAB_DIR": str(SHARE / "lab")}
    return {"PATH": os.defpath, **places, **borrowed}


@pytest.fixture
def server(installed: Path, home: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """`labimg lab mine`, running; its address."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/01-template.ipynb").write_text("my own work")
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [installed / "labimg", "lab", "--no-browser", "mine", "--", "--IdentityProvider.token="],
            cwd=tmp_path, env=home, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield address(process, Path(home["JUPYTER_RUNTIME_DIR"]))
    finally:
        process.terminate()
        process.wait(SECONDS)


@pytest.mark.skipif(sys.platform == "win32", reason="the folder of programs has another name")
@pytest.mark.slow
def test_the_course_opens_from_the_wheel_alone(
    server: str, installed: Path, home: dict[str, str], tmp_path: Path
) -> None:
    with urllib.request.urlopen(f"{server}api/contents/00-start.ipynb", timeout=SECONDS) as answer:
        served = json.load(answer)["content"]
    assert served["cells"][0]["source"].startswith("# 00")
    with urllib.request.urlopen(f"{server}lab", timeout=SECONDS) as answer:
        assert b"JupyterLab" in answer.read()
    mine = tmp_path / "mine"
    assert {path.name for path in mine.glob("*.ipynb")} == {
        path.name for path in (ROOT / "notebooks").glob("*.ipynb")
    }
    assert (mine / "01-template.ipynb").read_text() == "my own work"
    where = ran(installed / "python", "-c", "import labimg; print(labimg.__file__)", cwd=tmp_path, env=home)
    assert Path(where.strip()).is_relative_to(installed.parent)
    ran(installed / "python", "-m", "labimg.course.execute", mine / "00-start.ipynb", cwd=tmp_path, env=home)
    made = json.loads((mine / "00-start.ipynb").read_text())
    told = "".join(
        "".join(output.get("text", ())) for cell in made["cells"] for output in cell.get("outputs", ())
    )
    assert "Status: Downloaded newer image for busybox:latest" in told
