"""Fills a card's template: amounts from the dated rates and the calculators, for this person, on this day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import knowledge.calculators as calculators
from knowledge.cards.book import Book, MissingFact
from knowledge.cards.model import Card
from knowledge.law import Coordinate
from knowledge.rates import NoRate, Rate, Rates
from knowledge.understanding.facts import Facts

NOTICE_DAYS = 60  # a change this near is told


@dataclass(slots=True)
class Rendered:
    """What a card says. `rates` and `values` are everything it stands on; `estimate` when a sum is only an estimate."""

    text: str
    change: str = ""
    rates: list[Rate] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    named: list[Coordinate] = field(default_factory=list)
    estimate: bool = False


def render(card: Card, facts: Facts, rates: Rates, *, on: date, today: date) -> Rendered:
    """`card` for `facts` on `on`. Raises MissingFact, NoRate, BadCase (an impossible case), CardsError (a broken template)."""
    done = Book(facts, rates, on, today, card.unsure)
    out = Rendered(done.fill(card.answer, f"thẻ {card.id}"))
    out.rates, out.values, out.formulas, out.named, out.estimate = (
        done.rates,
        done.values,
        done.formulas,
        done.named,
        done.estimate,
    )
    changes = [
        later.since
        for used in done.rates
        if used.until is not None and on <= used.until <= on + timedelta(days=NOTICE_DAYS)
        for later in [rates.next_change(used.key, on, **used.where)]
        if later is not None and later.value != used.value and later.since > today
    ]
    if changes:
        out.change = _change(card, facts, rates, min(changes), today, out)
    return out


def _change(card: Card, facts: Facts, rates: Rates, day: date, today: date, out: Rendered) -> str:
    """What the card says about the change on `day`; empty when it makes no difference to this answer."""
    later = Book(facts, rates, day, today, card.unsure)
    try:
        if card.change:
            text = later.fill(card.change, f"thẻ {card.id}, change")
        elif later.fill(card.answer, f"thẻ {card.id}") == out.text:
            return ""
        else:
            later = Book(facts, rates, day, today, card.unsure)
            text = later.fill(
                "Từ {{ on|day }}, các con số này thay đổi; anh/chị hỏi lại kèm ngày đó để biết mức mới.", ""
            )
    except (NoRate, MissingFact, calculators.BadCase):
        return ""
    for mine, theirs in ((out.rates, later.rates), (out.values, later.values), (out.formulas, later.formulas)):
        mine.extend(theirs)  # type: ignore[arg-type]
    return text
