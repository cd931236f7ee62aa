"""The answer without a chat model: an approved card filled for the person, or the clause in force in its own words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Protocol

from knowledge.answering import by_clause
from knowledge.answering.by_card import Asked, CardAnswers, joined
from knowledge.answering.citing import Sources
from knowledge.answering.routing import enough_for_card, says_more, strength
from knowledge.answering.smalltalk import smalltalk
from knowledge.answering.texts import say
from knowledge.answering.trace import Trace
from knowledge.answers import Answer, AnswerStatus
from knowledge.questions import Question
from knowledge.search import Found, Searcher
from knowledge.speech import day
from knowledge.store.records import PassageRow
from knowledge.understanding.conduct import Conduct, english_topic, judge
from knowledge.understanding.facts import Facts, read_facts
from knowledge.vietnamese import clean

log = logging.getLogger("knowledge.answering")


_BY_EVENT = {"tu_tuat", "thai_san"}  # what is due there is decided by the day of the death or birth


class Search(Protocol):
    """Gives the searcher of the moment (`LiveSearch`)."""

    def current(self) -> Searcher:
        """The searcher over what is known now."""
        ...


class Knowledge:
    """Answers questions from what is known. Thread-safe."""

    def __init__(self, search: Search, sources: Sources, cards: Callable[[], CardAnswers] | None = None) -> None:
        self._search = search
        self._sources = sources
        self._cards = cards

    def find(self, text: str, *, today: date, on: date | None = None, k: int = 10) -> list[tuple[Found, PassageRow]]:
        """The best `k` passages for `text` that hold on `on` (`today` when None), best first."""
        searcher = self._search.current()
        question = searcher.read(text, today)
        found = searcher.search(question, on or question.on or today, k)
        return self._with_words(searcher, found)

    def answer(self, text: str, *, today: date, on: date | None = None) -> Answer:
        """One answer; never raises. `on` fixes the day, else a future day in the question does, else `today`."""
        trace = Trace()
        try:
            answer = self._answer(text, today, on, trace)
        except Exception as error:
            log.error("answering failed: %s", type(error).__name__)  # never the words of a citizen
            answer = Answer(
                AnswerStatus.UNKNOWN, "cannot_reach_sources", say("cannot_reach_sources"), on or today, call_back=True
            )
        return replace(answer, trace=trace.steps)

    def _answer(self, text: str, today: date, on: date | None, trace: Trace) -> Answer:
        typed = clean(text)
        if not typed:
            return Answer(AnswerStatus.CLARIFY, "empty", say("empty"), on or today)
        if kind := smalltalk(text):
            return Answer(AnswerStatus.SMALLTALK, kind, say(kind), on or today)
        searcher = self._search.current()
        question = searcher.read(text, today)
        trace.note("read", "named clause" if question.named else "question")
        conduct = judge(typed, question.search_text)
        trace.note("conduct", conduct.label or "ordinary")
        if conduct.label and not conduct.remainder:
            return Answer(
                conduct.status,
                conduct.label,
                conduct.text,
                on or today,
                call_back=conduct.status is AnswerStatus.HANDOFF,
            )
        if conduct.remainder and conduct.remainder != typed:
            question = searcher.read(conduct.remainder, today)
        if conduct.label == "english":
            return self._in_english(searcher, conduct, today, on, trace)
        return self._from_sources(searcher, question, today, on, trace)

    def _in_english(self, searcher: Searcher, conduct: Conduct, today: date, on: date | None, trace: Trace) -> Answer:
        topic = english_topic(conduct.remainder)
        if not topic:
            return Answer(AnswerStatus.HANDOFF, "english", say("english_notice"), on or today, call_back=True)
        answer = self._from_sources(searcher, searcher.read(topic, today), today, on, trace)
        return replace(answer, text=f"{say('english_notice').strip()}\n{answer.text}")

    def _from_sources(
        self, searcher: Searcher, question: Question, today: date, on: date | None, trace: Trace
    ) -> Answer:
        facts = read_facts(question.search_text, today)
        as_of = on or facts.on or question.on or today
        trace.note("facts", "some" if facts.says_anything else "none")
        named = question.named is not None and bool(question.named.article) and bool(question.named.document)
        found = self._with_words(searcher, searcher.search(question, as_of, 6))
        trace.note("search", f"{len(found)} passages")
        chosen = by_clause.choose(searcher, question, found)
        if not named and (from_card := self._from_card(question, facts, as_of, today, trace, chosen)):
            return from_card
        if named and not (found and found[0][0].exact):
            if question.named and (told := self._of_clause(question, facts, as_of, today, trace)):
                return told
            return Answer(
                AnswerStatus.UNKNOWN, "clause_not_held", say("clause_not_held", day=day(as_of)), as_of, call_back=True
            )
        if chosen is None:
            trace.note("clause", "weak evidence")
            reason = "weak_evidence" if found else "no_knowledge"
            return Answer(AnswerStatus.UNKNOWN, reason, say("unknown"), as_of, call_back=True)
        answer = by_clause.compose(searcher, question, chosen, as_of, self._sources)
        trace.note("clause", f"{chosen.passage.coordinate} {chosen.strength:.2f}" + ("" if answer else ", held back"))
        return answer or Answer(AnswerStatus.UNKNOWN, "held_back", say("unknown"), as_of, call_back=True)

    def _from_card(
        self,
        question: Question,
        facts: Facts,
        as_of: date,
        today: date,
        trace: Trace,
        chosen: by_clause.Chosen | None,
    ) -> Answer | None:
        """The answer of the nearest card that is near enough and holds its claims; None when there is none."""
        if self._cards is None:
            return None
        asked = Asked(question.text, question.search_text, facts, as_of, today)
        cards = self._cards()
        matches = cards.match(asked)
        if matches and chosen and says_more(chosen, matches[0]):
            trace.note("cards", f"{matches[0].card.id} says less than {chosen.passage.coordinate}")
            return None
        if matches and facts.happened and matches[0].card.topic in _BY_EVENT:
            asked = replace(asked, as_of=facts.happened)
        trace.note("cards", ", ".join(f"{m.card.id} {m.score:.2f}/{strength(m):.2f}" for m in matches[:3]) or "none")
        if not matches or not enough_for_card(matches):
            part = cards.by_part(asked)
            if part is None or (chosen and says_more(chosen, part)):
                return None
            trace.note("part", f"{part.card.id} {strength(part):.2f}")
            matches = [part]
        answer = cards.answer(matches[0].card, asked, self._sources)
        trace.note("card", matches[0].card.id + ("" if answer else ", held back"))
        if answer is None or answer.status is not AnswerStatus.ANSWERED:
            return answer
        for card in cards.others(matches[0], asked):
            more = cards.answer(card, asked, self._sources)
            if more is not None and more.status is AnswerStatus.ANSWERED:
                trace.note("second card", card.id)
                answer = joined(answer, more)
        return answer

    def _of_clause(self, question: Question, facts: Facts, as_of: date, today: date, trace: Trace) -> Answer | None:
        """A card that explains the clause the question names, when its words are not held."""
        if self._cards is None or question.named is None:
            return None
        cards = self._cards()
        asked = Asked(question.text, question.search_text, facts, as_of, today)
        match = cards.of_clause(question.named, asked)
        trace.note("card of clause", match.card.id if match else "none")
        return cards.answer(match.card, asked, self._sources) if match else None

    def _with_words(self, searcher: Searcher, found: list[Found]) -> list[tuple[Found, PassageRow]]:
        ids = [searcher.snapshot.catalogue.ids[f.row] for f in found]
        rows = self._sources.passages_with(ids)
        # A document withdrawn a moment ago is gone from SQL before the snapshot is made again.
        return [(f, rows[i]) for f, i in zip(found, ids, strict=True) if i in rows]
