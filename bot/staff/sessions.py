"""Sessions of the console: a random cookie whose hash alone is kept; ended by time, by signing out, and by any change of the account."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, delete, func, insert, select, update

from bot.staff.tables import sessions, staff
from knowledge.store import reading, writing

LONGEST = 12 * 3600.0
"""Seconds after which somebody signs in again, however busy they are."""
_SEEN_EVERY = 60.0
_AHEAD = 300.0  # a session that began further ahead than clocks are put right by is over: it would outlive its end


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds now."""

    id: str
    staff_id: int
    csrf: str
    second: bool


class Sessions:
    """Sessions in SQL. `idle` seconds without a request end one."""

    def __init__(self, engine: Engine, *, idle: float = 1800.0, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._idle, self._clock = engine, idle, clock

    def begin(self, staff_id: int, *, second: bool) -> str:
        """A new session; the value of its cookie (256 bits)."""
        cookie, now = secrets.token_urlsafe(32), self._clock()
        with writing(self._engine) as connection:
            connection.execute(
                delete(sessions).where(
                    (sessions.c.created_at < now - LONGEST) | (sessions.c.seen_at < now - self._idle)
                )
            )
            connection.execute(
                insert(sessions).values(
                    id=_id(cookie), staff_id=staff_id, csrf=secrets.token_urlsafe(32), second=second, created_at=now,
                    seen_at=now,
                )
            )  # fmt: skip
        return cookie

    def find(self, cookie: str) -> Session | None:
        """The session of this cookie, while it holds and the account is open."""
        if not cookie:
            return None
        now = self._clock()
        with reading(self._engine) as connection:
            row = connection.execute(
                select(sessions)
                .join_from(sessions, staff)
                .where(sessions.c.id == _id(cookie), staff.c.active)
                .where(*self._holds(now))
            ).mappings().first()  # fmt: skip
        if row is None:
            return None
        if row["seen_at"] < now - _SEEN_EVERY:
            with writing(self._engine) as connection:
                connection.execute(update(sessions).where(sessions.c.id == row["id"]).values(seen_at=now))
        return Session(row["id"], row["staff_id"], row["csrf"], row["second"])

    def end(self, session_id: str) -> None:
        """Ends one session."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.id == session_id))

    def end_others(self, session: Session) -> int:
        """Ends all sessions of the same account but this one; how many."""
        with writing(self._engine) as connection:
            gone = connection.execute(
                delete(sessions).where(sessions.c.staff_id == session.staff_id, sessions.c.id != session.id)
            )
        return gone.rowcount

    def count(self, staff_id: int) -> int:
        """How many sessions of an account hold now."""
        now = self._clock()
        with reading(self._engine) as connection:
            return connection.execute(
                select(func.count()).select_from(sessions)
                .where(sessions.c.staff_id == staff_id)
                .where(*self._holds(now))
            ).scalar_one()  # fmt: skip

    def _holds(self, now: float) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return (
            (sessions.c.created_at > now - LONGEST) & (sessions.c.created_at < now + _AHEAD),
            (sessions.c.seen_at > now - self._idle) & (sessions.c.seen_at < now + _AHEAD),
        )


def _id(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
