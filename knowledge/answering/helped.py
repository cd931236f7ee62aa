"""Where a chat model may help with an answer that was found, or not found, without it.

The model never sees what was declined, and what it words is put into the place of the body alone: what was said before it, the clauses,
the day and the buttons stay ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from knowledge.answering.claims import Grounds
from knowledge.answering.texts import say
from knowledge.answering.trace import Trace
from knowledge.answers import Answer, AnswerStatus
from knowledge.understanding.followups import Past

_NOT_UNDERSTOOD = frozenset({"weak_evidence", "no_knowledge", "fragment"})
_MOST_WORDS_BESIDE = 60  # of a model, before a clause that is quoted

Show = Callable[[str], None]
"""Is given what may be shown of an answer that is still being written: checked sentences only, all of them each time."""


@dataclass(frozen=True, slots=True)
class Read:
    """A message as a model read it: a question that needs nothing said before, and the topic of cards it is about."""

    question: str
    topic: str
    refused: tuple[str, ...] = ()  # facts that the message does not bear out, by name


class Turn(Protocol):
    """A model's part in one answer (`knowledge.model.assistant`). Its methods do not raise for what a model does."""

    def read(self, message: str, before: str) -> Read | None:
        """`message` after the question `before` as a question of ours; None when that cannot be said."""
        ...

    def word(
        self, body: str, sources: Sequence[str], grounds: Sequence[Grounds], question: str, *, beside: bool
    ) -> str | None:
        """`body` (the first of `sources`) in other words for who asked `question`; None when they do not stand.

        `beside`: the words go before the body and need not tell all of it.
        """
        ...


class Assistant(Protocol):
    """A model that may help."""

    def turn(self, person: str, day: date, notes: Trace, show: Show | None = None) -> Turn:
        """Its part in one answer to `person` on `day`; steps go to `notes`, what may be shown early to `show`."""
        ...


def helped(answer: Answer, text: str, past: Past, turn: Turn, again: Callable[[str], Answer]) -> Answer:
    """`answer` to `text` with the model's help, or as it is. `again` answers a question without a model."""
    if answer.reason in _NOT_UNDERSTOOD and answer.status in (AnswerStatus.UNKNOWN, AnswerStatus.CLARIFY):
        return _read_anew(answer, text, past, turn, again)
    if answer.status is not AnswerStatus.ANSWERED or answer.material is None or answer.material.body not in answer.text:
        return answer
    return _worded(answer, text, turn)


def _read_anew(answer: Answer, text: str, past: Past, turn: Turn, again: Callable[[str], Answer]) -> Answer:
    read = turn.read(text, past.question)
    if read is None:
        return answer
    found = again(read.question)
    # A question read wrongly must not be answered with whatever is nearest: the answer is of the topic that was named.
    if found.status is not AnswerStatus.ANSWERED or found.past.topic != read.topic:
        return answer
    return replace(found, text=f"{say('understood', question=read.question)}\n{found.text}")


def _worded(answer: Answer, text: str, turn: Turn) -> Answer:
    material = answer.material
    assert material is not None
    grounds = [make() for make in material.grounds]
    worded = turn.word(material.body, material.sources, grounds, text, beside=material.beside)
    if worded is None:
        return answer
    if material.beside:
        if len(worded.split()) > _MOST_WORDS_BESIDE:
            return answer
        worded = f"{worded}\n\n{material.body}"
    return replace(answer, text=answer.text.replace(material.body, worded, 1))
