"""One-off withdrawal and the lump sum of survivors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from knowledge.calculators import BadCase, survivors, survivors_of_pensioner, withdrawal, withdrawal_day
from knowledge.rates import NoRate
from tests.knowledge.calculators.tables import TODAY, shipped


def take(before: int, since: int, average: int = 2_000_000, on: date = TODAY, **more: Any) -> Any:
    return withdrawal(
        months_before_2014=before,
        months_from_2014=since,
        average_income=average,
        rates=shipped(),
        on=on,
        **more,
    )


def left(before: int, since: int, average: int = 2_000_000, on: date = TODAY, **more: Any) -> Any:
    return survivors(
        months_before_2014=before,
        months_from_2014=since,
        average_income=average,
        rates=shipped(),
        on=on,
        **more,
    )


def test_years_from_2014_give_twice_the_average() -> None:
    months = (2025 * 12 + 10) - (2017 * 12 + 11) + 1  # November 2017 to October 2025
    got = take(0, months, 1_500_000)
    assert (months, got.times, got.amount) == (96, 16, 24_000_000)


def test_years_before_2014_give_one_and_a_half() -> None:
    got = take(36, 84)
    assert (got.times, got.amount) == (Decimal("18.5"), 37_000_000)
    assert "3 năm × 1,5 + 7 năm × 2" in got.formula
    assert take(60, 0).amount == 15_000_000


@pytest.mark.parametrize(
    ("before", "since", "years", "times"),
    [
        (40, 84, ("3", "7.5"), "19.5"),  # 4 odd months move: 7 years 4 months
        (43, 77, ("3", "7"), "18.5"),  # 7 + 77 months are 7 years
        (47, 8, ("3", "2"), "8.5"),  # 11 + 8 = 19 months: one and a half and then up to two years
        (11, 1, ("0", "1"), "2"),
        (40, 0, ("3.5", "0"), "5.25"),  # nothing from 2014 to move to
        (0, 18, ("0", "1.5"), "3"),
        (0, 19, ("0", "2"), "4"),
    ],
)
def test_odd_months_before_2014_move_to_the_time_after_it(
    before: int, since: int, years: tuple[str, str], times: str
) -> None:
    got = take(before, since)
    assert (got.years_before, got.years_from) == (Decimal(years[0]), Decimal(years[1]))
    assert got.times == Decimal(times)
    assert got.amount == got.times * 2_000_000


def test_what_the_state_paid_is_taken_off() -> None:
    got = take(0, 96, 1_500_000, subsidy=3_000_000)
    assert (got.gross, got.subsidy, got.amount) == (24_000_000, 3_000_000, 21_000_000)
    assert "21.000.000" in got.formula
    assert take(0, 12, 1_500_000, subsidy=90_000_000).amount == 0


def test_under_a_year_it_is_what_was_paid_at_most_twice_the_average() -> None:
    told = take(0, 7, paid=3_080_000)
    assert (told.amount, told.estimate) == (3_080_000, False)
    assert "chưa đủ một năm" in told.formula
    assert take(0, 11, paid=4_840_000).amount == 4_000_000
    assert str(told.basis[0]) == "41/2024/QH15 · Điều 102 · khoản 2 · điểm c"
    guessed = take(0, 7)
    assert (guessed.amount, guessed.estimate) == (3_080_000, True)
    assert "ước tính" in guessed.formula
    assert take(6, 5, paid=1_000_000).amount == 1_000_000  # both times together are under a year


def test_from_a_full_year_on_the_level_counts_not_what_was_paid() -> None:
    assert take(0, 12, paid=1).amount == 4_000_000
    assert take(6, 6, paid=1).amount == 4_000_000


@pytest.mark.parametrize(
    ("before", "since", "average", "more"),
    [
        (0, 0, 2_000_000, {}),
        (-1, 24, 2_000_000, {}),
        (24, -1, 2_000_000, {}),
        (400, 400, 2_000_000, {}),
        (0, 24, 0, {}),
        (0, 24, -5, {}),
        (0, 24, 10**25, {}),
        (0, 24, 2_000_000, {"subsidy": -1}),
        (0, 6, 2_000_000, {"paid": -1}),
    ],
)
def test_what_cannot_be_is_refused(before: int, since: int, average: int, more: dict[str, int]) -> None:
    with pytest.raises(BadCase) as raised:
        take(before, since, average, **more)
    assert raised.value.remedy


def test_before_the_law_there_is_no_figure() -> None:
    for calculate in (take, left):
        with pytest.raises(NoRate):
            calculate(0, 96, on=date(2025, 6, 30))


def test_survivors_have_the_same_times_by_year() -> None:
    assert left(36, 84).amount == 37_000_000
    assert left(40, 84).amount == 39_000_000
    assert left(0, 60).amount == 20_000_000
    assert not left(0, 60).estimate


def test_under_sixty_months_survivors_have_what_was_paid() -> None:
    assert left(0, 59, paid=12_000_000).amount == 12_000_000
    guessed = left(24, 35)
    assert (guessed.amount, guessed.estimate) == (59 * 440_000, True)
    assert "dưới 60 tháng" in guessed.formula


def test_who_paid_both_kinds_leaves_at_least_three_times_the_average() -> None:
    assert left(0, 6, paid=2_640_000, mixed=True).amount == 6_000_000
    assert left(0, 6, paid=7_000_000, mixed=True).amount == 7_000_000
    assert left(0, 96, mixed=True).amount == left(0, 96).amount == 32_000_000


@pytest.mark.parametrize(
    ("month", "times"),
    [
        (1, "48"),
        (2, "48"),
        (3, "47.5"),
        (14, "42"),
        (91, "3.5"),
        (92, "3"),
        (93, "3"),
        (300, "3"),
    ],
)
def test_a_pensioner_leaves_fewer_months_the_longer_he_drew(month: int, times: str) -> None:
    got = survivors_of_pensioner(pension=1_800_000, months_drawn=month, rates=shipped(), on=TODAY)
    assert got.times == Decimal(times)
    assert got.amount == Decimal(times) * 1_800_000


def test_the_words_of_a_pensioners_lump_sum_follow_it() -> None:
    def words(month: int) -> str:
        return survivors_of_pensioner(pension=2_000_000, months_drawn=month, rates=shipped(), on=TODAY).formula

    assert "48 − 12 × 0,5 = 42 tháng lương hưu × 2.000.000 = 84.000.000 đồng" in words(14)
    assert ": 48 tháng lương hưu × 2.000.000 = 96.000.000 đồng" in words(1)
    assert "không dưới 3 tháng lương hưu × 2.000.000 = 6.000.000 đồng" in words(300)


@pytest.mark.parametrize(("pension", "month"), [(0, 5), (-1, 5), (1_000_000, 0), (1_000_000, -3), (1_000_000, 9999)])
def test_an_impossible_pensioner_is_refused(pension: int, month: int) -> None:
    with pytest.raises(BadCase):
        survivors_of_pensioner(pension=pension, months_drawn=month, rates=shipped(), on=TODAY)


@pytest.mark.parametrize(
    ("last", "day"),
    [
        (date(2025, 10, 31), date(2026, 11, 1)),
        (date(2025, 10, 1), date(2026, 11, 1)),
        (date(2026, 5, 1), date(2027, 6, 1)),
        (date(2025, 12, 15), date(2027, 1, 1)),
        (date(2025, 11, 1), date(2026, 12, 1)),
    ],
)
def test_the_wait_ends_twelve_months_after_the_last_month_paid(last: date, day: date) -> None:
    found = withdrawal_day(last=last, rates=shipped(), on=TODAY)
    assert found.day == day
    assert found.last == last.replace(day=1)
    assert f"từ ngày {day.day}/{day.month}/{day.year}" in found.formula
