"""When a person is reminded: of the last day to pay, or before a day that they named. Pure.

Law 41/2024/QH15, Article 36.3: the months of a period in which one must have paid are dated rates. A reminder goes out DAYS_AHEAD
days before, at eight in the morning; all reminders of a deadline fall into its own month, so a row needs no other mark of the period.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

from bot.time_zone import TIME_ZONE
from knowledge.calculators.model import Method
from knowledge.rates import load_rates

DAYS_AHEAD = 7
DEADLINE = "deadline"
"""Topic of a reminder to pay."""
_BEFORE = "before:"
EVERY = {1: Method.MONTHLY, 3: Method.QUARTERLY, 6: Method.HALF_YEARLY, 12: Method.YEARLY}
"""Ways to pay that come again, by their months."""
FARTHEST_DAYS = 2 * 366
"""Nobody is reminded of a day beyond this."""


def before(day: date) -> str:
    """The topic of a reminder before `day`."""
    return f"{_BEFORE}{day.isoformat()}"


def day_of(topic: str) -> date | None:
    """The day of a topic made by `before`; None for others."""
    return date.fromisoformat(topic.removeprefix(_BEFORE)) if topic.startswith(_BEFORE) else None


def first_deadline(every_months: int, start: date, now: float) -> float:
    """When to remind first of a deadline: periods of `every_months` follow each other from the month of `start`."""
    month = start.year * 12 + start.month - 1
    inside = _months_to_pay(EVERY[every_months], start)
    while (at := _at(_last_day(month + inside - 1) - timedelta(days=DAYS_AHEAD))) <= now:
        month += every_months
    return at


def next_deadline(due_at: float, every_months: int) -> float:
    """When to remind after the reminder of `due_at`."""
    here = civil_day(due_at)
    return _at(_last_day(here.year * 12 + here.month - 1 + every_months) - timedelta(days=DAYS_AHEAD))


def deadline_of(due_at: float) -> date:
    """The last day to pay of which the reminder of `due_at` speaks."""
    here = civil_day(due_at)
    return _last_day(here.year * 12 + here.month - 1)


def before_day(day: date, now: float) -> float | None:
    """When to remind before `day`: DAYS_AHEAD days before, or tomorrow when it is nearer; None when it is too near or too far."""
    tomorrow = civil_day(now) + timedelta(days=1)
    when = max(day - timedelta(days=DAYS_AHEAD), tomorrow)
    return _at(when) if when < day and (day - tomorrow).days <= FARTHEST_DAYS else None


def in_words(topic: str, due_at: float, every_months: int) -> str:
    """A reminder as it is told to the person."""
    if day := day_of(topic):
        return f"trước ngày {_told(day)}"
    how = "hằng tháng" if every_months == 1 else f"{every_months} tháng một lần"
    return f"hạn đóng {how}, lần tới trước ngày {_told(deadline_of(due_at))}"


def told_day(at: float) -> str:
    """The day of an instant, as people write it."""
    return _told(civil_day(at))


def _told(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def civil_day(at: float) -> date:
    """The day of an instant in Việt Nam."""
    return datetime.fromtimestamp(at, TIME_ZONE).date()


def _at(day: date) -> float:
    return datetime.combine(day, time(8), TIME_ZONE).timestamp()


def _last_day(month: int) -> date:
    """The last day of a month counted from the year 0."""
    year, at = divmod(month + 1, 12)
    return date(year, at + 1, 1) - timedelta(days=1)


@cache
def _months_to_pay(method: Method, on: date) -> int:
    rate = load_rates().at("method_deadline_months", max(on, date(2025, 7, 1)), method=method.value)
    return int(str(rate.value))
