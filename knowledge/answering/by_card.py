"""The answer from an approved card: its amounts worked out for this person on this day."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date

from knowledge.answering.citing import Sources, cite, names_of
from knowledge.answering.claims import Grounds, groups_named, unfounded
from knowledge.answering.routing import SURE_OF_PART, TWO_IN_ONE, enough_for_card, parts_of, strength
from knowledge.answering.texts import button_choices, say
from knowledge.answers import Answer, AnswerStatus, Choice, Citation
from knowledge.calculators import BadCase
from knowledge.cards.matching import CardIndex, Match
from knowledge.cards.model import Card
from knowledge.cards.rendering import MissingFact, Rendered, render
from knowledge.law import Coordinate
from knowledge.rates import NoRate, Rates
from knowledge.speech import day
from knowledge.understanding.facts import Facts

_MOST_CITATIONS = 6
_NAMED = 2  # clauses named in the text; the others are shown beside it
_LONG_BUTTON = 190
_LEAST_PART = 4  # words
_LONGEST = 900  # characters of an answer that says two things
_OWN_WORDS = "thẻ trả lời của chúng tôi"
_PRESENT = {
    "sex": lambda f: f.sex is not None,
    "income": lambda f: f.income is not None,
    "group": lambda f: f.group is not None,
    "months": lambda f: f.months_paid is not None or f.years_planned is not None,
    "born": lambda f: f.born_year is not None and f.born_month is not None,
    "wished_pension": lambda f: f.wished_pension is not None,
    "payment": lambda f: f.payment is not None,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as the cards see it."""

    text: str  # as typed, cleaned
    search_text: str  # marks restored, shorthand written out
    facts: Facts
    as_of: date
    today: date


class CardAnswers:
    """Finds and fills cards. Thread-safe."""

    def __init__(self, index: CardIndex, rates: Rates) -> None:
        self._index = index
        self.rates = rates

    def match(self, asked: Asked) -> list[Match]:
        """The nearest cards, best first."""
        return self._index.match(asked.search_text, asked.as_of, facts=asked.facts)

    def by_part(self, asked: Asked) -> Match | None:
        """The card that one part of the question asks for, when the whole is about too much: people tell a story, then ask."""
        parts = [part for part in parts_of(asked.search_text) if len(part.split()) >= _LEAST_PART]
        if len(parts) < 2 and len(asked.search_text.split()) <= _LEAST_PART:
            return None
        near = [m for part in parts for m in self._index.match(part, asked.as_of, 1, facts=asked.facts)]
        best = max(near, key=strength, default=None)
        return best if best is not None and strength(best) >= SURE_OF_PART else None

    def others(self, first: Match, asked: Asked) -> list[Card]:
        """Cards for further things that the question asks beside what `first` answers; at most one, of another topic."""
        found: list[tuple[float, Card]] = []
        parts = parts_of(asked.search_text)
        for part in parts if len(parts) > 1 else ():
            best = next(iter(self._index.match(part, asked.as_of, 1)), None)
            if (
                best is None
                or best.near < TWO_IN_ONE
                or not enough_for_card([best])
                or best.card.status is not AnswerStatus.ANSWERED
            ):
                continue
            if best.card.id != first.card.id and best.card.topic != first.card.topic:
                found.append((best.score, best.card))
        return [card for _, card in sorted(found, key=lambda pair: -pair[0])[:1]]

    def of_clause(self, where: Coordinate, asked: Asked) -> Match | None:
        """The nearest card that rests on `where` or on a part of it: for a clause that is named but not held."""
        near = self._index.match(asked.search_text, asked.as_of, 200, facts=asked.facts)
        return next((m for m in near if any(_same_place(where, b) for b in m.card.basis)), None)

    def answer(self, card: Card, asked: Asked, sources: Sources) -> Answer | None:
        """The answer of `card`, None when its text fails the claim check (then nothing of it may be sent)."""
        if missing := next((need for need in card.needs if not _PRESENT[need](asked.facts)), ""):
            return _ask_back(missing, card, asked)
        before = ""
        facts = asked.facts
        try:
            filled = render(card, facts, self.rates, on=asked.as_of, today=asked.today)
        except MissingFact as missing_fact:
            return _ask_back(missing_fact.fact, card, asked)
        except NoRate:
            return Answer(
                AnswerStatus.UNKNOWN, "no_rate", say("no_rate", day=day(asked.as_of)), asked.as_of, call_back=True
            )
        except BadCase as impossible:
            # What the person gave cannot be; said first, then the card as it is for anyone.
            before = f"{impossible} {impossible.remedy}".strip()
            facts = _without_amounts(facts)
            try:
                filled = render(card, facts, self.rates, on=asked.as_of, today=asked.today)
            except (MissingFact, NoRate, BadCase):
                filled = Rendered("")
        return self._compose(card, asked, filled, before, sources)

    def _compose(self, card: Card, asked: Asked, filled: Rendered, before: str, sources: Sources) -> Answer | None:
        own = re.split(r"(?<=[.?!])\s+(?=[A-ZĐÀ-Ỹ])", filled.text or before, maxsplit=1)[0]
        coordinates = _basis(card, filled)
        citations = tuple(cite(where, asked.as_of, sources, own, _OWN_WORDS) for where in coordinates)
        parts = [part for part in (before, filled.text, filled.change) if part]
        if citations and card.status is AnswerStatus.ANSWERED:
            parts.append(say("basis_of_card", clauses=names_of(citations[:_NAMED]), day=day(asked.as_of)))
        text = "\n".join(parts)
        grounds = Grounds.of(
            texts=[*filled.formulas, before],
            rates=filled.rates,
            results=[*filled.values, asked.as_of, *asked.facts.groups, *groups_named(card.answer)],
            coordinates=[*coordinates, *filled.named],
            said=asked.search_text,
        )
        if wrong := unfounded(text, grounds):
            _log_claims(card, [claim.text for claim in wrong])
            return None
        reason = "impossible_case" if before else f"card:{card.id}"
        return Answer(card.status, reason, text, asked.as_of, citations, call_back=card.status is AnswerStatus.HANDOFF)


