"""The rules of a class beside the points: by when it is due, and what lateness costs.

>>> policy = Policy(moment("2026-11-20 12:00 UTC"), loss=0.1)
>>> policy.days("2026-11-20 12:00:00 UTC"), policy.days("2026-11-21 13:00 Asia/Shanghai")
(0, 1)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


class BadMoment(ValueError):
    """A text that is no date."""


def moment(text: str) -> datetime:
    """A date as nbgrader writes it: day, time, and the name of a zone or nothing for UTC.

    Raises:
        BadMoment: it is none.
    """
    day, *rest = text.split()
    try:
        at = datetime.fromisoformat(" ".join([day, *rest[:1]]))
        zone = ZoneInfo(rest[1]) if len(rest) > 1 and rest[1] != "UTC" else UTC
    except (ValueError, LookupError, OSError):
        raise BadMoment(f"{text!r} is no date: say it as 2026-11-20 12:00 UTC") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Policy:
    """When an assignment is due, and what share of the points each day begun after it costs."""

    due: datetime | None = None
    loss: float = 0.0  # of the points that can be had, for each day begun

    def days(self, handed_in: str) -> int:
        """How many days late; what bears no date, or one that cannot be read, is not late."""
        if self.due is None or not handed_in.strip():
            return 0
        try:
            late = moment(handed_in) - self.due
        except BadMoment:
            return 0
        return max(0, -(-late // DAY))

    def penalty(self, result: Mapping[str, Any]) -> float:
        """Points that a result loses; never more than it has."""
        days = self.days(result["timestamp"])
        return round(min(float(result["score"]), days * self.loss * float(result["points"])), 2)
