"""What is built is one pure-Python wheel, and what is light to import stays light."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LEFT = re.compile(r"(^|/)(\.|__pycache__)")  # what tools leave behind
HEAVY = (
    "IPython ipykernel ipywidgets anywidget traitlets jupyterlab jupyter_core nbformat nbclient graphviz "
    "lark urllib3 requests asyncio ssl http.server waitress zstandard isal yaml numpy unittest pydoc"
).split()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel, built from this tree with the backend that is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    made = subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    (path,) = folder.glob("*.whl")
    assert path.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def test_the_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "labimg").rglob("*") if path.is_file()}
    assert not {name for name in ours if not LEFT.search(name)} - set(wheel.namelist())


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_git_ignores_nothing_of_the_source() -> None:
    folders = [
        name for name in ("labimg", "tests", "notebooks", "exercises", "examples") if (ROOT / name).exists()
    ]
    told = ["git", "ls-files", "--others", "--ignored", "--exclude-standard", *folders]
    ignored = subprocess.run(told, cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    assert not [name for name in ignored if not LEFT.search(name)]


def test_the_wheel_holds_the_notebooks(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    missing = [
        p.name
        for p in (ROOT / "notebooks").glob("*.ipynb")
        if f"labimg/course/notebooks/{p.name}" not in names
    ]
    assert not missing


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    odd = [name for name in wheel.namelist() if not name.startswith(("labimg/", "labimg-")) or ".pyc" in name]
    assert not odd


def imported(code: str, root: Path) -> set[str]:
    """The modules that are there after `code`, in an interpreter of its own."""
    script = f"import sys\n{code}\nprint('\\n!', *sorted(sys.modules), file=sys.__stdout__)"
    env = {"LABIMG_ROOT": str(root), "PATH": "", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, cwd=root)
    assert "\n!" in done.stdout, done.stderr
    return set(done.stdout.rsplit("\n!", 1)[1].split())


def test_import_is_light(tmp_path: Path) -> None:
    assert not imported("import labimg", tmp_path) & set(HEAVY)


@pytest.mark.parametrize(
    "line", ["images", "ps", "tag nothing else", "rmi nothing", "history nothing", "--help", "version"]
)
def test_a_common_command_is_light(line: str, tmp_path: Path) -> None:
    code = f"sys.argv[1:] = {line.split()!r}\nimport labimg.cli\nlabimg.cli.main()"
    assert not imported(code, tmp_path) & set(HEAVY)
