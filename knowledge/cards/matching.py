"""Which card does a question ask for? Each card's ways of asking are compared with the question, by words and by meaning.

Both sides lose their numbers first: "tôi 52 tuổi đóng 8 năm" and "tôi 47 tuổi đóng 11 năm" ask the same thing of different people.
Question and ways of asking are texts of one kind, so both are embedded as questions.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.cards.model import Card
from knowledge.embedding import Embedder
from knowledge.lexical import terms
from knowledge.shorthand import write_out
from knowledge.understanding.facts import Facts, names, without_facts

log = logging.getLogger("knowledge.cards")

MEANING_WEIGHT = 0.6  # of a way of asking; the rest is words
_KEPT = 4  # versions of card vectors
_FLOOR = 0.80  # cosine of two unrelated questions in this model; what is above counts
_SECOND = 0.45  # weight of the second-best way of asking of a card
# Weights of the four views, in standard deviations over all cards, measured by leaving out each way of asking in turn
# (docs/decisions.md): nearest ways of asking, their middle, words of the whole card, meaning of its answer.
_CENTRE, _COVERED, _ANSWER = 0.6, 0.5, 0.7
_USED, _UNUSED = 0.5, 0.5  # for each fact of the question that the card uses, and for each that it leaves aside


@dataclass(frozen=True, slots=True)
class Match:
    """A card for a question. `score` orders. What speaks for it, 0 to 1: `near` (its nearest ways of asking), `centre` and `answer`
    (cosines with the middle of its ways of asking and with its answer; 0 when not known), `covered` (share of the question's rare
    words that stand anywhere in it).
    """

    card: Card
    score: float
    near: float
    centre: float
    answer: float
    covered: float


class CardIndex:
    """All cards by their ways of asking and their answers. Without an embedder words alone decide. Thread-safe."""

    def __init__(self, cards: Sequence[Card], embedder: Embedder | None = None, folder: Path | None = None) -> None:
        self._cards = tuple(cards)
        pairs = [(n, bare(ask)) for n, card in enumerate(self._cards) for ask in card.asks]
        self._card_of = np.array([n for n, _ in pairs], dtype=np.intp)
        self._words = _Words(pairs, [prose(card) for card in self._cards])
        self._uses = [uses(card) for card in self._cards]
        self._embedder = embedder if pairs else None
        if self._embedder is not None:
            vectors, answers = _vectors(
                [ask for _, ask in pairs], [prose(c) for c in self._cards], self._embedder, folder
            )
            self._vectors, self._answers = vectors, answers
            centres = np.zeros((len(self._cards), vectors.shape[1]), dtype=np.float32)
            np.add.at(centres, self._card_of, vectors)
            self._centres = centres / np.linalg.norm(centres, axis=1, keepdims=True)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards, in order."""
        return self._cards

    def match(self, question: str, on: date, k: int = 5, facts: Facts | None = None) -> list[Match]:
        """The `k` cards in force on `on` nearest to `question` (marks restored, shorthand written out), best first.

        `facts` of the question speak for cards that use them: who names an income wants an amount.
        """
        if not self._cards:
            return []
        text = bare(question)
        words, covered = self._words.compare(text)
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
        score = score + np.array([fit(used, facts) for used in self._uses])
        found: list[Match] = []
        for n in np.argsort(-score, kind="stable").tolist():
            if self._cards[n].holds(on):
                values = (float(column[n]) for column in (score, near, centre, answer, covered))
                found.append(Match(self._cards[n], *values))
            if len(found) == k:
                break
        return found

    def _nearest(self, similarity: NDArray[np.float64]) -> NDArray[np.float64]:
        """The similarity of each card: its best way of asking, and its second best."""
        order = np.lexsort((-similarity, self._card_of))
        starts = np.searchsorted(self._card_of[order], np.arange(len(self._cards)))
        best = similarity[order[starts]]
        after = np.minimum(starts + 1, len(order) - 1)
        alone = self._card_of[order[after]] != np.arange(len(self._cards))
        second = np.where(alone, 0.8 * best, similarity[order[after]])
        near: NDArray[np.float64] = (1 - _SECOND) * best + _SECOND * second
        return near

    def _embed(self, text: str) -> NDArray[np.float32] | None:
        if self._embedder is None or not text:
            return None
        try:
            return self._embedder.embed_query(text)
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
        self._postings = [np.array(p, dtype=np.intp) for p in postings]

    def compare(self, text: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(cosine of rare words with each way of asking, share of the rare words of `text` that each card has)."""
        total = np.zeros(len(self._weight))
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
        words: NDArray[np.float64] = total / np.maximum(self._weight * max(norm, 1e-9) ** 0.5, 1e-9)
        return words, covered / max(whole, 1e-9)


def prose(card: Card) -> str:
    """The words of a card's answer without its template."""
    return " ".join(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", card.answer).split())


def uses(card: Card) -> frozenset[str]:
    """The facts that change what `card` says, read from its template."""
    text = f"{card.answer} {card.change}"
    found = {name for name in names() if re.search(rf"\bfacts\.{name}\b", text)} | {_NEED_FACTS[n] for n in card.needs}
    if "facts.group" in text:
        found.add("groups")
    for calculator, given in _CALLS.items():
        for call in re.finditer(rf"\b{calculator}\(([^()]*)\)", text):
            found |= {fact for parameter, fact in given.items() if f"{parameter}=" not in call[1]}
    return frozenset(found)


def fit(used: frozenset[str], facts: Facts | None) -> float:
    """How well a card that uses `used` fits a person who said `facts`."""
    if facts is None:
        return 0.0
    said = {name for name in _TELLING if getattr(facts, name) not in (None, frozenset())}
    return _USED * len(said & used) - _UNUSED * len(said - used)


# A fact that somebody gives because the answer hangs on it. Age, sex and place are often only by the way.
_TELLING = ("income", "payment", "wished_pension", "months_paid", "years_planned", "missing_months", "stopped_months", "started_year",
            "born_year", "method", "children", "pension_months", "months_before_2014", "groups", "province")  # fmt: skip
_NEED_FACTS = {"sex": "sex", "income": "income", "group": "groups", "months": "months_paid", "born": "born_year",
               "wished_pension": "wished_pension", "payment": "payment"}  # fmt: skip
_CALLS = {
    "contribution": {"income": "income", "group": "groups"},
    "pension": {"months": "months_paid", "average_income": "income"},
    "retirement": {"born_year": "born_year"},
    "withdrawal": {"months_before_2014": "months_before_2014", "average_income": "income"},
    "survivors": {"months_before_2014": "months_before_2014", "average_income": "income"},
    "survivors_of_pensioner": {"months_drawn": "pension_months"},
    "maternity": {"children": "children"},
    "income_for_pension": {"wished": "wished_pension"},
    "years_for_pension": {"wished": "wished_pension", "average_income": "income"},
    "income_from_payment": {"payment": "payment"},
}


def bare(text: str) -> str:
    """`text` as it is compared: shorthand written out, numbers and amounts left out, small letters."""
    return " ".join(without_facts(write_out(text)).lower().split())


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`values` less their mean, in standard deviations."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)


def _scaled(cosine: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = np.clip((cosine - _FLOOR) / (1 - _FLOOR), 0.0, 1.0)
    return scaled


def _vectors(
    asks: list[str], answers: list[str], embedder: Embedder, folder: Path | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors of ways of asking (as questions) and of answers (as passages), kept in `folder` between starts."""
    name = hashlib.sha256("\n".join([embedder.fingerprint, *asks, "", *answers]).encode()).hexdigest()[:24]
    kept = folder / f"cards-{name}.npy" if folder is not None else None
    size = len(asks) + len(answers)
    if kept is not None and kept.is_file():
        try:
            loaded: NDArray[np.float32] = np.load(kept, allow_pickle=False)
            if loaded.shape == (size, embedder.dimension):
                return loaded[: len(asks)], loaded[len(asks) :]
        except (OSError, ValueError):
            log.warning("kept card vectors cannot be read; they are made again")
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # one text a core
        questions = np.stack(list(pool.map(embedder.embed_query, asks)))
    made = np.concatenate([questions, embedder.embed_documents(answers)]).astype(np.float32)
    if kept is not None:
        _keep(made, kept)
    return made[: len(asks)], made[len(asks) :]


def _keep(vectors: NDArray[np.float32], path: Path) -> None:
    """Writes aside and renames: two processes may start at once."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            np.save(file, vectors)
        Path(file.name).replace(path)
        # Other versions of the cards may be in use beside this one; the oldest are not.
        for old in sorted(path.parent.glob("cards-*.npy"), key=lambda f: f.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("card vectors cannot be kept: %s", type(error).__name__)
