"""What a number of a question can count, and the reading of one: which words, of what kind, how much."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a quantity is; the value names the fact of `Facts` it fills, or what becomes of it in `totals`."""

    AGE = "age"
    BIRTH = "birth"
    PAID = "months_paid"
    VOLUNTARY = "voluntary_months"
    COMPULSORY = "compulsory_months"
    BEFORE_2014 = "months_before_2014"
    FROM_2014 = "months_from_2014"
    PLANNED = "years_planned"
    HEARD = "heard"  # "luật nói phải đóng 15 năm": a total in years, the person's own only when no other is said
    MORE = "more"  # "đóng thêm 5 năm nữa": months on top of those paid
    STARTED = "started_year"  # (month or None, year)
    LAST = "last_paid"  # (month, year)
    PERIOD = "period"  # ((year, month) first, (year, month) last, whether it lasts until now, kind or None)
    STOPPED = "stopped_months"
    MISSING = "missing_months"
    INCOME = "income"
    PAYMENT = "payment"
    WISHED = "wished_pension"
    PENSION = "pension_amount"
    METHOD = "method"
    CHILDREN = "children"
    PEOPLE = "people"
    DRAWN = "pension_months"
    WEEKS = "weeks"
    NOTHING = "nothing"  # counts something we do not use


@dataclass(frozen=True, slots=True)
class Quantity:
    """Words `start` to `end` (exclusive) say `value` of `kind`."""

    kind: Kind
    value: object
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """The words about a number: of its own clause on either side (other numbers and stops bound it), and before it regardless.

    `followed`: the clause goes on with another number behind `right`.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    before: tuple[str, ...]
    followed: bool = False
