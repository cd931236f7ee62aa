"""Retrieval figures in any corpus, through the search that answers citizens."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np

from knowledge.catalogue import Snapshot, build_snapshot
from knowledge.embedding.contract import Embedder
from knowledge.evaluation.corpus import CorpusArticle, GoldQuestion, provisions_of
from knowledge.evaluation.vectors import VectorCache
from knowledge.index import BruteForceIndex
from knowledge.law import Coordinate, DocumentKind, InForce
from knowledge.passages import make_passages
from knowledge.search import CANDIDATES, Searcher

_ALWAYS = InForce(date(1900, 1, 1))
_TODAY = date(2026, 1, 1)  # any day: everything in a corpus is in force


@dataclass(frozen=True, slots=True)
class CorpusPassage:
    """A passage of a corpus; `document_id` is the position of its article."""

    id: str
    document_id: int
    coordinate: Coordinate
    title: str
    search_text: str
    kind: DocumentKind = DocumentKind.OTHER
    effective_from: date = _ALWAYS.since
    effective_to: date | None = None
    quotable: bool = True


@dataclass(frozen=True, slots=True)
class RetrievalFigures:
    """Shares from 0 to 1; recall is the share of a question's gold articles among the first k, averaged over questions."""

    questions: int
    articles: int
    passages: int
    p_at_1: float
    r_at_5: float
    r_at_10: float
    mrr_at_10: float
    p50_ms: float
    p95_ms: float

    def as_dict(self) -> dict[str, float | int]:
        """Plain values, as `--json` prints them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One question with the doc_ids of the first ten articles."""

    question: GoldQuestion
    doc_ids: tuple[str, ...]


def corpus_passages(corpus: Sequence[CorpusArticle]) -> list[CorpusPassage]:
    """The passages that ingestion would make of each article."""
    made: list[CorpusPassage] = []
    for number, article in enumerate(corpus):
        for passage in make_passages(provisions_of(article), _ALWAYS):
            made.append(
                CorpusPassage(str(len(made)), number, passage.coordinate, article.document_title, passage.search_text)
            )
    return made


def corpus_searcher(
    passages: Sequence[CorpusPassage],
    embedder: Embedder | None,
    cache: VectorCache | None,
    report: Callable[[int, int], None] | None = None,
) -> Searcher:
    """A searcher over `passages`; keywords alone when `embedder` is None."""
    snapshot: Snapshot = build_snapshot(1, passages)
    if embedder is None:
        return Searcher(snapshot)
    texts = [p.search_text for p in passages]
    matrix = cache.vectors(embedder, texts, report) if cache else embedder.embed_documents(texts)
    return Searcher(snapshot, BruteForceIndex([p.id for p in passages], matrix), embedder)


def evaluate_retrieval(
    corpus: Sequence[CorpusArticle],
    questions: Sequence[GoldQuestion],
    searcher: Searcher,
    passages: Sequence[CorpusPassage],
) -> tuple[RetrievalFigures, list[Ranked]]:
    """Figures and the ranking of every question."""
    ranked: list[Ranked] = []
    seconds: list[float] = []
    for question in questions:
        begin = time.perf_counter()
        found = searcher.search(searcher.read(question.text, _TODAY), _TODAY, 2 * CANDIDATES)
        seconds.append(time.perf_counter() - begin)
        articles = dict.fromkeys(passages[f.row].document_id for f in found)
        ranked.append(Ranked(question, tuple(corpus[a].doc_id for a in list(articles)[:10])))
    return _figures(ranked, seconds, len(corpus), len(passages)), ranked


def _figures(ranked: Sequence[Ranked], seconds: Sequence[float], articles: int, passages: int) -> RetrievalFigures:
    def mean(of: Callable[[Ranked], float]) -> float:
        return round(statistics.fmean(of(r) for r in ranked), 4)

    def recall(r: Ranked, k: int) -> float:
        return len(r.question.gold & set(r.doc_ids[:k])) / len(r.question.gold)

    def reciprocal(r: Ranked) -> float:
        return next((1 / place for place, doc_id in enumerate(r.doc_ids, 1) if doc_id in r.question.gold), 0.0)

    p50, p95 = np.percentile(np.array(seconds) * 1000, [50, 95])
    return RetrievalFigures(
        questions=len(ranked),
        articles=articles,
        passages=passages,
        p_at_1=mean(lambda r: float(bool(r.doc_ids) and r.doc_ids[0] in r.question.gold)),
        r_at_5=mean(lambda r: recall(r, 5)),
        r_at_10=mean(lambda r: recall(r, 10)),
        mrr_at_10=mean(reciprocal),
        p50_ms=round(float(p50), 1),
        p95_ms=round(float(p95), 1),
    )
