"""Words: quotes, escapes, and variables as the builder puts them in.

Facts: BuildKit's own table of words (frontend/dockerfile/shell/envVarTest, v0.22.0) and POSIX.
"""

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.dockerfile import expand, split
from labimg.errors import BadWord
from labimg.errors.quote import quote

ENV = {
    "PWD": "/home",
    "SHELL": "bash",
    "KOREAN": "한국어",
    "NULL": "",
    "FILE": "/a/b/c.tar.gz",
    "W": "a b  c",
}

EXPANDED = [
    ("", ""),
    ("hello", "hello"),
    ("he'll'o", "hello"),
    ('he"ll"o', "hello"),
    ("he\\'llo", "he'llo"),
    ("he\\\\'llo'", "he\\llo"),
    ("abc\\tdef", "abctdef"),
    ('"abc\\tdef"', "abc\\tdef"),
    ("'abc\\tdef'", "abc\\tdef"),
    ("'hello\\there'", "hello\\there"),
    ('"hello\\\\there"', "hello\\there"),
    ('"\\""', '"'),
    ("trail\\", "trail"),
    ('"he\\$PWD"', "he$PWD"),
    ("$PWD", "/home"),
    ("${PWD}", "/home"),
    ("'$PWD'", "$PWD"),
    ('"$PWD"', "/home"),
    ("\\$PWD", "$PWD"),
    ("\\\\$PWD", "\\/home"),
    ("$PWD.x", "/home.x"),
    ("${PWD}x", "/homex"),
    ("x$NONE", "x"),
    ("$", "$"),
    ("$.", "$."),
    ("he$", "he$"),
    ("$1x", "x"),
    ("$12x", "x"),
    ("${1}x", "x"),
    ("$@x", "x"),
    ("$$", ""),
    ("$KOREAN", "한국어"),
    ("안녕$PWD", "안녕/home"),
    ("${SHELL:-x}", "bash"),
    ("${NONE:-x}", "x"),
    ("${NULL:-x}", "x"),
    ("${NONE-x}", "x"),
    ("${NULL-x}", ""),
    ("${NONE:-$PWD}", "/home"),
    ("${NONE:-'a b'}", "a b"),
    ("${NONE:-${OTHER:-deep}}", "deep"),
    ("${NONE:-\\}}", "}"),
    ("${NONE:-}", ""),
    ("${SHELL:+x}", "x"),
    ("${NONE:+x}", ""),
    ("${NULL:+x}", ""),
    ("${NULL+x}", "x"),
    ("${SHELL:+$PWD}", "/home"),
    ("${SHELL:?x}", "bash"),
    ("${NULL?x}", ""),
    ("${FILE#*/}", "a/b/c.tar.gz"),
    ("${FILE##*/}", "c.tar.gz"),
    ("${FILE%.*}", "/a/b/c.tar"),
    ("${FILE%%.*}", "/a/b/c"),
    ("${FILE%gz}", "/a/b/c.tar."),
    ("${FILE#nope}", "/a/b/c.tar.gz"),
    ("${FILE#/?}", "/b/c.tar.gz"),
    ("${FILE%\\*}", "/a/b/c.tar.gz"),
    ("${FILE/b/X}", "/a/X/c.tar.gz"),
    ("${FILE//\\//-}", "-a-b-c.tar.gz"),
    ("${FILE/\\//-}", "-a/b/c.tar.gz"),
    ("${FILE/./\\$1}", "/a/b/c\\$1tar.gz"),
    ("${FILE/*b/$SHELL}", "bash/c.tar.gz"),
    ("${NONE/a/b}", ""),
    ("a  b", "a  b"),
]


@pytest.mark.parametrize(("word", "expanded"), EXPANDED)
def test_a_word_is_expanded(word: str, expanded: str) -> None:
    assert expand(word, ENV) == expanded


WORDS = [
    ("", []),
    ("a b", ["a", "b"]),
    ("  a\t b\n", ["a", "b"]),
    ("$W", ["a", "b", "c"]),
    ('"$W"', ["a b  c"]),
    ("'a b' c", ["a b", "c"]),
    ("a\\ b", ["a b"]),
    ("x$W", ["xa", "b", "c"]),
    ("$W'd e'", ["a", "b", "cd e"]),
    ("$NULL", []),
    ('""', []),
    ('"" a', ["a"]),
    ("80 ${NONE:-81 82}", ["80", "81", "82"]),
    ("a\xa0b", ["a", "b"]),
]


