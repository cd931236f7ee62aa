"""Vectors for the texts that have none yet; keyword search does not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Protocol

from knowledge.index.contract import Matrix
from knowledge.store import KnowledgeStore


class DocumentEmbedder(Protocol):
    """The part of an embedder that documents need."""

    @property
    def fingerprint(self) -> str:
        """Names the model and everything that changes its vectors."""
        ...

    def embed_documents(self, texts: list[str]) -> Matrix:
        """Shape (len(texts), dimension), float32."""
        ...


def embed_missing(
    store: KnowledgeStore,
    embedder: DocumentEmbedder,
    report: Callable[[int, int], None] | None = None,
    batch: int = 64,
) -> int:
    """Embeds the texts of live passages that have no vector of this model; returns how many.

    Each `batch` texts are saved in one transaction, so that a run that was killed goes on where it stopped.
    `report(done, total)` counts texts, those of earlier runs included. Raises `ModelChanged` and `KnowledgeError` as
    `KnowledgeStore.save_vectors`.
    """
    missing, total = store.count_missing_vectors(embedder.fingerprint)
    made = 0
    if report:
        report(total - missing, total)
    texts = store.missing_vectors(embedder.fingerprint)
    while part := list(islice(texts, batch)):
        matrix = embedder.embed_documents([text for _, text in part])
        store.save_vectors(embedder.fingerprint, [search_hash for search_hash, _ in part], matrix)
        made += len(part)
        if report:
            report(min(total - missing + made, total), total)
    return made
