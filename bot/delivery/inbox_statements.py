"""Statements of the inbox that each turn asks, made once: putting one together takes longer than its answer.

Their parameters: `home` a conversation, `number` an event, `by` a worker, `around` an instant in seconds since 1970.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Float, Update, bindparam, func, select, update

from bot.delivery.tables import conversations, inbox

NEXT = (
    select(inbox)
    .where(inbox.c.conversation_id == bindparam("home"), inbox.c.state == "new")
    .order_by(inbox.c.order_key, inbox.c.id)
    .limit(1)
)
HELD = (
    select(conversations.c.worker, conversations.c.worker_until)
    .where(conversations.c.id == bindparam("home"))
    .with_for_update()
)
GIVE_UP = (
    update(inbox).where(inbox.c.conversation_id == bindparam("home"), inbox.c.state == "new").values(state="failed")
)
LEASE = (
    update(conversations)
    .where(conversations.c.id == bindparam("home"))
    .values(worker=bindparam("by"), worker_until=bindparam("until"))
    .returning(conversations)
)
RECENT = (
    select(func.count())
    .select_from(inbox)
    .where(inbox.c.conversation_id == bindparam("home"), inbox.c.id < bindparam("before"))
    .where(inbox.c.received_at.between(bindparam("around", type_=Float) - 60, bindparam("around", type_=Float) + 60))
)
DONE = (
    update(inbox)
    .where(inbox.c.id == bindparam("number"), inbox.c.state == "new")
    .values(state="done", outcome=bindparam("told"), topic=bindparam("about"), done_at=bindparam("at"))
)
LET_GO = (
    update(conversations)
    .where(conversations.c.id == bindparam("home"))
    .values(worker="", worker_until=0.0, inbox_due=bindparam("due"))
)
HOMES = select(conversations.c.id, conversations.c.key).where(
    conversations.c.channel == bindparam("of"), conversations.c.key.in_(bindparam("keys", expanding=True))
)


@lru_cache(maxsize=64)
def changing(columns: frozenset[str]) -> Update:
    """Sets `columns` of `home` to `new_…` while `by` holds it; one row or none. It locks the row until the transaction ends."""
    kept = update(conversations).where(
        conversations.c.id == bindparam("home"), conversations.c.worker == bindparam("by")
    )
    values = {column: bindparam(f"new_{column}", type_=conversations.c[column].type) for column in sorted(columns)}
    return kept.values(worker=conversations.c.worker, **values)
