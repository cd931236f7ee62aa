"""What is said of a filled card: its words, the clauses it rests on, one question back; nothing that fails the claim check."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from functools import partial

from knowledge.answering.asked import Asked
from knowledge.answering.citing import Sources, cite, names_of
from knowledge.answering.claims import Grounds, groups_named, unfounded
from knowledge.answering.extract import opening
from knowledge.answering.texts import button_choices, say
from knowledge.answers import Answer, AnswerStatus, Choice, Material
from knowledge.cards.model import Card
from knowledge.cards.rendering import Rendered
from knowledge.law import Coordinate
from knowledge.speech import day
from knowledge.understanding.situation import asks_yes_or_no, is_open_question

log = logging.getLogger("knowledge.answering")

_MOST_CITATIONS = 6
_NAMED = 2  # clauses named in the text; the others are shown beside it
_LONG_BUTTON = 190
_LONGEST = 900  # characters of an answer that says two things
_OWN_WORDS = "thẻ trả lời của chúng tôi"


def compose(card: Card, asked: Asked, filled: Rendered, before: str, sources: Sources) -> Answer | None:
    """The answer that says `before` and what `card` gave, with its clauses; None when its text fails the claim check."""
    said = filled.text
    asked_openly = is_open_question(asked.search_text)
    if (
        (said.startswith("Có. ") and not asks_yes_or_no(asked.search_text))
        or (said.startswith(("Không. ", "Còn. ")) and asked_openly)
        or (said.startswith("Được. ") and asked_openly and not asks_yes_or_no(asked.search_text))
    ):
        said = said.split(". ", 1)[1]  # "how much?" is not answered with yes or no
    own = opening(said or before)
    coordinates = basis_of(card, filled, asked.search_text)
    citations = cite(coordinates, asked.as_of, sources, own, _OWN_WORDS)
    parts = [part for part in (before, said, filled.change) if part]
    if citations and card.status is AnswerStatus.ANSWERED:
        parts.append(say("basis_of_card", clauses=names_of(citations[:_NAMED]), day=day(asked.as_of)))
    text = "\n".join(parts)
    texts = [*filled.formulas, before]
    grounds_of = partial(
        Grounds.of,
        rates=filled.rates,
        results=[*filled.values, asked.as_of, *asked.facts.groups, *groups_named(card.answer)],
        coordinates=[*coordinates, *filled.named],
        said=f"{asked.search_text}. {asked.earlier}",
    )
    if wrong := unfounded(text, grounds_of(texts)):
        log.error("card %s held back, unfounded: %s", card.id, [claim.text for claim in wrong])
        return None
    reason = "impossible_case" if before else f"card:{card.id}"
    body = "\n".join(part for part in (before, said, filled.change) if part)
    quotes = tuple(c.quote for c in citations if c.verbatim)
    material = Material(body, (body, *quotes), (partial(grounds_of, [*texts, *quotes], wording=(body,)),))
    return Answer(
        card.status,
        reason,
        text,
        asked.as_of,
        citations,
        call_back=card.status is AnswerStatus.HANDOFF,
        material=material,
    )


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
        first,
        text=text,
        citations=citations[: _MOST_CITATIONS + 2],
        reason=f"{first.reason}+{second.reason}",
        material=_of_both(first.material, second.material),
    )


def _of_both(first: Material | None, second: Material | None) -> Material | None:
    """The material of two answers told as one."""
    if first is None or second is None:
        return None
    body = f"{first.body}\n{second.body}"
    return Material(body, (body, *first.sources[1:], *second.sources[1:]), (*first.grounds, *second.grounds))


_NUMBER = re.compile(r"\b\d{1,4}(?:\.\d+)?/\d{4}\b")


def basis_of(card: Card, filled: Rendered, question: str) -> list[Coordinate]:
    """Coordinates of the card, then of what its amounts rest on, the most precise of each place only; documents that the question
    names by their number come first.
    """
    wanted = [*card.basis, *filled.named, *(b for rate in filled.rates for b in rate.basis)]
    asked_for = {n.lstrip("0") for n in _NUMBER.findall(question)}
    wanted.sort(key=lambda where: not any(where.document.lstrip("0").startswith(f"{n}/") for n in asked_for))
    found: list[Coordinate] = []
    for where in dict.fromkeys(wanted):
        if not any(where.contains(other) and where != other for other in found):
            found.append(where)
    return found[:_MOST_CITATIONS]


def ask_back(need: str, card: Card, asked: Asked) -> Answer:
    """Asks for the one fact that decides; each choice is the whole question with that fact in it."""
    base = asked.text if len(asked.text) < _LONG_BUTTON - 50 else card.asks[0]
    choices = tuple(
        Choice(label, f"{base.rstrip(' .?!')}, {phrase}?"[:_LONG_BUTTON]) for label, phrase in button_choices(need)
    )
    return Answer(AnswerStatus.CLARIFY, f"needs_{need}", say(f"needs_{need}"), asked.as_of, choices=choices)
