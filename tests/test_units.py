"""Sizes, ages, durations and moments as Docker prints and reads them.

Facts: live sessions, go-units v0.5.0, and Go's `time`.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.errors import BadTime, DockerError, TimeOutOfRange
from labimg.units import (
    SECOND,
    ZERO_TIME,
    ago,
    duration,
    human_duration,
    human_size,
    moment,
    parse_duration,
    parse_time,
    rfc3339nano,
)

NOW = 1_700_000_000 * SECOND + 123_456_789


@pytest.mark.parametrize(
    ("size", "short", "long"),
    [
        (999950, "1e+03kB", "1000kB"),
        (1234567, "1.23MB", "1.235MB"),
        (999500, "1e+03kB", "999.5kB"),
        (1000000, "1MB", "1MB"),
        (12345678, "12.3MB", "12.35MB"),
        (999949, "1e+03kB", "999.9kB"),
        (9995, "9.99kB", "9.995kB"),
        (1, "1B", "1B"),
        (99950, "100kB", "99.95kB"),
        (0, "0B", "0B"),
        (1001, "1kB", "1.001kB"),
        (1000, "1kB", "1kB"),
        (999499, "999kB", "999.5kB"),
        (999, "999B", "999B"),
        (2048, "2.05kB", "2.048kB"),
        (19456, "19.5kB", "19.46kB"),
        (1982520, "1.98MB", "1.983MB"),
        (10**27, "1e+03YB", "1000YB"),
    ],
)
def test_a_size_has_three_digits_in_tables_and_four_elsewhere(size: int, short: str, long: str) -> None:
    assert (human_size(size, 3), human_size(size)) == (short, long)


HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "Less than a second"),
        (0.9, "Less than a second"),
        (1.9, "1 second"),
        (2, "2 seconds"),
        (59, "59 seconds"),
        (60, "About a minute"),
        (119, "About a minute"),
        (120, "2 minutes"),
        (HOUR - 1, "59 minutes"),
        (HOUR, "About an hour"),
        (HOUR * 1.49, "About an hour"),
        (HOUR * 1.5, "2 hours"),
        (HOUR * 47.4, "47 hours"),
        (HOUR * 47.5, "2 days"),
        (DAY * 13.9, "13 days"),
        (DAY * 14, "2 weeks"),
        (DAY * 59, "8 weeks"),
        (DAY * 60, "2 months"),
        (DAY * 729, "24 months"),
        (DAY * 730, "2 years"),
        (DAY * 365 * 56, "56 years"),
    ],
)
def test_an_age_is_said_roughly(seconds: float, said: str) -> None:
    assert human_duration(seconds) == said
    assert ago(seconds) == f"{said} ago"


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2023-11-14T22:13:20Z", 1_700_000_000 * SECOND),
        ("2023-11-14T22:13:20.25Z", 1_700_000_000 * SECOND + 250_000_000),
        ("2023-11-14T22:13:20.000000001Z", 1_700_000_000 * SECOND + 1),
        ("1969-12-31T23:59:59.9Z", -100_000_000),
        (ZERO_TIME, -62_135_596_800 * SECOND),
        ("9999-12-31T23:59:59.999999999Z", 253_402_300_800 * SECOND - 1),
    ],
)
def test_a_moment_is_written_without_trailing_zeros(text: str, ns: int) -> None:
    assert rfc3339nano(ns) == text
    assert parse_time(text) == ns


@given(st.integers(-62_135_596_800 * SECOND, 253_402_300_800 * SECOND - 1))
def test_a_moment_that_is_written_is_read_again(ns: int) -> None:
    assert parse_time(rfc3339nano(ns)) == ns


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)))
def test_a_moment_is_the_same_as_pythons(when: datetime) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert parse_time(when.isoformat()) // 1000 == (when - epoch) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("10m", NOW // SECOND * SECOND - 600 * SECOND),
        ("1h30m", NOW // SECOND * SECOND - 5400 * SECOND),
        ("-1s", NOW // SECOND * SECOND + SECOND),
        ("0", 0),
        ("1700000000", 1_700_000_000 * SECOND),
        ("1700000000.5", 1_700_000_000 * SECOND + 500_000_000),
        ("2023-11-14", 1_699_920_000 * SECOND),
        ("2023-11-14T22", 1_699_999_200 * SECOND),
        ("2023-11-14T22:13", 1_699_999_980 * SECOND),
        ("2023-11-14T22:13:20", 1_700_000_000 * SECOND),
        ("2023-11-14T23:13:20+01:00", 1_700_000_000 * SECOND),
        ("2023-11-14T19:43:20.5-02:30", 1_700_000_000 * SECOND + 500_000_000),
        ("2023", 2023 * SECOND),
        ("2023-11-14Z", 1_699_920_000 * SECOND),
    ],
)
def test_a_limit_of_time_is_told_in_many_ways(text: str, ns: int) -> None:
    assert moment(text, NOW) == ns


@pytest.mark.parametrize("text", ["xx", "", "1x", "12:00", "2023-1-1", "10 m", "２０２３-11-14"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadTime) as refused:
        moment(text, NOW)
    assert str(refused.value) == f'failed to parse value as time or duration: "{text}"'


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("2023-13-01", "month"),
        ("2023-02-30", "day"),
        ("2023-01-01T24:00:00Z", "hour"),
        ("2023-01-01T00:60:00Z", "minute"),
        ("2023-01-01T00:00:60Z", "second"),
    ],
)
def test_a_moment_no_calendar_has_is_refused(text: str, what: str) -> None:
    with pytest.raises(TimeOutOfRange, match=f'^parsing time "{text}": {what} out of range$'):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "ns", "written"),
    [
        ("0", 0, "0s"),
        ("5s", 5 * SECOND, "5s"),
        ("+5s", 5 * SECOND, "5s"),
        ("-1.5h", -5400 * SECOND, "-1h30m0s"),
        ("1h15m30.918s", 4530_918_000_000, "1h15m30.918s"),
        ("100ms", 100_000_000, "100ms"),
        ("1.5ms", 1_500_000, "1.5ms"),
        ("3us", 3000, "3µs"),
        ("3µs", 3000, "3µs"),
        ("3.25μs", 3250, "3.25µs"),
        ("7ns", 7, "7ns"),
        (".5s", 500_000_000, "500ms"),
        ("5.s", 5 * SECOND, "5s"),
        ("90m", 5400 * SECOND, "1h30m0s"),
        ("61s", 61 * SECOND, "1m1s"),
    ],
)
def test_a_duration_is_read_and_written_as_in_go(text: str, ns: int, written: str) -> None:
    assert parse_duration(text) == ns
    assert duration(ns) == written


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", 'time: invalid duration ""'),
        ("-", 'time: invalid duration "-"'),
        ("x", 'time: invalid duration "x"'),
        (".s", 'time: invalid duration ".s"'),
        ("1s x", 'time: unknown unit "s x" in duration "1s x"'),
        ("5", 'time: missing unit in duration "5"'),
        ("5d", 'time: unknown unit "d" in duration "5d"'),
        ("9999999999h", 'time: invalid duration "9999999999h"'),
    ],
)
def test_what_is_no_duration_is_refused_in_gos_words(text: str, sentence: str) -> None:
    with pytest.raises(DockerError) as refused:
        parse_duration(text)
    assert str(refused.value) == sentence


@given(st.integers(-(2**62), 2**62))
def test_a_duration_that_is_written_is_read_again(ns: int) -> None:
    assert parse_duration(duration(ns)) == ns
