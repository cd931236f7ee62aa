"""What a message tells beside the usual facts: a premise, a withdrawal that is over, the size of a firm, a bare number."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.understanding.facts import read_facts
from knowledge.understanding.situation import is_fragment

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "of", "claimed", "income"),
    [
        ("nhà nước cho 20% của 2 triệu 5 em chọn là 500 ngàn phải không", 2_500_000, 500_000, 2_500_000),
        ("hộ nghèo thì được 50 phần trăm của mức 4 triệu", 4_000_000, None, None),
        ("được 30% của 660.000 không", 660_000, None, None),
        ("được hỗ trợ 20% mức đóng thấp nhất", None, None, None),
        ("em chọn mức 3 triệu, được 20% không", None, None, 3_000_000),
    ],
)
def test_what_a_share_is_thought_to_be_of(text: str, of: int | None, claimed: int | None, income: int | None) -> None:
    facts = read_facts(text, TODAY)
    assert (facts.share_of, facts.claimed, facts.income) == (of, claimed, income)


@pytest.mark.parametrize(
    ("text", "withdrew"),
    [
        ("năm 2020 tôi rút hết rồi", True),
        ("hồi dịch đã rút bảo hiểm", True),
        ("lãnh một cục xong, giờ đóng lại", True),
        ("muốn rút một lần rồi đóng lại", None),
        ("nghỉ một năm rồi rút được chưa", None),
    ],
)
def test_a_withdrawal_that_is_over(text: str, withdrew: bool | None) -> None:
    assert read_facts(text, TODAY).withdrew is withdrew


@pytest.mark.parametrize(
    ("text", "workers"),
    [("xưởng tôi có 25 công nhân", 25), ("doanh nghiệp 1.200 lao động", 1200), ("nhà có 4 người đóng", None)],
)
def test_how_many_a_firm_employs(text: str, workers: int | None) -> None:
    assert read_facts(text, TODAY).workers == workers


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("năm 2031", True),
        ("3 triệu", True),
        ("15 năm", True),
        ("nam 55 tuổi", True),
        ("đóng 3 triệu", False),
        ("bao nhiêu", False),
    ],
)
def test_a_number_alone_asks_nothing_yet(text: str, bare: bool) -> None:
    assert is_fragment(text) is bare


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("tôi người Hrê, vừa thoát nghèo xong", {"ethnic_minority"}),
        ("nhà tôi ở Lý Sơn, trước hộ nghèo nay thoát nghèo", {"island"}),
        ("năm rồi còn hộ nghèo, năm nay thoát cả nghèo lẫn cận nghèo", {"other"}),
        ("trước là hộ cận nghèo, nay thoát nghèo rồi", {"other"}),
    ],
)
def test_who_got_out_of_poverty_keeps_their_people_and_their_island(text: str, groups: set[str]) -> None:
    assert {group.value for group in read_facts(text, TODAY).groups} == groups


def test_a_part_named_again_is_not_another_span() -> None:
    assert read_facts("đã đóng 16 năm 5 tháng, năm tháng lẻ tính sao", TODAY).months_paid == 197
    assert read_facts("đóng 16 năm lẻ 5 tháng", TODAY).months_paid == 197
