"""The rate by sex and time, odd months, the cap, and what comes beyond it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from knowledge.calculators import BadCase, Sex, pension
from knowledge.rates import NoRate
from tests.knowledge.calculators.tables import TODAY, shipped

MAN, WOMAN = Sex.MALE, Sex.FEMALE


def get(sex: Sex, months: int, average: int = 4_000_000, on: date = TODAY) -> Any:
    return pension(sex=sex, months=months, average_income=average, rates=shipped(), on=on)


@pytest.mark.parametrize(
    ("years", "woman", "man"),
    [
        (15, 45, 40),
        (16, 47, 41),
        (17, 49, 42),
        (18, 51, 43),
        (19, 53, 44),
        (20, 55, 45),
        (25, 65, 55),
        (30, 75, 65),
        (35, 75, 75),
        (40, 75, 75),
    ],
)
def test_the_rate_grows_with_the_years(years: int, woman: int, man: int) -> None:
    assert get(WOMAN, years * 12).rate_percent == woman
    assert get(MAN, years * 12).rate_percent == man


@pytest.mark.parametrize(
    ("sex", "years", "amounts"),
    [
        (WOMAN, 15, (675_000, 1_350_000, 2_250_000, 4_500_000)),
        (WOMAN, 20, (825_000, 1_650_000, 2_750_000, 5_500_000)),
        (WOMAN, 30, (1_125_000, 2_250_000, 3_750_000, 7_500_000)),
        (MAN, 15, (600_000, 1_200_000, 2_000_000, 4_000_000)),
        (MAN, 18, (645_000, 1_290_000, 2_150_000, 4_300_000)),
        (MAN, 20, (675_000, 1_350_000, 2_250_000, 4_500_000)),
        (MAN, 25, (825_000, 1_650_000, 2_750_000, 5_500_000)),
        (MAN, 35, (1_125_000, 2_250_000, 3_750_000, 7_500_000)),
    ],
)
def test_pensions_of_four_average_incomes(sex: Sex, years: int, amounts: tuple[int, ...]) -> None:
    averages = (1_500_000, 3_000_000, 5_000_000, 10_000_000)
    assert tuple(get(sex, years * 12, m).monthly_pension for m in averages) == amounts


@pytest.mark.parametrize(
    ("sex", "years", "odd", "average", "counted", "rate", "amount"),
    [
        (WOMAN, 17, 4, 4_000_000, "17.5", "50", 2_000_000),
        (MAN, 22, 8, 3_000_000, "23", "51", 1_530_000),
        (WOMAN, 8 + 9, 0, 4_000_000, "17", "49", 1_960_000),  # eight compulsory and nine voluntary years are one time
        (MAN, 19, 6, 4_000_000, "19.5", "44.5", 1_780_000),
        (MAN, 19, 7, 4_000_000, "20", "45", 1_800_000),
        (WOMAN, 15, 1, 4_000_000, "15.5", "46", 1_840_000),
        (WOMAN, 15, 6, 4_000_000, "15.5", "46", 1_840_000),
        (WOMAN, 15, 7, 4_000_000, "16", "47", 1_880_000),
        (WOMAN, 15, 11, 4_000_000, "16", "47", 1_880_000),
        (WOMAN, 29, 7, 4_000_000, "30", "75", 3_000_000),
    ],
)
def test_odd_months_count_as_half_a_year_or_a_year(
    sex: Sex, years: int, odd: int, average: int, counted: str, rate: str, amount: int
) -> None:
    got = get(sex, years * 12 + odd, average)
    assert got.years_counted == Decimal(counted)
    assert got.months_counted == Decimal(counted) * 12
    assert got.rate_percent == Decimal(rate)
    assert got.monthly_pension == amount


def test_the_condition_needs_fifteen_full_years_to_the_month() -> None:
    assert get(MAN, 180).rate_percent == 40
    for months, missing in ((179, "1 tháng"), (14 * 12 + 7, "5 tháng"), (12 * 12, "3 năm"), (0, "15 năm")):
        with pytest.raises(BadCase, match=f"15 năm.*thiếu {missing}"):
            get(MAN, months)


@pytest.mark.parametrize("months", [-1, -300, 60 * 12 + 1, 10**9])
def test_an_impossible_time_is_refused(months: int) -> None:
    with pytest.raises(BadCase):
        get(WOMAN, months)


@pytest.mark.parametrize("average", [0, -1, 10**30])
def test_an_impossible_average_is_refused(average: int) -> None:
    with pytest.raises(BadCase, match="bình quân"):
        get(WOMAN, 240, average)


def test_years_beyond_the_cap_are_paid_once() -> None:
    woman = get(WOMAN, 33 * 12)
    assert (woman.rate_percent, woman.monthly_pension, woman.lump_sum) == (75, 3_000_000, 6_000_000)
    assert "6.000.000" in woman.formula
    assert get(MAN, 36 * 12).lump_sum == 2_000_000
    assert get(MAN, 36 * 12 + 5).lump_sum == 3_000_000
    assert get(WOMAN, 30 * 12).lump_sum == get(MAN, 35 * 12).lump_sum == 0


def test_half_a_dong_is_rounded_up() -> None:
    assert get(WOMAN, 180, 1_000_010).monthly_pension == 450_005  # 450.004,5


def test_the_words_follow_the_sum() -> None:
    assert get(WOMAN, 212).formula == (
        "17 năm 8 tháng tính 18 năm. Nữ: 45% cho 15 năm đầu + 3 năm × 2% = 51%."
        " Lương hưu 51% × 4.000.000 = 2.040.000 đồng/tháng."
    )
    assert "40% cho 15 năm đầu + 4,5 năm × 1% = 44,5%" in get(MAN, 19 * 12 + 3).formula
    assert "tối đa 75%" in get(MAN, 37 * 12).formula


def test_the_clauses_of_the_rate_stand_behind_it() -> None:
    basis = [str(where) for where in get(MAN, 190).basis]
    assert "41/2024/QH15 · Điều 98" in basis
    assert "41/2024/QH15 · Điều 99 · khoản 1 · điểm b" in basis
    assert "41/2024/QH15 · Điều 5 · khoản 6" in basis
    assert not get(MAN, 190).estimate


def test_before_the_law_there_is_no_figure() -> None:
    with pytest.raises(NoRate):
        get(WOMAN, 240, on=date(2025, 6, 30))
