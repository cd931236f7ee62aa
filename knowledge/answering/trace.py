"""Notes each step of an answer with its time."""

from __future__ import annotations

import time

from knowledge.answers import Step


class Trace:
    """Collects steps; the time of a step is what passed since the one before."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._last = time.perf_counter()

    def note(self, name: str, result: str) -> None:
        """Ends a step. `result` names labels, ids and scores, never what the citizen wrote."""
        now = time.perf_counter()
        self._steps.append(Step(name, result, round(now - self._last, 5)))
        self._last = now

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far, in order."""
        return tuple(self._steps)
