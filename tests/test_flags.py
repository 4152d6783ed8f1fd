"""Flags: the docker client's ways with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.cli.flags import BOOL, BYTES, FILTER, INT, LIST, STRING, STRINGS, Flag, FlagError, parse

FLAGS = (
    Flag("all", "", BOOL, "a"),
    Flag("quiet", "", BOOL, "q"),
    Flag("rm", "", BOOL, default=True),
    Flag("name", "", STRING, "n"),
    Flag("tag", "", LIST, "t"),
    Flag("cache-from", "", STRINGS),
    Flag("filter", "", FILTER, "f"),
    Flag("last", "", INT, default=-1),
    Flag("size", "", BYTES),
)

READ = [
    ("", {}),
    ("-aq", {"all": True, "quiet": True}),
    ("-a -q", {"all": True, "quiet": True}),
    ("--all=false", {"all": False}),
    ("-a=0", {"all": False}),
    ("--rm=F", {"rm": False}),
    ("--name x", {"name": "x"}),
    ("--name=x=y", {"name": "x=y"}),
    ("--name=", {"name": ""}),
    ("-nx", {"name": "x"}),
    ("-n=x", {"name": "x"}),
    ("-n -a", {"name": "-a"}),
    ("-aqnx", {"all": True, "quiet": True, "name": "x"}),
    ("-t a -tb --tag c", {"tag": ["a", "b", "c"]}),
    ("--cache-from a,b --cache-from c", {"cache_from": ["a", "b", "c"]}),
    ("-f a=1 --filter A=2 -f b==", {"filter": {"a": ["1", "2"], "b": ["="]}}),
    ("-f label!=k", {"filter": {"label!": ["k"]}}),
    ("--last 0x10", {"last": 16}),
    ("--last 010", {"last": 8}),
    ("--last=-3", {"last": -3}),
    ("--size 2k", {"size": 2048}),
]


@pytest.mark.parametrize(("line", "said"), READ)
def test_flags_are_read(line: str, said: dict[str, object]) -> None:
    values, rest = parse(FLAGS, line.split())
    before, _ = parse(FLAGS, [])
    assert (values, rest) == (before | said, [])


REFUSED = [
    ("--nam x", "unknown flag: --nam"),
    ("-x", "unknown shorthand flag: 'x' in -x"),
    ("-axq", "unknown shorthand flag: 'x' in -xq"),
    ("-n", "flag needs an argument: 'n' in -n"),
    ("-an", "flag needs an argument: 'n' in -n"),
    ("--name", "flag needs an argument: --name"),
    (
        "--last 1_000x",
        'invalid argument "1_000x" for "--last" flag: strconv.ParseInt: parsing "1_000x": invalid syntax',
    ),
    ("--size x", 'invalid argument "x" for "--size" flag: invalid size: \'x\''),
]


@pytest.mark.parametrize(("line", "fault"), REFUSED)
def test_what_is_no_flag_is_refused(line: str, fault: str) -> None:
    with pytest.raises(FlagError) as error:
        parse(FLAGS, line.split())
    assert str(error.value) == fault


def test_flags_may_stand_between_operands_and_two_dashes_end_them() -> None:
    values, rest = parse(FLAGS, ["x", "-a", "y", "-", "--", "-q", "--"])
    assert values["all"] and not values["quiet"]
    assert rest == ["x", "y", "-", "-q", "--"]


def test_where_a_command_follows_the_first_operand_ends_the_flags() -> None:
    values, rest = parse(FLAGS, ["-a", "image", "ls", "-q"], interspersed=False)
    assert values["all"] and not values["quiet"]
    assert rest == ["image", "ls", "-q"]


@given(st.lists(st.text(min_size=1).filter(lambda word: not word.startswith("-"))))
def test_words_that_are_no_flags_come_back_as_they_are(words: list[str]) -> None:
    assert parse(FLAGS, words)[1] == words


@given(st.text(), st.text())
def test_a_value_may_be_any_text(name: str, tag: str) -> None:
    values, _ = parse(FLAGS, ["--name", name, f"--tag={tag}"])
    assert (values["name"], values["tag"]) == (name, [tag])
