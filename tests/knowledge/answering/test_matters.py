"""What a part of a message is about, where it is asked beside something of another topic."""

from __future__ import annotations

import pytest

from knowledge.answering.routing import names_a_matter


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ("được trả mấy phần trăm", False),
        ("mỗi người được mấy", False),
        ("đăng ký ở đâu", True),
        ("tổng đài số mấy", True),
        ("mức thấp nhất là bao nhiêu", True),
    ],
)
def test_a_part_that_names_nothing_gets_no_card_of_another_topic(part: str, named: bool) -> None:
    assert names_a_matter(part) is named
