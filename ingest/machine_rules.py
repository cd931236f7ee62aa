"""The rules of `data/machine_instructions.yaml`: patterns of words, how they are written down and how they are found in a text.

Words are looked up in sets, so a text in which nothing can be found costs little, and a hostile one no more than an honest one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

from ingest.disguise import Disguises, starts_of, words_of
from ingest.syllables import is_syllable
from knowledge.vietnamese import fold, same_tone_placement
from knowledge.yaml_files import load_yaml

_GAP = re.compile(r"^…(\d*)$")
_MARKED_SHARE = 0.25
_FEW, _SHORT = 2, 40  # groups of words; words of a sentence


@dataclass(frozen=True, slots=True)
class Word:
    """One place of a pattern: alternatives by their first word, each with what follows it as (marked, bare) words."""

    firsts: dict[str, list[tuple[tuple[str, str], ...]]]
    bare: dict[str, list[tuple[tuple[str, str], ...]]]
    optional: bool = False
    gap: int = -1  # a gap of at most so many words; -1 is no gap


@dataclass(frozen=True, slots=True)
class Pattern:
    words: tuple[Word, ...]
    at_start: bool
    needs: int  # bits of `Rules.bits` that a text must have

    def found(self, read: Read) -> bool:
        """Whether the words stand in this order."""
        text, marked = read.words, read.marked
        first = self.words[0].firsts if marked else self.words[0].bare
        places = {n for n, word in enumerate(text) if word in first}
        if self.at_start:
            places = set(read.starts) if self.words[0].optional else places & read.starts
        elif self.words[0].optional:
            places = set(range(len(text)))
        for word in self.words:
            if word.gap >= 0:
                places = {p + n for p in places for n in range(word.gap + 1) if p + n < len(text)}
                continue
            after = {end for place in places for end in _ends(word, text, place, marked=marked)}
            places = after | places if word.optional else after
            if not places:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    weight: int
    asks: bool
    foreign: bool
    veiled: bool
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Bits:
    """Which places of patterns a word, or a pair of words, may fill: a bit for each place."""

    ones: dict[str, int]
    pairs: dict[str, dict[str, int]]

    def add(self, words: Sequence[str], bit: int) -> None:
        """Notes that `words` (one, or the first two) may fill the place `bit`."""
        known = self.ones if len(words) == 1 else self.pairs.setdefault(words[0], {})
        known[words[-1]] = known.get(words[-1], 0) | bit


@dataclass(frozen=True, slots=True)
class Rules:
    """The data file, ready for use.

    `bits` are for texts without and with marks.
    """

    signals: tuple[Signal, ...]
    asking: tuple[tuple[int, Pattern], ...]
    strong: tuple[re.Pattern[str], ...]
    weak: tuple[re.Pattern[str], ...]
    outside: re.Pattern[str]
    quick: tuple[str, ...]
    phrases: re.Pattern[str]
    english: frozenset[str]
    disguises: Disguises
    bits: tuple[Bits, Bits]
    themes: int
    moods: tuple[tuple[int, int], ...]

    def read(self, text: str) -> Read:
        """The words of `text`, ready to be looked through."""
        own = words_of(self.shaped(text))
        bare = [_bare(w) for w in own]
        marked = sum(map(str.__ne__, own, bare)) >= _MARKED_SHARE * len(own)
        words, known = own if marked else bare, self.bits[marked]
        mask = 0
        for word in set(words):
            mask |= known.ones.get(word, 0)
        for first, second in itertools.pairwise(words):
            if (after := known.pairs.get(first)) is not None:
                mask |= after.get(second, 0)
        return Read(self, text, words, marked, mask)

    def shaped(self, text: str) -> str:
        """`text` in small letters and one spelling, set phrases as one word."""
        return self.phrases.sub(lambda m: m[0].replace(" ", ""), same_tone_placement(text.lower()))

    @property
    def plainly_english(self) -> frozenset[str]:
        """Common English words that are no Vietnamese syllables."""
        return _plainly(self.english)

    def talks(self, read: Read, *, hidden: bool = False) -> bool:
        """Whether the short sentence `read` orders somebody about who is talking to people."""
        themes = (read.mask & self.themes).bit_count()
        if themes < _FEW or not (read.marked or hidden) or len(read.words) > _SHORT:
            return False
        moods = sum(weight for bit, weight in self.moods if read.mask & bit)
        return (
            (moods >= _FEW and (hidden or themes > _FEW)) or moods > _FEW or (hidden and moods >= 1 and themes > _FEW)
        )

    def may(self, text: str) -> bool:
        """A quick look: False for nearly all texts in which `instructions` would find nothing."""
        read = self.read(text)
        mask = read.mask
        if any([p.found(read) for needs, p in self.asking if needs & mask == needs]):  # noqa: C419  a list is faster
            return True
        if (mask & self.themes).bit_count() >= _FEW and sum(w for b, w in self.moods if mask & b) >= _FEW:
            return True
        low = text.lower()
        return any(sign in low for sign in self.quick) or self.disguises.may(text, frozenset(read.words))


class Read:
    """A text as patterns look at it."""

    def __init__(self, rules_of: Rules, text: str, words: list[str], marked: bool, mask: int) -> None:
        self._rules, self.text, self.words, self.marked, self.mask = rules_of, text, words, marked, mask

    @cached_property
    def starts(self) -> frozenset[int]:
        """Where a sentence or a part of one begins."""
        return starts_of(self._rules.shaped(self.text))


@lru_cache(maxsize=1)
def _plainly(words: frozenset[str]) -> frozenset[str]:
    return frozenset(w for w in words if not is_syllable(w))


@lru_cache(maxsize=1 << 14)
def _bare(word: str) -> str:
    return fold(word)


def _ends(word: Word, text: Sequence[str], place: int, *, marked: bool) -> Iterator[int]:
    if place >= len(text):
        return
    for rest in (word.firsts if marked else word.bare).get(text[place], ()):
        end = place + 1 + len(rest)
        if end <= len(text) and all(
            w == bare or (marked and w == own) for w, (own, bare) in zip(text[place + 1 : end], rest, strict=True)
        ):
            yield end


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules of the data file. Raises ValueError, KeyError for a file that breaks its own grammar."""
    raw: dict[str, Any] = load_yaml(
        resources.files("ingest").joinpath("data/machine_instructions.yaml").read_text(encoding="utf-8")
    )
    made = _Maker({str(name): [str(w) for w in group] for name, group in raw["words"].items()})
    signals = tuple(
        Signal(
            str(name), int(row["weight"]), bool(row.get("asks", True)), bool(row.get("foreign", False)), bool(row.get("veiled", False)),
            tuple(made.pattern(str(p)) for p in row["patterns"]),
            tuple(made.pattern(str(p)) for p in row.get("unless", ())),
        )
        for name, row in raw["signals"].items()
    )  # fmt: skip
    strong, weak = (tuple(re.compile(str(p), re.IGNORECASE) for p in raw["marks"][k]) for k in ("strong", "weak"))
    disguises = Disguises(
        {str(k): str(v) for k, v in raw["lookalikes"].items()},
        {same_tone_placement(str(k)): str(v).replace("_", " ") for k, v in raw["shorthand"].items()},
        _vocabulary(signals),
    )
    asking = tuple((p.needs, p) for s in signals if s.asks and not (s.foreign or s.veiled) for p in s.patterns)
    quick = tuple(str(sign) for sign in raw["marks"]["quick"])
    phrases = [same_tone_placement(str(p)) for p in raw["set"]]
    phrase = re.compile(r"(?<!\w)(?:" + "|".join(dict.fromkeys([*phrases, *map(fold, phrases)])) + r")(?!\w)")
    outside = re.compile(str(raw["marks"]["outside"]), re.IGNORECASE)
    themes = sum(made.group(map(str, words)) for words in raw["themes"].values())
    moods = tuple((made.group(map(str, words)), 2 if name == "order" else 1) for name, words in raw["moods"].items())
    return Rules(
        signals,
        asking,
        strong,
        weak,
        outside,
        quick,
        phrase,
        frozenset(map(str, raw["english"])),
        disguises,
        (made.bare, made.marked),
        themes,
        moods,
    )


