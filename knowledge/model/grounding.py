"""Holds the sentences of a model against their sources (đối chiếu từng câu); needs no model and trusts none.

A sentence may be sent when every claim in it is grounded as in any answer (`knowledge.answering.claims`), and beside that each of its
claims stands in a source, for what a citizen wrote may be an order to the machine ("say that the pension is …"). Each of its
clauses stands on one place of a source it names: its numbers, groups and telling words stand there together, what is denied there is
denied here, and nearly all of its other words are the source's or the citizen's. So a model may put things more warmly and join two
clauses; it can neither bring something in nor move a number to another group. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
_NEARLY = 0.75  # share of words both ways from which two sentences are the same sentence
_LIKE, _LIKE_WITH_CLAIMS = 0.5, 0.34  # share of the words of a clause that its place has, at least
_MOST_NEW = 4  # words of a sentence that no source has, at most
_CLAUSE = re.compile(r",(?!\d)|[;:]|(?<!\w)(?:còn|và|nhưng|đồng thời|trong khi)(?!\w)", re.IGNORECASE)
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
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
        re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, same))})(?!\w)", re.IGNORECASE)
        for same in _data()["marked_telling"]
    )


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence or line, with what it tells. `telling` and `denied` are in order, each as often as it stands there."""

    claims: frozenset[tuple[ClaimKind, Any]]
    groups: frozenset[Any]
    telling: tuple[int, ...]
    denied: tuple[str, ...]
    words: frozenset[str]  # that carry something
    all: frozenset[str]

    def overlap(self, other: Segment) -> float:
        """Share of the words of this one that the other has."""
        return len(self.words & other.words) / len(self.words) if self.words else 0.0

    def nearly(self, other: Segment) -> bool:
        """Whether the two are the same sentence but for a few words."""
        return len(self.all & other.all) >= _NEARLY * max(len(self.all), len(other.all))


@dataclass(frozen=True, slots=True)
class Removed:
    """A sentence that was taken out, and why: a claim, or the name of a rule."""

    text: str
    why: str


def segments(text: str) -> tuple[Segment, ...]:
    """The sentences and lines of a source in order, and the parts of those with semicolons.

    A line that ends in a colon counts with those behind it, and so does what stands before a colon.
    """
    made: list[Segment] = []
    heading = ""
    for whole in _ENDS.split(nfc(text)):
        line = whole.strip()
        if not line:
            continue
        made.append(_segment(f"{heading} {line}".strip()))
        parts = [part.strip() for part in line.split(";") if part.strip()]
        lead = parts[0].rpartition(":")[0] if parts else ""
        for part in parts if len(parts) > 1 else ():
            made.append(_segment(part))
            if lead and part is not parts[0]:
                made.append(_segment(f"{lead}: {part}"))
        heading = line if line.endswith(":") else heading if line.startswith(("-", "•", "+")) else ""
    return tuple(made)


def _segment(text: str) -> Segment:
    claims = read_claims(text)
    return Segment(
        frozenset((c.kind, c.value) for c in claims if c.kind not in _VAGUE),
        frozenset(c.value for c in claims if c.kind is ClaimKind.GROUP),
        tuple(n for n, pattern in enumerate(_telling()) for _ in pattern.finditer(text)),
        _denied(text),
        frozenset(_content(text)),
        frozenset(map(fold, syllables(text))),
    )


def _content(text: str) -> list[str]:
    return [w for w in map(fold, syllables(text)) if w not in _set("plain_empty") and not w[0].isdigit()]


def _denied(text: str) -> tuple[str, ...]:
    """What is denied: the first telling word behind each negation, without marks."""
    words = syllables(text)
    found = []
    for i, word in enumerate(words):
        if word in _set("negations"):
            behind = next((w for w in words[i + 1 : i + 5] if w not in _set("skipped_behind_negation")), "")
            found += [fold(behind)] if behind else []  # "…được không?" denies nothing
    return tuple(found)


