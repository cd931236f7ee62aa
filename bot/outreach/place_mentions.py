"""Where in a text names of places stand, with the word of address before each.

Traps: names overlap (`Tịnh Bình Sơn Tịnh` is Tịnh Bình in Sơn Tịnh, not Bình Sơn); a hamlet, a street or a person can be called
like a commune; `ba xa` without marks is also "bà xã", one's wife.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.outreach.place_index import phrases, place_words
from bot.outreach.place_names import Fit, Gazetteer, Level, Name, Word, words_of
from knowledge.vietnamese import fold

COMMUNE_KINDS = frozenset({"xã", "phường", "thị trấn", "đặc khu"})
_VOWELS = re.compile("[aeiouy]+")
LONGEST_TEXT = 80
"""Words that are read; an address has fewer."""
_LONGEST_PHRASE = 4
_HAMLET = 3  # words that the name of a hamlet or street has, at most


@dataclass(frozen=True, slots=True)
class Mention:
    """Names that words `start` to `end` can mean. `kind` is the word of address before, `below` whether a hamlet, street or person
    is named so."""

    start: int
    end: int
    names: tuple[Name, ...]
    fits: tuple[Fit, ...]  # of each name
    kind: str = ""
    below: bool = False
    marked: bool = False  # whether any Vietnamese mark was typed
    everyday: bool = False  # whether without marks it is ordinary words

    @property
    def fit(self) -> Fit:
        """How the best of its names goes with the typed marks."""
        return min(self.fits)

    @property
    def codes(self) -> frozenset[str]:
        """All units that it can stand for or lie in."""
        return frozenset().union(*(name.codes for name in self.names))

    def of(self, *levels: Level) -> tuple[Name, ...]:
        """Its names of these levels."""
        return tuple(name for name in self.names if name.level in levels)

    @property
    def one_syllable(self) -> bool:
        """Whether it is a name that is also a word or a person's name (`Hiếu`)."""
        return self.end - self.start == 1 and all(len(_VOWELS.findall(fold(name.text))) == 1 for name in self.names)

    @property
    def communes(self) -> tuple[Name, ...]:
        """Its names of units and of what became units."""
        return self.of(Level.UNIT, Level.OLD, Level.ONCE)

    @property
    def areas(self) -> tuple[Name, ...]:
        """Its names of what holds several communes."""
        return self.of(Level.DISTRICT, Level.WIDER, Level.PROVINCE)


@dataclass(frozen=True, slots=True)
class Text:
    """A text taken apart: what was named, how many words tell nothing, whether the person is in doubt."""

    words: tuple[Word, ...]
    mentions: tuple[Mention, ...]
    rest: tuple[int, ...]
    hedged: bool


@lru_cache(maxsize=1)
def _kinds() -> dict[tuple[str, ...], str]:
    return {phrase: kind for kind, typed in place_words()["kinds"].items() for phrase in phrases(typed)}


@lru_cache(maxsize=8)
def _phrases(part: str) -> frozenset[tuple[str, ...]]:
    return phrases(place_words()[part])


def read_text(text: str, names: Gazetteer) -> Text:
    """`text` taken apart."""
    words = words_of(text[: LONGEST_TEXT * 12])[:LONGEST_TEXT]
    mentions = _best(_windows(words, names))
    covered = {i for mention in mentions for i in range(mention.start, mention.end)}
    # "Ba Xa Ba Tơ": the word of address belongs to the name before.
    mentions = [replace(m, kind="") if m.kind and m.start - 1 in covered else m for m in mentions]
    hedged = _told(words, _phrases("hedge"), covered)
    filled = _told(words, _phrases("filler"), covered) | _addressed(words, covered) | hedged
    rest = [i for i, word in enumerate(words) if i not in covered | filled and not word.plain.isdigit()]
    alone = not rest and len(mentions) == 1
    kept = [m for m in mentions if m.kind or not m.one_syllable or (alone and m.fit is not Fit.OTHER)]
    rest += [i for m in mentions if m not in kept for i in range(m.start, m.end)]
    return Text(tuple(words), tuple(kept), tuple(sorted(rest)), bool(hedged))


