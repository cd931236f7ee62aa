"""A model for tests: no weights, the same vectors on every machine, alike where the words are alike."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import numpy as np

from knowledge.embedding.contract import Vectors, encodable
from knowledge.vietnamese import syllables


class HashingEmbedder:
    """Adds up one fixed random direction for each syllable and each pair of neighbours.

    `name` goes into the fingerprint and the directions, so that two names are two models.
    """

    def __init__(self, dimension: int = 64, name: str = "hashing") -> None:
        self._dimension = dimension
        self._name = name

    @property
    def fingerprint(self) -> str:
        """Name and dimension."""
        return f"{self._name}:{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def embed_query(self, text: str) -> Vectors:
        """Vector of a question, (dimension,) float32 of length 1."""
        words = syllables(encodable(text)) or [""]
        parts = [*words, *map(" ".join, pairwise(words))]
        total = np.sum([self._direction(part) for part in parts], axis=0)
        vector: Vectors = (total / np.linalg.norm(total)).astype(np.float32)
        return vector

    def embed_documents(self, texts: list[str]) -> Vectors:
        """Vectors of passages, (len(texts), dimension) float32 of length 1."""
        return np.array([self.embed_query(text) for text in texts], np.float32).reshape(len(texts), self._dimension)

    def _direction(self, part: str) -> Vectors:
        seed = hashlib.blake2b(f"{self._name}\0{part}".encode(), digest_size=8).digest()
        return np.random.default_rng(int.from_bytes(seed)).standard_normal(self._dimension).astype(np.float32)
