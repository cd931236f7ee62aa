"""Is the nearest card near enough to answer with? The weights are measured (docs/decisions.md)."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.cards.matching import Match

THRESHOLD = 0.40


def enough_for_card(matches: Sequence[Match]) -> bool:
    """True when the first of `matches` (best first) may answer."""
    return bool(matches) and matches[0].score >= THRESHOLD
