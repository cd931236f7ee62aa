"""The same questions on 31/12/2026 and on 1/1/2027, when the rural poverty line (chuẩn hộ nghèo nông thôn) changes (351/2025/NĐ-CP)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.answers import Answer
from knowledge.evaluation.answers import Ask, Progress, share
from knowledge.evaluation.graded import TwoDaysQuestion
from knowledge.evaluation.scoring import missing_facts, own_words

LAST_DAY = date(2026, 12, 31)
FIRST_DAY = date(2027, 1, 1)


@dataclass(frozen=True, slots=True)
class OnOneDay:
    """What was answered on one of the days, and which facts of that day it lacks."""

    on: date
    answer: Answer
    expected: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BothDays:
    """One question on both days."""

    question: TwoDaysQuestion
    before: OnOneDay
    after: OnOneDay

    @property
    def right(self) -> bool:
        """True when both answers hold the facts of their day."""
        return not self.before.missing and not self.after.missing


@dataclass(frozen=True, slots=True)
class TwoDaysFigures:
    """`changed_right`, `same_right`: shares from 0 to 1 of the questions whose answer changes, and of those whose answer must not."""

    questions: int
    changed_right: float | None
    same_right: float | None
    asked: tuple[BothDays, ...]

    def as_dict(self) -> dict[str, float | int | None]:
        """Plain values, as `--json` prints them."""
        return {"questions": self.questions, "changed_right": self.changed_right, "same_right": self.same_right}

    @property
    def failures(self) -> tuple[BothDays, ...]:
        """Questions that went wrong on a day."""
        return tuple(both for both in self.asked if not both.right)


def evaluate_two_days(
    questions: Sequence[TwoDaysQuestion], ask: Ask, progress: Progress | None = None
) -> TwoDaysFigures:
    """Puts each question to `ask` on both days."""
    asked: list[BothDays] = []
    for number, question in enumerate(questions, 1):
        before = _on_one_day(question, LAST_DAY, question.facts_2026, ask)
        after = _on_one_day(question, FIRST_DAY, question.facts_2027, ask)
        asked.append(BothDays(question, before, after))
        if progress:
            progress(number, len(questions))
    return TwoDaysFigures(
        questions=len(asked),
        changed_right=share(both.right for both in asked if not both.question.same),
        same_right=share(both.right for both in asked if both.question.same),
        asked=tuple(asked),
    )


def _on_one_day(question: TwoDaysQuestion, on: date, facts: tuple[str, ...], ask: Ask) -> OnOneDay:
    answer = ask(question.question, on)
    return OnOneDay(on, answer, facts, missing_facts(facts, own_words(answer, question.question)))