@pytest.mark.parametrize(("word", "words"), WORDS)
def test_a_word_is_split_after_its_variables_are_put_in(word: str, words: list[str]) -> None:
    assert split(word, ENV) == words


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("'a", "unexpected end of statement while looking for matching single-quote"),
        ('"a', "unexpected end of statement while looking for matching double-quote"),
        ('"$PWD', "unexpected end of statement while looking for matching double-quote"),
        ("${", "syntax error: missing '}'"),
        ("${PWD", "unsupported modifier (\ufffd) in substitution"),
        ("${PWD:-", "syntax error: missing '}'"),
        ("${PWD:-'x}", "syntax error: missing '}'"),
        ("${}", "syntax error: bad substitution"),
        ("${:-x}", "syntax error: bad substitution"),
        ("${{x}}", "syntax error: bad substitution"),
        ("${PWD^x}", "unsupported modifier (^) in substitution"),
        ("${PWD:xx}", "unsupported modifier (:x) in substitution"),
        ("${PWD/x}", "syntax error: missing '/' in ${}"),
        ("${PWD/x/y", "syntax error: missing '}'"),
        ("${NONE:?}", "NONE: is not allowed to be unset"),
        ("${NULL:?}", "NULL: is not allowed to be empty"),
        ("${NONE?say this}", "NONE: say this"),
        ("${PWD#\\a}", "invalid pattern (\\a) in substitution: invalid escape '\\a'"),
    ],
)
def test_a_bad_word_is_refused(word: str, sentence: str) -> None:
    with pytest.raises(BadWord) as refused:
        expand(word, ENV)
    assert str(refused.value) == f"failed to process {quote(word)}: {sentence}"


def test_another_escape_letter_leaves_the_backslash_alone() -> None:
    assert expand("C:\\dir\\`$PWD", ENV, "`") == "C:\\dir\\$PWD"
    assert expand('"a`"b"', ENV, "`") == 'a"b'


def test_in_a_heredoc_quotes_are_plain_letters() -> None:
    assert expand('it\'s "$PWD" \\$PWD', ENV, quotes=False) == 'it\'s "/home" $PWD'


def test_braces_too_deep_are_refused_and_break_nothing() -> None:
    with pytest.raises(BadWord):
        expand("${a:-" * 20_000 + "}" * 20_000, {})


plain = st.text(st.sampled_from("abc./_-é"), max_size=6)


@given(plain, plain)
def test_single_quotes_keep_everything(text: str, value: str) -> None:
    assert expand(f"'{text}$X'", {"X": value}) == f"{text}$X"


@given(st.text(st.sampled_from("ab$'\"\\ {}"), max_size=8))
def test_every_letter_can_be_escaped(text: str) -> None:
    assert expand("".join(f"\\{letter}" for letter in text), {}) == text


@given(st.text(st.sampled_from("aX${}:-+?#%/*'\"\\ "), max_size=12))
def test_any_word_is_expanded_or_refused(word: str) -> None:
    try:
        expanded = expand(word, {"X": "a b"})
    except BadWord as error:
        assert str(error)
    else:
        assert "".join(split(word, {"X": "a b"})) == "".join(expanded.split()) or set(word) & set("'\"\\")


@pytest.mark.judge("bash")
@given(
    st.text(st.sampled_from("ab*?"), max_size=4),
    st.sampled_from(["#", "##", "%", "%%", "/", "//", ":-", "-", ":+", "+"]),
    st.text(st.sampled_from("ab"), max_size=6),
)
def test_a_substitution_is_as_in_bash(pattern: str, sign: str, value: str) -> None:
    """Bash leaves the value alone where an empty pattern would fit everywhere."""
    if sign in ("/", "//"):
        pattern = f"{pattern or 'a'}/X"
        if not pattern.split("/")[0].strip("*"):
            return
    program = shutil.which("bash") or "bash"
    ran = subprocess.run(
        [program, "-c", f'set -f; printf %s "${{V{sign}{pattern}}}"'],
        env={"V": value},
        capture_output=True,
        text=True,
        check=True,
    )
    assert expand(f"${{V{sign}{pattern}}}", {"V": value}) == ran.stdout
