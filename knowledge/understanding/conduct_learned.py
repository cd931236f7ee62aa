"""What kind of message it is, learned from examples: the rules of conduct know phrases, this knows what they are like.

One multinomial logistic regression over the vector of a message and its rare words, trained on `data/conduct_examples.yaml` against the
ways of asking of the cards that answer. Training is deterministic and takes seconds; its weights are kept between starts.
"""

from __future__ import annotations

import logging
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from knowledge.lexical import terms
from knowledge.vietnamese import nfc
from knowledge.yaml_files import load_yaml

Floats = NDArray[np.float64]

# Below the first a message is held back, below the second when nothing answers it; above the third a rule that has words of honest
# questions too, or a card that hands over, is mistaken.
SURELY_NOT, HARDLY, SURELY = 0.12, 0.4, 0.98
MAY_BE_MISTAKEN = frozenset(["complaint"])
ORDINARY = "honest"  # the label of a question that is to be answered
# Measured with each eighth of the ways of asking left out in turn (docs/decisions.md); flat around these values.
_MEANING, _WORDS, _SOFTNESS = 12.0, 5.0, 30.0
_STEPS, _MEMORY, _ENOUGH = 120, 10, 2e-4
log = logging.getLogger("knowledge.understanding")


@dataclass(frozen=True, slots=True)
class Likely:
    """The likeliest label that is not ordinary, and how sure it is that the message is an `ordinary` question, 0 to 1."""

    label: str
    ordinary: float


@lru_cache(maxsize=1)
def examples() -> tuple[tuple[str, str], ...]:
    """(label, message) of the package."""
    text = resources.files("knowledge.understanding").joinpath("data/conduct_examples.yaml").read_text(encoding="utf-8")
    return tuple((str(label), nfc(str(said)).strip()) for label, all_ in load_yaml(text).items() for said in all_)


