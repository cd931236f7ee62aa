"""The answer from an approved card: its amounts worked out for this person on this day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from knowledge.about import FAMILIES, NOTHING, About
from knowledge.answering.asked import Asked
from knowledge.answering.card_text import ask_back, compose
from knowledge.answering.citing import Sources
from knowledge.answering.remembering import filled as completed
from knowledge.answering.routing import (
    SURE_OF_PART,
    TWO_IN_ONE,
    asks_alone,
    enough_for_card,
    leans,
    names_a_matter,
    parts_of,
    strength,
)
from knowledge.answering.texts import say
from knowledge.answers import Answer, AnswerStatus
from knowledge.calculators import BadCase
from knowledge.cards.book import MissingFact
from knowledge.cards.fitting import uses
from knowledge.cards.matching import CardIndex, Match, bare
from knowledge.cards.model import Card
from knowledge.cards.rendering import Rendered, render
from knowledge.law import Coordinate
from knowledge.rates import NoRate, Rates
from knowledge.speech import day
from knowledge.understanding.conduct_learned import Learned, Likely
from knowledge.understanding.facts import Facts
from knowledge.understanding.situation import asks_yes_or_no, is_open_question

_LEAST_PART = 4  # words
_LACKS = 0.5  # weight of words that a second card of the same topic is about and its part does not say, at most
_CLOSE = 1.0  # points of the ranking within which a card that uses more of what is remembered goes first
_PLAUSIBLE = 80  # cards near the whole question, at most, for a second answer: the contrary of what is asked is far off
_OF_WHOLE = 6  # cards that the whole question may mean, when a part decides
_PRESENT = {
    "sex": lambda f: f.sex is not None,
    "income": lambda f: f.income is not None,
    "group": lambda f: f.group is not None,
    "months": lambda f: f.months_paid is not None or f.years_planned is not None,
    "born": lambda f: f.born_year is not None and f.born_month is not None,
    "wished_pension": lambda f: f.wished_pension is not None,
    "payment": lambda f: f.payment is not None,
}


class CardAnswers:
    """Finds and fills cards. Thread-safe."""

    def __init__(self, index: CardIndex, rates: Rates, learned: Learned | None = None) -> None:
        self._index = index
        self._learned = learned
        self.rates = rates

    @property
    def cards(self) -> tuple[Card, ...]:
        """All cards."""
        return self._index.cards

    @property
    def learned(self) -> Learned | None:
        """What is learned of conduct."""
        return self._learned

    def foresee(self, search_text: str) -> None:
        """Tells that `match` will soon be asked for a question with these words."""
        self._index.foresee(search_text)

    def likely(self, search_text: str) -> Likely | None:
        """What kind of message this is by what is like it; None when that cannot be told."""
        vector = self._index.vector(search_text) if self._learned is not None else None
        return self._learned.judge(bare(search_text), vector) if self._learned and vector is not None else None

    def match(self, asked: Asked) -> list[Match]:
        """The nearest cards, best first."""
        return self._index.match(asked.search_text, asked.as_of, facts=asked.facts)

    def for_person(self, first: Match, asked: Asked) -> Match:
        """`first`, or a card of the same topic that says what is asked with more of what is remembered of the person."""
        told = {fact for family in asked.remembered.families for fact in FAMILIES[family]}
        matches = self._index.match(asked.search_text, asked.as_of, facts=told_in_all(asked))
        near = [m for m in matches if m.card.topic == first.card.topic and enough_for_card([m])]
        best = near[0] if near and near[0] is matches[0] and told & uses(near[0].card) else first
        if asked.own:  # "when do I retire?" is better told of her than of all
            close = [m for m in near if m.score >= near[0].score - _CLOSE]
            best = max([best, *close], key=lambda m: (len(told & uses(m.card)), m.card.id == best.card.id))
        return best

    def for_this_person(self, card: Card, asked: Asked, sources: Sources) -> tuple[Answer | None, About]:
        """`answer` with what is remembered of the person where that changes it, and what of it did."""
        plain = self.answer(card, asked, sources)
        whole = self._with(asked.remembered, card, asked, sources)
        if whole is None or whole.status is AnswerStatus.UNKNOWN or _same(plain, whole):
            return plain, NOTHING
        families = asked.remembered.families
        for family in families:  # what changes nothing is not told
            fewer = asked.remembered.only(f for f in families if f != family)
            if _same(self._with(fewer, card, asked, sources), whole):
                asked, families = replace(asked, remembered=fewer), fewer.families
        return whole, asked.remembered

    def _with(self, known: About, card: Card, asked: Asked, sources: Sources) -> Answer | None:
        facts = completed(asked.facts, known)
        return self.answer(card, replace(asked, facts=facts, earlier=known.in_words()), sources)

    def by_part(self, asked: Asked) -> Match | None:
        """The card that one part of the question asks for, when the whole is about too much: people tell a story, then ask."""
        parts = [part for part in parts_of(asked.search_text) if len(part.split()) >= _LEAST_PART]
        if len(parts) < 2 and len(asked.search_text.split()) <= _LEAST_PART:
            return None
        self._foresee_all(parts)
        near = [m for part in parts for m in self._index.match(part, asked.as_of, 1, facts=asked.facts)]
        sure = [match for match in near if strength(match) >= SURE_OF_PART]
        if not sure:
            return None
        # A short part is easily sure of a card that has nothing to do with the rest: the whole, unsure as it is, chooses among the sure.
        whole = {m.card.id: m for m in self._index.match(asked.search_text, asked.as_of, _OF_WHOLE, facts=asked.facts)}
        fits = [m for m in sure if m.card.id in whole]
        if fits:
            return max(fits, key=lambda m: whole[m.card.id].score)
        spoken_of = _spoken_of(whole.values(), near)
        return spoken_of or max(sure, key=strength)

    def others(self, first: Match, asked: Asked) -> list[Card]:
        """Cards for further things that the question asks beside what `first` answers; at most one."""
        # A part that tells a story asks nothing: only questions beside questions get a second answer.
        parts = [p for p in parts_of(asked.search_text) if asks_yes_or_no(p) or is_open_question(p)]
        if len(parts) < 2:
            return []
        self._foresee_all(parts)
        near = {p: self._index.match(p, asked.as_of, 5) for p in parts}
        # What leans on the rest is asked of the same matter.
        nearest = {
            p: _of_topic(first.card.topic, found) if leans(p) else next(iter(found), None) for p, found in near.items()
        }
        whole = {m.card.id for m in self._index.match(asked.search_text, asked.as_of, _PLAUSIBLE, facts=asked.facts)}
        found: list[tuple[float, Card]] = []
        for part, best in nearest.items():
            if best is None or best.card.id == first.card.id or best.card.status is not AnswerStatus.ANSWERED:
                continue
            if (
                best.card.id not in whole
                or best.near < TWO_IN_ONE
                or not enough_for_card([best])
                or not asks_alone(part)
            ):
                continue
            same = best.card.topic == first.card.topic
            answers_one = any(p != part and first.card.id in (m.card.id for m in near[p][:2]) for p in parts)
            # Two cards of one topic are two answers only where each is asked for by its own part.
            if (same and answers_one and best.lacking <= _LACKS) or not (
                same or leans(part) or not names_a_matter(part)
            ):
                found.append((best.score, best.card))
        return [card for _, card in sorted(found, key=lambda pair: -pair[0])[:1]]

    def _foresee_all(self, parts: Sequence[str]) -> None:
        """Embeds `parts` side by side: one after the other they would take as many times as long."""
        for part in parts:
            self._index.foresee(part)

    def of_clause(self, where: Coordinate, asked: Asked) -> Match | None:
        """The card that explains `where`, a clause that is named but not held: it rests on it first of all; the nearest of those."""
        near = self._index.match(asked.search_text, asked.as_of, 200, facts=asked.facts)
        resting = [
            (at, n, match)
            for n, match in enumerate(near)
            for at, b in enumerate(match.card.basis)
            if _same_place(where, b)
        ]
        # A question like "what does Article 98 say" has no words of its own: the card of the article's main topic, on the least else.
        topics = Counter(match.card.topic for at, _, match in resting if at == 0)

        def fits(found: tuple[int, int, Match]) -> tuple[bool, int, bool, int, int]:
            at, n, match = found
            corrects = 2 * sum(asks_yes_or_no(ask.lower()) for ask in match.card.asks) > len(match.card.asks)
            return (
                at > 0,
                -topics[match.card.topic],
                corrects,
                -len(match.card.asks),
                n,
            )  # the main card is asked for in most ways

        return min(resting, key=fits)[2] if resting else None

    def answer(self, card: Card, asked: Asked, sources: Sources) -> Answer | None:
        """The answer of `card`, None when its text fails the claim check (then nothing of it may be sent)."""
        if missing := next((need for need in card.needs if not _PRESENT[need](asked.facts)), ""):
            return ask_back(missing, card, asked)
        before = ""
        facts = asked.facts
        try:
            filled = render(card, facts, self.rates, on=asked.as_of, today=asked.today)
        except MissingFact as missing_fact:
            return ask_back(missing_fact.fact, card, asked)
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
        return compose(card, asked, filled, before, sources)


def _spoken_of(whole: Iterable[Match], parts: Sequence[Match]) -> Match | None:
    """The first card of the whole question when some part of it is about its topic."""
    first = next(iter(whole), None)
    return first if first is not None and any(m.card.topic == first.card.topic for m in parts) else None


def _of_topic(topic: str, matches: Sequence[Match]) -> Match | None:
    """The first of `matches` of `topic`."""
    return next((m for m in matches if m.card.topic == topic), None)


def told_in_all(asked: Asked) -> Facts:
    """The facts of the question with those remembered."""
    return completed(asked.facts, asked.remembered)


def _same(one: Answer | None, other: Answer | None) -> bool:
    """Whether two answers say the same."""
    return one is not None and other is not None and (one.status, one.text) == (other.status, other.text)


def _same_place(named: Coordinate, basis: Coordinate) -> bool:
    """True when `basis` is at or inside `named`, whose document may be partial ("41/2024") or unknown."""
    same_document = not named.document or basis.document.upper().startswith(named.document.upper())
    return (
        same_document
        and named.article == basis.article
        and (not named.clause or named.clause == basis.clause)
        and (not named.point or named.point == basis.point)
    )


def _without_amounts(facts: Facts) -> Facts:
    """`facts` without the numbers, any of which may have been the impossible one."""
    kept = {"sex", "groups", "province", "on", "for_whom"}
    return replace(Facts(), **{f.name: getattr(facts, f.name) for f in fields(facts) if f.name in kept})