def kind_before(words: list[Word], at: int) -> tuple[str, int]:
    """The word of address that ends at `at`, and where it begins."""
    if at < len(words) and words[at].apart:
        return "", at
    for size in range(min(_LONGEST_PHRASE, at), 0, -1):
        kind = _kinds().get(tuple(word.plain for word in words[at - size : at]))
        if kind:
            return kind, at - size
    return "", at


def _windows(words: list[Word], names: Gazetteer) -> list[Mention]:
    found = []
    for start in range(len(words)):
        kind, at = kind_before(words, start)
        for end in range(start + 1, min(len(words), start + names.longest) + 1):
            if any(word.apart for word in words[start + 1 : end]):
                break
            window = words[start:end]
            if _begins_address(words, end - 1) or (window[0].plain.isdigit() and not kind):
                continue
            if not (met := names.look_up(window)):
                continue
            marked = any(word.typed != word.plain for word in window)
            fits, meant = zip(*sorted(met, key=lambda m: (m[0], m[1].level)), strict=True)
            everyday = not marked and tuple(word.plain for word in window) in _phrases("everyday")
            found.append(Mention(start, end, meant, fits, kind, not kind and _is_below(words, at), marked, everyday))
    return found


def _begins_address(words: list[Word], at: int) -> bool:
    """Whether "thành phố", "thị trấn" and the like begin at `at`, so that no name ends there (`Long Bình Tân thành phố …`)."""
    return tuple(word.plain for word in words[at : at + 2]) in {kind for kind in _kinds() if len(kind) == 2}


def _is_below(words: list[Word], at: int) -> bool:
    """Whether a hamlet, street or person is named at `at`: after such a word, or after a bare number."""
    if at == 0 or words[at].apart:
        return False
    if words[at - 1].plain.isdigit():
        return not _below_before(words, at - 1)
    return _below_before(words, at)


def _below_before(words: list[Word], at: int) -> bool:
    return any(
        tuple(word.typed for word in words[at - size : at]) in _phrases("below") for size in range(1, min(3, at) + 1)
    )


def _best(windows: list[Mention]) -> list[Mention]:
    """Windows that do not overlap and cover the most, ours before others', well fitting before others."""

    def worth(mention: Mention) -> float:
        if mention.one_syllable and not mention.kind:  # rather anything else
            return 0.5
        ours = any(name.level is not Level.ELSEWHERE for name in mention.names)
        return 10 * (mention.end - mention.start) - 4 * mention.fit + 2 * ours + 3 * bool(mention.kind) - 6

    best: dict[int, tuple[float, tuple[Mention, ...]]] = {0: (0.0, ())}
    last = max((mention.end for mention in windows), default=0)
    for end in range(1, last + 1):
        options = [best[end - 1]]
        options += [(best[m.start][0] + worth(m), (*best[m.start][1], m)) for m in windows if m.end == end]
        best[end] = max(options, key=lambda option: option[0])
    return list(best[last][1])


def _told(words: list[Word], wanted: frozenset[tuple[str, ...]], covered: set[int]) -> set[int]:
    """Positions of the phrases in `wanted` outside names."""
    found: set[int] = set()
    for start in range(len(words)):
        for size in range(1, 4):
            at = range(start, start + size)
            if at.stop <= len(words) and not covered.intersection(at) and tuple(words[i].typed for i in at) in wanted:
                found.update(at)
    return found


def _addressed(words: list[Word], covered: set[int]) -> set[int]:
    """Positions of words of address, and of the names of hamlets and streets after them."""
    found: set[int] = set()
    for end in range(1, len(words) + 1):
        kind, start = kind_before(words, end)
        if kind and end in covered and not covered.intersection(range(start, end)):
            found.update(range(start, end))
        if _below_before(words, end) and end - 1 not in covered:
            found.add(end - 1)
            at = end
            while (
                at < min(len(words), end + _HAMLET)
                and at not in covered
                and not words[at].apart
                and not kind_before(words, at + 1)[0]
            ):
                found.add(at)
                at += 1
    return found
