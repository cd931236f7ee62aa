"""Which card does a question ask for? Each card's ways of asking are compared with the question, by words and by meaning.

Both sides lose their numbers first: "tôi 52 tuổi đóng 8 năm" and "tôi 47 tuổi đóng 11 năm" ask the same thing of different people.
Question and ways of asking are texts of one kind, so both are embedded as questions.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.answers import AnswerStatus
from knowledge.cards.fitting import Fitting
from knowledge.cards.model import Card
from knowledge.cards.vectors import card_vectors
from knowledge.embedding import Embedder
from knowledge.embedding.ahead import Ahead
from knowledge.everyday import standard_words
from knowledge.lexical import terms
from knowledge.shorthand import write_out
from knowledge.understanding.facts import Facts, without_facts

log = logging.getLogger("knowledge.cards")

MEANING_WEIGHT = 0.6  # of a way of asking; the rest is words
_FLOOR = 0.80  # cosine of two unrelated questions in this model; what is above counts
_SECOND = 0.45  # weight of the second-best way of asking of a card
# Weights of the four views, in standard deviations over all cards, measured by leaving out each way of asking in turn
# (docs/decisions.md): nearest ways of asking, their middle, words of the whole card, meaning of its answer.
_CENTRE, _COVERED, _ANSWER = 0.6, 0.5, 0.7
# A word in most ways of asking of a card is what the card is about: a question without it is about something else.
_ESSENTIAL, _LACKING = 0.6, 0.4  # share of its ways of asking; weight of what is lacking
_HOTLINE = re.compile(r"\b1900[ .]?9068\b")  # a number that names something
_HELD = (AnswerStatus.DECLINED, AnswerStatus.HANDOFF)


@dataclass(frozen=True, slots=True)
class Match:
    """A card for a question. `score` orders. What speaks for it, 0 to 1: `near` (its nearest ways of asking), `centre` and `answer`
    (cosines with the middle of its ways of asking and with its answer; 0 when not known), `covered` (share of the question's rare
    words that stand anywhere in it). What speaks against it: `lacking`, the weight of words it is about that were not said.
    """

    card: Card
    score: float
    near: float
    centre: float
    answer: float
    covered: float
    lacking: float = 0.0


class CardIndex:
    """All cards by their ways of asking and their answers. Without an embedder words alone decide. Thread-safe."""

    def __init__(
        self,
        cards: Sequence[Card],
        embedder: Embedder | None = None,
        folder: Path | None = None,
        report: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._cards = tuple(cards)
        pairs = [(n, bare_ask(ask)) for n, card in enumerate(self._cards) for ask in card.asks]
        self._card_of = np.array([n for n, _ in pairs], dtype=np.intp)
        self._first_ask = np.searchsorted(self._card_of, np.arange(len(self._cards)))  # each card has at least one
        self._asks = [ask for _, ask in pairs]
        self._words = _Words(pairs, [prose(card) for card in self._cards])
        self._fitting = Fitting(self._cards)
        self._embedder = embedder if pairs else None
        self._ahead = Ahead(self._embedder) if self._embedder is not None else None
        if self._embedder is not None:
            vectors, answers = card_vectors(
                [ask for _, ask in pairs], [prose(c) for c in self._cards], self._embedder, folder, report
            )
            self._vectors, self._answers = vectors, answers
            centres = np.zeros((len(self._cards), vectors.shape[1]), dtype=np.float32)
            np.add.at(centres, self._card_of, vectors)
            self._centres = centres / np.linalg.norm(centres, axis=1, keepdims=True)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards, in order."""
        return self._cards

    def vector(self, question: str) -> NDArray[np.float32] | None:
        """The vector that `question` is compared by; None without an embedder."""
        return self._embed(bare(question))

    def answered(self) -> tuple[list[str], NDArray[np.float32]] | None:
        """The ways of asking of the cards within our subject, as they are compared, with their vectors; None without an embedder."""
        if self._embedder is None:
            return None
        rows = [r for r, n in enumerate(self._card_of) if self._cards[n].status not in _HELD]
        return [self._asks[r] for r in rows], self._vectors[rows]

    def match(self, question: str, on: date, k: int = 5, facts: Facts | None = None) -> list[Match]:
        """The `k` cards in force on `on` nearest to `question` (marks restored, shorthand written out), best first.

        `facts` of the question speak for cards that use them: who names an income wants an amount.
        """
        if not self._cards:
            return []
        text = bare(question)
        words, covered, lacking = self._words.compare(text)
        vector = self._embed(text)
        if vector is None:
            near = self._nearest(words)
            centre = answer = np.zeros(len(self._cards))
            score = _standard(near) + _COVERED * _standard(covered)
        else:
            near = self._nearest(
                MEANING_WEIGHT * _scaled(np.asarray(self._vectors @ vector, dtype=np.float64))
                + (1 - MEANING_WEIGHT) * words
            )
            centre, answer = (np.asarray(m @ vector, dtype=np.float64) for m in (self._centres, self._answers))
            score = (
                _standard(near)
                + _CENTRE * _standard(centre)
                + _COVERED * _standard(covered)
                + _ANSWER * _standard(answer)
            )
        score = score - _LACKING * lacking
        score = score + self._fitting.of(question, facts)
        found: list[Match] = []
        for n in np.argsort(-score, kind="stable").tolist():
            if self._cards[n].holds(on):
                values = (float(column[n]) for column in (score, near, centre, answer, covered, lacking))
                found.append(Match(self._cards[n], *values))
            if len(found) == k:
                break
        return found

    def _nearest(self, similarity: NDArray[np.float64]) -> NDArray[np.float64]:
        """The similarity of each card: its best way of asking, and its second best."""
        best = np.maximum.reduceat(similarity, self._first_ask)
        without_best = similarity.copy()
        order = np.flatnonzero(similarity == best[self._card_of])  # two ways of asking may be the best of a card
        without_best[order[np.unique(self._card_of[order], return_index=True)[1]]] = -np.inf
        second = np.maximum.reduceat(without_best, self._first_ask)
        second = np.where(np.isinf(second), 0.8 * best, second)
        near: NDArray[np.float64] = (1 - _SECOND) * best + _SECOND * second
        return near

    def foresee(self, question: str) -> None:
        """Begins to embed `question` while the caller still does something else; `match` will ask for it."""
        if self._ahead is not None:
            self._ahead.begin(bare(question))

    def _embed(self, text: str) -> NDArray[np.float32] | None:
        if self._ahead is None or not text:
            return None
        try:
            return self._ahead.vector(text)
        except Exception:  # words go on when the model cannot
            log.exception("embedding a question failed; words alone choose the card")
            return None


