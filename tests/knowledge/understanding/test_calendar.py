"""Years and months named, whatever they are of."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.understanding.calendar import month_after, read_months, read_years
from knowledge.understanding.words import Words

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("thu nhập đóng năm 2012 và năm 2019 nhân mấy", (2012, 2019)),
        ("đóng từ 3/2018 đến 2021", (2021, 2018)),
        ("Luật 41/2024/QH15 nói gì", ()),
        ("đóng 1500 ngàn", ()),
    ],
)
def test_years_are_read_in_any_place(text: str, years: tuple[int, ...]) -> None:
    assert read_years(Words.of(text)) == years


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("đóng xong trong tháng 9/2026", [(2026, 9)]),
        ("tháng 5 năm 2027 thì sao", [(2027, 5)]),
        ("nộp tháng này", [(2026, 11)]),
        ("nộp tháng 12 này", [(2026, 12)]),
        ("tháng 2 tới em đóng", [(2027, 2)]),
        ("tháng 3 sang năm", [(2027, 3)]),
        ("tháng 8 năm ngoái", [(2025, 8)]),
        ("lãi 0,3%/tháng, tôi đóng", []),
        ("tháng 6 đóng", []),
        ("mỗi tháng đóng bao nhiêu", []),
    ],
)
def test_months_need_their_year(text: str, months: list[tuple[int, int]]) -> None:
    assert list(read_months(Words.of(text), TODAY)) == [date(y, m, 1) for y, m in months]


def test_the_month_after_december_is_january() -> None:
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_after(date(2026, 11, 1)) == date(2026, 12, 1)
