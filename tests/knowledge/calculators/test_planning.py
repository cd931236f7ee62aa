"""From a wish to an income, to years, to a cost; and what waiting for the new line means."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from knowledge.calculators import (
    BadCase,
    HouseholdGroup,
    Sex,
    contribution,
    cost_until_pension,
    income_for_pension,
    income_from_payment,
    join_now_or_later,
    pension,
    years_for_pension,
)
from tests.knowledge.calculators.tables import NEW_YEAR, TODAY, made, shipped, with_rows

G = HouseholdGroup
MAN, WOMAN = Sex.MALE, Sex.FEMALE


def wish(wished: int, sex: Sex = WOMAN, months: int = 240, **more: Any) -> Any:
    return income_for_pension(sex=sex, months=months, wished=wished, rates=shipped(), on=TODAY, **more)


def test_a_wished_pension_leads_to_the_lowest_income_that_reaches_it() -> None:
    got = wish(2_750_000)
    assert (got.income, got.monthly_contribution, got.monthly_pension) == (5_000_000, 1_100_000, 2_750_000)
    assert got.rate_percent == 55
    assert got.estimate
    near = wish(2_000_000, MAN, 252)
    assert near.monthly_pension >= 2_000_000
    below = pension(sex=MAN, months=252, average_income=near.income - 1000, rates=shipped(), on=TODAY)
    assert below.monthly_pension < 2_000_000


def test_a_small_wish_is_met_by_the_lowest_income() -> None:
    got = wish(100_000)
    assert (got.income, got.monthly_pension) == (1_500_000, 825_000)


def test_the_plan_says_what_it_costs_until_then_with_help_for_ten_years() -> None:
    got = wish(2_750_000)
    assert got.state_total == 120 * 66_000
    assert got.total == 240 * 1_100_000 - 120 * 66_000
    assert "256.080.000" in got.formula
    poor = wish(2_750_000, group=G.POOR, province="Nghệ An")
    assert poor.state_total == 120 * (165_000 + 99_000)


def test_the_highest_pension_within_reach_can_be_wished_and_no_more() -> None:
    most = 50_600_000 * 55 // 100
    assert wish(most).income == 50_600_000
    with pytest.raises(BadCase, match=r"27\.830\.000"):
        wish(most + 1)


@pytest.mark.parametrize(("wished", "months"), [(0, 240), (-1, 240), (2_000_000, 179), (10**30, 240)])
def test_an_impossible_wish_is_refused(wished: int, months: int) -> None:
    with pytest.raises(BadCase):
        wish(wished, months=months)


def years(wished: int, sex: Sex = WOMAN, income: int = 4_000_000, **more: Any) -> Any:
    return years_for_pension(sex=sex, average_income=income, wished=wished, rates=shipped(), on=TODAY, **more)


@pytest.mark.parametrize(
    ("sex", "wished", "months"),
    [
        (WOMAN, 1, 180),
        (WOMAN, 1_800_000, 180),
        (WOMAN, 1_800_001, 192),
        (WOMAN, 2_200_000, 240),
        (WOMAN, 3_000_000, 360),
        (MAN, 1_600_000, 180),
        (MAN, 2_200_000, 300),
        (MAN, 3_000_000, 420),
    ],
)
def test_a_wished_pension_leads_to_the_fewest_years(sex: Sex, wished: int, months: int) -> None:
    got = years(wished, sex)
    assert got.months == months
    assert got.monthly_pension >= wished


def test_the_years_say_what_they_cost() -> None:
    got = years(2_200_000, group=G.NEAR_POOR)
    assert got.total == 240 * 880_000 - 120 * 132_000
    assert got.state_total == 120 * 132_000
    assert got.estimate


def test_above_the_cap_no_number_of_years_is_enough() -> None:
    with pytest.raises(BadCase, match=r"75%.*3\.000\.000"):
        years(3_000_001)


@pytest.mark.parametrize(("wished", "income"), [(0, 4_000_000), (-1, 4_000_000), (1_000, 1_000_000), (1_000, 10**9)])
def test_years_for_an_impossible_wish_or_income_are_refused(wished: int, income: int) -> None:
    with pytest.raises(BadCase):
        years(wished, income=income)


def cost(months: int | None = None, group: HouseholdGroup = G.OTHER, **more: Any) -> Any:
    return cost_until_pension(
        income=1_500_000, group=group, months=months, rates=more.pop("rates", shipped()), on=TODAY, **more
    )


@pytest.mark.parametrize(
    ("months", "own", "state"),
    [
        (1, 264_000, 66_000),
        (120, 31_680_000, 7_920_000),
        (121, 32_010_000, 7_920_000),
        (180, 51_480_000, 7_920_000),
    ],
)
def test_help_ends_at_month_120_and_from_then_on_one_pays_all(months: int, own: int, state: int) -> None:
    got = cost(months)
    assert (got.total, got.state_total) == (own, state)
    assert got.total + got.state_total == months * 330_000


def test_left_out_the_time_is_that_of_a_pension() -> None:
    assert cost() == cost(180)
    assert cost().estimate
    assert "1/1/2027" in cost().formula


def test_months_helped_before_are_not_helped_again() -> None:
    assert cost(180, subsidised_months=100).state_total == 20 * 66_000
    assert cost(180, subsidised_months=130).state_total == 0


def test_the_province_helps_as_long_as_the_state() -> None:
    assert cost(180, G.POOR, province="Hà Nội").total == 60 * 330_000


@pytest.mark.parametrize("months", [0, -3, 10**6])
def test_an_impossible_time_costs_nothing_because_it_is_refused(months: int) -> None:
    with pytest.raises(BadCase):
        cost(months)


def choose(payment: int, group: HouseholdGroup = G.OTHER, on: date = TODAY) -> Any:
    return income_from_payment(payment=payment, group=group, rates=shipped(), on=on)


def test_a_payment_leads_to_the_income_that_it_pays_for() -> None:
    assert choose(264_000).income == 1_500_000
    assert choose(374_000).income == 2_000_000
    assert choose(11_066_000).income == 50_600_000
    assert choose(165_000, G.POOR).income == 1_500_000
    assert choose(387_200, on=NEW_YEAR).income == 2_200_000


def test_an_uneven_payment_is_never_exceeded() -> None:
    got = choose(500_000)
    assert (got.income, got.monthly_contribution, got.net_monthly) == (2_572_000, 565_840, 499_840)


@pytest.mark.parametrize("payment", [263_999, 11_066_001, 0, -1])
def test_a_payment_out_of_bounds_is_refused_with_both_bounds(payment: int) -> None:
    with pytest.raises(BadCase) as raised:
        choose(payment)
    if payment > 0:
        assert "264.000" in str(raised.value) and "11.066.000" in str(raised.value)


def test_waiting_for_the_new_line_costs_more_and_brings_more_help() -> None:
    got = join_now_or_later(income=1_500_000, group=G.OTHER, rates=shipped(), on=TODAY)
    assert got.change == NEW_YEAR
    assert (got.now_contribution, got.now_subsidy, got.now_net) == (330_000, 66_000, 264_000)
    assert (got.later_contribution, got.later_subsidy, got.later_net) == (484_000, 96_800, 387_200)
    assert (got.now_income, got.later_income) == (1_500_000, 2_200_000)
    assert "1/1/2027" in got.formula and "2.200.000" in got.formula


def test_above_the_new_line_only_the_help_grows() -> None:
    got = join_now_or_later(income=5_000_000, group=G.NEAR_POOR, rates=shipped(), on=TODAY)
    assert got.now_contribution == got.later_contribution == 1_100_000
    assert (got.now_subsidy, got.later_subsidy) == (132_000, 193_600)
    assert got.later_income == 5_000_000


def test_where_no_change_is_known_nothing_changes() -> None:
    got = join_now_or_later(income=2_200_000, group=G.OTHER, rates=shipped(), on=NEW_YEAR)
    assert got.change is None
    assert (got.now_net, got.later_net) == (387_200, 387_200)
    assert "Chưa có thay đổi" in got.formula


def test_a_line_that_staff_add_is_the_next_change() -> None:
    rates = with_rows(made("poverty_line_rural", 3_000_000, since=date(2030, 1, 1)))
    got = join_now_or_later(income=2_200_000, group=G.OTHER, rates=rates, on=NEW_YEAR)
    assert (got.change, got.later_contribution) == (date(2030, 1, 1), 660_000)


def test_an_impossible_income_is_refused_before_comparing() -> None:
    with pytest.raises(BadCase):
        join_now_or_later(income=1_000_000, group=G.OTHER, rates=shipped(), on=TODAY)
    now = contribution(income=1_500_000, group=G.OTHER, rates=shipped(), on=TODAY)
    assert now.total == 264_000
