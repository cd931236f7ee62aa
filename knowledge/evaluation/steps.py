"""Reads the trace (dấu vết) of an answer: which part answered, and where a wrong answer went astray."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.answers import Answer, AnswerStatus, Step
from knowledge.evaluation.graded import Route

_ORDINARY = "ordinary"
_FOUND_NOTHING = {"none", "weak evidence"}


def steps_of(answer: Answer) -> tuple[Step, ...]:
    """The steps of `answer`; none for answers of a time before there was a trace."""
    return tuple(getattr(answer, "trace", ()))


def routes_of(answer: Answer) -> frozenset[Route]:
    """The parts that answered. Calculators (công thức) are reached through cards, so an answer by card counts for both."""
    found: set[Route] = set()
    if answer.status is AnswerStatus.SMALLTALK:
        found.add(Route.SMALLTALK)
    for step in steps_of(answer):
        if step.name == "conduct" and step.result != _ORDINARY:
            found.add(Route.CONDUCT)
        if step.name in {"card", "clause"} and not _came_to_nothing(step):
            found.add(Route(step.name))
        if step.name == "calculator":
            found.add(Route.CALCULATOR)
    if Route.CARD in found:
        found.add(Route.CALCULATOR)
    return frozenset(found)


def last_step(answer: Answer) -> str:
    """Name and outcome of the step that decided, "" without a trace: where to look first when the answer is wrong."""
    steps = steps_of(answer)
    return f"{steps[-1].name}: {steps[-1].result}" if steps else ""


def slowest(answers: Iterable[Answer]) -> dict[str, float]:
    """Seconds spent in each step by all `answers`, most first."""
    seconds: dict[str, float] = {}
    for answer in answers:
        for step in steps_of(answer):
            seconds[step.name] = seconds.get(step.name, 0.0) + step.seconds
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


def _came_to_nothing(step: Step) -> bool:
    return step.result in _FOUND_NOTHING or step.result.endswith("held back")
