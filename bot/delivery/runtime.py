"""All that runs beside the web pages: workers, senders, pollers, each optional, started and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from bot.channels.contract import Capabilities, Channel, ChannelError, Inbound, Misconfigured
from bot.delivery.accepting import Acceptor, CannotStore
from bot.delivery.direct import DirectTalks
from bot.delivery.drafts import Drafts
from bot.delivery.holders import holder_name
from bot.delivery.inbox import Inbox, Taken
from bot.delivery.leases import ChannelStates, Remembered
from bot.delivery.outbox import Outbox
from bot.delivery.sender import Sender
from bot.delivery.workers import SIGN_OF_LIFE, Workers
from bot.dialogue.forms.readers import FindPlace, nowhere
from bot.dialogue.talk import OFFICE, OfficeNow, Talk
from bot.dialogue.turns import Turns
from bot.messages import Answerer
from bot.outreach.broadcasts import Broadcasts
from bot.outreach.erasure import finish
from bot.outreach.handover import Handover
from bot.outreach.records import Records
from bot.outreach.reminders import Reminding
from bot.staff.arrivals import arrived
from bot.staff.due_notices import DueNotices
from bot.staff.linking import link
from bot.staff.mailing import Mails, Post
from bot.staff.notices import Notices
from bot.time_zone import TIME_ZONE

log = logging.getLogger("bot.delivery")

_POLL_LEASE = 60.0
_DAY = 86_400.0
_TIDY = 10.0  # seconds between looks for erasures to finish
_SEEN = 15.0  # seconds between notes that a platform is being asked
_AGAIN = 30.0  # seconds before a channel that could not be started is tried again


@dataclass(frozen=True, slots=True)
class Parts:
    """What this process does."""

    answer: bool = True
    send: bool = True
    poll: bool = True


class Runtime:
    """Delivery over `engine` for `channels`. `webhooks` has the public address of each channel that gets webhooks.

    `staff_chats` are the Telegram chats that are told when a person is wanted; `address` is where staff find the
    console, `post` sends them e-mail. `tidy` is called once a day and lets old data go;
    `find_place` reads communes; `today` is the civil day.
    """

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[str, Channel],
        answerer: Answerer,
        *,
        polled: frozenset[str] = frozenset(),
        webhooks: Mapping[str, str] | None = None,
        parts: Parts = Parts(),
        workers: int = 4,
        per_minute: int = 15,
        office: OfficeNow = OFFICE,
        find_place: FindPlace = nowhere,
        staff_chats: tuple[str, ...] = (),
        address: str = "",
        post: Post | None = None,
        tidy: Callable[[], object] = lambda: None,
        today: Callable[[], date] = lambda: datetime.now(TIME_ZONE).date(),
    ) -> None:
        self.channels = channels
        self._engine, self._tidy, self._address = engine, tidy, address
        self.inbox = Inbox(engine)
        self.outbox = Outbox(engine)
        self.states = ChannelStates(engine)
        self.acceptor = Acceptor(self.inbox, stored=self._stored)
        self._polled, self._webhooks, self._parts = polled, webhooks or {}, parts
        self._name = holder_name()
        self.handover = Handover(engine, self.outbox, can=self.abilities, notify=staff_chats, address=address)
        self.mails = Mails(engine, post)
        self.notices = Notices(engine, self.outbox, self.mails, self.abilities)
        self.due = DueNotices(engine, self.notices.tell, lambda: office.hours, address=address)
        self.records = Records(engine, announce=self.handover.announce, arrived=self._arrived, linked=self._linked)
        self.reminding = Reminding(engine, self.outbox, self.abilities, self._queued)
        self.broadcasts = Broadcasts(engine, self.outbox, self.abilities, self._queued)
        talk = Talk(answerer, self.records, find_place, office, today)
        turns = Turns(talk, Remembered(self.states.of), self.outbox.ours, per_minute=per_minute)
        self.direct = DirectTalks(engine, self.inbox, self.outbox, turns, self.records)
        self._workers = Workers(
            engine, self.inbox, self.outbox, turns, self.records, channels, self._name, count=workers, queued=self._queued,
            acknowledge=self._acknowledge, draft=Drafts(channels, lambda: self._loop),
        )  # fmt: skip
        self._senders: dict[str, Sender] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def abilities(self) -> dict[str, Capabilities]:
        """What each channel that has its token can do."""
        return {name: channel.capabilities for name, channel in self.channels.items()}

    def _arrived(self, connection: Connection, lead_id: int) -> None:
        arrived(connection, lead_id, tell=self.notices.tell, address=self._address)

    def _linked(self, connection: Connection, taken: Taken, code: str) -> None:
        can = self.channels[taken.conversation.channel].capabilities
        link(connection, self.outbox, taken, code, time.time(), can)

    def start(self) -> None:
        """Starts the parts of this process; returns when they run."""
        self.acceptor.start()
        running = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(running,), name="channels", daemon=True)
        self._thread.start()
        running.wait(30)
        if self._parts.answer:
            self._workers.start()

    def stop(self) -> None:
        """Ends what is under way: deliveries are stored, answers finished, messages under way sent."""
        self.acceptor.stop()
        if self._parts.answer:
            self._workers.stop()
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: it was stopped before
                self._loop.call_soon_threadsafe(self._stop.set)
                for sender in self._senders.values():
                    self._loop.call_soon_threadsafe(sender.wake)
        if self._thread is not None:
            self._thread.join(timeout=40)

    def alive(self) -> bool:
        """Whether all that was started still runs."""
        return (self._thread is None or self._thread.is_alive()) and self._workers.alive()

    def _run(self, running: threading.Event) -> None:
        asyncio.run(self._main(running))

    async def _main(self, running: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with contextlib.AsyncExitStack() as stack:
            for channel in self.channels.values():
                await stack.enter_async_context(channel.opened())
            work: list[Coroutine[Any, Any, None]] = (
                [self._signs_of_life(), self._housekeeping()] if self._parts.answer else []
            )
            for name, channel in self.channels.items():
                if self._parts.send:
                    self._senders[name] = Sender(
                        channel,
                        self.outbox,
                        self.states,
                        self._name,
                        on_unreachable=lambda message: self.records.left(message.conversation_id),
                    )
                    work.append(self._senders[name].run(self._stop))
                if self._parts.poll:
                    work.append(self._receive(channel))
            running.set()
            await asyncio.gather(self._stop.wait(), *work)

    async def _receive(self, channel: Channel) -> None:
        """Menus and webhook at start, then polling where the channel polls; one process at a time."""
        assert self._stop is not None
        right = f"{channel.name}:poll"
        started = False
        while not self._stop.is_set():
            try:
                if not await asyncio.to_thread(self.states.hold, right, self._name, _POLL_LEASE):
                    await self._rest(2.0)
                    continue
                if not started:
                    polled = channel.name in self._polled
                    await channel.start("" if polled else self._webhooks.get(channel.name))
                    await asyncio.to_thread(self.states.note, channel.name, problem="")
                    started = True
                if channel.name not in self._polled:
                    await self._rest(_POLL_LEASE / 3)
                    continue
                await self._poll(channel, right)
            except Misconfigured as error:
                log.error("%s: %s", channel.name, error.code or "account")
                await asyncio.to_thread(self.states.note, channel.name, problem=f"{error} {error.remedy}".strip())
                await self._rest(_AGAIN)
            except ChannelError as error:
                log.warning("%s cannot be reached: %s", channel.name, error.code or type(error).__name__)
                await self._rest(5.0)
            except Exception as error:  # the database is away: go on when it is back
                log.error("receiver of %s: %s", channel.name, type(error).__name__)
                await self._rest(2.0)
        with contextlib.suppress(Exception):
            await asyncio.to_thread(self.states.let_go, right, self._name)

    async def _poll(self, channel: Channel, right: str) -> None:
        """Updates into the inbox until something ends it; the next update is asked for only when this one is stored."""
        assert self._stop is not None
        updates = channel.poll()
        stopping = asyncio.ensure_future(self._stop.wait())
        noted = -_SEEN
        try:
            while not self._stop.is_set():
                update = asyncio.ensure_future(anext(updates))
                while not update.done():
                    await asyncio.wait({update, stopping}, timeout=_POLL_LEASE / 3, return_when=asyncio.FIRST_COMPLETED)
                    if stopping.done() and not update.done():
                        update.cancel()
                        with contextlib.suppress(asyncio.CancelledError, Exception):
                            await update
                        return
                    if not await asyncio.to_thread(self.states.hold, right, self._name, _POLL_LEASE):
                        update.cancel()
                        return
                    if time.monotonic() - noted >= _SEEN and not (update.done() and update.exception()):
                        await asyncio.to_thread(self.states.note, channel.name, polled_at=time.time())
                        noted = time.monotonic()
                await self._take_in(channel, update.result())
        finally:
            stopping.cancel()
            with contextlib.suppress(Exception):
                await updates.aclose()

    async def _take_in(self, channel: Channel, body: bytes) -> None:
        """Stores one update, however long the database takes: it is not confirmed to the platform before."""
        assert self._stop is not None
        while True:
            try:
                await self.acceptor.accept(channel, body)
                return
            except CannotStore:
                if self._stop.is_set():
                    raise
                await self._rest(1.0)

    async def _signs_of_life(self) -> None:
        """Shows that an answer is being written while it takes long, again and again: the sign fades by itself."""
        assert self._stop is not None
        shown: dict[tuple[str, str], float] = {}
        while not self._stop.is_set():
            await self._rest(SIGN_OF_LIFE / 2)
            now = asyncio.get_running_loop().time()
            slow = {(e.channel, e.event_id): e for e in self._workers.slow()}
            shown = {key: at for key, at in shown.items() if key in slow}
            for key, event in slow.items():
                lasts = self.channels[event.channel].capabilities.typing_seconds
                if lasts and shown.get(key, 0.0) <= now - 0.8 * lasts:
                    shown[key] = now
                    await self.channels[event.channel].typing(event.conversation)

    async def _housekeeping(self) -> None:
        """Finishes erasures once their receipts are sent, queues due reminders and approved broadcasts, takes silent officers'
        conversations back, tells officers what is due, tidies daily."""
        assert self._stop is not None
        tidied = 0.0
        while not self._stop.is_set():
            await self._rest(_TIDY)
            try:
                await asyncio.to_thread(finish, self._engine, time.time())
                await asyncio.to_thread(self.reminding.round, time.time())
                await asyncio.to_thread(self.broadcasts.round, time.time())
                await asyncio.to_thread(self.handover.round, time.time())
                await asyncio.to_thread(self.due.round)
                await asyncio.to_thread(self.notices.round)
                await asyncio.to_thread(self.mails.round)
                if time.monotonic() - tidied > _DAY or not tidied:
                    tidied = time.monotonic()
                    await asyncio.to_thread(self._tidy)
            except Exception as error:  # the database is away: go on when it is back
                log.error("housekeeping: %s", type(error).__name__)

    async def _rest(self, seconds: float) -> None:
        assert self._stop is not None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    def _stored(self) -> None:
        self._workers.wake()

    def _queued(self, channel: str) -> None:
        if self._loop is not None and channel in self._senders:
            with contextlib.suppress(RuntimeError):  # the loop has ended: the message waits for the next start
                self._loop.call_soon_threadsafe(self._senders[channel].wake)

    def _acknowledge(self, event: Inbound) -> None:
        self._aside(event.channel, lambda channel: channel.acknowledge(event))

    def _aside(self, name: str, call: Any) -> None:
        """Runs a call to the platform that nobody waits for."""
        channel = self.channels.get(name)
        if channel is None or self._loop is None:
            return

        def begin() -> None:
            task = asyncio.ensure_future(call(channel))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(begin)
