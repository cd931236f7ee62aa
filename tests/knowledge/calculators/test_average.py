"""Incomes of different years made one average by the published coefficients."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from knowledge.calculators import BadCase, average_income, pension
from knowledge.calculators.model import Sex
from knowledge.rates import NoRate
from tests.knowledge.calculators.tables import TODAY, instead, made, shipped


def test_each_year_is_weighed_by_its_months_and_its_coefficient() -> None:
    table = [("2023", "1.08"), ("2024", "1.03"), ("2025", "1.03"), ("2026", "1.00")]
    rates = instead(*(made("income_coefficient", factor, year=year) for year, factor in table))
    years = [(2023, 12, 1_200_000), (2024, 12, 2_140_000), (2025, 12, 2_140_000), (2026, 7, 2_515_000)]
    got = average_income(years=years, rates=rates, on=TODAY)
    assert got.total == 86_057_800
    assert got.months == 43
    assert got.average == Decimal("2001344.19")
    assert got.average_income == 2_001_344
    assert not got.estimate
    assert "12 × 1.200.000 × 1,08 + 12 × 2.140.000 × 1,03" in got.formula


@pytest.mark.parametrize(
    ("year", "adjusted"),
    [(2008, 2_290_000), (2014, 1_360_000), (2018, 1_230_000), (2024, 1_030_000), (2025, 1_000_000), (2026, 1_000_000)],
)
def test_the_coefficients_of_2026_are_used_in_2026(year: int, adjusted: int) -> None:
    got = average_income(years=[(year, 12, 1_000_000)], rates=shipped(), on=TODAY)
    assert got.average_income == adjusted
    assert not got.estimate
    assert "340/BHXH-CSXH" in [str(where) for where in got.basis]


def test_years_to_come_count_as_they_are_and_make_an_estimate() -> None:
    got = average_income(years=[(2018, 12, 1_000_000), (2030, 12, 3_000_000)], rates=shipped(), on=TODAY)
    assert got.average_income == (1_230_000 + 3_000_000) // 2
    assert got.estimate
    assert "ước tính" in got.formula
    only = average_income(years=[(2030, 12, 3_000_000)], rates=shipped(), on=TODAY)
    assert only.average_income == 3_000_000
    assert only.basis


def test_without_a_table_for_the_year_of_settlement_there_is_no_average() -> None:
    for on in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(NoRate, match="income_coefficient"):
            average_income(years=[(2024, 12, 1_000_000)], rates=shipped(), on=on)


def test_a_year_before_the_table_has_no_coefficient_and_is_not_taken_for_one() -> None:
    with pytest.raises(NoRate, match="2007"):
        average_income(years=[(2007, 12, 1_000_000)], rates=shipped(), on=TODAY)


@pytest.mark.parametrize(
    "years",
    [
        [],
        [(2024, 0, 1_000_000)],
        [(2024, 13, 1_000_000)],
        [(2024, -1, 1_000_000)],
        [(2024, 7, 1_000_000), (2024, 6, 1_500_000)],
        [(2024, 12, 0)],
        [(2024, 12, -1)],
        [(2024, 12, 10**25)],
    ],
)
def test_an_impossible_table_is_refused(years: list[tuple[int, int, int]]) -> None:
    with pytest.raises(BadCase):
        average_income(years=years, rates=shipped(), on=TODAY)


def test_two_incomes_of_one_year_may_stand_apart() -> None:
    apart = average_income(years=[(2024, 6, 1_000_000), (2024, 6, 2_000_000)], rates=shipped(), on=TODAY)
    assert apart.average_income == 1_545_000


def test_half_a_dong_is_rounded_up_once() -> None:
    years = [(2025, 1, 1_000_000), (2026, 1, 1_000_001)]
    assert average_income(years=years, rates=shipped(), on=TODAY).average_income == 1_000_001
    rates = instead(made("income_coefficient", "1.0000004955", year="2026"))
    near = average_income(years=[(2026, 1, 1_000_000)], rates=rates, on=TODAY)
    assert near.average == Decimal("1000000.50")
    assert near.average_income == 1_000_000  # of 1.000.000,4955, not of 1.000.000,50


def test_an_average_goes_into_the_pension_as_it_is() -> None:
    got = average_income(years=[(2018 + i, 12, 1_000_000) for i in range(8)], rates=shipped(), on=TODAY)
    paid = pension(sex=Sex.FEMALE, months=180, average_income=got.average_income, rates=shipped(), on=TODAY)
    assert paid.monthly_pension == int(Decimal("0.45") * got.average_income + Decimal("0.5"))
