"""Everyday and regional words meet the usual ones; other words that look alike are left alone."""

from __future__ import annotations

import pytest

from knowledge.cards.matching import bare
from knowledge.everyday import standard_words


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("bà xã mới sanh bé", "vợ mới sinh bé"),
        ("lãnh được nhiêu tiền", "nhận được bao nhiêu tiền"),
        ("lãnh được bao nhiêu tiền", "nhận được bao nhiêu tiền"),
        ("chừng nào má có sổ", "khi nào mẹ có sổ"),
        ("mấy bữa thì xong", "mấy ngày thì xong"),
    ],
)
def test_everyday_words_become_the_usual_ones(said: str, meant: str) -> None:
    assert standard_words(said) == meant


@pytest.mark.parametrize(
    "said",
    ["mã số", "máy hỏng", "rút cục thì sao", "lành nghề", "rẻ hơn nhất định", "màng nhện", "kiếm được", "bữa cơm"],
)
def test_words_that_only_look_alike_stay(said: str) -> None:
    assert standard_words(said) == said


def test_a_question_from_the_south_compares_equal_to_one_from_the_north() -> None:
    assert bare("Bịnh nặng thì lãnh một cục được hông") == bare("Bệnh nặng thì nhận một lần được không")
