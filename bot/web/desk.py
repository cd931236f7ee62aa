"""The desk: takes one question, keeps the queue fair, always hands back something to say.

Traps: an answer that hangs cannot be stopped from outside, so its thread keeps its place in the pool and its session
stays taken until it really ends; only the waiting is given up. The text of a question must not reach a log, and an
exception's message may carry it, so only the exception's type and place are logged.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Protocol, runtime_checkable

import anyio
from anyio import to_thread

from bot.delivery.pages import Looked
from bot.messages import CANNOT_REACH_SOURCES, Answerer, ChatReply, Reply, Show, ShowingAnswerer
from bot.web.limits import SlidingWindow
from bot.web.refusals import Refused
from bot.web.texts import say
from knowledge.vietnamese import clean

log = logging.getLogger("bot.web")

TEXT_LIMIT = 1_000  # characters of one question after cleaning
SESSION = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
BUTTON_LIMIT = 200
_LOOKS = 40  # a minute, of one session, for an officer's words


def checked_text(text: str) -> str:
    """`text` without invisible characters, NFC. Raises Refused when empty or above TEXT_LIMIT."""
    cleaned = clean(text)
    if not cleaned:
        raise Refused(422, "empty")
    if len(cleaned) > TEXT_LIMIT:
        raise Refused(422, "too_long", length=f"{len(cleaned):,}".replace(",", "."), limit="1.000")
    return cleaned


def checked_button(value: str) -> str:
    """The value of a chosen button. Raises Refused when empty or too long."""
    cleaned = clean(value)
    if not cleaned or len(cleaned) > BUTTON_LIMIT:
        raise Refused(422, "bad_button")
    return cleaned


def checked_session(session: str) -> str:
    """A well-formed session name. Raises Refused otherwise."""
    if not SESSION.fullmatch(session):
        raise Refused(422, "bad_session")
    return session


@runtime_checkable
class Looks(Protocol):
    """An answerer in whose conversations officers write, too."""

    def look(self, session: str, after: int) -> Looked:
        """What waits for the page of `session` behind message `after`."""
        ...


class Desk:
    """Puts questions to an `Answerer` in a bounded pool of threads.

    `workers`: questions answered at once; `waiting`: questions that may queue behind them before new ones are turned
    away with a polite answer; `timeout`: seconds a citizen waits at most. `per_session` and `per_address` are questions
    a minute; an address in this machine's own network loop is not limited, as a reverse proxy on the same host looks
    like one client.
    """

    def __init__(
        self,
        answerer: Answerer,
        *,
        workers: int = 4,
        waiting: int = 64,
        timeout: float = 20.0,
        per_session: int = 15,
        per_address: int = 300,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._answerer = answerer
        self._workers = workers
        self._places = workers + waiting
        self._timeout = timeout
        self._sessions = SlidingWindow(per_session, 60, clock)
        self._looks = SlidingWindow(_LOOKS, 60, clock)
        self._addresses = SlidingWindow(per_address, 60, clock)
        self._taken: set[str] = set()
        self._tasks: set[asyncio.Task[ChatReply]] = set()
        self._pool: anyio.CapacityLimiter | None = None

    async def ask(self, text: str, *, session: str, address: str = "", show: Show | None = None) -> ChatReply:
        """The answer to one checked message; never raises for what goes wrong behind the desk.

        `show` is called from another thread with what is sure of an answer that is still being made.
        Raises Refused (429) when the session or address asks too often or its last question is still open.
        """
        self._admit(session, address)
        if len(self._tasks) >= self._places:
            return _sorry("overloaded")
        if self._pool is None:  # belongs to the running event loop, so not made in __init__
            self._pool = anyio.CapacityLimiter(self._workers)
        self._taken.add(session)
        given_up = threading.Event()
        # Never cancelled: cancelling would free the thread's place in the pool while the thread still runs.
        task = asyncio.create_task(
            to_thread.run_sync(partial(self._answer, text, session, given_up, show), limiter=self._pool)
        )
        self._tasks.add(task)
        task.add_done_callback(partial(self._leave, session))
        try:
            done, _ = await asyncio.wait({task}, timeout=self._timeout)
        except asyncio.CancelledError:  # the citizen closed the page
            given_up.set()
            raise
        if not done:
            given_up.set()
            log.warning("answer given up after %.0f s", self._timeout)
            return _sorry("cannot_reach")
        return task.result()

    async def look(self, session: str, after: int) -> Looked:
        """What an officer has written to the page of `session` behind message `after`; nothing where nobody can take over.

        Raises Refused (429) when it looks too often.
        """
        if seconds := self._looks.wait(session):
            raise Refused(429, "too_often", retry_after=seconds)
        self._looks.count(session)
        if not isinstance(self._answerer, Looks):
            return Looked()
        try:
            return await to_thread.run_sync(partial(self._answerer.look, session, after))
        except Exception as error:  # the database is away: the page looks again
            log.error("looking for an officer's words failed: %s", type(error).__name__)
            return Looked(open=True)

    def _admit(self, session: str, address: str) -> None:
        if session in self._taken:
            raise Refused(429, "one_at_a_time", retry_after=2)
        if seconds := self._sessions.wait(session):
            raise Refused(429, "too_often", retry_after=seconds)
        limited = bool(address) and not _is_loopback(address)
        if limited and (seconds := self._addresses.wait(address)):
            raise Refused(429, "crowded", retry_after=seconds)
        self._sessions.count(session)
        if limited:
            self._addresses.count(address)

    def _answer(self, text: str, session: str, given_up: threading.Event, show: Show | None) -> ChatReply:
        if given_up.is_set():  # waited in the queue for longer than the citizen did
            return _sorry("cannot_reach")
        try:
            if show is not None and isinstance(self._answerer, ShowingAnswerer):
                reply = self._answerer.answer_aloud(text, session=session, show=show)
            else:
                reply = self._answerer.answer(text, session=session)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("answer failed: %s at %s:%s", type(error).__name__, place.name, place.lineno)
            return _sorry("cannot_reach")
        if not any(r.text.strip() for r in reply.replies):
            log.error("answer was silent: status %s", reply.status)
            return _sorry("cannot_reach")
        return reply

    def _leave(self, session: str, task: asyncio.Task[ChatReply]) -> None:
        self._taken.discard(session)
        self._tasks.discard(task)


def _sorry(key: str) -> ChatReply:
    return ChatReply(status="unknown", replies=(Reply(say(key)),), reason=CANNOT_REACH_SOURCES)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
