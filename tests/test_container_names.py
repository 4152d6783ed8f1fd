"""The names containers get when they are given none."""

import re

from hypothesis import given
from hypothesis import strategies as st

from labimg.container.names import LEFT, RIGHT, pick

seeds = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(seeds)
def test_a_name_is_an_adjective_and_someone_of_science(seed: str) -> None:
    left, right = pick(seed, ()).split("_")
    assert left in LEFT and right in RIGHT


@given(seeds)
def test_the_same_id_has_the_same_name(seed: str) -> None:
    assert pick(seed, ()) == pick(seed, ())


@given(seeds)
def test_a_name_that_is_taken_gets_a_digit(seed: str) -> None:
    name = pick(seed, ())
    assert pick(seed, {name}) == f"{name}1" and pick(seed, {name, f"{name}1"}) == f"{name}2"


def test_the_words_are_names_dockers_grammar_takes_each_once_and_in_order() -> None:
    for words in (LEFT, RIGHT):
        assert words == sorted(set(words)) and all(re.fullmatch("[a-z]+", word) for word in words)


def test_nobody_is_called_boring_wozniak() -> None:
    assert "boring" not in LEFT
