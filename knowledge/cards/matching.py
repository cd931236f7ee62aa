"""Which card does a question ask for? Each card's ways of asking are compared with the question, by words and by meaning.

Both sides lose their numbers first: "tôi 52 tuổi đóng 8 năm" and "tôi 47 tuổi đóng 11 năm" ask the same thing of different people.
Question and ways of asking are texts of one kind, so both are embedded as questions.
"""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
from collections.abc import Sequence
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

MEANING_WEIGHT = 0.6
_FLOOR = 0.80  # cosine of two unrelated questions in this model; what is above counts
_SECOND = 0.15  # weight of the second-best way of asking of a card
_USED, _UNUSED = 0.05, 0.05  # for each fact of the question that the card uses, and for each that it leaves aside


@dataclass(frozen=True, slots=True)
class Match:
    """A card for a question. `score`: 0 (nothing in common) to 1 (the same question); `words` and `meaning` are its parts."""

    card: Card
    score: float
    words: float
    meaning: float
    ask: str


class CardIndex:
    """All cards by their ways of asking. Without an embedder words alone decide. Thread-safe."""

    def __init__(self, cards: Sequence[Card], embedder: Embedder | None = None, folder: Path | None = None) -> None:
        self._cards = tuple(cards)
        pairs = [(n, ask) for n, card in enumerate(self._cards) for ask in card.asks]
        self._asks = [ask for _, ask in pairs]
        self._card_of = np.array([n for n, _ in pairs], dtype=np.intp)
        texts = [bare(ask) for ask in self._asks]
        self._terms: dict[str, int] = {}
        rows = [[self._terms.setdefault(t, len(self._terms)) for t in dict.fromkeys(terms(text))] for text in texts]
        count = np.zeros(len(self._terms))
        # How many cards, not how many ways of asking: a word that one card repeats is still rare.
        for number in range(len(self._cards)):
            mine = {t for row, of in zip(rows, self._card_of, strict=True) if of == number for t in row}
            count[list(mine)] += 1
        self._rarity = np.log(1 + len(self._cards) / (0.5 + count)) if len(count) else count
        self._unknown = float(np.log(1 + 2 * max(1, len(self._cards))))
        self._postings: list[list[int]] = [[] for _ in self._terms]
        self._weight = np.zeros(len(rows))
        for at, row in enumerate(rows):
            for term in row:
                self._postings[term].append(at)
            self._weight[at] = sum(self._rarity[t] ** 2 for t in row) ** 0.5
        self._lists = [np.array(p, dtype=np.intp) for p in self._postings]
        self._uses = [uses(card) for card in self._cards]
        self._embedder = embedder
        self._vectors = _vectors(texts, embedder, folder) if embedder is not None and texts else None

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards, in order."""
        return self._cards

    def match(self, question: str, on: date, k: int = 5, facts: Facts | None = None) -> list[Match]:
        """The `k` cards in force on `on` nearest to `question` (marks restored, shorthand written out), best first.

        `facts` of the question speak for cards that use them: who names an income wants an amount.
        """
        if not self._asks:
            return []
        text = bare(question)
        words = self._words(text)
        meaning = self._meaning(text)
        score = words if meaning is None else MEANING_WEIGHT * _scaled(meaning) + (1 - MEANING_WEIGHT) * words
        found: list[Match] = []
        order = np.argsort(-score, kind="stable")[: 12 * k]
        best: dict[int, list[int]] = {}
        for at in order.tolist():
            best.setdefault(int(self._card_of[at]), []).append(at)
        for number, ats in best.items():
            card = self._cards[number]
            if not card.holds(on):
                continue
            first = float(score[ats[0]])
            second = float(score[ats[1]]) if len(ats) > 1 else first * 0.8
            total = (1 - _SECOND) * first + _SECOND * second
            total += fit(self._uses[number], facts)
            cosine = 0.0 if meaning is None else float(meaning[ats[0]])
            found.append(Match(card, total, float(words[ats[0]]), cosine, self._asks[ats[0]]))
        found.sort(key=lambda m: -m.score)
        return found[:k]

    def _words(self, text: str) -> NDArray[np.float64]:
        """Cosine of the rare words and pairs of `text` with each way of asking, 0 to 1."""
        total = np.zeros(len(self._asks))
        norm = 0.0
        for term in dict.fromkeys(terms(text)):
            number = self._terms.get(term)
            if number is None:
                norm += (0.3 * self._unknown) ** 2 if "_" in term else self._unknown**2 * 0.5
                continue
            rarity = float(self._rarity[number])
            norm += rarity**2
            total[self._lists[number]] += rarity**2
        result: NDArray[np.float64] = total / np.maximum(self._weight * max(norm, 1e-9) ** 0.5, 1e-9)
        return result

    def _meaning(self, text: str) -> NDArray[np.float64] | None:
        if self._embedder is None or self._vectors is None or not text:
            return None
        try:
            return np.asarray(self._vectors @ self._embedder.embed_query(text), dtype=np.float64)
        except Exception:  # words go on when the model cannot
            log.exception("embedding a question failed; words alone choose the card")
            return None


def uses(card: Card) -> frozenset[str]:
    """The facts that change what `card` says, read from its template."""
    text = f"{card.answer} {card.change}"
    found = {name for name in names() if re.search(rf"\bfacts\.{name}\b", text)} | {
        _NEED_FACTS[n] for n in card.needs
    }
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


def _scaled(cosine: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = np.clip((cosine - _FLOOR) / (1 - _FLOOR), 0.0, 1.0)
    return scaled


def _vectors(texts: list[str], embedder: Embedder, folder: Path | None) -> NDArray[np.float32]:
    """One vector a text, kept in `folder` between starts."""
    name = hashlib.sha256("\n".join([embedder.fingerprint, *texts]).encode()).hexdigest()[:24]
    kept = folder / f"cards-{name}.npy" if folder is not None else None
    if kept is not None and kept.is_file():
        try:
            loaded: NDArray[np.float32] = np.load(kept, allow_pickle=False)
            if loaded.shape == (len(texts), embedder.dimension):
                return loaded
        except (OSError, ValueError):
            log.warning("kept card vectors cannot be read; they are made again")
    made = np.stack([embedder.embed_query(text) for text in texts]).astype(np.float32)
    if kept is not None:
        _keep(made, kept)
    return made


def _keep(vectors: NDArray[np.float32], path: Path) -> None:
    """Writes aside and renames: two processes may start at once."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            np.save(file, vectors)
        Path(file.name).replace(path)
        for old in path.parent.glob("cards-*.npy"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("card vectors cannot be kept: %s", type(error).__name__)
