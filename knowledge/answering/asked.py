"""A question as the cards see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.about import NOTHING, About
from knowledge.understanding.facts import Facts


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as the cards see it."""

    text: str  # as typed, cleaned
    search_text: str  # marks restored, shorthand written out
    facts: Facts
    as_of: date
    today: date
    remembered: About = NOTHING  # what completes `facts` from earlier turns
    earlier: str = ""  # the same in words: it counts as said
    own: bool = False  # the question is about the person who asks
