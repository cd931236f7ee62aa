"""Keyword search."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.lexical import LexicalIndex, best_rows, terms

TEXTS = ["mức đóng bảo hiểm xã hội tự nguyện", "trợ cấp thai sản cho mỗi con", "lương hưu hằng tháng", ""]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.build(TEXTS)


def test_syllables_and_pairs_without_marks() -> None:
    assert terms("Lương hưu 2026") == ["luong", "huu", "2026", "luong_huu", "huu_2026"]


@pytest.mark.parametrize("question", ["thai sản", "thai san", "THAI SẢN"])
def test_marks_and_case_do_not_matter(index: LexicalIndex, question: str) -> None:
    scores = index.scores(question)
    assert int(scores.argmax()) == 1
    assert np.array_equal(scores, index.scores("thai sản"))


def test_unknown_words_score_nothing(index: LexicalIndex) -> None:
    assert not index.scores("zzz").any()
    assert not index.scores("").any()


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    LexicalIndex.build([]).save(tmp_path)
    assert len(LexicalIndex.load(tmp_path).scores("thai sản")) == 0


def test_loaded_scores_as_built(index: LexicalIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    assert np.array_equal(LexicalIndex.load(tmp_path).scores("lương hưu"), index.scores("lương hưu"))


def test_a_rare_word_counts_more_than_a_common_one(index: LexicalIndex) -> None:
    assert index.rarity("zzz") > index.rarity("thai")
    assert index.covered("thai sản", "trợ cấp thai sản") == 1
    assert 0 < index.covered("thai sản zzz", "trợ cấp thai sản") < 1


def test_best_rows_leave_out_what_is_not_allowed() -> None:
    scores = np.array([1, 3, 2, 0, 3], dtype=np.float32)
    assert best_rows(scores, None, 3).tolist() == [1, 4, 2]
    assert best_rows(scores, np.array([True, False, True, True, True]), 9).tolist() == [4, 2, 0]
