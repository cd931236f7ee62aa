"""Maternity, funeral, the monthly allowance, accident insurance."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from knowledge.calculators import BadCase, Sex, accident, funeral, maternity, monthly_allowance
from knowledge.rates import NoRate
from tests.knowledge.calculators.tables import NEW_YEAR, TODAY, instead, made, shipped

MAY = date(2026, 5, 4)


@pytest.mark.parametrize(("children", "amount"), [(1, 2_000_000), (2, 4_000_000), (3, 6_000_000)])
def test_every_child_brings_the_allowance(children: int, amount: int) -> None:
    got = maternity(children=children, rates=shipped(), on=TODAY)
    assert got.amount == amount
    assert [str(where) for where in got.basis] == ["41/2024/QH15 · Điều 95 · khoản 1"]


@pytest.mark.parametrize("children", [0, -1, 11])
def test_no_child_no_allowance(children: int) -> None:
    with pytest.raises(BadCase):
        maternity(children=children, rates=shipped(), on=TODAY)


def test_births_before_the_law_bring_nothing() -> None:
    with pytest.raises(NoRate):
        maternity(rates=shipped(), on=date(2025, 6, 30))


@pytest.mark.parametrize(
    ("on", "amount"),
    [
        (date(2025, 7, 1), 23_400_000),
        (date(2026, 6, 30), 23_400_000),
        (date(2026, 7, 1), 25_300_000),
        (TODAY, 25_300_000),
    ],
)
def test_the_funeral_allowance_is_that_of_the_month_of_death(on: date, amount: int) -> None:
    got = funeral(rates=shipped(), on=on)
    assert got.amount == amount
    assert str(got.basis[0]) == "41/2024/QH15 · Điều 109 · khoản 2"


def allowance(months: int = 84, average: int = 1_500_000, on: date = MAY, **more: Any) -> Any:
    rates = more.pop("rates", shipped())
    return monthly_allowance(months=months, average_income=average, rates=rates, on=on, **more)


def test_a_short_fund_lasts_some_months_and_may_be_topped_up_once() -> None:
    got = allowance(sex=Sex.FEMALE)  # 57 in 2026, 18 years to go
    assert (got.monthly, got.months, got.months_to_social_pension, got.top_up) == (500_000, 42, 216, 87_000_000)
    assert got.estimate
    assert "87.000.000" in got.formula and "75 tuổi" in got.formula


def test_men_begin_later_so_have_less_to_go() -> None:
    got = allowance(sex=Sex.MALE)
    assert got.months_to_social_pension == 75 * 12 - (61 * 12 + 6)
    assert got.top_up == (got.months_to_social_pension - 42) * 500_000


def test_a_large_fund_pays_more_every_month() -> None:
    got = allowance(168, 5_000_000, months_to_social_pension=162)  # 140 million over 162 months
    assert (got.monthly, got.months, got.top_up) == (864_198, 162, 0)
    assert "Đủ đến 75 tuổi" in got.formula


def test_a_fund_that_just_lasts_pays_the_lowest_level() -> None:
    got = allowance(84, 1_500_000, months_to_social_pension=42)
    assert (got.monthly, got.months, got.top_up) == (500_000, 42, 0)


def test_odd_months_count_here_too() -> None:
    assert allowance(90, months_to_social_pension=200).months == 45  # 7½ years
    assert allowance(91, months_to_social_pension=200).months == 48  # 8 years


def test_the_level_of_the_social_pension_that_is_not_certain_is_said_to_be_so() -> None:
    assert "chưa được đối chiếu" in allowance(sex=Sex.FEMALE, on=TODAY).formula
    assert "chưa được đối chiếu" not in allowance(sex=Sex.FEMALE, on=MAY).formula


@pytest.mark.parametrize(
    ("months", "more", "says"),
    [
        (180, {"sex": Sex.MALE}, "15 năm"),
        (0, {"sex": Sex.MALE}, "Thời gian đóng"),
        (-5, {"sex": Sex.MALE}, "Thời gian đóng"),
        (84, {}, "nam hay nữ"),
        (84, {"months_to_social_pension": 0}, "75 tuổi"),
        (84, {"months_to_social_pension": -12}, "75 tuổi"),
    ],
)
def test_who_cannot_have_the_allowance_is_told_why(months: int, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadCase, match=says):
        allowance(months, **more)


def test_accident_insurance_is_a_share_of_the_lowest_regional_wage() -> None:
    got = accident(half_years=1, years=2, rates=shipped(), on=TODAY)
    assert (got.half_yearly, got.yearly, got.death_benefit) == (222_000, 444_000, 116_550_000)
    assert got.total == 222_000 + 2 * 444_000
    assert "1.110.000" in got.formula
    assert accident(rates=shipped(), on=TODAY).total == 0


def test_accident_insurance_follows_a_new_wage() -> None:
    wage = made("minimum_wage", 4_000_000, since=NEW_YEAR, region="IV")
    assert accident(rates=instead(wage), on=NEW_YEAR).yearly == 480_000
    with pytest.raises(NoRate):
        accident(rates=instead(wage), on=TODAY)


@pytest.mark.parametrize(("half_years", "years"), [(-1, 0), (0, -1), (0, 10**9)])
def test_terms_that_cannot_be_are_refused(half_years: int, years: int) -> None:
    with pytest.raises(BadCase):
        accident(half_years=half_years, years=years, rates=shipped(), on=TODAY)
