"""Chats of staff: conversation rows that name no person, so that what staff are told waits in the outbox like everything else."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from bot.delivery.tables import conversations


def staff_chat(connection: Connection, channel: str, chat: str, now: float) -> int:
    """The conversation row of the platform's chat `chat`, made when there is none; its number."""
    found = connection.execute(
        select(conversations.c.id).where(conversations.c.channel == channel, conversations.c.key == chat)
    ).scalar()
    if found is not None:
        return int(found)
    row = {
        "channel": channel, "key": chat, "person": "", "name": "", "state": {}, "created_at": now, "heard_at": now,
        "reachable": True, "staff_until": 0.0, "notified_until": 0.0, "worker": "", "worker_until": 0.0,
        "inbox_due": None, "outbox_due": None,
    }  # fmt: skip
    return int(connection.execute(insert(conversations).values(**row).returning(conversations.c.id)).scalar_one())
