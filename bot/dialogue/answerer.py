"""Puts a message to the knowledge and turns the answer into replies."""

from __future__ import annotations

from bot.clock import Clock
from bot.messages import Button, ChatReply, Citation, Reply
from knowledge.answering import Answer, Knowledge
from knowledge.law import Coordinate
from knowledge.speech import clause_name, day


class KnowledgeAnswerer:
    """The `Answerer` of every channel: each message is a question of its own."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self._knowledge = knowledge
        self._clock = clock

    def answer(self, text: str, *, session: str) -> ChatReply:
        """Answers `text`; never raises."""
        return as_reply(self._knowledge.answer(text, today=self._clock.today()))


def as_reply(answer: Answer) -> ChatReply:
    """`answer` as one reply."""
    citations = tuple(
        Citation(
            document=c.document,
            title=c.title,
            article=c.article,
            clause=c.clause,
            point=c.point,
            quote=c.quote,
            section=c.section,
            coordinate=clause_name(Coordinate(c.document, c.article, c.clause, c.point, c.section), c.title),
            effective=f"Theo quy định có hiệu lực ngày {day(answer.as_of)}"
            if c.verbatim
            else "Lời diễn giải; nguyên văn điều khoản này chưa có trong kho",
        )
        for c in answer.citations
    )
    buttons = tuple(Button(c.label, c.value) for c in answer.choices)
    return ChatReply(answer.status.value, (Reply(answer.text, buttons, citations),), answer.reason)
