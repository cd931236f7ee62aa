"""Where somebody stands already: draws a pension, is old without one, earns by the day."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.understanding.facts import read_facts

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "draws"),
    [
        ("chú tôi đang hưởng lương hưu, muốn đóng thêm tự nguyện", True),
        ("dì lãnh hưu mấy năm nay, giờ đóng tiếp được không", True),
        ("bác em đã về hưu, mua thêm bảo hiểm được không", True),
        ("cháu muốn sau này được hưởng lương hưu", None),
        ("khi nào tôi được nhận lương hưu", None),
        ("chưa lãnh lương hưu mà muốn đóng tiếp", None),
        ("đang hưởng trợ cấp hưu trí xã hội", None),
    ],
)
def test_a_pension_that_is_drawn(text: str, draws: bool | None) -> None:
    assert read_facts(text, TODAY).draws is draws


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("bà cố 81 tuổi không có lương hưu", True),
        ("bà ngoại không lương hưu thì được gì", True),
        ("tôi 35 tuổi, sợ sau này không có lương hưu", None),
        ("đóng 12 năm mà không có lương hưu thì sao", None),
    ],
)
def test_the_old_without_a_pension(text: str, without: bool | None) -> None:
    assert read_facts(text, TODAY).no_pension is without


@pytest.mark.parametrize(
    ("text", "income"),
    [
        ("mỗi ngày phụ bàn được 200 ngàn, tháng đi làm 26 ngày, đóng theo mức đó", 5_200_000),
        ("tiền công 400k một ngày, một tháng làm chừng 15 ngày", 6_000_000),
        ("lương tháng 8 triệu, nghỉ 2 ngày", 8_000_000),
        ("đóng trước ngày 20 hằng tháng", None),
    ],
)
def test_a_wage_by_the_day(text: str, income: int | None) -> None:
    assert read_facts(text, TODAY).income == income


@pytest.mark.parametrize(
    ("text", "died"),
    [
        ("em gái tôi mất rồi, sổ đóng được 5 năm", True),
        ("ông xã qua đời khi đang đóng", True),
        ("ngừng đóng thì mấy năm trước có mất không", None),
        ("cô tôi mất việc, đóng tiếp sao", None),
        ("con mất sổ bảo hiểm", None),
        ("lỡ tôi mất sớm thì sao", None),
        ("mẹ tôi mất năm 2023, giờ làm giấy tờ còn kịp không", True),
        ("chồng tôi mất 3/2025", True),
        ("tôi bị mất 5 năm đóng", None),
        ("mẹ mất 2 triệu", None),
    ],
)
def test_a_death_and_what_is_only_lost(text: str, died: bool | None) -> None:
    assert read_facts(text, TODAY).died is died
