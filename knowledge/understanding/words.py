"""A question as a row of words, as typed and without marks, so that patterns are written once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from knowledge.vietnamese import fold, nfc

_WORD = re.compile(
    r"\d{1,2}[/-]\d{1,2}[/-]\d{4}|\d{1,2}[/-]\d{4}(?!\d)|\d{1,4}(?:/\d{4})?/[A-Za-zĐđ][\w-]*|\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:'[^\W\d_]+)?",
    re.UNICODE,
)


_STOP = re.compile(r"[.,;:!?()\n…]|\s[-–—]\s")


@lru_cache(maxsize=8_192)  # the phrases of our own rules, asked for with each question
def _phrase(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.split())


@dataclass(frozen=True, slots=True)
class Words:
    """`typed`: lower case with marks as given; `plain`: without marks; same length; `breaks`: words behind a comma, a full stop …"""

    typed: tuple[str, ...]
    plain: tuple[str, ...]
    breaks: frozenset[int] = frozenset()

    @classmethod
    def of(cls, text: str) -> Words:
        """The words of `text`; a number and the letters stuck to it are two words ("3tr" → "3", "tr")."""
        text = nfc(text)
        found = list(_WORD.finditer(text))
        typed = tuple(m[0].lower() for m in found)
        breaks = {i + 1 for i, (a, b) in enumerate(pairwise(found)) if _STOP.search(text, a.end(), b.start())}
        return cls(typed, tuple(fold(w) for w in typed), frozenset(breaks))

    def __len__(self) -> int:
        return len(self.plain)

    def at(self, i: int) -> str:
        """The plain word at `i`, empty outside."""
        return self.plain[i] if 0 <= i < len(self.plain) else ""

    def before(self, i: int, count: int) -> tuple[str, ...]:
        """Up to `count` plain words before `i`."""
        return self.plain[max(0, i - count) : max(0, i)]

    def after(self, i: int, count: int) -> tuple[str, ...]:
        """Up to `count` plain words from `i` on."""
        return self.plain[i : i + count]

    def has(self, phrase: str, start: int = 0, end: int | None = None) -> int:
        """Where the plain words of `phrase` stand in [start, end), or -1."""
        wanted, plain = _phrase(phrase), self.plain
        stop = (len(plain) if end is None else min(end, len(plain))) - len(wanted) + 1
        i = max(0, start)
        while i < stop:
            try:
                i = plain.index(wanted[0], i, stop)
            except ValueError:
                return -1
            if plain[i : i + len(wanted)] == wanted:
                return i
            i += 1
        return -1
