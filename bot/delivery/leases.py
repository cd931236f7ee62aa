"""The right to do what only one process at a time may do (send for a channel, poll it), and the states of channels."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from bot.clocks import ahead, come
from bot.delivery.holders import is_dead
from bot.delivery.tables import channel_states, channel_switches
from knowledge.store import reading, writing

LEASE_SECONDS = 15.0
_LONGEST = 120.0  # no right is held for longer without being renewed


@dataclass(frozen=True, slots=True)
class ChannelState:
    """What everyone knows of a channel."""

    off_since: float | None = None
    off_message: str = ""
    halted_until: float = 0.0
    problem: str = ""
    holder: str = ""
    holder_until: float = 0.0
    polled_at: float | None = None


class ChannelStates:
    """States of channels in SQL. Thread-safe."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        self._insert: Any = insert_postgresql if engine.dialect.name == "postgresql" else insert_sqlite

    def hold(self, name: str, holder: str, seconds: float = LEASE_SECONDS) -> bool:
        """Takes or keeps the right `name` for `holder`; False while another one has it."""
        now = self._clock()
        with reading(self._engine) as connection:
            row = connection.execute(select(channel_states).where(channel_states.c.channel == name)).first()
        mine = {"", holder}
        if row is None:
            self._make(name)
        elif row.holder not in mine and ahead(row.holder_until, now, _LONGEST):
            if not is_dead(row.holder):
                return False
            mine.add(row.holder)
        free = channel_states.c.holder.in_(sorted(mine)) | come(channel_states.c.holder_until, now, _LONGEST)
        with writing(self._engine) as connection:
            taken = connection.execute(
                update(channel_states)
                .where(channel_states.c.channel == name, free)
                .values(holder=holder, holder_until=now + seconds)
            )
        return taken.rowcount == 1

    def let_go(self, name: str, holder: str) -> None:
        """Gives the right back at once, so that another process need not wait."""
        mine = (channel_states.c.channel == name) & (channel_states.c.holder == holder)
        with writing(self._engine) as connection:
            connection.execute(update(channel_states).where(mine).values(holder="", holder_until=0.0))

    def of(self, channel: str) -> ChannelState:
        """The state of `channel`."""
        with reading(self._engine) as connection:
            row = (
                connection.execute(select(channel_states).where(channel_states.c.channel == channel)).mappings().first()
            )
        return ChannelState(**{k: v for k, v in row.items() if k != "channel"}) if row else ChannelState()

    def note(self, channel: str, **values: Any) -> None:
        """Writes columns of the state, e.g. `halted_until`, `problem`."""
        self._make(channel)
        with writing(self._engine) as connection:
            connection.execute(update(channel_states).where(channel_states.c.channel == channel).values(**values))

    def switch(self, channel: str, *, on: bool, by: str, reason: str, message: str = "") -> None:
        """Turns a channel on or off; who and why is kept for ever."""
        self._make(channel)
        now = self._clock()
        with writing(self._engine) as connection:
            connection.execute(
                update(channel_states)
                .where(channel_states.c.channel == channel)
                .values(off_since=None if on else now, off_message="" if on else message)
            )
            connection.execute(insert(channel_switches).values(channel=channel, at=now, on=on, by=by, reason=reason))

    def history(self, channel: str) -> list[tuple[float, bool, str, str]]:
        """(when, on, by, reason), newest first."""
        query = (
            select(channel_switches).where(channel_switches.c.channel == channel).order_by(channel_switches.c.id.desc())
        )
        with reading(self._engine) as connection:
            return [(row.at, row.on, row.by, row.reason) for row in connection.execute(query)]

    def _make(self, channel: str) -> None:
        row = {"channel": channel, "off_since": None, "off_message": "", "holder": "", "holder_until": 0.0,
               "halted_until": 0.0, "problem": "", "polled_at": None}  # fmt: skip
        with reading(self._engine) as connection:
            there = connection.execute(
                select(channel_states.c.channel).where(channel_states.c.channel == channel)
            ).first()
        if there is None:
            with writing(self._engine) as connection:
                connection.execute(self._insert(channel_states).values(row).on_conflict_do_nothing())


class Remembered:
    """States of channels, read from the database at most once a second: every turn asks for them."""

    def __init__(self, read: Callable[[str], ChannelState], seconds: float = 1.0) -> None:
        self._read, self._seconds = read, seconds
        self._known: dict[str, tuple[float, ChannelState]] = {}

    def __call__(self, channel: str) -> ChannelState:
        at, state = self._known.get(channel, (-1e9, ChannelState()))
        if time.monotonic() - at > self._seconds:
            state = self._read(channel)
            self._known[channel] = (time.monotonic(), state)
        return state
