"""Updates waiting for the bot, and the long poll that hands them out."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from fastapi import Request

from tests.emulators.control import Clock
from tests.emulators.telegram.markup import ApiError

KEPT = 24 * 3600.0
"""Seconds an undelivered update is kept."""
HANGING_UP = 0.2
"""Seconds in which we may learn of a hang-up after we have read what the client sent next, on another connection."""
NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")


class UpdateQueue:
    """Updates in ascending order; confirmed by a larger offset or by a webhook's 2xx."""

    def __init__(self, clock: Clock, first: int = 100) -> None:
        self.allowed: list[str] = []
        self._clock = clock
        self._updates: list[tuple[float, dict[str, Any]]] = []
        self._next = first
        self._poll = 0
        self._lock = threading.RLock()

    def put(self, kind: str, value: dict[str, Any]) -> dict[str, Any] | None:
        """Adds an update; None when the bot has not asked for this kind."""
        with self._lock:
            if kind not in self.allowed if self.allowed else kind in NOT_BY_DEFAULT:
                return None
            update = {"update_id": self._next, kind: value}
            self._next += 1
            self._updates.append((self._clock.now(), update))
            return update

    def waiting(self) -> list[dict[str, Any]]:
        """Unconfirmed updates that are not too old."""
        with self._lock:
            self._updates = [(at, u) for at, u in self._updates if self._clock.now() - at <= KEPT]
            return [u for _, u in self._updates]

    def confirm(self, below: int) -> None:
        """Drops updates with a smaller id."""
        with self._lock:
            self._updates = [(at, u) for at, u in self._updates if u["update_id"] >= below]

    def remove(self, update_id: int) -> None:
        """Drops one update."""
        with self._lock:
            self._updates = [(at, u) for at, u in self._updates if u["update_id"] != update_id]

    def clear(self) -> None:
        """Drops all (`drop_pending_updates`)."""
        with self._lock:
            self._updates.clear()

    def interrupt(self) -> None:
        """Ends the poll that is waiting, with 409."""
        with self._lock:
            self._poll += 1

    async def poll(
        self,
        request: Request,
        offset: int,
        limit: int,
        timeout: float,
        refuse: Callable[[], str],
        over: Callable[[], bool],
    ) -> list[dict[str, Any]]:
        """Updates from `offset`, waiting up to `timeout` s for the first; no longer once `over`.

        A later poll, or a reason given by `refuse`, ends it by 409.
        """
        with self._lock:
            self._poll += 1
            mine = self._poll
            if offset < 0:  # the last so many
                kept = self.waiting()[offset:]
                offset = kept[0]["update_id"] if kept else 0
            if offset:
                self.confirm(offset)
        end = time.monotonic() + min(timeout, 50)
        while True:
            if reason := refuse():
                raise ApiError(409, reason)
            if self._poll != mine:
                if await _gone(request):  # its client hung up before the next poll was made: nobody to refuse
                    return []
                raise ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            found = self.waiting()[:limit]
            if found or over() or time.monotonic() >= end or await request.is_disconnected():
                return found
            await asyncio.sleep(0.01)


async def _gone(request: Request) -> bool:
    end = time.monotonic() + HANGING_UP
    while not (gone := await request.is_disconnected()) and time.monotonic() < end:
        await asyncio.sleep(0.01)
    return gone
