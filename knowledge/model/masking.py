"""Takes personal data out of a text before a model sees it, and puts it back afterwards.

Phones, identity numbers (căn cước, định danh), bank accounts, e-mail, names of persons, addresses, in the ways Vietnamese people type
them: with blanks, dots or letters for digits, in words, without marks. Rather too much is masked than too little: a model that does
not know a name loses nothing, and the answer was found without it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from knowledge.model.masking_names import names_and_places
from knowledge.model.masking_numbers import PLACE, Span, fold_in_place, mails, numbers
from knowledge.vietnamese import clean

_MARK = re.compile(r"⟦([^\W\d]+) (\d{1,3})⟧")


@dataclass(slots=True)
class Masker:
    """Masks the texts of one conversation turn; the same value gets the same mark. Not thread-safe; make one a turn.

    `places`: names of communes, folded, which are addresses also where no word of address stands before them.
    """

    places: frozenset[str] = frozenset()
    _kept: dict[str, str] = field(default_factory=dict)  # mark -> words
    _counts: dict[str, int] = field(default_factory=dict)

    def mask(self, text: str) -> str:
        """`text` (NFC) with marks like ⟦SĐT 1⟧ in the place of personal data."""
        text = clean(text).replace("⟦", "(").replace("⟧", ")")
        parts: list[str] = []
        at = 0
        for span in _joined(text, _found(text, self.places)):
            parts += [text[at : span.start], self._mark(text[span.start : span.end], span.kind)]
            at = span.end
        return "".join([*parts, text[at:]])

    def restore(self, text: str) -> str:
        """`text` with what stood in the place of our marks; other marks are taken out."""
        return _MARK.sub(lambda m: self._kept.get(m[0], ""), text)

    def without(self, text: str) -> str:
        """`text` without our marks."""
        return " ".join(_MARK.sub("", text).split())

    def foreign(self, text: str) -> bool:
        """Whether `text` has a mark that is none of ours."""
        return any(m[0] not in self._kept for m in _MARK.finditer(text))

    def _mark(self, words: str, kind: str) -> str:
        for mark, known in self._kept.items():
            if known == words:
                return mark
        self._counts[kind] = self._counts.get(kind, 0) + 1
        mark = f"⟦{kind} {self._counts[kind]}⟧"
        self._kept[mark] = words
        return mark


def _found(text: str, places: frozenset[str]) -> Iterator[Span]:
    plain = fold_in_place(text)
    yield from numbers(plain)
    yield from mails(plain)
    yield from names_and_places(text, plain, places)


def _joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """`spans` in order, overlapping ones made one, and parts of one address too."""
    made: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if made:
            last = made[-1]
            between = text[last.end : span.start]
            both_places = last.kind == span.kind == PLACE and not between.strip(" ,-–")
            if span.start < last.end or both_places:
                made[-1] = Span(last.start, max(last.end, span.end), last.kind)
                continue
        made.append(span)
    return made


def leaks(text: str) -> bool:
    """Whether `text` still looks as if it held a number or address of a person: then no model is asked at all."""
    return next(numbers(fold_in_place(text)), None) is not None or "@" in text
