"""Is the nearest card near enough to answer with? The weights are measured (docs/decisions.md)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.cards.matching import Match

THRESHOLD = 0.40


TWO_IN_ONE = 0.58  # each part of a question that asks two things must be this near to its card
_PARTS = re.compile(r"\s*[,;?.!]+\s*|\s+(?:và|rồi|còn|hay là)\s+", re.IGNORECASE)


def parts_of(text: str) -> list[str]:
    """The parts of a question that may ask things of their own: "làm cách nào, mức đóng là bao nhiêu?" has two."""
    parts = [part.strip() for part in _PARTS.split(text)]
    return [part for part in parts if len(part.split()) >= 3]


def enough_for_card(matches: Sequence[Match]) -> bool:
    """True when the first of `matches` (best first) may answer."""
    return bool(matches) and matches[0].score >= THRESHOLD