class _Words:
    """The words of cards: each way of asking, and each card as a whole."""

    def __init__(self, asks: Sequence[tuple[int, str]], answers: Sequence[str]) -> None:
        rows = [(card, list(dict.fromkeys(terms(ask)))) for card, ask in asks]
        self._numbers: dict[str, int] = {}
        for _, row in rows:
            for term in row:
                self._numbers.setdefault(term, len(self._numbers))
        size, cards = len(self._numbers), len(answers)
        # How often a term stands in the ways of asking of a card; a term of the answer counts in full.
        counts = np.zeros((cards, size), dtype=np.float32)
        for card, row in rows:
            counts[card, [self._numbers[t] for t in row]] += 1
        # In how many cards, not how many ways of asking: a word that one card repeats is still rare.
        self._rarity = np.log(1 + cards / (0.5 + (counts > 0).sum(axis=0)))
        self._unknown = float(np.log(1 + 2 * max(1, cards)))
        self._shares = np.where(counts > 0, np.minimum(1.0, 0.6 + 0.2 * counts), 0.0).T.copy()  # (terms, cards)
        for card, answer in enumerate(answers):
            known = [self._numbers[t] for t in set(terms(answer)) if t in self._numbers]
            self._shares[known, card] = 1.0
        postings: list[list[int]] = [[] for _ in range(size)]
        self._weight = np.zeros(len(rows))
        for at, (_, row) in enumerate(rows):
            for term in row:
                postings[self._numbers[term]].append(at)
            self._weight[at] = sum(float(self._rarity[self._numbers[t]]) ** 2 for t in row) ** 0.5
        self._essential = self._of_essence(counts, np.bincount([card for card, _ in rows], minlength=cards))
        self._essential_in_all = self._essential.sum(axis=0)
        self._postings = [np.array(p, dtype=np.intp) for p in postings]

    def _of_essence(self, counts: NDArray[np.float32], asks: NDArray[np.intp]) -> NDArray[np.float64]:
        """Weight of each syllable that stands in most ways of asking of a card, shape (terms, cards)."""
        share = counts / np.maximum(asks, 1)[:, None]
        whole = np.array(["_" not in term for term in self._numbers], dtype=bool)
        weight = np.where((share >= _ESSENTIAL) & whole, share**2, 0.0) * self._rarity
        essential: NDArray[np.float64] = weight.T.copy()
        return essential

    def compare(self, text: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """(cosine of rare words with each way of asking, share of the rare words of `text` that each card has, weight of the words
        that each card is about and `text` lacks).
        """
        total = np.zeros(len(self._weight))
        lacking = self._essential_in_all.copy()
        covered = np.zeros(self._shares.shape[1])
        norm = whole = 0.0
        for term in dict.fromkeys(terms(text)):
            number = self._numbers.get(term)
            if number is None:
                pair = "_" in term
                norm += (0.3 * self._unknown) ** 2 if pair else 0.5 * self._unknown**2
                whole += 0.3 * self._unknown if pair else self._unknown
                continue
            rarity = float(self._rarity[number])
            norm += rarity**2
            whole += rarity
            total[self._postings[number]] += rarity**2
            covered += rarity * self._shares[number]
            lacking -= self._essential[number]
        words: NDArray[np.float64] = total / np.maximum(self._weight * max(norm, 1e-9) ** 0.5, 1e-9)
        return words, covered / max(whole, 1e-9), lacking


def prose(card: Card) -> str:
    """The words of a card's answer without its template."""
    return " ".join(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", card.answer).split())


@lru_cache(maxsize=256)  # the steps of one answer ask for it some five times
def bare(text: str) -> str:
    """`text` as it is compared: shorthand and everyday words put into the usual ones, numbers and amounts left out, small letters."""
    return " ".join(without_facts(standard_words(_HOTLINE.sub("tổng đài bảo hiểm xã hội", write_out(text)))).split())


@lru_cache(maxsize=8192)
def bare_ask(ask: str) -> str:
    """`bare` of a card's way of asking, kept: indexes and the lint are made again at each change of a card."""
    return bare(ask)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`values` less their mean, in standard deviations."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)


def _scaled(cosine: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = np.clip((cosine - _FLOOR) / (1 - _FLOOR), 0.0, 1.0)
    return scaled