def joined(first: Answer, second: Answer) -> Answer:
    """Both answers as one: what each says, then one line of clauses, and all citations."""
    bodies = [answer.text.rsplit("\nCăn cứ: ", 1)[0] for answer in (first, second)]
    citations = tuple(
        {(c.document, c.article, c.clause, c.point): c for c in (*first.citations, *second.citations)}.values()
    )
    named = [*first.citations[:1], *second.citations[:1]] or list(citations[:_NAMED])
    text = "\n".join([*bodies, say("basis_of_card", clauses=names_of(named), day=day(first.as_of))])
    if len(text) > _LONGEST:
        return first
    return replace(
        first, text=text, citations=citations[: _MOST_CITATIONS + 2], reason=f"{first.reason}+{second.reason}"
    )


def _basis(card: Card, filled: Rendered) -> list[Coordinate]:
    """Coordinates of the card, then of what its amounts rest on, the most precise of each place only."""
    wanted = [*card.basis, *(b for rate in filled.rates for b in rate.basis)]
    found: list[Coordinate] = []
    for where in dict.fromkeys(wanted):
        if not any(where.contains(other) and where != other for other in found):
            found.append(where)
    return found[:_MOST_CITATIONS]


def _same_place(named: Coordinate, basis: Coordinate) -> bool:
    """True when `basis` is at or inside `named`, whose document may be partial ("41/2024") or unknown."""
    same_document = not named.document or basis.document.upper().startswith(named.document.upper())
    return (
        same_document
        and named.article == basis.article
        and (not named.clause or named.clause == basis.clause)
        and (not named.point or named.point == basis.point)
    )


def _ask_back(need: str, card: Card, asked: Asked) -> Answer:
    """Asks for the one fact that decides; each choice is the whole question with that fact in it."""
    base = asked.text if len(asked.text) < _LONG_BUTTON - 50 else card.asks[0]
    choices = tuple(
        Choice(label, f"{base.rstrip(' .?!')}, {phrase}?"[:_LONG_BUTTON]) for label, phrase in button_choices(need)
    )
    return Answer(AnswerStatus.CLARIFY, f"needs_{need}", say(f"needs_{need}"), asked.as_of, choices=choices)


def _without_amounts(facts: Facts) -> Facts:
    """`facts` without the numbers, any of which may have been the impossible one."""
    kept = {"sex", "groups", "province", "on", "for_whom"}
    return replace(Facts(), **{f.name: getattr(facts, f.name) for f in fields(facts) if f.name in kept})


def _log_claims(card: Card, claims: list[str]) -> None:
    import logging

    logging.getLogger("knowledge.answering").error("card %s held back, unfounded: %s", card.id, claims)


__all__ = ["Asked", "CardAnswers", "Citation"]
