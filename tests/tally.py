"""What became of each message of a person on Telegram: from the database and from what the platform's emulator was sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Engine, select

from bot.delivery.tables import conversations, inbox, outbox
from tests.emulators.control import Sent


@dataclass(slots=True)
class Tally:
    """Counts of messages. `repeated` are sends of which nobody knew whether they had arrived, sent again on purpose."""

    stored: int = 0
    lost: int = 0  # stored, and no answer has reached the person
    answered_twice: int = 0  # two turns for one message
    sent_twice: int = 0  # one answer reached the person twice without a reason
    repeated: int = 0
    out_of_order: int = 0  # conversations whose answers came in another order than the messages
    delays: list[float] = field(default_factory=list)  # seconds from stored to the person


def tally(engine: Engine, sent: list[Sent], channel: str = "telegram", since: float = 0.0) -> Tally:
    """Follows each message of `channel` stored `since` then to the person."""
    with engine.connect() as connection:
        keys = {row.id: row.key for row in connection.execute(select(conversations.c.id, conversations.c.key))}
        asked = connection.execute(
            select(inbox.c.id, inbox.c.conversation_id, inbox.c.received_at, inbox.c.order_key, inbox.c.state).where(
                inbox.c.channel == channel, inbox.c.received_at >= since
            )
        ).all()
        said = (
            connection.execute(
                select(outbox).where(outbox.c.channel == channel, outbox.c.created_at >= since).order_by(outbox.c.id)
            )
            .mappings()
            .all()
        )
    found = Tally(stored=len(asked))
    arrived: dict[str, list[Sent]] = defaultdict(list)
    for message in sent:
        arrived[message.user_id].append(message)
    by_number = {(keys[row["conversation_id"]], row["message_id"]): row for row in said if row["message_id"]}
    turns: dict[int, set[float]] = defaultdict(set)
    pieces = Counter()
    unclear: Counter[str] = Counter()
    for row in said:
        if row["inbox_id"]:
            turns[row["inbox_id"]].add(row["created_at"])
        pieces[keys[row["conversation_id"]]] += row["state"] == "sent"
        unclear[keys[row["conversation_id"]]] += row["unclear"]
    order = {row.id: (row.order_key, row.id) for row in asked}
    reached: dict[int, float] = {}
    for key, messages in arrived.items():
        matched = [by_number[key, m.message_id] for m in messages if (key, m.message_id) in by_number]
        extra = max(0, len(messages) - pieces[key])
        found.repeated += min(extra, unclear[key])
        found.sent_twice += max(0, extra - unclear[key])
        answers = [order[row["inbox_id"]] for row in matched if row["inbox_id"] in order]
        found.out_of_order += answers != sorted(answers)
        for message in messages:
            row = by_number.get((key, message.message_id))
            if row is not None and row["inbox_id"]:
                reached.setdefault(row["inbox_id"], message.at)
    found.answered_twice = sum(len(times) > 1 for times in turns.values())
    found.lost = sum(row.id not in reached for row in asked)
    found.delays = [reached[row.id] - row.received_at for row in asked if row.id in reached]
    return found
