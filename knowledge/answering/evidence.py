"""Is what was found good enough to answer with? The weights are measured, not felt (docs/decisions.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Logistic weights fitted (balanced) on questions that a legal corpus and our handbook answer, and questions that they do not.
_BIAS, _COVERED, _MEANING = -70.7, 5.89, 77.4
# Without vectors, or with another embedding model, cosines mean nothing and words alone decide, more strictly.
_BIAS_WORDS, _COVERED_WORDS = -7.6, 20.0
THRESHOLD = 0.4


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage.

    `covered`: share (0–1) of the question's rare words and pairs that the passage has. `meaning`: cosine of the default model, 0
    when it is not known.
    """

    covered: float
    meaning: float

    @property
    def strength(self) -> float:
        """How sure it is that the passage answers, 0 to 1."""
        if self.meaning > 0:
            return _logistic(_BIAS + _COVERED * self.covered + _MEANING * self.meaning)
        return _logistic(_BIAS_WORDS + _COVERED_WORDS * self.covered)

    @property
    def enough(self) -> bool:
        """True when an answer may be given."""
        return self.strength >= THRESHOLD


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
