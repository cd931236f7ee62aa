"""Vectors that were begun before they are asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from knowledge.embedding.ahead import Ahead
from knowledge.embedding.contract import Vectors


class Counting:
    """An embedder that counts, and waits until it may go on."""

    fingerprint, dimension = "counting", 2

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = Event()
        self.go_on.set()

    def embed_query(self, text: str) -> Vectors:
        self.asked.append(text)
        assert self.go_on.wait(30)
        if not text.strip("?"):
            raise ValueError("nothing to embed")
        return np.array([len(text), 1.0], np.float32)

    def embed_documents(self, texts: list[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])


def test_what_was_begun_is_embedded_once_and_waited_for() -> None:
    embedder = Counting()
    embedder.go_on.clear()
    ahead = Ahead(embedder)
    ahead.begin("mức đóng")
    ahead.begin("mức đóng")
    with ThreadPoolExecutor(1) as other:
        coming = other.submit(ahead.vector, "mức đóng")
        embedder.go_on.set()
        assert coming.result(30).tolist() == [8.0, 1.0]
    assert embedder.asked == ["mức đóng"]


def test_what_was_not_begun_is_embedded_when_asked_for() -> None:
    embedder = Counting()
    assert Ahead(embedder).vector("ai").tolist() == [2.0, 1.0]
    assert embedder.asked == ["ai"]


def test_questions_that_nobody_asks_for_do_not_stop_later_ones() -> None:
    embedder = Counting()
    ahead = Ahead(embedder)
    for number in range(100):
        ahead.begin(f"câu {number}")
    ahead.begin("mức đóng")
    ahead.vector("mức đóng")
    assert embedder.asked.count("mức đóng") == 1
    assert len(ahead._coming) < 40


def test_a_failure_is_told_to_who_asks() -> None:
    ahead = Ahead(Counting())
    ahead.begin("??")
    with pytest.raises(ValueError, match="nothing"):
        ahead.vector("??")
