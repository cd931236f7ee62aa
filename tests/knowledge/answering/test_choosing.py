"""Which card a long message gets when the whole is near to none: a part makes sure, the whole chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from knowledge.answering.asked import Asked
from knowledge.answering.by_card import CardAnswers
from knowledge.cards.matching import CardIndex, Match
from knowledge.cards.reader import load_cards
from knowledge.rates import load_rates
from knowledge.understanding.facts import Facts

TODAY = date(2026, 11, 22)
CARDS = {card.id: card for card in load_cards()}
TOLD = "Em tôi lái xe, mới nghỉ không lương, chẳng biết hỏi ai, nay nó mất vì bệnh. Nhà tôi được trợ cấp gì không?"
ASIDE, ASKED = "bb-tam-hoan-hop-dong", "tut-gia-dinh-duoc-gi"


def found(card: str, score: float, *, sure: bool) -> Match:
    """A match of `card` that is sure of itself or not."""
    return Match(CARDS[card], score, 1.0, 0.95 if sure else 0.85, 0.95 if sure else 0.85, 1.0)


@dataclass
class FakeIndex:
    """Matches by text; the whole question has its own."""

    whole: list[Match]
    parts: dict[str, list[Match]] = field(default_factory=dict)

    def match(self, text: str, on: date, k: int = 5, facts: Facts | None = None) -> list[Match]:
        """What was laid down for `text`."""
        if text == TOLD:
            return self.whole[:k]
        return next((m for key, m in self.parts.items() if key in text.lower()), [])[:k]

    def foresee(self, text: str) -> None:
        """Nothing to be done ahead."""


def chosen(index: FakeIndex) -> str:
    answers = CardAnswers(cast(CardIndex, cast(Any, index)), load_rates())
    match = answers.by_part(Asked(TOLD, TOLD, Facts(), TODAY, TODAY))
    return match.card.id if match else ""


def test_the_whole_chooses_among_the_cards_that_parts_are_sure_of() -> None:
    index = FakeIndex(
        [found(ASKED, 7.0, sure=False), found(ASIDE, 3.0, sure=False)],
        {"nghỉ không lương": [found(ASIDE, 9.0, sure=True)], "trợ cấp gì": [found(ASKED, 8.0, sure=True)]},
    )
    assert chosen(index) == ASKED


def test_a_part_alone_decides_where_the_whole_tells_nothing() -> None:
    index = FakeIndex([], {"nghỉ không lương": [found(ASIDE, 9.0, sure=True)]})
    assert chosen(index) == ASIDE


def test_no_part_that_is_sure_gives_no_card() -> None:
    assert chosen(FakeIndex([found(ASKED, 7.0, sure=False)])) == ""