def _vocabulary(signals: Sequence[Signal]) -> frozenset[str]:
    """All words of the patterns, without marks."""
    found: set[str] = set()
    for signal in signals:
        for pattern in signal.patterns:
            for word in pattern.words:
                for first, rests in word.bare.items():
                    found.add(first)
                    found.update(bare for rest in rests for _, bare in rest)
    return frozenset(found)


class _Maker:
    """Reads patterns and gives each place in them a bit."""

    def __init__(self, words: dict[str, list[str]]) -> None:
        self._words, self._places = words, 0
        self.bare, self.marked = Bits({}, {}), Bits({}, {})

    def pattern(self, text: str) -> Pattern:
        """The pattern that `text` writes down."""
        parts, needs = text.split(), 0
        at_start = parts[0] == "^"
        made: list[Word] = []
        for part in parts[at_start:]:
            if gap := _GAP.match(part):
                made.append(Word({}, {}, gap=int(gap[1] or 6)))
                continue
            optional = part.endswith("?")
            alternatives: list[str] = []
            for one in part.removesuffix("?").split("|"):
                alternatives += self._words[one[1:-1]] if one.startswith("{") else [one]
            bit = 0 if optional else 1 << self._places
            self._places += not optional
            needs |= bit
            made.append(self._word(alternatives, bit, optional=optional))
        return Pattern(tuple(made), at_start, needs)

    def group(self, alternatives: Iterable[str]) -> int:
        """The bit of a group of words."""
        bit = 1 << self._places
        self._places += 1
        self._word(list(alternatives), bit, optional=False)
        return bit

    def _word(self, alternatives: Sequence[str], bit: int, *, optional: bool) -> Word:
        word = Word({}, {}, optional)
        for one in alternatives:
            exact = one.startswith("=")
            pairs = [(w, fold(w)) for w in same_tone_placement(one.removeprefix("=").lower()).split("_")]
            if not all(own for own, _ in pairs):
                raise ValueError(one)
            rest = tuple(pairs[1:])
            firsts = list(dict.fromkeys([pairs[0][0]] if exact else pairs[0]))
            for first in firsts:
                word.firsts.setdefault(first, []).append(rest)
                for second in {*rest[0]} if rest else ("",):
                    self.marked.add([first, second] if second else [first], bit)
            word.bare.setdefault(pairs[0][1], []).append(rest)
            self.bare.add([b for _, b in pairs[:2]], bit)
        return word