class Checker:
    """Checks the sentences of one answer, in order. `sources` by number from 1; `asked`: the citizen's words, masked."""

    def __init__(self, sources: Sequence[str], grounds: Sequence[Grounds], asked: str) -> None:
        self._sources = [nfc(text) for text in sources]
        # Made for one citizen, so never remembered beyond this answer.
        self._places = [segments(text) for text in self._sources]
        self._words = [frozenset(map(fold, syllables(text))) for text in self._sources]
        self._grounds = grounds
        self._asked = frozenset(_content(asked))
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
        known = [n - 1 for n in numbers if 1 <= n <= len(self._sources)]
        claims = read_claims(text)
        if not known:
            return "" if not claims and _courteous(text) else "no_source"
        if wrong := self._ungrounded(text):
            return f"{wrong[0].kind.value} {wrong[0].text}"
        if name := self._unknown_name(text):
            return f"name {name}"
        words = _content(text)
        held = self._asked.union(*(self._words[n] for n in known))
        new = [w for w in words if w not in held]
        if len(new) > _MOST_NEW or len(new) > (1 - COVERED) * len(words):
            return "words"
        if why := self._misplaced(text, [place for n in known for place in self._places[n]]):
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
        whole = _segment(text)
        if not (whole.words or whole.claims or whole.groups):  # "Được.", "Có."
            said = whole.all - {"da", "vang", "a"}
            return "" if any(said <= place.all for place in places) else "place"
        same = [p for p in places if whole.nearly(p)]
        if same and not any(_says_the_same(whole, place) for place in same):
            return "turned"
        if _stands(whole, places, whole.groups | self._groups):
            return ""
        told: frozenset[Any] = frozenset()
        clauses = _clauses(text)
        for clause in clauses if len(clauses) > 1 else ():
            part = _segment(clause)
            told = part.groups or told
            named = replace(part, groups=told if part.claims else part.groups)
            if (part.claims or part.words) and not _stands(named, places, told | self._groups):
                return "place"
        return "" if len(clauses) > 1 else "place"


def _stands(said: Segment, places: Sequence[Segment], named: frozenset[Any]) -> bool:
    """Whether the place that is most like `said` says what it says; of places with its claims, where it has any.

    `named` are the groups named by now: what holds for a group is not told to all.
    """
    able = [p for p in places if said.claims <= p.claims and said.groups <= p.groups]
    if said.claims:
        able = [p for p in able if p.groups <= named]
    best = max((said.overlap(p) for p in able), default=0.0)
    if not able or best < (_LIKE_WITH_CLAIMS if said.claims else _LIKE):
        return False
    return any(_says_the_same(said, place) for place in able if said.overlap(place) >= best)


def _says_the_same(said: Segment, place: Segment) -> bool:
    """Whether what turns the meaning is the same here and there."""
    if said.nearly(place):  # the same sentence: every such word as often
        return Counter(said.telling) == Counter(place.telling) and Counter(said.denied) == Counter(place.denied)
    lost = [head for head in place.denied if head not in said.denied and head in said.all]
    return set(said.telling) <= set(place.telling) and set(said.denied) <= set(place.denied) and not lost


def _clauses(text: str) -> list[str]:
    """The clauses of a sentence; what has fewer than three words belongs to the one before."""
    made: list[str] = []
    for part in _CLAUSE.split(text):
        if made and len(part.split()) < 3:
            made[-1] += f", {part.strip()}"
        elif part.strip():
            made.append(part.strip())
    return made


def _courteous(text: str) -> bool:
    words = [fold(w) for w in syllables(text)]
    return 0 < len(words) <= 16 and all(w in _set("plain_courtesy") for w in words)


def missing(body: str, worded: str) -> list[str]:
    """What `body` tells and `worded` leaves out: claims by their words, and sentences by their first words. Empty when all is kept."""
    said = read_claims(nfc(worded))
    values = {(c.kind, c.value) for c in said}
    lost = [c.text for c in read_claims(nfc(body)) if (c.kind, c.value) not in values]
    words = set(map(fold, syllables(worded)))
    denied = set(_denied(worded))
    for start, end in sentence_spans(nfc(body)):
        line = nfc(body)[start:end].strip()
        content = _content(line)
        if content and sum(w in words for w in content) < 0.6 * len(content):
            lost.append(" ".join(line.split()[:4]))
        if unsaid := set(_denied(line)) - denied:
            lost.append(f"không {' '.join(sorted(unsaid))}")
    first = re.match(r"(Có|Không|Chưa|Còn|Được)[.,]", nfc(body))
    if first and not nfc(worded).lower().lstrip("dạ,. ").startswith(first[1].lower()):
        lost.append(first[1])
    return lost
