"""Takes everything about a person out of the database, and old data in time.

What stays of an erased conversation is a row without person, name or words, so that a platform that delivers an old message again is
still recognised. The platform's id of the chat stays until the receipt has been sent, then it goes too (`finish`). On SQLite freed
pages are overwritten (`secure_delete`), and the write-ahead log is emptied by `finish`.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, or_, select, update

from bot.delivery.tables import conversations, inbox, outbox, unread
from bot.outreach.counted import remember
from bot.outreach.tables import consents, handoffs, leads, reminders, reviews
from knowledge.store import writing

_BLANK: dict[str, Any] = {}
ERASED = "erased"
"""In the state of a conversation that is being erased: when, as seconds since 1970."""


def messages(connection: Connection, conversation_id: int) -> int:
    """How many messages of the person are kept."""
    return connection.execute(
        select(func.count()).select_from(inbox).where(inbox.c.conversation_id == conversation_id)
    ).scalar_one()


def erase(connection: Connection, conversation_id: int, *, keep_inbox: int = 0) -> str:
    """Erases all but the shell of the conversation; what went, as counts. `keep_inbox`: the event that is being handled."""
    home = connection.execute(select(conversations).where(conversations.c.id == conversation_id)).mappings().one()
    agreed = select(consents.c.id).where(consents.c.conversation_id == conversation_id)
    mine = or_(leads.c.conversation_id == conversation_id, leads.c.consent_id.in_(agreed))
    remember(connection, mine)
    gone = {
        "leads": connection.execute(delete(leads).where(mine)).rowcount,
        "reminders": connection.execute(
            delete(reminders).where(reminders.c.conversation_id == conversation_id)
        ).rowcount,
        "consents": connection.execute(delete(consents).where(consents.c.conversation_id == conversation_id)).rowcount,
        "reviews": connection.execute(delete(reviews).where(reviews.c.conversation_id == conversation_id)).rowcount,
        "handoffs": connection.execute(delete(handoffs).where(handoffs.c.conversation_id == conversation_id)).rowcount,
        "sent": connection.execute(delete(outbox).where(outbox.c.conversation_id == conversation_id)).rowcount,
        "received": connection.execute(
            update(inbox).where(inbox.c.conversation_id == conversation_id).values(event=_BLANK)
        ).rowcount,
    }
    bodies = connection.execute(select(unread.c.id, unread.c.body).where(unread.c.channel == home["channel"]))
    if naming := [row.id for row in bodies if home["key"] in row.body]:  # read, as they may be sealed; there are few
        connection.execute(delete(unread).where(unread.c.id.in_(naming)))
    connection.execute(  # nothing waits to be sent any more: what is queued from here on sets it again
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(name="", staff_until=0.0, seen_at=None, outbox_due=None)
    )
    return json.dumps(gone)


def anonymise(connection: Connection, conversation_id: int) -> None:
    """Takes the platform's ids and the last words out of a conversation: what is left is a row that nobody can be known by."""
    connection.execute(delete(outbox).where(outbox.c.conversation_id == conversation_id))
    connection.execute(update(inbox).where(inbox.c.conversation_id == conversation_id).values(event=_BLANK))
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(
            key=f"erased:{conversation_id}",
            person="",
            name="",
            state={},
            reachable=False,
            outbox_due=None,
            inbox_due=None,
        )
    )


def finish(engine: Engine, now: float) -> int:
    """Takes the platform's id out of erased conversations whose receipt has been sent; how many there were."""
    with writing(engine) as connection:
        marked = [
            row
            for row in connection.execute(
                select(conversations.c.id, conversations.c.state, conversations.c.heard_at).where(
                    conversations.c.person != "",
                    conversations.c.outbox_due.is_(None),
                    conversations.c.inbox_due.is_(None),
                )
            )
            if isinstance(row.state, dict) and row.state.get(ERASED)
        ]
        for row in marked:
            anonymise(connection, row.id)
    if marked and engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.rollback()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return len(marked)
