"""Embedding what has no vector yet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.errors import ModelChanged
from knowledge.index import embed_missing
from tests.knowledge.index.worlds import HashEmbedder, World, articles
from tests.knowledge.store.makers import decree


class FailsAfter(HashEmbedder):
    """Stops in the middle, as a process that is killed does."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self._left = calls

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._left == 0:
            raise RuntimeError("killed")
        self._left -= 1
        return super().embed_documents(texts)


def test_each_text_is_embedded_once_and_progress_is_told(empty: World) -> None:
    empty.store.publish(decree(articles(150)))
    seen: list[tuple[int, int]] = []
    assert embed_missing(empty.store, empty.embedder, lambda done, total: seen.append((done, total)), batch=64) == 150
    assert empty.embedder.calls == [64, 64, 22]
    assert seen == [(0, 150), (64, 150), (128, 150), (150, 150)]
    assert embed_missing(empty.store, empty.embedder) == 0
    assert empty.embedder.calls == [64, 64, 22]


def test_an_interrupted_run_keeps_its_batches_and_the_next_one_goes_on(empty: World) -> None:
    empty.store.publish(decree(articles(150)))
    with pytest.raises(RuntimeError, match="killed"):
        embed_missing(empty.store, FailsAfter(2), batch=50)
    assert empty.store.count_missing_vectors("thử") == (50, 150)
    seen: list[tuple[int, int]] = []
    assert embed_missing(empty.store, empty.embedder, lambda done, total: seen.append((done, total)), batch=50) == 50
    assert seen == [(100, 150), (150, 150)]
    ids, matrix = empty.vectors()
    text_of = {p.id: p.search_text for p in empty.store.live_passages()}
    assert np.allclose(matrix, [empty.embedder.direction(text_of[i]) for i in ids], atol=1e-6)


def test_a_model_that_changed_its_dimension_is_refused(empty: World) -> None:
    empty.publish(articles(3))
    empty.store.publish(decree(articles(5), path="7/2030/NĐ-CP"))
    with pytest.raises(ModelChanged):
        embed_missing(empty.store, HashEmbedder(dimension=8))
