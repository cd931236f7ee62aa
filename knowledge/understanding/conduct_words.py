"""A message as a row of words, and a lexicon of cues found in it in one walk.

Cues are written with marks (`data/conduct.yaml`). A word typed with marks must bear the cue's marks ("mùa" is not "mua"); a word typed
without may be any of them. A cue with "=" is taken from an unmarked word only when the restored text agrees, since words such
as "dong" are common in other senses. The tones hỏi and ngã count as one, as people of Central Vietnam write them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.vietnamese import fold, marked_share, same_tone_placement

_WORD = re.compile(r"\d+(?:[.,/]\d+)*%?|[^\W\d_]+", re.UNICODE)
_END = re.compile(r"[.!?;…]+(?=\s|$)|\n")
_HOI_FOR_NGA = str.maketrans("ãẵẫẽễĩõỗỡũữỹ", "ảẳẩẻểỉỏổởủửỷ")
_NUMBER_WORDS = frozenset(["mot", "hai", "ba", "bon", "sau", "bay", "tam", "chin", "muoi", "chuc"])
# A title and a capital after it name a person: "bà Lan"; not where the capital begins an office or a place.
_TITLES = frozenset(
    {"ông", "bà", "anh", "chị", "cô", "chú", "bác", "dì", "cậu", "ong", "ba", "chi", "co", "chu", "bac"}
)
_NOT_NAMES = frozenset(
    {"bao", "nha", "uy", "quang", "viet", "co", "luat", "nghi", "so", "anh", "chi", "ong", "ba", "cong", "toi"}
)
_MARKED_THROUGHOUT = 0.6  # of the words of a carefully written text some three quarters bear marks
_BARE_TITLES = frozenset({"ong", "ba", "chi", "co", "chu", "bac"})  # with marks left out; in a marked text other words
_PLACED = frozenset({"o", "xa", "huyen", "ve", "tai", "phuong", "thon", "que"})  # what follows is a place: "ở Ba Tơ"
NAME = "@name"  # in a set: any person's name, found by its shape
NUMBER = "N"  # stands for any number in a cue
END = "END"  # the end of the sentence, last in a cue
_SPECIAL = (NUMBER, END)

Spans = list[tuple[int, int]]


def _same_marks(word: str) -> str:
    return same_tone_placement(word).translate(_HOI_FOR_NGA)


@dataclass(frozen=True, slots=True)
class Message:
    """A text cut into words. `places` are character spans in `text`; `sentence` numbers each word's sentence."""

    text: str
    words: tuple[str, ...]
    plain: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    sentence: tuple[int, ...]
    names: tuple[tuple[int, int], ...]
    restored: str
    marked: bool  # written with marks throughout: a word without any has none

    @classmethod
    def of(cls, text: str, restored: str = "", *, typed: str = "") -> Message:
        """The words of `text`; `restored` is the same text with marks put back, `typed` the text before shorthand was written out."""
        found = list(_WORD.finditer(text))
        ends = [m.end() for m in _END.finditer(text)]
        sentence, number = [], 0
        for match in found:
            while number < len(ends) and ends[number] <= match.start():
                number += 1
            sentence.append(number)
        raw = [m[0] for m in found]
        words = tuple(_same_marks(w.lower()) for w in raw)
        marked = marked_share(typed or text) >= _MARKED_THROUGHOUT
        return cls(
            text,
            words,
            tuple(fold(w) for w in words),
            tuple(m.span() for m in found),
            tuple(sentence),
            tuple(_names(raw, marked)),
            restored,
            marked,
        )

    def restored_has(self, forms: tuple[str, ...]) -> bool:
        """True when the restored text holds the words of `forms` with these marks."""
        low = _same_marks(self.restored.lower())
        return re.search(rf"(?<!\w){re.escape(' '.join(forms))}(?!\w)", low) is not None


def _names(raw: list[str], marked: bool) -> Iterable[tuple[int, int]]:
    if sum(w.isupper() for w in raw) > len(raw) // 2:
        return  # a shouted message: capitals say nothing
    for i, word in enumerate(raw[:-1]):
        following = raw[i + 1]
        if (
            word.lower() in _TITLES
            and following[0].isupper()
            and following[1:].islower()
            and fold(following) not in _NOT_NAMES
            and not (marked and word.lower() in _BARE_TITLES)
            and not (i and fold(raw[i - 1]) in _PLACED)
        ):
            yield i, i + 2


@dataclass(frozen=True, slots=True)
class _Cue:
    name: str
    forms: tuple[str, ...]
    strict: bool


class Lexicon:
    """Sets of cues, found in a message all at once."""

    def __init__(self, sets: Mapping[str, Iterable[str]]) -> None:
        self._root: dict[str, Any] = {}
        self.squeezed: dict[str, tuple[str, ...]] = {}  # the cues of a set without marks and blanks
        self._with_names: list[str] = []
        for name, phrases in sets.items():
            phrases = list(phrases)
            if NAME in phrases:
                self._with_names.append(name)
            cues = [cue for phrase in phrases if phrase != NAME for cue in _written_out(name, phrase)]
            self.squeezed[name] = tuple({fold("".join(cue.forms)) for cue in cues})
            for cue in cues:
                node = self._root
                for form in cue.forms:
                    node = node.setdefault(form if form in _SPECIAL else fold(form), {})
                node.setdefault("", []).append(cue)

    def hits(self, message: Message) -> dict[str, Spans]:
        """Where each set has a cue in `message`, as spans of words; sets without one are left out."""
        found: dict[str, Spans] = {}
        plain = message.plain
        for start in range(len(plain)):
            self._walk(message, self._root, start, start, found)
        if message.names:
            for name in self._with_names:
                found.setdefault(name, []).extend(message.names)
        return found

    def _walk(self, message: Message, node: dict[str, Any], start: int, at: int, found: dict[str, Spans]) -> None:
        for cue in node.get("", ()):
            if self._meant(cue, message, start):
                found.setdefault(cue.name, []).append((start, at))
        if at >= len(message.plain) or message.sentence[at] != message.sentence[start]:
            if END in node:
                self._walk(message, {"": node[END].get("", ())}, start, at, found)
            return
        word = message.plain[at]
        if word in node:
            self._walk(message, node[word], start, at + 1, found)
        if NUMBER in node and (word[0].isdigit() or word in _NUMBER_WORDS):
            self._walk(message, node[NUMBER], start, at + 1, found)

    @staticmethod
    def _meant(cue: _Cue, message: Message, start: int) -> bool:
        bare = False
        for i, form in enumerate(cue.forms):
            if form == END:
                break
            word = message.words[start + i]
            bare = bare or word == message.plain[start + i]
            if form not in (NUMBER, word) and (message.marked or word != message.plain[start + i]):
                return False  # typed with other marks: another word
        return message.marked or not (cue.strict and bare) or message.restored_has(cue.forms)


def _written_out(name: str, phrase: str) -> list[_Cue]:
    """The cues of a phrase: `tra|kiểm_tra giúp|giùm` has alternatives at a place, `_` joins words of one alternative."""
    places = [[_same_marks(choice) for choice in place.split("|")] for place in phrase.split()]
    return [
        _Cue(name, tuple(" ".join(chosen).replace("=", "").replace("_", " ").split()), "=" in "".join(chosen))
        for chosen in itertools.product(*places)
    ]
