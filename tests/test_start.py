"""A command starts with what it needs: heavy libraries and far rooms come in when they are used."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from labimg.cli import command, table

HEAVY = (
    "IPython ipywidgets anywidget graphviz jupyterlab lark urllib3 zstandard http email asyncio tempfile "
    "dataclasses inspect pathlib logging filelock platformdirs csv decimal html urllib"
)


def loaded(*words: str, root: Path) -> set[str]:
    """The modules that a command has imported at its end."""
    script = (
        "import sys, labimg.cli; sys.argv = ['labimg', *sys.argv[1:]]\n"
        "try: labimg.cli.main()\n"
        "finally: sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--root", str(root), *words],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [["images"], ["ps"], ["tag", "--help"], ["inspect", "--help"]])
def test_the_common_commands_import_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    there = loaded(*words, root=tmp_path)
    assert not there & set(HEAVY.split())
    far = {
        f"labimg.{room}" for room in ("shell.machine", "build.stage", "remote.pull", "registry.shelf", "show")
    }
    assert not there & far


def test_a_list_of_nothing_enters_no_room_but_its_own(tmp_path: Path) -> None:
    there = loaded("images", root=tmp_path)
    far = "spec image layers containers entry tarstream compression union cli.gotemplate"
    assert not there & {f"labimg.{room}" for room in far.split()}
    assert not there & {"json", "hashlib", "datetime", "zlib", "filelock"}


def test_a_command_that_refuses_nothing_enters_no_room_of_refusals(tmp_path: Path) -> None:
    archive = tmp_path / "mine.tar"
    lines = ["pull busybox", "create --name box busybox", "commit box mine", "rm box", "run --rm mine pwd"]
    for line in [*lines, f"save -o {archive} mine", f"load -i {archive}"]:
        there = loaded(*line.split(), root=tmp_path / "store")
        rooms = {name.split(".")[2] for name in there if name.startswith("labimg.errors.")}
        assert rooms <= {"kinds", "quote", "speech"}, line


def test_every_command_stands_in_the_room_where_the_table_seeks_it() -> None:
    for room, names in table.ROOMS.items():
        found = vars(import_module(f"labimg.cli.{room}")).values()
        there = {name for each in found if isinstance(each, command.Command) for name in each.names}
        assert there == set(names.split(", ")), room
    homes = {path.stem for path in Path(table.__file__).parent.glob("*.py")}
    assert table.ROOMS.keys() <= homes


def test_a_room_that_comes_late_comes_once(tmp_path: Path) -> None:
    """In a process of its own: here all rooms are long entered."""
    words = [sys.executable, "-m", "labimg", "--root", str(tmp_path), "pull", "busybox"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Status: Downloaded newer image for busybox:latest" in done.stdout
