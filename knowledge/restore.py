"""Puts missing Vietnamese marks back: `toi muon dong bao hiem` → `tôi muốn đóng bảo hiểm`.

A bigram model over syllables, counted from the corpus itself and a list of everyday phrases, finds the likeliest marked
form of each syllable (Viterbi). Typed marks are never removed: `bao hiểm` may become `bảo hiểm`, `đông` never `đóng`
unless the corpus does not know the typed form. Syllables the corpus has never seen stay as typed.

Trap: whether marks are missing cannot be told from the message alone ("cho em hai ba" is complete), so the message is
restored first and compared afterwards.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.vietnamese import fold, marked_share, nfc, syllables

_PIECE = re.compile(r"[^\W\d_]+|[^\w]+|[\w]+", re.UNICODE)
_BITS = 20  # vocabulary ids fit in 20 bits, so that a pair is one int64
_EVERYDAY_WEIGHT = 30  # a phrase people really type outweighs a rare legal homograph ("tội", "tới" for "toi")
_ASKED_WEIGHT = 3  # ways of asking are many and real, but written for one subject
_TYPED_WITH_MARKS = 0.45  # share of marked syllables of a text that is no chat without marks
_AT_ONCE = 1_000  # texts counted in one step: few steps, little memory
_LISTED = re.compile(r" {4}- ([^{}]+)")  # a line of a list in a file of cards, no template
_MAX_CANDIDATES = 24


@lru_cache(maxsize=1)
def everyday_phrases() -> tuple[str, ...]:
    """The phrases of `data/everyday_phrases.txt`."""
    text = resources.files("knowledge").joinpath("data/everyday_phrases.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=1)
def ways_of_asking() -> tuple[str, ...]:
    """What the cards that come along are asked for, as far as it is typed with its marks: how citizens write."""
    files = sorted(resources.files("knowledge.cards").joinpath("data").iterdir(), key=lambda file: file.name)
    lines = (line for file in files if file.name.endswith(".yaml") for line in file.read_text("utf-8").splitlines())
    found = (match[1].strip("\"'") for line in lines if (match := _LISTED.fullmatch(line)))
    return tuple(text for text in found if marked_share(text) >= _TYPED_WITH_MARKS)


@lru_cache(maxsize=1)
def taught() -> str:
    """A short name for all that is learnt beside the corpus; another one whenever that changes."""
    return hashlib.sha256("\n".join([*everyday_phrases(), *ways_of_asking()]).encode()).hexdigest()[:8]


@lru_cache(maxsize=65536)
def _fold(syllable: str) -> str:
    return fold(syllable)


def _could_be(typed: str, candidate: str) -> bool:
    """True when `candidate` has every mark of `typed` (both NFC, equal without marks)."""
    if len(typed) != len(candidate):
        return False
    for a, b in zip(typed, candidate, strict=True):
        if a == b:
            continue
        if a == "đ" and b != "đ":
            return False
        marks_a = set(unicodedata.normalize("NFD", a)[1:])
        marks_b = set(unicodedata.normalize("NFD", b)[1:])
        if not marks_a <= marks_b:
            return False
    return True


class MarksRestorer:
    """Bigram model; `restore` is safe to call from several threads."""

    def __init__(
        self, words: list[str], unigrams: NDArray[np.int64], pairs: NDArray[np.int64], counts: NDArray[np.int64]
    ):
        self._words = words
        self._ids = {w: i for i, w in enumerate(words)}
        self._unigrams = unigrams
        self._total = float(unigrams.sum()) + 1.0
        self._pairs = pairs
        self._counts = counts
        self._candidates: dict[str, list[int]] = {}
        for i, word in enumerate(words):
            self._candidates.setdefault(_fold(word), []).append(i)
        for folded, found in self._candidates.items():
            if len(found) > _MAX_CANDIDATES:
                self._candidates[folded] = sorted(found, key=lambda i: -unigrams[i])[:_MAX_CANDIDATES]

    @classmethod
    def train(cls, texts: Iterable[str]) -> MarksRestorer:
        """Counts syllables and pairs of `texts` (NFC, any case) and of the everyday phrases."""
        unigrams, pairs = _counted(texts)
        for beside, weight in ((everyday_phrases(), _EVERYDAY_WEIGHT), (ways_of_asking(), _ASKED_WEIGHT)):
            more, more_pairs = _counted(beside)
            for word, times in more.items():
                unigrams[word] += times * weight
            for pair, times in more_pairs.items():
                pairs[pair] += times * weight
        words = sorted(unigrams)
        ids = {w: i for i, w in enumerate(words)}
        if len(words) >= 1 << _BITS:
            raise ValueError(f"{len(words)} different syllables: more than a pair of ids can hold")
        keys = np.fromiter(((ids[a] << _BITS) | ids[b] for a, b in pairs), dtype=np.int64, count=len(pairs))
        values = np.fromiter(pairs.values(), dtype=np.int64, count=len(pairs))
        order = np.argsort(keys)
        return cls(words, np.array([unigrams[w] for w in words], dtype=np.int64), keys[order], values[order])

    def save(self, folder: Path) -> None:
        """Writes the model into `folder` (two files)."""
        np.savez(folder / "marks.npz", unigrams=self._unigrams, pairs=self._pairs, counts=self._counts)
        (folder / "marks.json").write_text(json.dumps(self._words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> MarksRestorer:
        """Reads what `save` wrote."""
        with np.load(folder / "marks.npz", allow_pickle=False) as z:
            unigrams, pairs, counts = z["unigrams"], z["pairs"], z["counts"]
        return cls(json.loads((folder / "marks.json").read_text(encoding="utf-8")), unigrams, pairs, counts)

    def knows(self, syllable: str) -> bool:
        """True when the corpus has this syllable in any marking."""
        return _fold(syllable) in self._candidates

    def known_share(self, text: str) -> float:
        """Share of the alphabetic syllables of `text` that the corpus has in any marking; 0.0 for none."""
        words = [w for w in syllables(text) if w[0].isalpha()]
        return sum(self.knows(w) for w in words) / len(words) if words else 0.0

    def restore(self, text: str) -> str:
        """`text` with the likeliest marks on syllables that lack them; punctuation, digits and case stay."""
        pieces = _PIECE.findall(nfc(text))
        word_at = [i for i, p in enumerate(pieces) if p[0].isalpha()]
        if not word_at:
            return nfc(text)
        options = [self._options(pieces[i].lower()) for i in word_at]
        chosen = self._viterbi(options)
        typed = [pieces[i].lower() for i in word_at]
        if _complete(typed, chosen):
            # Marks were typed; only syllables that nobody writes so are mended ("bao hiễm" stays as typed).
            chosen = [c if t not in self._ids else t for c, t in zip(chosen, typed, strict=True)]
        if _typed_with_marks(typed):
            # "Tôi nam" is no slip for "tôi năm", whether or not the corpus knows the word.
            chosen = [t if _fold(t) == t and stands_unmarked(t) else c for c, t in zip(chosen, typed, strict=True)]
        for i, word in zip(word_at, chosen, strict=True):
            # Numbers are no part of the model: behind one in thousands "dong" is the currency, not to pay.
            counted = i > 1 and pieces[i].lower() == "dong" and pieces[i - 2] == "000" and pieces[i - 1].isspace()
            pieces[i] = _with_case(pieces[i], "đồng" if counted else word)
        return "".join(pieces)

    def _options(self, typed: str) -> list[str]:
        found = [self._words[i] for i in self._candidates.get(_fold(typed), ())]
        fitting = [w for w in found if _could_be(typed, w)]
        if typed in self._ids and _fold(typed) != typed:
            return [typed]
        return fitting or [typed]

    def _viterbi(self, options: list[list[str]]) -> list[str]:
        previous = self._numbers(options[0])
        score = self._unigram_log(previous)
        back: list[NDArray[np.intp]] = []
        for current_options in options[1:]:
            current = self._numbers(current_options)
            step = self._pair_log(previous, current) + score[:, None]
            back.append(step.argmax(axis=0))
            score = step.max(axis=0)
            previous = current
        at = int(score.argmax())
        path = [at]
        for pointers in reversed(back):
            at = int(pointers[at])
            path.append(at)
        path.reverse()
        return [o[i] for o, i in zip(options, path, strict=True)]

    def _numbers(self, words: list[str]) -> NDArray[np.int64]:
        return np.array([self._ids.get(w, -1) for w in words], dtype=np.int64)

    def _unigram_share(self, ids: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.where(ids >= 0, self._unigrams[np.maximum(ids, 0)] + 0.001, 0.001) / self._total

    def _unigram_log(self, ids: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(np.log(self._unigram_share(ids)))

    def _pair_log(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
        keys = (np.maximum(left, 0)[:, None] << _BITS) | np.maximum(right, 0)[None, :]
        at = np.searchsorted(self._pairs, keys)
        at_safe = np.minimum(at, len(self._pairs) - 1)
        hit = (self._pairs[at_safe] == keys) & (left >= 0)[:, None] & (right >= 0)[None, :]
        counts = np.where(hit, self._counts[at_safe], 0)
        context = np.where(left >= 0, self._unigrams[np.maximum(left, 0)], 1)[:, None]
        return np.asarray(np.log(0.8 * counts / np.maximum(context, 1) + 0.2 * self._unigram_share(right)[None, :]))


def _counted(texts: Iterable[str]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """How often each syllable and each pair of neighbours stands in `texts`."""
    unigrams: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    begins_with_letter, left = _BeginsWithLetter(), iter(texts)
    while batch := [
        list(filter(begins_with_letter.__getitem__, syllables(text))) for text in itertools.islice(left, _AT_ONCE)
    ]:
        unigrams.update(itertools.chain.from_iterable(batch))
        pairs.update(itertools.chain.from_iterable(map(itertools.pairwise, batch)))
    return unigrams, pairs


class _BeginsWithLetter(dict[str, bool]):
    """Whether a token is a syllable and no number; each is looked at once."""

    def __missing__(self, token: str) -> bool:
        self[token] = token[0].isalpha()
        return self[token]


def _complete(typed: list[str], restored: list[str]) -> bool:
    """True when most syllables that should carry marks were typed with them."""
    should = [(t, r) for t, r in zip(typed, restored, strict=True) if _fold(r) != r]
    if not should:
        return True
    return sum(_fold(t) != t for t, _ in should) / len(should) >= 0.6


# Rimes that Vietnamese writes without any mark in the level tone. Those with c, ch, p or t at the end always carry a tone.
_UNMARKED_RIMES = re.compile(
    r"a(?:[imouy]|n[gh]?)?|e(?:[mo]|ng?)?|i(?:[amu]|n[gh]?)?|o(?:[im]|n[g]?|ong|a(?:[imoy]|n[gh]?)?|e[no]?)?"
    r"|u(?:[aimo]|n[g]?|a(?:[io]|n[g]?)|y(?:[anu]|nh)?)?|y(?:[am]|n[h]?)?"
)
_ONSET = re.compile(r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?")
_MARKED_SHARE = 0.55  # of the syllables of a text that was typed with its marks; half-typed ones have fewer


def stands_unmarked(syllable: str) -> bool:
    """True when the plain `syllable` can be a word as it is: "nam", "sau"; not "duoc", "huu", "tuoi"."""
    onset = _ONSET.match(syllable)
    at = onset.end() if onset else 0
    rimes = [syllable[at:], *([syllable[1:]] if syllable.startswith("gi") else [])]
    return any(_UNMARKED_RIMES.fullmatch(rime) is not None for rime in rimes)


def _typed_with_marks(typed: list[str]) -> bool:
    """True when the text was typed with its marks: some are there, and no syllable stands that cannot do without."""
    marked = sum(_fold(t) != t for t in typed)
    return marked >= _MARKED_SHARE * len(typed) and all(
        _fold(t) != t or stands_unmarked(t) or len(t) == 1 for t in typed
    )


def _with_case(typed: str, word: str) -> str:
    if len(typed) == len(word):
        return "".join(b.upper() if a.isupper() else b for a, b in zip(typed, word, strict=True))
    return word.upper() if typed.isupper() and len(typed) > 1 else word
