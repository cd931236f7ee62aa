"""Which card answers, with what is remembered of the person, and whether a second one answers what is asked beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge.about import NOTHING
from knowledge.answering import by_clause
from knowledge.answering.asked import Asked
from knowledge.answering.by_card import CardAnswers
from knowledge.answering.card_text import joined
from knowledge.answering.citing import Sources
from knowledge.answering.routing import enough_for_card, says_more, speaks_for, strength, without_mistaken
from knowledge.answering.texts import say
from knowledge.answering.trace import Trace
from knowledge.answers import Answer, AnswerStatus
from knowledge.questions import Question
from knowledge.understanding.conduct_learned import SURELY, Likely
from knowledge.understanding.facts import Facts
from knowledge.understanding.followups import Past

_BY_EVENT = {"tu_tuat", "thai_san"}  # what is due there is decided by the day of the death or birth


def from_card(
    cards: CardAnswers,
    sources: Sources,
    question: Question,
    asked: Asked,
    trace: Trace,
    chosen: by_clause.Chosen | None,
    likely: Likely | None,
) -> Answer | None:
    """The answer of the nearest card that is near enough and holds its claims; None when there is none."""
    matches = cards.match(asked)
    if likely and likely.ordinary >= SURELY:
        matches = without_mistaken(matches)
    if matches and chosen and speaks_for(question, chosen, matches[0]):
        trace.note("cards", f"{matches[0].card.id} is not about {chosen.passage.number}")
        return None
    if matches and chosen and says_more(chosen, matches[0]):
        trace.note("cards", f"{matches[0].card.id} says less than {chosen.passage.coordinate}")
        return None
    if (
        matches
        and asked.facts.happened
        and matches[0].card.topic in _BY_EVENT
        and matches[0].card.holds(asked.facts.happened)  # before the law there was nothing: today's card says so
    ):
        asked = replace(asked, as_of=asked.facts.happened)
    trace.note("cards", ", ".join(f"{m.card.id} {m.score:.2f}/{strength(m):.2f}" for m in matches[:3]) or "none")
    if not matches or not enough_for_card(matches):
        part = cards.by_part(asked)
        if part is None or (chosen and says_more(chosen, part)):
            return None
        trace.note("part", f"{part.card.id} {strength(part):.2f}")
        matches = [part]
    first, known = matches[0], NOTHING
    if asked.remembered == NOTHING:
        answer = cards.answer(first.card, asked, sources)
    else:
        first = cards.for_person(first, asked)
        answer, known = cards.for_this_person(first.card, asked, sources)
        trace.note("remembered", ", ".join(known.families) or "changes nothing")
    matches = [first, *matches[1:]]
    trace.note("card", matches[0].card.id + ("" if answer else ", held back"))
    answer = answer and replace(answer, past=Past(topic=matches[0].card.topic))
    if answer is None or answer.status is not AnswerStatus.ANSWERED:
        return answer  # where one thing more must be asked back, nothing has been worked out yet
    for card in cards.others(matches[0], asked):
        more = cards.answer(card, asked, sources)
        if more is not None and more.status is AnswerStatus.ANSWERED:
            trace.note("second card", card.id)
            answer = joined(answer, more)
    return (
        replace(answer, text=f"{say('recalled', facts=known.in_words())}\n{answer.text}")
        if known != NOTHING
        else answer
    )


def of_clause(
    cards: CardAnswers, sources: Sources, question: Question, facts: Facts, as_of: date, today: date, trace: Trace
) -> Answer | None:
    """A card that explains the clause the question names, when its words are not held."""
    if question.named is None:
        return None
    asked = Asked(question.text, question.search_text, facts, as_of, today)
    match = cards.of_clause(question.named, asked)
    trace.note("card of clause", match.card.id if match else "none")
    return cards.answer(match.card, asked, sources) if match else None
