"""Holds the sentences of a model against their sources (đối chiếu từng câu); needs no model and trusts none.

A sentence may be sent when every claim in it is grounded as in any answer (`knowledge.answering.claims`), and beside that each of its
clauses stands on one place of a source it names: its numbers, groups and telling words stand there together, what is denied there is
denied here, and nearly all of its other words are the source's or the citizen's. So a model may put things more warmly and join two
clauses; it can neither bring something in nor move a number to another group. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from knowledge.answering.claim_reader import read_claims
from knowledge.answering.claims import Grounds, unfounded
from knowledge.answering.claims_model import Claim, ClaimKind
from knowledge.answering.claims_sentences import sentence_spans
from knowledge.vietnamese import fold, nfc, syllables
from knowledge.yaml_files import load_yaml

COVERED = 0.75  # share of the words of a sentence that its sources must have, at least
_MOST_NEW = 4  # words of a sentence that no source has, at most
_CLAUSE = re.compile(r",(?!\d)|[;:]|(?<!\w)(?:còn|và|nhưng|đồng thời|trong khi)(?!\w)", re.IGNORECASE)
_ACTIVE = re.compile(r"https?:|www\.|[<>`|{}\\]|\]\(|!\[|\*\*|&[a-z#0-9]+;|\x1b|(?:java|vb)script|data:", re.IGNORECASE)
_VAGUE = (ClaimKind.GROUP, ClaimKind.ARTICLE, ClaimKind.DOCUMENT)


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = resources.files("knowledge.model").joinpath("grounding.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = load_yaml(text)
    return loaded


@lru_cache(maxsize=8)
def _set(key: str) -> frozenset[str]:
    held = _data()[key]
    return frozenset(held.split() if isinstance(held, str) else held)


@lru_cache(maxsize=1)
def _telling() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(rf"(?<![\w/]){'|'.join(map(re.escape, same))}(?!\w)", re.IGNORECASE)
        for same in _data()["marked_telling"]
    )


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence or line of a source, with what it tells."""

    claims: frozenset[tuple[ClaimKind, Any]]
    groups: frozenset[Any]
    telling: frozenset[int]
    denied: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Removed:
    """A sentence that was taken out, and why: a claim, or the name of a rule."""

    text: str
    why: str


@lru_cache(maxsize=512)
def segments(text: str) -> tuple[Segment, ...]:
    """The sentences and lines of a source in order; a line that ends in a colon counts with those behind it."""
    text = nfc(text)
    made: list[Segment] = []
    heading = ""
    for start, end in sentence_spans(text):
        line = text[start:end].strip()
        if not line:
            continue
        made.append(_segment(f"{heading} {line}".strip()))
        heading = line if line.endswith(":") else heading if line.startswith(("-", "•", "+")) else ""
    return tuple(made)


def _segment(text: str) -> Segment:
    claims = read_claims(text)
    return Segment(
        frozenset((c.kind, c.value) for c in claims if c.kind not in _VAGUE),
        frozenset(c.value for c in claims if c.kind is ClaimKind.GROUP),
        frozenset(n for n, pattern in enumerate(_telling()) if pattern.search(text)),
        _denied(text),
        frozenset(_content(text)),
    )


def _content(text: str) -> list[str]:
    return [w for w in map(fold, syllables(text)) if w not in _set("plain_empty") and not w[0].isdigit()]


def _denied(text: str) -> frozenset[str]:
    """What is denied: the first telling word behind each negation, without marks."""
    words = syllables(text)
    found = []
    for i, word in enumerate(words):
        if word in _set("negations"):
            behind = next((w for w in words[i + 1 : i + 5] if w not in _set("skipped_behind_negation")), "")
            found.append(fold(behind))
    return frozenset(found)


