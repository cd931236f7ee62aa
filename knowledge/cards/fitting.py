"""Which cards fit what a question wants and what the person told, beside the nearness of its words.

A card fits that is asked for the same kind of thing (an amount, a place), that is not about the opposite ("the most", "the least"), and
that uses the facts told. All cards are judged at once, by a few products of small matrices.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.cards.model import Card
from knowledge.shorthand import write_out
from knowledge.understanding.facts import Facts, names, read_facts
from knowledge.understanding.matters import matters
from knowledge.understanding.standing import read_died
from knowledge.understanding.wanted import sides, wants
from knowledge.understanding.words import Words

_WANTED = 1.0  # share of its ways of asking that want the same kind of thing; measured on the open questions
_CONTRARY = 4.0  # "the most" asked of a card about the least
_UNSAID = 1.5  # for each fact that nearly everybody gives who asks for this card, and the question does not
_USED, _UNUSED = 0.5, 0.5  # for each fact of the question that the card uses, and for each that it leaves aside
_ANOTHER_MATTER = 1.5  # a question without a word that every question about the topic has
_ESSENTIAL = 0.6  # share of the ways of asking of a card that makes a fact expected


class Fitting:
    """The cards' wants, sides, and used and expected facts as matrices with a row for each card."""

    def __init__(self, cards: Sequence[Card]) -> None:
        wanted = [_wanted(card) for card in cards]
        self._kinds = {kind: n for n, kind in enumerate(sorted({kind for w in wanted for kind in w}))}
        self._wanted = np.array([[w.get(kind, 0.0) for kind in self._kinds] for w in wanted], dtype=np.float64)
        about = [_sides(card) for card in cards]
        self._pairs = {side: n for n, side in enumerate(sorted({side for sides_ in about for side in sides_}))}
        self._about = _marked(about, self._pairs)
        self._facts = {name: n for n, name in enumerate(_TELLING)}
        self._uses = _marked([uses(card) for card in cards], self._facts)
        expected = [expects(card) for card in cards]
        self._needed = {name: n for n, name in enumerate(sorted({name for e in expected for name in e}))}
        self._expects = _marked(expected, self._needed)
        self._topics = {topic: np.array([card.topic == topic for card in cards], dtype=bool) for topic in matters()}

    def of(self, question: str, facts: Facts | None) -> NDArray[np.float64]:
        """What speaks for (above 0) or against each card, shape (cards,), in the unit of the ranking; facts are left out when None."""
        written = write_out(question)
        score = np.zeros(len(self._uses))
        if kinds := wants(written):
            at = [self._kinds[kind] for kind in kinds if kind in self._kinds]
            score += _WANTED * self._wanted[:, at].sum(axis=1) / len(kinds)
        if named := sides(written):
            against = [self._pairs[pair, 1 - side] for pair, side in named if (pair, 1 - side) in self._pairs]
            score -= _CONTRARY * self._about[:, against].sum(axis=1)
        for topic, words in matters().items():
            if not words.search(question.lower()):
                score[self._topics[topic]] -= _ANOTHER_MATTER
        if facts is not None:
            told = said(facts)
            at = [self._facts[name] for name in told]
            weight = np.array([_DECIDES.get(name, 1.0) for name in told], dtype=np.float64)
            used = self._uses[:, at] @ weight
            score += _USED * used - _UNUSED * (weight.sum() - used)
            unsaid = [n for name, n in self._needed.items() if name not in told]
            score -= _UNSAID * self._expects[:, unsaid].sum(axis=1)
        return score


def _marked(rows: Sequence[Iterable[Any]], columns: Mapping[Any, int]) -> NDArray[np.float64]:
    """1 where a row has what the column stands for, shape (rows, columns)."""
    made = np.zeros((len(rows), len(columns)))
    for n, row in enumerate(rows):
        made[n, [columns[name] for name in row if name in columns]] = 1.0
    return made


