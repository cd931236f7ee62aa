"""What every calculator shares: who pays (household group, sex), how (method), and a result that can be taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge.errors import KnowledgeError
from knowledge.law import Coordinate
from knowledge.rates import Certainty, Rate


class HouseholdGroup(StrEnum):
    """Nhóm hộ: decides the State's subsidy (Decree 159/2025/NĐ-CP, Article 5)."""

    POOR = "poor"  # hộ nghèo
    NEAR_POOR = "near_poor"  # hộ cận nghèo
    ETHNIC_MINORITY = "ethnic_minority"  # người dân tộc thiểu số
    ISLAND = "island"  # người ở xã đảo, đặc khu
    OTHER = "other"  # đối tượng khác


class Method(StrEnum):
    """Phương thức đóng (Law 41/2024/QH15, Article 36.2)."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    AHEAD = "ahead"  # một lần cho nhiều năm về sau
    BACK = "back"  # một lần cho thời gian còn thiếu


class Sex(StrEnum):
    """Giới tính, as the rules of pensions tell it."""

    MALE = "male"
    FEMALE = "female"


class BadCase(KnowledgeError):
    """Raised when what is asked cannot be: an income out of bounds, a negative span, too many months. Names the bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Base of all results: `formula` in Vietnamese words with its numbers, and the rows it was worked out with."""

    formula: str
    used: tuple[Rate, ...]
    estimate: bool = False  # something in it is not settled law, or lies in the future: shown with "ước tính"

    @property
    def basis(self) -> tuple[Coordinate, ...]:
        """The clauses of the rows used, in order, each once."""
        return tuple(dict.fromkeys(where for rate in self.used for where in rate.basis))


def certain(used: tuple[Rate, ...]) -> bool:
    """True when every row used is confirmed."""
    return all(rate.certainty is Certainty.CONFIRMED for rate in used)
