"""Figures about retrieval, and the thresholds that our search must keep on the shared set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import HashingEmbedder, load_embedder
from knowledge.evaluation.corpus import CorpusArticle, GoldQuestion, read_corpus, read_questions
from knowledge.evaluation.retrieval import corpus_passages, corpus_searcher, evaluate_retrieval
from knowledge.evaluation.vectors import VectorCache
from tests.models import prepared_models
from tests.shared import shared_folder

CORPUS = [
    CorpusArticle("L#1", "L", "Luật Biển", "1", "Đánh cá", "Ngư dân ra khơi phải báo đồn biên phòng."),
    CorpusArticle("L#2", "L", "Luật Biển", "2", "Nuôi tôm", "Hộ nuôi tôm phải xử lý nước thải."),
    CorpusArticle("L#3", "L", "Luật Biển", "3", "Muối", "Diêm dân được vay vốn làm muối."),
]


def test_figures_are_shares_of_the_gold_that_was_found() -> None:
    passages = corpus_passages(CORPUS)
    questions = [
        GoldQuestion("1", "nuôi tôm phải xử lý nước thải không", frozenset({"L#2"})),
        GoldQuestion("2", "diêm dân vay vốn", frozenset({"L#3", "L#9"})),
    ]
    figures, ranked = evaluate_retrieval(
        CORPUS, questions, corpus_searcher(passages, HashingEmbedder(), None), passages
    )
    assert (figures.questions, figures.articles) == (2, 3)
    assert figures.p_at_1 == 1
    assert figures.r_at_10 == 0.75  # one of the two gold articles of the second question is in no corpus
    assert ranked[0].doc_ids[0] == "L#2"


class Counting(HashingEmbedder):
    """Counts the texts it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded = 0

    def embed_documents(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += len(texts)
        return super().embed_documents(list(texts))


def test_vectors_are_made_once(tmp_path: Path) -> None:
    embedder, cache = Counting(), VectorCache(tmp_path)
    first = cache.vectors(embedder, ["a", "b", "a"])
    again = VectorCache(tmp_path).vectors(embedder, ["b", "a", "c"])
    assert embedder.embedded == 3
    assert np.array_equal(first[0], again[1])


def test_a_broken_cache_is_made_again(tmp_path: Path) -> None:
    embedder = Counting()
    VectorCache(tmp_path).vectors(embedder, ["a"])
    next(tmp_path.glob("*.npz")).write_bytes(b"broken")
    VectorCache(tmp_path).vectors(embedder, ["a"])
    assert embedder.embedded == 2


@pytest.mark.shared
@pytest.mark.slow
def test_retrieval_of_the_shared_set_keeps_its_figures() -> None:
    folder = shared_folder() / "retrieval"
    corpus = read_corpus(folder / "corpus.jsonl")
    passages = corpus_passages(corpus)
    embedder = load_embedder("", prepared_models())
    searcher = corpus_searcher(passages, embedder, VectorCache(Path(__file__).parents[3] / ".cache" / "evaluation"))
    typed, _ = evaluate_retrieval(corpus, read_questions(folder / "questions-dev.jsonl"), searcher, passages)
    bare, _ = evaluate_retrieval(
        corpus, read_questions(folder / "questions-dev.jsonl", "question_nodia"), searcher, passages
    )
    assert typed.p_at_1 >= 0.88
    assert typed.r_at_10 >= 0.98
    assert typed.p_at_1 - bare.p_at_1 <= 0.01
    assert typed.r_at_10 - bare.r_at_10 <= 0.01
