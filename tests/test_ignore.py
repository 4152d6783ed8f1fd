"""`.dockerignore` and Go's globs.

Facts: `COPY . /ctx/` with each ignore file, dockerd 20.10.24; Go's own tests of `path.Match`.
"""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.errors import BadContext, BadPattern
from labimg.go.glob import match
from labimg.ignore import Ignore

FOLDER = [
    ".dockerignore",
    ".git/y",
    "Dockerfile",
    "Dockerfile.x",
    "a/1.txt",
    "a/2.md",
    "a/b/3.txt",
    "drop.log",
    "keep.log",
    "node_modules/x",
    "root.txt",
]

OUT = {
    "*.log": "drop.log keep.log",
    "**/*.txt": "a/1.txt a/b/3.txt root.txt",
    "*/*.txt": "a/1.txt",
    "a": "a/1.txt a/2.md a/b/3.txt",
    "a/": "a/1.txt a/2.md a/b/3.txt",
    "/a": "a/1.txt a/2.md a/b/3.txt",
    "*.log\n!keep.log": "drop.log",
    "# comment\n\n.git\nnode_modules": ".git/y node_modules/x",
    "Dockerfile\n.dockerignore": ".dockerignore Dockerfile",
    "**": " ".join(FOLDER),
    "a/*\n!a/b": "a/1.txt a/2.md",
    "A": "",
    "?oot.txt": "root.txt",
    "!root.txt\n*.txt": "root.txt",
    "a/../root.txt": "root.txt",
    "./root.txt": "root.txt",
    "*\n!a/b": " ".join(path for path in FOLDER if path != "a/b/3.txt"),
    "**.log": "drop.log keep.log",
    "a/**": "a/1.txt a/2.md a/b/3.txt",
    "**/b": "a/b/3.txt",
    "a/**/3.txt": "a/b/3.txt",
    "[dk]*.log": "drop.log keep.log",
    "[^d]*.log": "keep.log",
    "\\a": "a/1.txt a/2.md a/b/3.txt",
    "\ufeffa": "a/1.txt a/2.md a/b/3.txt",
    "  a  ": "a/1.txt a/2.md a/b/3.txt",
    "! a": "",
    ".": "",
    "/": "",
    "**/": " ".join(FOLDER),
    "node_modules\n!**/x": "",
    "\n!x": "",
    " # no comment": "",
}


@pytest.mark.parametrize(("text", "out"), OUT.items(), ids=repr)
def test_an_ignore_file_leaves_out(text: str, out: str) -> None:
    ignore = Ignore(text.split("\n"))
    assert " ".join(path for path in FOLDER if ignore.excludes(path)) == out


@pytest.mark.parametrize("pattern", ["[", "a[", "[]", "[a-]", "[-x]", "a\\", "!["])
def test_a_bad_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(BadContext) as refused:
        Ignore([pattern])
    assert str(refused.value) == "error checking context: syntax error in pattern"
    assert refused.value.side == "client"


def test_a_lone_exclamation_mark_is_refused() -> None:
    with pytest.raises(BadContext, match=r'^error checking context: illegal exclusion pattern: "!"$'):
        Ignore(["!"])


def test_the_folder_itself_is_never_left_out() -> None:
    assert not Ignore(["**"]).excludes(".")
    assert Ignore(["a"]).excludes("./a//b/")


paths = st.lists(st.sampled_from(["a", "b", "ab", "x.log"]), min_size=1, max_size=4).map("/".join)
patterns = st.lists(st.sampled_from(["a", "*", "**", "?", "*.log", "a*"]), min_size=1, max_size=3).map(
    "/".join
)


@given(st.lists(patterns), paths)
def test_what_lies_below_an_excluded_folder_is_excluded(lines: list[str], path: str) -> None:
    ignore = Ignore(lines)
    assert not ignore.excludes(path) or ignore.excludes(f"{path}/below")


@given(st.lists(patterns), paths)
def test_the_last_line_that_fits_decides(lines: list[str], path: str) -> None:
    assert not Ignore([*lines, f"!{path}"]).excludes(path)
    assert Ignore([*lines, path]).excludes(path)


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("abc", "abc", True),
        ("*", "abc", True),
        ("*c", "abc", True),
        ("a*", "a", True),
        ("a*", "ab/c", False),
        ("a*/b", "abc/b", True),
        ("a*/b", "a/c/b", False),
        ("a*b*c*d*e*/f", "axbxcxdxe/f", True),
        ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", False),
        ("a*b?c*x", "abxbbxdbxebxczzx", True),
        ("a*b?c*x", "abxbbxdbxebxczzy", False),
        ("ab[c]", "abc", True),
        ("ab[b-d]", "abc", True),
        ("ab[e-g]", "abc", False),
        ("ab[^c]", "abc", False),
        ("ab[^e-g]", "abc", True),
        ("a\\*b", "a*b", True),
        ("a\\*b", "ab", False),
        ("a?b", "a☺b", True),
        ("a[^a]b", "a☺b", True),
        ("a???b", "a☺b", False),
        ("[a-ζ]*", "α", True),
        ("*[a-ζ]", "A", False),
        ("a?b", "a/b", False),
        ("a*b", "a/b", False),
        ("[\\]a]", "]", True),
        ("[\\-]", "-", True),
        ("[x\\-]", "x", True),
        ("[x\\-]", "z", False),
        ("[\\-x]", "-", True),
        ("[z-a]", "m", False),
        ("[^z-a]", "m", True),
        ("*x", "xxx", True),
        ("*", "a\n", True),
        ("base", "base\n", False),
        ("*:1", "app:1", True),
    ],
)
def test_a_glob_fits_as_in_go(pattern: str, name: str, fits: bool) -> None:
    assert match(pattern, name) is fits


@pytest.mark.parametrize(
    "pattern", ["[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]", "[", "[^", "[^bc", "a[", "a[\\", "*["]
)
def test_a_bad_glob_is_refused_whatever_the_name(pattern: str) -> None:
    for name in ("a", "-", "zzz", ""):
        with pytest.raises(BadPattern, match=r"^syntax error in pattern$"):
            match(pattern, name)


@given(st.text(st.sampled_from("ab*?."), max_size=6), st.text(st.sampled_from("ab."), max_size=8))
def test_without_slashes_and_brackets_a_glob_is_pythons(pattern: str, name: str) -> None:
    assert match(pattern, name) == fnmatch.fnmatchcase(name, pattern)


@given(st.text(st.sampled_from("ab[]^-\\*/"), max_size=8), st.text(st.sampled_from("ab-/"), max_size=5))
def test_any_glob_is_read_or_refused(pattern: str, name: str) -> None:
    try:
        match(pattern, name)
    except BadPattern:
        with pytest.raises(BadPattern):
            match(pattern, "other")
