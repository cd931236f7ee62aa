"""The answer without a chat model: an approved card filled for the person, or the clause in force in its own words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from knowledge.about import NOTHING, About, says
from knowledge.answering import by_clause
from knowledge.answering.asked import Asked
from knowledge.answering.by_card import CardAnswers
from knowledge.answering.choosing import from_card, of_clause
from knowledge.answering.citing import Sources
from knowledge.answering.helped import Assistant, Show, helped
from knowledge.answering.kept_sources import KeptSources
from knowledge.answering.remembering import asked_again, known_of, learn, speaks_of_oneself
from knowledge.answering.smalltalk import smalltalk
from knowledge.answering.texts import say
from knowledge.answering.trace import Trace
from knowledge.answers import Answer, AnswerStatus
from knowledge.questions import Question
from knowledge.search import Found, Searcher
from knowledge.speech import day
from knowledge.store import KnowledgeStore
from knowledge.store.records import PassageRow
from knowledge.understanding.conduct import Conduct, by_likeness, english_topic, judge
from knowledge.understanding.conduct_learned import HARDLY, MAY_BE_MISTAKEN, SURELY, SURELY_NOT, Likely
from knowledge.understanding.facts import read_facts
from knowledge.understanding.followups import NO_PAST, Past, complete, only_facts
from knowledge.understanding.situation import asks_yes_or_no, is_fragment, is_open_question
from knowledge.vietnamese import clean

log = logging.getLogger("knowledge.answering")


_OUR_LAW = re.compile(r"\bluật (?:bảo hiểm xã hội|bhxh)\b", re.IGNORECASE)
_RECORDS = "own_records"
_SCAM = "scam_report"  # who asks about a scam is answered with the warning


@dataclass(frozen=True, slots=True)
class Before:
    """What is known from earlier turns."""

    past: Past = NO_PAST
    about: About = NOTHING


NOTHING_BEFORE = Before()
"""A conversation that begins."""


class Search(Protocol):
    """Gives the searcher of the moment (`LiveSearch`)."""

    def current(self) -> Searcher:
        """The searcher over what is known now."""
        ...


class Knowledge:
    """Answers questions from what is known. Thread-safe."""

    def __init__(
        self,
        search: Search,
        store: KnowledgeStore,
        cards: Callable[[], CardAnswers] | None = None,
        assistant: Assistant | None = None,
    ) -> None:
        self._search = search
        self._kept = KeptSources(store)
        self._cards = cards
        self._assistant = assistant

    def find(self, text: str, *, today: date, on: date | None = None, k: int = 10) -> list[tuple[Found, PassageRow]]:
        """The best `k` passages for `text` that hold on `on` (`today` when None), best first."""
        searcher = self._search.current()
        question = searcher.read(text, today)
        found = searcher.search(question, on or question.on or today, k)
        return _with_words(searcher, found, self._kept.moment())

    def answer(
        self,
        text: str,
        *,
        today: date,
        on: date | None = None,
        past: Past = NO_PAST,
        about: About = NOTHING,
        person: str = "",
        show: Show | None = None,
    ) -> Answer:
        """One answer; never raises. `on` fixes the day, else a future day in the question does, else `today`.

        `past` is what the conversation remembers of the turn before: a question that leans on it is completed first. `about` is what
        the person has said of themself: it stands in for what a question of theirs leaves open, and the answer says so. Where a chat
        model is set, `person` is who its use is counted for, and `show` is given checked sentences while the answer is being written.
        """
        trace = Trace()
        try:
            answer = self._answer(text, today, on, trace, Before(past, about))
            if self._assistant is not None:
                answer = self._helped(answer, text, today, on, trace, Before(past, about), person, show)
        except Exception as error:
            log.error("answering failed: %s", type(error).__name__)  # never the words of a citizen
            answer = Answer(
                AnswerStatus.UNKNOWN,
                "cannot_reach_sources",
                say("cannot_reach_sources"),
                on or today,
                call_back=True,
                about=about,
            )
        return replace(answer, trace=trace.steps)

    def _helped(
        self,
        answer: Answer,
        text: str,
        today: date,
        on: date | None,
        trace: Trace,
        before: Before,
        person: str,
        show: Show | None,
    ) -> Answer:
        """`answer` with the help of the chat model; whatever fails there, it stands as it is."""
        assert self._assistant is not None
        turn = self._assistant.turn(person, today, trace, show)
        try:
            return helped(
                answer,
                text,
                before.past,
                turn,
                lambda question: self._answer(question, today, on, trace, Before(NO_PAST, before.about)),
            )
        except Exception as error:
            log.error("the chat model's part failed: %s", type(error).__name__)
            return answer

    def explain(self, card_id: str, text: str, *, today: date) -> Answer | None:
        """The answer of one card to `text`, for a form that knows what is asked; None when it does not hold."""
        if self._cards is None:
            return None
        cards = self._cards()
        card = next((c for c in cards.cards if c.id == card_id), None)
        if card is None or not card.holds(today):
            return None
        facts = read_facts(text, today)
        answer = cards.answer(card, Asked(text, text, facts, today, today), self._kept.moment())
        return replace(answer, past=Past(text, card.topic)) if answer is not None else None

    def _answer(self, text: str, today: date, on: date | None, trace: Trace, before: Before) -> Answer:
        about = before.about
        typed = clean(text)
        if not typed:
            return Answer(AnswerStatus.CLARIFY, "empty", say("empty"), on or today, about=about)
        if kind := smalltalk(text):
            return Answer(AnswerStatus.SMALLTALK, kind, say(kind), on or today, about=about)
        searcher = self._search.current()
        question = searcher.read(text, today)
        trace.note("read", "named clause" if question.named else "question")
        conduct, likely = self._conduct(searcher, question, before.past, today)
        trace.note("conduct", conduct.label or "ordinary")
        if conduct.label and not conduct.remainder:
            return replace(_held(conduct, on or today), about=about)
        if conduct.remainder and conduct.remainder != typed:
            question = searcher.read(conduct.remainder, today)
        if conduct.label == "english":
            return replace(self._in_english(searcher, conduct, today, on, trace), about=about)
        if conduct.label:  # a question with a trick in it is answered without its trick; nothing of it is kept
            answer = self._from_sources(searcher, question, today, on, trace, likely)
            if conduct.label == _SCAM and answer.past.topic != "lua_dao":
                answer = Answer(AnswerStatus.ANSWERED, conduct.label, conduct.text, on or today)
            return replace(_unless_unlikely(answer, typed, likely), about=about)
        said = question.search_text
        whole = complete(said, before.past, today)
        if whole != said:
            trace.note("follow-up", "completed")
            question = searcher.read(whole, today)
        elif is_fragment(said):
            return Answer(AnswerStatus.CLARIFY, "fragment", say("fragment", what=typed), on or today, about=about)
        about = learn(about, said, question.search_text, before.past, today)
        again = asked_again(said, question.search_text, about, before.past, today)
        corrected = again != question.search_text
        if corrected:
            question = searcher.read(again, today)
        # What this very message says is read as a whole; what is learnt from its parts serves later ones.
        told = about if corrected or before.past.asked or only_facts(said, today) else before.about
        answer = self._from_sources(searcher, question, today, on, trace, likely, Before(before.past, told))
        introduced = about != before.about and whole == said and only_facts(said, today) and not _asks(typed, said)
        # Who tells years paid or an income asks what they come to; who tells who they are has asked nothing yet.
        if introduced and not _tells_a_case(said, today) and answer.status is not AnswerStatus.CLARIFY:
            answer = Answer(AnswerStatus.CLARIFY, "noted", say("noted", facts=about.in_words()), on or today)
        elif corrected and not answer.text.startswith(say("recalled", facts="").rstrip(". ")):
            answer = replace(answer, text=f"{say('corrected', facts=about.in_words())}\n{answer.text}")
        answer = _unless_unlikely(answer, typed, likely)
        asked = answer.reason.removeprefix("needs_") if answer.reason.startswith("needs_") else ""
        return replace(answer, past=Past(question.search_text, answer.past.topic, asked), about=about)

    def _conduct(
        self, searcher: Searcher, question: Question, past: Past, today: date
    ) -> tuple[Conduct, Likely | None]:
        """The conduct of a message by the rules and by what it is like, which sees what no rule has words for."""
        conduct = judge(question.text, question.search_text)
        if conduct.label in ("english", _SCAM) or question.named is not None:
            return conduct, None
        rest = searcher.read(conduct.remainder, today) if conduct.label and conduct.remainder else question
        text = rest.search_text if conduct.label else complete(rest.search_text, past, today)
        if self._cards is not None and (not conduct.label or conduct.remainder):
            # Cards are compared without numbers, passages with them: two vectors, made side by side.
            searcher.foresee(text)
        likely = self._likely(text)
        if likely is None:
            return conduct, None
        if conduct.label in MAY_BE_MISTAKEN and not conduct.remainder and likely.ordinary >= SURELY:
            return Conduct("", AnswerStatus.ANSWERED, question.text, ""), likely
        if likely.label == _RECORDS and _tells_a_case(rest.search_text, today):
            return conduct, likely  # "tôi đóng được 12 năm rồi" tells what nobody need look up
        if likely.ordinary < SURELY_NOT and (not conduct.label or conduct.remainder):
            conduct = by_likeness(rest.text, likely.label, lambda part: self._is_ordinary(searcher.read(part, today)))
        return conduct, likely

    def _likely(self, search_text: str) -> Likely | None:
        return self._cards().likely(search_text) if self._cards is not None else None

    def _is_ordinary(self, question: Question) -> bool:
        likely = self._likely(question.search_text)
        return likely is not None and likely.ordinary >= HARDLY

    def _in_english(self, searcher: Searcher, conduct: Conduct, today: date, on: date | None, trace: Trace) -> Answer:
        topic = english_topic(conduct.remainder)
        if not topic:
            likely = self._likely(conduct.remainder)
            if likely and likely.ordinary < HARDLY:
                return _held(by_likeness(conduct.remainder, likely.label, lambda part: False), on or today)
            return Answer(AnswerStatus.HANDOFF, "english", say("english_notice"), on or today, call_back=True)
        answer = self._from_sources(searcher, searcher.read(topic, today), today, on, trace)
        return replace(answer, text=f"{say('english_notice').strip()}\n{answer.text}")

    def _from_sources(
        self,
        searcher: Searcher,
        question: Question,
        today: date,
        on: date | None,
        trace: Trace,
        likely: Likely | None = None,
        before: Before = NOTHING_BEFORE,
    ) -> Answer:
        facts = read_facts(question.search_text, today)
        as_of = on or facts.on or question.on or today
        trace.note("facts", "some" if facts.says_anything else "none")
        named = _names_a_clause(question)
        if self._cards is not None and not named:
            self._cards().foresee(question.search_text)
        sources = self._kept.moment()
        found = _with_words(searcher, searcher.search(question, as_of, 6), sources)
        trace.note("search", f"{len(found)} passages")
        chosen = by_clause.choose(searcher, question, found)
        known = known_of(before.about, question.search_text, facts, before.past, today)
        own = speaks_of_oneself(question.search_text)
        asked = Asked(question.text, question.search_text, facts, as_of, today, known, own=own)
        cards = self._cards() if self._cards is not None else None
        if not named and cards and (told := from_card(cards, sources, question, asked, trace, chosen, likely)):
            return told
        if named and not (found and found[0][0].exact):
            if cards and (told := of_clause(cards, sources, question, facts, as_of, today, trace)):
                return told
            return Answer(
                AnswerStatus.UNKNOWN, "clause_not_held", say("clause_not_held", day=day(as_of)), as_of, call_back=True
            )
        if chosen is None:
            trace.note("clause", "weak evidence")
            reason = "weak_evidence" if found else "no_knowledge"
            return Answer(AnswerStatus.UNKNOWN, reason, say("unknown"), as_of, call_back=True)
        answer = by_clause.compose(searcher, question, chosen, as_of, sources, found)
        trace.note("clause", f"{chosen.passage.coordinate} {chosen.strength:.2f}" + ("" if answer else ", held back"))
        return answer or Answer(AnswerStatus.UNKNOWN, "held_back", say("unknown"), as_of, call_back=True)


def _with_words(searcher: Searcher, found: list[Found], sources: Sources) -> list[tuple[Found, PassageRow]]:
    ids = [searcher.snapshot.catalogue.ids[f.row] for f in found]
    rows = sources.passages_with(ids)
    # A document withdrawn a moment ago is gone from SQL before the snapshot is made again.
    return [(f, rows[i]) for f, i in zip(found, ids, strict=True) if i in rows]


def _held(conduct: Conduct, on: date) -> Answer:
    """What is said instead of an answer."""
    return Answer(conduct.status, conduct.label, conduct.text, on, call_back=conduct.status is AnswerStatus.HANDOFF)


def _tells_a_case(said: str, today: date) -> bool:
    """Whether `said` tells years or an income that an answer can be worked out from."""
    facts = read_facts(said, today)
    return any(says(facts, family) for family in ("income", "months"))


def _unless_unlikely(answer: Answer, typed: str, likely: Likely | None) -> Answer:
    """`answer`, but what hardly is a question for us and found no answer is held back for what it seems to be."""
    if likely is None or likely.ordinary >= HARDLY or answer.status is not AnswerStatus.UNKNOWN:
        return answer
    return _held(by_likeness(typed, likely.label, lambda part: False), answer.as_of)


def _asks(typed: str, said: str) -> bool:
    """Whether anything is asked at all: "tôi là hộ nghèo" tells, "tôi là hộ nghèo thì sao" asks."""
    return "?" in typed or "sao" in said.lower().split() or is_open_question(said) or asks_yes_or_no(said)


def _names_a_clause(question: Question) -> bool:
    """An article of a document with its number, or of the law on social insurance by its name; "Điều 98 Luật Đất đai" is not ours."""
    where = question.named
    if where is None or not where.article:
        return False
    return bool(where.document) or _OUR_LAW.search(question.search_text) is not None
