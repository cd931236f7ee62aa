"""Tables of outreach, beside those of delivery: campaigns, consents, leads with their history, hand-overs, reviews, reminders, requests.

Personal data (name, phone, what was asked) stands in sealed columns (`bot.storage.sealed`) of `leads`, `lead_events` and `reviews`,
in `consents` and in the tables of delivery, and nowhere else: `erasure` knows each of these places. Instants are seconds since 1970 in
UTC.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from bot.delivery.tables import metadata
from bot.storage.sealed import SealedJSON, SealedText


def _conversation() -> Column[int]:
    return Column("conversation_id", Integer, ForeignKey("conversations.id", ondelete="SET NULL"))


campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False),  # as printed on posters
    Column("key", String(40), nullable=False),  # the code without case, by which it is found
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),  # union or association, may be empty
    Column("commune_code", String(10), nullable=False),  # may be empty
    Column("greeting", Text, nullable=False),  # said first to who comes by it, may be empty
    Column("top_up", Text, nullable=False),  # what the organisation adds, in its own words, may be empty
    Column("active", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("created_by", Text, nullable=False),
    Index("uq_campaigns_key", "key", unique=True),
)

consents = Table(
    "consents",
    metadata,
    # Proof of a consent: who, to what words, when, by which message. Withdrawn, never changed.
    Column("id", Integer, primary_key=True),
    _conversation(),
    Column("channel", String(20), nullable=False),
    Column("person", Text, nullable=False),  # the platform's id
    Column("purpose", String(20), nullable=False),
    Column("version", String(20), nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("event_id", Text, nullable=False),  # the message by which it was given
    Column("given_at", Float, nullable=False),
    Column("withdrawn_at", Float),
    Index("uq_consents_channel_event_id_purpose", "channel", "event_id", "purpose", unique=True),
    Index("ix_consents_conversation_id", "conversation_id"),
)

leads = Table(
    "leads",
    metadata,
    Column("id", Integer, primary_key=True),
    _conversation(),
    Column("consent_id", Integer, ForeignKey("consents.id"), nullable=False),
    Column("phone", SealedText("leads.phone", equal=True), nullable=False),  # E.164
    Column("name", SealedText("leads.name", equal=True), nullable=False),
    Column("commune_code", String(10), nullable=False),  # empty: outside, or not known
    Column("commune", Text, nullable=False),  # as people read it
    Column("need", SealedText("leads.need"), nullable=False),
    Column("best_time", SealedText("leads.best_time"), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("person", Text, nullable=False),
    Column("campaign", String(40), nullable=False),
    Column("organisation", Text, nullable=False),
    Column(
        "question", SealedText("leads.question"), nullable=False
    ),  # what was asked before, with the answer that was cited
    Column("answer", SealedText("leads.answer"), nullable=False),
    Column("citations", JSON, nullable=False),
    Column("status", String(20), nullable=False),  # new, and what staff make of it
    Column("reason", SealedText("leads.reason"), nullable=False),  # why somebody does not join, may be empty
    Column("household", String(20), nullable=False),  # group for the State's subsidy, may be empty
    Column("assigned_to", Integer),  # staff.id; accounts are disabled, never deleted
    Column("due_at", Float),  # when staff are to call next
    Column("contacted_at", Float),  # the first time somebody was reached
    Column("joined_at", Float),
    Column(
        "search_key", SealedText("leads.search_key"), nullable=False
    ),  # name, phone and commune as they are searched
    Column("version", Integer, nullable=False),  # counts changes, so that nobody overwrites what they have not seen
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("closed_at", Float),  # from then on the time of keeping runs
    Index("uq_leads_phone", "phone", unique=True),
    Index("ix_leads_conversation_id", "conversation_id"),
    Index("ix_leads_commune_code_status", "commune_code", "status"),
    Index("ix_leads_status_due_at", "status", "due_at"),
    Index("ix_leads_joined_at", "joined_at"),
)

past_leads = Table(
    "past_leads",
    metadata,
    # What reports count of leads that were erased or kept long enough: days and places, nobody by whom they could be known.
    Column("id", Integer, primary_key=True),
    Column("commune_code", String(10), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("campaign", String(40), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("household", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("created_at", Float, nullable=False),  # the start of that day
    Column("contacted_at", Float),
    Column("joined_at", Float),
    Index("ix_past_leads_commune_code", "commune_code"),
)

lead_events = Table(
    "lead_events",
    metadata,
    # The history of a lead; rows are only added.
    Column("id", Integer, primary_key=True),
    Column("lead_id", Integer, ForeignKey("leads.id", ondelete="CASCADE"), nullable=False),
    Column("at", Float, nullable=False),
    Column("kind", String(20), nullable=False),  # created, asked_again, changed, withdrawn …
    Column("by", Text, nullable=False),
    Column("data", SealedJSON("lead_events.data"), nullable=False),
    Index("ix_lead_events_lead_id", "lead_id"),
)

handoffs = Table(
    "handoffs",
    metadata,
    # A person is wanted, or has taken over.
    Column("id", Integer, primary_key=True),
    Column("conversation_id", Integer, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("state", String(10), nullable=False),  # waiting, taken, closed
    Column("asked_at", Float, nullable=False),
    Column("taken_by", Text, nullable=False),
    Column("taken_at", Float),
    Column("closed_at", Float),
    Index("ix_handoffs_conversation_id", "conversation_id"),
    Index("ix_handoffs_state", "state", "asked_at"),
)

reviews = Table(
    "reviews",
    metadata,
    # Answers that somebody called wrong, and questions without an answer.
    Column("id", Integer, primary_key=True),
    _conversation(),
    Column("inbox_id", Integer, ForeignKey("inbox.id", ondelete="SET NULL")),
    Column("kind", String(10), nullable=False),  # wrong, gap
    Column("question", SealedText("reviews.question"), nullable=False),
    Column("answer", SealedText("reviews.answer"), nullable=False),
    Column("reason", String(60), nullable=False),  # status:reason of the answer
    Column("trace", SealedJSON("reviews.trace"), nullable=False),
    Column("state", String(10), nullable=False),  # open, done
    Column("at", Float, nullable=False),
    Index("ix_reviews_kind_state", "kind", "state", "at"),
    Index("ix_reviews_conversation_id", "conversation_id"),
)

reminders = Table(
    "reminders",
    metadata,
    # News that a person asked for, each with its own consent.
    Column("id", Integer, primary_key=True),
    Column("conversation_id", Integer, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("consent_id", Integer, ForeignKey("consents.id"), nullable=False),
    Column("topic", String(20), nullable=False),
    Column("due_at", Float, nullable=False),
    Column("every_months", Integer, nullable=False),  # 0: once
    Column("state", String(10), nullable=False),  # waiting, sent, stopped
    Index("ix_reminders_state_due_at", "state", "due_at"),
    Index("ix_reminders_conversation_id", "conversation_id"),
)

requests = Table(
    "data_requests",
    metadata,
    # What people asked of their own data: with due dates, without the data. An erasure leaves this row and nothing else.
    Column("id", Integer, primary_key=True),
    Column("receipt", String(20), nullable=False),
    Column("kind", String(10), nullable=False),  # see, correct, withdraw, erase
    Column("channel", String(20), nullable=False),
    Column("received_at", Float, nullable=False),
    Column("answer_by", Float, nullable=False),  # two working days
    Column("finish_by", Float, nullable=False),  # fifteen days
    Column("done_at", Float),
    Column("result", Text, nullable=False),
    Index("uq_data_requests_receipt", "receipt", unique=True),
)

__all__ = [
    "campaigns",
    "consents",
    "handoffs",
    "lead_events",
    "leads",
    "metadata",
    "past_leads",
    "reminders",
    "requests",
    "reviews",
]
