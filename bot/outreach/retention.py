"""Old data goes away by itself: leads that are closed, conversations in which nobody speaks any more, reviews that are done."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Engine, delete, or_, select

from bot.delivery.tables import conversations, unread
from bot.outreach import erasure
from bot.outreach.counted import remember
from bot.outreach.tables import leads, reminders, reviews
from knowledge.store import reading, writing

_DAY = 86_400.0
_AT_ONCE = 200  # conversations in one transaction


@dataclass(frozen=True, slots=True)
class Gone:
    """How many rows went."""

    leads: int = 0
    conversations: int = 0
    reviews: int = 0
    unread: int = 0

    def as_dict(self) -> dict[str, int]:
        """For printing."""
        return asdict(self)


def sweep(engine: Engine, now: float, *, lead_days: int, conversation_days: int) -> Gone:
    """Deletes what is older than its time at `now` (seconds since 1970). A conversation stays
    while a lead of it is kept, or a reminder that the person asked for is to come."""
    with writing(engine) as connection:
        kept_long_enough = (leads.c.closed_at.is_not(None), leads.c.closed_at < now - lead_days * _DAY)
        remember(connection, *kept_long_enough)
        old_leads = connection.execute(delete(leads).where(*kept_long_enough)).rowcount
        old_reviews = connection.execute(
            delete(reviews).where(reviews.c.state == "done", reviews.c.at < now - conversation_days * _DAY)
        ).rowcount
        old_unread = connection.execute(
            delete(unread).where(unread.c.received_at < now - conversation_days * _DAY)
        ).rowcount
    old = (
        select(conversations.c.id)
        .where(
            conversations.c.heard_at < now - conversation_days * _DAY,
            or_(conversations.c.person != "", conversations.c.name != ""),
            conversations.c.id.not_in(select(leads.c.conversation_id).where(leads.c.conversation_id.is_not(None))),
            conversations.c.id.not_in(select(reminders.c.conversation_id).where(reminders.c.state == "waiting")),
        )
        .limit(_AT_ONCE)
    )
    count = 0
    while True:
        with reading(engine) as connection:
            found = list(connection.execute(old).scalars())
        if not found:
            return Gone(old_leads, count, old_reviews, old_unread)
        with writing(engine) as connection:
            for conversation_id in found:
                erasure.erase(connection, conversation_id)
                erasure.anonymise(connection, conversation_id)
        count += len(found)
