"""Asks graded questions and counts: shares of right answers, by topic and by kind."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from knowledge.answers import Answer
from knowledge.evaluation.graded import GradedQuestion, Route
from knowledge.evaluation.scoring import Judgement, Verdict, judge
from knowledge.evaluation.steps import routes_of

Ask = Callable[[str, date], Answer]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, what was answered, in how many seconds, and how it fared. `route_right` is None when any part may answer."""

    question: GradedQuestion
    answer: Answer
    seconds: float
    judgement: Judgement
    route_right: bool | None

    @property
    def right(self) -> bool:
        """True when nothing is to be shown: right in words, and a clause cited where one is owed."""
        return self.judgement.verdict is Verdict.CORRECT and self.judgement.cited is not False


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """Shares from 0 to 1, None where no question measures it.

    `correct` to `wrong_amounts` are shares of the questions in scope; `right_clause_cited` of those that owe a clause;
    `kept_without_accents` of the variants whose original is answered right. Characters are those of answers in scope.
    """

    questions: int
    in_scope: int
    correct: float | None
    incomplete: float | None
    false_refusal: float | None
    unneeded_clarify: float | None
    wrong_amounts: float | None
    out_of_scope_right: float | None
    right_clause_cited: float | None
    kept_without_accents: float | None
    route_right: float | None
    median_characters: float | None
    p95_characters: float | None
    p50_seconds: float | None
    p95_seconds: float | None

    def as_dict(self) -> dict[str, float | int | None]:
        """Plain values, as `--json` prints them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Of the questions of one topic or kind: how many, and how many were answered right."""

    name: str
    questions: int
    correct: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.correct / self.questions


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was found out about one set of questions."""

    judged: tuple[Judged, ...]
    figures: AnswerFigures
    topics: tuple[GroupFigures, ...]
    kinds: tuple[GroupFigures, ...]

    @property
    def failures(self) -> tuple[Judged, ...]:
        """Questions that went wrong, in their order."""
        return tuple(j for j in self.judged if not j.right)


def evaluate_answers(questions: Sequence[GradedQuestion], ask: Ask, progress: Progress | None = None) -> Evaluation:
    """Puts each question to `ask` on its day. Errors of `ask` go through: a bot that breaks is not to be measured."""
    judged: list[Judged] = []
    for number, question in enumerate(questions, 1):
        begin = time.perf_counter()
        answer = ask(question.question, question.on)
        seconds = time.perf_counter() - begin
        route = None if question.route is Route.ANY else question.route in routes_of(answer)
        judged.append(Judged(question, answer, seconds, judge(question, answer), route))
        if progress:
            progress(number, len(questions))
    return Evaluation(
        tuple(judged),
        _figures(judged),
        _groups(judged, lambda j: j.question.topic),
        _groups(judged, lambda j: j.question.kind.value),
    )


def _figures(judged: Sequence[Judged]) -> AnswerFigures:
    inside = [j for j in judged if j.question.in_scope]
    verdict = {j.question.id: j.judgement.verdict for j in judged}
    seconds = [j.seconds for j in judged]
    characters = [len(j.answer.text) for j in inside]

    def share_of(wanted: Verdict) -> float | None:
        return share(j.judgement.verdict is wanted for j in inside)

    return AnswerFigures(
        questions=len(judged),
        in_scope=len(inside),
        correct=share_of(Verdict.CORRECT),
        incomplete=share_of(Verdict.INCOMPLETE),
        false_refusal=share_of(Verdict.FALSE_REFUSAL),
        unneeded_clarify=share_of(Verdict.UNNEEDED_CLARIFY),
        wrong_amounts=share_of(Verdict.WRONG_AMOUNT),
        out_of_scope_right=share(j.judgement.verdict is Verdict.CORRECT for j in judged if not j.question.in_scope),
        right_clause_cited=share(j.judgement.cited for j in judged if j.judgement.cited is not None),
        kept_without_accents=share(
            j.judgement.verdict is Verdict.CORRECT
            for j in judged
            if j.question.variant_of is not None and verdict[j.question.variant_of] is Verdict.CORRECT
        ),
        route_right=share(j.route_right for j in judged if j.route_right is not None),
        median_characters=statistics.median(characters) if characters else None,
        p95_characters=_quantile(characters, 0.95),
        p50_seconds=_quantile(seconds, 0.5),
        p95_seconds=_quantile(seconds, 0.95),
    )


def _groups(judged: Iterable[Judged], name_of: Callable[[Judged], str]) -> tuple[GroupFigures, ...]:
    rows: dict[str, list[bool]] = {}
    for j in judged:
        rows.setdefault(name_of(j), []).append(j.judgement.verdict is Verdict.CORRECT)
    return tuple(GroupFigures(name, len(right), sum(right)) for name, right in sorted(rows.items()))


def share(truths: Iterable[bool]) -> float | None:
    """The share of true values, from 0 to 1, None of none."""
    values = list(truths)
    return round(sum(values) / len(values), 4) if values else None


def _quantile(values: Sequence[float], q: float) -> float | None:
    """The smallest value that at least the share `q` of all does not exceed (as far as whole numbers allow)."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(q * len(ordered)))], 4) if ordered else None