class Checker:
    """Checks the sentences of one answer, in order. `sources` by number from 1; `asked`: the citizen's words, masked."""

    def __init__(self, sources: Sequence[str], grounds: Sequence[Grounds], asked: str) -> None:
        self._sources = [nfc(text) for text in sources]
        self._grounds = grounds
        self._asked = frozenset(_content(asked))
        self._told = frozenset(
            (c.kind, c.value) for c in read_claims(nfc(asked))
        )  # of themself: it stands in no source
        self._names = frozenset(w for text in (*self._sources, nfc(asked)) for w in re.findall(r"\w+", text))
        self._groups: frozenset[Any] = frozenset()  # named so far

    def refused(self, text: str, numbers: Sequence[int]) -> str:
        """Why the sentence `text` from the sources `numbers` may not be sent; empty when it may. Unknown numbers count for nothing."""
        text = nfc(text).strip()
        if not text or len(text.split()) > 90:
            return "form"
        if _ACTIVE.search(text):
            return "active"
        lower = text.lower()
        if any(word in lower for word in _set("marked_forbidden")):
            return "forbidden"
        known = [self._sources[n - 1] for n in numbers if 1 <= n <= len(self._sources)]
        claims = read_claims(text)
        if not known:
            return "" if not claims and _courteous(text) else "no_source"
        if wrong := self._ungrounded(text):
            return f"{wrong[0].kind.value} {wrong[0].text}"
        if name := self._unknown_name(text):
            return f"name {name}"
        words = _content(text)
        held = frozenset(w for source in known for w in _all_words(source)) | self._asked
        new = [w for w in words if w not in held]
        if len(new) > _MOST_NEW or len(new) > (1 - COVERED) * len(words):
            return "words"
        if why := self._misplaced(text, [s for source in known for s in segments(source)]):
            return why
        self._groups |= {c.value for c in claims if c.kind is ClaimKind.GROUP}
        return ""

    def _ungrounded(self, text: str) -> list[Claim]:
        """Claims that none of the grounds support."""
        left: list[Claim] | None = None
        for grounds in self._grounds:
            wrong = list(unfounded(text, grounds))
            left = wrong if left is None else [claim for claim in left if claim in wrong]
            if not left:
                return []
        return left or []

    def _unknown_name(self, text: str) -> str:
        """A word with a capital, not at the start, that neither a source nor the citizen wrote."""
        for found in re.finditer(r"(?<=[\w,] )[^\W\d_]\w*", text):
            word = found[0]
            if word[0].isupper() and word not in self._names and fold(word) not in _set("plain_empty"):
                return word
        return ""

    def _misplaced(self, text: str, places: Sequence[Segment]) -> str:
        """Why some clause of `text` stands on no single place; empty when each does."""
        whole = self._beside_told(_segment(text))
        if any(_stands(whole, place, whole.groups | self._groups) for place in places):
            return ""
        told: frozenset[Any] = frozenset()
        for clause in _clauses(text):
            part = self._beside_told(_segment(clause))
            told = part.groups or told
            if not (part.claims or part.groups or part.telling or part.denied or part.words):
                continue
            named = Segment(part.claims, told if part.claims else part.groups, part.telling, part.denied, part.words)
            if not any(_stands(named, place, told | self._groups) for place in places):
                return "place"
        return ""

    def _beside_told(self, said: Segment) -> Segment:
        return Segment(said.claims - self._told, said.groups, said.telling, said.denied, said.words)


def _stands(said: Segment, place: Segment, named: frozenset[Any]) -> bool:
    """Whether `place` says what `said` says. `named` are the groups named by now: what holds for a group is not told to all."""
    return (
        said.claims <= place.claims
        and said.groups <= place.groups
        and (not said.claims or place.groups <= named or not place.groups)
        and said.telling <= place.telling
        and said.denied <= place.denied
        and not (place.denied - said.denied) & said.words
        and (not said.words or len(said.words & place.words) >= 0.5 * len(said.words) or bool(said.claims))
    )


def _clauses(text: str) -> list[str]:
    """The clauses of a sentence; what has fewer than three words belongs to the one before."""
    made: list[str] = []
    for part in _CLAUSE.split(text):
        if made and len(part.split()) < 3:
            made[-1] += f", {part.strip()}"
        elif part.strip():
            made.append(part.strip())
    return made


@lru_cache(maxsize=512)
def _all_words(text: str) -> frozenset[str]:
    return frozenset(map(fold, syllables(text)))


def _courteous(text: str) -> bool:
    words = [fold(w) for w in syllables(text)]
    return 0 < len(words) <= 16 and all(w in _set("plain_courtesy") for w in words)


def missing(body: str, worded: str) -> list[str]:
    """What `body` tells and `worded` leaves out: claims by their words, and sentences by their first words. Empty when all is kept."""
    said = read_claims(nfc(worded))
    values = {(c.kind, c.value) for c in said}
    lost = [c.text for c in read_claims(nfc(body)) if (c.kind, c.value) not in values]
    words = _all_words(nfc(worded))
    denied = _denied(worded)
    for start, end in sentence_spans(nfc(body)):
        line = nfc(body)[start:end].strip()
        content = _content(line)
        if content and sum(w in words for w in content) < 0.6 * len(content):
            lost.append(" ".join(line.split()[:4]))
        if _denied(line) - denied:
            lost.append(f"không {' '.join(sorted(_denied(line) - denied))}")
    first = re.match(r"(Có|Không|Chưa|Còn)[.,]", nfc(body))
    if first and not nfc(worded).lower().lstrip("dạ,. ").startswith(first[1].lower()):
        lost.append(first[1])
    return lost
