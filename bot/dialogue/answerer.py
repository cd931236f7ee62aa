"""Puts a message to the knowledge and turns the answer into replies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.clock import Clock
from bot.messages import Button, ChatReply, Citation, Reply, Show
from knowledge.about import About
from knowledge.answering import Answer, Knowledge
from knowledge.law import Coordinate
from knowledge.speech import clause_name, day
from knowledge.understanding.followups import Past


class KnowledgeAnswerer:
    """The `MemoryAnswerer` of every channel."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self._knowledge = knowledge
        self._clock = clock

    def answer(self, text: str, *, session: str) -> ChatReply:
        """Answers `text`; never raises."""
        return self.follow(text, session=session, past={})

    def follow(
        self,
        text: str,
        *,
        session: str,
        past: Mapping[str, str],
        about: Mapping[str, Any] | None = None,
        show: Show | None = None,
    ) -> ChatReply:
        """Answers `text`, which may lean on the turn before and on what the person said of themself; never raises."""
        before = Past(past.get("question", ""), past.get("topic", ""), past.get("asked", ""))
        known = About.of(about or {})
        today = self._clock.today()
        return as_reply(self._knowledge.answer(text, today=today, past=before, about=known, person=session, show=show))

    def explain(self, card: str, text: str) -> ChatReply | None:
        """The answer of one card."""
        answer = self._knowledge.explain(card, text, today=self._clock.today())
        return as_reply(answer) if answer is not None else None


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
    trace = tuple(asdict(step) for step in answer.trace)
    return ChatReply(
        answer.status.value,
        (Reply(answer.text, buttons, citations),),
        answer.reason,
        trace,
        asdict(answer.past),
        answer.about.as_json(),
    )
