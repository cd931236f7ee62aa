"""One dated rate: a value with its unit, the days it holds, the clause it comes from and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from knowledge.errors import KnowledgeError
from knowledge.law import Coordinate


class Certainty(StrEnum):
    """How sure a rate is, and so how it may be told."""

    CONFIRMED = "confirmed"  # read in the law or confirmed by two sources: told as fact
    ESTIMATE = "estimate"  # one good source: used in sums that say "ước tính"
    PRACTICE = "practice"  # usual practice: told with the hotline, never as the only basis of a person's amount
    UNCERTAIN = "uncertain"  # never told as fact


class RatesError(KnowledgeError):
    """Raised when a file of rates is wrong; says which file and row and what to do."""


class NoRate(KnowledgeError):
    """Raised when no row holds on the day asked for: there is no figure, and the answer must say so."""

    def __init__(self, key: str, on: date, where: Mapping[str, str]) -> None:
        of = ", ".join(f"{k}={v}" for k, v in where.items())
        super().__init__(
            f"Chưa có tham số {key}{f' ({of})' if of else ''} cho ngày {on.isoformat()}.",
            "Thêm một dòng vào tệp tham số sau khi đối chiếu văn bản.",
        )
        self.key, self.on, self.where = key, on, dict(where)


@dataclass(frozen=True, slots=True)
class Rate:
    """One row. `value` in `unit`: whole đồng as int, shares as Decimal fractions (0.22 is 22 %), terms as int,
    turning points (mốc) as a date.

    `since` and `until` are days, both included; `until=None` holds until a later row begins. `where` tells rows of one key apart
    (household group, province, sex, year).
    """

    key: str
    title: str
    unit: str
    value: int | Decimal | date
    since: date
    until: date | None = None
    basis: tuple[Coordinate, ...] = ()
    certainty: Certainty = Certainty.CONFIRMED
    checked_by: str = ""
    checked_on: date | None = None
    note: str = ""
    where: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)
