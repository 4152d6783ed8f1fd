"""Points in time as programs are told them: "2024-01-31 12:00", "@0", "yesterday"."""

import calendar
import re
import time
from typing import Final

_FORMATS: Final = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y%m%d",
    "%d %b %Y", "%b %d %Y", "%d %b %Y %H:%M:%S", "%a %b %d %H:%M:%S %Y",
)  # fmt: skip
_UNITS: Final = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86400, "week": 604800}


def parse(text: str, now: int, *, stamp: bool = False) -> int | None:
    """The moment `text` means, in seconds since the epoch; None if it means none.

    `stamp`: it is written as for `touch -t`.

    >>> parse("1970-01-02", 0)
    86400
    """
    if stamp:
        found = re.fullmatch(r"(\d{2}|\d{4})?(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?", text)
        if not found:
            return None
        year = found[1] or time.strftime("%Y", time.gmtime(now))
        year = year if len(year) == 4 else ("20" if int(year) < 69 else "19") + year
        digits = f"{year}{found[2]}{found[3]}{found[4]}{found[5]}{found[6] or '00'}"
        return _read(digits, "%Y%m%d%H%M%S")
    if re.fullmatch(r"@-?\d+", text):
        return int(text[1:])
    plain = re.sub(r"\.\d+|Z$|\s*(UTC|GMT)$|\s*\+0{2}:?0{2}$", "", text.strip())
    named = {"now": 0, "": 0, "today": 0, "yesterday": -86400, "tomorrow": 86400}
    if plain in named:
        return now + named[plain]
    if shifted := re.fullmatch(r"([+-]?\d+) (\w+?)s?( ago)?", plain):
        unit = _UNITS.get(shifted[2])
        return None if unit is None else now + int(shifted[1]) * unit * (-1 if shifted[3] else 1)
    for form in _FORMATS:
        moment = _read(plain, form)
        if moment is not None:
            return moment
    return None


def _read(text: str, form: str) -> int | None:
    try:
        return calendar.timegm(time.strptime(text, form))
    except ValueError:
        return None
