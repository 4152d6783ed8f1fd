"""environment.yml (conda, Binder) and pyproject.toml say the same, and no file names an index."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
EXTRAS = ["lab"]
CONDA = {"python-graphviz": "graphviz"}  # conda-forge calls it so
ONLY_CONDA = {"python", "pip", "graphviz"}  # there, graphviz is the dot program
ONLY_PIP = {"graphviz-pure"}  # dot for those who cannot install it


def project() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"])


def conda() -> dict[str, str]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    assert [each for each in listed if not isinstance(each, str)] == [{"pip": ["-e ."]}]
    return {
        name: bounds for name, _, bounds in (each.partition(" ") for each in listed if isinstance(each, str))
    }


def test_conda_and_pip_are_given_the_same_bounds() -> None:
    wanted = project()["dependencies"] + [r for e in EXTRAS for r in project()["optional-dependencies"][e]]
    pip = {canonicalize_name(r.name): r.specifier for r in map(Requirement, wanted)}
    told = {
        canonicalize_name(CONDA.get(n, n)): SpecifierSet(b) for n, b in conda().items() if n not in ONLY_CONDA
    }
    assert told == {name: bounds for name, bounds in pip.items() if name not in ONLY_PIP}


def test_binder_is_given_one_python_that_suits() -> None:
    python = conda()["python"]
    assert re.fullmatch(r"=3\.\d+", python)  # Binder's tool reads no range
    assert python[1:] + ".0" in SpecifierSet(project()["requires-python"])


def test_binder_finds_no_dockerfile_before_the_environment() -> None:
    assert not [name for name in ("Dockerfile", "binder", ".binder") if (ROOT / name).exists()]


def test_the_makefile_has_at_most_twelve_targets_and_tells_of_each() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", text, re.M)
    assert targets
    names = targets[1].split()
    assert len(names) <= 12
    assert not [name for name in names if not re.search(rf"^{name}:.*## \w", text, re.M)]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_no_file_names_an_index() -> None:
    words = r"index-url|files\.python[h]osted|/simple/ "
    found = subprocess.run(["git", "grep", "-nIE", words], cwd=ROOT, capture_output=True, text=True)
    hits = [line for line in found.stdout.splitlines() if not line.startswith("tests/test_environment.py:")]
    assert not hits
