"""Whether an installation can serve people: it can read and write its database, knows something, and what it started still runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from bot.delivery.leases import ChannelStates
from bot.web.health import Readiness
from bot.web.texts import say
from knowledge.law import DocumentStatus
from knowledge.store import KnowledgeStore

if TYPE_CHECKING:
    from bot.delivery.runtime import Runtime

log = logging.getLogger("bot.web")
_ROW = "ready"  # among the states of channels and the rights to them
_TRUSTED = 5.0  # seconds for which a write that worked is believed
_PATIENCE = 2.0


class Ready:
    """The check behind `/readyz`. It writes for real: a full disk and a database that may only be read look well until then."""

    def __init__(
        self, store: KnowledgeStore, runtime: Runtime | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._runtime, self._clock = store, runtime, clock
        self._states = ChannelStates(store.engine)
        self._wrote_at = -_TRUSTED
        self._alone = threading.Lock()

    def __call__(self) -> Readiness:
        """The state now; may block as long as the database does."""
        if not self._writes():
            return Readiness(False, {"database": "cannot be written"}, (say("not_ready_database"),))
        live = any(d.passages and d.status is DocumentStatus.ACCEPTED for d in self._store.documents())
        indexed = self._store.state().live_generation is not None
        works = self._runtime is None or self._runtime.alive()
        parts = {
            "database": "ok",
            "documents": "ok" if live else "empty",
            "index": "ok" if indexed else "keyword only",
        } | ({} if works else {"delivery": "stopped"})
        reasons = [
            *([] if live else [say("no_sources")]),
            *([] if indexed else [say("no_index")]),
            *([] if works else [say("not_ready_delivery")]),
        ]
        return Readiness(live and works, parts, tuple(reasons))

    def _writes(self) -> bool:
        """Whether a write has just worked; those that ask meanwhile wait a little for the one that tries."""
        if not self._alone.acquire(timeout=_PATIENCE):
            return False
        try:
            if self._clock() - self._wrote_at >= _TRUSTED:
                self._states.note(_ROW, polled_at=time.time())
                self._wrote_at = self._clock()
        except SQLAlchemyError as error:
            log.error("the database cannot be written: %s", type(error).__name__)
            return False
        finally:
            self._alone.release()
        return True
