"""Names of places as letters and marks, so that what people type can be compared with what is official.

Traps: `Ba Tô` and `Ba Tơ`, `Sơn Hà` and `Sơn Hạ` are the same letters, so marks that were typed must decide and missing ones
must not; the tones hỏi and ngã sound alike in the province and are confused in writing; names of the highlands have several
spellings (`Đăk`, `Đắk`, `Đắc`; `Ngọk`, `Ngọc`; `Ia`, `Ya`); words run together (`kontum`); the Icelandic `Ð` looks like `Đ`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from knowledge.vietnamese import clean, fold, same_tone_placement

SHORT = 5
"""Letters below which one slip of a finger makes another name."""
_WORD = re.compile(r"[^\W\d_]+|\d+")
_BREAK = re.compile(r"[,;()\[\]|/\n]")
# y and i, k and c (not kh) stand for one another; hỏi and ngã are one tone.
_SAME = re.compile("y|k(?!h)")
_TONE = {"\u0303": "\u0309"}


class Level(IntEnum):
    """What a name names, finest first; also the order in which candidates are offered."""

    UNIT = 0  # a unit of today
    OLD = 1  # a commune before 1/7/2025
    ONCE = 2  # what only `places.yaml` knows: asked back about
    DISTRICT = 3
    WIDER = 4  # a district as it once was: confirms, but proposes nothing
    PROVINCE = 5
    ELSEWHERE = 6  # another province, or a district of one


class Fit(IntEnum):
    """How typed marks go with those of a name that has the same letters."""

    SAME = 0
    MISSING = 1  # some marks were not typed, none contradicts
    OTHER = 2  # a typed mark contradicts


@dataclass(frozen=True, slots=True)
class Word:
    """A word or number as typed; `plain` without marks, `apart` when a comma or line break stands before it."""

    typed: str
    plain: str
    apart: bool


@dataclass(frozen=True, slots=True)
class Name:
    """One meaning of a name: codes of units of today, or for ELSEWHERE the other province."""

    text: str
    kind: str
    level: Level
    codes: frozenset[str]
    province: str = ""

    @property
    def title(self) -> str:
        """`huyện Mộ Đức`."""
        return f"{self.kind} {self.text}".strip()


def words_of(text: str) -> list[Word]:
    """The words of `text`, lower case, NFC."""
    text = clean(text).lower().replace("ð", "đ")
    found: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        typed = same_tone_placement(match[0])
        found.append(Word(typed, fold(typed), bool(found) and bool(_BREAK.search(text, end, match.start()))))
        end = match.end()
    return found


def letters(words: Iterable[Word], spellings: Mapping[str, str]) -> tuple[str, tuple[frozenset[str], ...]]:
    """The letters that `words` share with other spellings of the same name, and the marks on each of them."""
    key: list[str] = []
    marks: list[set[str]] = []
    for word in words:
        for sign in unicodedata.normalize("NFD", spellings.get(word.typed, word.typed)):
            if unicodedata.combining(sign):
                if marks:
                    marks[-1].add(_TONE.get(sign, sign))
            elif sign == "đ":
                key.append("d")
                marks.append({"đ"})
            else:
                key.append(sign)
                marks.append(set())
    return _SAME.sub(lambda found: "i" if found[0] == "y" else "c", "".join(key)), tuple(frozenset(m) for m in marks)


def fit(typed: tuple[frozenset[str], ...], name: tuple[frozenset[str], ...]) -> Fit:
    """How `typed` marks go with those of `name`, letter by letter."""
    if typed == name:
        return Fit.SAME
    return Fit.MISSING if all(t <= n for t, n in zip(typed, name, strict=True)) else Fit.OTHER


@dataclass(slots=True)
class Gazetteer:
    """All names by their letters, by their letters but one for slips of a finger, and by their words but the last."""

    spellings: Mapping[str, str]
    longest: int = 1
    _names: dict[str, list[tuple[tuple[frozenset[str], ...], int, Name]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _slips: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _begun: dict[str, list[Name]] = field(default_factory=lambda: defaultdict(list))

    def add(self, text: str, name: Name) -> None:
        """`text` is a spelling of `name`."""
        words = words_of(text)
        key, marks = letters(words, self.spellings)
        if (marks, len(words), name) in self._names.get(key, ()):
            return
        self._names[key].append((marks, len(words), name))
        self.longest = max(self.longest, len(words))
        if name.level not in (Level.ELSEWHERE, Level.WIDER) and len(key) >= SHORT:
            for short in _without_one(_loose(key)):
                self._slips[short].add(key)
            if len(words) > 2:
                self._begun[letters(words[:-1], self.spellings)[0]].append(name)

    def look_up(self, words: list[Word]) -> list[tuple[Fit, Name]]:
        """Names with the letters of `words`; the marks of those that contradict what was typed come only when no other does."""
        key, typed = letters(words, self.spellings)
        found = [(fit(typed, marks), name) for marks, count, name in self._names.get(key, ()) if len(words) <= count]
        return [(how, name) for how, name in found if how is not Fit.OTHER] or found

    def near(self, words: list[Word]) -> list[Name]:
        """Names that differ from `words` by one letter, or two that changed places, or of which the last word was left out."""
        key, _ = letters(words, self.spellings)
        loose = _loose(key)
        keys = {near for s in _without_one(loose) for near in self._slips.get(s, ()) if _one_slip(loose, _loose(near))}
        slipped = [name for near in sorted(keys) for _, count, name in self._names[near] if len(words) in (1, count)]
        return slipped + (self._begun.get(key, []) if len(words) > 1 else [])


def _loose(key: str) -> str:
    """`kh` as `ch`, so that a slip beside a k counts once."""
    return key.replace("k", "c")


def _without_one(key: str) -> set[str]:
    return {key} | {key[:i] + key[i + 1 :] for i in range(len(key))}


def _one_slip(a: str, b: str) -> bool:
    """One letter more, less, other, or two neighbours changed; not none."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    if len(a) != len(b):
        short, long = sorted((a, b), key=len)
        return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    at = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    return len(at) == 1 or (len(at) == 2 and at[1] == at[0] + 1 and a[at[0]] == b[at[1]] and a[at[1]] == b[at[0]])
