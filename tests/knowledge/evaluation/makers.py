"""Hand-made questions and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from knowledge.answers import Answer, AnswerStatus, Citation, Step
from knowledge.evaluation.graded import Behaviour, GradedQuestion, Kind

DAY = date(2026, 11, 22)
_PLAIN = GradedQuestion("q1", "Hỏi gì đó?", "muc_dong", True, Behaviour.ANSWER, DAY, Kind.PLAIN)


def question(**changes: Any) -> GradedQuestion:
    """A question with nothing expected, and `changes`."""
    return replace(_PLAIN, **changes)


def answer(
    text: str = "Lời đáp.",
    status: AnswerStatus = AnswerStatus.ANSWERED,
    cites: tuple[tuple[str, str], ...] = (),
    trace: tuple[Step, ...] = (),
) -> Answer:
    """An answer that cites (document, article) pairs."""
    citations = tuple(Citation(document, document, article) for document, article in cites)
    return Answer(status, "card:thu", text, DAY, citations, trace=trace)


def from_book(book: dict[str, Answer]) -> Callable[[str, date], Answer]:
    """An `ask` that looks the answer up by the question."""
    return lambda asked, on: book[asked]
