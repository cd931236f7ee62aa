"""Questions without a good answer, gathered by meaning: what staff should write a card for, most asked first.

Agglomerative grouping with average linkage over a likeness of two questions: half the cosine of their meanings, half that of their words
(weighted by rarity). Deterministic: the same reviews give the same groups in the same order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, select, update

from bot.outreach.tables import reviews
from knowledge.store import reading, writing
from knowledge.vietnamese import fold

MOST = 1_500  # distinct questions that are grouped, the newest first
_ALIKE = 0.5  # measured on ways of asking for 60 cards: see docs/decisions.md
_LEAST_COSINE = 0.8  # where cosines of unrelated questions begin with the model that comes along

Embed = Callable[[str], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Review:
    """One open review."""

    id: int
    kind: str  # gap, wrong
    question: str
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that mean the same. `question` stands for all of them: the one asked most, of those the newest."""

    question: str
    reviews: tuple[Review, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """Of all reviews, in order."""
        return tuple(sorted(review.id for review in self.reviews))

    @property
    def last_at(self) -> float:
        """When it was asked last."""
        return max(review.at for review in self.reviews)


class Reviews:
    """Open reviews in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, kind: str = "") -> list[Review]:
        """All open ones (of `kind`), oldest first."""
        query = select(reviews).where(reviews.c.state == "open").order_by(reviews.c.id)
        with reading(self._engine) as connection:
            found = connection.execute(query.where(reviews.c.kind == kind) if kind else query).mappings()
            return [Review(r["id"], r["kind"], r["question"], r["reason"], r["at"]) for r in found]

    def done(self, ids: Sequence[int]) -> int:
        """Closes these; how many were open."""
        with writing(self._engine) as connection:
            return connection.execute(
                update(reviews).where(reviews.c.id.in_(list(ids)), reviews.c.state == "open").values(state="done")
            ).rowcount


def gathered(found: Sequence[Review], embed: Embed | None, read: Callable[[str], str] = str) -> list[Gap]:
    """`found` in groups, the most asked first, then the newest. `read` writes a question out as it is compared; without `embed`
    words alone decide.
    """
    same: dict[str, list[Review]] = {}
    for review in sorted(found, key=lambda r: -r.id):
        same.setdefault(" ".join(fold(review.question).split()), []).append(review)
    texts = list(same)[:MOST]
    written = [read(same[text][0].question) for text in texts]
    groups = grouped(likeness(written, embed), _ALIKE) if texts else []
    gaps = []
    for group in groups:
        members = sorted((texts[i] for i in group), key=lambda text: (-len(same[text]), -same[text][0].id))
        gaps.append(Gap(same[members[0]][0].question, tuple(r for text in members for r in same[text])))
    return sorted(gaps, key=lambda gap: (-len(gap.reviews), -gap.last_at, gap.ids))


def likeness(texts: Sequence[str], embed: Embed | None) -> NDArray[np.float64]:
    """How alike each two are, 0 to 1."""
    said = [Counter(fold(text).split()) for text in texts]
    spread = Counter(word for words in said for word in words)
    at = {word: n for n, word in enumerate(sorted(spread))}
    rows = np.zeros((len(texts), max(1, len(at))))
    for row, words in enumerate(said):
        for word in words:
            rows[row, at[word]] = math.log(1 + len(texts) / spread[word])
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    by_words: NDArray[np.float64] = rows @ rows.T
    if embed is None:
        return by_words
    vectors = np.stack([np.asarray(embed(text), dtype=np.float64) for text in texts])
    by_meaning = np.clip((vectors @ vectors.T - _LEAST_COSINE) / (1 - _LEAST_COSINE), 0, 1)
    half: NDArray[np.float64] = 0.5 * by_meaning + 0.5 * by_words
    return half


def grouped(alike: NDArray[np.float64], least: float) -> list[list[int]]:
    """Groups of indices: the two most alike are joined until none are alike enough; of equals the first."""
    count = len(alike)
    alike = np.array(alike, dtype=np.float64)
    np.fill_diagonal(alike, -1.0)
    sizes = np.ones(count)
    groups: list[list[int]] = [[i] for i in range(count)]
    while count > 1:
        first, second = sorted(divmod(int(np.argmax(alike)), count))
        if alike[first, second] < least:
            break
        joined = (alike[first] * sizes[first] + alike[second] * sizes[second]) / (sizes[first] + sizes[second])
        gone = alike[first] < 0
        joined[gone | (alike[second] < 0)] = -1.0
        alike[first], alike[:, first] = joined, joined
        alike[second], alike[:, second] = -1.0, -1.0
        sizes[first] += sizes[second]
        groups[first] += groups[second]
        groups[second] = []
    return [sorted(group) for group in groups if group]
