"""Files of cards: what is wrong is named, with the card and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.answers import AnswerStatus
from knowledge.cards.model import CardsError
from knowledge.cards.reader import load_cards, read_cards
from knowledge.law import Coordinate

GOOD = """
- id: gia-ve
  topic: muc_dong
  asks: ["Vé bao nhiêu tiền?", "Giá vé thế nào?"]
  answer: Vé giá {{ rate('contribution_rate')|percent }}.
  basis: ["41/2024/QH15 · Điều 36 · khoản 1"]
  from: 2025-07-01
  until: 2026-12-31
  reviewed: 2026-11-22
"""


def test_a_card_is_read_whole() -> None:
    (card,) = read_cards(GOOD, "x.yaml")
    assert (card.id, card.topic, card.status) == ("gia-ve", "muc_dong", AnswerStatus.ANSWERED)
    assert card.asks == ("Vé bao nhiêu tiền?", "Giá vé thế nào?")
    assert card.basis == (Coordinate("41/2024/QH15", "36", "1"),)
    assert not card.holds(date(2025, 6, 30))
    assert card.holds(date(2025, 7, 1))
    assert card.holds(date(2026, 12, 31))
    assert not card.holds(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("- id: gia-ve", "- ten: gia-ve", "thiếu id"),
        ("topic: muc_dong", "topic: gia_ve", "topic"),
        ('  asks: ["Vé bao nhiêu tiền?", "Giá vé thế nào?"]', "  asks: []", "asks"),
        ("  answer: Vé giá {{ rate('contribution_rate')|percent }}.", "  answer: ''", "answer"),
        ("Điều 36", "Điều ba sáu", "basis"),
        ("from: 2025-07-01", "from: hôm qua", "from"),
        ("reviewed: 2026-11-22", "needs: [sex]", "reviewed"),
        ("reviewed: 2026-11-22", "reviewed: 2026-11-22\n  needs: [height]", "needs"),
        ("reviewed: 2026-11-22", "reviewed: 2026-11-22\n  status: smalltalk", "status"),
        ("reviewed: 2026-11-22", "reviewed: 2026-11-22\n  color: red", "color"),
        ("  topic", "\ttopic", "YAML"),
    ],
)
def test_a_wrong_card_is_refused_with_its_place(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(CardsError, match=says) as raised:
        read_cards(GOOD.replace(old, new, 1), "x.yaml")
    assert "x.yaml" in str(raised.value)
    assert raised.value.remedy


def test_a_file_that_is_no_list_is_refused() -> None:
    with pytest.raises(CardsError, match="danh sách"):
        read_cards("id: gia-ve", "x.yaml")


def test_cards_of_staff_replace_those_that_come_along(tmp_path: Path) -> None:
    shipped = load_cards()
    one = shipped[0]
    (tmp_path / "sua.yaml").write_text(GOOD.replace("gia-ve", one.id), encoding="utf-8")
    changed = {card.id: card for card in load_cards(tmp_path)}
    assert len(changed) == len(shipped)
    assert changed[one.id].asks == ("Vé bao nhiêu tiền?", "Giá vé thế nào?")


def test_a_file_of_staff_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "anh.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CardsError, match=r"anh\.yaml"):
        load_cards(tmp_path)
