"""How near a question is to a card."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge.cards.matching import CardIndex
from knowledge.cards.reader import load_cards

DAY = date(2026, 11, 22)


def test_how_near_a_card_is_does_not_depend_on_the_order_of_the_cards() -> None:
    """The last card was nearer than it should be when it had one way of asking."""
    made = next(c for c in load_cards() if c.id == "tong-dai")
    cards = [
        replace(made, id="a", asks=("Gọi số nào để hỏi về lương hưu?",)),
        replace(made, id="b", asks=("Mức đóng thấp nhất?", "Đóng ít nhất bao nhiêu?", "Đóng ít nhất bao nhiêu?")),
        replace(made, id="c", asks=("Chồng tôi mất thì ai được hưởng?",)),
    ]
    near: dict[str, set[float]] = {}
    questions = ("đóng ít nhất là bao nhiêu", "gọi số nào để hỏi", "chồng tôi mất")
    for turned in (cards, cards[::-1], [cards[1], cards[2], cards[0]]):
        index = CardIndex(turned)
        for question, match in ((q, m) for q in questions for m in index.match(q, DAY, 3)):
            near.setdefault(f"{question}: {match.card.id}", set()).add(round(match.near, 9))
    assert len(near) == 9 and all(len(values) == 1 for values in near.values()), near
