"""Time as a part that can be set: the civil date is always that of Việt Nam."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.settings import Settings
from bot.time_zone import TIME_ZONE


class Clock(Protocol):
    """What day it is."""

    def today(self) -> date:
        """Today's date in Asia/Ho_Chi_Minh."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def today(self) -> date:
        return datetime.now(TIME_ZONE).date()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A set day, for tests and demonstrations (`TUVAN_TODAY`)."""

    day: date

    def today(self) -> date:
        return self.day


def clock_for(settings: Settings) -> Clock:
    """The clock `settings` ask for."""
    return FixedClock(settings.tuvan_today) if settings.tuvan_today else SystemClock()
