"""Figures of the channels: when each last heard and sent something, what waits, what is wrong.

Trap: inbox and outbox grow for a year. What is asked here goes by the indexes of what waits, not through all of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from bot.channels.contract import PATHS
from bot.delivery.tables import channel_states, conversations, inbox, outbox, tokens, unread
from bot.settings import Mode, Settings

_Told = tuple[str, float, dict[str, str]]


def channel_figures(connection: Connection, settings: Settings, now: float) -> Iterator[_Told]:
    """(name, value, labels) of every channel with a token; a channel that never heard or sent anything has no age."""
    states = {row.channel: row for row in connection.execute(select(channel_states))}
    waiting = _waiting(connection)
    for name, polled in configured(settings).items():
        labels = {"channel": name}
        state = states.get(name)
        yield "tuvan_channel_off", float(state is not None and state.off_since is not None), labels
        yield "tuvan_channel_problem", float(bool(state is not None and state.problem)), labels
        yield from _ages(connection, name, now)
        if polled:
            at = state.polled_at if state is not None else None
            yield "tuvan_channel_polled_seconds", max(0.0, now - at) if at is not None else math.inf, labels
        count, oldest = waiting.get(name, (0, None))
        yield "tuvan_inbox_waiting", count, labels
        yield "tuvan_inbox_oldest_seconds", max(0.0, now - oldest) if oldest is not None else 0.0, labels
        yield from _outbox(connection, name, now)
        unseen = select(func.count()).select_from(unread).where(unread.c.channel == name)
        yield "tuvan_webhooks_unread", connection.execute(unseen).scalar_one(), labels
    for row in connection.execute(select(tokens.c.channel, tokens.c.expires_at, tokens.c.problem)):
        labels = {"channel": row.channel}
        yield "tuvan_token_expiry_seconds", row.expires_at - now, labels
        yield "tuvan_token_problem", float(bool(row.problem)), labels


def configured(settings: Settings) -> dict[str, bool]:
    """The channels that have their token, each with whether it is polled."""
    found = {
        "telegram": (bool(settings.telegram_bot_token.get_secret_value()), settings.telegram_mode is Mode.POLLING),
        "zalo_oa": (settings.zalo_oa, False),
        "zalo_bot": (bool(settings.zalo_bot_token.get_secret_value()), settings.zalo_bot_mode is Mode.POLLING),
    }
    return {name: found[name][1] for name in PATHS if found[name][0]}


def _waiting(connection: Connection) -> dict[str, tuple[int, float | None]]:
    query = (
        select(inbox.c.channel, func.count(), func.min(inbox.c.received_at))
        .join(conversations, conversations.c.id == inbox.c.conversation_id)
        .where(conversations.c.inbox_due.is_not(None), inbox.c.state == "new")
        .group_by(inbox.c.channel)
    )
    return {channel: (count, oldest) for channel, count, oldest in connection.execute(query)}


def _ages(connection: Connection, name: str, now: float) -> Iterator[_Told]:
    heard: Any = connection.execute(
        select(func.max(conversations.c.heard_at)).where(conversations.c.channel == name)
    ).scalar()
    if heard is not None:
        yield "tuvan_channel_heard_seconds", max(0.0, now - heard), {"channel": name}
    last = select(outbox.c.sent_at).where(outbox.c.channel == name, outbox.c.state == "sent")
    sent = connection.execute(last.order_by(outbox.c.id.desc()).limit(1)).scalar()
    if sent is not None:
        yield "tuvan_channel_sent_seconds", max(0.0, now - sent), {"channel": name}


def _outbox(connection: Connection, name: str, now: float) -> Iterator[_Told]:
    for state in ("waiting", "maybe", "dead"):
        query = select(func.count()).select_from(outbox).where(outbox.c.channel == name, outbox.c.state == state)
        yield "tuvan_outbox_messages", connection.execute(query).scalar_one(), {"channel": name, "state": state}
    due = select(func.min(outbox.c.due_at)).where(outbox.c.channel == name, outbox.c.state == "waiting")
    oldest: Any = connection.execute(due).scalar()
    late = max(0.0, now - oldest) if oldest is not None else 0.0
    yield "tuvan_outbox_oldest_seconds", late, {"channel": name}
