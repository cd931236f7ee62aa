"""Stores what platforms deliver, many deliveries in one transaction, so that each gets its 200 quickly.

A commit that survives a power cut costs a disk sync; deliveries that arrive while one is under way share the next. The caller
waits at most `patience` seconds: a database that is locked or full means 503, and the platform delivers again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import queue
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future

from bot.channels.contract import Channel, Inbound
from bot.delivery.inbox import Inbox
from bot.errors import BotError

log = logging.getLogger("bot.delivery")

_MOST_AT_ONCE = 500
_Item = tuple[Sequence[Inbound], "Future[list[bool]]"]


class CannotStore(BotError):
    """Raised when a delivery could not be stored in time; the platform is told to deliver again."""


class Acceptor:
    """Puts deliveries into the inbox from one thread of its own."""

    def __init__(self, inbox: Inbox, *, stored: Callable[[], None] = lambda: None, patience: float = 1.5) -> None:
        self._inbox = inbox
        self._stored = stored
        self._patience = patience
        self._waiting: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to take deliveries."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="acceptor", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stores what has been handed over, then ends."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(timeout=10)
            self._thread = None

    async def accept(self, channel: Channel, body: bytes) -> list[bool]:
        """Stores the events of `body`; for each whether it is new. Raises CannotStore; after it nothing is promised.

        A body that cannot be read is kept as it is, for staff: it carried the platform's proof.
        """
        try:
            events = channel.read(body)
        except Exception as error:  # a reader that trips over one body must not lose it
            log.error("%s: body that cannot be read (%s) is kept", channel.name, type(error).__name__)
            return await self._in_time(asyncio.to_thread(self._keep, channel.name, body))
        if not events:
            return []
        future: Future[list[bool]] = Future()
        self._waiting.put((events, future))
        return await self._in_time(asyncio.wrap_future(future))

    async def _in_time(self, work: Awaitable[list[bool]]) -> list[bool]:
        try:
            # shielded: what has been handed over may be stored after the caller has gone; the repeat is then known
            return await asyncio.wait_for(asyncio.shield(work), self._patience)
        except TimeoutError:
            raise CannotStore("Chưa lưu kịp tin vừa nhận.") from None
        except Exception as error:
            raise CannotStore(f"Không lưu được tin vừa nhận ({type(error).__name__}).") from None

    def _keep(self, channel: str, body: bytes) -> list[bool]:
        text = body.decode("utf-8", "replace")
        self._inbox.keep_unread(channel, hashlib.sha256(body).hexdigest(), json.dumps(text, ensure_ascii=False)[1:-1])
        return []

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None:
            batch = [item]
            size = len(item[0])
            while size < _MOST_AT_ONCE:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    self._waiting.put(None)
                    break
                batch.append(more)
                size += len(more[0])
            self._store(batch)

    def _store(self, batch: list[_Item]) -> None:
        events = [event for events, _ in batch for event in events]
        try:
            new = self._inbox.store(events)
        except Exception as error:
            log.error("inbox cannot be written: %s", type(error).__name__)
            for _, future in batch:
                future.set_exception(CannotStore("Không lưu được tin vừa nhận."))
            return
        at = 0
        for part, future in batch:
            future.set_result(new[at : at + len(part)])
            at += len(part)
        if any(new):
            self._stored()
