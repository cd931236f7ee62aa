"""Words that wait for a page of the web chat: an officer's, and the bot's when it has the conversation back.

Nothing can be sent to a page; it looks by itself while a person is wanted. Its looks are also how an officer knows that somebody is still
there. What a page has got it says with its next look, so that a lost response loses no words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, or_, select, update

from bot.delivery.inbox import DIRECT
from bot.delivery.tables import conversations, outbox
from bot.delivery.windows import Purpose
from bot.outreach.tables import handoffs
from knowledge.store import reading, writing

HERE = 150.0
"""Seconds after its last look for which a page counts as open: browsers let a page in the background look once a minute."""
GONE = 900.0
"""Seconds after which what waits for a page that does not look any more is given up."""
_NOTED = 15.0  # a look is not written down more often
_MOST = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """One message for a page; `staff`: an officer wrote it."""

    id: int
    text: str
    staff: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look found. `open`: a person is wanted or has the conversation, so that looking again makes sense."""

    letters: Sequence[Letter] = ()
    open: bool = False


def is_open(seen_at: float | None, now: float) -> bool:
    """Whether a page that looked last at `seen_at` can still be reached."""
    return seen_at is not None and abs(now - seen_at) <= HERE


class PageMail:
    """What waits for pages, in SQL."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def look(self, session: str, after: int = 0) -> Looked:
        """What waits for the page of `session` behind message `after`, up to which the page has all."""
        now = self._clock()
        home = select(conversations.c.id, conversations.c.seen_at, conversations.c.staff_until).where(
            conversations.c.channel == DIRECT, conversations.c.key == session
        )
        waits = select(outbox.c.id, outbox.c.piece, outbox.c.kind).where(outbox.c.state == "waiting")
        with reading(self._engine) as connection:
            row = connection.execute(home).first()
            if row is None:
                return Looked()
            found = connection.execute(
                waits.where(outbox.c.conversation_id == row.id).order_by(outbox.c.id).limit(_MOST)
            ).all()
            wanted = connection.execute(
                select(handoffs.c.id)
                .where(handoffs.c.conversation_id == row.id, handoffs.c.state.in_(("waiting", "taken")))
                .limit(1)
            ).first()
        got = [letter.id for letter in found if letter.id <= after]
        if got or row.seen_at is None or now - row.seen_at > _NOTED:
            with writing(self._engine) as connection:
                connection.execute(update(conversations).where(conversations.c.id == row.id).values(seen_at=now))
                connection.execute(
                    update(outbox).where(outbox.c.id.in_(got), outbox.c.state == "waiting")
                    .values(state="sent", attempts=1, sent_at=now)
                )  # fmt: skip
        letters = [Letter(r.id, r.piece["text"], r.kind == Purpose.STAFF) for r in found if r.id > after]
        return Looked(letters, bool(letters) or wanted is not None or row.staff_until > now)


def give_up(connection: Connection, now: float) -> int:
    """Gives up what waits for pages that are gone, so that officers see it was not read; how much there was."""
    gone = select(conversations.c.id).where(
        conversations.c.channel == DIRECT,
        or_(conversations.c.seen_at.is_(None), conversations.c.seen_at < now - GONE),
    )
    waiting = (outbox.c.channel == DIRECT, outbox.c.state == "waiting", outbox.c.created_at < now - GONE)
    return connection.execute(
        update(outbox).where(*waiting, outbox.c.conversation_id.in_(gone))
        .values(state="cancelled", problem="người dân đã rời trang web")
    ).rowcount  # fmt: skip
