"""Workers: take one event, let the dialogue answer it, store what is said and remembered in one transaction."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Engine

from bot.channels.contract import Channel, Inbound, Piece
from bot.channels.cutting import pieces
from bot.delivery.inbox import LEASE_SECONDS, Inbox, LeaseLost, Taken
from bot.delivery.outbox import Outbox
from bot.delivery.windows import Purpose
from bot.dialogue.texts import say
from bot.dialogue.turns import Turned, Turns
from bot.messages import Reply
from bot.outreach.records import Records
from knowledge.store import writing

log = logging.getLogger("bot.delivery")

_LOOK_FOR_DEAD = 1.0  # seconds
_IDLE = 0.25  # seconds between looks when nobody wakes us: events of other processes
SIGN_OF_LIFE = 0.7  # seconds of work after which the person sees that something is happening
_CHOICES = 40  # offered choices a conversation remembers: people press buttons of older messages too


class Workers:
    """`count` threads over one inbox. `queued` and `acknowledge` never block; `draft` shows what is sure of an answer."""

    def __init__(
        self,
        engine: Engine,
        inbox: Inbox,
        outbox: Outbox,
        turns: Turns,
        records: Records,
        channels: Mapping[str, Channel],
        name: str,
        *,
        count: int = 4,
        clock: Callable[[], float] = time.time,
        queued: Callable[[str], None] = lambda channel: None,
        acknowledge: Callable[[Inbound], None] = lambda event: None,
        draft: Callable[[Inbound, str], None] | None = None,
    ) -> None:
        self._engine, self._inbox, self._outbox, self._turns, self._records = engine, inbox, outbox, turns, records
        self._channels, self._name, self._count, self._clock = channels, name, count, clock
        self._queued, self._acknowledge, self._draft = queued, acknowledge, draft
        self._busy: dict[str, tuple[float, Inbound]] = {}  # worker -> since when, with what
        self._wake = threading.Condition()
        self._stopping = False
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begins to work."""
        self._threads = [
            threading.Thread(target=self._run, args=(f"{self._name}/{n}",), name=f"worker-{n}", daemon=True)
            for n in range(self._count)
        ]
        self._threads.append(threading.Thread(target=self._keep, name="leases", daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends what is under way, then stops."""
        self._stopping = True
        self._stopped.set()
        self.wake()
        for thread in self._threads:
            thread.join(timeout=30)

    def alive(self) -> bool:
        """Whether every thread that was started still runs."""
        return all(thread.is_alive() for thread in self._threads)

    def wake(self) -> None:
        """Something has come in."""
        with self._wake:
            self._wake.notify_all()

    def step(self, worker: str) -> bool:
        """Handles one event; False when none waits."""
        taken = self._inbox.take(worker)
        if taken is None:
            return False
        if taken.event.acknowledge:
            self._acknowledge(taken.event)
        self._busy[worker] = (time.monotonic(), taken.event)
        try:
            self._handle(taken)
        except LeaseLost:
            log.warning("%s: somebody else has taken the conversation over", taken.event.channel)
        except Exception as error:
            _log_place("turn", error)
            if self._inbox.fail(taken, type(error).__name__):
                self._apologise(taken)
        finally:
            self._busy.pop(worker, None)
        return True

    def slow(self) -> list[Inbound]:
        """Events that have been worked on for so long that the person should see a sign of life."""
        now = time.monotonic()
        return [event for since, event in list(self._busy.values()) if now - since >= SIGN_OF_LIFE]

    def _run(self, worker: str) -> None:
        while not self._stopping:
            try:
                busy = self.step(worker)
            except Exception as error:  # the database is away: go on when it is back
                log.error("worker: %s", type(error).__name__)
                busy = False
                time.sleep(1.0)
            if not busy:
                with self._wake:
                    if not self._stopping:
                        self._wake.wait(_IDLE)

    def _keep(self) -> None:
        """Renews the leases of what takes long, and ends those of processes of this machine that were killed."""
        renewed = time.monotonic()
        while not self._stopped.wait(_LOOK_FOR_DEAD):
            now = time.monotonic()
            try:
                if self._inbox.free_of_the_dead():
                    self.wake()
                if now - renewed >= LEASE_SECONDS / 4:
                    renewed = now
                    if long := [w for w, (since, _) in list(self._busy.items()) if now - since > LEASE_SECONDS / 8]:
                        self._inbox.renew(long)
            except Exception as error:  # the database is away: tried again at the next look
                log.error("leases: %s", type(error).__name__)

    def _handle(self, taken: Taken) -> None:
        channel = taken.conversation.channel
        can = self._channels[channel].capabilities
        turned = self._turns.take(
            taken.event,
            taken.conversation,
            received_at=taken.received_at,
            recent=taken.recent,
            now=self._clock(),
            buttons=can.buttons > 0,
            reminds=not (can.free_hours or can.reach_hours),
            show=partial(self._draft, taken.event) if self._draft is not None else None,
        )
        out, choices = self._pieces(taken, turned)
        state = dict(turned.state)
        if turned.replies:
            state["choices"] = choices
        with writing(self._engine) as connection:
            changes = dict(turned.changes) | {"state": state}
            self._inbox.finish(connection, taken, outcome=turned.outcome, changes=changes, topic=turned.topic)
            if turned.effects:
                self._records.apply(connection, taken, turned.effects)
            if turned.changes.get("reachable", True):
                self._outbox.add(
                    connection, taken.conversation.id, channel, out, turned.purpose, inbox_id=taken.inbox_id
                )
        if out:
            self._queued(channel)

    def _pieces(self, taken: Taken, turned: Turned) -> tuple[list[Piece], dict[str, Any]]:
        """What goes out, and what each choice offered stands for.

        The value of a button is a name of ours: it fits every platform, is no word that people type, and differs from that of every
        other message, so a button pressed late means what it said. Where choices are typed as numbers only the last ones count.
        """
        out: list[Piece] = []
        can = self._channels[taken.conversation.channel].capabilities
        choices: dict[str, Any] = dict(turned.state.get("choices", {})) if can.buttons else {}
        prefix = f"#{taken.inbox_id:x}." if can.buttons else "#"
        for at, reply in enumerate(turned.replies):
            last = at == len(turned.replies) - 1
            cut = pieces(
                reply if last else Reply(reply.text, (), reply.citations),
                can,
                ask=turned.ask if last else turned.ask.NOTHING,
                prefix=prefix,
            )
            out += cut.pieces
            choices |= {choice.shown.value: choice.value for choice in cut.choices}
        return out, dict(list(choices.items())[-_CHOICES:])

    def _apologise(self, taken: Taken) -> None:
        """The person is not left without a word when their message could not be handled."""
        with writing(self._engine) as connection:
            self._outbox.add(
                connection, taken.conversation.id, taken.conversation.channel, [Piece(say("trouble"))], Purpose.NOTICE,
                inbox_id=taken.inbox_id,
            )  # fmt: skip
        self._queued(taken.conversation.channel)


def _log_place(what: str, error: Exception) -> None:
    """The type and place of `error`, never its words: they may carry what a citizen typed."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    log.error("%s failed: %s at %s", what, type(error).__name__, where)
