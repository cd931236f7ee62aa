"""Which parts of a message ask something of their own."""

from __future__ import annotations

import pytest

from knowledge.answering.routing import asks_alone, leans, parts_of


def test_what_is_still_missing_is_no_second_question() -> None:
    assert parts_of("nộp một lần cho mấy năm còn thiếu có rẻ hơn không") == [
        "nộp một lần cho mấy năm còn thiếu có rẻ hơn không"
    ]
    assert len(parts_of("mức đóng là bao nhiêu còn vợ tôi thì đóng ra sao")) == 2


@pytest.mark.parametrize(("part", "alone"), [("vậy có được không", False), ("tiền mai táng bao nhiêu", True)])
def test_a_conclusion_asks_nothing_new(part: str, alone: bool) -> None:
    assert asks_alone(part) is alone


@pytest.mark.parametrize(
    ("part", "leaning"),
    [
        ("cần giấy tờ gì", True),
        ("bao lâu thì xong", True),
        ("đăng ký cần giấy tờ gì", False),
        ("có khám sức khỏe không", False),
    ],
)
def test_papers_and_terms_are_those_of_the_rest(part: str, leaning: bool) -> None:
    assert leans(part) is leaning
