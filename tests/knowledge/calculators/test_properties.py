"""What holds for every person, whatever the numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge.calculators as calculators
from knowledge.calculators import BadCase, HouseholdGroup, Method, Result, Sex
from knowledge.rates import NoRate, load_rates

RATES = load_rates()
TODAY = date(2026, 11, 22)
FIRST = min(row.since for row in RATES.rows())

sexes, groups = st.sampled_from(Sex), st.sampled_from(HouseholdGroup)
days = st.dates(date(2025, 7, 1), date(2030, 12, 31))
this_year = st.dates(date(2026, 1, 1), date(2026, 12, 31))
provinces = st.sampled_from([None, "Quảng Ngãi", "Hà Nội", "Thành phố Hồ Chí Minh", "Nghệ An", "Ninh Bình"])
regular = st.sampled_from([Method.MONTHLY, Method.QUARTERLY, Method.HALF_YEARLY, Method.YEARLY])
pension_months = st.integers(180, 60 * 12)
averages = st.integers(1, 60_000_000)


@st.composite
def payments(draw: st.DrawFn, methods: st.SearchStrategy[Method] = regular) -> dict[str, Any]:
    """Arguments of a contribution that can be."""
    method = draw(methods)
    multi = method in (Method.AHEAD, Method.BACK)
    on = draw(this_year if multi else days)
    low, high = calculators.income_bounds(RATES, on)
    return {
        "income": draw(st.integers(low, high)),
        "group": draw(groups),
        "method": method,
        "months": draw(st.integers(24 if method is Method.AHEAD else 1, 60)) if multi else None,
        "province": draw(provinces),
        "subsidised_months": draw(st.integers(0, 150)),
        "on": on,
    }


def nearest(exact: Fraction) -> int:
    """Whole đồng, halves up, without Decimal."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


@given(payments(st.sampled_from(Method)))
@settings(deadline=None)
def test_nobody_pays_more_than_the_contribution_nor_less_than_nothing(case: dict[str, Any]) -> None:
    got = calculators.contribution(**case, rates=RATES)
    assert 0 <= got.net_monthly <= got.monthly_contribution
    assert 0 <= got.total <= got.gross_total
    assert got.net_monthly == got.monthly_contribution - got.state_subsidy - got.local_subsidy
    lowest = calculators.income_bounds(RATES, case["on"])[0] * Fraction(22, 100)
    assert got.state_subsidy + got.local_subsidy <= lowest
    assert got.monthly_contribution == nearest(Fraction(22, 100) * case["income"])


@given(payments(st.sampled_from([Method.YEARLY, Method.AHEAD])))
@settings(deadline=None)
def test_no_month_past_the_120th_is_subsidised(case: dict[str, Any]) -> None:
    got = calculators.contribution(**case, rates=RATES)
    assert got.subsidised_months + case["subsidised_months"] <= max(120, case["subsidised_months"])
    assert got.gross_total - got.total <= got.subsidised_months * (got.state_subsidy + got.local_subsidy)
    if case["subsidised_months"] >= 120:
        assert got.state_subsidy == got.local_subsidy == 0
        assert got.total == got.gross_total


@given(payments(regular))
@settings(deadline=None)
def test_a_regular_payment_is_its_months_to_the_dong(case: dict[str, Any]) -> None:
    got = calculators.contribution(**case, rates=RATES)
    assert got.gross_total == nearest(Fraction(22, 100) * case["income"] * got.months)


@given(payments(st.just(Method.AHEAD)))
@settings(deadline=None, max_examples=50)
def test_ahead_is_never_dearer_and_back_never_cheaper_than_the_sum(case: dict[str, Any]) -> None:
    ahead = calculators.contribution(**case, rates=RATES)
    back = calculators.contribution(**(case | {"method": Method.BACK}), rates=RATES)
    plain = Fraction(22, 100) * case["income"] * case["months"]
    assert ahead.gross_total <= plain <= back.gross_total
    rate = Fraction(str(RATES.at("investment_rate", case["on"]).value))
    month = Fraction(22, 100) * case["income"]
    # Closed forms of the two geometric sums.
    worth = (1 - (1 + rate) ** -case["months"]) / rate
    assert abs(ahead.gross_total - month * worth * (1 + rate)) <= Fraction(1, 2) + Fraction(1, 10**6)
    grown = ((1 + rate) ** case["months"] - 1) / rate * (1 + rate)
    assert abs(back.gross_total - month * grown) <= Fraction(1, 2) + Fraction(1, 10**6)


