"""References: what may be written, what it means, and who refuses it in which words.

Facts: `docker tag base:1 X` for many X, with docker 28.2.2 before dockerd 20.10.24.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.errors import DockerError, InvalidReference, InvalidTagFormat
from labimg.errors.quote import quote
from labimg.reference import Reference, exact_id, short_id, tagging

ZERO = "sha256:" + "0" * 64

component = st.from_regex(r"[a-z0-9]{1,5}([._-][a-z0-9]{1,5}){0,2}", fullmatch=True)
domain = st.sampled_from(["docker.io", "localhost", "a.b", "reg.example.com:5000", "127.0.0.1:5057"])
tag = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}", fullmatch=True)


def unmistakable(reference: Reference) -> bool:
    """Is the familiar form read as it was meant?  Docker shows `docker.io/a.b/c` as `a.b/c`."""
    return reference.domain != "docker.io" or "." not in reference.path.partition("/")[0]


references = st.builds(
    Reference,
    domain,
    st.lists(component, min_size=2, max_size=3).map("/".join),
    st.just("") | tag,
    st.just("") | st.just(ZERO),
).filter(unmistakable)


def refusal(text: str) -> str:
    """What the user reads after `docker tag base:1 TEXT`, or nothing."""
    try:
        reference = tagging("base:1", text)
        Reference.parse(text)
    except DockerError as error:
        return ("Error response from daemon: " if error.side == "daemon" else "") + str(error)
    assert reference.tag
    return ""


FORM = "invalid reference format"
LOWER = f"{FORM}: repository name must be lowercase"
TYPED = "Error parsing reference: {} is not a valid repository/tag: "

WRONG = ["a:b:c", "x:", ":x", "-a", "a..b", "a___b", "a.-b", "x:.a", "x:-a", "a//b", "/a", "a/", "ünï", "a b"]
WRONG += [
    "",
    "x@sha256:abc",
    "x:" + "t" * 129,
    "x\n",
    "x:1\n",
    "a_-b",
    "a-_b",
    "-.b/c",
    "a./c",
    f"x@{ZERO}\n",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_does_not_fit_the_grammar_is_refused_by_the_client(text: str) -> None:
    assert refusal(text) == TYPED.format(quote(text)) + FORM
    with pytest.raises(InvalidReference, match=f"^{FORM}$"):
        Reference.parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("UPPER/x", f"Error response from daemon: {LOWER}"),
        ("Localhost/x", f"Error response from daemon: {LOWER}"),
        ("HOST/x", f"Error response from daemon: {LOWER}"),
        (
            "my.host:5000/A",
            TYPED.format('"my.host:5000/A"') + f"{FORM}: repository name (A) must be lowercase",
        ),
        ("BASE", TYPED.format('"BASE"') + f"{FORM}: repository name (library/BASE) must be lowercase"),
        ("9EB9", TYPED.format('"9EB9"') + f"{FORM}: repository name (library/9EB9) must be lowercase"),
        (
            "a" * 64,
            TYPED.format(f'"{"a" * 64}"')
            + f"invalid repository name ({'a' * 64}), cannot specify 64-byte hexadecimal strings",
        ),
        (
            "a" * 255,
            TYPED.format(f'"{"a" * 255}"') + "repository name must not be more than 255 characters",
        ),
        (
            f"aa/{'a' * 245}:1",
            "Error response from daemon: repository name must not be more than 255 characters",
        ),
        (f"x@{ZERO}", "refusing to create a tag with a digest reference"),
        (f"x:tag@{ZERO}", "refusing to create a tag with a digest reference"),
        ("[::1]:5000/a", f"Error response from daemon: {FORM}"),
    ],
)
def test_client_and_daemon_each_refuse_in_their_own_words(text: str, sentence: str) -> None:
    assert refusal(text) == sentence


@pytest.mark.parametrize(
    ("text", "familiar"),
    [
        ("a__b", "a__b:latest"),
        ("a.b_c/d", "a.b_c/d:latest"),  # no host is called so
        ("a-----b", "a-----b:latest"),
        ("localhost/x", "localhost/x:latest"),
        ("my.host:99999999/a", "my.host:99999999/a:latest"),
        ("x:_a", "x:_a"),
        ("x:TAG_Ok-1.2", "x:TAG_Ok-1.2"),
        ("a:5000/b", "a:5000/b:latest"),
        ("a.b/c", "a.b/c:latest"),
        ("scratch", "scratch:latest"),
        ("x:" + "t" * 128, "x:" + "t" * 128),
        ("index.docker.io/foo", "foo:latest"),
        ("docker.io/foo", "foo:latest"),
        ("docker.io/library/foo", "foo:latest"),
        ("library/foo", "foo:latest"),
        ("docker.io/a/b", "a/b:latest"),
        ("library/a/b", "library/a/b:latest"),
        ("docker.io/library/a/b:1", "library/a/b:1"),
        ("sha256:abc", "sha256:abc"),
        ("x/sha256", "x/sha256:latest"),
    ],
)
def test_a_reference_is_completed_and_shown_short(text: str, familiar: str) -> None:
    assert refusal(text) == ""
    assert Reference.parse(text).tagged.familiar == familiar
    assert tagging("base:1", text).familiar == familiar


def test_a_digest_stands_in_for_a_tag() -> None:
    reference = Reference.parse(f"nginx@{ZERO}")
    assert reference.tagged is reference
    assert str(reference) == f"docker.io/library/nginx@{ZERO}"
    assert str(Reference.parse(f"nginx:1@{ZERO}").untagged) == str(reference)


@pytest.mark.parametrize(
    ("digest", "sentence"),
    [
        ("sha256:" + "0" * 63, "invalid checksum digest length"),
        ("sha256:" + "A" * 64, "invalid checksum digest format"),
        ("sha1:" + "0" * 40, "unsupported digest algorithm"),
    ],
)
def test_a_digest_must_be_one_that_could_be_computed(digest: str, sentence: str) -> None:
    for read in (Reference.parse, Reference.typed):
        with pytest.raises(InvalidReference, match=f"^{sentence}$"):
            read(f"x@{digest}")


def test_the_source_of_a_tag_may_be_an_id_and_is_looked_at_first() -> None:
    assert tagging("0" * 64, "x").familiar == "x:latest"
    assert tagging(ZERO, "x").familiar == "x:latest"
    with pytest.raises(DockerError, match='"BAD"'):
        tagging("BAD", "WORSE")


@pytest.mark.parametrize(
    ("text", "whole", "short"),
    [
        ("0" * 64, ZERO, True),
        (ZERO, ZERO, True),
        ("sha256:9eb9", "", True),
        ("9", "", True),
        ("9EB9", "", False),
        ("", "", False),
        ("sha256:", "", False),
        ("0" * 65, "", False),
        ("base", "", False),
        ("0" * 64 + "\n", "", False),
    ],
)
def test_an_id_is_told_from_its_beginning(text: str, whole: str, short: bool) -> None:
    assert (exact_id(text), short_id(text)) == (whole, short)


def test_a_reference_takes_another_tag_or_digest() -> None:
    reference = Reference.parse("team/app:1")
    assert reference.with_tag("2").familiar == "team/app:2"
    assert reference.with_digest(ZERO).familiar == f"team/app@{ZERO}"
    assert reference.with_digest(ZERO).with_tag("3").familiar == "team/app:3"
    with pytest.raises(InvalidTagFormat, match=r"^invalid tag format$"):
        reference.with_tag("-")
    with pytest.raises(InvalidReference):
        reference.with_digest("sha256:1")


@given(references)
def test_full_and_familiar_form_are_read_back_as_the_same(reference: Reference) -> None:
    assert Reference.parse(str(reference)) == reference
    assert Reference.parse(reference.familiar) == reference


@given(references)
def test_what_the_daemon_reads_the_client_reads_alike(reference: Reference) -> None:
    assert Reference.typed(reference.familiar) == Reference.parse(reference.familiar)


@given(st.text(st.sampled_from("aA0.:/@_-é \n"), max_size=12))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for read in (Reference.parse, Reference.typed):
        try:
            reference = read(text)
        except InvalidReference as error:
            assert str(error)
        else:
            assert read(str(reference)) == reference
