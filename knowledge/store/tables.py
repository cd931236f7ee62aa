"""The tables of the knowledge store, on one `MetaData`.

Dates in force include both ends. `passages` holds only what may be found now: rows of replaced and withdrawn documents
are deleted in the transaction that replaces or withdraws them, so no search can meet them again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

source_files = Table(
    "source_files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),  # as given by the person; one row a path
    Column("name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", String(60), nullable=False),  # a word for statistics, "" when accepted
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("ocr_pages", Integer, nullable=False),
    Column("parser_version", String(60), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_file_id", Integer, ForeignKey("source_files.id"), nullable=False, index=True),
    Column("number", Text, nullable=False),
    Column("number_key", Text, nullable=False, index=True),  # the number for comparing: upper case, no blanks
    # The same while the document is accepted and its number is its own, else NULL: the database itself then refuses
    # a second live document with one number.
    Column("live_number", Text, unique=True),
    Column("kind", String(30), nullable=False),
    Column("title", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("issued_on", Date),
    Column("effective_from", Date),
    Column("effective_to", Date),
    Column("dates_inferred", Boolean, nullable=False),
    Column("status", String(20), nullable=False),
    Column("replaces", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("parser_version", String(60), nullable=False),
    Column("content_hash", String(64), nullable=False),
)

provisions = Table(
    "provisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", Integer, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("number", Text, nullable=False),  # of its own coordinate: differs from the document's in a codification
    Column("article", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("point", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("heading", Text, nullable=False),
    Column("breadcrumb", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("quotable", Boolean, nullable=False),
    Column("effective_from", Date),
    Column("effective_to", Date),
    Index(None, "document_id", "position"),
    Index(None, "number", "article"),
)

passages = Table(
    "passages",
    metadata,
    Column("id", String(32), primary_key=True),  # hash of coordinate and content: the same after every ingestion
    Column("document_id", Integer, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("article", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("point", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("breadcrumb", Text, nullable=False),  # one step a line, outermost first
    Column("text", Text, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("search_hash", String(64), nullable=False, index=True),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    Column("quotable", Boolean, nullable=False),
    Index(None, "document_id", "position"),
)

validity = Table(
    "validity",
    metadata,
    # Days that people decided for a document instead of those of its text, which are kept beside them.
    Column("owner", Text, primary_key=True),  # the live number, or the file's path where a number is shared
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    Column("own_from", Date, nullable=False),
    Column("own_to", Date),
    Column("exceptions", JSON, nullable=False),  # [table, position, from, to] of parts with days of their own
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("search_hash", String(64), primary_key=True),
    Column("fingerprint", String(120), primary_key=True),
    Column("dimension", Integer, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # little-endian float32, `dimension` of them, length 1; or empty
)

generations = Table(
    "generations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String(120), nullable=False),
    Column("dimension", Integer, nullable=False),
    Column("folder", Text, nullable=False),  # a name inside the folder of indexes, never a path
    Column("passages", Integer, nullable=False),
    Column("ids_hash", String(64), nullable=False),
    Column("state", String(20), nullable=False),  # building, ready, live, retired, broken
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("message", Text, nullable=False),
    sqlite_autoincrement=True,  # a folder name must never come back
)

knowledge_state = Table(
    "knowledge_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("version", Integer, nullable=False),  # one more with each change to what may be found
    Column("live_generation_id", Integer, ForeignKey("generations.id")),
)


@event.listens_for(knowledge_state, "after_create")
def _first_state(_table: Table, connection: Connection, **_options: Any) -> None:
    connection.execute(knowledge_state.insert().values(id=1, version=0))
