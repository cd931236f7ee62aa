"""The roadmap of the retirement age, by month of birth."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.calculators import BadCase, Sex, retirement
from knowledge.rates import NoRate, Rates
from tests.knowledge.calculators.tables import made, shipped

MAN, WOMAN = Sex.MALE, Sex.FEMALE

# (sex, first and last month of birth, age in years and months)
BANDS = [
    (MAN, (1961, 1), (1961, 9), (60, 3)),
    (MAN, (1961, 10), (1962, 6), (60, 6)),
    (MAN, (1962, 7), (1963, 3), (60, 9)),
    (MAN, (1963, 4), (1963, 12), (61, 0)),
    (MAN, (1964, 1), (1964, 9), (61, 3)),
    (MAN, (1964, 10), (1965, 6), (61, 6)),
    (MAN, (1965, 7), (1966, 3), (61, 9)),
    (MAN, (1966, 4), (1990, 12), (62, 0)),
    (WOMAN, (1966, 1), (1966, 8), (55, 4)),
    (WOMAN, (1966, 9), (1967, 4), (55, 8)),
    (WOMAN, (1967, 5), (1967, 12), (56, 0)),
    (WOMAN, (1968, 1), (1968, 8), (56, 4)),
    (WOMAN, (1968, 9), (1969, 4), (56, 8)),
    (WOMAN, (1969, 5), (1969, 12), (57, 0)),
    (WOMAN, (1970, 1), (1970, 8), (57, 4)),
    (WOMAN, (1970, 9), (1971, 4), (57, 8)),
    (WOMAN, (1971, 5), (1971, 12), (58, 0)),
    (WOMAN, (1972, 1), (1972, 8), (58, 4)),
    (WOMAN, (1972, 9), (1973, 4), (58, 8)),
    (WOMAN, (1973, 5), (1973, 12), (59, 0)),
    (WOMAN, (1974, 1), (1974, 8), (59, 4)),
    (WOMAN, (1974, 9), (1975, 4), (59, 8)),
    (WOMAN, (1975, 5), (1999, 12), (60, 0)),
]


@pytest.mark.parametrize(("sex", "first", "last", "age"), BANDS)
def test_everyone_born_in_a_band_has_its_age(
    sex: Sex, first: tuple[int, int], last: tuple[int, int], age: tuple[int, int]
) -> None:
    for month in range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1]):
        got = retirement(sex=sex, born_year=month // 12, born_month=month % 12 + 1, rates=shipped())
        assert (got.years, got.months) == age, month


@pytest.mark.parametrize(
    ("year", "man", "woman"),
    [
        (2021, (60, 3), (55, 4)),
        (2022, (60, 6), (55, 8)),
        (2023, (60, 9), (56, 0)),
        (2024, (61, 0), (56, 4)),
        (2025, (61, 3), (56, 8)),
        (2026, (61, 6), (57, 0)),
        (2027, (61, 9), (57, 4)),
        (2028, (62, 0), (57, 8)),
        (2029, (62, 0), (58, 0)),
        (2030, (62, 0), (58, 4)),
        (2031, (62, 0), (58, 8)),
        (2032, (62, 0), (59, 0)),
        (2033, (62, 0), (59, 4)),
        (2034, (62, 0), (59, 8)),
        (2035, (62, 0), (60, 0)),
        (2050, (62, 0), (60, 0)),
    ],
)
def test_whoever_reaches_it_in_a_year_reaches_the_age_of_that_year(
    year: int, man: tuple[int, int], woman: tuple[int, int]
) -> None:
    for sex, age in ((MAN, man), (WOMAN, woman)):
        # Steps of a year leave no month out: somebody reaches the age in every June.
        born = year * 12 + 5 - (age[0] * 12 + age[1])
        got = retirement(sex=sex, born_year=born // 12, born_month=born % 12 + 1, rates=shipped())
        assert (got.years, got.months) == age
        assert (got.reached_year, got.reached_month) == (year, 6)


@pytest.mark.parametrize(
    ("sex", "born", "reached", "start"),
    [
        (MAN, (1965, 6), (2026, 12), (2027, 1)),
        (MAN, (1965, 7), (2027, 4), (2027, 5)),
        (WOMAN, (1969, 11), (2026, 11), (2026, 12)),
        (WOMAN, (1970, 9), (2028, 5), (2028, 6)),
        (MAN, (1970, 12), (2032, 12), (2033, 1)),
    ],
)
def test_a_pension_may_begin_in_the_month_after(
    sex: Sex, born: tuple[int, int], reached: tuple[int, int], start: tuple[int, int]
) -> None:
    got = retirement(sex=sex, born_year=born[0], born_month=born[1], rates=shipped())
    assert (got.reached_year, got.reached_month) == reached
    assert (got.from_year, got.from_month) == start
    assert f"{start[1]}/{start[0]}" in got.formula
    assert f"{reached[1]}/{reached[0]}" in got.formula


@pytest.mark.parametrize(
    ("sex", "born", "years"), [(MAN, (1960, 12), 60), (WOMAN, (1965, 12), 55), (MAN, (1945, 3), 60)]
)
def test_before_the_roadmap_it_was_sixty_and_fifty_five(sex: Sex, born: tuple[int, int], years: int) -> None:
    got = retirement(sex=sex, born_year=born[0], born_month=born[1], rates=shipped())
    assert (got.years, got.months) == (years, 0)
    assert got.reached_year == born[0] + years


@pytest.mark.parametrize(("year", "month"), [(1970, 0), (1970, 13), (1899, 1), (2101, 1), (-5, 5)])
def test_an_impossible_birth_is_refused(year: int, month: int) -> None:
    with pytest.raises(BadCase):
        retirement(sex=MAN, born_year=year, born_month=month, rates=shipped())


def test_past_the_last_known_row_there_is_no_age() -> None:
    rates = Rates([made("retirement_age", 738, since=date(2026, 1, 1), until=date(2026, 12, 31), sex="male")])
    assert retirement(sex=MAN, born_year=1965, born_month=6, rates=rates).years == 61
    with pytest.raises(NoRate):
        retirement(sex=MAN, born_year=1965, born_month=7, rates=rates)
    with pytest.raises(NoRate):
        retirement(sex=WOMAN, born_year=1965, born_month=6, rates=rates)


def test_the_labour_code_stands_behind_it() -> None:
    got = retirement(sex=WOMAN, born_year=1972, born_month=4, rates=shipped())
    assert str(got.basis[0]) == "45/2019/QH14 · Điều 169 · khoản 2"
    assert not got.estimate