class Learned:
    """A trained classifier. Thread-safe."""

    version = "1"  # raise it when the same texts teach something else

    def __init__(self, labels: Sequence[str], rarity: dict[str, float], middle: Floats, weights: Floats) -> None:
        self.labels = tuple(labels)
        self._rarity, self._middle, self._weights = rarity, middle, weights
        self._unknown = max(rarity.values(), default=1.0)
        self._numbers = {term: len(middle) + i for i, term in enumerate(rarity)}
        self._ordinary = self.labels.index(ORDINARY)

    def judge(self, text: str, vector: NDArray[np.float32]) -> Likely:
        """What `text` is like; `vector` is its vector as a question."""
        total = self._weights[-1] + _MEANING * (vector - self._middle) @ self._weights[: len(self._middle)]
        found = _weighed(text, self._rarity, self._unknown)
        for term, weight in found.items():
            if (row := self._numbers.get(term)) is not None:
                total = total + _WORDS * weight * self._weights[row]
        shares = np.exp(total - total.max())
        shares /= shares.sum()
        ordinary = float(shares[self._ordinary])
        shares[self._ordinary] = 0
        return Likely(self.labels[int(shares.argmax())], ordinary)

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[str], vectors: NDArray[np.float32]) -> Learned:
        """Learns from `texts` with their `labels` and `vectors`."""
        names = sorted(set(labels))
        rows = [dict.fromkeys(terms(text)) for text in texts]
        counts = Counter(term for row in rows for term in row)
        rarity = {term: math.log((1 + len(texts)) / (1 + n)) + 1 for term, n in counts.items()}
        middle = vectors.mean(axis=0, dtype=np.float64)
        dense = _MEANING * (vectors - middle)
        numbers = {term: i for i, term in enumerate(rarity)}
        cells = [
            (at, numbers[term], _WORDS * weight)
            for at, text in enumerate(texts)
            for term, weight in _weighed(text, rarity, 1.0).items()
        ]
        sparse = _Sparse(cells, len(texts), len(numbers))
        wanted = np.zeros((len(texts), len(names)))
        wanted[np.arange(len(texts)), [names.index(label) for label in labels]] = 1.0
        size = dense.shape[1]
        shape = (size + len(numbers) + 1, len(names))

        def loss(flat: Floats) -> tuple[float, Floats]:
            w = flat.reshape(shape)
            z = dense @ w[:size] + sparse.times(w[size:-1]) + w[-1]
            z -= z.max(axis=1, keepdims=True)
            p = np.exp(z)
            p /= p.sum(axis=1, keepdims=True)
            off = (p - wanted) / len(texts)
            soft = 1 / (_SOFTNESS * len(texts))
            slope = np.vstack([dense.T @ off, sparse.transposed_times(off), off.sum(axis=0)[None]])
            slope[:-1] += soft * w[:-1]
            value = -float(np.log(np.maximum((p * wanted).sum(axis=1), 1e-300)).mean())
            return value + 0.5 * soft * float((w[:-1] ** 2).sum()), slope.ravel()

        weights = _least(loss, np.zeros(shape[0] * shape[1])).reshape(shape)
        return cls(names, rarity, middle, weights)

    def keep(self, path: Path, mark: str) -> None:
        """Writes the weights aside and renames; `mark` names what they were learned from."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
                np.savez(
                    file,
                    mark=np.array(mark),
                    labels=np.array(self.labels),
                    terms=np.array(list(self._rarity)),
                    rarity=np.array(list(self._rarity.values())),
                    middle=self._middle,
                    weights=self._weights.astype(np.float32),
                )
            Path(file.name).replace(path)
        except OSError as error:
            log.warning("learned conduct cannot be kept: %s", type(error).__name__)

    @classmethod
    def kept(cls, path: Path, mark: str) -> Learned | None:
        """The weights kept in `path`; None when they were learned from something else or cannot be read."""
        if not path.is_file():
            return None
        try:
            with np.load(path, allow_pickle=False) as file:
                if str(file["mark"]) != mark:
                    return None
                rarity = dict(zip(file["terms"].tolist(), file["rarity"].tolist(), strict=True))
                return cls(file["labels"].tolist(), rarity, file["middle"], file["weights"].astype(np.float64))
        except (OSError, ValueError, KeyError, BadZipFile):
            log.warning("learned conduct cannot be read; it is learned again")
            return None


def _weighed(text: str, rarity: dict[str, float], unknown: float) -> dict[str, float]:
    """The terms of `text` with their weights, a row of length 1."""
    row = {term: rarity.get(term, unknown) for term in terms(text)}
    norm = math.sqrt(sum(weight**2 for weight in row.values())) or 1.0
    return {term: weight / norm for term, weight in row.items()}


class _Sparse:
    """A sparse matrix as sorted cells, both ways round."""

    def __init__(self, cells: Sequence[tuple[int, int, float]], rows: int, columns: int) -> None:
        self._rows, self._columns = rows, columns
        self._at = np.array([c[0] for c in cells], dtype=np.intp)
        self._to = np.array([c[1] for c in cells], dtype=np.intp)
        self._values = np.array([c[2] for c in cells])[:, None]
        self._by_column = np.argsort(self._to, kind="stable")

    def times(self, w: Floats) -> Floats:
        """This matrix times `w`."""
        return _sums(w[self._to] * self._values, self._at, self._rows)

    def transposed_times(self, off: Floats) -> Floats:
        """This matrix turned over, times `off`."""
        order = self._by_column
        return _sums(off[self._at[order]] * self._values[order], self._to[order], self._columns)


def _sums(parts: Floats, keys: NDArray[np.intp], size: int) -> Floats:
    """The sum of `parts` for each of `size` keys; `keys` ascend."""
    total = np.zeros((size, parts.shape[1]))
    if len(keys):
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        total[keys[starts]] = np.add.reduceat(parts, starts, axis=0)
    return total


def _least(loss: Callable[[Floats], tuple[float, Floats]], w: Floats) -> Floats:
    """Where `loss` (convex; gives its value and slope) is least, by L-BFGS."""
    value, slope = loss(w)
    past: list[tuple[Floats, Floats, float]] = []
    for _ in range(_STEPS):
        if float(np.abs(slope).max()) < _ENOUGH:
            break
        way, kept = -slope, []
        for step, turn, curve in reversed(past):
            share = float(step @ way) / curve
            kept.append(share)
            way = way - share * turn
        if past:
            step, turn, curve = past[-1]
            way = way * (curve / float(turn @ turn))
        for (step, turn, curve), share in zip(past, reversed(kept), strict=True):
            way = way + (share - float(turn @ way) / curve) * step
        down, length = float(slope @ way), 1.0 if past else 1.0 / max(1.0, float(np.abs(slope).sum()))
        while True:
            there = w + length * way
            new_value, new_slope = loss(there)
            if new_value <= value + 1e-4 * length * down or length < 1e-8:
                break
            length /= 2
        step, turn = there - w, new_slope - slope
        if (curve := float(step @ turn)) > 1e-12:
            past = [*past[1 - _MEMORY :], (step, turn, curve)]
        w, value, slope = there, new_value, new_slope
    return w
