"""Remembers the vectors of recent questions: many people ask the same thing, and one turn may ask it twice."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from knowledge.embedding.contract import Embedder, Vectors


class CachedEmbedder:
    """`embedder` with its last `capacity` query vectors kept, least recently used out first. Thread-safe.

    Query vectors are read-only, since several callers share them.
    """

    def __init__(self, embedder: Embedder, capacity: int = 4096) -> None:
        self._embedder = embedder
        self._capacity = capacity
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Vectors kept now."""
        return len(self._kept)

    @property
    def fingerprint(self) -> str:
        """Of the embedder inside."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    def embed_query(self, text: str) -> Vectors:
        """Vector of a question, (dimension,) float32 of length 1, read-only."""
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
                return self._kept[text]
        vector = self._embedder.embed_query(text)
        vector.setflags(write=False)
        with self._lock:
            self._kept[text] = vector
            self._kept.move_to_end(text)
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return vector

    def embed_documents(self, texts: list[str]) -> Vectors:
        """Vectors of passages, (len(texts), dimension) float32 of length 1; never kept."""
        return self._embedder.embed_documents(texts)
