"""Messages in English: told from unmarked Vietnamese by the shape of their words, and turned into a Vietnamese question."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.understanding.conduct_rules import rulebook
from knowledge.vietnamese import fold

_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
# What a Vietnamese syllable can look like without marks; "what", "rate", "pension" cannot be one, "the" and "can" can.
_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    r"(?:uye|uya|uyu|uoi|uou|ieu|yeu|oai|oay|oeo|uay|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye|[aeiouy])"
    r"(?:ch?|m|ngh?|nh?|p|t)?"
)


def is_english(text: str) -> bool:
    """True when most of `text` is English; False for Vietnamese without marks, chat spelling, and lone English words in Vietnamese."""
    words = _WORD.findall(text)
    if len(words) < 2 or any(fold(w) != w.lower() for w in words):
        return False
    common, topics = _words()
    lower = [w.lower() for w in words]
    foreign = [w for w in lower if not _SYLLABLE.fullmatch(w)]
    english = [w for w in foreign if w in common or len(w) >= 6 or _stem(w, topics)]
    known = sum(w in common for w in lower if w not in foreign) + len(english)
    sure = any(w in common or _stem(w, topics) for w in english)
    return sure and len(english) >= max(2, 0.25 * len(words)) and known >= 0.75 * len(words)


def english_topic(text: str) -> str:
    """The Vietnamese question behind an English one, empty when its subject is not ours.

    Of the rows of the table whose words all occur, the one with most words wins; of equals the first.
    """
    words = {w.lower().replace("’", "'") for w in _WORD.findall(text)}
    best, most = "", 0
    for groups, question in _topics():
        if len(groups) > most and all(any(w.startswith(key) for w in words for key in group) for group in groups):
            best, most = question, len(groups)
    return best


def english_notice() -> str:
    """What an English reader is told before the answer in Vietnamese."""
    return str(rulebook().raw["english"]["notice"]).strip()


def _stem(word: str, stems: tuple[str, ...]) -> bool:
    return any(word.startswith(stem) for stem in stems if len(stem) > 3)


@lru_cache(maxsize=1)
def _words() -> tuple[frozenset[str], tuple[str, ...]]:
    keys = {key for groups, _ in _topics() for group in groups for key in group}
    return frozenset(map(str, rulebook().raw["english"]["words"])), tuple(sorted(keys))


@lru_cache(maxsize=1)
def _topics() -> tuple[tuple[tuple[tuple[str, ...], ...], str], ...]:
    rows = rulebook().raw["english"]["topics"]
    return tuple((tuple(tuple(str(g).split("|")) for g in str(row["when"]).split()), str(row["ask"])) for row in rows)
