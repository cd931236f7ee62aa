"""Sentences of a text with their claims: a sentence that stands in a source must stand there with its own numbers.

A set of supported numbers cannot see that two of them changed places. But where an answer repeats a source's sentence word for word,
the source says which number belongs where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from knowledge.answering.claim_reader import claims_of_source, read_claims
from knowledge.answering.claims_model import Claim, Value
from knowledge.vietnamese import nfc

_END = re.compile(r"[.;!?]+(?=\s|$)|\n+")
_LEAST_WORDS = 4  # a shorter one ("Từ ngày …") is nobody's own
_LEAD = re.compile(r"^[\s\-+•*–|]*(?:[a-zđ]\d?\)|\d{1,2}[.)])?\s*")

Values: TypeAlias = tuple[Value, ...]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences and lines of `text` (NFC) begin and end."""
    spans: list[tuple[int, int]] = []
    start = 0
    for m in _END.finditer(text):
        if m.start() > start:
            spans.append((start, m.start()))
        start = m.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def patterns(text: str, claims: Sequence[Claim]) -> dict[str, list[tuple[Claim, ...]]]:
    """The sentences of `text` (NFC) that have claims: their words without the claims, and the claims each time they stand there."""
    found: dict[str, list[tuple[Claim, ...]]] = {}
    at = 0
    for start, end in sentence_spans(text):
        inside: list[Claim] = []
        while at < len(claims) and claims[at].span[0] < end:
            inside.append(claims[at])
            at += 1
        if inside:
            words = _words(text, start, end, inside)
            if "|" in words:  # a row of a table is known by what stands first in it
                words = f"{inside[0].value}{words}"
            if "|" in words or words.count(" ") >= _LEAST_WORDS:
                found.setdefault(words, []).append(tuple(inside))
    return found


@lru_cache(maxsize=2048)
def _patterns_of_source(text: str) -> Mapping[str, tuple[Values, ...]]:
    text = nfc(text)
    found = patterns(text, claims_of_source(text))
    return {words: tuple(_values(claims) for claims in times) for words, times in found.items()}


def displaced(text: str, claims: Sequence[Claim], sources: Iterable[str], wording: Iterable[str] = ()) -> list[Claim]:
    """Those of the `claims` of `text` that stand in a sentence which a source or a `wording` has with other claims in their place."""
    own = patterns(text, claims)
    held: dict[str, list[Values]] = {}
    for source in sources if own else ():
        for words, known in _patterns_of_source(source).items():
            if words in own:
                held.setdefault(words, []).extend(known)
    for filled in wording if own else ():  # made for one citizen, so never remembered
        for words, times in patterns(nfc(filled), read_claims(filled)).items():
            held.setdefault(words, []).extend(_values(c) for c in times)
    return [claim for words, known in held.items() for mine in own.get(words, ()) for claim in _differing(mine, known)]


def _values(claims: Sequence[Claim]) -> Values:
    return tuple(claim.value for claim in claims)


def _differing(claims: Sequence[Claim], known: Sequence[Values]) -> list[Claim]:
    """The claims that differ from the source's sentence that is most alike; none when one is the same."""
    values = _values(claims)
    if values in known:
        return []
    nearest = max(known, key=lambda k: sum(a == b for a, b in zip(values, k, strict=False)))
    return [c for c, theirs in zip(claims, nearest, strict=False) if c.value != theirs] or list(claims)


def _words(text: str, start: int, end: int, claims: Sequence[Claim]) -> str:
    parts: list[str] = []
    at = start
    for claim in claims:
        first, last = claim.span
        if first >= at:
            parts.append(text[at:first])
        at = max(at, last)
    parts.append(text[at : max(at, end)])
    return _LEAD.sub("", " ".join("\x01".join(parts).split()).lower())
