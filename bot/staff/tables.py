"""Tables of the console: accounts and their sessions, attempts to sign in, the audit chain, yearly targets.

An account is disabled, never deleted: the audit and the history of leads name it. Instants are seconds since 1970 in UTC.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, true

from bot.delivery.tables import metadata
from bot.storage.sealed import SealedText

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(60), nullable=False),  # lower case
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("password", Text, nullable=False),  # Argon2id
    Column("must_change", Boolean, nullable=False),  # given by somebody else: to be changed at the first use
    Column("active", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),  # wrong passwords since the last right one
    Column("locked_until", Float, nullable=False),
    Column("totp_secret", SealedText("staff.totp_secret"), nullable=False),  # empty: no second factor
    Column("totp_on", Boolean, nullable=False),  # false while it is being set up
    Column("totp_step", Integer, nullable=False),  # the last code's time step: no code works twice
    Column("notify_by", String(12), nullable=False),  # email, a channel (telegram, zalo_oa, zalo_bot) or empty
    Column("notify_to", Text, nullable=False),  # an address, or the platform's id of a chat
    Column("notify_mail", Text, nullable=False, server_default=""),  # in reserve, when a platform refuses
    Column("tell_due", Boolean, nullable=False, server_default=true()),  # of due dates too
    Column("created_at", Float, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("signed_in_at", Float),
    Index("uq_staff_login", "login", unique=True),
)

staff_communes = Table(
    "staff_communes",
    metadata,
    # Whose people an officer of a commune sees.
    Column("staff_id", Integer, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("commune_code", String(10), primary_key=True),
)

sessions = Table(
    "staff_sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the cookie, which is kept nowhere
    Column("staff_id", Integer, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("second", Boolean, nullable=False),  # the second factor was given, or none is set
    Column("created_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    Index("ix_staff_sessions_staff_id", "staff_id"),
)

attempts = Table(
    "sign_in_attempts",
    metadata,
    # For limits that hold over all processes; rows of the last minutes only.
    Column("id", Integer, primary_key=True),
    Column("key", String(80), nullable=False),  # an address, or the hash of a login
    Column("at", Float, nullable=False),
    Index("ix_sign_in_attempts_key_at", "key", "at"),
)

audit = Table(
    "audit",
    metadata,
    # Who did what, when, to which row; never the values. Each row carries the mark of the one before.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("staff_id", Integer),
    Column("by", Text, nullable=False),  # login, or "tuvan" for the command line
    Column("action", String(40), nullable=False),
    Column("subject", String(80), nullable=False),  # "lead:12"
    Column("data", JSON, nullable=False),  # names of fields and counts
    Column("mark", String(64), nullable=False),
    Index("ix_audit_subject", "subject"),
)

audit_head = Table(
    "audit_head",
    metadata,
    # How long the chain is and its last mark, sealed: rows cut off at the end are missed.
    Column("id", Integer, primary_key=True),
    Column("length", Integer, nullable=False),
    Column("mark", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
)

targets = Table(
    "targets",
    metadata,
    # People taking part in voluntary insurance that a commune is to reach by the end of a year.
    Column("commune_code", String(10), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("goal", Integer, nullable=False),
    Column("base", Integer, nullable=False),  # taking part when the year began
    Column("updated_at", Float, nullable=False),
    Column("updated_by", Text, nullable=False),
)

mails = Table(
    "staff_mails",
    metadata,
    # E-mail to staff, queued with what it tells of and sent later; a row is deleted once it is sent.
    Column("id", Integer, primary_key=True),
    Column("to", SealedText("staff_mails.to"), nullable=False),
    Column("subject", SealedText("staff_mails.subject"), nullable=False),
    Column("text", SealedText("staff_mails.text"), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Index("ix_staff_mails_due_at", "due_at"),
)

__all__ = ["attempts", "audit", "audit_head", "mails", "metadata", "sessions", "staff", "staff_communes", "targets"]
