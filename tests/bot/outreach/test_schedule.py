"""Days of reminders: a week before the last day to pay, in the day, never in the past."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.outreach.schedule import (
    EVERY,
    before,
    before_day,
    day_of,
    deadline_of,
    first_deadline,
    in_words,
    next_deadline,
)
from bot.time_zone import TIME_ZONE

NOW = datetime(2026, 11, 22, 9, tzinfo=TIME_ZONE).timestamp()


def at(*when: int) -> float:
    return datetime(*when, tzinfo=TIME_ZONE).timestamp()  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("every", "start", "deadline"),
    [
        (1, date(2026, 11, 1), date(2026, 11, 30)),  # within the month
        (3, date(2026, 10, 1), date(2026, 12, 31)),  # within the three months
        (6, date(2026, 9, 1), date(2026, 12, 31)),  # in the first four months
        (12, date(2026, 6, 1), date(2026, 12, 31)),  # in the first seven months
        (12, date(2026, 1, 1), date(2027, 7, 31)),  # this year's is over
    ],
)
def test_the_last_day_follows_the_way_to_pay(every: int, start: date, deadline: date) -> None:
    due = first_deadline(every, start, NOW)
    assert deadline_of(due) == deadline
    assert (
        datetime.fromtimestamp(due, TIME_ZONE).hour == 8
        and (deadline_of(due) - datetime.fromtimestamp(due, TIME_ZONE).date()).days == 7
    )


@settings(deadline=None)  # the rates are read at the first
@given(st.sampled_from(list(EVERY)), st.dates(date(2024, 1, 1), date(2028, 12, 1)), st.integers(0, 700))
def test_each_is_ahead_and_the_next_is_one_period_later(every: int, start: date, days: int) -> None:
    now = NOW + days * 86_400
    due = first_deadline(every, start.replace(day=1), now)
    after = next_deadline(due, every)
    assert due > now
    first, second = deadline_of(due), deadline_of(after)
    assert (second.year * 12 + second.month) - (first.year * 12 + first.month) == every


def test_before_a_day_is_a_week_before_or_tomorrow_and_not_at_all_when_it_is_here() -> None:
    assert before_day(date(2027, 1, 1), NOW) == at(2026, 12, 25, 8)
    assert before_day(date(2026, 11, 25), NOW) == at(2026, 11, 23, 8)
    assert before_day(date(2026, 11, 23), NOW) is None
    assert before_day(date(2020, 1, 1), NOW) is None
    assert before_day(date(2099, 1, 1), NOW) is None
    assert day_of(before(date(2027, 1, 1))) == date(2027, 1, 1) and day_of("deadline") is None
    assert in_words(before(date(2027, 1, 1)), 0.0, 0) == "trước ngày 1/1/2027"
    assert in_words("deadline", at(2026, 12, 24, 8), 3) == "hạn đóng 3 tháng một lần, lần tới trước ngày 31/12/2026"
