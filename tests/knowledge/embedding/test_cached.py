from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from knowledge.embedding import CachedEmbedder, HashingEmbedder, Vectors


class Counting(HashingEmbedder):
    """Keeps every question that reached it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_query(self, text: str) -> Vectors:
        self.asked.append(text)
        return super().embed_query(text)


def test_a_question_asked_again_is_not_embedded_again() -> None:
    inside = Counting()
    cached = CachedEmbedder(inside)
    first = cached.embed_query("đóng bao nhiêu")
    assert np.array_equal(cached.embed_query("đóng bao nhiêu"), first)
    cached.embed_query("ở đâu")
    assert inside.asked == ["đóng bao nhiêu", "ở đâu"]


def test_the_least_recently_used_goes_first() -> None:
    inside = Counting()
    cached = CachedEmbedder(inside, capacity=2)
    for text in ["a", "b", "a", "c", "a", "b"]:
        cached.embed_query(text)
    assert inside.asked == ["a", "b", "c", "b"]


def test_a_shared_vector_cannot_be_changed() -> None:
    vector = CachedEmbedder(HashingEmbedder()).embed_query("a")
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 1


def test_it_is_the_same_model_as_the_one_inside() -> None:
    inside = HashingEmbedder()
    cached = CachedEmbedder(inside)
    assert (cached.fingerprint, cached.dimension) == (inside.fingerprint, inside.dimension)
    assert np.array_equal(cached.embed_documents(["a b", "c"]), inside.embed_documents(["a b", "c"]))


def test_many_threads_never_exceed_the_capacity_or_mix_answers() -> None:
    inside = HashingEmbedder()
    cached = CachedEmbedder(inside, capacity=3)
    texts = [f"câu {number % 9}" for number in range(600)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(cached.embed_query, texts))
    assert all(np.array_equal(v, inside.embed_query(t)) for v, t in zip(found, texts, strict=True))
    assert len(cached) <= 3
