"""Keyword search: BM25 over syllables and syllable pairs without marks.

Marks are dropped on both sides, so a question typed without them finds the same words; pairs of neighbouring syllables
stand in for word segmentation, which does worse on such questions (docs/decisions.md).
"""

from __future__ import annotations

import itertools
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge.vietnamese import fold, syllables

_K1, _B = 1.2, 0.6
logging.getLogger("bm25s").setLevel(logging.WARNING)  # the library sets itself to DEBUG


@lru_cache(maxsize=131072)
def _fold(syllable: str) -> str:
    return fold(syllable)


def terms(text: str) -> list[str]:
    """Folded syllables of `text` followed by its pairs (`bao_hiem`)."""
    words = list(map(_fold, syllables(text)))
    return words + [f"{a}_{b}" for a, b in itertools.pairwise(words)]


@lru_cache(maxsize=1_024)  # the same passages are looked at for most questions; some 20 MB at most
def _held_terms(text: str) -> frozenset[str]:
    return frozenset(terms(text))


@lru_cache(maxsize=8)  # one question is held against several passages
def _asked_terms(question: str) -> frozenset[str]:
    return frozenset(terms(question))


class LexicalIndex:
    """BM25 over a fixed list of texts; row numbers are positions in that list. Thread-safe to query."""

    def __init__(self, engine: bm25s.BM25, vocabulary: dict[str, int], rows: int) -> None:
        self._engine = engine
        self._vocabulary = vocabulary
        self._rows = rows
        self._idf = _rarity(engine, len(vocabulary), rows)

    def __len__(self) -> int:
        return self._rows

    @classmethod
    def build(cls, texts: Iterable[str]) -> LexicalIndex:
        """Indexes `texts`; an empty list gives an index that finds nothing."""
        numbers: defaultdict[str, int] = defaultdict(itertools.count().__next__)
        documents = [list(map(numbers.__getitem__, terms(text))) for text in texts]
        vocabulary = dict(numbers)
        engine = bm25s.BM25(k1=_K1, b=_B, method="lucene")
        if vocabulary:
            engine.index((documents, vocabulary), show_progress=False)
        return cls(engine, vocabulary, len(documents))

    def save(self, folder: Path) -> None:
        """Writes the index into `folder`."""
        if self._vocabulary:
            self._engine.save(str(folder / "bm25"), show_progress=False)
        (folder / "terms.json").write_text(
            json.dumps({"rows": self._rows, "terms": list(self._vocabulary)}, ensure_ascii=False), encoding="utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Opens what `save` wrote, memory-mapped."""
        facts = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        vocabulary = {term: i for i, term in enumerate(facts["terms"])}
        engine = bm25s.BM25(k1=_K1, b=_B)
        if vocabulary:
            engine = bm25s.BM25.load(str(folder / "bm25"), mmap=True, show_progress=False)
            # The same mapped memory as plain arrays: numpy spends 30 µs on each slice of a memmap, some 70 a question.
            engine.scores |= {name: np.asarray(engine.scores[name]) for name in ("data", "indices", "indptr")}
        return cls(engine, vocabulary, facts["rows"])

    def scores(self, text: str) -> NDArray[np.float32]:
        """BM25 score of every row for `text`, shape (rows,); zeros when no term is known."""
        found = [self._vocabulary[t] for t in terms(text) if t in self._vocabulary]
        if not found:
            return np.zeros(self._rows, dtype=np.float32)
        return np.asarray(self._engine.get_scores_from_ids(found), dtype=np.float32)

    def rarity(self, term: str) -> float:
        """Inverse document frequency of a folded term; the highest value for a term no row has."""
        number = self._vocabulary.get(term)
        return float(np.log(1 + self._rows)) if number is None else float(self._idf[number])

    def covered(self, question: str, text: str) -> float:
        """Share of the rarity of the terms of `question` that `text` has too, 0.0 to 1.0."""
        wanted = {t: self.rarity(t) for t in _asked_terms(question)}
        total = sum(wanted.values())
        return sum(wanted[t] for t in wanted.keys() & _held_terms(text)) / total if total else 0.0


def _rarity(engine: bm25s.BM25, size: int, rows: int) -> NDArray[np.float32]:
    if not size:
        return np.zeros(0, dtype=np.float32)
    pointers = np.asarray(engine.scores["indptr"][: size + 1])
    frequency = np.diff(pointers)
    return np.asarray(np.log(1 + (rows - frequency + 0.5) / (frequency + 0.5)), dtype=np.float32)


def best_rows(scores: NDArray[np.float32], allowed: NDArray[np.bool_] | None, k: int) -> NDArray[np.intp]:
    """Rows with the `k` highest positive scores among `allowed`, best first; ties by row number."""
    if allowed is not None:
        scores = np.where(allowed, scores, 0)
    if len(scores) > 4 * k:
        rows: NDArray[np.intp] = np.argpartition(-scores, k)[:k]
    else:
        rows = np.arange(len(scores))
    rows = rows[scores[rows] > 0]
    return rows[np.lexsort((rows, -scores[rows]))][:k]


def rows_in(sequence: Sequence[str]) -> dict[str, int]:
    """Position of each item of `sequence`."""
    return {item: i for i, item in enumerate(sequence)}
