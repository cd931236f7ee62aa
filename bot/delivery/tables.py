"""Tables of delivery, on one `MetaData`: conversations, inbox, outbox, platform tokens, states of channels.

Ids of conversations, people, events and messages are the platform's, always text (they exceed 2^53). Instants are seconds since
1970 in UTC as floats: they are compared and added, never shown, and mean the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, text

from bot.storage.sealed import SealedJSON, SealedText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("key", Text, nullable=False),  # the platform's id of the chat
    Column("person", Text, nullable=False),
    Column("name", SealedText("conversations.name"), nullable=False),  # display name, may be empty
    Column("state", SealedJSON("conversations.state"), nullable=False),  # what the dialogue keeps between turns
    Column("created_at", Float, nullable=False),
    Column("heard_at", Float, nullable=False),  # the person's last word: decides windows
    Column("reachable", Boolean, nullable=False),  # False: blocked or unfollowed, until they write again
    Column("staff_until", Float, nullable=False),  # until then a person has the conversation and the bot is silent
    Column("notified_until", Float, nullable=False),  # the flood notice is not repeated before
    Column("seen_at", Float),  # of the web chat: when its page last looked for an officer's words
    # The lease of the worker that has the conversation; a worker that dies loses it by time.
    Column("worker", String(40), nullable=False),
    Column("worker_until", Float, nullable=False),
    # When something of this conversation waits in the inbox or the outbox: the order in which they are taken.
    Column("inbox_due", Float),
    Column("outbox_due", Float),
    Index("uq_conversations_channel_key", "channel", "key", unique=True),
    Index("ix_conversations_inbox_due", "inbox_due", sqlite_where=text("inbox_due IS NOT NULL"),
          postgresql_where=text("inbox_due IS NOT NULL")),
    Index("ix_conversations_channel_outbox_due", "channel", "outbox_due", sqlite_where=text("outbox_due IS NOT NULL"),
          postgresql_where=text("outbox_due IS NOT NULL")),
)  # fmt: skip

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("event_id", Text, nullable=False),
    Column("conversation_id", Integer, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("order_key", Float, nullable=False),  # the platform's order within the conversation
    Column("event", SealedJSON("inbox.event"), nullable=False),  # the `Inbound`
    Column("received_at", Float, nullable=False),
    Column("state", String(10), nullable=False),  # new, done, flood, failed
    Column("attempts", Integer, nullable=False),
    Column("outcome", String(60), nullable=False),  # status and reason of the answer, for statistics
    Column("topic", String(30)),  # of the card that answered; empty: of none, None: before topics were kept
    Column("done_at", Float),
    Index("uq_inbox_channel_event_id", "channel", "event_id", unique=True),
    Index("ix_inbox_conversation_id_state", "conversation_id", "state", "order_key"),
    # Holds all that analytics count, so that a year of questions is counted without reading one.
    Index("ix_inbox_received_at", "received_at", "state", "outcome", "channel", "done_at", "conversation_id", "topic"),
)

unread = Table(
    "unread_webhooks",
    metadata,
    # Bodies that carried the platform's proof but could not be read: kept so that nothing is lost, shown to staff.
    Column("id", Integer, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("body", SealedText("unread_webhooks.body"), nullable=False),
    Column("received_at", Float, nullable=False),
    Index("uq_unread_webhooks_channel_body_hash", "channel", "body_hash", unique=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("conversation_id", Integer, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column(
        "inbox_id", Integer, ForeignKey("inbox.id", ondelete="SET NULL")
    ),  # what it answers; None: staff or a reminder
    Column("piece", SealedJSON("outbox.piece"), nullable=False),  # the `Piece`
    Column("kind", String(12), nullable=False),  # answer, notice, staff, push
    Column("created_at", Float, nullable=False),
    Column("due_at", Float, nullable=False),  # not before
    Column("state", String(10), nullable=False),  # waiting, sending, sent, maybe, dead, cancelled
    Column("attempts", Integer, nullable=False),
    Column("unclear", Integer, nullable=False),  # attempts of which nobody knows whether they arrived
    Column("message_id", Text, nullable=False),  # the platform's id, to know our own echo
    Column("problem", Text, nullable=False),
    Column("sent_at", Float),
    Index("ix_outbox_conversation_id_state", "conversation_id", "state", "id"),
    Index("ix_outbox_channel_state", "channel", "state"),
    Index("ix_outbox_channel_message_id", "channel", "message_id"),
)

tokens = Table(
    "channel_tokens",
    metadata,
    # The token pair of an account whose refresh token works once. The pair before is kept: a crash may leave either valid.
    Column("channel", String(20), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("access_token", SealedText("channel_tokens", equal=True), nullable=False),
    Column("refresh_token", SealedText("channel_tokens", equal=True), nullable=False),
    Column("previous_access_token", SealedText("channel_tokens", equal=True), nullable=False),
    Column("previous_refresh_token", SealedText("channel_tokens", equal=True), nullable=False),
    Column("seed", String(64), nullable=False),  # hash of the pair in the settings that started this row
    Column("expires_at", Float, nullable=False),
    Column("obtained_at", Float, nullable=False),
    Column(
        "refreshing_since", Float
    ),  # set before the platform is asked, cleared with the new pair: left over after a crash
    Column("problem", Text, nullable=False),  # why somebody must authorise again; empty when all is well
)

channel_states = Table(
    "channel_states",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("off_since", Float),
    Column("off_message", Text, nullable=False),  # what people are told meanwhile
    Column("holder", String(40), nullable=False),  # the process that sends and polls: one at a time
    Column("holder_until", Float, nullable=False),
    Column("halted_until", Float, nullable=False),  # the platform asked all sending to wait
    Column("problem", Text, nullable=False),  # why nothing can be sent; empty when all is well
    Column("polled_at", Float),
)

channel_switches = Table(
    "channel_switches",
    metadata,
    # The audit of the off switch; rows are only added.
    Column("id", Integer, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("at", Float, nullable=False),
    Column("on", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
