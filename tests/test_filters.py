"""Filters: what `--filter` may say, and how several values count."""

import pytest

from labimg import filters
from labimg.errors import DockerError, InvalidFilter, ManyTimes
from labimg.filters import Filters


def test_an_unknown_filter_is_named() -> None:
    filters.known({"a": ["1"], "b": []}, ("a", "b"))
    with pytest.raises(InvalidFilter) as refused:
        filters.known({"label": ["x"], "Label": ["x"]}, ("label",))
    assert str(refused.value) == "Invalid filter 'Label'"


@pytest.mark.parametrize(
    ("values", "strict", "truth"),
    [
        ([], True, None),
        (["true"], True, True),
        (["false"], True, False),
        (["false", "true"], True, True),
        (["1"], False, True),
        (["0"], False, False),
        (["true", "false"], False, False),
        (["true", "x"], True, True),
    ],
)
def test_yes_or_no(values: list[str], strict: bool, truth: bool | None) -> None:
    assert filters.truth({"dangling": values}, "dangling", strict=strict) is truth


@pytest.mark.parametrize("value", ["1", "0", "", "True", "yes"])
def test_the_list_takes_no_other_word_for_an_answer(value: str) -> None:
    with pytest.raises(DockerError) as refused:
        filters.truth({"dangling": [value]}, "dangling")
    assert str(refused.value) == f"Invalid filter 'dangling=[{value}]'"


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({}, True),
        ({"label": ["a"]}, True),
        ({"label": ["a=1"]}, True),
        ({"label": ["a=2"]}, False),
        ({"label": ["a", "e="]}, True),
        ({"label": ["a", "nosuch"]}, False),
        ({"label": ["e=x"]}, False),
        ({"label": ["eq=x=y"]}, True),
        ({"label!": ["a"]}, False),
        ({"label!": ["a=2", "nosuch"]}, True),
        ({"label": ["a"], "label!": ["e"]}, False),
    ],
)
def test_labels_are_all_asked_for(wanted: Filters, fits: bool) -> None:
    assert filters.labelled(wanted, {"a": "1", "e": "", "eq": "x=y"}) is fits


def test_no_labels_have_none() -> None:
    assert filters.labelled({"label!": ["a"]}, None) and not filters.labelled({"label": ["a"]}, None)


def test_one_limit_of_time_can_hold() -> None:
    assert filters.until({}) is None and filters.until({"until": ["1h"]}) == "1h"
    with pytest.raises(ManyTimes):
        filters.until({"until": ["1h", "2h"]})


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("+0", 0), ("-1", -1), ("007", 7)])
def test_a_number_is_what_go_reads_as_one(text: str, number: int) -> None:
    assert filters.number(text) == number


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "invalid syntax"), ("1.5", "invalid syntax"), ("1_0", "invalid syntax"), ("٣", "invalid syntax"),
     ("9" * 20, "value out of range")],
)  # fmt: skip
def test_what_is_no_number_is_refused_in_gos_words(text: str, why: str) -> None:
    with pytest.raises(DockerError) as refused:
        filters.number(text)
    assert str(refused.value) == f'strconv.Atoi: parsing "{text}": {why}'
