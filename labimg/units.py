"""Sizes, ages, durations and moments, as Go reads and Docker prints them.

Sources: https://github.com/docker/go-units/blob/v0.5.0/size.go, duration.go, and Go's `time`.
"""

import re
from functools import lru_cache

from labimg import errors

SECOND = 1_000_000_000  # ns
ZERO_TIME = "0001-01-01T00:00:00Z"  # Go's for "never"

_SIZES = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
_LENGTHS = {
    "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6,
    "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND,
}  # fmt: skip
_MOMENT = r"(?a)(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?)?(Z|[+-]\d\d:\d\d)?"


def human_size(size: float, digits: int = 4) -> str:
    """`size` bytes in the largest fitting unit of a thousand, with so many significant `digits`.

    Tables use 3.  Rounding comes after the choice of unit, hence Docker's famous `1e+03kB`:

    >>> human_size(1_982_520), human_size(1_982_520, 3), human_size(999_950, 3)
    ('1.983MB', '1.98MB', '1e+03kB')
    """
    amount = float(size)
    unit = 0
    while amount >= 1000 and unit < len(_SIZES) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.{digits}g}{_SIZES[unit]}"


def human_duration(seconds: float) -> str:
    """How long `seconds` are, said roughly.

    >>> human_duration(5), human_duration(90 * 60), human_duration(86400 * 400)
    ('5 seconds', '2 hours', '13 months')
    """
    whole = int(seconds)
    minutes = int(seconds / 60)
    hours = int(seconds / 3600 + 0.5)
    if whole < 1:
        return "Less than a second"
    if whole < 60:
        return "1 second" if whole == 1 else f"{whole} seconds"
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    if hours < 24 * 7 * 2:
        return f"{hours // 24} days"
    if hours < 24 * 30 * 2:
        return f"{hours // (24 * 7)} weeks"
    if hours < 24 * 365 * 2:
        return f"{hours // (24 * 30)} months"
    return f"{int(seconds / 3600) // (24 * 365)} years"


def ago(seconds: float) -> str:
    """`human_duration` of the past; what lies in the future is less than a second ago."""
    return human_duration(seconds) + " ago"


def rfc3339nano(moment: int) -> str:
    """`moment` (ns since the epoch) as Go's RFC3339Nano writes it: no trailing zeros, UTC.

    >>> rfc3339nano(1_700_000_000_250_000_000)
    '2023-11-14T22:13:20.25Z'
    """
    from datetime import datetime, timedelta

    seconds, fraction = divmod(moment, SECOND)
    whole = (datetime(1970, 1, 1) + timedelta(seconds=seconds)).isoformat()
    return whole + (f".{fraction:09}".rstrip("0") if fraction else "") + "Z"


@lru_cache(maxsize=1 << 12)
def parse_time(text: str) -> int:
    """The moment (ns since the epoch) that an RFC3339 `text` names; without a zone, UTC.

    Hours, minutes and seconds may be missing from the right, as `--filter until=` allows.

    Raises:
        BadTime: not of this form.
        TimeOutOfRange: a 13th month, a 25th hour.
    """
    from datetime import datetime

    match = re.fullmatch(_MOMENT, text)
    if not match:
        raise errors.BadTime(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    limits = {
        "month": (1, month, 12),
        "hour": (0, hour, 23),
        "minute": (0, minute, 59),
        "second": (0, second, 59),
    }
    for what, (low, value, high) in limits.items():
        if not low <= value <= high:
            raise errors.TimeOutOfRange(text, what)
    try:
        elapsed = datetime(year, month, day, hour, minute, second) - datetime(1970, 1, 1)
    except ValueError:
        raise (errors.TimeOutOfRange(text, "day") if year else errors.BadTime(text)) from None
    whole = elapsed.days * 86400 + elapsed.seconds - _zone(match[8] or "Z")
    return whole * SECOND + int((match[7] or "")[:9].ljust(9, "0"))


def _zone(text: str) -> int:
    """How many seconds a zone is east of Greenwich."""
    if text == "Z":
        return 0
    seconds = int(text[1:3]) * 3600 + int(text[4:6]) * 60
    return -seconds if text[0] == "-" else seconds


def moment(text: str, now: int) -> int:
    """What `until=text` or `since=text` means: a duration before `now`, RFC3339, a date, or unix seconds.

    All in ns since the epoch; a moment told by a duration is cut to whole seconds, as Docker does.

    Raises:
        BadTime: none of these.
    """
    if text != "0":
        try:
            return (now - parse_duration(text)) // SECOND * SECOND
        except (errors.InvalidDuration, errors.NoUnit, errors.UnknownUnit):
            pass
    if unix := re.fullmatch(r"(\d+)(?:\.(\d{1,9}))?", text, re.ASCII):
        return int(unix[1]) * SECOND + int((unix[2] or "").ljust(9, "0"))
    return parse_time(text)


def parse_duration(text: str) -> int:
    """The ns in a duration such as `1h30m` or `-1.5s`.

    Raises:
        InvalidDuration: no number where one should stand.
        NoUnit: a number and nothing after it.
        UnknownUnit: a unit that is none.
    """
    sign, rest = (-1 if text.startswith("-") else 1), re.sub(r"^[+-]", "", text)
    if rest == "0":
        return 0
    if not rest:
        raise errors.InvalidDuration(text)
    total = 0
    while rest:
        number = re.match(r"(\d*)(?:\.(\d*))?", rest, re.ASCII)
        if not number or not (number[1] or number[2]):
            raise errors.InvalidDuration(text)
        rest = rest[number.end() :]
        unit = re.match(r"[^.0-9]*", rest)
        if not unit or not unit[0]:
            raise errors.NoUnit(text)
        if unit[0] not in _LENGTHS:
            raise errors.UnknownUnit(unit[0], text)
        length, fraction = _LENGTHS[unit[0]], number[2] or ""
        total += int(number[1] or 0) * length + int(fraction or 0) * length // 10 ** len(fraction)
        rest = rest[unit.end() :]
    if total >= 1 << 63:
        raise errors.InvalidDuration(text)
    return sign * total


def duration(length: int) -> str:
    """`length` ns as Go prints a duration.

    >>> duration(5_400_000_000_000), duration(1_500_000), duration(0)
    ('1h30m0s', '1.5ms', '0s')
    """
    sign, length = ("-" if length < 0 else ""), abs(length)
    for unit, limit in (("ns", 10**3), ("µs", 10**6), ("ms", SECOND)):
        if 0 < length < limit:
            return f"{sign}{_decimal(length, limit // 1000)}{unit}"
    minutes, rest = divmod(length, 60 * SECOND)
    hours, minutes = divmod(minutes, 60)
    larger = (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "")
    return f"{sign}{larger}{_decimal(rest, SECOND)}s"


def _decimal(value: int, one: int) -> str:
    """`value / one` exactly, without trailing zeros; `one` is a power of ten."""
    whole, fraction = divmod(value, one)
    return f"{whole}.{fraction:0{len(str(one)) - 1}}".rstrip("0") if fraction else str(whole)
