"""The knowledge store: SQL holds everything that is known; every index can be made again from it."""

from knowledge.store.database import journal_mode_for, open_engine, reading, sqlite_module, writing
from knowledge.store.records import (
    DocumentRow,
    NewDocument,
    Passage,
    PassageRow,
    PublishOutcome,
    PublishResult,
    SourceFile,
    SourceFileRow,
    StoreState,
)
from knowledge.store.repository import KnowledgeStore
from knowledge.store.tables import metadata
from knowledge.store.validity import Decided

__all__ = [
    "Decided",
    "DocumentRow",
    "KnowledgeStore",
    "NewDocument",
    "Passage",
    "PassageRow",
    "PublishOutcome",
    "PublishResult",
    "SourceFile",
    "SourceFileRow",
    "StoreState",
    "journal_mode_for",
    "metadata",
    "open_engine",
    "reading",
    "sqlite_module",
    "writing",
]
