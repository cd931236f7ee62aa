"""Spans worked out of what a person told: doubt gives None, so that a card gives the rule and no figure."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.cards.spans import around_2014, last_paid, month_of, months_drawn, paid_before, started
from knowledge.understanding.facts import Facts

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("facts", "split"),
    [
        (Facts(months_before_2014=36, months_from_2014=84), (36, 84)),
        (Facts(months_paid=144, months_before_2014=36), (36, 108)),
        (Facts(months_before_2014=36), None),
        (Facts(months_paid=24, months_before_2014=36), None),
        (Facts(months_from_2014=60), (0, 60)),
        (Facts(months_paid=48, months_from_2014=60), None),  # "4 năm trước 2014 và 5 năm sau 2014"
        (Facts(months_paid=96), (0, 96)),
        (Facts(months_paid=96, started_year=2018), (0, 96)),
        (Facts(months_paid=96, started_year=2011), None),
        (Facts(months_paid=7, months_at_once=60), None),
        (Facts(), None),
    ],
)
def test_around_2014(facts: Facts, split: tuple[int, int] | None) -> None:
    assert around_2014(facts) == split


def test_the_last_month_paid_is_counted_back_from_today() -> None:
    assert last_paid(Facts(stopped_months=8), TODAY) == date(2026, 3, 1)
    assert last_paid(Facts(stopped_months=11), TODAY) == date(2025, 12, 1)
    assert last_paid(Facts(), TODAY) is None


def test_months_drawn_are_told_or_counted_to_the_death() -> None:
    since = date(2025, 1, 1)
    assert months_drawn(Facts(pension_since=since), date(2026, 9, 28)) == 21
    assert months_drawn(Facts(pension_since=since), date(2025, 1, 9)) == 1
    assert months_drawn(Facts(pension_since=since, pension_months=14), TODAY) == 14
    assert months_drawn(Facts(pension_since=since), date(2024, 12, 1)) is None
    assert months_drawn(Facts(), TODAY) is None


def test_months_are_counted_with_the_first() -> None:
    assert month_of(date(2026, 6, 1), 6) == date(2026, 11, 1)
    assert month_of(date(2026, 12, 31), 1) == date(2026, 12, 1)
    assert month_of(date(2026, 7, 1), 0) == date(2026, 6, 1)
    assert started(Facts(started_year=2026, started_month=6)) == date(2026, 6, 1)
    assert started(Facts(started_year=2026)) is None


@pytest.mark.parametrize(
    ("facts", "before"),
    [
        (Facts(months_paid=72, stopped_months=24), True),
        (Facts(months_paid=60), True),
        (Facts(months_paid=10), None),
        (Facts(months_paid=60, months_at_once=60), None),  # paid ahead
        (Facts(months_paid=10, started_year=2025, started_month=9), False),
        (Facts(), None),
    ],
)
def test_so_many_months_paid_reach_back_before_the_law(facts: Facts, before: bool | None) -> None:
    assert paid_before(facts, date(2025, 7, 1), TODAY) is before
