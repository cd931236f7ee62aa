"""Questions without a good answer, gathered by meaning: what staff should write a card for, most asked first.

Agglomerative grouping with average linkage over a likeness of two questions: half the cosine of their meanings, half that of their words
(weighted by rarity). Deterministic: the same reviews give the same groups in the same order.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, select, update

from bot.outreach.tables import reviews
from knowledge.store import reading, writing
from knowledge.vietnamese import fold

MOST = 1_500  # distinct questions that are grouped, the newest first
_ALIKE = 0.5  # measured on ways of asking for 60 cards: see docs/decisions.md
_AT_ONCE = 1_000  # rows in one statement
_LEAST_COSINE = 0.8  # where cosines of unrelated questions begin with the model that comes along

_BETWEEN = re.compile(r"[^\w%]+")  # what stands between words does not tell questions apart

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

    def open(self, kind: str = "", *, newest: int | None = None) -> list[Review]:
        """All open ones (of `kind`), oldest first; only the `newest` so many when given."""
        columns = (reviews.c.id, reviews.c.kind, reviews.c.question, reviews.c.reason, reviews.c.at)
        query = select(*columns).where(reviews.c.state == "open").order_by(reviews.c.id.desc()).limit(newest)
        with reading(self._engine) as connection:
            found = connection.execute(query.where(reviews.c.kind == kind) if kind else query)
            return [Review(*row) for row in found][::-1]

    def done(self, ids: Sequence[int]) -> int:
        """Closes these; how many were open."""
        with writing(self._engine) as connection:
            return settle(connection, ids)


def settle(connection: Connection, ids: Sequence[int], state: str = "done") -> int:
    """Closes these reviews, or opens them again (`open`), inside the caller's transaction; how many changed."""
    wanted, count = sorted(set(ids)), 0
    for at in range(0, len(wanted), _AT_ONCE):
        mine = (reviews.c.id.in_(wanted[at : at + _AT_ONCE]), reviews.c.state != state)
        count += connection.execute(update(reviews).where(*mine).values(state=state)).rowcount
    return count


def gathered(found: Sequence[Review], embed: Embed | None, read: Callable[[str], str] = str) -> list[Gap]:
    """`found` in groups, the most asked first, then the newest. `read` writes a question out as it is compared; without `embed`
    words alone decide.
    """
    return arranged(found, alike_in_meaning(found, embed, read))


def alike_in_meaning(found: Sequence[Review], embed: Embed | None, read: Callable[[str], str] = str) -> list[list[str]]:
    """The questions of `found` as keys (`by_words`), those that mean the same together; the newest `MOST` of them."""
    same = by_words(found)
    keys = list(same)[:MOST]
    if not keys:
        return []
    return [
        [keys[i] for i in group]
        for group in grouped(likeness([read(same[k][0].question) for k in keys], embed), _ALIKE)
    ]


def arranged(found: Sequence[Review], groups: Sequence[Sequence[str]]) -> list[Gap]:
    """`found` in these groups of keys, in the order in which staff read them; a question in none of them is one by itself."""
    same = by_words(found)
    known = {key for group in groups for key in group}
    gaps = []
    for group in [*groups, *([key] for key in same if key not in known)]:
        members = sorted((key for key in group if key in same), key=lambda key: (-len(same[key]), -same[key][0].id))
        if members:
            gaps.append(Gap(same[members[0]][0].question, tuple(r for key in members for r in same[key])))
    return sorted(gaps, key=lambda gap: (-len(gap.reviews), -gap.last_at, gap.ids))


def by_words(found: Sequence[Review]) -> dict[str, list[Review]]:
    """Reviews by their words without marks and punctuation, the newest first."""
    same: dict[str, list[Review]] = {}
    for review in sorted(found, key=lambda r: -r.id):
        same.setdefault(_key(review.question), []).append(review)
    return same


@lru_cache(maxsize=50_000)
def _key(question: str) -> str:
    return " ".join(_BETWEEN.split(fold(question))).strip()


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