@given(sexes, st.integers(180, 719), averages)
@settings(deadline=None)
def test_a_month_more_never_means_a_smaller_pension_nor_one_above_the_cap(sex: Sex, months: int, average: int) -> None:
    now, later = (
        calculators.pension(sex=sex, months=m, average_income=average, rates=RATES, on=TODAY)
        for m in (months, months + 1)
    )
    assert 40 <= now.rate_percent <= later.rate_percent <= 75
    assert now.monthly_pension <= later.monthly_pension
    assert now.lump_sum <= later.lump_sum
    assert now.monthly_pension == nearest(Fraction(now.rate_percent) * average / 100)
    assert now.months <= now.months_counted <= now.months + 5


@given(pension_months, averages)
@settings(deadline=None)
def test_a_mans_rate_is_never_above_a_womans(months: int, average: int) -> None:
    man, woman = (
        calculators.pension(sex=sex, months=months, average_income=average, rates=RATES, on=TODAY) for sex in Sex
    )
    assert man.rate_percent <= woman.rate_percent


@given(sexes, st.integers(1930 * 12, 2020 * 12))
@settings(deadline=None)
def test_who_is_born_later_never_retires_earlier(sex: Sex, born: int) -> None:
    older, younger = (
        calculators.retirement(sex=sex, born_year=m // 12, born_month=m % 12 + 1, rates=RATES) for m in (born, born + 1)
    )
    reached = older.reached_year * 12 + older.reached_month - 1
    assert reached - born == older.years * 12 + older.months
    assert older.from_year * 12 + older.from_month - 1 == reached + 1
    assert reached < younger.reached_year * 12 + younger.reached_month - 1
    if reached >= FIRST.year * 12:
        day = date(older.reached_year, older.reached_month, 1)
        assert RATES.at("retirement_age", day, sex=sex.value).value == older.years * 12 + older.months


@given(st.integers(0, 300), st.integers(0, 300), averages, st.integers(0, 10**9))
@settings(deadline=None)
def test_a_withdrawal_never_exceeds_twice_the_average_a_year(
    before: int, since: int, average: int, subsidy: int
) -> None:
    if before + since == 0:
        return
    got = calculators.withdrawal(
        months_before_2014=before,
        months_from_2014=since,
        average_income=average,
        subsidy=subsidy,
        rates=RATES,
        on=TODAY,
    )
    assert 0 <= got.amount <= got.gross
    assert got.amount == max(0, got.gross - subsidy)
    years = Fraction(before + since, 12) + 1
    assert got.gross <= 2 * average * years
    if before + since >= 12:
        assert got.gross == nearest(Fraction(got.times) * average)
        counted = (got.years_before + got.years_from) * 12
        assert before + since <= counted <= before + since + 10


@given(st.integers(1, 700), st.integers(1, 50_000_000))
@settings(deadline=None)
def test_a_pensioner_leaves_between_3_and_48_months(month: int, pension: int) -> None:
    def amount(m: int) -> int:
        return calculators.survivors_of_pensioner(pension=pension, months_drawn=m, rates=RATES, on=TODAY).amount

    assert 3 * pension <= amount(month + 1) <= amount(month) <= 48 * pension


@given(sexes, st.integers(1, 179), averages)
@settings(deadline=None)
def test_the_money_of_the_monthly_allowance_is_neither_lost_nor_made(sex: Sex, months: int, average: int) -> None:
    got = calculators.monthly_allowance(sex=sex, months=months, average_income=average, rates=RATES, on=TODAY)
    years = calculators.pension(
        sex=sex, months=180 + months % 12, average_income=1, rates=RATES, on=TODAY
    ).years_counted - Decimal(15)
    fund = 2 * average * (months // 12 + years)
    level = int(str(RATES.at("social_pension", TODAY).value))
    assert got.monthly >= level
    assert got.estimate
    if got.top_up:
        assert got.top_up + fund == got.months_to_social_pension * level
    else:
        assert abs(got.monthly * got.months_to_social_pension - fund) <= got.months_to_social_pension


@given(sexes, pension_months, st.integers(1, 40_000_000), groups)
@settings(deadline=None)
def test_the_income_for_a_wish_is_enough_and_a_thousand_less_is_not(
    sex: Sex, months: int, wished: int, group: HouseholdGroup
) -> None:
    low, high = calculators.income_bounds(RATES, TODAY)
    try:
        got = calculators.income_for_pension(sex=sex, months=months, wished=wished, group=group, rates=RATES, on=TODAY)
    except BadCase:
        most = calculators.pension(sex=sex, months=months, average_income=high, rates=RATES, on=TODAY)
        assert most.monthly_pension < wished
        return
    assert low <= got.income <= high
    assert got.monthly_pension >= wished
    assert got.total + got.state_total == got.months * got.monthly_contribution
    if got.income > low:
        less = calculators.pension(sex=sex, months=months, average_income=got.income - 1000, rates=RATES, on=TODAY)
        assert less.monthly_pension <= wished  # equal only by rounding up half a đồng


@given(groups, st.integers(100_000, 11_000_000), days)
@settings(deadline=None)
def test_the_income_for_a_payment_never_costs_more(group: HouseholdGroup, payment: int, on: date) -> None:
    try:
        got = calculators.income_from_payment(payment=payment, group=group, rates=RATES, on=on)
    except BadCase:
        low, high = calculators.income_bounds(RATES, on)
        least, most = (
            calculators.contribution(income=i, group=group, rates=RATES, on=on).net_monthly for i in (low, high)
        )
        assert payment < least or payment > most
        return
    assert payment - 220 <= got.net_monthly <= payment


CALLS: dict[str, Callable[[date], Result]] = {
    "contribution": lambda on: calculators.contribution(
        income=1_500_000, group=HouseholdGroup.POOR, province="Hà Nội", rates=RATES, on=on
    ),
    "pension": lambda on: calculators.pension(sex=Sex.MALE, months=240, average_income=3_000_000, rates=RATES, on=on),
    "withdrawal": lambda on: calculators.withdrawal(
        months_before_2014=12, months_from_2014=24, average_income=3_000_000, rates=RATES, on=on
    ),
    "withdrawal_day": lambda on: calculators.withdrawal_day(last=date(2026, 3, 1), rates=RATES, on=on),
    "maternity": lambda on: calculators.maternity(rates=RATES, on=on),
    "funeral": lambda on: calculators.funeral(rates=RATES, on=on),
    "survivors": lambda on: calculators.survivors(
        months_before_2014=12, months_from_2014=24, average_income=3_000_000, rates=RATES, on=on
    ),
    "survivors_of_pensioner": lambda on: calculators.survivors_of_pensioner(
        pension=3_000_000, months_drawn=7, rates=RATES, on=on
    ),
    "monthly_allowance": lambda on: calculators.monthly_allowance(
        sex=Sex.MALE, months=84, average_income=3_000_000, rates=RATES, on=on
    ),
    "accident": lambda on: calculators.accident(years=1, rates=RATES, on=on),
    "average_income": lambda on: calculators.average_income(years=[(2020, 12, 3_000_000)], rates=RATES, on=on),
    "income_for_pension": lambda on: calculators.income_for_pension(
        sex=Sex.MALE, months=240, wished=3_000_000, rates=RATES, on=on
    ),
    "years_for_pension": lambda on: calculators.years_for_pension(
        sex=Sex.MALE, average_income=3_000_000, wished=2_000_000, rates=RATES, on=on
    ),
    "cost_until_pension": lambda on: calculators.cost_until_pension(
        income=3_000_000, group=HouseholdGroup.POOR, rates=RATES, on=on
    ),
    "income_from_payment": lambda on: calculators.income_from_payment(
        payment=3_000_000, group=HouseholdGroup.POOR, rates=RATES, on=on
    ),
    "join_now_or_later": lambda on: calculators.join_now_or_later(
        income=3_000_000, group=HouseholdGroup.POOR, rates=RATES, on=on
    ),
    "income_bounds": lambda on: calculators.income_bounds(RATES, on),  # type: ignore[dict-item, return-value]
    "highest_group": lambda on: calculators.highest_group([HouseholdGroup.POOR], rates=RATES, on=on),  # type: ignore[dict-item, return-value]
}


def test_every_calculator_is_held_to_these_promises() -> None:
    functions = {name for name in calculators.__all__ if callable(getattr(calculators, name)) and name.islower()}
    assert functions - {"retirement"} == set(CALLS)  # the age does not depend on the day it is asked


@pytest.mark.parametrize("name", CALLS)
@given(before=st.integers(1, 20_000))
@settings(deadline=None, max_examples=15)
def test_before_any_row_no_calculator_gives_a_figure(name: str, before: int) -> None:
    with pytest.raises(NoRate):
        CALLS[name](FIRST - timedelta(days=before))


@pytest.mark.parametrize("name", [name for name in CALLS if name not in ("income_bounds", "highest_group")])
def test_every_result_has_words_and_clauses(name: str) -> None:
    got = CALLS[name](TODAY)
    assert got.formula and "\n" not in got.formula
    assert "None" not in got.formula and "E+" not in got.formula and "  " not in got.formula
    assert got.used and got.basis
    assert len(set(got.basis)) == len(got.basis)
    assert not any(character == "." and got.formula[i + 1 : i + 2] == "." for i, character in enumerate(got.formula))


wild = st.integers(-(10**30), 10**30)


@given(wild, wild, wild, sexes, groups, st.sampled_from(Method))
@settings(deadline=None)
def test_wild_numbers_are_refused_in_words_or_worked_out_never_a_crash(
    a: int, b: int, c: int, sex: Sex, group: HouseholdGroup, method: Method
) -> None:
    attempts: list[Callable[[], Any]] = [
        lambda: calculators.contribution(
            income=a, group=group, method=method, months=b, subsidised_months=c, rates=RATES, on=TODAY
        ),
        lambda: calculators.pension(sex=sex, months=a, average_income=b, rates=RATES, on=TODAY),
        lambda: calculators.pension(sex=sex, months=240, average_income=b, rates=RATES, on=TODAY),
        lambda: calculators.retirement(sex=sex, born_year=a, born_month=b, rates=RATES),
        lambda: calculators.withdrawal(
            months_before_2014=a, months_from_2014=b, average_income=c, rates=RATES, on=TODAY
        ),
        lambda: calculators.withdrawal(
            months_before_2014=0, months_from_2014=7, average_income=a, paid=b, subsidy=c, rates=RATES, on=TODAY
        ),
        lambda: calculators.survivors(
            months_before_2014=0, months_from_2014=7, average_income=a, paid=b, mixed=True, rates=RATES, on=TODAY
        ),
        lambda: calculators.survivors_of_pensioner(pension=a, months_drawn=b, rates=RATES, on=TODAY),
        lambda: calculators.maternity(children=a, rates=RATES, on=TODAY),
        lambda: calculators.accident(half_years=a, years=b, rates=RATES, on=TODAY),
        lambda: calculators.monthly_allowance(
            sex=sex, months=84, average_income=a, months_to_social_pension=b, rates=RATES, on=TODAY
        ),
        lambda: calculators.average_income(years=[(a, b, c)], rates=RATES, on=TODAY),
        lambda: calculators.income_for_pension(sex=sex, months=240, wished=a, rates=RATES, on=TODAY),
        lambda: calculators.years_for_pension(sex=sex, average_income=a, wished=b, rates=RATES, on=TODAY),
        lambda: calculators.cost_until_pension(income=a, group=group, months=b, rates=RATES, on=TODAY),
        lambda: calculators.income_from_payment(payment=a, group=group, rates=RATES, on=TODAY),
    ]
    for attempt in attempts:
        try:
            attempt()
        except (BadCase, NoRate) as error:
            assert "\n" not in str(error)
            assert error.remedy
