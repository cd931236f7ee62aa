"""Sends what waits in the outbox of one channel: in order within a conversation, within the platform's limits, with retries.

Runs in one event loop of one process at a time (the right `<channel>`); another process that stands by takes over when it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from bot.channels.contract import Channel, Later, Misconfigured, Rejected, Sent, Unclear, Unreachable
from bot.delivery.leases import LEASE_SECONDS, ChannelStates
from bot.delivery.limits import Window
from bot.delivery.outbox import Outbox, Outgoing
from bot.delivery.windows import Purpose, may_send

log = logging.getLogger("bot.delivery")
T = TypeVar("T")

_MARGIN = 0.1  # added to what a platform asks us to wait
_LONGEST_BACK_OFF = 60.0
_MENDING = 60.0  # between tries while the account is wrong
_UNTOLD = 2.0
_IDLE = 0.5  # between looks when nobody wakes us: messages of other processes
_TAKEN = "cán bộ đã nhận cuộc trò chuyện"
_REMEMBERED = 20_000  # conversations whose last send is remembered
_LONGEST_HALT = 3600.0  # a halt noted further ahead is not believed: the clock may have been put back since
_OUTCOME_AGAIN = 1.0  # seconds between tries to write an outcome down
_OUTCOME_PATIENCE = 600.0  # then it is left to whoever gets the right to send next
_JUMP = 2.0  # seconds by which a clock goes back without our minding


class Sender:
    """Sends for `channel` until stopped."""

    def __init__(
        self,
        channel: Channel,
        outbox: Outbox,
        states: ChannelStates,
        holder: str,
        *,
        clock: Callable[[], float] = time.time,
        on_unreachable: Callable[[Outgoing], None] = lambda message: None,
    ) -> None:
        self._channel, self._outbox, self._states, self._holder = channel, outbox, states, holder
        self._clock = clock
        self._on_unreachable = on_unreachable
        self._window = Window(channel.capabilities.rate)
        self._last: OrderedDict[int, float] = OrderedDict()  # conversation -> when it may be written to again
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._held_until = 0.0  # by the clock that never jumps, as all but what is written down
        self._offset = clock() - time.monotonic()
        self._problem: str | None = None

    def wake(self) -> None:
        """Something may be due; call from the sender's own loop."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop` is set, then lets what is under way end."""
        name = self._channel.name
        try:
            while not stop.is_set():
                try:
                    if not await self._hold():
                        await self._pause(stop, 1.0)
                        continue
                    await self._pause(stop, await self._round())
                except Exception as error:  # the database is away: go on when it is back
                    log.error("sender of %s: %s", name, type(error).__name__)
                    await self._pause(stop, 1.0)
        finally:
            if self._busy:
                await asyncio.wait(self._busy.values(), timeout=20)
            await asyncio.to_thread(self._states.let_go, name, self._holder)

    async def _hold(self) -> bool:
        """Keeps the right to send; the first time it clears up after whoever had it before."""
        await self._look_at_the_clock()
        now, still = self._clock(), time.monotonic()
        if still < self._held_until - LEASE_SECONDS / 2:
            return True
        before = self._held_until
        if not await asyncio.to_thread(self._states.hold, self._channel.name, self._holder):
            self._held_until = 0.0
            return False
        self._held_until = still + LEASE_SECONDS
        await asyncio.to_thread(self._outbox.clock_was_put_back, self._channel.name)
        if not before:
            state = await asyncio.to_thread(self._states.of, self._channel.name)
            # Whoever sent before may have used up the window a moment ago.
            rest = min(_LONGEST_HALT, max(0.0, state.halted_until - now))
            self._window.halt(max(rest, self._channel.capabilities.rate.seconds))
            if left := await asyncio.to_thread(self._outbox.recover, self._channel.name):
                log.warning("%s: %d messages were under way when a process ended", self._channel.name, left)
        return True

    async def _look_at_the_clock(self) -> None:
        """Notices that the clock was put back, so that nothing waits for an instant of the wrong time."""
        offset = self._clock() - time.monotonic()
        if (back := self._offset - offset) > _JUMP:
            log.warning("%s: the clock was put back by %.0f s", self._channel.name, back)
            await asyncio.to_thread(self._outbox.clock_was_put_back, self._channel.name, back)
        self._offset = offset

    async def _round(self) -> float:
        """Starts what may start; seconds until the next look."""
        free = self._window.free()
        if free <= 0:
            return self._window.wait()
        messages = await asyncio.to_thread(self._outbox.take, self._channel.name, free, list(self._busy))
        for message in messages:
            self._window.begin()
            task = asyncio.create_task(self._send(message))
            self._busy[message.conversation_id] = task
        return 0.0 if len(messages) == free else _IDLE

    async def _send(self, message: Outgoing) -> None:
        try:
            await self._attempt(message)
        except Exception as error:  # the outcome could not be written: it stays `sending` and is recovered
            log.error("%s: outcome of message %d: %s", self._channel.name, message.id, type(error).__name__)
        finally:
            self._window.end()
            self._busy.pop(message.conversation_id, None)
            self._wake.set()

    async def _attempt(self, message: Outgoing) -> None:
        if refusal := self._not_wanted(message):
            await self._keep(self._outbox.give_up, message, refusal, attempts=message.attempts, state="cancelled")
            return
        decision = may_send(message.purpose, self._clock(), message.heard_at, self._channel.capabilities)
        if decision.wait is None:
            await self._keep(
                self._outbox.give_up, message, decision.reason, attempts=message.attempts, state="cancelled"
            )
            return
        if decision.wait:
            await self._keep(self._outbox.put_back, message, decision.wait)
            return
        rest = self._last.get(message.conversation_id, 0.0) - time.monotonic()
        if rest > 0:
            await asyncio.sleep(rest)
            if await self._keep(self._outbox.with_staff, message):  # taken over while it waited for its turn
                await self._keep(self._outbox.give_up, message, _TAKEN, attempts=message.attempts, state="cancelled")
                return
        if (halted := self._window.wait_halted()) > 0:
            await self._keep(self._outbox.put_back, message, halted)
            return
        await self._deliver(message)

    async def _deliver(self, message: Outgoing) -> None:
        name = self._channel.name
        spacing = self._channel.capabilities.conversation_rate
        try:
            sent: Sent = await self._channel.send(message.conversation, message.piece)
        except Later as error:
            after = error.after + _MARGIN if error.after is not None else back_off(message.attempts)
            if error.everyone and error.after is None:  # a limit whose length the platform does not tell
                after = max(_UNTOLD, after)
            if error.everyone:
                self._window.halt(after)
                await self._keep(self._states.note, name, halted_until=self._clock() + after)
            if await self._keep(self._outbox.later, message, _told(error), after):
                log.error("%s: message %d given up: %s", name, message.id, error.code or type(error).__name__)
        except Unclear as error:
            await self._keep(self._outbox.unclear, message, _told(error))
        except Unreachable as error:
            await self._keep(self._outbox.unreachable, message, _told(error))
            if error.left:
                await asyncio.to_thread(self._on_unreachable, message)
        except Rejected as error:
            log.error("%s: message %d refused: %s", name, message.id, error.code)
            await self._keep(self._outbox.give_up, message, _told(error))
        except Misconfigured as error:
            log.error("%s: cannot send: %s", name, error.code or "account")
            self._window.halt(_MENDING)
            await self._keep(self._outbox.put_back, message, _MENDING)
            await self._note_problem(f"{error} {error.remedy}".strip())
        else:
            await self._keep(self._outbox.sent, message, sent, next_after=spacing.seconds / spacing.count)
            if self._problem != "":
                await self._note_problem("")
        finally:
            self._last[message.conversation_id] = time.monotonic() + spacing.seconds / spacing.count + 0.02
            self._last.move_to_end(message.conversation_id)
            while len(self._last) > _REMEMBERED:
                self._last.popitem(last=False)

    async def _keep(self, write: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Writes down what came of a message, however long the database takes: nobody else knows it, and the person's next
        message waits for it. Raises what the database raises when it stays away.
        """
        ends = time.monotonic() + _OUTCOME_PATIENCE
        while True:
            try:
                return await asyncio.to_thread(write, *arguments, **named)
            except Exception as error:
                if time.monotonic() >= ends:
                    raise
                log.error("%s: outcome not written yet: %s", self._channel.name, type(error).__name__)
                await asyncio.sleep(_OUTCOME_AGAIN)

    async def _note_problem(self, problem: str) -> None:
        self._problem = problem
        await asyncio.to_thread(self._states.note, self._channel.name, problem=problem)

    def _not_wanted(self, message: Outgoing) -> str:
        """Why the message is not to be sent any more; empty when it is."""
        if message.purpose is Purpose.ANSWER and message.staff_until > self._clock():
            return _TAKEN
        if not message.reachable:
            return "người dân đã chặn hoặc bỏ quan tâm"
        return ""

    async def _pause(self, stop: asyncio.Event, seconds: float) -> None:
        if seconds <= 0 or stop.is_set():
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
        self._wake.clear()


def back_off(attempts: int) -> float:
    """Seconds before the next try after `attempts` earlier ones: doubling, with jitter so that many do not come at once."""
    return min(_LONGEST_BACK_OFF, 2.0**attempts) * random.uniform(0.75, 1.25)


def _told(error: Exception) -> str:
    code = getattr(error, "code", "")
    return f"{code}: {error}" if code else str(error)
