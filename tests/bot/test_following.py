"""Files of rates and cards are followed while the program runs; broken ones change nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.following import FollowedCards
from knowledge.answering.by_card import CardAnswers
from knowledge.cards.matching import CardIndex
from knowledge.rates import RatesError, load_rates

ROW = """\
local_topup:
  rows:
    - {from: 2027-01-01, value: 0.1, where: {province: Quảng Ngãi, group: poor}, basis: ["12/2026/NQ-HĐND"],
       certainty: confirmed, checked_by: A và B, checked_on: 2026-12-01}
"""


def followed(folder: Path, check_every: float = 0.0) -> FollowedCards:
    return FollowedCards(lambda: CardAnswers(CardIndex([]), load_rates(folder)), [folder], check_every=check_every)


def rows(cards: FollowedCards) -> int:
    return len(cards().rates.rows("local_topup"))


def eventually(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_new_file_is_taken_over_aside(tmp_path: Path) -> None:
    cards = followed(tmp_path)
    before = rows(cards)
    assert cards() is cards(), "nothing changed"
    (tmp_path / "ours.yaml").write_text(ROW, encoding="utf-8")
    assert eventually(lambda: rows(cards) == before + 1)
    (tmp_path / "ours.yaml").unlink()
    assert eventually(lambda: rows(cards) == before)


def test_a_broken_file_leaves_what_was_there_and_a_mended_one_is_taken(tmp_path: Path) -> None:
    cards = followed(tmp_path, check_every=3600.0)
    before, held = rows(cards), cards()
    (tmp_path / "ours.yaml").write_text("local_topup: [", encoding="utf-8")
    with pytest.raises(RatesError):
        cards.refresh()
    assert cards() is held
    (tmp_path / "ours.yaml").write_text(ROW, encoding="utf-8")
    cards.refresh()
    assert rows(cards) == before + 1


def test_a_start_with_a_broken_file_fails_until_it_is_mended(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("local_topup: [", encoding="utf-8")
    cards = followed(tmp_path)
    for _ in range(2):
        with pytest.raises(RatesError):
            cards()
    (tmp_path / "ours.yaml").write_text(ROW, encoding="utf-8")
    assert rows(cards) > 0
