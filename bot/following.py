"""The answer cards and dated rates of the moment: files that staff change are taken over without a restart.

A look at names, sizes and times of the files costs microseconds. New cards are made beside the old ones and swapped in whole; files
that cannot be read leave the old ones in place, and say so in the log.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock, Thread

from knowledge.answering.by_card import CardAnswers
from knowledge.errors import KnowledgeError

log = logging.getLogger("bot.following")
_Signature = tuple[tuple[str, int, int], ...]


class FollowedCards:
    """Makes the cards at their first use, so that commands that answer nothing do not pay for them. Thread-safe.

    `check_every` seconds pass at least between two looks at `folders`.
    """

    def __init__(self, make: Callable[[], CardAnswers], folders: Sequence[Path], *, check_every: float = 2.0) -> None:
        self._make, self._folders, self._check_every = make, folders, check_every
        self._lock, self._looking = Lock(), Lock()
        self._made: CardAnswers | None = None
        self._seen: _Signature = ()
        self._looked = float("-inf")

    def __call__(self) -> CardAnswers:
        """The cards to use now; only the first call waits. Raises RatesError, CardsError at the first use."""
        made = self._made
        if made is None:
            return self.refresh()
        if time.monotonic() - self._looked >= self._check_every and self._looking.acquire(blocking=False):
            try:
                self._looked = time.monotonic()
                changed = self._signature() != self._seen
            finally:
                self._looking.release()
            if changed and not self._lock.locked():
                Thread(target=self._follow_aside, name="follow-cards", daemon=True).start()
        return made

    def refresh(self) -> CardAnswers:
        """Follows the files now. Raises RatesError, CardsError; what was there is then kept."""
        with self._lock:
            seen = self._signature()
            if self._made is None or seen != self._seen:
                self._seen = seen  # also when they cannot be read: they are not tried again until they change
                self._made = self._make()
                self._looked = time.monotonic()
            return self._made

    def _follow_aside(self) -> None:
        try:
            self.refresh()
        except KnowledgeError as error:
            log.error("cards or rates cannot be taken over, the old ones answer on: %s", error)
        except Exception:
            log.exception("cards or rates cannot be taken over, the old ones answer on")

    def _signature(self) -> _Signature:
        found = []
        for folder in self._folders:
            for path in sorted(folder.glob("*.yaml")):
                try:
                    facts = path.stat()
                except OSError:  # gone between the two looks
                    continue
                found.append((str(path), facts.st_mtime_ns, facts.st_size))
        return tuple(found)