def uses(card: Card) -> frozenset[str]:
    """The facts that change what `card` says, read from its template."""
    text = f"{card.answer} {card.change}"
    found = {name for name in names() if re.search(rf"\bfacts\.{name}\b", text)} | {_NEED_FACTS[n] for n in card.needs}
    if "facts.group" in text:
        found.add("groups")
    if card.topic == "tu_tuat" or 2 * sum(bool(read_died(Words.of(ask))) for ask in card.asks) >= len(card.asks):
        found.add("died")  # what it is about
    if "facts.months_at_once" in text:
        found.add("method")
    if "facts.started_before(" in text:
        found.add("started_year")
    if "around_2014()" in text:
        found |= {"months_paid", "months_before_2014", "started_year"}
    if "span_paid()" in text:
        found |= {"months_paid", "years_planned", "until_retirement"}
    for calculator, given in _CALLS.items():
        for call in re.finditer(rf"\b{calculator}\(([^()]*)\)", text):
            found |= {fact for parameter, fact in given.items() if f"{parameter}=" not in call[1]}
    return frozenset(found)


def _wanted(card: Card) -> dict[str, float]:
    """For each kind of thing, the share of the card's ways of asking that want it."""
    told = Counter(kind for ask in card.asks for kind in wants(write_out(ask)))
    return {kind: count / len(card.asks) for kind, count in told.items()}


def _sides(card: Card) -> frozenset[tuple[int, int]]:
    """The side of each pair of opposites that the card is about: named by some of its ways of asking, the other side by none."""
    told = Counter(side for ask in card.asks for side in sides(write_out(ask)))
    return frozenset((pair, side) for pair, side in told if told[pair, side] >= 2 and not told[pair, 1 - side])


def expects(card: Card) -> frozenset[str]:
    """The facts that the card needs and that most of its ways of asking give: who gives none of them asks something else."""
    if not card.needs:
        return frozenset()
    told = [said(read_facts(write_out(ask), card.reviewed)) for ask in card.asks]
    needed = {_NEED_FACTS[need] for need in card.needs}
    return frozenset(fact for fact in needed if sum(fact in t for t in told) >= _ESSENTIAL * len(told))


def said(facts: Facts) -> frozenset[str]:
    """The names of the facts given that tell what is asked."""
    return frozenset(name for name in _TELLING if getattr(facts, name) not in (None, frozenset(), (), 0))


def fit(used: frozenset[str], told: frozenset[str]) -> float:
    """How well a card that uses `used` fits a person who told `told`."""
    return _USED * len(told & used) - _UNUSED * len(told - used)


# A fact that somebody gives because the answer hangs on it. Age, sex and place are often only by the way.
_TELLING = ("income", "payment", "wished_pension", "months_paid", "years_planned", "missing_months", "stopped_months", "started_year",
            "born_year", "method", "children", "pension_months", "months_before_2014", "groups", "province", "ground",
            "until_retirement", "percent", "withdrew", "workers", "share_of", "draws", "no_pension", "spans", "died",
            "ceiling_heard")  # fmt: skip
# What is over already decides what can be asked: who withdrew does not ask what paying on adds up to.
_DECIDES = {"withdrew": 3.0, "born_year": 2.0, "draws": 2.0, "no_pension": 2.0, "died": 2.0}
_NEED_FACTS = {"sex": "sex", "income": "income", "group": "groups", "months": "months_paid", "born": "born_year",
               "wished_pension": "wished_pension", "payment": "payment"}  # fmt: skip
_CALLS = {
    "contribution": {"income": "income", "group": "groups"},
    "pension": {"months": "months_paid", "average_income": "income"},
    "retirement": {"born_year": "born_year"},
    "withdrawal": {"months_before_2014": "months_before_2014", "average_income": "income"},
    "survivors": {"months_before_2014": "months_before_2014", "average_income": "income"},
    "survivors_of_pensioner": {"months_drawn": "pension_months"},
    "maternity": {"children": "children"},
    "income_for_pension": {"wished": "wished_pension"},
    "years_for_pension": {"wished": "wished_pension", "average_income": "income"},
    "income_from_payment": {"payment": "payment"},
}
