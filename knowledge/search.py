"""Search: keyword and meaning together, on a day, or straight to a clause that the question names.

Both sides give candidates; every candidate then gets both scores, so that one found by only one side is judged fairly. The
weights were measured against alternatives (docs/decisions.md). Validity is a mask over columns, never a filter inside the
vector index, which is slow.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge.catalogue import Snapshot
from knowledge.embedding import DEFAULT_MODEL, Embedder
from knowledge.embedding.ahead import Ahead
from knowledge.index import VectorIndex
from knowledge.law import Coordinate
from knowledge.lexical import best_rows
from knowledge.questions import Question, read_question
from knowledge.vietnamese import fold

log = logging.getLogger("knowledge.search")

CANDIDATES = 60  # from each side
KEYWORD_WEIGHT = 0.4  # the rest is meaning
WIDENED_WEIGHT = 0.35  # of a term that the person did not type but the law uses
_MOST_FETCHED = 4_000


@dataclass(frozen=True, slots=True)
class Found:
    """A passage by its row. `score` orders; `keyword` is BM25 (0 and up), `meaning` cosine (-1 to 1, 0 when not known)."""

    row: int
    score: float
    keyword: float
    meaning: float
    exact: bool = False  # the question named this clause


class Searcher:
    """Searches one snapshot. `index` and `embedder` may be None: then keywords alone decide. Thread-safe."""

    def __init__(self, snapshot: Snapshot, index: VectorIndex | None = None, embedder: Embedder | None = None) -> None:
        self.snapshot = snapshot
        self._index = index
        self._embedder = embedder
        self._ahead = Ahead(embedder) if embedder is not None and index is not None else None
        self._row_of = {passage_id: row for row, passage_id in enumerate(snapshot.catalogue.ids)}
        self._today = (date.min, snapshot.catalogue.in_force(date.min))
        self._articles: dict[str, list[int]] = {}
        self._documents: dict[str, list[int]] = {}
        for row, where in enumerate(snapshot.catalogue.coordinates):
            if where.article:
                self._articles.setdefault(where.article.lower(), []).append(row)
            self._documents.setdefault(where.document, []).append(row)

    @property
    def calibrated(self) -> bool:
        """True when cosines come from the model that the evidence threshold was measured with."""
        return self._embedder is not None and DEFAULT_MODEL in self._embedder.fingerprint

    def read(self, typed: str, today: date) -> Question:
        """`typed` read with the marks model of this snapshot."""
        return read_question(typed, self.snapshot.restorer, today)

    def foresee(self, text: str) -> None:
        """Begins to embed `text` while the caller still does something else; `search` will ask for it."""
        if self._ahead is not None and text.strip():
            self._ahead.begin(text)

    def search(self, question: Question, on: date, k: int = 10) -> list[Found]:
        """The best `k` passages in force on `on`, best first; a clause or document that the question names comes first."""
        allowed = self._allowed(on)
        if not allowed.any():
            return []
        named = self._named(question, allowed)
        ranked = self._ranked(question, allowed)
        if (own := self._of_named_document(question, allowed)) is not None:
            first = self._ranked(question, own)
            ranked = first + [f for f in ranked if not own[f.row]]
        if named:
            score = {f.row: f for f in ranked}
            first = [
                Found(row, 1.0, *((score[row].keyword, score[row].meaning) if row in score else (0.0, 0.0)), exact=True)
                for row in named
            ]
            ranked = first + [f for f in ranked if f.row not in set(named)]
        return ranked[:k]

    def _allowed(self, on: date) -> NDArray[np.bool_]:
        """Rows in force on `on`; nearly every question asks about the same day."""
        day, allowed = self._today
        if day != on:
            allowed = self.snapshot.catalogue.in_force(on)
            self._today = (on, allowed)
        return allowed

    def _ranked(self, question: Question, allowed: NDArray[np.bool_]) -> list[Found]:
        keyword = self.snapshot.lexical.scores(question.search_text)
        if question.widened:
            keyword = keyword + WIDENED_WEIGHT * self.snapshot.lexical.scores(question.widened)
        rows = best_rows(keyword, allowed, CANDIDATES)
        meaning = self._meaning(question.search_text, rows, allowed)
        rows = np.array(sorted({*rows.tolist(), *meaning}), dtype=np.intp)
        if not len(rows):
            return []
        words = keyword[rows].astype(np.float64)
        cosines = np.array([meaning.get(int(row), np.nan) for row in rows])
        score = fuse(words, cosines, self.snapshot.catalogue.article[rows])
        order = np.lexsort((rows, -score))
        columns = (rows[order], score[order], words[order], np.nan_to_num(cosines)[order])
        return [Found(*values) for values in zip(*(c.tolist() for c in columns), strict=True)]

    def _meaning(self, text: str, keyword_rows: NDArray[np.intp], allowed: NDArray[np.bool_]) -> dict[int, float]:
        """Cosine by row for the nearest allowed rows and for `keyword_rows`; empty when meaning cannot be had now."""
        if self._index is None or self._ahead is None or not text.strip():
            return {}
        try:
            vector = self._ahead.vector(text)
            found = self._nearest(vector, allowed)
            missing = [int(row) for row in keyword_rows if int(row) not in found]
            cosines = self._index.similarities(vector, [self.snapshot.catalogue.ids[row] for row in missing])
        except Exception:  # an answer never fails because meaning cannot be searched: keywords go on
            log.exception("meaning search failed; keywords alone answer")
            return {}
        return found | {row: c for row, c in zip(missing, cosines.tolist(), strict=True) if not math.isnan(c)}

    def _nearest(self, vector: NDArray[np.float32], allowed: NDArray[np.bool_]) -> dict[int, float]:
        """The CANDIDATES nearest allowed rows: fetches more while too many of the nearest are not in force."""
        assert self._index is not None
        wanted = min(CANDIDATES, int(allowed.sum()))
        ask = CANDIDATES if allowed.mean() > 0.9 else int(CANDIDATES / max(float(allowed.mean()), 0.1))
        while True:
            hits = self._index.search(vector, ask)
            found = {
                row: hit.similarity
                for hit in hits
                if (row := self._row_of.get(hit.passage_id)) is not None and allowed[row]
            }
            if len(found) >= wanted or len(hits) < ask or ask >= _MOST_FETCHED:
                return dict(list(found.items())[:CANDIDATES])
            ask = min(4 * ask, _MOST_FETCHED)

    def _named(self, question: Question, allowed: NDArray[np.bool_]) -> list[int]:
        """Rows of the clause that the question names, in reading order; empty when it names none or we do not hold it."""
        named = question.named
        if named is None or not named.article:
            return []
        catalogue = self.snapshot.catalogue
        rows = [row for row in self._articles.get(named.article, ()) if allowed[row]]
        rows = [row for row in rows if self._is_document(row, named.document, question.search_text)]
        inside = [row for row in rows if _inside(named, catalogue.coordinates[row])]
        return (inside or rows)[:CANDIDATES]

    def _of_named_document(self, question: Question, allowed: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
        """Rows of the document that the question names by its number and year; None when it names none or we hold none."""
        named = question.named
        if named is None or named.article or "/" not in named.document:
            return None
        number = named.document.upper()
        own = np.zeros_like(allowed)
        for document, rows in self._documents.items():
            if document.upper() == number or document.upper().startswith(f"{number}/"):
                own[rows] = True
        own &= allowed
        return own if own.any() else None

    def _is_document(self, row: int, number: str, text: str) -> bool:
        catalogue = self.snapshot.catalogue
        own = catalogue.coordinates[row].document
        if number:
            return (
                own.upper() == number.upper()
                or own.upper().startswith(number.upper() + "/")
                or own.split("/")[0] == number
            )
        title = fold(catalogue.titles[row]).split("(")[0].strip()
        return bool(title) and title in fold(text)


def fuse(keyword: NDArray[np.float64], meaning: NDArray[np.float64], article: NDArray[np.int32]) -> NDArray[np.float64]:
    """Score (0 to 1, higher is better) of candidates with BM25 `keyword`, cosine `meaning` (NaN: unknown) and their `article`.

    Both sides are standardised over the candidate articles, each judged by its best passage on that side: the words of a
    question are often in one clause and its sense in another. Inside an article its own fused score orders passages.
    Raw cosines of this family of models lie so close together that their size alone says nothing. A candidate without a
    vector yet is judged by its keywords on both sides, so that a document just brought in is found before it is embedded.
    """
    _, place = np.unique(article, return_inverse=True)
    size = int(place.max()) + 1
    known = ~np.isnan(meaning)
    words = _standard(keyword, _best(keyword, place, size))
    best_meaning = _best(np.where(known, meaning, -np.inf), place, size)
    near = np.where(known, _standard(np.nan_to_num(meaning), best_meaning[np.isfinite(best_meaning)]), words)
    fused = KEYWORD_WEIGHT * _best(words, place, size) + (1 - KEYWORD_WEIGHT) * _best(near, place, size)
    own = KEYWORD_WEIGHT * words + (1 - KEYWORD_WEIGHT) * near
    score: NDArray[np.float64] = 1 / (1 + np.exp(-(fused[place] - (_best(own, place, size)[place] - own))))
    return score


def _best(values: NDArray[np.float64], place: NDArray[np.intp], size: int) -> NDArray[np.float64]:
    """The highest of `values` in each of `size` places."""
    best = np.full(size, -np.inf)
    np.maximum.at(best, place, values)
    return best


def _standard(values: NDArray[np.float64], among: NDArray[np.float64]) -> NDArray[np.float64]:
    """`values` less the mean of `among`, in its standard deviations; zeros when `among` does not vary."""
    spread = float(among.std()) if len(among) else 0.0
    return (values - among.mean()) / spread if spread > 1e-9 else np.zeros_like(values)


def _inside(named: Coordinate, where: Coordinate) -> bool:
    """True when `where` is the named clause, or holds the named point."""
    return (not named.clause or named.clause == where.clause) and (
        not named.point or not where.point or named.point == where.point
    )
