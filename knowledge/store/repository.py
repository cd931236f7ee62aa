"""`KnowledgeStore`: the one door to the database of documents, provisions, passages, vectors and index generations."""

from __future__ import annotations

from knowledge.store.generations import Generations
from knowledge.store.publishing import Publishing
from knowledge.store.queries import Reading
from knowledge.store.validity import Validity
from knowledge.store.vectors import Vectors


class KnowledgeStore(Publishing, Reading, Vectors, Generations, Validity):
    """Documents, provisions, passages, vectors and index generations over one engine from `open_engine`.

    Safe for several threads and processes: readers see one moment, writers queue. The tables must exist
    (`bot.storage.migrate.migrate`).
    """
