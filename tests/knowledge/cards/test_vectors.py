"""Vectors of cards are kept by text: a changed card costs its own texts only."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from knowledge.cards.vectors import card_vectors
from knowledge.embedding.hashing import HashingEmbedder


class Counting(HashingEmbedder):
    """Counts the texts it embeds; its documents go through `embed_query` too."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = 0

    def embed_query(self, text: str):  # type: ignore[no-untyped-def]
        self.texts += 1
        return super().embed_query(text)


def test_only_what_is_new_is_embedded(tmp_path: Path) -> None:
    first, again, changed = Counting(), Counting(), Counting()
    made = card_vectors(["đóng bao nhiêu", "rút được không"], ["Đóng thế này.", "Rút thế này."], first, tmp_path)
    kept = card_vectors(["đóng bao nhiêu", "rút được không"], ["Đóng thế này.", "Rút thế này."], again, tmp_path)
    card_vectors(["đóng bao nhiêu", "rút được chưa"], ["Đóng thế này.", "Rút thế này."], changed, tmp_path)
    assert (first.texts, again.texts, changed.texts) == (4, 0, 1)
    assert all(np.array_equal(a, b) for a, b in zip(made, kept, strict=True))


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    made = card_vectors(["a b"], ["c d"], Counting(), tmp_path)
    (file,) = tmp_path.glob("cards-*.npz")
    file.write_bytes(file.read_bytes()[:50])
    embedder = Counting()
    again = card_vectors(["a b"], ["c d"], embedder, tmp_path)
    assert embedder.texts == 2
    assert all(np.array_equal(a, b) for a, b in zip(made, again, strict=True))


def test_without_a_folder_nothing_is_kept() -> None:
    asks, answers = card_vectors(["a b", "a b"], ["c"], Counting(), None)
    assert asks.shape[0] == 2 and answers.shape[0] == 1
