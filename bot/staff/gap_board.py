"""The gaps as staff read them, grouped by meaning without making anybody wait.

Grouping many questions takes seconds, so it is done beside; until it is done, questions are together by their words and by the grouping
before. What is closed leaves its group at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.outreach.gaps import MOST, Embed, Gap, Review, alike_in_meaning, arranged, by_words

log = logging.getLogger("bot.staff")

AT_ONCE = 40  # distinct questions that are grouped while the page waits
Meaning = tuple[Embed | None, Callable[[str], str]]
"""How questions are compared by meaning, and how they are written out for it."""


@dataclass(frozen=True, slots=True)
class Board:
    """All gaps. `settled`: they are grouped by meaning; else that is under way."""

    gaps: Sequence[Gap]
    settled: bool


class GapBoard:
    """Keeps the grouping between requests. `meaning` is asked anew each time: the model may not be there yet. Thread-safe."""

    def __init__(self, meaning: Callable[[], Meaning]) -> None:
        self._meaning = meaning
        self._lock = threading.Lock()
        self._groups: list[list[str]] = []
        self._known: frozenset[str] = frozenset()
        self._seen: tuple[int, ...] = ()
        self._board = Board((), True)
        self._work: threading.Thread | None = None

    def of(self, found: Sequence[Review]) -> Board:
        """`found` in groups."""
        seen = tuple(review.id for review in found)
        with self._lock:
            if seen == self._seen and self._board.settled:
                return self._board
            fresh = [key for key in list(by_words(found))[:MOST] if key not in self._known]
            if fresh and len(by_words(found)) <= AT_ONCE:
                self._learn(found)
                fresh = []
            elif fresh and self._work is None:
                self._work = threading.Thread(target=self._beside, args=(found,), name="gaps", daemon=True)
                self._work.start()
            self._seen, self._board = seen, Board(arranged(found, self._groups), not fresh)
            return self._board

    def wait(self) -> None:
        """Until what is under way is done."""
        if (work := self._work) is not None:
            work.join()

    def _beside(self, found: Sequence[Review]) -> None:
        try:
            groups = alike_in_meaning(found, *self._meaning())
        except Exception as error:  # the next request tries again
            log.error("grouping of gaps: %s", type(error).__name__)
            groups = None
        with self._lock:
            self._work = None
            if groups is not None:
                self._keep(groups)

    def _learn(self, found: Sequence[Review]) -> None:
        self._keep(alike_in_meaning(found, *self._meaning()))

    def _keep(self, groups: list[list[str]]) -> None:
        self._groups = groups
        self._known = frozenset(key for group in groups for key in group)
